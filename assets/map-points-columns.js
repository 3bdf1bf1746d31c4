// The points of one layer as arrays: where each is, what it is, and how grave it is now. Pure: no DOM, no map, no network.
// Ranks: 0 as it should be, 1 unknown, 2 flawed by its census or under a blue alert, 3 yellow, 4 orange, 5 red.

import { mercator, unstep } from "./cell-ground.js";

export const OK = 0;
export const UNKNOWN = 1;
export const FLAWED = 2;
export const PARTLY = 6; // how a cluster looks that is well as far as it is known
export const DRILLS = 1; // of a cluster whose points all are drills
const OF_SIGN = { "!": FLAWED, "?": UNKNOWN };
const MILLIONTH = 1e-6;

/** The rank of a severity 1…4; a notice (5) is no trouble of its device. */
export const rankOf = (severity) => (severity >= 1 && severity <= 4 ? 6 - severity : OK);

/** The severity of a rank, null for one without. */
export const severityOf = (rank) => (rank >= 2 ? 6 - rank : null);

export class PointColumns {
  #placeOf = null; // code → place in the arrays, made when first asked for

  /** `told`: the answer of /api/v1/map/points/{layer}. */
  constructor(told) {
    const { count, version, codes, kinds, signs } = told;
    Object.assign(this, { count, version, codes, kinds });
    const [lon, lat] = [unstep(told.lon), unstep(told.lat)];
    [this.x, this.y] = [new Float64Array(count), new Float64Array(count)];
    for (let at = 0; at < count; at += 1) [this.x[at], this.y[at]] = mercator([lon[at] * MILLIONTH, lat[at] * MILLIONTH]);
    this.kind = Uint16Array.from(told.kind);
    this.drill = Uint8Array.from(signs, (sign) => (sign === "d" ? 1 : 0));
    this.census = Uint8Array.from(signs, (sign) => OF_SIGN[sign] ?? OK);
    this.silent = new Uint8Array(count); // of which nothing is known now
    this.rank = Uint8Array.from(this.census);
  }

  /** How grave each point is: what its census says, that nothing is known of it, or the gravest of its alerts. A drill is never grave.
   *  `known` false: of none is anything known but its alerts. `alerts`: code → severity. Returns whether any rank changed. */
  judge({ unknown = null, known = true, alerts = new Map() }) {
    if (unknown) {
      this.silent.fill(0);
      for (const place of unknown) this.silent[place] = 1;
    }
    const before = this.rank.slice();
    for (let at = 0; at < this.count; at += 1) this.rank[at] = known && !this.silent[at] ? this.census[at] : Math.max(UNKNOWN, this.census[at]);
    for (const [code, severity] of alerts) {
      const at = this.#place(code);
      if (at !== undefined && !this.drill[at]) this.rank[at] = Math.max(this.rank[at], rankOf(severity));
    }
    return this.rank.some((rank, at) => rank !== before[at]);
  }

  /** What a chip says: how many points, of how many nothing is known, the gravest severity, how many are drills. */
  tally() {
    let [unknown, worst, drills, flawed] = [0, OK, 0, 0];
    for (let at = 0; at < this.count; at += 1) {
      drills += this.drill[at];
      unknown += this.rank[at] === UNKNOWN ? 1 : 0;
      flawed += this.census[at] === FLAWED ? 1 : 0;
      if (!this.census[at] && this.rank[at] > worst) worst = this.rank[at];
    }
    return { count: this.count, unknown, worst: severityOf(worst), drills, flawed };
  }

  #place(code) {
    this.#placeOf ??= new Map(this.codes.map((one, at) => [one, at]));
    return this.#placeOf.get(code);
  }
}
