// The trend chart: today against yesterday, written straight into Plotly. Never through a Dash prop.

const REDRAW_MS = 5_000;

export class Trend {
  #last = 0;
  #shape = "";
  #of = null; // the state drawn last: another one is another time

  constructor({ config, live, panel }) {
    Object.assign(this, { config, live });
    this.panel = panel("trend");
    this.ready = this.#wait();
  }

  /** Dash loads Plotly and draws the empty chart in its own time. */
  async #wait() {
    for (let tries = 0; tries < 200; tries += 1) {
      this.chart = this.panel.querySelector(".js-plotly-plot");
      if (this.chart && window.Plotly && this.chart._fullLayout) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }

  draw(state) {
    const now = performance.now();
    const shape = `${state.trend.today.size}|${[...state.trend.today.values()].reduce((sum, n) => sum + n, 0)}|${this.panel.clientWidth}|${this.panel.clientHeight}`;
    const anew = this.#of !== this.live.state;
    if (!this.chart || (!anew && ((shape === this.#shape && now - this.#last < 60_000) || now - this.#last < REDRAW_MS))) return;
    this.#last = now;
    this.#of = this.live.state;
    this.#shape = shape;
    const { today, yesterday, bucket_s: step } = state.trend;
    const running = Math.floor(this.live.now() / 1000 / step) * step;
    const day = this.#midnight(running, step);
    // The server lists the quarters in which something happened; in the others of a day it knows nothing did.
    const whole = (told, from, to) => (told.size ? Array.from({ length: Math.max(0, (to - from) / step) }, (_, k) => [from + k * step, told.get(from + k * step) ?? 0]) : []);
    const done = today.size || yesterday.size ? whole(today.size ? today : new Map([[day, 0]]), day, running) : [];
    const before = whole(yesterday, day - 86_400, day).map(([at, n]) => [at + 86_400, n]);
    const traces = [before, done, done.length || today.size ? [[running, today.get(running) ?? 0]] : []];
    this.#write(traces, day);
  }

  #write(traces, day) {
    const wall = (s) => this.#local(s);
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const data = this.chart.data.map((trace, at) => ({ ...trace, x: traces[at].map(([s]) => wall(s)), y: traces[at].map(([, n]) => n) }));
    const widths = [1.5, 2.6, 0];
    data.forEach((trace, at) => trace.line && (trace.line = { ...trace.line, width: widths[at] * size }));
    data[2].marker = { ...data[2].marker, size: 9 * size, line: { ...data[2].marker.line, width: 2.4 * size } };
    const font = { family: "'Barlow Semi Condensed','Noto Sans CJK SC',sans-serif", size: 13 * size, color: getComputedStyle(this.panel).getPropertyValue("--dim").trim() };
    const layout = { ...this.chart.layout, font, margin: { l: 32 * size, r: 10 * size, t: 8 * size, b: 27 * size }, autosize: true };
    // Without autorange off, an empty day would be drawn as a year with a tick every four hours: 2,190 labels.
    const hours = { dtick: 4 * 3600 * 1000, tick0: wall(day), autorange: false, range: [wall(day), wall(day + 86_400)] };
    layout.xaxis = { ...layout.xaxis, ...hours, tickfont: font, ticklabelstandoff: Math.round(5 * size) };
    layout.yaxis = { ...layout.yaxis, tickfont: font };
    window.Plotly.react(this.chart, data, layout);
  }

  /** The beginning of the city's day, epoch seconds. */
  #midnight(at, step) {
    const [hours, minutes] = this.#local(at).slice(11).split(":").map(Number);
    return at - Math.round((hours * 3600 + minutes * 60) / step) * step;
  }

  /** Plotly shows the wall clock it is given: the city's, not the browser's. */
  #local(seconds) {
    this.format ??= new Intl.DateTimeFormat("sv-SE", { timeZone: this.config.timezone, dateStyle: "short", timeStyle: "medium" });
    return this.format.format(seconds * 1000);
  }
}
