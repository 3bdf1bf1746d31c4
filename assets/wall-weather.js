// Warnings of the weather in force, the gravest on top, each with its level and its end. Draws what it is given; an end that has passed
// takes a warning off the list by itself.

import { minuteOf } from "./clock.js";
import { el, setText, setWhole, syncRows } from "./dom.js";
import { lang, t } from "./text.js";
import { fitted } from "./wall-room.js";
import { isWarning } from "./wall-tiles.js";

const DAY_MS = 86_400_000;

export class Weather {
  constructor({ root, config, live, lists }) {
    Object.assign(this, { config, live, lists, list: root.querySelector('[data-list="warnings"]') });
  }

  draw(state) {
    const rows = [...state.reports.values()].filter((row) => isWarning(row, this.live.now()));
    rows.sort((a, b) => (a.severity ?? 5) - (b.severity ?? 5) || (a.observed_at < b.observed_at ? 1 : -1));
    syncRows(this.list, fitted(this.list, rows), (row) => row.id, () => this.#make(), (item, row) => this.#fill(item, row));
  }

  #make() {
    const item = el("li", "row warning");
    item.append(el("b", "mark"), el("strong", "row-title"), el("span", "row-where"));
    return item;
  }

  #fill(item, row) {
    const [mark, title, until] = item.children;
    const level = row.severity ?? 5;
    item.dataset.severity = level;
    item.classList.toggle("drill", Boolean(row.drill));
    mark.className = `mark mark-${level}`;
    setText(mark, (this.config.marks[level] ?? this.config.marks[5]).character);
    setWhole(title, row.drill ? t("row.drill", { title: row.title }) : row.title);
    setText(until, row.ends_at ? t("warnings.until", { time: this.#stamp(Date.parse(row.ends_at)) }) : t("warnings.open_end"));
  }

  /** The time of day; with the date when it ends later than in a day. */
  #stamp(ms) {
    const { timezone } = this.config;
    const time = minuteOf(ms, timezone, lang());
    if (ms - this.live.now() < DAY_MS) return time;
    return `${new Intl.DateTimeFormat("en-CA", { timeZone: timezone, month: "2-digit", day: "2-digit" }).format(ms)} ${time}`;
  }
}
