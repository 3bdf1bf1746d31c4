// Lengths and areas on the ground, and the shapes of tools, from degrees. Pure arithmetic on a sphere of the earth's mean radius:
// within 0.3 % of the ellipsoid, which is what a finger on a map can hit.

const RADIUS_M = 6_371_008.8; // mean radius of the GRS 80 ellipsoid (IUGG)
const rad = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two places (haversine). */
export function distance([x1, y1], [x2, y2]) {
  const [north, east] = [Math.sin(rad(y2 - y1) / 2), Math.sin(rad(x2 - x1) / 2)];
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(north * north + Math.cos(rad(y1)) * Math.cos(rad(y2)) * east * east)));
}

/** Metres along a line of places. */
export const length = (line) => line.slice(1).reduce((sum, place, at) => sum + distance(line[at], place), 0);

/** Square metres inside a ring, open or closed, whichever way round (l'Huilier's sum as in Chamberlain & Duquette, JPL 07-03). */
export function area(ring) {
  let sum = 0;
  ring.forEach(([x1, y1], at) => {
    const [x2, y2] = ring[(at + 1) % ring.length];
    sum += rad(x2 - x1) * (2 + Math.sin(rad(y1)) + Math.sin(rad(y2)));
  });
  return Math.abs((sum * RADIUS_M * RADIUS_M) / 2);
}

/** A closed ring of places `metres` away from `centre`. */
export function circle([x, y], metres, corners = 96) {
  const far = metres / RADIUS_M;
  return Array.from({ length: corners + 1 }, (_, at) => {
    const turn = (2 * Math.PI * (at % corners)) / corners;
    const lat = Math.asin(Math.sin(rad(y)) * Math.cos(far) + Math.cos(rad(y)) * Math.sin(far) * Math.cos(turn));
    const lon = rad(x) + Math.atan2(Math.sin(turn) * Math.sin(far) * Math.cos(rad(y)), Math.cos(far) - Math.sin(rad(y)) * Math.sin(lat));
    return [(lon * 180) / Math.PI, (lat * 180) / Math.PI];
  });
}

/** A length as people say it. */
export const metresText = (metres) => (metres >= 10_000 ? `${(metres / 1000).toFixed(1)} km` : metres >= 1000 ? `${(metres / 1000).toFixed(2)} km` : `${Math.round(metres)} m`);

/** A surface as people say it. */
export const squareText = (metres) => (metres >= 1e6 ? `${(metres / 1e6).toFixed(2)} km²` : metres >= 1e4 ? `${(metres / 1e4).toFixed(2)} ha` : `${Math.round(metres)} m²`);
