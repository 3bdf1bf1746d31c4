// The pictures of a camera wall, a tile each: what plays, since when it does not and why, and the last picture that is kept, as such. The page
// and the panel of walls share it. Asks nobody which cameras: it is told.

import { ageText } from "./clock.js";
import { el, setText } from "./dom.js";
import { play } from "./camera-wall-player.js";
import { t } from "./text.js";

const key = (one) => JSON.stringify([one.device, one.state === "offline", one.player, one.why, one.picture?.url]);

const SHAPE = 16 / 9; // of nearly every camera

/** In how many columns `count` pictures of 16:9 are largest in a place of some pixels. Pure. */
export function columnsFor(count, width, height) {
  const wide = (columns) => Math.min(width / columns, (height / Math.ceil(count / columns)) * SHAPE);
  return Array.from({ length: Math.max(1, count) }, (_, at) => at + 1).reduce((best, columns) => (wide(columns) > wide(best) + 0.5 ? columns : best), 1);
}

/** What is said of a picture that plays, as a key of the texts: of an endless answer nobody knows how old its last frame is. Pure. */
export const playsAs = (kind) => ({ snapshot: "cameras.snapshot", mjpeg: "cameras.stream" })[kind] ?? "cameras.live";

/** Why there is no picture, as a key of the texts. Pure. */
export function whyNone(one, state) {
  if (one.why) return `cameras.why.${one.why}`;
  if (one.state === "offline") return "cameras.why.offline";
  return state === "failed" ? "cameras.why.failed" : "";
}

export class CameraGrid {
  #tiles = new Map(); // device → {node, stop, key, state, at}

  /** `now()`: the server's clock, ms. `onpick(one)`: a tile was chosen; `ondrop(one)`: it is to go (null: nothing may be taken away). */
  constructor(place, { now, onpick = null, ondrop = null }) {
    Object.assign(this, { place, now, onpick, ondrop });
    this.timer = setInterval(() => this.tick(), 1000);
    this.sized = new ResizeObserver(() => this.#cut());
    this.sized.observe(place);
  }

  /** Shows these `pictures` of the API in this order; what is the same goes on playing. `size`: of so many places. */
  show(pictures, size = pictures.length) {
    const wanted = new Set(pictures.map((one) => one.device));
    for (const [device, tile] of this.#tiles) if (!wanted.has(device)) this.#drop(device, tile);
    this.place.dataset.count = pictures.length;
    this.count = Math.max(1, Math.min(size, pictures.length));
    this.#cut();
    const nodes = pictures.map((one, index) => this.#tile(one, index + 1));
    if (nodes.some((node, index) => this.place.children[index] !== node) || this.place.children.length !== nodes.length) this.place.replaceChildren(...nodes);
    this.tick();
  }

  /** As many columns as make the pictures largest. */
  #cut() {
    if (!this.count) return;
    const columns = columnsFor(this.count, this.place.clientWidth || SHAPE, this.place.clientHeight || 1);
    this.place.style.setProperty("--columns", columns);
    this.place.style.setProperty("--rows", Math.ceil(this.count / columns));
  }

  /** Says `words` instead of pictures. */
  none(words) {
    for (const [device, tile] of this.#tiles) this.#drop(device, tile);
    this.place.dataset.count = this.count = 0;
    this.place.replaceChildren(el("p", "cam-none", words));
  }

  #drop(device, tile) {
    tile.stop?.();
    tile.node.remove();
    this.#tiles.delete(device);
  }

  #tile(one, number) {
    const known = this.#tiles.get(one.device);
    if (known?.key === key(one)) {
      Object.assign(known.one, one);
      setText(known.number, String(number));
      return known.node;
    }
    known?.stop?.();
    const tile = known ?? this.#frame(one);
    Object.assign(tile, { one: { ...one }, key: key(one), state: "none", at: null, stop: null });
    setText(tile.number, String(number));
    setText(tile.name, one.name || one.device);
    tile.node.classList.toggle("drill", Boolean(one.drill));
    tile.marks.replaceChildren(...[one.drill && ["drill", t("cameras.drill")], one.simulated && ["simulated", t("cameras.simulated")]].filter(Boolean).map(([kind, words]) => el("b", `cam-mark ${kind}`, words)));
    if (one.player && one.state !== "offline") tile.stop = play(tile.screen, one.player, one.name || one.device, (state, at = null) => this.#heard(tile, state, at));
    else this.#last(tile);
    this.#tiles.set(one.device, tile);
    return tile.node;
  }

  #frame(one) {
    const node = el("article", "cam-tile"), screen = el("div", "cam-screen"), head = el("header"), foot = el("footer");
    node.dataset.id = one.device;
    const tile = { node, screen, number: el("b", "cam-number"), name: el("span", "cam-name"), marks: el("span", "cam-marks"), live: el("span", "cam-live"), none: el("div", "cam-why"), foot };
    tile.none.setAttribute("role", "status");
    head.append(tile.number, tile.name, tile.marks, tile.live);
    if (this.ondrop) {
      const drop = el("button", "cam-drop", "×");
      drop.type = "button";
      drop.setAttribute("aria-label", t("cameras.drop", { name: one.name || one.device }));
      drop.addEventListener("click", () => this.ondrop(tile.one));
      head.append(drop);
    }
    if (this.onpick) screen.addEventListener("dblclick", () => this.onpick(tile.one));
    node.append(screen, tile.none, head, foot);
    return tile;
  }

  #heard(tile, state, at) {
    Object.assign(tile, { state, at: at ?? tile.at });
    if (state === "failed" && !tile.screen.querySelector("img[src^='/api/']")) this.#last(tile);
    this.#say(tile);
  }

  /** The last picture that is kept, never mistaken for a live one; without one the screen is empty. */
  #last(tile) {
    tile.screen.replaceChildren();
    if (!tile.one.picture) return;
    const shown = el("img", "cam-kept");
    shown.alt = t("cameras.kept_of", { name: tile.one.name || tile.one.device });
    shown.src = tile.one.picture.url;
    shown.onerror = () => shown.remove();
    tile.screen.replaceChildren(shown);
  }

  tick() {
    for (const tile of this.#tiles.values()) this.#say(tile);
  }

  #say(tile) {
    const { one, state, at } = tile, why = state === "plays" || state === "waits" ? "" : whyNone(one, state);
    const kept = Boolean(tile.screen.querySelector(".cam-kept"));
    const plays = playsAs(one.player?.kind);
    tile.node.dataset.state = state === "plays" ? (plays === "cameras.stream" ? "stream" : "live") : state === "waits" ? "waits" : state === "still" ? "still" : "none";
    const since = one.since && t("cameras.since", { age: this.#age(one.since) });
    setText(tile.live, state === "plays" ? t(plays) : state === "waits" ? t("cameras.waits") : state === "still" ? t("cameras.still", { age: ageText((Date.now() - at) / 1000, t) }) : t("cameras.no_picture"));
    const words = why ? [t(why), one.state !== "online" && since, kept && one.picture && t("cameras.kept", { age: this.#age(one.picture.at) })] : [];
    setText(tile.none, words.filter(Boolean).join(" · "));
    tile.none.hidden = !why;
    setText(tile.foot, [t(`cameras.state.${one.state}`), Number.isFinite(one.distance_m) && t("cameras.far", { m: Math.round(one.distance_m) })].filter(Boolean).join(" · "));
  }

  #age(at) {
    return ageText((this.now() - Date.parse(at)) / 1000, t);
  }

  stop() {
    clearInterval(this.timer);
    this.sized.disconnect();
    for (const [device, tile] of this.#tiles) this.#drop(device, tile);
  }
}
