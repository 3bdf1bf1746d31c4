// The layers of the map beside cells and marks: which module draws each, and which are shown. `layers=devices,cameras` in the address is the
// truth ("-": none; without it those that are usual). Decides nothing of how a layer looks: its module does, fetched after the first picture at
// the latest: what is asked for later does not come where the web process died meanwhile, and a browser may never ask again for what failed.
//
// A module exports open(given) → part; given = { name, district, map, rem, tell, ask }:
//   tell({count, unknown, worst, drills, note})  what its chip says: numbers (null: not known), the gravest severity 1…4 in it, a sentence
//   part.ids              style layers whose features can be clicked, the topmost first
//   part.pick(feature)    → what a click means: null (nothing to say), { select: code } (the address keeps `point=name:code`), or what the card says:
//                           { title, kind, drill, image, lines: [[label, value, note]], rows: [{text, severity, drill, select}], said: [], ways: [[text, address or act]] }
//   part.card(code)       what the card of a selected one says; both may be promises
//   part.state(state, changes)  the page's state, and what a delta changed in it (null: all)
//   part.area(code)       the area shown became another
//   part.tick(now)        once in five seconds, ms of the map's clock (in a replay: of the moment shown)
//   part.close()          takes everything it brought off the map

import { LayerCard } from "./map-layers-card.js";
import { LayerMenu } from "./map-layers-menu.js";
import { awaitText, lang } from "./text.js";
import { view } from "./view.js";

const TICK_MS = 5_000;
const AGAIN_MS = 10_000;
const NEAR_PX = 6; // a finger is no needle
export const MODULES = {
  devices: () => import("./map-points.js"),
  cameras: () => import("./map-points.js"),
  components: () => import("./map-points.js"),
  resources: () => import("./map-points.js"),
  warnings: () => import("./map-warnings.js"),
  works: () => import("./map-works.js"),
  heat: () => import("./map-heat.js"),
  trucks: () => import("./map-movers.js"),
  workers: () => import("./map-movers.js"),
};

/** Which of the layers offered are shown: those of the address, else the usual ones; in the order of the menu. Pure. */
export const shownOf = (offered, words) => offered.filter(({ name, usual }) => (words === null ? usual : words.includes(name))).map(({ name }) => name);

/** The word of the address for what is shown: nothing where it is the usual. Pure. */
export function wordOf(offered, names) {
  const usual = shownOf(offered, null);
  return usual.length === names.length && usual.every((name) => names.includes(name)) ? null : names.join(",") || "-";
}

/** What a `DistrictMap` is told to `add`. `offered`: [{name, group, icon, usual}] that the page offers its reader. */
export class MapLayers {
  #parts = new Map(); // name → part
  #coming = new Set(); // names whose modules are on their way
  state = null;

  constructor(offered) {
    this.offered = offered;
  }

  async opened(district) {
    await awaitText(lang(), "layers");
    Object.assign(this, { district, map: district.map });
    this.card = new LayerCard(district);
    this.card.select = (name, code) => view.set({ point: `${name}:${code}` });
    this.card.closed = () => view.get("point") && view.set({ point: null });
    this.menu = new LayerMenu(district, this.offered, (name) => this.toggle(name));
    district.layers = this;
    district.pointed = (point) => this.#at(point) !== null; // then the click is not the cell's
    this.map.on("click", ({ point }) => !district.tool && this.#click(point));
    view.on("layers", () => this.#sync());
    view.on("point", () => this.#select());
    view.on("area", (code) => this.#each((part) => part.area?.(code)));
    setInterval(() => this.#each((part) => part.tick?.(district.live.now())), TICK_MS);
    this.#sync();
    const bring = () => this.offered.forEach(({ name }) => MODULES[name]().catch(() => {}));
    if (this.map.loaded()) bring();
    else this.map.once("idle", bring);
  }

  get shown() {
    return shownOf(this.offered, view.list("layers"));
  }

  toggle(name) {
    const now = this.shown;
    view.set({ layers: wordOf(this.offered, now.includes(name) ? now.filter((one) => one !== name) : [...now, name]) });
  }

  show(state) {
    this.state = state;
    this.#each((part) => part.state?.(state, null));
  }

  change(state, changes) {
    this.state = state;
    this.#each((part) => part.state?.(state, changes));
  }

  #sync() {
    const wanted = this.shown;
    this.menu.press(wanted);
    for (const [name, part] of this.#parts) {
      if (wanted.includes(name)) continue;
      this.#parts.delete(name);
      part.close();
      this.card.left(name);
    }
    for (const name of wanted) if (!this.#parts.has(name)) this.#open(name);
  }

  /** What does not come is asked for again. */
  async #open(name) {
    if (this.#coming.has(name)) return;
    this.#coming.add(name);
    try {
      const { open } = await MODULES[name]();
      const { district, map } = this;
      const part = await open({ name, district, map, rem: district.rem, tell: (told) => this.menu.tell(name, told), ask });
      if (!this.shown.includes(name)) return part.close(); // taken away while it came
      this.#parts.set(name, part);
      if (this.state) part.state?.(this.state, null);
      if (view.get("point").startsWith(`${name}:`)) this.#select();
    } catch (error) {
      console.warn(`yiping: the layer ${name} does not come:`, error.message);
      this.menu.tell(name, { count: null, failed: true });
      setTimeout(() => this.#sync(), AGAIN_MS);
    } finally {
      this.#coming.delete(name);
    }
  }

  #each(act) {
    for (const [name, part] of this.#parts) {
      try {
        act(part);
      } catch (error) {
        console.error(`yiping: the layer ${name} failed`, error);
      }
    }
  }

  /** The topmost feature of a layer at a place of the screen, with its layer; null for none. */
  #at({ x, y }) {
    const owners = new Map([...this.#parts].flatMap(([name, part]) => (part.ids ?? []).filter((id) => this.map.getLayer(id)).map((id) => [id, [name, part]])));
    if (!owners.size) return null;
    const near = NEAR_PX * this.district.rem;
    const box = [[x - near, y - near], [x + near, y + near]];
    const [feature] = this.map.queryRenderedFeatures(box, { layers: [...owners.keys()] });
    return feature ? [feature, ...owners.get(feature.layer.id)] : null;
  }

  #click(point) {
    const found = this.#at(point);
    if (!found) return this.card.close();
    const [feature, name, part] = found;
    this.card.open(name, async () => {
      const told = await part.pick?.(feature);
      const word = told?.select && `${name}:${told.select}`;
      if (!word) return told;
      if (view.get("point") === word) return part.card(told.select);
      view.set({ point: word }); // and the address opens its card
      return null;
    });
  }

  /** The card of what the address says is selected, where its layer is shown. */
  #select() {
    const [name, code] = view.get("point").split(/:(.*)/s);
    const part = this.#parts.get(name);
    if (code && part?.card) this.card.open(name, () => part.card(code));
    else if (!name && !this.card.box.hidden) this.card.close();
  }
}

/** JSON of a call under /api/v1, for a layer. Throws where it does not come. */
async function ask(path) {
  const answer = await fetch(`/api/v1${path}`, { credentials: "same-origin", signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}
