// A layer of points on the map: devices, cameras, components or resources, clustered beside this thread (map-points-worker.js) and drawn from
// its tiles. How grave a point is follows the alerts of the page's state at once, silence with the next look of the worker.

import { Beside } from "./map-points-beside.js";
import { cardOf, listOf } from "./map-points-card.js";
import { DEEPEST } from "./map-points-clusters.js";
import { PLATES, addPointIcons, iconOf, signOf } from "./map-points-marks.js";
import { ID_STEP } from "./map-points-tile.js";
import { isSilence } from "./silence.js";
import { lang, loadText, t } from "./text.js";
import { view } from "./view.js";

const ABOVE = "cases"; // what happens lies above what stands
const BOLD = ["Noto Sans CJK SC Bold", "Source Han Sans SC Bold", "PingFang SC", "Microsoft YaHei", "sans-serif"];
const SCHEME = "yiping-points";
const MOST_LISTED = 40;
const PACE_MS = 1_000; // alerts reach the worker once a second at most
const STEPS = ["step", ["get", "n"], 1, 100, 1.18, 1000, 1.36]; // a fuller cluster is a larger one

const shown = new Map(); // name → layer: the scheme is the page's, its layers come and go

const begin = () => new Worker(new URL("./map-points-worker.js", import.meta.url), { type: "module" });

/** A layer for MapLayers (map-layers.js). */
export async function open(given) {
  await loadText(lang(), "quality");
  return new Points(given);
}

class Points {
  #beside = new Beside({ begin, hear: (data) => this.#hear(data), lost: () => this.tell({ failed: true }) });
  #alerts = "[]";
  #late = false; // tiles were on their first way when they became others
  #timer = null;

  constructor({ name, district, map, rem, tell, ask }) {
    Object.assign(this, { name, district, map, tell, ask, id: `points-${name}`, alerts: PLATES[name].alerts });
    this.ids = [this.id];
    this.live = !("asOf" in district.live); // a recording keeps no states
    shown.set(name, this);
    district.gl.addProtocol(SCHEME, tileOf);
    addPointIcons(map, district.config.marks, name, rem * 16);
    map.on("sourcedata", this.#settled);
    map.addSource(this.id, { type: "vector", tiles: [`${SCHEME}://${name}/{z}/{x}/{y}`], maxzoom: DEEPEST });
    map.addLayer(styleOf(this.id, name, rem), map.getLayer(ABOVE) ? ABOVE : undefined);
    this.area(view.get("area"));
  }

  area(code) {
    this.#beside.tell("show", { layer: this.name, area: code, live: this.live });
  }

  /** The page's alerts, of which the worker takes those that name a point of ours. */
  state(state, changes) {
    this.current = state;
    if (this.alerts && (!changes || changes.alerts.length)) this.#timer ??= setTimeout(() => this.#tellAlerts(), changes ? PACE_MS : 0);
  }

  /** Silence is no alert of what a device measures: it is grey. Nor is a drill, a test, or one of which nobody knows whether it still holds. */
  #tellAlerts() {
    this.#timer = null;
    const worst = new Map();
    for (const row of this.current.alerts.values()) {
      if (!row.device || row.drill || row.verdict === "test" || row.state_known === false || isSilence(row, this.district.config.rules)) continue;
      worst.set(row.device, Math.min(row.severity, worst.get(row.device) ?? 5));
    }
    const told = JSON.stringify([...worst].sort());
    if (told === this.#alerts) return;
    this.#alerts = told;
    this.#beside.tell("alerts", [...worst]);
  }

  /** What a click on a feature means: one point is selected, several at one place are listed, a cluster is looked into. */
  async pick({ id, geometry }) {
    const found = await this.#beside.ask("what", { zoom: Math.floor(id / ID_STEP), number: id % ID_STEP, most: MOST_LISTED });
    if (found?.count === 1) return { select: found.points[0].code };
    if (!found || found.opens === null) return found && listOf(this, found);
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400;
    this.map.easeTo({ center: geometry.coordinates, zoom: Math.max(found.opens, this.map.getZoom() + 1), duration });
    return null;
  }

  /** The card of one of our points. */
  card(code) {
    return cardOf(this, code);
  }

  /** The bytes of one of our tiles. */
  tile(tile) {
    return this.#beside.ask("tile", { tile });
  }

  close() {
    this.#beside.close();
    clearTimeout(this.#timer);
    this.map.off("sourcedata", this.#settled);
    shown.delete(this.name);
    if (this.map.getLayer(this.id)) this.map.removeLayer(this.id);
    if (this.map.getSource(this.id)) this.map.removeSource(this.id);
  }

  #hear({ failed, without, told, kinds }) {
    if (failed !== undefined) {
      if (without) this.tell({ failed: true });
    } else if (told) {
      this.tell({ ...told, note: this.live ? (told.known ? "" : t("layer.stale")) : t("layer.replayed") });
      if (this.name === "resources") this.map.setLayoutProperty(this.id, "text-field", signOf(this.name, kinds)); // what the numbers of kinds mean comes with the points
      this.#refresh();
    }
  }

  #refresh() {
    this.#late = !this.map.isSourceLoaded(this.id);
    this.map.refreshTiles(this.id);
  }

  /** MapLibre reads a tile on its first way anew from the bytes it began with, so it is asked for once more when it is there. */
  #settled = ({ sourceId }) => {
    if (this.#late && sourceId === this.id && this.map.isSourceLoaded(this.id)) this.#refresh();
  };
}

/** What MapLibre asks for under our scheme: `yiping-points://devices/12/3412/1672`. A layer that went has empty tiles. */
async function tileOf({ url }) {
  const [name, ...tile] = url.slice(SCHEME.length + 3).split("/");
  return { data: (await shown.get(name)?.tile(tile.map(Number))) ?? new ArrayBuffer(0) };
}

function styleOf(id, name, rem) {
  const layout = {
    "icon-image": iconOf(name), "icon-size": STEPS, "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "w"],
    "text-field": signOf(name, []), "text-font": BOLD, "text-size": 12.5 * rem, "text-offset": PLATES[name].offset ?? [0, 0], "text-allow-overlap": true, "text-ignore-placement": true,
  };
  return { id, type: "symbol", source: id, "source-layer": "points", layout, paint: { "text-color": "#ffffff" } };
}
