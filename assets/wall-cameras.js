// The panel of cameras on a wall, where its layout shows one: those the address names, those that see the incident shown, else those of the area,
// turned page by page. Nobody touches a wall: nothing here waits for a hand.

import { Asking, questionOf } from "./camera-wall-ask.js";
import { CameraGrid } from "./camera-wall-grid.js";
import { setText } from "./dom.js";
import { awaitText, lang, t } from "./text.js";
import { view } from "./view.js";

const USUAL = 4;

export class Cameras {
  #page = 0;
  #grid = null;

  /** `present`: false where a recording is shown; a picture of now beside figures of then would lie. */
  constructor({ config, live, panel }, present) {
    Object.assign(this, { config, live, present, place: panel("cameras") });
    if (this.place) awaitText(lang(), "camera").then(() => this.#begin());
  }

  #begin() {
    this.note = this.place.querySelector('[data-slot="cameras-by"]');
    for (const name of ["cameras", "incident", "area", "most"]) view.on(name, () => { this.#page = 0; this.#soon(); });
    view.on("layout", () => setTimeout(() => this.#soon()));
    addEventListener("resize", () => this.#soon());
    setInterval(() => this.#turn(), this.config.cameras.dwell_s * 1000);
    this.#soon();
  }

  get shown() { return !this.place.hidden; }
  get most() { const most = Number(view.get("most")); return this.config.cameras.sizes.includes(most) ? most : USUAL; }

  /** Asks only where it is seen: a picture nobody sees is neither fetched nor audited. */
  #soon() {
    if (!this.shown) { this.#stop(); return; }
    this.#grid ??= new CameraGrid(this.place.querySelector('[data-slot="pictures"]'), { now: () => this.live.now() });
    if (!this.present) { this.#grid.none(t("cameras.replay")); return; }
    this.asking ??= new Asking({ read, question: () => questionOf(view, { most: this.most, page: this.#page }), show: (told) => this.#show(told), failed: () => this.#grid?.none(t("cameras.away")) });
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.shown && this.asking?.load(), 50);
  }

  #stop() {
    this.asking?.stop();
    this.#grid?.stop();
    this.asking = this.#grid = null;
  }

  #show(told) {
    this.pages = told.by === "area" ? Math.max(1, Math.ceil(told.total / this.most)) : 1;
    setText(this.note, t(`cameras.wall_${told.by}`, { n: told.total, id: view.get("incident"), page: this.#page + 1, pages: this.pages }));
    if (told.pictures.length) this.#grid.show(told.pictures, this.most);
    else this.#grid.none(t(`cameras.none_${told.by}`));
  }

  #turn() {
    if (!this.shown || !(this.pages > 1)) return;
    this.#page = (this.#page + 1) % this.pages;
    this.#soon();
  }
}

async function read(path) {
  const answer = await fetch(`/api/v1${path}`, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}
