// Key figures, vital signs and the steps of the closed loop: sums over the streets of the state it is given, each with age and
// completeness, and where one is unknown the word why. Asks the server nothing.

import { ageText } from "./clock.js";
import { el, figuresOf, setText, setWhole, slotOf } from "./dom.js";
import { foldVital, sums, workOf } from "./state.js";
import { lang, t } from "./text.js";
import { spills } from "./wall-room.js";
import { countLists, countTile, whyUnknown } from "./wall-tiles.js";

const MARGIN = 1.35; // a gauge goes on beyond its bad end
const LONG = 100_000; // counts from here on are written shorter; `data-value` has them whole
const RISE = 1000; // per cent: what rose by more says so

/** A count too long to be read at a glance, in ten thousands or thousands; null: as it is. Pure. */
export function compact({ value, decimals = 0 }) {
  if (decimals || !(Math.abs(value) >= LONG)) return null;
  return new Intl.NumberFormat(lang() === "en" ? "en-GB" : "zh-CN", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export class Figures {
  #said = new Map(); // tile → its words when its type was last fitted

  constructor({ root, config, live, panel }) {
    Object.assign(this, { root, config, live, note: slotOf(panel("kpis"), "kpis-note") });
    this.write = figuresOf(root);
    this.tiles = new Map([...root.querySelectorAll("[data-tile]")].map((place) => [place.dataset.tile, place]));
    this.vitals = new Map(config.vitals.map((vital) => [vital.name, { vital, row: root.querySelector(`[data-vital="${vital.name}"]`) }]));
    for (const { vital, row } of this.vitals.values()) if (row) this.#gauge(vital, row);
  }

  /** `state` is what this wall shows: the city's, or of it one area or domain. */
  draw(state) {
    this.total = sums(state);
    this.shown = {};
    this.of = state.of;
    this.#counts(this.total);
    this.#lists(state);
    this.#signals(state);
    this.tick(state);
  }

  /** Ages grow while nothing comes: once a second they are told again. */
  tick(state) {
    if (!this.total) return;
    const { limit } = this.live;
    const age = this.live.age();
    for (const [name, value] of Object.entries(this.shown)) this.write(name, value.value, { text: compact(value), ...value, age, limit });
    this.#vitals(this.total);
    this.#why();
    if (state.sequence < 0) return;
    document.body.classList.toggle("stale", age > limit);
    const { told, of } = this.total;
    setText(this.note, Number.isFinite(age) ? t("kpis.note", { age: ageText(age, t), told: told.unack ?? 0, of }) : t("kpis.note_none"));
  }

  #put(name, value, options = {}) {
    this.shown[name] = { value: value ?? NaN, complete: 1, ...options };
  }

  #counts(total) {
    const known = total.unack !== null; // a count nobody told is not nought
    // Each with the share of the streets that told what it is made of.
    const put = (name, value, of, options = {}) => this.#put(name, value, { complete: total.of ? (total.told[of] ?? 0) / total.of : 0, ...options });
    for (const n of [1, 2, 3, 4, 5]) put(`alerts_open_${n}`, known ? total.alerts[n] : NaN, "unack");
    put("alerts_open", known ? [1, 2, 3, 4].reduce((sum, n) => sum + total.alerts[n], 0) : NaN, "unack", { rolls: true });
    put("alerts_unack", total.unack, "unack");
    put("cases_open", total.cases_open, "cases_open", { rolls: true });
    for (const name of ["cases_overdue", "cases_today", "closed_in_time", "due_today", "reports_today", "readings_minute"]) put(name, total[name], name);
    put("in_time_rate", total.due_today ? (100 * total.closed_in_time) / total.due_today : NaN, "due_today", { decimals: 1 });
    const [seconds, n] = total.response;
    put("response_mean", n ? seconds / n / 60 : NaN, "response", { decimals: 1 });
    put("response_samples", "response" in total.told ? n : NaN, "response");
    const share = total.devices ? total.online / total.devices : NaN;
    put("devices_online", total.online, "online", { rolls: true, ...(Number.isFinite(share) ? { complete: share } : {}) });
    put("devices_total", total.devices, "devices");
    put("devices_silent", total.silent, "silent");
    put("online_rate", 100 * share, "devices", { decimals: 1, text: Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : null });
    put("loop_closed", total.closed_today, "closed_today", { rolls: true });
  }

  /** What only the rows tell. */
  #lists(state) {
    const { steps } = workOf(state);
    const known = state.sequence >= 0;
    for (const [step, n] of Object.entries(steps)) this.#put(`loop_${step}`, known ? n : NaN, { rolls: true });
    for (const [name, value] of Object.entries(countLists(state, this.live.now()))) this.#put(name, value);
    for (const [name, tile] of Object.entries(this.config.tiles)) {
      const { value, least } = countTile(tile, state);
      this.#put(name, value, least ? { text: `≥ ${value}`, complete: null } : { rolls: true });
    }
  }

  /** Today's signals are the sum of the trend, so that tile and curve tie; compared with yesterday up to the same quarter. */
  #signals(state) {
    const { today, yesterday, bucket_s: step } = state.trend;
    const now = Math.floor(this.live.now() / 1000);
    const running = Math.floor(now / step) * step;
    const sum = (day, until) => [...day].reduce((total, [at, n]) => total + (at < until ? n : 0), 0);
    const known = state.sequence >= 0 && (today.size > 0 || yesterday.size > 0);
    this.#put("signals_today", known ? sum(today, Infinity) : NaN, { rolls: true });
    this.#put("signals_quarter", known ? (today.get(running) ?? 0) : NaN);
    const before = sum(yesterday, running - 86_400);
    const change = known && before ? (100 * (sum(today, running) - before)) / before : NaN;
    this.#put("signals_change", change, { decimals: 1, text: Number.isFinite(change) ? `${change >= 0 ? "▲" : "▼"} ${change > RISE ? `>${RISE}` : Math.abs(change).toFixed(1)}%` : null });
  }

  #why() {
    for (const [name, place] of this.tiles) {
      const vital = this.vitals.get(name)?.vital;
      const known = !place.querySelector(`[data-figure="${name}"]`).classList.contains("unknown");
      const why = whyUnknown(name, { tile: this.config.tiles[name], vital: vital && (this.total.vitals[vital.metric] ?? { of: 0 }), known, total: this.total, of: this.of });
      const told = vital && known ? this.total.vitals[vital.metric] : null;
      setText(slotOf(place, "why"), why ? t(why) : told ? t("tile.of", { n: told.n, of: told.of }) : "");
    }
    this.#fit();
  }

  /** Smaller type where the figures of a tile take more than its width; asked only of those that say something else. All are written, then
   *  all are measured: a page that is asked between two changes is laid out anew for each. */
  #fit() {
    const others = [...this.tiles.values()].filter((place) => {
      const said = `${place.textContent}|${place.clientWidth}`, same = this.#said.get(place) === said;
      this.#said.set(place, said);
      return !same;
    });
    for (const place of others) place.classList.remove("crowded");
    const crowded = others.map((place) => [place, ...place.querySelectorAll(".tile-parts, .tile-why")].some(spills));
    others.forEach((place, at) => place.classList.toggle("crowded", crowded[at]));
  }

  /** From where it is good on the left to beyond where it is bad; where less is worse, the scale ends at twice what is good. */
  #gauge({ good, bad }, row) {
    const gauge = slotOf(row, "gauge");
    gauge.append(el("i", "gauge-fill"));
    if (good == null || bad == null) return;
    const top = bad >= good ? bad * MARGIN : good * 2;
    row.dataset.top = String(top);
    for (const [name, at] of [["good", good], ["bad", bad]]) {
      const tick = gauge.appendChild(el("i", `gauge-tick gauge-${name}`));
      tick.style.left = `${(100 * at) / top}%`;
    }
  }

  #vitals(total) {
    for (const [name, { vital, row }] of this.vitals) {
      const told = total.vitals[vital.metric];
      const value = foldVital(told, vital.fold);
      const age = told && value !== null ? this.live.now() / 1000 - told.newest : null;
      const complete = value !== null && told.of ? told.n / told.of : null;
      this.write(name, value ?? NaN, { decimals: vital.decimals, age, limit: this.config.stale.vital, complete });
      if (row) this.#row(row, vital, value, told, age);
    }
  }

  #row(row, vital, value, told, age) {
    const share = value === null ? 0 : Math.max(0.012, Math.min(1, value / Number(row.dataset.top || value || 1)));
    row.querySelector(".gauge-fill").style.scale = `${share.toFixed(3)} 1`;
    row.dataset.level = levelOf(value, vital);
    setWhole(slotOf(row, "vital-note"), value === null ? t(whyUnknown(vital.name, { vital: told ?? { of: 0 }, total: this.total, of: this.of })) : t("vitals.of", { n: told.n, of: told.of, age: ageText(Math.max(0, age), t) }));
  }
}

/** good, between, bad or unknown; where good lies above bad, less is worse. */
export function levelOf(value, { good, bad }) {
  if (value === null) return "unknown";
  const worse = good != null && bad != null && bad < good ? (a, b) => a <= b : (a, b) => a >= b;
  if (bad != null && worse(value, bad)) return "bad";
  return good != null && worse(value, good) && value !== good ? "between" : "good";
}
