// The recording in place of the stream: the same face as Live, so that the same panels draw a moment of the past from the same state.
// Its clock is the moment shown. Knows no DOM; asks only GET /replay…; what was not recorded it never invents.

import { ServerClock, steady as wallTime } from "./clock.js";
import { applyDelta, emptyState, takeSnapshot, toldAt } from "./state.js";
import { Topics } from "./topics.js";

const BEAT_MS = 250; // four pictures a second, however fast the recorded time goes
const AHEAD_S = 6; // of the reader's time are fetched before they are needed
const LONGEST_S = 900; // of recorded time in one request
const DAY = {};

/** How many recorded seconds one picture stands for at a speed: what lies between is joined by the server. */
export const stepOf = (speed) => Math.max(1, Math.round((speed * BEAT_MS) / 1000));

/** The span that holds a moment, else null; spans are `[since, until]` in ms, oldest first. */
export const spanOf = (spans, at) => spans.find(([since, until]) => since <= at && at <= until) ?? null;

/** The moment that can be shown nearest to `at`: itself, or the end of a span; null where nothing is recorded. */
export function nearest(spans, at) {
  const ends = spans.map(([since, until]) => Math.min(Math.max(at, since), until));
  return ends.reduce((best, end) => (best === null || Math.abs(end - at) < Math.abs(best - at) ? end : best), null);
}

const times = (pairs) => pairs.map(([since, until]) => [Date.parse(since), Date.parse(until)]);

export class Recorded {
  #topics = new Topics();
  #ahead = []; // deltas not yet shown
  #reach = 0; // ms: up to here nothing is missing in them
  #asking = null; // the request under way for what comes
  #turn = 0; // every jump makes what was asked before worthless
  #timer = null;
  #beat = 0; // the reader's clock at the last picture
  #told = new ServerClock(); // the present, as the server says it: the reader's clock may be wrong
  state = emptyState();
  clock = new ServerClock();
  link = "recorded";
  latency = null;
  heard = 0;
  since = 0;
  spans = [];
  still = [];
  at = 0;
  speed = 1;
  playing = false;
  waits = false; // for what is fetched
  failed = false; // what was asked for last did not come

  /** `ask(path)` gives the JSON of a call under /api/v1; `steady()` the reader's clock, ms. */
  constructor(screen, ask, steady = () => performance.now()) {
    Object.assign(this, { screen, ask, steady });
    this.clock.now = () => this.at;
  }

  /** Topics of Live (snapshot, delta, …), and `moved` (the moment or the play changed), `hole` (nothing is recorded there),
   *  `away` (with the error: whether anything is, could not be asked). */
  on(topic, take) {
    return this.#topics.on(topic, take);
  }

  now() {
    return this.at;
  }

  /** The moment shown, for questions beside the stream; null before there is one. */
  get asOf() {
    return this.at ? new Date(this.at).toISOString() : null;
  }

  /** How old the figures were then, seconds: they stood still, or are as old as the last step that was laid over them. */
  age() {
    const told = toldAt(this.state);
    if (this.state.sequence < 0 || told === null) return Infinity;
    const still = spanOf(this.still, this.at);
    if (still) return (this.at - still[0]) / 1000;
    return Math.min(Math.max(0, (this.at - told) / 1000), stepOf(this.speed));
  }

  get limit() {
    return 5 + stepOf(this.speed);
  }

  get stalled() {
    return this.age() > this.limit;
  }

  /** The moment up to which anything is recorded, ms; null: nothing is. */
  get edge() {
    return this.spans.length ? this.spans.at(-1)[1] : null;
  }

  /** The server's time, ms. */
  present() {
    return this.#told.now();
  }

  /** Ask what is recorded. */
  async look() {
    const told = await this.ask("/replay");
    this.#told.stamped(told.at, wallTime());
    this.spans = times(told.spans);
    this.still = times(told.still);
    this.kept = told.kept_s;
    this.#topics.tell("reach");
    return this.spans;
  }

  /** Shows a moment; one that was not recorded leaves the picture and says `hole`, one that could not be fetched says `away` and stands. */
  async seek(at) {
    const turn = (this.#turn += 1);
    this.at = at;
    this.#ahead = [];
    this.#reach = 0;
    this.waits = true;
    this.failed = false;
    this.#topics.tell("moved");
    let told = null, problem = null;
    if (spanOf(this.spans, at)) told = await this.ask(`/replay/moment?at=${new Date(at).toISOString()}`).catch((error) => ((problem = error), null));
    if (turn !== this.#turn) return false;
    this.waits = false;
    if (told) this.#show(told);
    else if (!problem || problem.status === 404) this.#topics.tell("hole", at);
    else this.#lost(problem);
    return Boolean(told);
  }

  /** Nobody knows whether anything is recorded there: that is no hole. */
  #lost(error) {
    this.failed = true;
    this.pause();
    this.#topics.tell("away", error);
  }

  #show(told) {
    this.state = takeSnapshot(told.snapshot);
    if (told.delta) applyDelta(this.state, told.delta);
    this.state.sequence = told.sequence;
    this.#reach = this.at;
    this.heard = this.at;
    this.#topics.tell("snapshot", this.state);
    this.#topics.tell("moved");
  }

  /** Another speed: what was fetched was joined for the old one. A moment that is still on its way is waited for. */
  pace(speed) {
    if (speed === this.speed) return;
    this.speed = speed;
    if (this.#reach === 0) return;
    this.#turn += 1;
    this.#ahead = [];
    this.#reach = this.at;
    this.#asking = null;
  }

  play(speed = this.speed) {
    this.pace(speed);
    if (this.failed) this.seek(this.at);
    this.playing = true;
    this.#beat = this.steady();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.tick(), BEAT_MS);
    this.#topics.tell("moved");
  }

  pause() {
    this.playing = false;
    this.waits = false;
    clearInterval(this.#timer);
    this.#topics.tell("moved");
  }

  /** One picture further. */
  tick() {
    const now = this.steady();
    const wanted = this.at + (now - this.#beat) * this.speed;
    this.#beat = now;
    if (!this.playing || this.#reach === 0) return;
    const span = spanOf(this.spans, this.at);
    if (!span) return this.pause();
    const at = Math.min(wanted, this.#reach);
    this.waits = wanted > this.#reach && this.#reach < span[1];
    const turned = this.#day(at) !== this.#day(this.at);
    this.at = at;
    this.#lay();
    this.#topics.tell("moved");
    if (at >= span[1]) return this.#goOn(span);
    if (turned) return this.seek(at); // trend and yesterday are another day's
    if (!this.#asking && this.#reach - at < AHEAD_S * 1000 * this.speed * 0.7 && this.#reach < span[1]) this.#fetch(span);
    return undefined;
  }

  /** At the end of a span the next one follows; at the last the play ends. */
  #goOn(span) {
    const next = this.spans[this.spans.indexOf(span) + 1];
    if (next) return this.seek(next[0]);
    return this.pause();
  }

  #day(at) {
    const zone = this.state.area?.timezone ?? "UTC";
    return (DAY[zone] ??= new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" })).format(at);
  }

  /** Lays what was told up to the moment over the state. */
  #lay() {
    while (this.#ahead.length && Date.parse(this.#ahead[0].at) <= this.at) {
      const delta = this.#ahead.shift();
      if (delta.sequence > this.state.sequence) this.#topics.tell("delta", this.state, applyDelta(this.state, delta));
    }
  }

  #fetch(span) {
    const turn = this.#turn;
    const after = this.#ahead.at(-1)?.sequence ?? this.state.sequence;
    const seconds = Math.min(LONGEST_S, Math.max(30, AHEAD_S * this.speed));
    const until = Math.min(span[1], this.#reach + seconds * 1000);
    const query = `after=${after}&until=${new Date(until).toISOString()}&step=${stepOf(this.speed)}s`;
    const asking = (this.#asking = this.ask(`/replay/deltas?${query}`));
    asking
      .then((told) => {
        if (turn !== this.#turn) return;
        this.#ahead.push(...told.deltas);
        this.#reach = Math.max(this.#reach, Date.parse(told.until));
      })
      .catch((error) => turn === this.#turn && this.#lost(error))
      .finally(() => {
        if (this.#asking === asking) this.#asking = null;
      });
  }
}
