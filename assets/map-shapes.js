// What the tools draw on the map: one source, a few layers above everything. Each tool owns the features under its own name. They come to the map
// with the first of them: a source costs tiles and frames, empty too, and most screens never measure.

import { collection, put } from "./map-base.js";

const FONT = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];
const INK = "#ffffff";
const is = (...types) => ["in", ["geometry-type"], ["literal", types]];

export class Shapes {
  #of = new Map(); // tool → features

  constructor(district) {
    this.map = district.map;
    this.rem = district.rem ?? 1;
  }

  set(tool, features) {
    this.#of.set(tool, features);
    const all = [...this.#of.values()].flat();
    if (all.length && !this.map.getSource("tools")) this.#bring();
    put(this.map, "tools", all);
  }

  #bring() {
    this.map.addSource("tools", { type: "geojson", data: collection([]) });
    for (const layer of layers(this.rem)) this.map.addLayer({ source: "tools", ...layer });
  }
}

function layers(rem) {
  const text = { "text-field": ["get", "label"], "text-font": FONT, "text-size": 13 * rem, "text-anchor": "top", "text-offset": [0, 0.6], "text-allow-overlap": false, "text-optional": true };
  return [
    { id: "tools-fill", type: "fill", filter: is("Polygon"), paint: { "fill-color": INK, "fill-opacity": 0.1 } },
    { id: "tools-case", type: "line", filter: is("Polygon", "LineString"), paint: { "line-color": "#04101f", "line-width": 4.5 * rem, "line-opacity": 0.7 } },
    { id: "tools-line", type: "line", filter: is("Polygon", "LineString"), layout: { "line-join": "round" }, paint: { "line-color": INK, "line-width": 2 * rem, "line-dasharray": [2, 1.2] } },
    { id: "tools-points", type: "circle", filter: is("Point"), paint: { "circle-radius": ["*", rem, ["coalesce", ["get", "size"], 4]], "circle-color": ["coalesce", ["get", "colour"], INK], "circle-stroke-color": "#04101f", "circle-stroke-width": 1.5 * rem } },
    { id: "tools-text", type: "symbol", filter: ["all", is("Point"), ["has", "label"]], layout: text, paint: { "text-color": INK, "text-halo-color": "rgba(3,11,24,0.95)", "text-halo-width": 1.8 * rem } },
  ];
}

export const feature = (type, coordinates, properties = {}) => ({ type: "Feature", properties, geometry: { type, coordinates } });
