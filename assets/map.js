// The district map: MapLibre with a style from Python, classes as feature state, marks and notes above. It draws the state it is
// given and asks for nothing but layers. At most two updates a second where the browser has no GPU: each frame costs 140 ms there.

import { el, figuresOf, slotOf, setText } from "./dom.js";
import { timeOf } from "./clock.js";
import { Callout, Pulses, addIcons, alertFeatures, caseFeatures, silenceFeatures } from "./map-marks.js";
import { isSilence, silenceMarks } from "./silence.js";
import { CellCard } from "./map-card.js";
import { classCounts } from "./state.js";
import { lang, t } from "./text.js";

const MAPLIBRE = "./vendor/maplibre-gl.mjs?v=6.17.0";
const GAP = 0.22; // of a cell's side is left open, so that the grid is felt
const HARDWARE_MS = 250;
const SOFTWARE_MS = 500;
const RATE_S = 10;

const collection = (features) => ({ type: "FeatureCollection", features });
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

const LAYERS = ["cells", "areas", "roads", "water", "places"];
const NEEDED = { cells: "map.layer.cells", areas: "map.layer.areas" }; // without them the map says nothing; the others a city need not have
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

async function layer(name) {
  const answer = await fetch(`/api/v1/layers/${name}`, { credentials: "same-origin", signal: AbortSignal.timeout(30_000) });
  if (answer.status === 404 && !NEEDED[name]) return collection([]);
  if (!answer.ok) throw new Error(`layer ${name}: HTTP ${answer.status}`);
  return answer.json();
}

function outerRings(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
}

function bounds(rings) {
  const box = [180, 90, -180, -90];
  for (const ring of rings) for (const [x, y] of ring) [box[0], box[1], box[2], box[3]] = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  return box;
}

/** Draws every corner a little towards the middle of its cell. */
function shrink(cells) {
  for (const { geometry } of cells.features) {
    if (geometry.type !== "Polygon") continue;
    const ring = geometry.coordinates[0];
    const [w, s, e, n] = bounds([ring]);
    const [x0, y0] = [(w + e) / 2, (s + n) / 2];
    geometry.coordinates = [ring.map(([x, y]) => [x0 + (x - x0) * (1 - GAP), y0 + (y - y0) * (1 - GAP)])];
  }
  return cells;
}

/** Lengths in the style are px at 16 px per rem; a wall of another height gets them in proportion. */
function scaled(style, by) {
  const grow = (value) => (typeof value === "number" ? value * by : value);
  for (const item of style.layers) {
    for (const name of item.metadata?.rem ?? []) {
      for (const part of ["layout", "paint"]) if (item[part]?.[name] !== undefined) item[part][name] = grow(item[part][name]);
    }
  }
  return style;
}

export class DistrictMap {
  #dirty = new Map(); // measure → ids whose class changed
  #marksDirty = true;
  #silent = false;
  #timer = null;
  #moved = []; // [ms, number of cells] of the last seconds
  #last = 0;
  ready = false;
  state = null;

  constructor(panel, config, live) {
    Object.assign(this, { panel, config, live, measure: config.measure, write: figuresOf(panel) });
    this.over = slotOf(panel, "map-over");
    this.visible = () => true; // which alerts and cases belong to this wall
  }

  async start(labels) {
    const [gl, ...layers] = await Promise.all([import(MAPLIBRE), ...LAYERS.map((name) => layer(name).catch(() => null))]);
    this.layers = Object.fromEntries(LAYERS.map((name, at) => [name, layers[at]]));
    this.rem = rem();
    const style = scaled(structuredClone(this.config.style), this.rem);
    for (const [name, data] of Object.entries(this.#ground())) style.sources[name].data = data;
    this.#open(gl, style);
    this.map.once("style.load", () => addIcons(this.map, this.config.marks, this.rem * 16));
    await new Promise((resolve) => this.map.once("load", resolve));
    this.#listen(gl, labels);
    this.ready = true;
    if (this.state) this.show(this.state);
    this.#fetchMissing();
    return this;
  }

  /** A layer that could not be fetched is asked for until it comes; the map says which of the needed ones it lacks. */
  async #fetchMissing() {
    const missing = () => LAYERS.filter((name) => this.layers[name] === null);
    for (let tries = 0; missing().length; tries += 1) {
      this.#lack(missing());
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
      const wanted = missing();
      const found = await Promise.all(wanted.map((name) => layer(name).catch(() => null)));
      if (found.every((data) => data === null)) continue;
      wanted.forEach((name, at) => (this.layers[name] = found[at]));
      for (const [name, data] of Object.entries(this.#ground())) this.map.getSource(name).setData(data);
      this.panel.querySelector(".schematic").hidden = !this.schematic;
      this.#fit();
      if (this.state) this.show(this.state);
      this.onmeasure?.(this.measure); // the lists learn the names of the streets
    }
    this.#lack([]);
  }

  #lack(names) {
    const needed = names.filter((name) => NEEDED[name]);
    this.note ??= this.over.appendChild(el("p", "layer-note"));
    this.note.setAttribute("role", "status");
    this.note.hidden = !needed.length;
    setText(this.note, needed.length ? t("map.layer_away", { names: needed.map((name) => t(NEEDED[name])).join(t("map.layer.and")) }) : "");
  }

  /** The sources of the layers that came, and what the page knows from them. */
  #ground() {
    const data = Object.fromEntries(LAYERS.map((name) => [name, this.layers[name] ?? collection([])]));
    this.areas = data.areas.features;
    this.cellsTotal = data.cells.features.length;
    const district = this.areas.find((area) => area.properties.level === "district") ?? this.areas[0];
    const rings = district ? outerRings(district.geometry) : [[[119.8, 31.7], [120, 31.7], [120, 31.9], [119.8, 31.9]]];
    this.box = bounds(rings);
    const streets = this.areas.filter((area) => area.properties.level === "street");
    this.streetNames = new Map(this.areas.map((area) => [area.properties.code, area.properties.name]));
    this.schematic = [...this.areas, ...data.roads.features].some((item) => item.properties?.schematic);
    const point = ({ properties }) => ({ type: "Feature", geometry: { type: "Point", coordinates: [properties.lon, properties.lat] }, properties: { name: properties.name } });
    const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
    const outside = collection([{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [world, ...rings] } }]);
    return { ...data, cells: shrink(structuredClone(data.cells)), streets: collection(streets.map(point)), outside };
  }

  #open(gl, style) {
    this.map = new gl.Map({
      container: this.panel.querySelector(".map-canvas"),
      style,
      bounds: this.box,
      fitBoundsOptions: { padding: this.#padding() },
      attributionControl: false,
      maxCanvasSize: [8192, 8192],
      localIdeographFontFamily: "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif",
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      renderWorldCopies: false,
      maxTileCacheSize: 64,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.on("error", ({ error }) => console.warn("yiping map:", error?.message ?? error));
    const context = this.map.getCanvas().getContext("webgl2");
    const info = context?.getExtension("WEBGL_debug_renderer_info");
    const renderer = info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
    this.software = /swiftshader|llvmpipe|software/i.test(renderer);
    this.pace = this.software ? SOFTWARE_MS : HARDWARE_MS;
    this.panel.classList.toggle("software", this.software); // rings then stand still: each frame of theirs costs a quarter of a core
    window.yiping.map = this.map;
  }

  /** The district keeps clear of what lies in the corners of the map. */
  #padding() {
    const of = (selector) => this.panel.querySelector(selector)?.getBoundingClientRect() ?? { height: 0, width: 0 };
    const unit = rem() * 16;
    const { width, height } = this.panel.getBoundingClientRect();
    const wide = width / height > 1.75; // then the corners are free anyway
    const bottom = wide ? unit * 1.5 : of(".legend").height + unit * 2;
    return { top: wide ? unit * 1.5 : of(".chips").height + unit * 2, bottom, left: unit * 1.6, right: unit * 1.6 };
  }

  #listen(gl, labels) {
    this.pulses = new Pulses(this.map, this.over);
    this.callout = new Callout(this.map, this.over, this.config, labels);
    this.card = new CellCard(this, labels);
    this.map.on("moveend", () => this.#scale());
    let wait = null;
    new ResizeObserver(() => {
      clearTimeout(wait);
      wait = setTimeout(() => this.#fit(), 200);
    }).observe(this.panel);
    for (const chip of this.panel.querySelectorAll(".chip")) chip.addEventListener("click", () => this.choose(chip.dataset.measure));
    this.panel.querySelector(".schematic").hidden = !this.schematic;
    this.#scale();
    this.#ranges();
  }

  #fit() {
    this.map.resize();
    this.map.fitBounds(this.box, { padding: this.#padding(), duration: 0 });
    this.#scale();
  }

  /** Shows another measure. */
  choose(name) {
    if (!this.config.measures[name]) return;
    this.measure = name;
    for (const chip of this.panel.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", String(chip.dataset.measure === name));
    this.#ranges();
    this.map.removeFeatureState({ source: "cells" });
    if (this.state) this.show(this.state);
    this.onmeasure?.(name);
  }

  /** Draws a whole state anew. */
  show(state) {
    this.state = state;
    if (!this.ready) return;
    const told = state.cells.get(this.measure);
    this.map.removeFeatureState({ source: "cells" });
    for (const [id, number] of told?.classes ?? []) this.map.setFeatureState({ source: "cells", id }, { class: number });
    this.#dirty.clear();
    this.#marksDirty = true;
    this.#flush();
  }

  /** Takes what a delta changed; it is drawn at the next beat of the map. */
  change(state, changes) {
    this.state = state;
    for (const [name, ids] of changes.cells) {
      const kept = this.#dirty.get(name) ?? this.#dirty.set(name, new Set()).get(name);
      for (const id of ids) kept.add(id);
      if (name !== this.measure) continue;
      this.#moved.push([performance.now(), ids.length]);
      if (this.#silent) this.#marksDirty = true; // a cell that turns grey, or no longer is, tells of its silences or leaves it to marks
    }
    if (changes.alerts.length || changes.cases.length) this.#marksDirty = true;
    if (this.ready && !this.#timer) this.#timer = setTimeout(() => this.#flush(), this.pace);
  }

  announce(alerts) {
    this.callout?.add(alerts);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const classes = this.state.cells.get(this.measure)?.classes;
    for (const id of this.#dirty.get(this.measure) ?? []) this.map.setFeatureState({ source: "cells", id }, { class: classes.get(id) });
    this.#dirty.clear();
    if (this.#marksDirty) this.#drawMarks();
    this.#legend();
    this.#last = this.live.now();
  }

  #drawMarks() {
    this.#marksDirty = false;
    const alerts = [...this.state.alerts.values()].filter(this.visible);
    const cases = [...this.state.cases.values()].filter(this.visible);
    const { rules } = this.config;
    const quiet = silenceMarks(alerts, rules, this.state.cells.get(this.measure)?.classes);
    this.#silent = alerts.some((row) => isSilence(row, rules));
    this.map.getSource("silences").setData(collection(silenceFeatures(quiet)));
    this.map.getSource("alerts").setData(collection(alertFeatures(alerts.filter((row) => !isSilence(row, rules)))));
    this.map.getSource("cases").setData(collection(caseFeatures(cases)));
    this.pulses.show(alerts);
  }

  #ranges() {
    const { label, unit, ranges } = this.config.measures[this.measure] ?? { label: "", unit: "", ranges: [] };
    setText(slotOf(this.panel, "legend-title"), unit ? `${label} (${unit})` : label);
    ranges.forEach((range, at) => setText(this.panel.querySelector(`[data-class="${at}"] .range`), range));
  }

  #legend() {
    const counts = classCounts(this.state, this.measure);
    const told = this.state.cells.has(this.measure);
    for (let at = 0; at < 6; at += 1) this.write(`cells_${at}`, told ? counts[at + 1] : NaN);
    this.write("cells_unknown", told ? counts[0] : NaN);
    this.write("cells_total", told ? counts.reduce((sum, n) => sum + n, 0) : NaN);
    this.write("cells_grid", this.cellsTotal || NaN);
  }

  /** Once a second: how many cells changed, and when the last of them. */
  tick(zone) {
    const now = performance.now();
    this.#moved = this.#moved.filter(([at]) => now - at < RATE_S * 1000);
    this.write("cells_per_second", this.state ? this.#moved.reduce((sum, [, n]) => sum + n, 0) / RATE_S : NaN, { decimals: 1 });
    if (this.#last) setText(slotOf(this.panel, "updated"), t("map.updated_at", { time: timeOf(this.#last, zone, lang()) }));
  }

  #scale() {
    const bar = this.panel.querySelector(".scale-bar");
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const a = this.map.unproject([width / 2, height / 2]);
    const b = this.map.unproject([width / 2 + 100, height / 2]);
    const metres = a.distanceTo(b) / 100; // per px
    const room = rem() * 16 * 6;
    const nice = [50, 100, 200, 500, 1000, 2000, 5000, 10_000].filter((m) => m / metres <= room).pop() ?? 50;
    bar.style.width = `${Math.round(nice / metres)}px`;
    setText(this.panel.querySelector(".scale-text"), nice >= 1000 ? `${nice / 1000} km` : `${nice} m`);
  }
}
