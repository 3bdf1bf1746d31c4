// One live stream of one screen: reads it, watches its beat, retries, and polls where streams cannot pass. Knows no DOM:
// it runs in the SharedWorker or, where there is none, in the page. EventSource is not used: it hides beats and HTTP errors.

const SILENT_MS = 4_300; // the server beats every second; a dead line is told within five
const LOOK_MS = 250;
const POLL_MS = 3_000;
const RETRY_STREAM_MS = 15_000;
const BACKOFF_MS = [300, 1_000, 2_000, 3_500]; // with the silence above: back within ten seconds of the line, however long it was away
const SNAPSHOT_MS = 15_000;
const ANSWER_MS = 4_000; // on a dead line a question hangs: it is put anew, for the old connection may never wake
const DENIED_MS = 20_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Denied extends Error {}

export class Stream {
  #closed = false;
  #abort = null;
  #lastId = "";
  #fails = 0;
  #link = "";
  #heard = performance.now();

  /** `emit(message)` gets {kind: snapshot|delta|status|beat|answered|link, …}. */
  constructor(screen, emit) {
    this.screen = screen;
    this.emit = emit;
  }

  /** The number of what came last; -1 before anything came. */
  get sequence() {
    return this.#lastId ? Number(this.#lastId) : -1;
  }

  close() {
    this.#closed = true;
    this.#abort?.abort();
  }

  /** Until it is closed. A reader who has a picture of number `since` is told what came after it, every other one gets a picture. */
  async run(since = -1) {
    if (since >= 0) this.#lastId = String(since);
    // The line is lost after so many silent seconds, however the time was spent: waiting, retrying, or being refused.
    const dog = setInterval(() => performance.now() - this.#heard > SILENT_MS && this.#link !== "denied" && this.#say("lost"), LOOK_MS);
    await this.#keep();
    clearInterval(dog);
  }

  async #keep() {
    while (!this.#closed) {
      const reason = await this.#read().catch((error) => error);
      if (this.#closed) return;
      if (reason instanceof Denied) {
        this.#say("denied");
        await pause(DENIED_MS);
        continue;
      }
      this.#fails += 1;
      if (this.#fails >= 2 && (await this.#poll())) continue;
      await pause(BACKOFF_MS[Math.min(this.#fails - 1, BACKOFF_MS.length - 1)] * (0.8 + Math.random() * 0.4));
    }
  }

  #say(link) {
    if (link === this.#link) return;
    this.#link = link;
    this.emit({ kind: "link", link });
  }

  async #ask(path, options = {}) {
    const asked = performance.timeOrigin + performance.now();
    const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "error", ...options });
    this.emit({ kind: "answered", date: answer.headers.get("Date"), asked });
    if (answer.status === 401 || answer.status === 403) throw new Denied();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer;
  }

  /** The whole state, once: for a page that joins a stream others already read. */
  async snapshot() {
    const abort = new AbortController();
    let dog = setTimeout(() => abort.abort(), this.#link === "lost" ? ANSWER_MS : SNAPSHOT_MS);
    try {
      const answer = await this.#ask(`/api/v1/snapshot?screen=${this.screen}`, { signal: abort.signal });
      clearTimeout(dog);
      dog = setTimeout(() => abort.abort(), SNAPSHOT_MS);
      return await answer.json();
    } finally {
      clearTimeout(dog);
    }
  }

  /** Reads the stream until it ends, fails or falls silent. */
  async #read() {
    const abort = (this.#abort = new AbortController());
    let dog = setTimeout(() => abort.abort(), SILENT_MS);
    const alive = () => {
      clearTimeout(dog);
      dog = setTimeout(() => abort.abort(), SILENT_MS);
      this.#heard = performance.now();
    };
    try {
      const headers = { Accept: "text/event-stream", ...(this.#lastId ? { "Last-Event-ID": this.#lastId } : {}) };
      const answer = await this.#ask(`/api/v1/stream?screen=${this.screen}`, { headers, signal: abort.signal });
      if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/event-stream")) throw new Error("no event stream");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new Events((event) => this.#take(event));
      for (;;) {
        const { done, value } = await reader.read();
        if (done) throw new Error("the stream ended");
        alive();
        events.feed(value);
        this.#fails = 0;
        this.#say("live");
      }
    } finally {
      clearTimeout(dog);
      abort.abort();
    }
  }

  #take({ event, id, data }) {
    if (event === "beat") return this.emit({ kind: "beat" });
    if (id) this.#lastId = id;
    if (!["snapshot", "delta", "status"].includes(event)) return undefined;
    return this.emit({ kind: event, data: JSON.parse(data) });
  }

  /** Snapshots every three seconds while the stream cannot be opened; true if at least one answered. */
  async #poll() {
    const until = performance.now() + RETRY_STREAM_MS;
    let answered = false;
    while (!this.#closed && performance.now() < until) {
      try {
        const snapshot = await this.snapshot();
        if (!snapshot.streets) return answered;
        this.#lastId = "";
        this.#heard = performance.now();
        this.emit({ kind: "snapshot", data: snapshot });
        this.#say("poll");
        answered = true;
      } catch (error) {
        if (error instanceof Denied) throw error;
        return false;
      }
      await pause(POLL_MS);
    }
    return answered;
  }
}

/** The text/event-stream format, as the HTML standard parses it; a comment is reported as the event `beat`. */
export class Events {
  #rest = "";
  #half = false; // the rest ends in a CR that may be half of a line's end
  #event = {};

  constructor(take) {
    this.take = take;
  }

  feed(text) {
    if (!this.#half && !/[\r\n]/.test(text)) { // a city's snapshot is one line in hundreds of pieces: none of them is looked at twice
      this.#rest += text;
      return;
    }
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    this.#half = this.#rest.endsWith("\r");
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") {
      const { event = "message", id = "", data } = this.#event;
      this.#event = {};
      if (data !== undefined) this.take({ event, id, data: data.join("\n") });
      return;
    }
    if (line.startsWith(":")) {
      this.take({ event: "beat" });
      return;
    }
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "data") (this.#event.data ??= []).push(value);
    else if (name === "event" || name === "id") this.#event[name] = value;
  }
}
