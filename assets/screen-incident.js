// An incident over the map of a wall, while the address names one: what, where, since when, what it is made of, and its cases with their
// time left. Reads the one state of the page; asks nothing, so that a screen with no right but to look shows it, too.

import { countdownText, minuteOf } from "./clock.js";
import { el, setText } from "./dom.js";
import { lang, t, titled } from "./text.js";
import { view } from "./view.js";

const ROWS = 5;
const ZOOM = 15.2;

export class IncidentCard {
  constructor({ config, live, district, lists, panel }) {
    Object.assign(this, { config, live, district, lists });
    this.card = el("section", "cast-incident");
    this.card.setAttribute("role", "region");
    this.card.setAttribute("aria-label", t("screen.why.incident"));
    this.card.hidden = true;
    panel("map").append(this.card);
    view.on("incident", () => this.draw());
    live.on("snapshot", () => this.draw());
    live.on("delta", (_, changes) => this.#mine(changes) && this.draw());
    setInterval(() => this.#tick(), 1000);
    this.draw();
  }

  get id() { return Number(view.get("incident")) || null; }

  #mine({ incidents, alerts, cases, reports }) {
    const { id } = this;
    return id !== null && (incidents.some(({ key }) => key === id) || [alerts, cases, reports].some((rows) => rows.some(({ row, before }) => row.incident_id === id || before?.incident_id === id)));
  }

  draw() {
    const { id } = this;
    const row = id === null ? null : this.live.state.incidents.get(id);
    this.card.hidden = id === null;
    if (id === null) return this.#leave();
    this.card.dataset.incident = id;
    this.card.dataset.severity = row?.severity ?? 5;
    this.card.classList.toggle("drill", Boolean(row?.drill));
    if (!row) {
      this.card.replaceChildren(el("p", "cast-none", t(this.live.state.sequence < 0 ? "screen.incident_waits" : "screen.incident_gone", { id })));
      return this.#leave();
    }
    this.card.replaceChildren(this.#head(row), ...this.#parts(id));
    this.#look(row);
    return this.#tick();
  }

  #head(row) {
    const head = el("header");
    const { mark, where } = this.lists.labels(row);
    head.append(el("b", `mark mark-${row.severity}`, mark), el("h2", "", row.drill ? t("row.drill", { title: row.title }) : row.title));
    const facts = el("p", "cast-facts");
    facts.append(el("span", "", where), el("span", "", t("screen.since", { time: minuteOf(Date.parse(row.opened_at), this.config.timezone, lang()) })), el("span", "", t(`stage.incident.${row.stage}`)));
    const lasts = el("time", "cast-lasts");
    lasts.dataset.since = row.opened_at;
    facts.append(lasts);
    head.append(facts);
    if (!this.config.control.beats) head.append(this.#shut()); // a screen is given back by who sent it
    return head;
  }

  #shut() {
    const button = el("button", "shut", "×");
    button.type = "button";
    button.setAttribute("aria-label", t("screen.close"));
    button.addEventListener("click", () => view.set({ incident: null }));
    return button;
  }

  /** What it is made of, the newest first, and what is done about it. */
  #parts(id) {
    const of = (list) => [...this.live.state[list].values()].filter((row) => row.incident_id === id);
    const alerts = of("alerts").sort((a, b) => (a.raised_at < b.raised_at ? 1 : -1)), reports = of("reports"), cases = of("cases");
    const counts = el("p", "cast-counts", t("screen.parts", { alerts: alerts.length, reports: reports.length, cases: cases.length }));
    const signs = el("ol", "cast-rows");
    signs.append(...alerts.slice(0, ROWS).map((row) => this.lists.line(row)));
    const work = el("ol", "cast-rows");
    work.append(...cases.slice(0, ROWS).map((row) => this.#case(row)));
    if (!cases.length) work.append(el("li", "dim", t("screen.no_case")));
    return [counts, signs, work];
  }

  #case(row) {
    const item = el("li");
    const left = el("time", "cast-left");
    left.dataset.due = row.due_at ?? "";
    item.append(el("b", `mark mark-${row.severity}`, this.lists.labels(row).mark), el("span", "cast-case", `${titled(row)} · ${t(`stage.case.${row.stage}`)}`), left);
    return item;
  }

  #tick() {
    if (this.card.hidden) return;
    const now = this.live.now();
    for (const place of this.card.querySelectorAll("[data-since]")) setText(place, t("screen.lasts", { span: countdownText((now - Date.parse(place.dataset.since)) / 1000) }));
    for (const place of this.card.querySelectorAll("[data-due]")) {
      const seconds = (Date.parse(place.dataset.due) - now) / 1000;
      setText(place, Number.isFinite(seconds) ? t(seconds < 0 ? "screen.overdue" : "screen.left", { span: countdownText(seconds) }) : "");
      place.classList.toggle("overdue", seconds < 0);
    }
  }

  /** The map is held where it is, and goes when it is over to what the address says: the area may have become another meanwhile. */
  #look(row) {
    const at = `${row.id} ${row.lon} ${row.lat}`;
    if (this.at === at || !Number.isFinite(row.lon) || !Number.isFinite(row.lat)) return;
    this.at = at;
    this.district.hold([row.lon, row.lat], ZOOM);
  }

  #leave() {
    if (this.at) this.district.release();
    this.at = null;
  }
}
