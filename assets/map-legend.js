// The legend and notes of the map: ranges and numbers of cells by class, how many change a second and when last, and the scale.
// All of it ties to the state it is given; what no one told is a dash.

import { figuresOf, setText, slotOf } from "./dom.js";
import { timeOf } from "./clock.js";
import { classCounts } from "./state.js";
import { lang, t } from "./text.js";

const RATE_S = 10;
const NICE_M = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

export class Legend {
  #moved = []; // [ms, number of cells] of the last seconds
  #drawnAt = 0;

  constructor(panel, measures) {
    Object.assign(this, { panel, measures, write: figuresOf(panel) });
  }

  /** What is shown: its name, its unit and the ranges of its classes. */
  choose(name) {
    const { label, unit, ranges } = this.measures[name] ?? { label: "", unit: "", ranges: [] };
    setText(slotOf(this.panel, "legend-title"), unit ? `${label} (${unit})` : label);
    ranges.forEach((range, at) => setText(this.panel.querySelector(`[data-class="${at}"] .range`), range));
    for (const chip of this.panel.querySelectorAll("button.chip")) chip.setAttribute("aria-pressed", String(chip.dataset.measure === name));
    const more = this.panel.querySelector(".chip-more");
    if (!more) return;
    more.value = [...more.options].some(({ value }) => value === name) ? name : "";
    more.classList.toggle("chosen", Boolean(more.value));
  }

  /** Some cells changed their class. */
  moved(many) {
    this.#moved.push([performance.now(), many]);
  }

  /** `grid`: the number of all cells the reader sees, NaN while unknown; `now`: ms of the server's clock. */
  draw(state, measure, grid, now) {
    const counts = classCounts(state, measure);
    const told = state.cells.has(measure);
    for (let at = 0; at < 6; at += 1) this.write(`cells_${at}`, told ? counts[at + 1] : NaN);
    this.write("cells_unknown", told ? counts[0] : NaN);
    this.write("cells_total", told ? counts.reduce((sum, n) => sum + n, 0) : NaN);
    this.write("cells_grid", grid || NaN);
    this.#drawnAt = now;
  }

  /** Once a second. */
  tick(state, zone) {
    const now = performance.now();
    this.#moved = this.#moved.filter(([at]) => now - at < RATE_S * 1000);
    this.write("cells_per_second", state ? this.#moved.reduce((sum, [, n]) => sum + n, 0) / RATE_S : NaN, { decimals: 1 });
    if (this.#drawnAt) setText(slotOf(this.panel, "updated"), t("map.updated_at", { time: timeOf(this.#drawnAt, zone, lang()) }));
  }

  /** The bar of the scale, as long as a round number of metres. */
  scale(map, rem) {
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const a = map.unproject([width / 2, height / 2]);
    const b = map.unproject([width / 2 + 100, height / 2]);
    const metres = a.distanceTo(b) / 100; // per px
    const nice = NICE_M.filter((m) => m / metres <= rem * 16 * 6).pop() ?? NICE_M[0];
    this.panel.querySelector(".scale-bar").style.width = `${Math.round(nice / metres)}px`;
    setText(this.panel.querySelector(".scale-text"), nice >= 1000 ? `${nice / 1000} km` : `${nice} m`);
  }
}
