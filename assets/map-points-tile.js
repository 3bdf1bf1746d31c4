// One tile of clusters as a Mapbox Vector Tile (version 2.1 of its specification): points only, whole numbers only. Pure.
// A feature's id is zoom · 2^20 + its number in that zoom; its properties: n points, w the gravest rank, s how it looks (the rank, or PARTLY
// where of some of its points nothing is known), d 1 where all are drills, k the kind of its first.

import { PARTLY, UNKNOWN } from "./map-points-columns.js";

const EXTENT = 4096;
const KEYS = ["n", "w", "s", "d", "k"];
export const ID_STEP = 2 ** 20;

class Bytes {
  #bytes = new Uint8Array(1024);
  #length = 0;

  byte(value) {
    if (this.#length === this.#bytes.length) {
      const wider = new Uint8Array(this.#length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  varint(value) {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  /** A field of bytes: its tag, its length, itself. */
  field(number, bytes) {
    this.varint(number * 8 + 2);
    this.varint(bytes.length);
    for (const byte of bytes) this.byte(byte);
  }

  number(field, value) {
    this.varint(field * 8);
    this.varint(value);
  }

  get done() {
    return this.#bytes.subarray(0, this.#length);
  }
}

const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);
const packed = (numbers) => {
  const bytes = new Bytes();
  numbers.forEach((number) => bytes.varint(number));
  return bytes.done;
};

/** One silent device among fifty does not make the fifty unknown. */
const lookOf = ({ rank, unknown, count }, at) => (rank[at] === UNKNOWN && unknown[at] < count[at] ? PARTLY : rank[at]);

/** The tile z/x/y of a level of clusters (map-points-clusters.js) as bytes; none where nothing lies in it. */
export function pointTile(level, levelZoom, columns, [z, x, y]) {
  const values = new Map(); // number → its place in the tile's table
  const placeOf = (value) => values.get(value) ?? values.set(value, values.size).get(value);
  const [layer, scale] = [new Bytes(), 2 ** z];
  layer.field(1, new TextEncoder().encode("points"));
  for (let at = 0; at < level.many; at += 1) {
    const [left, top] = [level.x[at] * scale - x, level.y[at] * scale - y];
    if (left < 0 || left >= 1 || top < 0 || top >= 1) continue;
    const told = [level.count[at], level.rank[at], lookOf(level, at), level.drills[at] === level.count[at] ? 1 : 0, columns.kind[level.first[at]]];
    const feature = new Bytes();
    feature.number(1, levelZoom * ID_STEP + at);
    feature.field(2, packed(told.flatMap((value, key) => [key, placeOf(value)])));
    feature.number(3, 1);
    feature.field(4, packed([9, zigzag(Math.floor(left * EXTENT)), zigzag(Math.floor(top * EXTENT))]));
    layer.field(2, feature.done);
  }
  if (!values.size) return new Uint8Array(0);
  for (const key of KEYS) layer.field(3, new TextEncoder().encode(key));
  for (const value of values.keys()) layer.field(4, packed([5 * 8, value]));
  layer.number(5, EXTENT);
  layer.number(15, 2);
  const tile = new Bytes();
  tile.field(3, layer.done);
  return tile.done.slice();
}
