// Many points as few: a cluster a zoom, each made of those of the next deeper zoom that lie within a few pixels of one another. How grave
// a cluster is follows its points without clustering anew. Pure: no DOM, no map, no network.

import { UNKNOWN } from "./map-points-columns.js";

const SIDE = 512; // px of a tile: a world is SIDE · 2^zoom wide
const GRID = 67_108_864; // more columns than any zoom has

export const DEEPEST = 17; // beyond it points are apart unless they stand on one another
export const SHALLOWEST = 6;
const RADIUS_PX = 42;
const SAME_PX = 0.75; // at DEEPEST: 0.8 m on the ground, one pole

/** The clusters of one zoom: position (Web Mercator, 0…1), how many points, the gravest rank, how many unknown and drills, which point is the first. */
class Level {
  constructor(items, radius) {
    this.into = gather(items, radius);
    const many = this.into.reduce((most, one) => Math.max(most, one), -1) + 1;
    [this.x, this.y] = [new Float64Array(many), new Float64Array(many)];
    [this.count, this.drills, this.first] = [new Uint32Array(many), new Uint32Array(many), new Int32Array(many).fill(-1)];
    [this.rank, this.unknown] = [new Uint8Array(many), new Uint32Array(many)];
    items.x.forEach((x, at) => this.#take(items, at, x));
    for (let at = 0; at < many; at += 1) [this.x[at], this.y[at]] = [this.x[at] / this.count[at], this.y[at] / this.count[at]];
    this.judge(items);
  }

  #take(items, at, x) {
    const to = this.into[at];
    const [count, drills, first] = items.first ? [items.count[at], items.drills[at], items.first[at]] : [1, items.drill[at], at]; // clusters, or points
    this.x[to] += x * count;
    this.y[to] += items.y[at] * count;
    this.count[to] += count;
    this.drills[to] += drills;
    if (this.first[to] < 0) this.first[to] = first;
  }

  /** The gravest rank of each and of how many of its points nothing is known, from the items it was made of. */
  judge(items) {
    this.rank.fill(0);
    this.unknown.fill(0);
    for (let at = 0; at < this.into.length; at += 1) {
      const to = this.into[at];
      this.rank[to] = Math.max(this.rank[to], items.rank[at]);
      this.unknown[to] += items.first ? items.unknown[at] : Number(items.rank[at] === UNKNOWN);
    }
  }

  get many() {
    return this.x.length;
  }
}

/** For each item the cluster it goes to: greedily, what lies within `radius` of one not yet taken goes with it. */
function gather(items, radius) {
  const { x, y } = items;
  const [heads, next] = [new Map(), new Int32Array(x.length).fill(-1)];
  const key = (column, row) => column * GRID + row;
  const [columns, rows] = [Int32Array.from(x, (one) => one / radius), Int32Array.from(y, (one) => one / radius)];
  for (let at = x.length - 1; at >= 0; at -= 1) {
    const cell = key(columns[at], rows[at]);
    next[at] = heads.get(cell) ?? -1;
    heads.set(cell, at);
  }
  const into = new Int32Array(x.length).fill(-1);
  let many = 0;
  for (let at = 0; at < x.length; at += 1) {
    if (into[at] >= 0) continue;
    for (let column = columns[at] - 1; column <= columns[at] + 1; column += 1) {
      for (let row = rows[at] - 1; row <= rows[at] + 1; row += 1) {
        for (let one = heads.get(key(column, row)) ?? -1; one >= 0; one = next[one]) {
          if (into[one] < 0 && (x[one] - x[at]) ** 2 + (y[one] - y[at]) ** 2 <= radius * radius) into[one] = many;
        }
      }
    }
    into[at] = many;
    many += 1;
  }
  return into;
}

export class Clusters {
  #levels = new Map(); // zoom → Level

  /** `columns`: PointColumns. */
  constructor(columns) {
    this.columns = columns;
  }

  /** The clusters of a zoom (whole; the nearest we have), made when first asked for. */
  level(zoom) {
    const z = Math.max(SHALLOWEST, Math.min(DEEPEST, zoom));
    if (!this.#levels.has(z)) this.#levels.set(z, new Level(this.#below(z), (z === DEEPEST ? SAME_PX : RADIUS_PX) / (SIDE * 2 ** z)));
    return this.#levels.get(z);
  }

  /** After the ranks of the points changed. */
  judge() {
    for (const z of [...this.#levels.keys()].sort((a, b) => b - a)) this.#levels.get(z).judge(this.#below(z));
  }

  /** The zoom at which a cluster falls apart; null where its points stand on one another. */
  opensAt(zoom, number) {
    let [z, inside] = [zoom, number];
    while (z < DEEPEST) {
      const parts = this.#parts(z, inside);
      z += 1;
      if (parts.length > 1) return z;
      [inside] = parts;
    }
    return null;
  }

  /** The points of a cluster, at most `most` of them, the gravest first. */
  points(zoom, number, most) {
    let mine = Uint8Array.from(this.level(zoom).x, (_, at) => Number(at === number));
    for (let z = Math.max(SHALLOWEST, zoom); z <= DEEPEST; z += 1) mine = Uint8Array.from(this.level(z).into, (to) => mine[to]); // one pass a level
    const inside = [...mine.keys()].filter((at) => mine[at]);
    return inside.sort((a, b) => this.columns.rank[b] - this.columns.rank[a]).slice(0, most);
  }

  /** What a cluster of a zoom was made of, by numbers of the next deeper one. */
  #parts(z, number) {
    const parts = [];
    this.level(z).into.forEach((to, at) => to === number && parts.push(at));
    return parts;
  }

  #below(z) {
    return z === DEEPEST ? this.columns : this.level(z + 1);
  }
}
