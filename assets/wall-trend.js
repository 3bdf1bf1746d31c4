// The trend chart: signals of today against yesterday by the quarter of an hour, as one SVG. Draws what it is given. The hours to come
// are blank and the running quarter stands hollow: what is not over is not compared.

import { el, grouped } from "./dom.js";
import { t } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const DAY_S = 86_400;
const HOURS = [0, 4, 8, 12, 16, 20, 24];
const LINES = 4; // of the grid, at most
const ROOM = { digit: 0.46, left: 0.9, right: 0.7, top: 1.5, bottom: 1.5 }; // rem around the plot; `digit`: of the widest count

/** A round number, 1, 2 or 5 at its head, of which at most LINES reach `most`. Pure. */
export function stepOf(most) {
  const least = Math.max(1, most / LINES);
  const head = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * head).find((step) => step >= least);
}

/**
 * The three curves of a trend as `[share of the day, count]`: yesterday, the quarters of today that are over, the running one; and the
 * `ticks` of the counts. `day`: when the city's day began, `now`: both epoch seconds. Without any signal told there is no curve. Pure.
 */
export function plotOf({ today, yesterday, bucket_s: step }, day, now) {
  const running = Math.floor(now / step) * step;
  // The server lists the quarters in which something happened; in the others of a day it knows nothing did.
  const whole = (told, from, to) => Array.from({ length: Math.max(0, Math.round((to - from) / step)) }, (_, k) => [(k * step) / DAY_S, told.get(from + k * step) ?? 0]);
  const known = today.size > 0 || yesterday.size > 0;
  const before = yesterday.size ? whole(yesterday, day - DAY_S, day) : [];
  const done = known ? whole(today, day, running) : [];
  const open = known ? [(running - day) / DAY_S, today.get(running) ?? 0] : null;
  const most = Math.max(1, ...[...before, ...done, ...(open ? [open] : [])].map(([, n]) => n));
  const by = stepOf(most);
  return { before, done, running: open, ticks: Array.from({ length: Math.ceil(most / by) + 1 }, (_, k) => k * by) };
}

export class Trend {
  #drawn = "";

  constructor({ config, live, panel }) {
    Object.assign(this, { config, live, place: panel("trend").querySelector('[data-slot="trend"]') });
  }

  draw(state) {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!width || !height) return;
    const now = this.live.now() / 1000;
    const plot = plotOf(state.trend, this.#midnight(now, state.trend.bucket_s), now);
    const shape = JSON.stringify([width, height, plot]);
    if (shape === this.#drawn) return;
    this.#drawn = shape;
    const silent = state.sequence >= 0 && !plot.running;
    this.place.replaceChildren(this.#picture(plot, width, height), ...(silent ? [el("p", "trend-none", t(state.of ? "tile.city_only" : "trend.none"))] : []));
  }

  #picture({ before, done, running, ticks }, width, height) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const widest = Math.max(2, grouped(ticks.at(-1)).length);
    const [left, right, top, bottom] = [(ROOM.left + ROOM.digit * widest) * rem, width - ROOM.right * rem, ROOM.top * rem, height - ROOM.bottom * rem];
    const at = ([share, n]) => [left + share * (right - left), bottom - (n / ticks.at(-1)) * (bottom - top)].map((px) => px.toFixed(1));
    const line = (points) => points.map((point, k) => `${k ? "L" : "M"}${at(point)}`).join("");
    const svg = part("svg", "trend-chart", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    for (const n of ticks) {
      const [, y] = at([0, n]);
      svg.append(part("path", "trend-grid", { d: `M${left} ${y}H${right}` }), word(grouped(n), "trend-count", [left - 0.45 * rem, Number(y) + 0.3 * rem]));
    }
    for (const hour of HOURS) svg.append(word(String(hour).padStart(2, "0"), "trend-hour", [at([hour / 24, 0])[0], bottom + 1.15 * rem]));
    if (before.length) svg.append(part("path", "trend-before", { d: line(before) }));
    if (done.length) {
      const [first, last] = [at([done[0][0], 0]), at([done.at(-1)[0], 0])];
      svg.append(part("path", "trend-area", { d: `M${first}${line(done).replace("M", "L")}L${last}Z` }), part("path", "trend-today", { d: line(done) }));
    }
    if (running) {
      const [cx, cy] = at(running);
      svg.append(part("circle", "trend-running", { cx, cy }));
    }
    return svg;
  }

  /** The beginning of the city's day, epoch seconds. */
  #midnight(now, step) {
    this.format ??= new Intl.DateTimeFormat("sv-SE", { timeZone: this.config.timezone, timeStyle: "medium" });
    const running = Math.floor(now / step) * step;
    const [hours, minutes] = this.format.format(running * 1000).split(":").map(Number);
    return running - Math.round((hours * 3600 + minutes * 60) / step) * step;
  }
}

function part(tag, name, given) {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  return made;
}

function word(text, name, [x, y]) {
  const made = part("text", name, { x, y });
  made.textContent = text;
  return made;
}
