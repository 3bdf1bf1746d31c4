// The basemap: our own layers, or one the city configured, chosen by `basemap` in the address. One that does not come
// leaves ours standing and says so; nothing else of the map depends on it.

import { el, setText } from "./dom.js";
import { scaled } from "./map-base.js";
import { Warp } from "./map-warp.js";
import { t } from "./text.js";
import { view } from "./view.js";

const OURS = "ours";
const WARP = "yiping-warp"; // the scheme of tiles we redraw
const warps = new Map(); // source → Warp

/** `gl`: the map library, which is told once how our own scheme is fetched. */
export class Basemap {
  #drawn = null; // {name, layers, sources}
  #asked = 0;
  #away = false; // its tiles do not come: ours is shown instead, until one does

  constructor(district, gl, config) {
    Object.assign(this, { district, map: district.map, config });
    this.note = district.over.appendChild(el("p", "basemap-note"));
    this.note.setAttribute("role", "status");
    this.note.hidden = true;
    this.attribution = district.over.appendChild(el("p", "basemap-by"));
    gl.addProtocol(WARP, ({ url }) => redraw(url));
    this.choice = district.panel.querySelector('[data-slot="basemaps"]');
    this.choice?.addEventListener("change", () => view.set({ basemap: this.choice.value === config.basemap ? null : this.choice.value }));
    this.map.on("error", ({ sourceId, error }) => this.#look(sourceId, true, error?.message ?? ""));
    this.map.on("sourcedata", ({ sourceId, tile }) => tile?.state === "loaded" && this.#look(sourceId, false));
    view.on("basemap", () => this.choose());
    this.choose();
  }

  name() {
    const name = view.get("basemap", this.config.basemap);
    return this.config.basemaps[name] ? name : OURS;
  }

  async choose() {
    const name = this.name();
    if (this.choice) this.choice.value = name;
    const turn = (this.#asked += 1);
    if (name === (this.#drawn?.name ?? OURS)) return;
    const basemap = this.config.basemaps[name];
    const info = basemap?.info ? await ask(basemap.info).catch((error) => ({ failed: error.message })) : {};
    if (turn !== this.#asked) return; // somebody chose another one meanwhile
    this.#clear();
    this.#tell(info.failed ? t("tools.basemap_away", { name: basemap.label, why: info.failed }) : "");
    if (basemap && !info.failed) this.#lay(name, basemap, info);
    setText(this.attribution, (basemap && !info.failed && basemap.attribution) || "");
  }

  #lay(name, basemap, info) {
    const by = this.district.rem ?? 1;
    for (const [source, said] of Object.entries(basemap.sources)) this.map.addSource(source, sourceOf(source, said, info, basemap.warp));
    const { layers } = scaled({ layers: structuredClone(basemap.layers) }, by);
    const day = document.documentElement.dataset.theme === "light";
    for (const layer of layers) if (day && layer.metadata?.night) layer.paint = {}; // a picture made for the day needs no turning about
    for (const { before, ...layer } of layers) this.map.addLayer(layer, this.map.getLayer(before) ? before : undefined);
    this.#drawn = { name, label: basemap.label, layers: basemap.layers.map(({ id }) => id), sources: Object.keys(basemap.sources), hides: basemap.hides };
    this.#away = false;
    this.#own(false);
  }

  /** Our own layers, shown or not. */
  #own(shown) {
    for (const id of this.#drawn.hides) if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  }

  /** A tile came, or did not (what the service has not, 404, is no fault of it). */
  #look(source, away, why) {
    if (away === this.#away || !this.#drawn?.sources.includes(source)) return;
    this.#away = away;
    this.#own(away);
    this.#tell(away ? t("tools.basemap_away", { name: this.#drawn.label, why }) : "");
  }

  #clear() {
    if (!this.#drawn) return;
    for (const id of this.#drawn.layers) this.map.removeLayer(id);
    for (const source of this.#drawn.sources) {
      this.map.removeSource(source);
      warps.delete(source);
    }
    this.#own(true);
    this.#drawn = null;
  }

  #tell(text) {
    this.note.hidden = !text;
    setText(this.note, text);
  }
}

async function ask(path) {
  const answer = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `HTTP ${answer.status}`);
  return answer.json();
}

function sourceOf(name, said, info, warp) {
  const source = { ...said, tiles: said.tiles.map((tile) => (tile.startsWith("/") ? location.origin + tile : tile)) };
  if ("min_zoom" in info) Object.assign(source, { minzoom: info.min_zoom, maxzoom: info.max_zoom, bounds: info.bounds });
  if (!warp) return source;
  warps.set(name, new Warp(said.tiles[0], warp));
  return { ...source, tiles: [`${WARP}://${name}/{z}/{x}/{y}`] };
}

async function redraw(url) {
  const [source, z, x, y] = url.slice(WARP.length + 3).split("/");
  const warp = warps.get(source);
  if (!warp) throw new Error("this basemap is no longer shown");
  return { data: await warp.draw(Number(z), Number(x), Number(y)) };
}
