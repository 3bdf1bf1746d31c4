// The beat of a screen with a link of its own: every few seconds it says what it shows and hears what it is to show. Knows no panel.
// Without an answer it goes on as it is: the picture, not the control of it, is what a wall is for.

import { view } from "./view.js";
import { whereTo, whyReload, wishOf, wordsTo } from "./screen-watch.js";

const EVERY_MS = 3_000;
const LEAST_MS = 250;
const ANSWER_MS = 8_000;
const KEEP = "yiping.screen"; // what this tab remembers over its own reloads

const recall = () => { try { return JSON.parse(sessionStorage.getItem(KEEP)) ?? {}; } catch { return {}; } };
const remember = (facts) => { try { sessionStorage.setItem(KEEP, JSON.stringify({ ...recall(), ...facts })); } catch { /* it forgets, and shows its home */ } };
const csrf = () => (document.cookie.split("; ").find((one) => one.startsWith("yiping_csrf=")) ?? "").slice(12);
const grave = (row) => row.severity <= 4 && row.stage === "unack";

/** Until the next beat, ms; a turn of a playlist ends on its second. */
function pauseOf(answer) {
  const every = answer?.every_s * 1000 || EVERY_MS;
  const left = answer?.show?.until ? Date.parse(answer.show.until) - Date.parse(answer.at) + LEAST_MS : every;
  return Math.max(LEAST_MS, Math.min(every, left) || EVERY_MS);
}

export class Beat {
  #since = null; // when the page first wanted to load anew
  #news = performance.now();

  /** `taken(show)` hears what the screen is to show, with every answer. */
  constructor(config, live, taken) {
    Object.assign(this, { config, live, taken });
    live.on("delta", (_, changes) => changes.alerts.some(({ row, before }) => !before && grave(row)) && (this.#news = performance.now()));
    this.#turn();
  }

  async #turn() {
    const answer = await this.#say().catch(() => null);
    try {
      if (answer) this.#take(answer);
    } catch (error) {
      console.error("yiping: what the screen is told to show fails", error); // and the next beat comes all the same
    }
    setTimeout(() => this.#turn(), pauseOf(answer));
  }

  async #say() {
    const answer = await fetch("/api/v1/screens/me/beat", {
      method: "POST", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(ANSWER_MS),
      headers: { "Content-Type": "application/json", "X-Yiping-Csrf": decodeURIComponent(csrf()) }, body: JSON.stringify(this.#facts()),
    });
    return answer.ok ? answer.json() : null; // revoked: the stream says so on the picture
  }

  #facts() {
    const heap = performance.memory?.usedJSHeapSize;
    return {
      address: view.address(), link: this.live.link, release: this.config.release, why: recall().why ?? null, sequence: this.live.state.sequence,
      heap_mb: heap ? Math.round(heap / 1e5) / 10 : null, nodes: document.getElementsByTagName("*").length, age_s: performance.now() / 1000,
      width: innerWidth, height: innerHeight, ratio: devicePixelRatio,
    };
  }

  #take(answer) {
    if (this.#reload(answer)) return;
    const { kept, address } = whereTo(answer.show, recall().kept, view.address());
    remember({ kept });
    if (address) go(address, this.config.language);
    this.taken(answer.show);
  }

  #reload({ reload, release, show }) {
    const now = performance.now();
    if (this.live.link !== "live" || show.why === "takeover") this.#news = now; // no moment to look away
    const { heap_mb, age_s } = this.#facts();
    const facts = { ordered: reload, release: this.config.release, served: release, heap_mb, age_s };
    const limits = this.config.watchdog;
    this.#since = wishOf(facts, limits) ? (this.#since ?? now) : null;
    const waited_s = this.#since === null ? 0 : (now - this.#since) / 1000;
    const why = whyReload({ ...facts, waited_s, quiet_s: (now - this.#news) / 1000, reloaded_s: (this.live.now() - (recall().reloaded ?? -Infinity)) / 1000 }, limits);
    if (!why) return false;
    remember({ reloaded: this.live.now(), why });
    location.reload();
    return true;
  }
}

/** The same page changes its words; another page, language or theme is loaded. */
function go(address, language) {
  const words = wordsTo(address, view.address());
  const path = (text) => text.split("?")[0].replace(/\/+$/, "");
  const drawn = (words.lang ?? language) === language && (words.theme ?? "") === view.get("theme");
  if (path(address) === path(view.address()) && drawn) view.set(words);
  else location.assign(address);
}
