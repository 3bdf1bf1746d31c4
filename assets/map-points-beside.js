// The worker of a layer of points, begun anew until it speaks: of one whose file does not come a page hears at most a nameless error, once, and
// never again. Knows what was told last, so that a new worker is told it too; answers null for one that went. Draws nothing, knows no layer.

const AGAIN_MS = [2_000, 5_000, 15_000, 30_000]; // and the last for as long as it takes
const MUTE_MS = 20_000; // one that says nothing for so long does not come
const STEADY_MS = 60_000; // one that lived for so long is no worse for those before it

/** How long to wait after so many in a row that did not live, ms. Pure. */
export const pauseAfter = (fails) => AGAIN_MS[Math.min(fails, AGAIN_MS.length) - 1];

export class Beside {
  #worker = null;
  #told = new Map(); // act → what was last given
  #asked = new Map(); // id → resolve
  #last = 0;
  #spoke = null; // when this one first did
  #fails = 0;
  #timer = null;

  /** `begin()` makes a worker; `hear(data)` gets what it says by itself, `lost(fails)` hears that there is none, and how often by now. */
  constructor({ begin, hear, lost, steady = () => performance.now(), after = (act, ms) => setTimeout(act, ms) }) {
    Object.assign(this, { begin, hear, lost, steady, after });
    this.#begin();
  }

  /** What a worker has to know: only the last of each act holds, and a new worker is told it again. */
  tell(act, given) {
    this.#told.set(act, given);
    this.#worker?.postMessage({ act, given });
  }

  /** A worker's answer; null where there is none to give it. */
  ask(act, given) {
    if (!this.#worker) return Promise.resolve(null);
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#worker.postMessage({ act, id, given });
    });
  }

  close() {
    this.#end();
  }

  #begin() {
    const worker = (this.#worker = this.begin());
    worker.addEventListener("message", ({ data }) => worker === this.#worker && this.#take(data));
    worker.addEventListener("error", (event) => worker === this.#worker && this.#fail(event.message || "its file did not come"));
    this.#timer = this.after(() => this.#fail("it does not speak"), MUTE_MS);
    for (const [act, given] of this.#told) worker.postMessage({ act, given });
  }

  #take(data) {
    if (this.#spoke === null) {
      this.#spoke = this.steady();
      clearTimeout(this.#timer);
    }
    if (!data.id) this.hear(data);
    this.#asked.get(data.id)?.(data.answer);
    this.#asked.delete(data.id);
  }

  /** Also after an error of one that spoke: a question it broke off at would never be answered. */
  #fail(why) {
    this.#fails = this.#spoke !== null && this.steady() - this.#spoke > STEADY_MS ? 1 : this.#fails + 1;
    console.warn("yiping: a worker beside the page is begun anew:", why);
    this.#end();
    this.#timer = this.after(() => this.#begin(), pauseAfter(this.#fails));
    this.lost(this.#fails);
  }

  #end() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = this.#spoke = null;
    for (const answer of this.#asked.values()) answer(null);
    this.#asked.clear();
  }
}
