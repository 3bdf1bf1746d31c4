// Where it happens most: complaints, alerts or cases of a span, as happenings per square kilometre. The server works out the field, here it
// becomes one picture under the streets: moving the map costs nothing. Its legend says what, of when and how many. `heat=cases,7d` in the address.

import { el, grouped } from "./dom.js";
import { Asked } from "./map-asked.js";
import { KINDS, RAMPS, SPANS, USUAL, pixelsOf, readHeat } from "./map-heat-field.js";
import { lang, loadText, t } from "./text.js";
import { view } from "./view.js";

const BELOW = ["roads-main", "streets-border"];
const PACE_S = 60;

export async function open(given) {
  await loadText(lang(), "moving");
  return new Heat(given);
}

class Heat {
  ids = [];

  constructor({ name, district, map, tell, ask }) {
    Object.assign(this, { name, district, map, tell });
    this.legend = this.#legend();
    this.stop = view.on("heat", () => this.#choose());
    this.asked = new Asked({ district, ask, pace_s: PACE_S, path: () => this.#path(), take: (told) => this.#take(told), fail: () => this.told || this.#lack() });
    this.#choose(false);
  }

  #path() {
    const [of, span] = readHeat(view.get("heat"));
    return `/map/heat?${new URLSearchParams({ of, span })}`;
  }

  #choose(again = true) {
    const [kind, span] = readHeat(view.get("heat"));
    this.kind.value = kind;
    this.span.value = span;
    if (again) this.asked.now();
  }

  #take(told) {
    this.told = told;
    this.#draw();
    const { count, drills, unplaced, whole } = told;
    const note = [t("moving.span", { span: t(`moving.span.${readHeat(view.get("heat"))[1]}`) }), whole ? "" : t("moving.heat_cut")].filter(Boolean).join(" · ");
    this.tell({ count, drills, unknown: unplaced, note });
  }

  #lack() {
    this.tell({ failed: true });
    this.words.replaceChildren(el("span", "dim", t("moving.heat_failed")));
  }

  /** One picture, stretched over its ground by the map itself. */
  #draw() {
    this.day = document.documentElement.dataset.theme === "light";
    const ramp = RAMPS[this.day ? "day" : "night"];
    const { grid, count, unplaced, sigma_m: sigma } = this.told;
    this.bar.style.background = `linear-gradient(to right, ${ramp.join(", ")})`;
    this.bar.hidden = !grid;
    const scale = grid ? [el("span", "figure-text", "0"), this.bar, el("span", "figure-text", t("moving.per_km2", { n: grouped(grid.top, grid.top < 10 ? 1 : 0) }))] : [el("span", "dim", t("layer.none.heat"))];
    this.words.replaceChildren(...scale);
    this.legend.title = this.note.textContent = [t("moving.heat_count", { n: grouped(count) }), unplaced ? t("moving.heat_unplaced", { n: grouped(unplaced) }) : "", grid ? t("moving.heat_reach", { n: sigma }) : ""].filter(Boolean).join(" · ");
    this.#clear();
    if (!grid) return;
    const canvas = Object.assign(document.createElement("canvas"), { width: grid.columns, height: grid.rows });
    canvas.getContext("2d").putImageData(new ImageData(pixelsOf(grid.values, ramp), grid.columns, grid.rows), 0, 0);
    const [west, south, east, north] = grid.box;
    this.map.addSource(this.name, { type: "canvas", canvas, animate: false, coordinates: [[west, north], [east, north], [east, south], [west, south]] });
    this.map.addLayer({ id: this.name, type: "raster", source: this.name, paint: { "raster-fade-duration": 0, "raster-resampling": "linear" } }, BELOW.find((id) => this.map.getLayer(id)));
  }

  #clear() {
    if (this.map.getLayer(this.name)) this.map.removeLayer(this.name);
    if (this.map.getSource(this.name)) this.map.removeSource(this.name);
  }

  #legend() {
    const box = el("div", "heat-legend");
    this.kind = this.#select("moving.heat_of", KINDS, (kind) => t(`moving.heat.${kind}`));
    this.span = this.#select("moving.heat_span", SPANS, (span) => t(`moving.span.${span}`));
    this.bar = el("i", "heat-bar");
    this.words = el("p", "heat-scale");
    this.note = el("p", "dim heat-note");
    const head = el("p", "heat-head");
    head.append(el("strong", "", t("layer.heat")), this.kind, this.span);
    box.append(head, this.words, this.note);
    this.district.panel.querySelector(".map-notes")?.prepend(box);
    return box;
  }

  #select(label, words, say) {
    const select = el("select");
    select.setAttribute("aria-label", t(label));
    for (const word of words) select.append(Object.assign(el("option", "", say(word)), { value: word }));
    select.addEventListener("change", () => {
      const word = `${this.kind.value},${this.span.value}`;
      view.set({ heat: word === USUAL.join(",") ? null : word });
    });
    return select;
  }

  area() {
    this.asked.now();
  }

  tick(now) {
    this.asked.tick(now);
    if (this.told && this.day !== (document.documentElement.dataset.theme === "light")) this.#draw();
  }

  close() {
    this.stop();
    this.asked.close();
    this.legend.remove();
    this.#clear();
  }
}
