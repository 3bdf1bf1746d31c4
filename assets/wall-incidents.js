// Open incidents, the gravest on top: what, where, since when, of how many parts, and who has it. Draws what it is given.

import { el, setText, setWhole, syncRows } from "./dom.js";
import { t } from "./text.js";
import { fitted } from "./wall-room.js";

/** A span as people say it: 42 min, 3 h, 2 d. Pure. */
export function spanText(seconds, say) {
  if (seconds < 3600) return say("span.minutes", { n: Math.max(0, Math.floor(seconds / 60)) });
  if (seconds < 86_400) return say("span.hours", { n: Math.floor(seconds / 3600) });
  return say("span.days", { n: Math.floor(seconds / 86_400) });
}

/** The order of the wall: drills last, the gravest first, of equals the newest. Pure. */
export const graver = (a, b) => Boolean(a.drill) - Boolean(b.drill) || (a.severity ?? 5) - (b.severity ?? 5) || (a.opened_at < b.opened_at ? 1 : a.opened_at > b.opened_at ? -1 : b.id - a.id);

export class Incidents {
  constructor({ root, config, live, lists }) {
    Object.assign(this, { config, live, lists, list: root.querySelector('[data-list="incidents"]') });
  }

  draw(state) {
    const rows = [...state.incidents.values()].sort(graver);
    syncRows(this.list, fitted(this.list, rows), (row) => row.id, () => this.#make(), (item, row) => this.#fill(item, row));
    this.tick();
  }

  #make() {
    const item = el("li", "row incident");
    item.append(el("b", "mark"), el("strong", "row-title"), el("span", "row-stage"), el("span", "row-where"), el("time", "row-time"));
    return item;
  }

  #fill(item, row) {
    const [mark, title, stage, where] = item.children;
    const labels = this.lists.labels(row);
    Object.assign(item.dataset, { severity: row.severity, stage: row.stage, opened: row.opened_at ?? "" });
    item.classList.toggle("drill", Boolean(row.drill));
    item.classList.toggle("overdue", Boolean(row.overdue));
    mark.className = `mark mark-${row.severity}`;
    setText(mark, labels.mark);
    setWhole(title, labels.title);
    setText(stage, row.overdue ? t("incidents.overdue") : t(`stage.incident.${row.stage}`));
    setWhole(where, [labels.where, partsOf(row) > 1 ? t("incidents.parts", { n: partsOf(row) }) : "", row.owner || t("incidents.no_owner")].filter(Boolean).join(" · "));
  }

  /** Once a second: for how long. */
  tick() {
    for (const item of this.list.querySelectorAll(".incident")) {
      const age = (this.live.now() - Date.parse(item.dataset.opened)) / 1000;
      setText(item.querySelector(".row-time"), Number.isNaN(age) ? "—" : t("incidents.since", { span: spanText(age, t) }));
    }
  }
}

const partsOf = ({ parts }) => (typeof parts === "number" ? parts : Array.isArray(parts) ? parts.length : Object.values(parts ?? {}).reduce((sum, n) => sum + (Number(n) || 0), 0));
