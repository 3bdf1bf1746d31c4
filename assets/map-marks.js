// The marks on the map: icons drawn once per severity, the rings around what nobody has acknowledged, the call-out of a new alert.
// A mark never stands on colour alone: shape and character say the same.

import { el } from "./dom.js";
import { minuteOf } from "./clock.js";
import { lang, t } from "./text.js";

const PULSES = 24;
const CALLOUT_MS = 12_000;
const DRILL = "#a06be8";

const SHAPES = {
  octagon: (c, r) => polygon(c, r, 8, Math.PI / 8),
  triangle: (c, r) => polygon(c, r * 1.14, 3, -Math.PI / 2, r * 0.16),
  square: (c, r) => c.roundRect(-r * 0.86, -r * 0.86, r * 1.72, r * 1.72, r * 0.24),
  circle: (c, r) => c.arc(0, 0, r * 0.94, 0, 7),
  ring: (c, r) => c.arc(0, 0, r * 0.72, 0, 7),
  case: (c, r) => polygon(c, r, 4, 0),
};

function polygon(c, r, corners, turn, down = 0) {
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    c[i ? "lineTo" : "moveTo"](Math.cos(angle) * r, Math.sin(angle) * r + down);
  }
  c.closePath();
}

/** A picture of one mark. An alert is filled; a case is a diamond with a dark heart; an unknown state is grey with a dashed rim. */
export function drawMark(mark, shape, size, { known = true, hollow = false, drill = false } = {}) {
  if (drill) mark = { ...mark, colour: DRILL, ink: "#ffffff", character: lang() === "en" ? "D" : "演" }; // its shape still tells how grave it plays
  const canvas = new OffscreenCanvas(size, size);
  const c = canvas.getContext("2d");
  c.translate(size / 2, size / 2);
  const r = size * 0.36;
  c.beginPath();
  SHAPES[shape](c, r);
  c.shadowColor = "rgba(0,0,0,.75)";
  c.shadowBlur = size * 0.08;
  c.fillStyle = known ? (hollow ? "#0a1a30" : mark.colour) : "#5d6b7e";
  c.fill();
  c.shadowBlur = 0;
  c.lineWidth = size * (hollow ? 0.065 : 0.042);
  c.strokeStyle = known ? (hollow ? mark.colour : "#ffffff") : "#cfd8e4";
  if (!known) c.setLineDash([size * 0.08, size * 0.06]);
  c.stroke();
  if (shape !== "ring") {
    c.fillStyle = known ? (hollow ? mark.colour : mark.ink) : "#ffffff";
    c.font = `700 ${Math.round(r * (mark.character.length > 1 ? 0.86 : 1.08))}px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText(mark.character, 0, r * (shape === "triangle" ? 0.24 : 0.06));
  }
  return c.getImageData(0, 0, size, size);
}

/** Puts every icon into the map: `alert-1`, `alert-1-unknown`, `alert-1-drill`, `case-1`, `case-1-drill`, `silence`, `place`. */
export function addIcons(map, marks, rem) {
  const ratio = 2;
  const add = (name, css, mark, shape, options) => {
    const data = drawMark(mark, shape, Math.round(css * rem * ratio), options);
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, data, { pixelRatio: ratio });
  };
  for (const [level, mark] of Object.entries(marks)) {
    const css = { 1: 2.4, 2: 2.2, 3: 1.8, 4: 1.6, 5: 1 }[level];
    add(`alert-${level}`, css, mark, mark.shape);
    add(`alert-${level}-unknown`, css, mark, mark.shape, { known: false });
    add(`alert-${level}-drill`, Math.max(css, 1.6), mark, mark.shape === "ring" ? "circle" : mark.shape, { drill: true });
    add(`case-${level}-drill`, 1.6, mark, "case", { hollow: true, drill: true });
    add(`case-${level}`, 1.6, { ...mark, character: lang() === "en" ? "C" : "案" }, "case", { hollow: true });
  }
  add("silence", 0.6, { colour: "#8b9bb0", ink: "#fff", character: "" }, "ring", { hollow: true });
  add("place", 0.7, { colour: "#dbe8f8", ink: "#fff", character: "" }, "ring");
}

const feature = (row, icon, opacity) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [row.lon, row.lat] },
  properties: { icon, opacity, severity: row.severity ?? 5 },
});
const placed = (row) => typeof row.lon === "number" && typeof row.lat === "number";
export const waiting = (alert) => alert.stage === "unack" || alert.stage === "rtn_unack";

/** Silence is small, hollow and grey, and lies below everything that happened; a drill of it looks like a drill. */
export const silenceFeatures = (alerts) => alerts.filter(placed).map((a) => feature(a, a.drill ? "alert-5-drill" : "silence", a.hold && a.hold !== "none" ? 0.45 : 0.8));

export function alertFeatures(alerts) {
  const shown = alerts.filter(placed);
  return shown.map((a) => feature(a, `alert-${a.severity}${a.drill ? "-drill" : a.state_known === false ? "-unknown" : ""}`, a.hold && a.hold !== "none" ? 0.45 : 1));
}

export const caseFeatures = (cases) => cases.filter(placed).map((row) => feature(row, `case-${row.severity}${row.drill ? "-drill" : ""}`, 1));

/** Rings over the map that breathe while nobody has acknowledged: the two gravest levels, and yellow once. Plain elements moved by
 *  transform, because a paint property that changes with time would redraw the whole map for ever. */
export class Pulses {
  #rings = new Map();

  constructor(map, over) {
    this.map = map;
    this.over = over;
    map.on("move", () => this.place());
    map.on("resize", () => this.place());
  }

  show(alerts) {
    const wanted = alerts
      .filter((a) => placed(a) && waiting(a) && a.severity <= 3 && a.state_known !== false && (!a.hold || a.hold === "none"))
      .sort((a, b) => a.severity - b.severity || (a.raised_at < b.raised_at ? 1 : -1))
      .slice(0, PULSES);
    const keep = new Set(wanted.map((a) => a.id));
    for (const [id, { ring }] of this.#rings) if (!keep.has(id)) this.#drop(id, ring);
    for (const alert of wanted) {
      if (this.#rings.has(alert.id)) continue;
      const ring = el("i", `pulse pulse-${alert.severity}`);
      this.over.append(ring);
      this.#rings.set(alert.id, { ring, at: [alert.lon, alert.lat] });
    }
    this.place();
  }

  #drop(id, ring) {
    ring.remove();
    this.#rings.delete(id);
  }

  place() {
    for (const { ring, at } of this.#rings.values()) {
      const { x, y } = this.map.project(at);
      ring.style.translate = `${x}px ${y}px`;
    }
  }
}

/** The box of a new alert with a line to its place. One at a time, the gravest first; it flashes once and goes. */
export class Callout {
  #queue = [];
  #timer = null;

  constructor(map, over, config, labels) {
    Object.assign(this, { map, over, config, labels });
    this.box = over.appendChild(el("div", "callout"));
    this.line = over.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    this.line.classList.add("leader");
    this.path = this.line.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    this.end = this.line.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "circle"));
    map.on("move", () => this.#draw());
    map.on("resize", () => this.#draw());
  }

  add(alerts) {
    this.#queue.push(...alerts.filter((a) => placed(a) && a.severity <= 4));
    this.#queue.sort((a, b) => a.severity - b.severity || (a.raised_at < b.raised_at ? 1 : -1));
    this.#queue.length = Math.min(this.#queue.length, 6);
    const graver = this.shown && this.#queue[0]?.severity < this.shown.severity;
    if (!this.#timer || graver) this.#next();
  }

  #next() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.shown = this.#queue.shift() ?? null;
    this.over.classList.toggle("has-callout", Boolean(this.shown));
    if (!this.shown) return;
    this.#fill(this.shown);
    this.#draw();
    this.#timer = setTimeout(() => this.#next(), CALLOUT_MS);
  }

  #fill(alert) {
    const { mark, where, value, limit, title, place } = this.labels(alert);
    const head = el("p", "callout-head");
    head.append(el("b", `mark mark-${alert.severity}`, mark), el("strong", "", title), el("time", "", minuteOf(Date.parse(alert.raised_at), this.config.timezone, lang())));
    this.box.replaceChildren(head, el("p", "callout-where", [where, place].filter(Boolean).join(" · ")), el("p", "callout-value", [value, limit].filter(Boolean).join(" · ")));
    this.box.className = `callout callout-${alert.severity}`;
    this.line.setAttribute("class", `leader leader-${alert.severity}`);
    this.box.dataset.id = alert.id;
    this.box.setAttribute("aria-label", t("map.callout"));
    void this.box.offsetWidth; // so that the flash starts anew for every alert
    this.box.classList.add("flash");
  }

  #draw() {
    if (!this.shown) return;
    const { x, y } = this.map.project([this.shown.lon, this.shown.lat]);
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.box;
    const from = [left + width, top + height / 2];
    const knee = Math.min(from[0] + width * 0.14, Math.max(from[0], x));
    this.path.setAttribute("d", `M${from[0]} ${from[1]} L${knee} ${from[1]} L${x} ${y}`);
    this.end.setAttribute("cx", x);
    this.end.setAttribute("cy", y);
  }
}
