// What the heat map counts and how a density becomes a colour. Pure: no map, no page, no network.

export const KINDS = ["complaints", "cases", "alerts"];
export const SPANS = ["1h", "24h", "7d", "31d"];
export const USUAL = ["complaints", "24h"];

// Five steps of one lightness that only grows (dark pages) or falls (light ones): read without colour as well.
export const RAMPS = { night: ["#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf"], day: ["#fde0b2", "#fdae61", "#e8603c", "#b11a4b", "#4d0a4d"] };
const LEAST = 6; // of 255: below it nothing is drawn

/** [what, span] of the word in the address; what nobody offers is the usual. Pure. */
export function readHeat(word) {
  const [kind, span] = (word || "").split(",");
  return [KINDS.includes(kind) ? kind : USUAL[0], SPANS.includes(span) ? span : USUAL[1]];
}

/** The colour [r, g, b, a] of a value 0…255. Pure. */
export function colourOf(value, ramp) {
  if (value < LEAST) return [0, 0, 0, 0];
  const place = (value / 255) * (ramp.length - 1);
  const [low, high] = [Math.floor(place), Math.min(ramp.length - 1, Math.floor(place) + 1)];
  const part = (hex, at) => parseInt(hex.slice(1 + 2 * at, 3 + 2 * at), 16);
  const mix = [0, 1, 2].map((at) => Math.round(part(ramp[low], at) * (1 - place + low) + part(ramp[high], at) * (place - low)));
  return [...mix, Math.round(255 * Math.min(0.88, 0.25 + (1.3 * value) / 255))];
}

/** The field as pixels, row by row from the north-west. Pure. */
export function pixelsOf(base64, ramp) {
  const values = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const table = Array.from({ length: 256 }, (_, value) => colourOf(value, ramp));
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, at) => pixels.set(table[value], at * 4));
  return pixels;
}
