// The lists of the wall: alerts, cases by deadline, streets, feeds. Rows keep their element while they stay, so nothing jumps
// that did not change; only what is new flashes, once.

import { ageText, countdownText, minuteOf, timeOf } from "./clock.js";
import { el, grouped, setParts, setText, setWhole, slotOf, syncRows, write } from "./dom.js";
import { foldSilences, isBack } from "./silence.js";
import { classCounts, sums } from "./state.js";
import { groupRows } from "./storm.js";
import { label, lang, t } from "./text.js";
import { partsOfTitle, titleOf } from "./titles.js";
import { alertOrder } from "./wall-order.js";
import { fitted } from "./wall-room.js";

const HIGH = [5, 6]; // classes 4 and 5 in the counts, where the unknown stands first
const TOLD_MS = 60_000;
const PATH_OLD_S = 180; // three proofs
const FLASH_MS = 3_000;
const SAME_DAY_MS = 20 * 3600 * 1000;

export class Lists {
  #fresh = new Set();

  constructor({ root, config, live, district, panel }) {
    Object.assign(this, { config, live, district });
    this.lists = Object.fromEntries([...root.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]));
    this.path = root.querySelector('[data-figure="path"]');
    this.streetsNote = slotOf(panel("streets"), "streets-note");
    this.labels = this.labels.bind(this);
  }

  /** The words of an alert or case: its mark, where it is, and by how much. */
  labels(row) {
    const mark = this.config.marks[row.severity] ?? this.config.marks[5];
    const street = this.district.streetNames?.get(row.street) ?? row.street ?? "";
    const number = (value) => grouped(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1);
    const value = typeof row.value === "number" && row.unit ? `${number(row.value)} ${row.unit}` : "";
    const limit = value && typeof row.threshold === "number" ? t("alerts.limit", { limit: number(row.threshold) }) : "";
    const rule = this.config.rules[row.rule];
    // The store's title is "where what"; what stands first on a wall, so that eight metres suffice to read it.
    // A level of a rule has a name of its own: what follows the device's name is it.
    const named = row.device_name && (row.title ?? "").startsWith(row.device_name), level = named ? row.title.slice(row.device_name.length).trim() : "";
    const place = !rule ? "" : named ? row.device_name : (row.title ?? "").replace(rule.label, "").trim();
    const english = () => partsOfTitle(row.title, this.config.rules)?.label_en ?? rule.label_en;
    const title = rule ? (lang() === "en" ? english() : level || rule.label) : titleOf(row, this.config.rules);
    return { mark: mark.character, where: street || t((row.subject ?? "").startsWith("platform/") ? "place.platform" : "place.unknown"), value, limit, title: row.drill ? t("row.drill", { title }) : title, place };
  }

  /** One line about a row, for notices. */
  line(row) {
    const { mark, where, title } = this.labels(row);
    const line = el("li");
    line.dataset.id = row.id ?? row.number;
    const at = Date.parse(row.raised_at ?? row.opened_at);
    line.append(el("b", `mark mark-${row.severity}`, mark), el("time", "", minuteOf(at, this.config.timezone, lang())), el("span", "", `${title ?? ""} · ${where}`));
    return line;
  }

  announce(alerts) {
    for (const { id } of alerts) this.#fresh.add(id);
  }

  draw(state) {
    this.#alerts(state);
    this.#cases(state);
    this.#streets(state);
    this.#feeds(state);
    this.tick();
  }

  #alerts(state) {
    const rows = [...state.alerts.values()].sort(alertOrder(isBack));
    const list = this.lists.alerts, storm = sums(state).storm;
    const title = list.closest("[data-panel]").querySelector("h2");
    title.dataset.storm = storm ? t("alerts.storm") : "";
    const shown = storm ? groupRows(rows.filter((a) => a.severity <= 4)) : foldSilences(rows, this.config.rules);
    syncRows(list, fitted(list, shown), (a) => a.id, () => this.#makeAlert(), (item, a) => this.#fillAlert(item, a));
  }

  #makeAlert() {
    const item = el("li", "row alert");
    item.append(el("b", "mark"), el("strong", "row-title"), el("time", "row-time"), el("span", "row-where"), el("span", "row-stage"));
    return item;
  }

  /** In a storm: how many of a class in a street, since when, and how many nobody has acknowledged. */
  #fillGroup(item, group) {
    const [mark, title, time, where, stage] = item.children;
    Object.assign(item.dataset, { severity: group.severity, stage: group.stage, raised: group.raised_at });
    item.classList.toggle("drill", group.drill);
    mark.className = `mark mark-${group.severity}`;
    setText(mark, (this.config.marks[group.severity] ?? this.config.marks[5]).character);
    setWhole(title, t("alerts.folded", { title: this.config.classes[group.class_code]?.label ?? t("alerts.no_class"), n: group.folded.length }));
    setText(time, this.#stamp(group.raised_at));
    setParts(where, [["", this.district.streetNames?.get(group.street) ?? group.street], ["rest", t("alerts.storm_since", { at: this.#stamp(group.since) })]]);
    setParts(stage, [["", t("alerts.storm_waiting", { n: group.waiting })]]);
  }

  #fillAlert(item, alert) {
    if (alert.id.toString().startsWith("storm:")) return this.#fillGroup(item, alert);
    const [mark, title, time, where, stage] = item.children;
    const labels = this.labels(alert);
    const known = alert.state_known !== false;
    item.dataset.severity = alert.severity;
    item.dataset.stage = alert.stage;
    item.dataset.raised = alert.raised_at;
    item.classList.toggle("drill", Boolean(alert.drill));
    item.classList.toggle("held", Boolean(alert.hold) && alert.hold !== "none");
    item.classList.toggle("state-unknown", !known);
    mark.className = `mark mark-${alert.severity}`;
    setText(mark, labels.mark);
    const { folded } = alert;
    setWhole(title, folded ? t("alerts.folded", { title: labels.title, n: folded.length }) : labels.title);
    setText(time, this.#stamp(alert.raised_at));
    setParts(where, [["", labels.where], ["", labels.value], ["", labels.limit], ["rest", folded ? t("alerts.folded_last", { place: labels.place }) : labels.place]]);
    const held = alert.hold && alert.hold !== "none" ? t(`hold.${alert.hold}`) : "";
    const who = alert.stage === "acked" && !held && known ? alert.acked_by : "";
    if (folded) return setParts(stage, [["", t(isBack(alert) ? "alerts.folded_back" : "alerts.folded_waiting", { n: alert.waiting })]]);
    setParts(stage, [["", held || (known ? t(`stage.alert.${alert.stage}`) : t("alerts.state_unknown"))], ["", who]]);
    if (this.#fresh.delete(alert.id)) {
      item.classList.add("flash");
      setTimeout(() => item.classList.remove("flash"), FLASH_MS);
    }
  }

  /** The time of day, or the date when it is not of today. */
  #stamp(iso) {
    const at = Date.parse(iso);
    const zone = this.config.timezone;
    if (this.live.now() - at < SAME_DAY_MS) return timeOf(at, zone, lang());
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone, month: "2-digit", day: "2-digit" }).format(at);
  }

  #cases(state) {
    const due = (c) => (c.due_at ? Date.parse(c.due_at) : Infinity);
    const rows = [...state.cases.values()].sort((a, b) => due(a) - due(b) || (a.number < b.number ? -1 : 1));
    const list = this.lists.cases;
    syncRows(list, fitted(list, rows), (c) => c.number, () => this.#makeCase(), (item, c) => this.#fillCase(item, c));
  }

  #makeCase() {
    const item = el("li", "row case");
    item.append(el("b", "mark"), el("strong", "row-title"), el("span", "row-where"), el("span", "row-stage"), el("span", "countdown"), el("i", "countdown-bar"));
    return item;
  }

  #fillCase(item, row) {
    const [mark, title, where, stage] = item.children;
    const labels = this.labels(row);
    item.classList.toggle("drill", Boolean(row.drill));
    Object.assign(item.dataset, { opened: row.opened_at ?? "", due: row.due_at ?? "", stage: row.stage });
    mark.className = `mark mark-${row.severity}`;
    setText(mark, labels.mark);
    // What it is stands first: a title begins with the place, and a wall cuts its end.
    const kind = this.config.classes[row.class_code]?.label;
    setWhole(title, kind ? (row.drill ? t("row.drill", { title: kind }) : kind) : labels.title);
    setWhole(where, [labels.where, kind && row.title, row.address].filter(Boolean).join(" · "));
    setText(stage, t(`stage.case.${row.stage}`));
  }

  /** Once a second: ages and countdowns. */
  tick() {
    const now = this.live.now();
    for (const item of this.lists.cases.querySelectorAll(".case")) {
      const due = Date.parse(item.dataset.due);
      const left = (due - now) / 1000;
      const [place, bar] = [item.querySelector(".countdown"), item.querySelector(".countdown-bar")];
      item.classList.toggle("overdue", left < 0);
      setText(place, Number.isNaN(due) ? "—" : left < 0 ? `${t("cases.over")} ${countdownText(left)}` : countdownText(left));
      const span = due - Date.parse(item.dataset.opened);
      bar.style.scale = `${Math.max(0, Math.min(1, (left * 1000) / span || 0)).toFixed(3)} 1`;
    }
    for (const item of this.lists.feeds.querySelectorAll("[data-last]")) {
      const age = (now - Date.parse(item.dataset.last)) / 1000;
      setText(item.querySelector(".feed-age"), Number.isNaN(age) ? "—" : ageText(age, t));
    }
  }

  #streets(state) {
    const { measure, streetNames } = this.district;
    const figures = [...state.streets].filter(([code]) => code);
    const rows = figures.map(([code, f]) => {
      const counts = classCounts(state, measure, code);
      const total = counts.reduce((sum, n) => sum + n, 0);
      const open = f.alerts ? [1, 2, 3, 4].reduce((sum, n) => sum + (f.alerts[n] ?? 0), 0) : "—";
      return { code, open, working: f.cases_open, counts, total, share: total ? HIGH.reduce((sum, at) => sum + counts[at], 0) / total : -1 };
    });
    rows.sort((a, b) => b.share - a.share || (a.code < b.code ? -1 : 1));
    const list = this.lists.streets;
    setText(this.streetsNote, t("streets.note", { measure: this.config.measures[measure]?.label ?? "" }));
    syncRows(list, fitted(list, rows), (r) => r.code, () => this.#makeStreet(), (item, r) => this.#fillStreet(item, r, streetNames));
  }

  #makeStreet() {
    const item = el("li", "row street");
    const bar = el("span", "profile");
    bar.append(...["unknown", 0, 1, 2, 3, 4, 5].map((name) => el("i", `class-${name}`)));
    item.append(el("strong", "row-title"), bar, el("span", "figure-text high"), el("span", "figure-text"), el("span", "figure-text"));
    return item;
  }

  #fillStreet(item, { code, open, working, counts, total, share }, names) {
    const [title, bar, high, alerts, cases] = item.children;
    setWhole(title, names?.get(code) ?? code);
    [...bar.children].forEach((part, at) => (part.style.flexGrow = total ? counts[at] : at === 0 ? 1 : 0));
    setText(high, share < 0 ? "—" : `${(100 * share).toFixed(1)}%`);
    setText(alerts, t("streets.alerts", { n: open }));
    setText(cases, t("streets.cases", { n: working ?? "—" }));
  }

  /** The stream tells of the city, not of the feeds: they are asked for now and then, while the line is up. */
  async askFeeds(state) {
    if (this.live.link !== "live") return;
    const answer = await fetch("/api/v1/feeds", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    state.feeds = told.feeds ?? state.feeds;
    state.path = told.path ?? state.path;
    this.#feeds(state);
  }

  /** How long a signal takes from the wire to the notification; old or failed it is not believed. */
  #path({ path }) {
    const age = path?.at ? (this.live.now() - Date.parse(path.at)) / 1000 : null;
    write(this.path, path?.ok ? (path.seconds ?? NaN) : NaN, { age, limit: PATH_OLD_S, decimals: 1 });
  }

  #feeds(state) {
    this.#path(state);
    const list = this.lists.feeds;
    const heardFirst = [...state.feeds].sort((a, b) => !a.last_at - !b.last_at);
    syncRows(list, fitted(list, heardFirst), (f) => f.feed, () => this.#makeFeed(), (item, f) => this.#fillFeed(item, f));
  }

  #makeFeed() {
    const item = el("li", "row feed");
    item.append(el("i", "dot"), el("strong", "row-title"), el("span", "row-stage"), el("span", "figure-text accepted"), el("span", "figure-text rejected"), el("span", "figure-text feed-age"));
    return item;
  }

  #fillFeed(item, feed) {
    const [, title, stage, accepted, rejected] = item.children;
    // Who tells of a feed has fallen silent himself: then its state is not known, whatever he said last.
    const told = Date.parse(feed.updated_at ?? "");
    // A wire that is open and never brought anything is not well: it is waited for.
    const waited = feed.state === "connected" && !feed.last_at;
    const state = this.live.now() - told > TOLD_MS ? "silent" : waited ? "idle" : feed.state;
    item.dataset.state = state;
    item.dataset.last = feed.last_at ?? "";
    setWhole(title, label(feed) || feed.feed);
    setText(stage, t(`feed.${state}`));
    setText(accepted, grouped(feed.accepted ?? 0));
    setText(rejected, t("feeds.rejected", { n: feed.rejected ?? 0 }));
  }
}
