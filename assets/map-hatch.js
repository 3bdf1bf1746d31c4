// Patterns that say how grave an extent is without its colour: the graver, the denser and the steeper. Drawn once per map. Decides nothing else.

const SIDE = 24; // px of one tile at 16 px per rem
const RATIO = 2;
// Lines a tile, their width in px, and whether they cross: red is a net, orange dense, yellow wide, blue dotted.
const LINES = { 1: [2, 1.6, true], 2: [2, 1.6, false], 3: [1, 1.5, false], 4: [1, 1.5, false], 5: [1, 1, false] };
const DASHED = new Set([4, 5]);

/** The name of the pattern of a colour and a severity; it is put into the map when it is first asked for. */
export function hatchOf(map, severity, colour, rem) {
  const name = `hatch-${severity}-${colour}`;
  if (!map.hasImage(name)) map.addImage(name, draw(severity, colour, Math.round(SIDE * rem * RATIO)), { pixelRatio: RATIO });
  return name;
}

function draw(severity, colour, side) {
  const c = new OffscreenCanvas(side, side).getContext("2d");
  const [lines, width, net] = LINES[severity] ?? LINES[5];
  c.strokeStyle = colour;
  c.lineWidth = (width * side) / SIDE;
  if (DASHED.has(severity)) c.setLineDash([side / 4, side / 4]);
  const step = side / lines;
  for (let at = -side; at <= side; at += step) {
    line(c, at, side, at + side, 0);
    if (net) line(c, at, 0, at + side, side);
  }
  return c.getImageData(0, 0, side, side);
}

function line(c, x0, y0, x1, y1) {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}
