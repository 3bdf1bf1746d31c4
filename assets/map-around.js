// What is around a place: `around=lon,lat,metres` in the address draws the circle and lists devices, cameras, open cases, resources and,
// for who may see them, people, the nearest first. A click on the map moves the circle.

import { el } from "./dom.js";
import { circle, metresText } from "./geodesy.js";
import { feature } from "./map-shapes.js";
import { t, titled } from "./text.js";
import { view } from "./view.js";

const RADII = [200, 500, 1000, 2000, 5000];
const USUAL_M = 500;
const SHOWN = 8; // rows of a kind in the card; the figure beside its name counts all
const COLOURS = { cases: "#f2a0ff", people: "#3ddc97", resources: "#37c8ff", cameras: "#e9f2ff", devices: "#9fb2c8" }; // severities keep their own

/** [lon, lat, metres] of `around`; null for none or nonsense. */
export function readCircle(word) {
  const [lon, lat, metres] = (word || "x").split(",").map(Number);
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && metres > 0 && metres <= 20_000 ? [lon, lat, metres] : null;
}

export class Around {
  #turn = 0;

  constructor({ map, shapes, tools }) {
    Object.assign(this, { map, shapes, tools, name: "around" });
    this.click = ({ lngLat }) => this.#at(lngLat.lng, lngLat.lat);
    view.on("around", (word) => (word ? (this.card ? this.#show() : tools.open(this.name)) : this.card && tools.shut())); // whoever took it out of the address
  }

  open(card) {
    this.card = card;
    const radius = el("select", "tool-radius");
    radius.setAttribute("aria-label", t("tools.radius"));
    const [, , chosen] = readCircle(view.get("around")) ?? [0, 0, USUAL_M];
    for (const metres of [...new Set([...RADII, chosen])].sort((a, b) => a - b)) {
      const option = radius.appendChild(el("option", "", metresText(metres)));
      option.value = metres;
      option.selected = metres === chosen;
    }
    radius.addEventListener("change", () => this.#again());
    this.radius = radius;
    this.list = el("div", "tool-groups");
    card.append(radius, el("p", "dim", t("tools.around_hint")));
    if ("asOf" in this.tools.district.live) card.append(el("p", "dim", t("replay.card_now")));
    card.append(this.list);
    this.map.on("click", this.click);
    if (readCircle(view.get("around"))) this.#show();
  }

  close() {
    this.card = null;
    this.map.off("click", this.click);
    this.#turn += 1;
    this.shapes.set(this.name, []);
    view.set({ around: null });
  }

  /** The middle of the map, for those without a mouse. */
  key(name) {
    if (name !== "Enter") return false;
    const { lng, lat } = this.map.getCenter();
    this.#at(lng, lat);
    return true;
  }

  #at(lon, lat) {
    view.set({ around: `${lon.toFixed(6)},${lat.toFixed(6)},${this.radius.value}` });
  }

  #again() {
    const place = readCircle(view.get("around"));
    if (place) this.#at(place[0], place[1]);
  }

  async #show() {
    const place = readCircle(view.get("around"));
    if (!this.card || !place) return;
    const [lon, lat, metres] = place;
    const turn = (this.#turn += 1);
    const ring = [feature("Polygon", [circle([lon, lat], metres)]), feature("Point", [lon, lat], { size: 3 })];
    this.shapes.set(this.name, ring);
    try {
      const answer = await fetch(`/api/v1/map/around?${new URLSearchParams({ lon, lat, radius_m: metres })}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status === 403 ? t("tools.not_yours") : `HTTP ${answer.status}`);
      const found = await answer.json();
      if (turn !== this.#turn) return;
      this.shapes.set(this.name, [...ring, ...this.#dots(found)]);
      this.list.replaceChildren(...Object.keys(COLOURS).map((kind) => this.#group(kind, found[kind])));
    } catch (error) {
      if (turn === this.#turn) this.list.replaceChildren(el("p", "dim", t("tools.failed", { why: error.message })));
    }
  }

  #dots(found) {
    return Object.entries(COLOURS).flatMap(([kind, colour]) => (found[kind]?.rows ?? []).map((row) => feature("Point", [row.lon, row.lat], { colour, size: 4 })));
  }

  #group(kind, found) {
    const group = el("section");
    const head = group.appendChild(el("h3"));
    const dot = head.appendChild(el("i", "tool-dot"));
    dot.style.background = COLOURS[kind];
    head.append(el("span", "", t(`tools.around.${kind}`)), el("b", "figure-text", found ? `${found.count}${found.more ? "+" : ""}` : "—"));
    if (!found) group.append(el("p", "dim", t("tools.people_not_yours")));
    const list = group.appendChild(el("ol", "tool-list"));
    for (const row of (found?.rows ?? []).slice(0, SHOWN)) {
      const item = list.appendChild(el("li"));
      const choose = item.appendChild(el("button", "tool-hit"));
      choose.type = "button";
      choose.append(el("span", "tool-name", titled(row, row.name ?? row.device ?? row.code)), el("span", "dim", metresText(row.distance_m)));
      choose.addEventListener("click", () => this.map.easeTo({ center: [row.lon, row.lat] }));
    }
    return group;
  }
}
