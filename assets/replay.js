// Mounts the replay: the wall's panels on the recording, and the bar that moves in time. Where one stands and how one came there is the way's
// (replay-way.js). Decides what the keys do.

import { ageText, dateOf, timeOf } from "./clock.js";
import { setText, slotOf } from "./dom.js";
import { Recorded, nearest, spanOf } from "./recorded.js";
import { Strip } from "./replay-strip.js";
import { Way } from "./replay-way.js";
import { lang, loadText, t } from "./text.js";
import { view } from "./view.js";
import { mountOn } from "./wall.js";

const LOOK_MS = 30_000; // the recording grows while it is watched
const BEFORE_MS = 60_000; // an incident is shown from a minute before it opened
const SCRUB_MS = 120;

async function ask(path) {
  const answer = await fetch(`/api/v1${path}`, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw Object.assign(new Error(`${path}: HTTP ${answer.status}`), { status: answer.status });
  return answer.json();
}

export async function mount(root, config) {
  await Promise.all(["wall", "replay"].map((name) => loadText(config.language, name)));
  const recorded = new Recorded(config.screen, ask);
  for (const topic of ["snapshot", "delta"]) recorded.on(topic, (state) => Object.assign(window.yiping, { sequence: state.sequence, connected: true }));
  const bar = new Bar(root, config, recorded);
  document.body.dataset.link = "recorded";
  slotOf(root, "cell-card").dataset.note = t("replay.card_now");
  const [drawn] = await Promise.all([mountOn(root, config, recorded), bar.start()]);
  return drawn;
}

class Bar {
  #scrub = null;
  #incident = null;
  #begun = false;
  #turn = 0; // only the marks asked for last are shown

  constructor(root, config, recorded) {
    Object.assign(this, { root, config, recorded, way: new Way({ view, page: window, recorded, windows: config.windows, speeds: config.speeds }) });
    this.bar = root.querySelector(".replay-bar");
    this.range = slotOf(this.bar, "range").appendChild(Object.assign(document.createElement("input"), { type: "range", step: "1" }));
    this.range.setAttribute("aria-label", t("replay.moment"));
    this.strip = new Strip(slotOf(this.bar, "strip"), slotOf(this.bar, "tip"), config);
    this.play = this.bar.querySelector('[data-do="play"]');
    this.#listen();
  }

  async start() {
    await this.#look();
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** What is recorded; the first time that anything is, the replay begins. What could not be fetched is asked for again. */
  async #look() {
    try {
      const { edge } = this.recorded;
      await this.recorded.look();
      if (!this.recorded.spans.length) this.#say("replay.nothing");
      else if (this.#begun) {
        if (this.recorded.failed) await this.way.seek(this.recorded.at);
        else if (this.bar.dataset.said === "replay.away") this.#say("");
        if (edge < this.way.to && this.recorded.edge > edge) await this.#timeline(); // what happened since then has its mark, too
        else this.#draw();
      } else {
        this.#begun = true;
        await this.#begin();
      }
    } catch (error) {
      console.warn("yiping: the recording cannot be read", error);
      this.#away(error);
    }
    if (this.recorded.state.sequence < 0) window.yiping.ready = true; // there is nothing to wait for
  }

  #away(error) {
    this.#say(error.status === 403 ? "replay.not_allowed" : "replay.away");
  }

  /** Where the address says, else at the incident it names, else a quarter of an hour ago. */
  async #begin() {
    const number = view.get("incident");
    if (/^\d{1,18}$/.test(number)) this.#incident = await ask(`/incidents/${number}`).catch(() => null);
    const opened = this.#incident ? Date.parse(this.#incident.opened_at) - BEFORE_MS : this.recorded.edge - 900_000;
    const wanted = view.moment() ?? opened;
    const at = spanOf(this.recorded.spans, wanted) || view.moment() !== null ? wanted : nearest(this.recorded.spans, wanted);
    this.way.open(at, this.#incident ? this.#fitting(at) : undefined);
    await this.way.seek(at);
    if (view.get("play") === "1") this.recorded.play();
  }

  /** The shortest window that holds an incident whole. */
  #fitting(from) {
    const until = Date.parse(this.#incident.closed_at ?? "") || this.recorded.edge;
    const fits = Object.entries(this.config.windows).find(([, seconds]) => (until - from) / 1000 < seconds * 0.8);
    return fits ? fits[0] : "7d";
  }

  /** The strip shows another span. */
  #span() {
    const { name, from, to } = this.way;
    for (const button of this.bar.querySelectorAll(".replay-window")) button.setAttribute("aria-pressed", String(button.dataset.window === name));
    Object.assign(this.range, { min: String(Math.floor(from / 1000)), max: String(Math.ceil(to / 1000)) });
    this.#timeline();
  }

  async #timeline() {
    const turn = (this.#turn += 1);
    const iso = (ms) => new Date(ms).toISOString();
    const query = `from=${iso(this.way.from)}&to=${iso(this.way.to)}&severity=2`;
    const told = await ask(`/replay/timeline?${query}`).catch(() => null);
    if (turn !== this.#turn) return;
    this.moments = told?.moments ?? [];
    this.density = told;
    this.#draw();
  }

  #draw() {
    const { recorded, way: { from, to } } = this;
    if (from === undefined) return;
    this.strip.draw({ from, to, at: recorded.at, spans: recorded.spans, still: recorded.still, moments: this.moments ?? [], density: this.density });
    const zone = this.config.timezone;
    const both = (ms) => `${dateOf(ms, zone, lang()).replace(/ ?星期.*$/, "")} ${timeOf(ms, zone, lang())}`;
    setText(slotOf(this.bar, "from"), both(from));
    setText(slotOf(this.bar, "to"), both(to));
  }

  #listen() {
    const { bar, recorded, range, way } = this;
    recorded.on("moved", () => this.#moved());
    recorded.on("snapshot", () => this.#say(""));
    recorded.on("hole", () => this.#say("replay.hole"));
    recorded.on("away", (error) => this.#away(error));
    way.on("strip", () => this.#span());
    way.on("written", () => this.#written());
    range.addEventListener("input", () => {
      clearTimeout(this.#scrub);
      const at = Number(range.value) * 1000;
      way.hand();
      this.#scrub = setTimeout(() => way.go(at), SCRUB_MS);
      this.#time(at);
    });
    range.addEventListener("pointermove", (event) => this.strip.point(event.offsetX));
    range.addEventListener("pointerleave", () => this.strip.point(null));
    bar.addEventListener("click", (event) => {
      const { do: act, speed, window: name } = event.target.closest("[data-do], [data-speed], [data-window]")?.dataset ?? {};
      if (speed) way.pace(Number(speed));
      else if (name) way.window(name);
      else if (act) this.#act(act);
      this.#speeds();
    });
    addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#draw()).observe(bar);
    this.#speeds();
  }

  #act(act) {
    const { recorded, way } = this;
    if (act === "play" && recorded.playing) recorded.pause();
    else if (act === "play") recorded.at >= recorded.edge ? way.go(way.from).then(() => recorded.play()) : recorded.play();
    else if (act === "before" || act === "after") this.#jump(act === "after" ? 1 : -1);
    else if (act === "share") this.#share();
    if (!recorded.playing) way.write();
  }

  /** To the mark before or after, a little earlier, so that one sees it come. */
  #jump(way) {
    const at = this.recorded.at + 5_000;
    const marks = (this.moments ?? []).map((row) => Date.parse(row.at)).sort((a, b) => a - b);
    const next = way > 0 ? marks.find((mark) => mark > at + 1000) : marks.filter((mark) => mark < at - 1000).pop();
    if (next !== undefined) this.way.go(next - 5_000);
  }

  #speeds() {
    for (const button of this.bar.querySelectorAll(".replay-speed")) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === this.recorded.speed));
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("input:not([type=range]), textarea, select")) return;
    if (event.defaultPrevented || (event.key.startsWith("Arrow") && event.target.closest?.(".map-canvas"))) return; // the map's own
    const { way, recorded } = this;
    const far = event.shiftKey ? 60_000 : 10_000;
    const acts = {
      " ": () => this.#act("play"),
      ArrowLeft: () => way.go(recorded.at - far),
      ArrowRight: () => way.go(recorded.at + far),
      "[": () => this.#jump(-1),
      "]": () => this.#jump(1),
      Home: () => way.go(way.from),
      End: () => way.go(Math.min(way.to, recorded.edge)),
    };
    if (!acts[event.key] || (event.key === " " && event.target.closest?.("button, a"))) return;
    event.preventDefault();
    acts[event.key]();
  }

  #moved() {
    const { recorded, bar } = this;
    this.#time(recorded.at);
    this.range.value = String(Math.round(recorded.at / 1000));
    this.strip.move(recorded.at);
    bar.classList.toggle("playing", recorded.playing);
    bar.classList.toggle("waits", recorded.waits);
    const word = t(recorded.playing ? "replay.pause" : "replay.play");
    if (this.play.title !== word) {
      this.play.title = word;
      this.play.setAttribute("aria-label", word);
    }
  }

  #time(at) {
    const { timezone } = this.config;
    const words = `${dateOf(at, timezone, lang())} ${timeOf(at, timezone, lang())}`;
    setText(slotOf(this.bar, "moment"), words);
    this.range.setAttribute("aria-valuetext", words);
    setText(slotOf(this.bar, "ago"), ageText(Math.max(0, (this.recorded.present() - at) / 1000), t));
  }

  /** Moment, strip or speed became others: the ways out of here go with them. */
  #written() {
    this.#speeds();
    const span = this.#incident ? { from: Date.parse(this.#incident.opened_at) - BEFORE_MS, to: Date.parse(this.#incident.closed_at ?? "") || this.recorded.edge } : this.way;
    const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
    const query = `from=${iso(span.from)}&to=${iso(Math.max(span.from + 1000, Math.min(span.to, this.recorded.edge)))}${this.#incident ? `&incident=${this.#incident.id}` : ""}&lang=${lang()}`;
    this.bar.querySelector('[data-do="report"]').href = `/api/v1/replay/report/paper.html?${query}`;
    this.bar.querySelector('[data-do="pdf"]').href = `/api/v1/replay/report/paper.pdf?${query}`;
    this.bar.querySelector('[data-do="live"]').href = location.pathname.replace("/replay", "/wall");
  }

  async #share() {
    const address = new URL(view.address(), location.href).href;
    const kept = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    this.#say(kept ? "replay.shared" : "replay.share_by_hand", { address });
  }

  #say(key, values = {}) {
    setText(slotOf(this.bar, "said"), key && t(key, values));
    this.bar.dataset.said = key;
    this.root.classList.toggle("in-hole", key === "replay.hole");
  }
}
