// The air of the last whole hour as a vital sign: the index the server derived, or the word why there is none. Asks
// the server once a minute; what an answer is worth `wall-hour.js` decides.

import { minuteOf } from "./clock.js";
import { el, setText, slotOf, write } from "./dom.js";
import { awaitText, lang, listed, t } from "./text.js";
import { airOf } from "./wall-hour.js";

const ASK_MS = 60_000;
const LEVELS = 6;
const NAMED = 3; // more missing figures than these are counted

export class Air {
  #row;
  #asked = false; // whether an answer came at all
  #hour = 0; // of the recording, for which it was asked

  constructor({ root, config, live }) {
    Object.assign(this, { config, live, place: root.querySelector('[data-vital="aqi"]') });
    this.figure = this.place.querySelector('[data-figure="aqi"]');
    slotOf(this.place, "air-ladder").append(...Array.from({ length: LEVELS }, () => el("i")));
    this.ready = awaitText(lang(), "quality").then(() => this.ask()); // the words of the levels are the quality page's
    setInterval(() => this.ask(), ASK_MS);
  }

  /** The newest hour; what was known stays while the server does not answer, until it is too old. */
  async ask() {
    if (this.config.air === null) return this.tick();
    const { asOf } = this.live; // of a recording: what was known then
    if (asOf === null) return undefined;
    const query = new URLSearchParams({ figure: "aqi_hour_area", subject: this.config.air, limit: "1", ...(asOf && { to: asOf, as_of: asOf }) });
    const answer = await fetch(`/api/v1/derived?${query}`, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!told) return undefined;
    this.#asked = true;
    this.#row = told.derived[0];
    return this.tick();
  }

  tick() {
    const hour = Math.floor(this.live.now() / 3_600_000);
    if (this.live.asOf && hour !== this.#hour) {
      this.#hour = hour;
      this.ask();
    }
    const air = airOf(this.#row, this.live.now(), this.config.air);
    write(this.figure, air.value ?? NaN, { age: air.state === "known" ? (this.live.now() - air.at) / 1000 : null });
    this.place.dataset.level = air.state === "known" ? `air-${air.level}` : "unknown";
    [...slotOf(this.place, "air-ladder").children].forEach((step, at) => step.classList.toggle("on", at < (air.level ?? 0)));
    setText(slotOf(this.place, "air-level"), air.state === "known" ? `${t(`air.numeral.${air.level}`)} ${t(`quality.level.${air.level}`)}` : t(`air.${air.state}`));
    setText(slotOf(this.place, "air-note"), this.#note(air));
  }

  #note(air) {
    if (air.state === "outside") return t("air.outside_note");
    if (air.state === "none") return t(this.#asked ? "air.none_yet" : "air.asking");
    const hourOf = (ms) => Number(minuteOf(ms, this.config.timezone, lang()).slice(0, 2));
    const hour = t("air.hour", { since: hourOf(air.since), at: hourOf(air.at) || 24 });
    if (air.state === "old") return t("air.last", { hour });
    const names = (list) => listed(list.map((name) => t(`air.of.${name}`)));
    if (air.state === "incomplete") return [hour, air.missing.length > NAMED ? t("air.missing_many", { n: air.missing.length }) : t("air.missing", { names: names(air.missing) })].join(" · ");
    const primary = air.primary.length ? t("air.primary", { names: names(air.primary) }) : t("air.no_primary");
    return [primary, hour, t("air.complete", { has: air.has, of: air.of, n: air.stations })].join(" · ");
  }
}
