// Which area the page shows, and which part of the map: a path of areas to walk up and down, the map framed to the area, the rest dimmed.
// `area` and `map` in the address are the truth; the panels follow by `narrow` (area.js).

import { below, trail } from "./area.js";
import { el } from "./dom.js";
import { bounds, feature, outerRings, put } from "./map-base.js";
import { t } from "./text.js";
import { view } from "./view.js";

const WORLD = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];

/** A place of the map as the address says it: degrees to a metre, zoom to a hundredth. */
export const placeWord = ({ lng, lat }, zoom) => `${lng.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`;

/** {center, zoom} of such a word; null for none or nonsense. */
export function readPlace(word) {
  const [lon, lat, zoom] = (word || "x").split(",").map(Number);
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24 ? { center: [lon, lat], zoom } : null;
}

export class AreaPath {
  constructor(district) {
    Object.assign(this, { district, map: district.map, box: district.panel.querySelector('[data-slot="area-path"]') });
    this.map.on("moveend", ({ originalEvent }) => originalEvent && this.#moved());
    district.placed = () => this.frame(0);
    district.onlayers = () => this.refresh();
    view.on("area", () => this.frame());
    view.on("cell", (id) => {
      this.#draw(this.path);
      if (id) district.card.open({ id });
      else district.card.close();
    });
    view.on("map", (word) => this.#isAt(word) || this.#go());
    this.frame(0);
    if (view.get("cell")) district.card.open({ id: view.get("cell") });
  }

  /** Shows what the address says, all of it: after a change of area or of the size. Always true: the map is framed. */
  frame(ms = 600) {
    this.refresh();
    this.#go(ms);
    return true;
  }

  /** The same on layers that came late or anew, without moving the map under anybody's eyes. */
  refresh() {
    const path = (this.path = trail(this.district.areas, view.get("area")));
    const area = path.length > 1 ? path.at(-1) : null;
    const outline = (area ?? path[0])?.geometry;
    if (outline) put(this.map, "outside", [feature({ type: "Polygon", coordinates: [WORLD, ...outerRings(outline)] })]);
    this.bounds = area ? bounds(outerRings(area.geometry)) : this.district.box;
    this.district.cells?.dim(area ? area.properties.code : "");
    this.#draw(path);
  }

  #go(ms = 400) {
    const place = this.district.held ?? readPlace(view.get("map"));
    const duration = still() ? 0 : ms;
    if (place) this.map.easeTo({ ...place, duration });
    else this.map.fitBounds(this.bounds, { padding: this.district.padding(), duration });
  }

  #moved() {
    this.district.letGo();
    view.set({ map: placeWord(this.map.getCenter(), this.map.getZoom()) });
  }

  #drill(code) {
    this.district.letGo();
    go(code);
  }

  #isAt(word) {
    return word === placeWord(this.map.getCenter(), this.map.getZoom());
  }

  #draw(path) {
    if (!this.box) return;
    const cell = view.get("cell");
    const steps = path.map(({ properties }, at) => this.#step(properties, at, !cell && at === path.length - 1));
    if (cell) steps.push(this.#here(el("span", "area-step", t("tools.one_cell"))));
    const inside = path.length && !cell ? below(this.district.areas, path.at(-1).properties.code) : [];
    this.box.replaceChildren(...steps, ...(inside.length ? [this.#deeper(inside)] : []));
    this.box.hidden = !path.length;
  }

  #step({ code, name }, at, last) {
    const step = el("button", "area-step", name);
    step.type = "button";
    step.addEventListener("click", () => this.#drill(at ? code : null));
    return last ? this.#here(step) : step;
  }

  #here(step) {
    step.setAttribute("aria-current", "true");
    return step;
  }

  #deeper(inside) {
    const choice = el("select", "area-deeper");
    choice.setAttribute("aria-label", t("tools.area_deeper"));
    const first = choice.appendChild(el("option", "", t(`tools.area_${inside[0].properties.level}`, { n: inside.length })));
    first.value = "";
    for (const { properties } of inside) choice.appendChild(el("option", "", properties.name)).value = properties.code;
    choice.addEventListener("change", () => choice.value && this.#drill(choice.value));
    return choice;
  }
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** To an area (null: everything), leaving the place on the map and what was selected in the area before. */
export const go = (code) => view.set({ area: code, map: null, cell: null, spot: null }, { step: true });
