// Weather warnings on the map until they end: outline in the level's colour, a pattern that says the level without it, and its words at the
// northern end of its ground. One that is for the whole district has no pattern, and its words along the border: everything is meant.
// Sources and layers come with the first warning: on most days there is none, and empty ones cost the map's first picture several frames.

import { minuteOf, stampOf } from "./clock.js";
import { Asked, Brought } from "./map-asked.js";
import { feature, outerRings } from "./map-base.js";
import { hatchOf } from "./map-hatch.js";
import { lang, loadText, t, titled } from "./text.js";

const GROUND_BELOW = "streets-border"; // borders and names stay legible
const LINES_BELOW = "silences"; // above the border, which may be the same line
const NAME = "warnings";
const PACE_S = 60;
const DRILL = "#a06be8";
const GREY = "#9fb0c4"; // of a level nobody told
const THEMES = { night: { ink: "#ffffff", halo: "rgba(3,11,24,0.95)", edge: "rgba(3,11,24,0.8)" }, day: { ink: "#0b1c33", halo: "rgba(255,255,255,0.95)", edge: "rgba(255,255,255,0.85)" } };
const BOLD = ["Noto Sans CJK SC Bold", "Source Han Sans SC Bold", "PingFang SC", "Microsoft YaHei", "sans-serif"];

export async function open(given) {
  await loadText(lang(), "moving");
  return new Warnings(given);
}

/** The point of a ground its words stand at: the northernmost. Pure. */
export function topOf(geometry) {
  return outerRings(geometry).flat().reduce((best, point) => (point[1] > best[1] ? point : best));
}

/** Those that hold at `now`, ms: an end that has passed takes a warning away, whatever the server told last. Pure. */
export const inForce = (rows, now) => rows.filter((row) => !(Date.parse(row.ends_at) <= now));

/** One entry for each ground, with its warnings, the gravest first. Pure. */
export function byGround(rows, areas) {
  const grounds = new Map();
  for (const row of rows) {
    const geometry = row.geometry ?? areas[row.area];
    const key = row.geometry ? `warning ${row.id}` : row.area;
    if (!geometry) continue; // an area we have no outline of: the list tells it
    if (!grounds.has(key)) grounds.set(key, { key, geometry, told: Boolean(row.geometry), rows: [] });
    grounds.get(key).rows.push(row);
  }
  return [...grounds.values()];
}

class Warnings {
  #told = null;
  #drawn = "";

  constructor({ name, district, map, rem, tell, ask }) {
    Object.assign(this, { name, district, map, rem, tell });
    this.ids = [`${NAME}-text`, `${NAME}-along`, `${NAME}-line`]; // not the ground: what lies in it wants to be clicked too
    this.brought = new Brought(map);
    this.asked = new Asked({ district, ask, pace_s: PACE_S, path: () => "/map/warnings", take: (told) => this.#take(told), fail: () => this.#told || tell({ failed: true }) });
  }

  #build() {
    const { brought, rem } = this;
    for (const part of ["ground", "words", "edges"]) brought.source(`${NAME}-${part}`);
    const line = { "line-color": ["get", "colour"], "line-width": ["*", rem, ["get", "width"]], "line-opacity": 0.95 };
    brought.layer({ id: `${NAME}-fill`, type: "fill", source: `${NAME}-ground`, filter: ["has", "hatch"], paint: { "fill-pattern": ["get", "hatch"], "fill-opacity": 0.55 } }, GROUND_BELOW);
    brought.layer({ id: `${NAME}-case`, type: "line", source: `${NAME}-ground`, paint: { "line-width": ["*", rem, ["+", 2.5, ["get", "width"]]] } }, LINES_BELOW);
    brought.layer({ id: `${NAME}-line`, type: "line", source: `${NAME}-ground`, layout: { "line-join": "round" }, paint: line }, LINES_BELOW);
    const words = { "text-field": ["get", "words"], "text-font": BOLD, "text-size": 14 * rem };
    const paint = { "text-halo-width": 2.2 * rem };
    const along = { "symbol-placement": "line", "symbol-spacing": 460 * rem, "text-offset": [0, 1.1], "text-max-angle": 35 };
    brought.layer({ id: `${NAME}-along`, type: "symbol", source: `${NAME}-edges`, layout: { ...words, ...along }, paint });
    const above = { "text-anchor": "bottom", "text-offset": [0, -0.35], "text-max-width": 30, "text-allow-overlap": true };
    brought.layer({ id: `${NAME}-text`, type: "symbol", source: `${NAME}-words`, layout: { ...words, ...above }, paint });
  }

  #take(told) {
    this.#told = told;
    this.#draw();
  }

  #draw() {
    if (!this.#told) return;
    const rows = inForce(this.#told.warnings, this.district.live.now());
    const real = rows.filter((row) => !row.drill);
    const key = JSON.stringify([rows.map((row) => [row.id, row.severity, row.ends_at, row.title]), document.documentElement.dataset.theme]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (rows.length) this.#wear();
    const grounds = byGround(rows, this.#told.areas);
    const [whole, parts] = [grounds.filter((one) => this.#isWhole(one)), grounds.filter((one) => !this.#isWhole(one))];
    this.rows = new Map(rows.map((row) => [String(row.id), row]));
    this.brought.data(`${NAME}-ground`, grounds.flatMap((one) => this.#outlines(one)));
    this.brought.data(`${NAME}-words`, parts.map((one) => feature({ type: "Point", coordinates: topOf(one.geometry) }, this.#words(one, "\n"))));
    this.brought.data(`${NAME}-edges`, whole.map((one) => feature({ type: "MultiLineString", coordinates: outerRings(one.geometry) }, this.#words(one, "   "))));
    this.tell({ count: real.length, unknown: real.filter((row) => !row.severity).length, worst: Math.min(...real.map((row) => row.severity ?? 5)), drills: rows.length - real.length });
  }

  #colour(row) {
    return row.drill ? DRILL : this.district.config.marks[row.severity]?.colour ?? GREY;
  }

  /** The gravest lies on top; each of several is drawn a little wider than the one above it, so that all are seen. */
  #outlines({ geometry, told, rows, key }) {
    const whole = this.#isWhole({ told, key });
    return rows.map((row, place) => {
      const colour = this.#colour(row);
      const hatch = whole || place ? {} : { hatch: hatchOf(this.map, row.severity ?? 5, colour, this.rem) };
      return feature(geometry, { id: row.id, colour, width: 3 + 3 * place, ...hatch });
    }).reverse();
  }

  #isWhole({ told, key }) {
    return !told && this.district.areas?.some(({ properties }) => properties.code === key && properties.level === "district");
  }

  /** By day dark words on a light rim. */
  #wear() {
    if (!this.map.getSource(`${NAME}-ground`)) this.#build();
    const { ink, halo, edge } = THEMES[document.documentElement.dataset.theme === "light" ? "day" : "night"];
    this.map.setPaintProperty(`${NAME}-case`, "line-color", edge);
    for (const id of [`${NAME}-text`, `${NAME}-along`]) {
      this.map.setPaintProperty(id, "text-color", ink);
      this.map.setPaintProperty(id, "text-halo-color", halo);
    }
  }

  #words({ rows }, between) {
    const words = rows.map((row) => {
      const until = row.ends_at ? t("moving.until", { time: this.#time(row.ends_at) }) : "";
      const mark = this.district.config.marks[row.severity]?.character ?? "?";
      return `${mark} ${titled(row)} ${until}`.trim();
    });
    return { id: rows[0].id, words: words.join(between) };
  }

  #time(iso) {
    return minuteOf(Date.parse(iso), this.district.config.timezone, lang());
  }

  pick({ properties }) {
    return { select: String(properties.id) };
  }

  async card(code) {
    await this.asked.first;
    const row = this.rows?.get(code);
    if (!row) return { title: t("layer.warnings"), said: [t("moving.warning_over")] };
    const stamp = (iso) => (iso ? stampOf(Date.parse(iso), this.district.config.timezone, lang()) : null);
    const lines = [
      [t("moving.level"), row.severity ? t(`severity.${row.severity}`) : null],
      [t("moving.type"), row.type ?? null],
      [t("moving.issued"), stamp(row.observed_at), row.issuer ?? row.source],
      [t("moving.ends"), stamp(row.ends_at) ?? t("moving.open_end")],
      [t("moving.ground"), row.ground === "told" ? t("moving.ground_told") : this.district.streetNames.get(row.area) ?? row.address ?? row.area],
    ];
    return { title: row.title, drill: row.drill, lines, said: [row.text, row.simulated ? t("layer.sim") : ""].filter(Boolean) };
  }

  /** A report of the weather came, changed or ended: what the map shows is asked for again. */
  state(state, changes) {
    if (changes?.reports.some(({ row }) => row.channel === "weather")) this.asked.now();
  }

  area() {
    this.asked.now();
  }

  tick(now) {
    this.asked.tick(now);
    this.#draw();
  }

  close() {
    this.asked.close();
    this.brought.close();
  }
}
