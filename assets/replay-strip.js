// The strip of time: how much came when, what was grave, what is recorded and where the recording has holes. Draws on a canvas what it
// is given; moves nothing and asks nothing.

import { timeOf } from "./clock.js";
import { setText } from "./dom.js";
import { lang, t } from "./text.js";

const NEAR_PX = 6;
const MARK = { incident: 1, alert: 0.72 };

export class Strip {
  #given = null;

  constructor(canvas, tip, config) {
    Object.assign(this, { canvas, tip, config, pen: canvas.getContext("2d") });
  }

  draw(given) {
    this.#given = given;
    const { canvas, pen } = this;
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const css = getComputedStyle(canvas);
    const ink = (name) => css.getPropertyValue(name).trim();
    const x = (ms) => ((ms - given.from) / (given.to - given.from)) * width;
    this.#recorded(given, x, width, height, ink);
    this.#density(given, x, height, ink);
    this.#marks(given, x, height, ink);
    this.#head(x(given.at), height, ink);
  }

  /** Only the head moves. */
  move(at) {
    if (this.#given) this.draw({ ...this.#given, at });
  }

  #recorded({ spans, still }, x, width, height, ink) {
    const { pen } = this;
    pen.fillStyle = this.#hatch(ink("--unknown"));
    pen.fillRect(0, 0, width, height);
    for (const [since, until] of spans) {
      const [left, right] = [Math.max(0, x(since)), Math.min(width, x(until))];
      if (right <= left) continue;
      pen.clearRect(left, 0, right - left, height);
      pen.fillStyle = ink("--accent-soft");
      pen.fillRect(left, height - 4, right - left, 4);
    }
    pen.fillStyle = ink("--strain");
    for (const [since, until] of still) pen.fillRect(x(since), height - 4, Math.max(1, x(until) - x(since)), 4);
  }

  #hatch(colour) {
    const tile = document.createElement("canvas");
    Object.assign(tile, { width: 8, height: 8 });
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.globalAlpha = 0.5;
    for (const shift of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
      pen.stroke();
    }
    return this.pen.createPattern(tile, "repeat");
  }

  #density({ density }, x, height, ink) {
    const { pen } = this;
    const most = Math.max(1, ...(density?.density ?? []).map(([, n]) => n));
    for (const [second, n, worst] of density?.density ?? []) {
      const left = x(second * 1000);
      const wide = Math.max(1, x((second + density.bucket_s) * 1000) - left - 1);
      const high = Math.max(2, (n / most) * (height - 18));
      pen.fillStyle = ink(`--severity-${worst ?? 4}`);
      pen.globalAlpha = 0.55;
      pen.fillRect(left, height - 4 - high, wide, high);
      pen.globalAlpha = 1;
    }
  }

  /** Incidents are diamonds that open and rings that close, alerts triangles: shape says what colour says. */
  #marks({ moments }, x, height, ink) {
    const { pen } = this;
    for (const row of moments) {
      const [at, size] = [x(Date.parse(row.at)), 6 * (MARK[row.kind] ?? 0.7)];
      pen.fillStyle = pen.strokeStyle = ink(`--severity-${row.severity ?? 4}`);
      pen.lineWidth = 1.5;
      pen.beginPath();
      if (row.kind === "incident") for (const [dx, dy] of [[0, -size], [size, 0], [0, size], [-size, 0]]) pen.lineTo(at + dx, 8 + dy);
      else for (const [dx, dy] of [[0, -size], [size, size], [-size, size]]) pen.lineTo(at + dx, 8 + dy);
      pen.closePath();
      if (row.act === "closed" || row.drill) pen.stroke();
      else pen.fill();
    }
  }

  #head(at, height, ink) {
    const { pen } = this;
    pen.fillStyle = ink("--text");
    pen.fillRect(at - 1, 0, 2, height);
  }

  /** Tells what lies under the pointer; null: nothing does. */
  point(px) {
    const given = this.#given;
    if (px === null || !given) return setText(this.tip, "");
    const width = this.canvas.clientWidth;
    const at = given.from + (px / width) * (given.to - given.from);
    const near = (NEAR_PX / width) * (given.to - given.from);
    const rows = given.moments.filter((row) => Math.abs(Date.parse(row.at) - at) < near);
    const words = rows.slice(0, 3).map((row) => `${timeOf(Date.parse(row.at), this.config.timezone, lang())} ${t(`replay.${row.kind}.${row.act}`)} · ${row.drill ? t("replay.drill", { title: row.title }) : row.title}`);
    setText(this.tip, words.length ? words.join("　") : timeOf(at, this.config.timezone, lang()));
    this.tip.style.left = `${(100 * px) / width}%`;
    this.tip.classList.toggle("right", px > width * 0.6);
    return undefined;
  }
}
