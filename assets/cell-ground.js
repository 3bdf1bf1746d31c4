// Which cells there are, whose each is, and, where they form a regular grid, where its columns and rows lie: arithmetic instead of shapes.
// Pure: no DOM, no map, no network. Positions are on the square of Web Mercator, 0…1, y to the south.

const NEWTON = 4; // steps from a position to its column and row; two are enough for a city

/** [first, step, step …] → the numbers themselves. */
export function unstep(steps) {
  const numbers = Int32Array.from(steps);
  for (let at = 1; at < numbers.length; at += 1) numbers[at] += numbers[at - 1];
  return numbers;
}

export const mercator = ([lon, lat]) => [lon / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)];
export const degrees = ([x, y]) => [(x - 0.5) * 360, (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90];

/** The cells a reader sees, from the answer of `/api/v1/grid`. */
export class CellGround {
  #number = new Map(); // cell id → its place in the arrays
  #areaAt; // place in the arrays → place in `areas`

  constructor(told) {
    this.ids = unstep(told.ids);
    this.areas = told.areas;
    this.runs = told.runs; // how many cells of each
    this.#areaAt = new Uint32Array(this.ids.length);
    let at = 0;
    told.runs.forEach((many, area) => this.#areaAt.fill(area, at, (at += many)));
    this.ids.forEach((id, number) => this.#number.set(id, number));
    this.lattice = told.lattice && new Lattice(told.lattice);
  }

  get count() {
    return this.ids.length;
  }

  /** The place of a cell in `ids`; -1 for one nobody told us of. */
  number(id) {
    return this.#number.get(id) ?? -1;
  }

  /** The community a cell lies in; "" unknown. */
  areaOf(id) {
    const number = this.number(id);
    return number < 0 ? "" : this.areas[this.#areaAt[number]];
  }

  /** How many cells lie in an area of any level; "" is everywhere. */
  countIn(code) {
    return this.areas.reduce((sum, area, at) => sum + (area.startsWith(code) ? this.runs[at] : 0), 0);
  }
}

/** A regular grid. Column and row are real numbers here: a cell reaches from (c, r) to (c + 1, r + 1), row 0 the southernmost. */
export class Lattice {
  constructor({ columns, rows, middle, origin, x, y, places }) {
    Object.assign(this, { columns, rows, middle, origin, x, y });
    this.places = unstep(places);
    this.numbers = new Int32Array(columns * rows).fill(-1); // place → which of the cells lies there
    this.places.forEach((place, number) => (this.numbers[place] = number));
  }

  /** Column and row → position less the origin (small numbers, which a graphics card can hold). */
  offset(column, row) {
    const [u, v] = [column - this.middle[0], row - this.middle[1]];
    const at = (k) => k[0] + k[1] * u + k[2] * v + k[3] * u * u + k[4] * u * v + k[5] * v * v;
    return [at(this.x), at(this.y)];
  }

  /** Position → column and row, by Newton's method. */
  locate([px, py]) {
    const { x, y } = this;
    const [tx, ty] = [px - this.origin[0], py - this.origin[1]];
    let [u, v] = [0, 0];
    for (let step = 0; step < NEWTON; step += 1) {
      const [ox, oy] = this.offset(u + this.middle[0], v + this.middle[1]);
      const [xu, xv] = [x[1] + 2 * x[3] * u + x[4] * v, x[2] + x[4] * u + 2 * x[5] * v];
      const [yu, yv] = [y[1] + 2 * y[3] * u + y[4] * v, y[2] + y[4] * u + 2 * y[5] * v];
      const det = xu * yv - xv * yu;
      u += ((tx - ox) * yv - (ty - oy) * xv) / det;
      v += ((ty - oy) * xu - (tx - ox) * yu) / det;
    }
    return [u + this.middle[0], v + this.middle[1]];
  }

  /** Which of the cells lies at a position; -1: none. */
  numberAt(position) {
    const [column, row] = this.locate(position).map(Math.floor);
    if (!(column >= 0 && row >= 0 && column < this.columns && row < this.rows)) return -1;
    return this.numbers[row * this.columns + column];
  }

  /** The outline of a cell in degrees, closed. */
  ring(number) {
    const place = this.places[number];
    const [row, column] = [Math.floor(place / this.columns), place % this.columns];
    const corner = ([c, r]) => {
      const [x, y] = this.offset(column + c, row + r);
      return degrees([x + this.origin[0], y + this.origin[1]]);
    };
    return [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(corner);
  }
}
