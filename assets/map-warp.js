// Redraws tiles of a map in GCJ-02, or cut in degrees, so that they lie where our places are: a tile of ours is cut into blocks, and
// each block shows the piece of theirs that lies on the same ground. Only the way from ours to theirs is ever needed, and it is exact.

const A = 6378245.0; // Krasovsky 1940, as in geodata/datums.py
const EE = 0.006693421622965943;
const BLOCKS = 8; // a side: within one, the shift of GCJ-02 and the bend of Mercator are far below a pixel
const KEPT = 96; // their pictures; neighbours of ours share them
const LATE_MS = 15_000;
const TURN = Math.PI;

const wave = (x) => ((20 * Math.sin(6 * x * TURN) + 20 * Math.sin(2 * x * TURN)) * 2) / 3;

/** A place in GCJ-02, degrees in and out; outside China the place itself. The series as in geodata/datums.py. */
export function toGcj02(lon, lat) {
  if (lon < 73.66 || lon > 135.05 || lat < 3.86 || lat > 53.55) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave(x);
  north += ((20 * Math.sin(y * TURN) + 40 * Math.sin((y / 3) * TURN)) * 2) / 3;
  north += ((160 * Math.sin((y / 12) * TURN) + 320 * Math.sin((y * TURN) / 30)) * 2) / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave(x);
  east += ((20 * Math.sin(x * TURN) + 40 * Math.sin((x / 3) * TURN)) * 2) / 3;
  east += ((150 * Math.sin((x / 12) * TURN) + 300 * Math.sin((x / 30) * TURN)) * 2) / 3;
  const phi = (lat * TURN) / 180;
  const magic = 1 - EE * Math.sin(phi) ** 2;
  const high = (north * 180) / (((A * (1 - EE)) / (magic * Math.sqrt(magic))) * TURN);
  return [lon + (east * 180) / ((A / Math.sqrt(magic)) * Math.cos(phi) * TURN), lat + high];
}

const latOf = (v) => (Math.atan(Math.sinh(TURN * (1 - 2 * v))) * 180) / TURN; // v: 0 at the top of the Mercator square, 1 at its foot

/** Where a place lies on their whole map, in px of their zoom `z`, from its upper left corner. */
export function pixelOf(lon, lat, z, { datum, matrix, tile_px: px }) {
  const [x, y] = datum === "gcj02" ? toGcj02(lon, lat) : [lon, lat];
  const side = px * 2 ** z;
  if (matrix === "degrees") return [((x + 180) / 360) * side, ((90 - y) / 360) * side];
  const sine = Math.sin((y * TURN) / 180);
  return [((x + 180) / 360) * side, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * TURN)) * side];
}

/**
 * What tile z/x/y of ours is drawn from: `tiles` of theirs ([column, row], laid side by side from `from`) and `blocks`, each
 * [their x, y, width, height, our x, y, width, height] in px of the sheet those tiles make and of our tile.
 */
export function planOf(z, x, y, map) {
  const px = map.tile_px;
  const corner = (column, row) => pixelOf(((x + column / BLOCKS) / 2 ** z) * 360 - 180, latOf((y + row / BLOCKS) / 2 ** z), z, map);
  const corners = Array.from({ length: BLOCKS + 1 }, (_, row) => Array.from({ length: BLOCKS + 1 }, (_, column) => corner(column, row)));
  const all = corners.flat();
  const least = (at) => Math.floor(Math.min(...all.map((one) => one[at])) / px);
  const most = (at) => Math.ceil(Math.max(...all.map((one) => one[at])) / px);
  const from = [least(0), least(1)];
  const size = [most(0) - from[0], most(1) - from[1]];
  const tiles = [];
  for (let row = 0; row < size[1]; row += 1) for (let column = 0; column < size[0]; column += 1) tiles.push([from[0] + column, from[1] + row]);
  const step = px / BLOCKS;
  const blocks = [];
  for (let row = 0; row < BLOCKS; row += 1) {
    for (let column = 0; column < BLOCKS; column += 1) {
      const [[left, top], [right, foot]] = [corners[row][column], corners[row + 1][column + 1]];
      blocks.push([left - from[0] * px, top - from[1] * px, right - left, foot - top, column * step, row * step, step, step]);
    }
  }
  return { from, size, tiles, blocks };
}

/** Draws tiles of one map service, keeping the pictures it got. `urls` holds {z}, {x} and {y}. */
export class Warp {
  #pictures = new Map();

  constructor(url, map) {
    Object.assign(this, { url, map });
  }

  /** One tile of ours. Rejects where none of theirs came: the map then shows what it has of the zoom above. */
  async draw(z, x, y) {
    const plan = planOf(z, x, y, this.map);
    const px = this.map.tile_px;
    const found = await Promise.allSettled(plan.tiles.map(([column, row]) => this.#picture(z, column, row)));
    if (found.every(({ status }) => status === "rejected")) throw found[0].reason;
    const sheet = new OffscreenCanvas(plan.size[0] * px, plan.size[1] * px);
    const pen = sheet.getContext("2d");
    found.forEach(({ value }, at) => value && pen.drawImage(value, (plan.tiles[at][0] - plan.from[0]) * px, (plan.tiles[at][1] - plan.from[1]) * px, px, px));
    const tile = new OffscreenCanvas(px, px);
    const brush = tile.getContext("2d");
    for (const block of plan.blocks) brush.drawImage(sheet, ...block);
    return tile.transferToImageBitmap();
  }

  #picture(z, x, y) {
    const side = 2 ** z;
    const key = `${z}/${x}/${y}`;
    if (!this.#pictures.has(key)) {
      const row = this.map.tms ? side - 1 - y : y;
      const address = this.url.replace("{z}", z).replace("{x}", ((x % side) + side) % side).replace("{y}", row);
      const kept = fetch(address, { credentials: "omit", signal: AbortSignal.timeout(LATE_MS) }).then(async (answer) => {
        if (!answer.ok) throw Object.assign(new Error(`HTTP ${answer.status}`), { status: answer.status });
        return createImageBitmap(await answer.blob());
      });
      kept.catch(() => this.#pictures.delete(key)); // asked for again when it is wanted again
      this.#pictures.set(key, kept);
      if (this.#pictures.size > KEPT) this.#pictures.delete(this.#pictures.keys().next().value);
    }
    return this.#pictures.get(key);
  }
}
