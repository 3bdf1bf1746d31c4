// The ruler: a click adds a corner, a second one on the same spot or Enter ends it, Backspace takes the last one back. Distance along the
// line, or the area inside it. Nothing of it is kept: what was measured goes with the tool.

import { el, setText } from "./dom.js";
import { area, length, metresText, squareText } from "./geodesy.js";
import { feature } from "./map-shapes.js";
import { t } from "./text.js";

export class Ruler {
  #corners = [];
  #ended = true;

  /** `kind`: "line" or "surface". */
  constructor(kind, { map, shapes }) {
    Object.assign(this, { kind, map, shapes, name: `ruler-${kind}` });
    this.click = ({ lngLat }) => this.#add([lngLat.lng, lngLat.lat]);
    this.move = ({ lngLat }) => this.#draw([lngLat.lng, lngLat.lat]);
    this.twice = (event) => (event.preventDefault(), this.#end());
  }

  open(card) {
    this.figure = el("p", "tool-figure", "—");
    this.hint = el("p", "dim", t(`tools.${this.kind}_hint`));
    card.append(this.figure, this.hint);
    this.figure.setAttribute("role", "status");
    this.map.doubleClickZoom.disable();
    for (const [name, act] of this.#acts()) this.map.on(name, act);
    this.#corners = [];
    this.#ended = false;
  }

  close() {
    for (const [name, act] of this.#acts()) this.map.off(name, act);
    this.map.doubleClickZoom.enable();
    this.shapes.set(this.name, []);
  }

  /** Whether the key was for the ruler. */
  key(name) {
    if (name === "Enter") this.#end();
    else if (name === "Backspace") this.#back();
    else return false;
    return true;
  }

  #acts() {
    return [["click", this.click], ["mousemove", this.move], ["dblclick", this.twice]];
  }

  #add(corner) {
    if (this.#ended) [this.#corners, this.#ended] = [[], false];
    const last = this.#corners.at(-1);
    if (last && last[0] === corner[0] && last[1] === corner[1]) return; // the first half of a double click
    this.#corners.push(corner);
    this.#draw();
  }

  #back() {
    this.#corners.pop();
    this.#ended = false;
    this.#draw();
  }

  #end() {
    this.#ended = true;
    this.#draw();
  }

  #draw(pointer = null) {
    if (pointer && (this.#ended || !this.#corners.length)) return;
    const line = pointer ? [...this.#corners, pointer] : this.#corners;
    const ring = this.kind === "surface" && line.length > 2;
    const told = this.kind === "line" ? metresText(length(line)) : ring ? `${squareText(area(line))} · ${t("tools.around_it", { m: metresText(length([...line, line[0]])) })}` : "—";
    setText(this.figure, line.length > 1 ? told : "—");
    const shape = ring ? [feature("Polygon", [[...line, line[0]]])] : line.length > 1 ? [feature("LineString", line)] : [];
    const dots = line.map((corner, at) => feature("Point", corner, this.kind === "line" && at ? { label: metresText(length(line.slice(0, at + 1))) } : {}));
    this.shapes.set(this.name, [...shape, ...dots]);
  }
}
