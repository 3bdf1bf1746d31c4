// The search box of the map: an address, a device, a camera, a case, an incident, a component, a cell or an area by its name or number.
// Choosing one changes the address of the page (`area`, `cell`, `spot`), and the page follows that.

import { el } from "./dom.js";
import { go } from "./map-area.js";
import { feature } from "./map-shapes.js";
import { t, titled } from "./text.js";
import { view } from "./view.js";

const PAUSE_MS = 250;
const CLOSE = 15.5; // the zoom at which one sees a street corner

/** [lon, lat, name] of `spot`; null for none or nonsense. */
export function readSpot(word) {
  const [lon, lat, ...name] = (word || "x").split(",");
  const place = [Number(lon), Number(lat)];
  return Math.abs(place[0]) <= 180 && Math.abs(place[1]) <= 85 ? [...place, name.join(",")] : null;
}

export class Search {
  #timer = null;
  #stop = null;
  #turn = 0;

  constructor({ map, shapes, tools }) {
    Object.assign(this, { map, shapes, tools, name: "search" });
    view.on("spot", () => this.#pin(600));
    this.#pin(0);
  }

  open(card) {
    this.box = el("input", "tool-input");
    Object.assign(this.box, { type: "search", placeholder: t("tools.search_hint"), maxLength: 80, autocomplete: "off" });
    this.box.setAttribute("aria-label", t("tools.search_hint"));
    this.list = el("ol", "tool-list");
    this.list.dataset.slot = "hits";
    card.append(this.box, this.list);
    this.box.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
    });
    card.addEventListener("keydown", (event) => this.#walk(event));
    this.box.focus();
  }

  close() {
    clearTimeout(this.#timer);
    this.#stop?.abort();
  }

  key() {
    return false;
  }

  /** Down and up walk through box and hits; Enter in the box takes the first. */
  #walk(event) {
    const rows = [this.box, ...this.list.querySelectorAll("button")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "Enter" && at === 0) rows[1]?.click();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
    else return;
    event.preventDefault();
  }

  async #ask() {
    this.#stop?.abort();
    const q = this.box.value.trim();
    if (!q) return this.list.replaceChildren();
    const turn = (this.#turn += 1);
    this.#stop = new AbortController();
    try {
      const answer = await fetch(`/api/v1/map/search?${new URLSearchParams({ q })}`, { credentials: "same-origin", signal: this.#stop.signal });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const { hits } = await answer.json();
      if (turn === this.#turn) this.list.replaceChildren(...(hits.length ? hits.map((hit) => this.#row(hit)) : [el("li", "dim", t("tools.search_none"))]));
    } catch (error) {
      if (error.name !== "AbortError" && turn === this.#turn) this.list.replaceChildren(el("li", "dim", t("tools.failed", { why: error.message })));
    }
  }

  #row(hit) {
    const item = el("li");
    const choose = item.appendChild(el("button", "tool-hit"));
    choose.type = "button";
    choose.append(el("span", "tool-kind", t(`tools.kind.${hit.kind}`)), el("span", "tool-name", titled(hit, hit.label)), el("span", "dim", hit.kind === "area" ? "" : hit.note));
    choose.disabled = hit.kind !== "area" && hit.lon === undefined;
    choose.addEventListener("click", () => this.#choose(hit));
    return item;
  }

  #choose(hit) {
    this.tools.district.letGo();
    if (hit.kind === "area") go(hit.id);
    else view.set({ spot: `${hit.lon.toFixed(6)},${hit.lat.toFixed(6)},${titled(hit, hit.label)}`, map: null, ...(hit.kind === "cell" ? { cell: hit.id, area: hit.area } : {}) });
  }

  #pin(ms) {
    const spot = readSpot(view.get("spot"));
    this.shapes.set(this.name, spot ? [feature("Point", spot.slice(0, 2), { label: spot[2], size: 7 })] : []);
    if (!spot || view.get("map")) return;
    this.map.easeTo({ center: spot.slice(0, 2), zoom: Math.max(this.map.getZoom(), CLOSE), duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms });
  }
}
