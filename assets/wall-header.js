// The header and the two notices over the map: is the picture alive, since when not, and what was missed meanwhile.

import { dateOf, steady, timeOf } from "./clock.js";
import { el, figuresOf, setText, slotOf } from "./dom.js";
import { lang, t } from "./text.js";
import { view } from "./view.js";

const MISSED_MS = 60_000;
const MISSED_ROWS = 6;
const WEATHER_S = 900;

export class Header {
  #badges = "";

  constructor({ root, config, live, panel }) {
    Object.assign(this, { root, config, live });
    this.panel = panel("header");
    this.map = panel("map");
    this.write = figuresOf(this.panel);
    this.link(live.link);
    this.#themeWay();
  }

  /** The other theme is another address of the same view. */
  #themeWay() {
    const [other, sign] = this.config.theme === "light" ? ["dark", "☾"] : ["light", "☀"];
    const way = slotOf(this.panel, "theme-way");
    setText(way, sign);
    way.title = t(`theme.to_${other}`);
    way.setAttribute("aria-label", way.title);
    const aim = () => (way.href = view.addressWith({ theme: other }));
    aim();
    view.on("*", aim);
  }

  tick() {
    const { live, config } = this;
    const now = live.now();
    setText(slotOf(this.panel, "clock"), timeOf(now, config.timezone, lang()));
    setText(slotOf(this.panel, "date"), dateOf(now, config.timezone, lang()));
    const age = live.age();
    this.write("latency_ms", live.link === "live" ? (live.latency ?? NaN) : NaN);
    this.write("data_age_s", Number.isFinite(age) ? Math.floor(age) : NaN, { age, limit: live.limit });
    if (live.state.sequence >= 0) this.state(live.state); // a drill, or a projector that stands still, shows without a message
    if (live.link === "lost") this.#lost();
  }

  state(state) {
    const { weather } = state;
    const age = (this.live.now() - state.taken) / 1000; // it came with the snapshot, and only with it
    this.write("weather_temperature", weather?.temperature, { decimals: 1, age, limit: WEATHER_S });
    this.write("weather_wind_speed", weather?.wind_speed, { decimals: 1, age, limit: WEATHER_S });
    this.write("weather_pm25", weather?.pm25, { age, limit: WEATHER_S });
    const badges = [
      state.drill && ["drill", t("badge.drill")],
      state.simulated && ["simulated", t("badge.simulated")],
      (this.live.link === "poll" || state.live?.mode === "poll") && ["poll", t("badge.poll")],
      this.live.stalled && ["stalled", this.#standing(state)],
      state.store === "away" && ["store", t("badge.store_away")],
    ].filter(Boolean);
    if (this.#badges === JSON.stringify(badges)) return;
    this.#badges = JSON.stringify(badges);
    slotOf(this.panel, "badges").replaceChildren(...badges.map(([kind, text]) => el("span", `badge badge-${kind}`, text)));
    document.body.classList.toggle("drill", Boolean(state.drill));
  }

  #standing(state) {
    if (state.told === null) return t("badge.stalled_ever");
    return t("badge.stalled", { time: timeOf(state.told, this.config.timezone, lang()) });
  }

  link(link) {
    document.body.dataset.link = link;
    setText(slotOf(this.panel, "link"), t(`link.${link}`));
    if (this.live.state.sequence >= 0) this.state(this.live.state);
    if (link === "lost" || link === "denied") this.#lost();
  }

  /** The last picture stays, dimmed, and says since when it is old. */
  #lost() {
    const { live, config } = this;
    const since = live.since + live.clock.offset;
    const never = live.state.sequence < 0;
    setText(this.map.querySelector(".lost-head"), t(live.link === "denied" ? "lost.denied" : never ? "lost.never" : "lost.since", { time: timeOf(since, config.timezone, lang()) }));
    const seconds = Math.floor((steady() - live.since) / 1000);
    setText(this.map.querySelector(".lost-note"), t("lost.retrying", { n: Math.max(0, seconds) }));
  }

  /** What came between loss and return, for a minute. */
  missed({ since, until, alerts, cases, incidents = [] }, lists) {
    const box = slotOf(this.map, "missed");
    const zone = this.config.timezone;
    const rows = [...incidents, ...alerts, ...cases].map((row) => lists.line(row));
    const head = el("strong", "", t("missed.head", { from: timeOf(since, zone, lang()), to: timeOf(until, zone, lang()), alerts: alerts.length, cases: cases.length }) + (incidents.length ? t("missed.incidents", { incidents: incidents.length }) : ""));
    const list = el("ol");
    list.append(...rows.slice(0, MISSED_ROWS));
    if (rows.length > MISSED_ROWS) list.append(el("li", "dim", t("missed.more", { n: rows.length - MISSED_ROWS })));
    box.replaceChildren(head, list);
    box.classList.add("open");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => box.classList.remove("open"), MISSED_MS);
  }
}
