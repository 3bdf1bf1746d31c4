// What is open by class of event: alerts and cases as one bar each, the most on top. Draws what it is given.

import { el, setText, setWhole, syncRows } from "./dom.js";
import { isSignal } from "./silence.js";
import { t } from "./text.js";
import { fitted } from "./wall-room.js";

/** Rows → `[{code, alerts, cases}]`, the most on top. Drills, tests and mere notices count nowhere. Pure. */
export function byClass(state) {
  const found = new Map();
  const add = (row, what) => {
    const code = row.class_code ?? "";
    const told = found.get(code) ?? found.set(code, { code, alerts: 0, cases: 0 }).get(code);
    told[what] += 1;
  };
  for (const row of state.alerts.values()) if (!row.drill && row.verdict !== "test" && isSignal(row)) add(row, "alerts");
  for (const row of state.cases.values()) if (!row.drill) add(row, "cases");
  return [...found.values()].sort((a, b) => b.alerts + b.cases - a.alerts - a.cases || (a.code < b.code ? -1 : 1));
}

export class Classes {
  constructor({ root, config }) {
    Object.assign(this, { config, list: root.querySelector('[data-list="classes"]') });
  }

  draw(state) {
    const rows = byClass(state);
    const most = rows.length ? rows[0].alerts + rows[0].cases : 1;
    syncRows(this.list, fitted(this.list, rows), (row) => row.code || "none", () => this.#make(), (item, row) => this.#fill(item, row, most));
  }

  #make() {
    const item = el("li", "row class");
    const bar = el("span", "class-bar");
    bar.append(el("i", "class-alerts"), el("i", "class-cases"));
    item.append(el("strong", "row-title"), bar, el("span", "figure-text"));
    return item;
  }

  #fill(item, { code, alerts, cases }, most) {
    const [title, bar, told] = item.children;
    setWhole(title, this.config.classes[code]?.label ?? t("alerts.no_class"));
    bar.children[0].style.width = `${(100 * alerts) / most}%`;
    bar.children[1].style.width = `${(100 * cases) / most}%`;
    setText(told, t("classes.count", { alerts, cases }));
  }
}
