// What a page shows is its address: path and query hold the whole view (area, measure, layers, moment, what is selected), so a link,
// a reload, a scene and a cast all lead back to it. Keeps no second truth, draws nothing, and forgets no word it does not know.

const PACE_MS = 500; // browsers count writes to the address bar and stop listening; what `get` says is true at once

/** The words of a query; a name that stands twice has its last value, an empty one is not there. Pure. */
export function readWords(search) {
  return new Map([...new URLSearchParams(search)].filter(([, value]) => value !== ""));
}

/** The words as a query with its "?", commas and colons left readable; "" for none. Pure. */
export function writeWords(words) {
  const text = new URLSearchParams([...words]).toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text && `?${text}`;
}

const worded = (value) => (value === null || value === undefined || value === false ? "" : Array.isArray(value) ? value.join(",") : String(value));

export class View {
  #words;
  #listeners = new Map(); // name, or "*" → functions
  #timer = null;
  #wrote = -Infinity;

  /** `page` is the window: its location and history. */
  constructor(page) {
    this.page = page;
    this.#words = readWords(page.location.search);
    page.addEventListener("popstate", () => this.#take(readWords(page.location.search)));
    page.addEventListener("pagehide", () => this.#write());
  }

  /** The value of a word, or `otherwise`. */
  get(name, otherwise = "") {
    return this.#words.get(name) ?? otherwise;
  }

  /** A word that holds several, comma-separated; null where it is not there (none said is not none wanted: that is "-"). */
  list(name) {
    const text = this.#words.get(name);
    return text === undefined ? null : text.split(",").filter((word) => word && word !== "-");
  }

  /** The moment shown, ms; null: now. A moment nobody can read is now. */
  moment() {
    const at = Date.parse(this.get("at"));
    return Number.isFinite(at) ? at : null;
  }

  /** Whether the area shown holds `code`: an area lies in another whose code its own begins with. Without an area: everything. */
  sees(code) {
    return (code ?? "").startsWith(this.get("area"));
  }

  /** Path and query as they are now: what a scene keeps, a link says and a wall is told. */
  address() {
    return this.page.location.pathname + writeWords(this.#words);
  }

  /** The address after `changes`, without going there. */
  addressWith(changes) {
    return this.page.location.pathname + writeWords(this.#with(changes));
  }

  /** Changes words: null, "" or false takes one away, an array is joined by commas. `step`: the reader can go back to what was before. */
  set(changes, { step = false } = {}) {
    const next = this.#with(changes);
    if (writeWords(next) === writeWords(this.#words)) return;
    if (step) {
      this.#write();
      this.page.history.pushState(this.page.history.state, "", this.page.location.pathname + writeWords(next) + (this.page.location.hash ?? ""));
      this.#take(next);
    } else {
      this.#take(next);
      this.#timer ??= setTimeout(() => this.#write(), Math.max(0, this.#wrote + PACE_MS - performance.now()));
    }
  }

  /** Calls `listener(value, before)` whenever the word changes, whoever changed it; "*": `listener(names)` after any. Returns how to stop. */
  on(name, listener) {
    const kept = this.#listeners.get(name) ?? this.#listeners.set(name, new Set()).get(name);
    kept.add(listener);
    return () => kept.delete(listener);
  }

  #with(changes) {
    const next = new Map(this.#words);
    for (const [name, value] of Object.entries(changes)) {
      const text = worded(value);
      if (text) next.set(name, text);
      else next.delete(name);
    }
    return next;
  }

  /** All words are in place before the first listener hears of one: nobody sees half a view. */
  #take(next) {
    const before = this.#words;
    const changed = [...new Set([...before.keys(), ...next.keys()])].filter((name) => before.get(name) !== next.get(name));
    if (!changed.length) return;
    this.#words = next;
    for (const name of changed) this.#tell(name, () => [this.get(name), before.get(name) ?? ""]);
    this.#tell("*", () => [changed]);
  }

  /** One that fails must not keep the word from the others, nor from the address. */
  #tell(name, facts) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(...facts());
      } catch (error) {
        console.error(`yiping: a listener failed on ${name}`, error);
      }
    }
  }

  #write() {
    clearTimeout(this.#timer);
    if (this.#timer === null) return;
    this.#timer = null;
    this.#wrote = performance.now();
    this.page.history.replaceState(this.page.history.state, "", this.page.location.pathname + writeWords(this.#words) + (this.page.location.hash ?? ""));
  }
}

export const view = globalThis.document ? new View(globalThis) : null;
