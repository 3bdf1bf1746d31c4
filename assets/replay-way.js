// Where a reader stands in the recording: the moment, the strip of time around it and the speed, all three in the address, so that a link shows
// what its sender saw and Back leads to what was before. Each rest of the hand is one step back; who goes back is never played on. Knows no DOM.

import { Topics } from "./topics.js";

const FOLLOW_MS = 2_000; // how often the address follows the play
const REST_MS = 1_000; // a hand that did nothing for so long has come to rest
const ROUNDED_MS = 1_500; // the address tells seconds
const USUAL = "1h";
const WORDS = ["at", "to", "window", "speed"];

const second = (ms) => Math.ceil(ms / 1000) * 1000;
const worded = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** The span of a strip `length` ms long: the one that ends at `to` where the moment lies in it, else most of it before the moment; not far beyond
 *  the edge of what is recorded. Pure. */
export function stripOf(length, at, edge, to = NaN) {
  const until = at >= to - length && at <= to ? to : second(Math.max(Math.min(at + length * 0.7, edge + length * 0.02), at + 1000));
  return { from: until - length, to: until };
}

export class Way {
  #topics = new Topics();
  #moved = -Infinity; // when the hand last did
  #steps = false; // what is written next is a step of its own
  #written = -Infinity;
  name = USUAL;
  from = undefined;
  to = undefined;

  /** `view` is the address, `page` who says popstate; `windows` their seconds by name; `steady()` the reader's clock, ms. */
  constructor({ view, page, recorded, windows, speeds, steady = () => performance.now() }) {
    Object.assign(this, { view, recorded, windows, speeds, steady });
    recorded.on("moved", () => this.#follow());
    view.on("*", (names) => names.some((name) => WORDS.includes(name)) && this.#obey());
    page.addEventListener("popstate", () => this.#rest(), true); // before the moment of then is shown
  }

  /** Topics: `strip` (it shows another span), `written` (moment, strip or speed became others). */
  on(topic, take) {
    return this.#topics.on(topic, take);
  }

  /** Begins at a moment, with the speed and the strip of the address; `name`: the window where it says none. */
  open(at, name = USUAL) {
    this.recorded.pace(this.#speed());
    this.#lay(this.view.get("window") || name, at, Date.parse(this.view.get("to")));
  }

  /** To a moment, as nobody's act: what is written takes the place of what was. */
  seek(at) {
    const coming = this.recorded.seek(Math.min(at, this.recorded.edge ?? at));
    this.write();
    return coming;
  }

  /** The hand moves: what was shown when it began can be gone back to. */
  hand() {
    const now = this.steady();
    if (now - this.#moved > REST_MS) {
      this.write();
      this.#steps = true;
    }
    this.#moved = now;
  }

  /** To a moment, by hand. */
  go(at) {
    this.hand();
    return this.seek(at);
  }

  /** Another length of the strip, by hand; the moment stays in it. */
  window(name) {
    this.hand();
    this.#lay(name, this.recorded.at);
    this.write();
  }

  /** Another speed, by hand. */
  pace(speed) {
    this.hand();
    this.recorded.pace(speed);
    this.write();
  }

  /** The address says what is shown. */
  write() {
    const { recorded, view } = this;
    if (!recorded.at || this.to === undefined) return;
    const step = this.#steps;
    this.#steps = false;
    this.#written = this.steady();
    const words = { window: this.name === USUAL ? null : this.name, speed: recorded.speed === 1 ? null : recorded.speed };
    view.set({ at: worded(recorded.at), to: worded(this.to), ...words }, { step });
    this.#topics.tell("written");
  }

  #lay(name, at, to) {
    this.name = this.windows[name] ? name : USUAL;
    Object.assign(this, stripOf(this.windows[this.name] * 1000, at, this.recorded.edge ?? at, to));
    this.#topics.tell("strip");
  }

  /** The moment moved: the strip goes along, the address now and then. */
  #follow() {
    if (this.to === undefined) return;
    const { at } = this.recorded;
    const out = at < this.from || at > this.to;
    if (out) this.#lay(this.name, at);
    if (out || this.steady() - this.#written >= FOLLOW_MS) this.write();
  }

  /** The address says something else than is shown: somebody went back, or a scene was sent. */
  #obey() {
    if (this.to === undefined) return;
    const { view, recorded } = this;
    const said = view.moment() ?? recorded.at;
    const away = Math.abs(said - recorded.at) > ROUNDED_MS;
    const [speed, name, to] = [this.#speed(), view.get("window", USUAL), Date.parse(view.get("to"))];
    const other = name !== this.name || to !== this.to;
    if (!away && !other && speed === recorded.speed) return; // it was written here
    recorded.pace(speed);
    if (other) this.#lay(name, away ? said : recorded.at, to);
    if (away) recorded.seek(Math.min(said, recorded.edge ?? said));
    this.#topics.tell("written");
  }

  /** Back is no place to be played away from, and what the hand does next is a step of its own. */
  #rest() {
    this.#moved = -Infinity;
    this.#steps = false;
    if (this.recorded.playing) this.recorded.pause();
  }

  #speed() {
    const speed = Number(this.view.get("speed", "1"));
    return this.speeds.includes(speed) ? speed : 1;
  }
}
