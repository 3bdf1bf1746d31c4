// How points look: a plate of their layer's own shape while all is well, its rim dashed where some of a cluster are unknown, grey where nothing
// is known, and the shape and colour of the severity where something is wrong; a drill is violet. Clusters have a dark heart with their number.

import { drawMark } from "./map-marks.js";
import { DRILLS, FLAWED, PARTLY, UNKNOWN, severityOf } from "./map-points-columns.js";
import { lang } from "./text.js";

const RATIO = 2;
const HEART = "#0a1a30";
const GREY = { rim: "#cfd8e4", fill: "#5d6b7e" };
const DRILL = "#a06be8";

/** By layer: the shape of its plate, its colour, whether alerts concern it, the size of one point in rem, how far its text stands aside, em. */
export const PLATES = {
  devices: { shape: hexagon, colour: "#5fd4c4", alerts: true, one: 0.7 },
  cameras: { shape: camera, colour: "#cfe0ff", alerts: true, one: 1.25, offset: [-0.3, 0] },
  components: { shape: square, colour: "#a9bccf", alerts: false, one: 0.55 },
  resources: { shape: house, colour: "#37c8ff", alerts: false, one: 1.5 },
};
const SIGNS = { team: ["队", "T"], equipment: ["装", "E"], material: ["物", "M"], shelter: ["避", "S"], hospital: ["医", "H"], hazard: ["危", "!"] };

function ring(c, corners) {
  corners.forEach(([x, y], at) => c[at ? "lineTo" : "moveTo"](x, y));
  c.closePath();
}

function hexagon(c, r) {
  ring(c, [0, 1, 2, 3, 4, 5].map((at) => [Math.cos((at * Math.PI) / 3) * r, Math.sin((at * Math.PI) / 3) * r]));
}

function square(c, r) {
  c.roundRect(-r * 0.8, -r * 0.8, r * 1.6, r * 1.6, r * 0.12);
}

function house(c, r) {
  ring(c, [[0, -r], [r, -r * 0.3], [r * 0.8, r * 0.85], [-r * 0.8, r * 0.85], [-r, -r * 0.3]]);
}

/** A box with its lens to the right: what every map calls a camera. */
function camera(c, r) {
  c.roundRect(-r, -r * 0.66, r * 1.45, r * 1.32, r * 0.2);
  ring(c, [[r * 0.5, -r * 0.2], [r, -r * 0.55], [r, r * 0.55], [r * 0.5, r * 0.2]]);
}

/** A plate as pixels. `many`: with a heart dark enough for white figures. */
function plate({ shape, colour }, size, { many, rank, drill }) {
  const canvas = new OffscreenCanvas(size, size);
  const c = canvas.getContext("2d");
  c.translate(size / 2, size / 2);
  const unknown = rank === UNKNOWN;
  c.beginPath();
  shape(c, size * (many ? 0.44 : 0.4));
  c.fillStyle = drill ? DRILL : unknown ? GREY.fill : many ? HEART : colour;
  c.globalAlpha = many ? 0.88 : 1;
  c.fill();
  c.globalAlpha = 1;
  c.lineWidth = Math.max(1.5, size * (many ? 0.05 : 0.1));
  c.strokeStyle = drill ? "#ffffff" : unknown ? GREY.rim : many ? colour : HEART;
  if (unknown || rank === PARTLY) c.setLineDash([size * 0.1, size * 0.07]);
  c.stroke();
  if (rank === FLAWED && !drill) strike(c, size);
  return c.getImageData(0, 0, size, size);
}

/** What a census found wrong is struck through: no severity, and no colour of one. */
function strike(c, size) {
  c.setLineDash([]);
  c.beginPath();
  ring(c, [[-size * 0.34, size * 0.34], [size * 0.34, -size * 0.34]]);
  c.strokeStyle = "#ffffff";
  c.lineWidth = size * 0.11;
  c.stroke();
}

/** Puts the icons of a layer into the map: `devices-one-0` … `devices-many-6`, `devices-one-drill`, `devices-many-drill`. */
export function addPointIcons(map, marks, layer, rem) {
  const own = PLATES[layer];
  const add = (name, data) => {
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, data, { pixelRatio: RATIO });
  };
  for (const many of [false, true]) {
    const size = Math.round((many ? 2.3 : own.one) * rem * RATIO);
    const word = many ? "many" : "one";
    for (let rank = 0; rank <= PARTLY; rank += 1) {
      const severity = rank === PARTLY ? null : severityOf(rank);
      const grave = own.alerts && severity !== null;
      const mark = grave && marks[severity];
      const data = mark ? drawMark({ ...mark, character: many ? "" : mark.character }, mark.shape, Math.round((many ? 2.6 : 1.5) * rem * RATIO), { hollow: many }) : plate(own, size, { many, rank });
      add(`${layer}-${word}-${rank}`, data);
    }
    add(`${layer}-${word}-drill`, plate(own, size, { many, rank: 0, drill: true }));
  }
}

/** The icon of a feature, as an expression of the style. */
export const iconOf = (layer) => ["concat", `${layer}-`, ["case", [">", ["get", "n"], 1], "many-", "one-"], ["case", ["==", ["get", "d"], DRILLS], "drill", ["to-string", ["get", "s"]]]];

/** The text of a feature: the number of a cluster, the character of a resource. `kinds`: what the numbers of `k` mean. */
export function signOf(layer, kinds) {
  const many = ["case", [">=", ["get", "n"], 1000], ["concat", ["to-string", ["/", ["round", ["/", ["get", "n"], 100]], 10]], "k"], ["to-string", ["get", "n"]]];
  const known = layer === "resources" ? kinds.flatMap((kind, at) => (SIGNS[kind] ? [at, SIGNS[kind][lang() === "en" ? 1 : 0]] : [])) : [];
  return ["case", [">", ["get", "n"], 1], many, known.length ? ["match", ["get", "k"], ...known, ""] : ""];
}
