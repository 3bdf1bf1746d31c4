// What somebody clicked on a layer, in words: facts with their age, and the ways on. One card on the map; a wall shuts it by itself.

import { el, slotOf, UNKNOWN } from "./dom.js";
import { t } from "./text.js";

const CLOSE_MS = 45_000;
const SLOW_MS = 200; // an answer that takes longer is announced

/** `select(layer, code)` is called when a row is chosen, `closed()` when the card is gone. */
export class LayerCard {
  #timer = null;
  #turn = 0;
  layer = null;
  select = null;
  closed = null;

  constructor(district) {
    this.district = district;
    this.box = slotOf(district.panel, "layer-card");
    addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  /** `told()` gives what the card says (map-layers.js), or null where a click means something else; it may take its time. */
  async open(name, told) {
    const turn = (this.#turn += 1);
    this.layer = name;
    const slow = setTimeout(() => turn === this.#turn && this.#fill({ title: t(`layer.${name}`), said: [t("layer.loading")] }), SLOW_MS);
    const facts = await Promise.resolve().then(told).catch((error) => ({ title: t(`layer.${name}`), said: [t("layer.failed", { why: error.message })] }));
    clearTimeout(slow);
    if (turn !== this.#turn) return;
    if (facts) this.#fill(facts);
    else this.close();
  }

  /** A layer is shown no longer: nor is the card of it. */
  left(name) {
    if (this.layer === name) this.close();
  }

  close() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.layer = null;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.closed?.();
  }

  #fill({ title, kind = "", drill = false, image = null, lines = [], rows = [], said = [], ways = [] }) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), CLOSE_MS);
    this.district.card?.close(); // of a cell: one card at a time
    const list = el("dl");
    for (const [label, value, note] of lines) list.append(el("dt", "", label), this.#value(value, note));
    const parts = [this.#head(title, kind, drill), lines.length && list, rows.length && this.#rows(rows), image && Object.assign(el("img"), { src: image, alt: title }), ...said.map((text) => el("p", "dim", text)), ways.length && this.#ways(ways)];
    this.box.replaceChildren(...parts.filter(Boolean));
    this.box.hidden = false;
  }

  /** Several things at one place, each a way to its own card. */
  #rows(rows) {
    const list = el("ol", "tool-list");
    for (const { text, severity, drill, select } of rows) {
      const choose = list.appendChild(el("li")).appendChild(el("button", "tool-hit"));
      choose.type = "button";
      if (severity) choose.append(el("b", `mark mark-${severity}`, this.district.config.marks?.[severity]?.character ?? ""));
      if (drill) choose.append(el("b", "drill-mark", t("layer.drill")));
      choose.append(el("span", "tool-name", text));
      choose.addEventListener("click", () => this.select?.(this.layer, select));
    }
    return list;
  }

  /** [text, address or what to do]. */
  #ways(ways) {
    const on = el("p", "layer-ways");
    for (const [text, to] of ways) {
      const way = on.appendChild(typeof to === "string" ? Object.assign(el("a", "", text), { href: to }) : Object.assign(el("button", "layer-way", text), { type: "button" }));
      if (typeof to !== "string") way.addEventListener("click", to);
    }
    return on;
  }

  #head(title, kind, drill) {
    const head = el("header");
    const shut = el("button", "shut", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", t("layer.close"));
    shut.addEventListener("click", () => this.close());
    if (drill) head.append(el("b", "drill-mark", t("layer.drill")));
    head.append(el("strong", "", title), el("span", "dim", kind), shut);
    return head;
  }

  #value(value, note) {
    const place = el("dd", value === null || value === undefined || value === "" ? "unknown" : "", value === null || value === undefined || value === "" ? UNKNOWN : value);
    if (note) place.append(el("span", "dim", ` ${note}`));
    return place;
  }
}
