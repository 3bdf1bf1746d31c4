// The menu of layers on the map, and the line of chips of those that are shown: how many things each has, how grave the gravest is, and of
// how many nothing is known (grey). Figures of layers that are not shown are asked for while the menu is open; in a replay they are unknown.

import { UNKNOWN, el, grouped, slotOf } from "./dom.js";
import { t } from "./text.js";
import { view } from "./view.js";

const AGAIN_MS = 30_000;
const TOLD = { count: null, unknown: null, worst: null, drills: 0, note: "", failed: false };

export class LayerMenu {
  #told = new Map(); // name → what was last told of it
  #shown = [];
  #timer = null;
  #turn = 0;

  constructor(district, offered, toggle) {
    const { panel } = district;
    Object.assign(this, { district, offered, toggle, menu: slotOf(panel, "layer-menu"), chips: slotOf(panel, "layer-chips"), button: panel.querySelector('[data-do="layers"]') });
    this.rows = new Map(offered.map((layer) => [layer.name, this.#row(layer)]));
    this.#build();
    this.button?.addEventListener("click", () => (this.menu.hidden ? this.open() : this.shut()));
    for (const tool of panel.querySelectorAll("[data-tool]")) tool.addEventListener("click", () => this.shut(false));
    this.menu.addEventListener("keydown", (event) => this.#key(event));
    view.on("area", () => this.menu.hidden || this.#ask());
  }

  open() {
    const { panel, tool } = this.district;
    if (tool) panel.querySelector(`[data-tool="${tool}"]`)?.click(); // one card at a time
    this.menu.hidden = false;
    this.button?.setAttribute("aria-expanded", "true");
    this.menu.querySelector("[role=switch]")?.focus({ preventScroll: true });
    this.#ask();
    this.#timer = setInterval(() => this.#ask(), AGAIN_MS);
  }

  shut(back = true) {
    if (this.menu.hidden) return;
    clearInterval(this.#timer);
    this.menu.hidden = true;
    this.button?.setAttribute("aria-expanded", "false");
    if (back) this.button?.focus({ preventScroll: true });
  }

  /** Which layers are shown. */
  press(names) {
    this.#shown = names;
    for (const [name, row] of this.rows) {
      const on = names.includes(name);
      row.setAttribute("aria-checked", String(on));
      if (!on) this.#told.delete(name);
      this.#write(name);
    }
    this.chips.replaceChildren(...this.offered.filter(({ name }) => names.includes(name)).map((layer) => this.#chip(layer)));
  }

  /** What a layer tells of itself. */
  tell(name, told) {
    this.#told.set(name, { ...TOLD, ...told });
    this.#write(name);
  }

  /** The figures of what is not shown; that they do not come is said by dashes. */
  async #ask() {
    if ("asOf" in this.district.live) return; // they would be those of now
    const turn = (this.#turn += 1);
    const area = view.get("area");
    const answer = await fetch(`/api/v1/map/points${area ? `?${new URLSearchParams({ area })}` : ""}`, { credentials: "same-origin" }).catch(() => null);
    const { layers } = answer?.ok ? await answer.json() : { layers: {} };
    if (turn !== this.#turn) return;
    for (const name of this.rows.keys()) if (!this.#shown.includes(name)) this.tell(name, layers[name]);
  }

  #build() {
    const shut = el("button", "shut", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", t("layer.menu_close"));
    shut.addEventListener("click", () => this.shut());
    const head = el("header");
    head.append(el("strong", "", t("layer.menu")), shut);
    const groups = [...new Set(this.offered.map(({ group }) => group))].map((group) => {
      const part = el("fieldset");
      part.append(el("legend", "", t(`layer.group.${group}`)), ...this.offered.filter((layer) => layer.group === group).map(({ name }) => this.rows.get(name)));
      return part;
    });
    this.menu.replaceChildren(head, ...groups);
  }

  #row({ name, icon }) {
    const row = el("button", "layer-row");
    row.type = "button";
    row.dataset.layer = name;
    row.setAttribute("role", "switch");
    row.append(iconOf(icon), el("span", "layer-name", t(`layer.${name}`)), el("span", "layer-states"), el("b", "layer-count figure-text"));
    row.addEventListener("click", () => this.toggle(name));
    return row;
  }

  #chip({ name, icon }) {
    const chip = el("button", "layer-chip");
    chip.type = "button";
    chip.dataset.chip = name;
    chip.append(iconOf(icon), el("span", "layer-name", t(`layer.${name}`)), el("b", "layer-count figure-text"), el("span", "layer-states"));
    chip.addEventListener("click", () => this.open());
    queueMicrotask(() => this.#write(name));
    return chip;
  }

  #write(name) {
    const told = this.#told.get(name) ?? TOLD;
    for (const place of [this.rows.get(name), this.chips.querySelector(`[data-chip="${name}"]`)]) {
      if (!place) continue;
      const count = place.querySelector(".layer-count");
      count.textContent = Number.isFinite(told.count) ? grouped(told.count) : UNKNOWN;
      count.dataset.value = Number.isFinite(told.count) ? told.count : "";
      count.classList.toggle("unknown", !Number.isFinite(told.count));
      place.querySelector(".layer-states").replaceChildren(...this.#states(told));
      place.title = [t(`layer.${name}`), told.failed ? t("layer.not_here") : told.count === 0 ? t(`layer.none.${name}`) : "", told.note ?? ""].filter(Boolean).join(" · ");
    }
  }

  #states({ worst, unknown, drills, failed, note }) {
    const signs = [];
    if (worst >= 1 && worst <= 5) signs.push(el("b", `mark mark-${worst}`, this.district.config.marks?.[worst]?.character ?? ""));
    if (drills) signs.push(el("span", "drill-mark", `${t("layer.drill")} ${drills}`));
    if (unknown) signs.push(el("span", "layer-unknown", t("layer.unknown", { n: grouped(unknown) })));
    if (failed) signs.push(el("span", "layer-unknown", t("layer.not_here")));
    if (note) signs.push(el("span", "layer-said", note));
    return signs;
  }

  #key(event) {
    const rows = [...this.menu.querySelectorAll("[role=switch]")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "Escape") this.shut();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function iconOf(name) {
  const icon = el("i", "layer-icon");
  icon.style.setProperty("--icon", `url("/assets/vendor/icons/${name}.svg")`);
  icon.setAttribute("aria-hidden", "true");
  return icon;
}
