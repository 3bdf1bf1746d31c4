// Planned works and events on the map: what is under way solid, what begins within a week dashed, each on its own ground. Context, no alarm:
// nothing here rings or is graver than anything. Words and spans come from the ledger.

import { stampOf } from "./clock.js";
import { Asked, Brought } from "./map-asked.js";
import { feature } from "./map-base.js";
import { hatchOf } from "./map-hatch.js";
import { circle } from "./geodesy.js";
import { lang, label, loadText, t } from "./text.js";

const NAME = "works";
const COLOUR = "#ff9d4d";
const BELOW = "streets-border";
const POINTS_BELOW = "cases";
const AHEAD_MS = 7 * 86_400_000;
const PACE_S = 120;
const MOST = 1_000;
const QUIET = 4; // the pattern of the least grave
const BOLD = ["Noto Sans CJK SC Bold", "Source Han Sans SC Bold", "PingFang SC", "Microsoft YaHei", "sans-serif"];

export async function open(given) {
  await Promise.all(["moving", "works"].map((name) => loadText(lang(), name)));
  return new Works(given);
}

/** Its ground: a point with a radius is a circle. Pure. */
export function groundOf({ geometry, properties }) {
  return geometry.type === "Point" && properties.radius_m > 0 ? circle(geometry.coordinates, properties.radius_m) : null;
}

/** Its facts at a moment: of now the ledger tells the state, of then its span does, and whether the hours were kept nobody knows. Pure. */
export function factsAt(row, moment) {
  const state = moment < Date.parse(row.starts_at) ? "planned" : moment < Date.parse(row.ends_at) ? "under_way" : "over";
  return { ...row, state, at_work: null };
}

class Works {
  #rows = new Map();

  constructor({ name, district, map, rem, tell, ask }) {
    Object.assign(this, { name, district, map, rem, tell, brought: new Brought(map), replayed: "asOf" in district.live });
    this.ids = [`${NAME}-points`, `${NAME}-line`, `${NAME}-planned`];
    this.#build();
    this.asked = new Asked({ district, ask, pace_s: PACE_S, spans: true, path: (now) => this.#path(now), take: (told) => this.#take(told), fail: () => this.#rows.size || tell({ failed: true }) });
  }

  #path(now) {
    const from = new Date(now);
    const to = new Date(now + (this.replayed ? 1 : AHEAD_MS));
    const words = { format: "geojson", limit: MOST, state: this.replayed ? "planned,under_way,over" : "planned,under_way", from: from.toISOString(), to: to.toISOString() };
    return `/works?${new URLSearchParams(words)}`;
  }

  #build() {
    const { brought, map, rem } = this;
    brought.source(NAME);
    brought.source(`${NAME}-at`);
    const planned = ["==", ["get", "state"], "planned"];
    const line = { "line-color": COLOUR, "line-width": 2.2 * rem };
    const cap = { "line-join": "round", "line-cap": "butt" };
    brought.layer({ id: `${NAME}-fill`, type: "fill", source: NAME, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-pattern": hatchOf(map, QUIET, COLOUR, rem), "fill-opacity": 0.5 } }, BELOW);
    brought.layer({ id: `${NAME}-line`, type: "line", source: NAME, filter: ["!", planned], layout: cap, paint: line }, BELOW);
    brought.layer({ id: `${NAME}-planned`, type: "line", source: NAME, filter: planned, layout: cap, paint: { ...line, "line-dasharray": [2, 1.6] } }, BELOW);
    const image = `${NAME}-sign`;
    if (!map.hasImage(image)) map.addImage(image, drawSign(rem), { pixelRatio: 2 });
    const text = { "text-field": ["step", ["zoom"], "", 14, ["get", "title"]], "text-font": BOLD, "text-size": 12 * rem, "text-anchor": "top", "text-offset": [0, 1], "text-optional": true, "icon-image": image, "icon-allow-overlap": true };
    brought.layer({ id: `${NAME}-points`, type: "symbol", source: `${NAME}-at`, layout: text, paint: { "text-color": COLOUR, "text-halo-color": "rgba(3,11,24,0.95)", "text-halo-width": 1.8 * rem, "icon-opacity": ["case", planned, 0.6, 1] } }, POINTS_BELOW);
  }

  #take({ features: rows }) {
    const features = this.replayed ? rows.map((one) => ({ ...one, properties: factsAt(one.properties, this.district.live.now()) })) : rows;
    this.#rows = new Map(features.map((one) => [String(one.id), one.properties]));
    const told = (one) => ({ code: String(one.id), title: one.properties.title, state: one.properties.state });
    const grounds = features.map((one) => [groundOf(one), one]).map(([ring, one]) => (ring ? feature({ type: "Polygon", coordinates: [ring] }, told(one)) : feature(one.geometry, told(one))));
    this.brought.data(NAME, grounds);
    this.brought.data(`${NAME}-at`, features.map((one) => feature({ type: "Point", coordinates: middleOf(one.geometry) }, told(one))));
    const ahead = features.filter((one) => one.properties.state === "planned").length;
    this.tell({ count: features.length - ahead, note: ahead ? t("moving.works_ahead", { n: ahead }) : "" });
  }

  pick({ properties }) {
    return { select: properties.code };
  }

  async card(code) {
    await this.asked.first;
    const row = this.#rows.get(code);
    if (!row) return { title: t("layer.works"), said: [t("moving.works_over")] };
    const zone = this.district.config.timezone;
    const stamp = (iso) => stampOf(Date.parse(iso), zone, lang());
    const state = row.state === "under_way" && row.at_work !== null ? t(row.at_work ? "works.at_work" : "works.off_hours") : t(`works.state.${row.state}`);
    const lines = [
      [t("moving.works_state"), state],
      [t("moving.works_span"), `${stamp(row.starts_at)} – ${stamp(row.ends_at)}`, row.hours ? t("works.hours", { hours: row.hours }) : ""],
      ...(row.operator ? [[t("moving.works_operator"), row.operator]] : []),
    ];
    const kind = this.district.config.work_kinds?.[row.kind];
    return { title: row.title, kind: kind ? label(kind) : row.kind, lines, said: [row.note, row.simulated ? t("layer.sim") : ""].filter(Boolean) };
  }

  area() {
    this.asked.now();
  }

  tick(now) {
    this.asked.tick(now);
  }

  close() {
    this.asked.close();
    this.brought.close();
  }
}

/** Where its sign stands: the point itself, the middle of a line, the mean of a surface's corners. */
function middleOf({ type, coordinates }) {
  if (type === "Point") return coordinates;
  const points = type === "LineString" ? coordinates : coordinates.flat(type === "Polygon" || type === "MultiLineString" ? 1 : 2);
  if (type === "LineString") return points[Math.floor(points.length / 2)];
  return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
}

/** A cone's sign: a square on its corner with bars, like the boards at a building site. */
function drawSign(rem) {
  const side = Math.round(20 * rem * 2);
  const c = new OffscreenCanvas(side, side).getContext("2d");
  c.scale(side / 20, side / 20);
  c.beginPath();
  c.roundRect(2, 4.5, 16, 11, 2);
  c.fillStyle = COLOUR;
  c.fill();
  c.save();
  c.clip();
  c.strokeStyle = "#1b1206";
  c.lineWidth = 2.6;
  for (let x = -8; x < 22; x += 6.5) {
    c.beginPath();
    c.moveTo(x, 16);
    c.lineTo(x + 8, 4);
    c.stroke();
  }
  c.restore();
  c.lineWidth = 1.3;
  c.strokeStyle = "#ffffff";
  c.stroke();
  return c.getImageData(0, 0, side, side);
}
