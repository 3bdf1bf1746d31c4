// The cells of the map: asks which there are, and draws them in one of two ways. A regular grid is one picture (map-lattice.js);
// irregular cells are shapes that a worker fetches and cuts, and only their class comes from here, as feature state.
// Both ways: add(map), remove(map), show(classes), change(ids, classes), dim(area), at(point).

import { CellGround } from "./cell-ground.js";
import { collection } from "./map-base.js";
import { LatticeCells } from "./map-lattice.js";

const GAP = 0.22; // of a cell's side is left open, so that the grid is felt
const UNCOVERED = -2;
const DIM = 32; // raises the class of a cell outside the area shown, in maps/style.py too
const OUTLINED = 20_000; // more cells than this are too small to have an outline before one looks close
const AGAIN_MS = 5_000;
const SHAPES = "/api/v1/layers/cells";

/** Asks for the cells a reader sees. Throws where they do not come. */
export async function fetchGround() {
  const answer = await fetch("/api/v1/grid", { credentials: "same-origin", signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`grid: HTTP ${answer.status}`);
  return new CellGround(await answer.json());
}

/** The way that fits a ground; `colours`: of classes -2 … 5. */
export const cellsOf = (ground, colours) => (ground.lattice ? new LatticeCells(ground, colours, GAP) : new ShapeCells(ground));

/** Irregular cells. The style has their layer; the shapes never pass through this thread. One number is all a cell is told: its colour. */
export class ShapeCells {
  #class; // of each cell
  #dimmed; // DIM for a cell outside the area shown, else 0
  #told; // what the map was told of each: a state that is told again costs a paint of its own

  constructor(ground) {
    this.ground = ground;
    this.#class = new Int8Array(ground.count).fill(UNCOVERED);
    this.#dimmed = new Int8Array(ground.count);
    this.#told = new Int8Array(ground.count).fill(UNCOVERED);
  }

  add(map) {
    if (!this.map) map.on("error", ({ sourceId }) => sourceId === "cells" && setTimeout(() => this.#fetch(), AGAIN_MS));
    this.map = map;
    this.#told.fill(UNCOVERED);
    map.removeFeatureState({ source: "cells" });
    this.#fetch();
    this.ground.ids.forEach((id, number) => this.#tell(id, number));
    if (this.ground.count <= OUTLINED) return;
    const outline = map.getPaintProperty("cells", "fill-outline-color");
    map.setPaintProperty("cells", "fill-antialias", ["step", ["zoom"], false, 14, true]);
    if (Array.isArray(outline)) map.setPaintProperty("cells", "fill-outline-color", outline.at(-1)); // one for all: each that differs is computed with each delta
  }

  /** The shapes, by a worker; what does not come is asked for again. */
  #fetch() {
    this.map.getSource("cells")?.setData(new URL(SHAPES, location.href).href);
  }

  remove(map) {
    map.getSource("cells").setData(collection([]));
  }

  /** All cells anew; one that `classes` does not name is not covered. */
  show(classes) {
    this.change(this.ground.ids, classes ?? new Map());
  }

  change(ids, classes) {
    for (const id of ids) {
      const number = this.ground.number(id);
      if (number < 0) continue;
      this.#class[number] = classes.get(id) ?? UNCOVERED;
      this.#tell(id, number);
    }
  }

  /** Cells outside an area stand back. */
  dim(area) {
    if (!area && !this.area) return;
    this.area = area;
    this.ground.ids.forEach((id, number) => {
      this.#dimmed[number] = this.ground.areaOf(id).startsWith(area) ? 0 : DIM;
      this.#tell(id, number);
    });
  }

  at(point) {
    const [feature] = this.map.queryRenderedFeatures(point, { layers: ["cells"] });
    return feature ? { id: feature.id, geometry: feature.geometry } : null;
  }

  #tell(id, number) {
    const now = this.#class[number] + this.#dimmed[number];
    if (this.#told[number] === now) return;
    this.#told[number] = now;
    this.map.setFeatureState({ source: "cells", id }, { class: now });
  }
}
