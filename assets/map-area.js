// Which area the page shows, and which part of the map: a path of areas to walk up and down, the map framed to the area, the rest dimmed.
// `area` and `map` in the address are the truth; the panels follow by `narrow` (area.js).

import { below, trail } from "./area.js";
import { el } from "./dom.js";
import { bounds, collection, feature, outerRings, put } from "./map-base.js";
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

/** Made before the map is opened, which so begins where it shall be; `attach` once it is drawn. */
export class AreaPath {
  constructor(district) {
    Object.assign(this, { district, box: district.panel.querySelector('[data-slot="area-path"]') });
    district.asked = () => readPlace(view.get("map")) ?? { bounds: this.bounds };
    this.#look();
    district.sources.outside = collection(this.outside);
  }

  attach(map) {
    this.map = map;
    map.on("moveend", ({ originalEvent }) => originalEvent && this.#moved());
    this.district.onlayers = () => this.refresh();
    view.on("area", () => this.frame());
    view.on("cell", (id) => {
      this.#draw();
      if (id) this.district.card.open({ id });
      else this.district.card.close();
    });
    view.on("map", (word) => this.#isAt(word) || this.district.go(still() ? 0 : 400));
    this.frame(0);
    if (view.get("cell")) this.district.card.open({ id: view.get("cell") });
  }

  /** Shows what the address says, all of it: after a change of area. */
  frame(ms = 600) {
    this.refresh();
    this.district.go(still() ? 0 : ms);
  }

  /** The same on layers that came late or anew, without moving the map under anybody's eyes. */
  refresh() {
    this.#look();
    put(this.map, "outside", this.outside);
    this.district.cells?.dim(this.area?.properties.code ?? "");
  }

  #look() {
    const path = (this.path = trail(this.district.areas, view.get("area")));
    this.area = path.length > 1 ? path.at(-1) : null;
    const outline = (this.area ?? path[0])?.geometry;
    this.outside = outline ? [feature({ type: "Polygon", coordinates: [WORLD, ...outerRings(outline)] })] : this.district.sources.outside.features;
    this.bounds = this.area ? bounds(outerRings(this.area.geometry)) : this.district.box;
    this.#draw();
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

  #draw() {
    if (!this.box) return;
    const { path } = this;
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
