// What a layer of the map asks the server for again and again: at once, each so many seconds, when the area or the moment becomes another.
// Only the latest question counts. What stands stays while an answer does not come; the layer is told how old it is by its own `at`.

import { view } from "./view.js";

export class Asked {
  #turn = 0;
  #next = 0;
  #moment = null; // of a replay: the moment last asked for

  /**
   * `path(moment)`: the call with its own words, `take(answer)`, `fail(error)`; `pace_s`: seconds between two questions. `spans`: the path says
   * itself which time it means, so the call is not told of the moment.
   */
  constructor({ district, ask, path, pace_s: pace, take, fail, spans = false }) {
    Object.assign(this, { district, ask, path, pace, take, fail, spans, replayed: "asOf" in district.live });
    this.first = this.now(); // resolves when the first answer came, or did not
  }

  /** Asks at once. */
  async now() {
    const turn = (this.#turn += 1);
    const moment = this.district.live.now();
    this.#next = performance.now() + this.pace * 1000;
    this.#moment = moment;
    try {
      const answer = await this.ask(this.#worded(moment));
      if (turn === this.#turn) this.take(answer);
    } catch (error) {
      if (turn === this.#turn) this.fail(error);
    }
  }

  /** Once in a few seconds: asks when it is time, and in a replay when its moment moved. */
  tick(moment) {
    const moved = this.replayed && Math.abs(moment - this.#moment) > 1_000;
    if (moved || (!this.replayed && performance.now() >= this.#next)) this.now();
  }

  close() {
    this.#turn += 1; // what is still to come is not taken
  }

  #worded(moment) {
    const words = new URLSearchParams();
    if (view.get("area")) words.set("area", view.get("area"));
    if (this.replayed && !this.spans && Number.isFinite(moment)) words.set("at", new Date(moment).toISOString());
    const path = this.path(moment);
    return words.size ? `${path}${path.includes("?") ? "&" : "?"}${words}` : path;
  }
}

/** Sources and layers of one layer of the menu, taken off the map together. */
export class Brought {
  #layers = [];
  #sources = [];

  constructor(map) {
    this.map = map;
  }

  source(id, source = { type: "geojson", data: { type: "FeatureCollection", features: [] } }) {
    this.map.addSource(id, source);
    this.#sources.push(id);
  }

  /** Beneath `below`, where the map has it. */
  layer(layer, below) {
    this.map.addLayer(layer, below && this.map.getLayer(below) ? below : undefined);
    this.#layers.push(layer.id);
  }

  data(id, features) {
    this.map.getSource(id)?.setData({ type: "FeatureCollection", features });
  }

  close() {
    for (const id of this.#layers) if (this.map.getLayer(id)) this.map.removeLayer(id);
    for (const id of this.#sources) if (this.map.getSource(id)) this.map.removeSource(id);
  }
}
