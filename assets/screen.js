// What control adds to a wall: the beat of a screen, the line that says who sent what it shows, the incident over the map, and for people
// at a desk the way to send what they see to a screen. One call from the wall; decides nothing.

import { minuteOf } from "./clock.js";
import { el, setText } from "./dom.js";
import { IncidentCard } from "./screen-incident.js";
import { Beat } from "./screen-beat.js";
import { awaitText, lang, t } from "./text.js";
import { view } from "./view.js";

/** `wall`: {root, config, live, district, lists, panel}. */
export async function mountScreen(wall) {
  const { config, live } = wall, map = wall.panel("map"); // its lower edge has room on every layout
  if (!config.control) return;
  await awaitText(config.language, "screen");
  new IncidentCard(wall);
  if (config.control.beats) {
    const line = map.appendChild(el("p", "cast-line"));
    line.setAttribute("role", "status");
    line.hidden = true;
    new Beat({ ...config.control, language: config.language }, live, (show) => say(line, show, config));
  } else if (config.control.casts) (map.querySelector('[data-slot="map-tools"]') ?? map).append(sender(config));
}

/** Who sent it, and until when; the screen's own home needs no word. */
function say(line, show, config) {
  const until = show.until && show.why !== "playlist" ? t("screen.until", { time: minuteOf(Date.parse(show.until), config.timezone, lang()) }) : "";
  const who = show.why === "takeover" ? t(`screen.took.${show.severity ?? 1}`) : show.why === "playlist" ? "" : t("screen.sent_by", { name: show.by });
  line.hidden = show.why === "home";
  line.dataset.why = show.why;
  line.dataset.key = show.key;
  const title = show.title.startsWith("/") ? "" : show.title; // an address is no name
  setText(line, [show.drill && t("screen.drill"), t(`screen.why.${show.why}`), title, who, until].filter(Boolean).join(" · "));
}

/** A desk looks at a wall: this very view can be kept as a scene, or sent. */
function sender(config) {
  const button = el("button", "tool cast-send");
  button.append(el("i", "tool-icon tool-icon-cast"));
  button.type = "button";
  button.title = t("screen.send");
  button.setAttribute("aria-label", button.title);
  button.dataset.do = "cast";
  button.addEventListener("click", async () => (await import("./screen-cast.js")).openCast({ address: view.address(), config }));
  return button;
}
