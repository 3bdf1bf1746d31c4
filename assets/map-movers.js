// What moves: vehicles that tell their place, people on patrol, each with the way of the last minutes and its age. What was not heard for long
// is grey and dashed; what was not heard at all any more is counted, not drawn. Who may not see where people are is told so by the server.

import { ageText, timeOf } from "./clock.js";
import { Asked, Brought } from "./map-asked.js";
import { feature } from "./map-base.js";
import { lang, loadText, t } from "./text.js";
import { view } from "./view.js";

const KINDS = {
  trucks: { of: "vehicles", key: "device", colour: "#37c8ff", fresh: "fresh_s", zh: "车", en: "V" },
  workers: { of: "people", key: "id", colour: "#3ddc97", fresh: "fresh_people_s", zh: "巡", en: "P" },
};
const DRILL = "#a06be8";
const GREY = "#8b9bb0";
const BELOW = "cases"; // what happens lies above what moves
const PACE_S = 10;
const RATIO = 2;
const DISC = 22; // px at 16 px per rem

export async function open(given) {
  await loadText(lang(), "moving");
  return new Movers(given);
}

/** Whether a place is too old to be called one of now. Pure. */
export const isStale = (row, now, fresh_s) => now - Date.parse(row.at) > fresh_s * 1000;

class Movers {
  #told = null;

  constructor({ name, district, map, rem, tell, ask }) {
    Object.assign(this, { name, district, map, rem, tell, kind: KINDS[name], brought: new Brought(map) });
    this.ids = [`${name}-disc`];
    this.#build();
    this.asked = new Asked({ district, ask, pace_s: PACE_S, path: () => "/map/movers", take: (told) => this.#take(told), fail: () => this.#lack() });
  }

  #build() {
    const { name, brought, map, rem, kind } = this;
    const sign = kind[lang()] ?? kind.zh;
    for (const [state, colour, text] of [["fresh", kind.colour, sign], ["stale", GREY, sign], ["drill", DRILL, lang() === "en" ? "D" : "演"]]) {
      for (const [part, picture] of [["disc", drawDisc(colour, text, rem, state === "stale")], ["way", drawWay(colour, rem)]]) {
        if (!map.hasImage(`${name}-${part}-${state}`)) map.addImage(`${name}-${part}-${state}`, picture, { pixelRatio: RATIO });
      }
    }
    for (const part of ["trails", "places"]) brought.source(`${name}-${part}`);
    const line = { "line-color": ["get", "colour"], "line-width": 2.6 * rem, "line-opacity": 0.75 };
    brought.layer({ id: `${name}-trail`, type: "line", source: `${name}-trails`, layout: { "line-join": "round", "line-cap": "round" }, paint: line }, BELOW);
    const lies = { "icon-allow-overlap": true, "icon-ignore-placement": true };
    const turned = { "icon-image": ["concat", `${name}-way-`, ["get", "state"]], "icon-rotate": ["get", "course"], "icon-rotation-alignment": "map" };
    brought.layer({ id: `${name}-way`, type: "symbol", source: `${name}-places`, filter: ["has", "course"], layout: { ...turned, ...lies } }, BELOW);
    brought.layer({ id: `${name}-disc`, type: "symbol", source: `${name}-places`, layout: { "icon-image": ["concat", `${name}-disc-`, ["get", "state"]], ...lies } }, BELOW);
  }

  #take(told) {
    this.#told = told;
    this.#draw(this.district.live.now());
  }

  /** What stands grows old by itself; without anything it says that nothing comes. */
  #lack() {
    if (!this.#told) this.tell({ failed: true });
  }

  #draw(now) {
    const { name, kind } = this;
    const found = this.#told?.[kind.of];
    if (!found) return this.#told && this.tell({ count: null, note: t("moving.people_not_yours") });
    const fresh = this.#told[kind.fresh];
    const rows = found.rows.map((row) => ({ ...row, state: row.drill ? "drill" : isStale(row, now, fresh) ? "stale" : "fresh" }));
    const colours = { fresh: kind.colour, stale: GREY, drill: DRILL };
    const trails = rows.map((row) => feature({ type: "MultiLineString", coordinates: row.trail }, { colour: colours[row.state] }));
    const places = rows.map((row) => {
      const course = Number.isFinite(row.course) && row.state !== "stale" ? { course: row.course } : {};
      return feature({ type: "Point", coordinates: [row.lon, row.lat] }, { code: String(row[kind.key]), state: row.state, ...course });
    });
    this.brought.data(`${name}-trails`, trails);
    this.brought.data(`${name}-places`, places);
    const real = rows.filter((row) => !row.drill);
    const gone = found.gone ? t("moving.gone", { n: found.gone, m: Math.round(this.#told.kept_s / 60) }) : "";
    this.tell({ count: real.length, unknown: real.filter(({ state }) => state === "stale").length, drills: rows.length - real.length, note: gone });
  }

  pick({ properties }) {
    return { select: properties.code };
  }

  async card(code) {
    await this.asked.first;
    const { kind, district } = this;
    const row = this.#told?.[kind.of]?.rows.find((one) => String(one[kind.key]) === code);
    if (!row) return { title: t(`layer.${this.name}`), said: [t("moving.not_seen")] };
    const now = district.live.now();
    const stale = isStale(row, now, this.#told[kind.fresh]);
    const age = ageText((now - Date.parse(row.at)) / 1000, t);
    const time = timeOf(Date.parse(row.at), district.config.timezone, lang());
    const lines = [
      [t("moving.seen"), time, age],
      ...(kind.of === "vehicles" ? [[t("moving.speed"), stale || row.speed === null ? null : `${Math.round(row.speed)} km/h`]] : [[t("moving.patrol"), row.title]]),
      [t("moving.course"), stale || row.course === null ? null : t(`moving.wind.${Math.round(row.course / 45) % 8}`)],
      [t("moving.area"), district.streetNames.get(row.area) ?? row.area],
    ];
    const around = [t("layer.way.here"), () => view.set({ around: `${row.lon.toFixed(6)},${row.lat.toFixed(6)},500` })];
    const said = [stale ? t("moving.stale") : "", row.simulated ? t("layer.sim") : ""].filter(Boolean);
    return { title: row.name, kind: row.kind ?? "", drill: row.drill, lines, said, ways: [around] };
  }

  area() {
    this.asked.now();
  }

  tick(now) {
    this.asked.tick(now);
    this.#draw(now);
  }

  close() {
    this.asked.close();
    this.brought.close();
  }
}

function canvasOf(side, rem) {
  const px = Math.round(side * rem * RATIO);
  const c = new OffscreenCanvas(px, px).getContext("2d");
  c.scale(px / side, px / side);
  c.translate(side / 2, side / 2);
  return [c, px];
}

function drawDisc(colour, text, rem, dashed) {
  const [c, px] = canvasOf(DISC, rem);
  c.beginPath();
  c.arc(0, 0, DISC / 2 - 2.5, 0, 7);
  c.fillStyle = colour;
  c.fill();
  c.lineWidth = 1.6;
  c.strokeStyle = "#ffffff";
  if (dashed) c.setLineDash([3, 2.4]);
  c.stroke();
  c.fillStyle = colour === DRILL ? "#ffffff" : "#04101f";
  c.font = '700 11px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(text, 0, 0.6);
  return c.getImageData(0, 0, px, px);
}

/** A wedge that points north, beneath the disc: the map turns it. */
function drawWay(colour, rem) {
  const side = DISC * 2;
  const [c, px] = canvasOf(side, rem);
  c.beginPath();
  c.moveTo(0, -DISC * 0.86);
  c.lineTo(6.5, -DISC * 0.38);
  c.lineTo(-6.5, -DISC * 0.38);
  c.closePath();
  c.fillStyle = colour;
  c.strokeStyle = "#ffffff";
  c.lineWidth = 1.2;
  c.fill();
  c.stroke();
  return c.getImageData(0, 0, px, px);
}
