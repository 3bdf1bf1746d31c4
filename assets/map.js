// The district map: MapLibre with a style from Python, cells (map-cells.js), marks and notes above. It draws the state it is given and
// asks only for what lies still. At most two updates a second where the browser has no GPU: each frame costs 140 ms there.

import { el, setText, slotOf } from "./dom.js";
import { LAYERS, baseOf, collection, fetchAll, fetchLayer, rescale, scaled } from "./map-base.js";
import { CellCard } from "./map-card.js";
import { cellsOf, fetchGround } from "./map-cells.js";
import { Happenings, marksOf } from "./map-happenings.js";
import { Legend } from "./map-legend.js";
import { Callout, addIcons } from "./map-marks.js";
import { drawsInSoftware, isAt, openMap, paddingOf, rem } from "./map-open.js";
import { coarseUntilWhole } from "./map-sharpness.js";
import { t } from "./text.js";
import { view } from "./view.js";

const MAPLIBRE = "./vendor/maplibre-gl.mjs?v=6.17.0";
const HARDWARE_MS = 250;
const SOFTWARE_MS = 500;
const AGAIN_MS = 30_000;
const SCREEN_KEEPS = 1; // views' worth of tiles: more, and a screen that incidents take holds the tiles of every one of them
const HAND_KEEPS = 5; // whoever pans comes back to what was there: with one the longest task of a pan is a third longer
const PARTS_MS = 1_000; // so long the map waits for what says where it begins
const NAMES = { grid: "map.layer.cells", areas: "map.layer.areas" }; // without them the map says nothing; the others a city need not have

export class DistrictMap {
  #dirty = new Set(); // cells whose class changed, of the measure shown
  #marksDirty = true;
  #timer = null;
  #layers = {};
  #asked = -Infinity; // when the cells were asked for again, ms
  #free = null; // its zoom before it was held
  #parts = []; // what else is drawn on the map, told of everything the map is told of
  ready = false;
  held = null; // { center, zoom } where something else keeps it, whatever the area and the size of the screen
  state = null;
  cells = null;

  constructor(panel, config, live) {
    Object.assign(this, { panel, config, live });
    this.measure = config.measures[view.get("measure")] ? view.get("measure") : config.measure;
    this.legend = new Legend(panel, config.measures);
    this.over = slotOf(panel, "map-over");
    this.visible = () => true; // which alerts and cases belong to this wall
  }

  /** Lets something else draw on the map: `before(district)` when the city is known, `opened(district)` once it is drawn, then `show(state)` and `change(state, changes)`, each if it has it. */
  add(part) {
    this.#parts.push(part);
    if (this.ready) part.opened?.(this);
  }

  /** Fetches the engine and the layers at once; the map is opened after `before`: each of its first frames holds the thread. */
  async start(labels, before) {
    const engine = import(MAPLIBRE).then((gl) => (gl.prewarm(), gl)); // its worker starts meanwhile
    const askers = { grid: fetchGround, ...Object.fromEntries(LAYERS.map((name) => [name, () => fetchLayer(name)])) };
    const [gl, fetched] = await Promise.all([engine, fetchAll(askers, (name, value) => this.#came(name, value), (names) => this.#lack(names))]);
    await before;
    this.gl = gl;
    this.#learn();
    await Promise.race([Promise.allSettled(this.#parts.map(async (part) => part.before?.(this))), new Promise((resolve) => setTimeout(resolve, PARTS_MS))]);
    this.rem = rem();
    this.#open(gl, scaled(structuredClone(this.config.style), this.rem));
    await new Promise((resolve) => this.map.once("style.load", resolve)); // not `load`: what is told now is in the first frames, not in more of them
    this.#listen(labels);
    this.ready = true;
    for (const part of this.#parts) part.opened?.(this);
    if (this.state) this.show(this.state);
    fetched.settled();
    return this;
  }

  /** A layer came, at once or after the map stood. */
  #came(name, value) {
    this.#layers[name] = value;
    if (!this.ready) return;
    this.#learn();
    for (const [source, data] of Object.entries(this.sources)) this.map.getSource(source).setData(data);
    if (name === "grid") this.cells.add(this.map);
    this.panel.querySelector(".schematic").hidden = !this.schematic;
    this.onlayers?.();
    if (name === "areas") this.#fit();
    if (this.state) this.show(this.state);
    this.onmeasure?.(this.measure); // the lists learn the names of the streets
  }

  #lack(names) {
    const needed = names.filter((name) => NAMES[name]);
    this.note ??= this.over.appendChild(el("p", "layer-note"));
    this.note.setAttribute("role", "status");
    this.note.hidden = !needed.length;
    setText(this.note, needed.length ? t("map.layer_away", { names: needed.map((name) => t(NAMES[name])).join(t("map.layer.and")) }) : "");
  }

  #learn() {
    Object.assign(this, baseOf(this.#layers));
    if (!this.#layers.grid || this.cells?.ground === this.#layers.grid) return;
    if (this.map) this.cells?.remove(this.map);
    this.cells = cellsOf(this.#layers.grid, this.config.cell_colours);
  }

  #open(gl, style) {
    const marks = this.state ? marksOf(this.state, this.visible, this.classes, this.config.rules) : {};
    for (const [name, data] of Object.entries({ ...this.sources, cells: collection([]) })) style.sources[name].data = data;
    for (const [name, features] of Object.entries(marks)) style.sources[name].data = collection(features);
    const { bounds, ...place } = this.place, room = bounds ? { bounds, fitBoundsOptions: { padding: this.padding() } } : place;
    const kept = this.config.control?.beats ? SCREEN_KEEPS : HAND_KEEPS;
    this.map = openMap(gl, this.panel.querySelector(".map-canvas"), style, { ...room, maxTileCacheZoomLevels: kept });
    this.map.once("style.load", () => {
      addIcons(this.map, this.config.marks, this.rem * 16);
      this.cells?.add(this.map);
    });
    // A lost context takes the cells' picture and every feature's state with it.
    this.map.on("webglcontextrestored", () => this.map.once("idle", () => (this.cells?.add(this.map), this.state && this.show(this.state))));
    this.size = this.#sizeNow();
    this.software = drawsInSoftware(this.map);
    if (this.software) coarseUntilWhole(this.map, (coarse) => this.panel.classList.toggle("coarse", coarse));
    this.pace = this.software ? SOFTWARE_MS : HARDWARE_MS;
    this.panel.classList.toggle("software", this.software); // rings then stand still: each frame of theirs costs a quarter of a core
    window.yiping.map = this.map;
  }

  #sizeNow() {
    return `${this.panel.clientWidth} ${this.panel.clientHeight}`;
  }

  padding() {
    return paddingOf(this.panel);
  }

  #listen(labels) {
    this.happenings = new Happenings(this.map, this.over, this.config.rules);
    this.callout = new Callout(this.map, this.over, this.config, labels);
    this.card = new CellCard(this, labels);
    this.map.on("moveend", () => this.legend.scale(this.map, this.rem));
    let wait = null;
    new ResizeObserver(() => {
      if (this.size === this.#sizeNow()) return; // it speaks once by itself
      this.size = this.#sizeNow();
      clearTimeout(wait);
      wait = setTimeout(() => this.#fit(), 200);
    }).observe(this.panel);
    for (const chip of this.panel.querySelectorAll("button.chip")) chip.addEventListener("click", () => view.set({ measure: chip.dataset.measure }));
    this.panel.querySelector(".chip-more")?.addEventListener("change", ({ target }) => view.set({ measure: target.value || null }));
    view.on("measure", (name) => this.choose(name || this.config.measure));
    this.panel.querySelector(".schematic").hidden = !this.schematic;
    this.choose(view.get("measure") || this.config.measure); // it may have become another before anybody listened
    this.legend.choose(this.measure);
    this.legend.scale(this.map, this.rem);
  }

  #fit() {
    this.map.resize();
    if (rem() !== this.rem) { // another screen: the map's type follows it
      this.rem = rem();
      rescale(this.map, this.config.style, this.rem);
      addIcons(this.map, this.config.marks, this.rem * 16);
    }
    this.go();
    this.legend.scale(this.map, this.rem);
  }

  /** { center, zoom } or { bounds }: where something holds it, else what the address says, else the whole city. */
  get place() {
    return this.held ?? this.asked?.() ?? { bounds: this.box };
  }

  /** There, unless it is: each move is a few frames, and tiles anew. */
  go(duration = 0) {
    const { bounds, ...place } = this.place, padding = this.padding();
    const at = bounds ? this.map.cameraForBounds(bounds, { padding }) : place;
    if (at && !this.map.isMoving() && isAt(this.map, at)) return;
    if (bounds) this.map.fitBounds(bounds, { padding, duration });
    else this.map.easeTo({ ...place, duration });
  }

  /** Keeps the map at a place, at least so near, until it is released or a hand moves it. One that is not open yet begins there. */
  hold(center, zoom) {
    this.#free ??= this.map?.getZoom() ?? 0; // before the first of several places
    this.held = { center, zoom: Math.max(zoom, this.#free) };
    if (this.ready) this.map.easeTo({ ...this.held, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 800 });
  }

  /** A hand wants to be elsewhere. */
  letGo() {
    this.held = null;
  }

  release() {
    this.held = this.#free = null;
    if (this.ready) this.go();
  }

  /** Shows another measure. */
  choose(name) {
    if (!this.config.measures[name] || name === this.measure) return;
    this.measure = name;
    this.legend.choose(name);
    if (this.state) this.show(this.state);
    this.onmeasure?.(name);
  }

  get classes() {
    return this.state.cells.get(this.measure)?.classes;
  }

  /** Draws a whole state anew. */
  show(state) {
    this.state = state;
    if (!this.ready) return;
    this.cells?.show(this.classes);
    this.#dirty.clear();
    this.#marksDirty = true;
    this.#flush();
    for (const part of this.#parts) part.show?.(state);
  }

  /** Takes what a delta changed; it is drawn at the next beat of the map. */
  change(state, changes) {
    this.state = state;
    const moved = changes.cells.get(this.measure);
    if (moved) {
      for (const id of moved) this.#dirty.add(id);
      this.legend.moved(moved.length);
      if (this.cells && moved.some((id) => this.cells.ground.number(id) < 0)) this.#askAgain();
      if (this.happenings?.hasSilence) this.#marksDirty = true;
    }
    if (changes.alerts.length || changes.cases.length) this.#marksDirty = true;
    if (!this.ready) return;
    this.#timer ??= setTimeout(() => this.#flush(), this.pace);
    for (const part of this.#parts) part.change?.(state, changes);
  }

  /** Somebody told of a cell that we do not know: the city was cut anew. Asked at most once in half a minute. */
  #askAgain() {
    const now = performance.now();
    if (now - this.#asked < AGAIN_MS) return;
    this.#asked = now;
    fetchGround().then((ground) => this.#came("grid", ground), () => {});
  }

  announce(alerts) {
    this.callout?.add(alerts);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#dirty.size && this.classes) this.cells?.change(this.#dirty, this.classes);
    this.#dirty.clear();
    if (this.#marksDirty) this.happenings.draw(this.state, this.visible, this.classes);
    this.#marksDirty = false;
    this.legend.draw(this.state, this.measure, this.cells?.ground.countIn(view.get("area")), this.live.now());
  }

  /** Once a second. */
  tick(zone) {
    this.legend.tick(this.state, zone);
  }
}
