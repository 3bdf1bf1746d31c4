// What is in a cell: an outline under the pointer, a card on a click. For whoever stands near the wall; nobody needs it.

import { UNKNOWN, el, grouped, slotOf } from "./dom.js";
import { ageText } from "./clock.js";
import { feature, put } from "./map-base.js";
import { lang, loadText, t, titled } from "./text.js";
import { view } from "./view.js";

const CLOSE_MS = 45_000;

export class CellCard {
  #timer = null;
  #over; // the cell outlined
  #point = null; // of the mouse, waiting for a frame

  constructor(district, labels) {
    this.district = district;
    this.labels = labels;
    this.box = slotOf(district.panel, "cell-card");
    const { map } = district;
    map.on("mousemove", ({ point }) => this.#hover(point));
    map.on("mouseout", () => this.#outline(null));
    map.on("click", ({ point }) => {
      const cell = district.tool || district.pointed?.(point) ? null : district.cells?.at(point); // a tool's click is the tool's, a layer's the layer's
      if (cell) this.open(cell);
    });
    addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  /** At most once a frame, however many times the mouse reports. */
  #hover(point) {
    if (!this.#point) requestAnimationFrame(() => {
      this.#outline(this.district.cells?.at(this.#point) ?? null);
      this.#point = null;
    });
    this.#point = point;
  }

  #outline(cell) {
    const { map } = this.district;
    if (cell?.id === this.#over) return;
    this.#over = cell?.id;
    put(map, "focus", cell ? [feature(cell.geometry)] : []);
    map.getCanvas().style.cursor = cell ? "pointer" : "";
  }

  /** `cell`: {id, …}. */
  async open({ id }) {
    this.box.replaceChildren(el("p", "dim", t("cell.loading")));
    this.box.classList.add("open");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), CLOSE_MS); // a wall goes back to its picture by itself
    try {
      const answer = await fetch(`/api/v1/cells/${id}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      await loadText(lang(), "quality");
      this.#fill(await answer.json());
    } catch (error) {
      this.box.replaceChildren(this.#head({}), el("p", "", t("cell.failed", { why: error.message })));
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.box.classList.remove("open");
    this.box.replaceChildren();
  }

  #head({ cell_code: code, street }) {
    const head = el("header");
    const shut = el("button", "shut", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", t("cell.close"));
    shut.addEventListener("click", () => this.close());
    head.append(el("strong", "figure-text", code ?? UNKNOWN), el("span", "dim", this.district.streetNames.get(street) ?? ""), shut);
    return head;
  }

  #fill(cell) {
    const grid = cell.duty_grid;
    const rows = [
      ...(cell.alerts ?? []).map((alert) => this.#alert(alert)),
      ...(cell.cases ?? []).map((item) => el("li", "", `${t("cell.case")} ${item.number} · ${titled(item)}`)),
      ...(cell.devices ?? []).map((device) => this.#device(device)),
    ];
    const list = el("ul");
    list.append(...rows);
    const duty = grid ? el("p", "dim", `${t("cell.duty_grid")} ${typeof grid === "object" ? [grid.name ?? grid.code, grid.worker].filter(Boolean).join(" · ") : grid}`) : "";
    this.box.replaceChildren(this.#head(cell), duty, rows.length ? list : el("p", "dim", t("cell.empty")), this.#only(cell));
  }

  /** The way down to this one cell, everything on the page following. */
  #only({ cell_id: id, area }) {
    const only = el("button", "cell-only", t("cell.only"));
    only.type = "button";
    only.hidden = view.get("cell") === String(id);
    only.addEventListener("click", () => {
      this.district.letGo();
      view.set({ cell: id, area }, { step: true });
    });
    return only;
  }

  #alert(alert) {
    const row = el("li");
    row.append(el("b", `mark mark-${alert.severity}`, this.labels(alert).mark), el("span", "", titled(alert)));
    return row;
  }

  #device(device) {
    const row = el("li");
    const values = (device.values ?? []).map((state) => this.#value(state));
    row.append(el("span", "", titled(device, device.name ?? device.device)), ...values);
    return row;
  }

  /** A latest value with its unit and age; what is not good is not known, and its mark says why. */
  #value({ metric, label, value, text, unit, quality, observed_at: at }) {
    const number = typeof value === "number" ? grouped(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1) : text;
    const shown = quality === "good" && number != null ? [number, unit].filter(Boolean).join(" ") : UNKNOWN;
    const age = at ? ageText((this.district.live.now() - Date.parse(at)) / 1000, t) : "";
    const place = el("span", "dim", [lang() === "en" ? metric : label || metric, shown, quality && quality !== "good" ? t(`quality.word.${quality}`) : "", age].filter(Boolean).join(" "));
    Object.assign(place.dataset, { metric, value: shown === UNKNOWN ? "" : String(value ?? text), quality });
    return place;
  }
}
