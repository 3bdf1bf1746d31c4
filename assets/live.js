// The page's side of the stream: joins the SharedWorker (or reads alone), keeps the state, tells subscribers what changed,
// and keeps window.yiping true. Never writes a Dash prop: dash-renderer would keep every value for ever.

import { ServerClock, steady } from "./clock.js";
import { applyDelta, emptyState, isOutdated, takeSnapshot, takeStatus, toldAt } from "./state.js";
import { Stream } from "./stream.js";
import { Topics } from "./topics.js";

const VERSION = 2; // of the messages between page and worker
const HERE_MS = 20_000;
const OWN_MS = 15_000; // how long a picture of the worker's own may be on its way
const JOIN_MS = 700; // so long the worker is not asked for a picture: the page has one on its way
const WAITING = 400;
const CATCH_UP_MS = 2_500;
const RESYNC_MS = 3_000;
const RENEW_MS = 20_000; // how long a new picture is waited for before it is asked for again
const MISSED = ["alerts", "cases", "incidents"]; // what is told after a return
const LIMIT_S = 5;
const POLL_S = 3; // a page that polls hears of everything later by this

// Opened with the module: a worker takes a tenth of a second to start, and the page's texts come meanwhile.
const opened = openWorker();

function openWorker() {
  try {
    const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name: `yiping-${VERSION}` });
    worker.failed = new Promise((resolve) => (worker.onerror = resolve));
    return worker;
  } catch {
    return null; // a browser without it, or one that is told to keep nothing
  }
}

const face = (window.yiping = { ready: false, sequence: -1, connected: false, lastDeltaAt: null, map: null });

export class Live {
  #topics = new Topics();
  #early = [];
  #asked = 0; // when a gap made us ask for a snapshot
  #renewing = steady(); // when a picture was asked for because there is none or the old one came long ago
  #resync = () => {};
  #joined = false; // the worker has spoken
  #begun = -Infinity; // when the worker was asked for a picture of its own, which may be older than that of `#first`
  #known = null; // alerts, cases and incidents we had when the connection was lost
  state = emptyState();
  clock = new ServerClock();
  link = "connecting";
  since = steady(); // of the link's state
  heard = -Infinity; // the last byte, on the steady clock
  latency = null;

  constructor(screen) {
    this.screen = screen;
    this.#join();
    setInterval(() => this.#renew(), 1000);
  }

  /** Topics: snapshot, delta, link, status, missed. Returns a function that ends the subscription. */
  on(topic, take) {
    return this.#topics.on(topic, take);
  }

  now() {
    return this.clock.now();
  }

  /** Seconds since the projector's last sign of life: the age of every figure it keeps up to date. A beat of the edge alone makes nothing younger. */
  age() {
    const told = toldAt(this.state);
    return told === null ? Infinity : Math.max(0, (this.now() - told) / 1000);
  }

  /** Figures older than this stand still, and have to say so; seconds. */
  get limit() {
    return this.link === "poll" ? LIMIT_S + POLL_S : LIMIT_S;
  }

  /** The line lives and nobody keeps the figures. */
  get stalled() {
    return (this.link === "live" || this.link === "poll") && this.state.sequence >= 0 && this.age() > this.limit;
  }

  #renew() {
    const now = steady();
    this.#mend(now);
    if (this.link !== "live" || now - this.#renewing < RENEW_MS || !(this.state.sequence < 0 || isOutdated(this.state, this.now()))) return;
    this.#renewing = now;
    if (this.state.sequence >= 0) this.#early = [];
    this.#resync();
  }

  #join() {
    if (!opened) return this.#alone();
    const say = (word, since) => opened.port.postMessage({ say: word, screen: this.screen, since });
    opened.failed.then(() => this.#joined || this.#alone());
    opened.port.onmessage = ({ data }) => {
      this.#joined = true;
      this.#take(data);
    };
    this.#resync = () => say("resync");
    const picture = this.#first();
    const joined = Promise.race([picture, new Promise((resolve) => setTimeout(resolve, JOIN_MS, -1))]).then((since) => {
      if (since < 0 && this.state.sequence < 0) this.#begun = steady(); // then the worker brings a picture of its own
      this.#asked = steady(); // it does so, too, where ours is too old: a gap before it comes asks for no other
      say("join", since);
    });
    joined.then(() => setInterval(say, HERE_MS, "here"));
    addEventListener("pagehide", () => say("bye"));
    addEventListener("pageshow", (event) => event.persisted && ((this.#asked = steady()), say("join")));
  }

  /** A picture to begin with, which the page may have asked for with its first bytes; its number, -1 for none. Whether the line lives, only the
   *  worker tells; an answer that may have waited here is no measure of the way to the server. */
  async #first() {
    try {
      const data = await new Stream(this.screen, () => {}).snapshot();
      const begun = this.#begun;
      if (this.state.sequence < 0) {
        this.#take({ kind: "snapshot", data });
        this.#begun = begun;
      }
      return data.sequence;
    } catch {
      return -1; // what fails here the worker meets, too, and tells
    }
  }

  get #ownComes() {
    return steady() - this.#begun < OWN_MS;
  }

  #alone() {
    const stream = new Stream(this.screen, (message) => this.#take(message));
    this.#resync = () => stream.snapshot().then((data) => this.#take({ kind: "snapshot", data })).catch(() => {});
    stream.run();
  }

  #take(message) {
    const arrived = steady();
    if (message.kind === "answered") return this.clock.answered(message.date, message.asked, arrived);
    if (message.kind !== "link") this.heard = arrived;
    if (message.kind === "snapshot") return this.#snapshot(message.data, arrived);
    if (message.kind === "delta") return this.#delta(message.data, arrived);
    if (message.kind === "status") return this.#status(message.data);
    if (message.kind === "link") return this.#linked(message.link);
    return undefined;
  }

  #snapshot(snapshot, arrived) {
    if (this.#ownComes && snapshot.sequence <= this.state.sequence) { // all of it is shown
      this.#begun = -Infinity;
      this.#early = [];
      return;
    }
    if (this.link !== "poll" && snapshot.at) this.clock.stamped(snapshot.at, arrived);
    const told = toldAt(this.state);
    this.state = takeSnapshot(snapshot);
    if (told > (toldAt(this.state) ?? 0)) this.state.told = told;
    const waiting = this.#early.filter((delta) => delta.sequence > snapshot.sequence);
    this.#early = [];
    this.#begun = -Infinity;
    this.#asked = this.#renewing = 0;
    this.#show();
    this.#topics.tell("snapshot", this.state);
    for (const delta of waiting) this.#delta(delta, arrived);
  }

  #delta(delta, arrived) {
    if (this.state.sequence < 0) {
      this.#keep(delta); // it came before the snapshot this tab waits for
      return;
    }
    if (delta.sequence <= this.state.sequence) return;
    if (delta.sequence > this.state.sequence + 1) return this.#gap(delta);
    if (this.#ownComes || (this.#renewing && arrived - this.#renewing < RENEW_MS)) this.#keep(delta); // the picture under way may be older than it
    this.clock.stamped(delta.at, arrived);
    this.latency = Math.max(0, arrived + this.clock.offset - Date.parse(delta.at));
    const changes = applyDelta(this.state, delta);
    face.lastDeltaAt = Date.now();
    this.#show();
    this.#topics.tell("delta", this.state, changes);
  }

  #keep(delta) {
    this.#early.push(delta);
    if (this.#early.length > WAITING) this.#early.shift();
  }

  /** A number is missing: what we show may be wrong until a new snapshot comes. */
  #gap(delta) {
    this.#keep(delta);
    this.#mend(steady());
  }

  /** Asks for the snapshot that closes a gap, and again where none comes: in a quiet city no other delta would remind us. */
  #mend(now) {
    const open = this.state.sequence >= 0 && this.#early.some(({ sequence }) => sequence > this.state.sequence);
    if (!open || (this.#asked && now - this.#asked < RESYNC_MS)) return;
    this.#asked = now;
    this.#resync();
  }

  #status(status) {
    takeStatus(this.state, status);
    this.#topics.tell("status", this.state);
  }

  #linked(link) {
    const before = this.link;
    if (link === before) return;
    this.link = link;
    this.since = link === "lost" && this.heard > 0 ? this.heard : steady();
    if (link === "lost" && this.state.sequence >= 0 && !this.#known) this.#known = { at: this.since + this.clock.offset, ...Object.fromEntries(MISSED.map((list) => [list, new Set(this.state[list].keys())])) };
    if ((link === "live" || link === "poll") && this.#known) setTimeout(() => this.#catchUp(), CATCH_UP_MS);
    this.#show();
    this.#topics.tell("link", link, before);
  }

  /** What happened while the line was dead. */
  #catchUp() {
    const known = this.#known;
    if (!known || (this.link !== "live" && this.link !== "poll")) return;
    this.#known = null;
    const fresh = (list) => [...this.state[list].entries()].filter(([key]) => !known[list].has(key)).map(([, row]) => row);
    this.#topics.tell("missed", { since: known.at, until: this.now(), ...Object.fromEntries(MISSED.map((list) => [list, fresh(list)])) });
  }

  #show() {
    face.sequence = this.state.sequence;
    face.connected = this.link === "live" || this.link === "poll";
  }
}
