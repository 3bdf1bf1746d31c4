// Times as a form shows them, in the city's zone whatever the browser's, and as the API takes them. Decides nothing.

const formats = new Map();
function wall(ms, zone) {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));
  return formats.get(zone).format(ms).replace(' ', 'T');
}

/** `2026-11-21T12:03` of a moment, in the city's zone: what a datetime-local field holds. */
export const localOf = (ms, zone) => wall(ms, zone);

/** The moment (epoch ms) that such a text means in the city's zone; null for none. */
export function instantOf(text, zone) {
  const guess = Date.parse(`${text}Z`);
  if (Number.isNaN(guess)) return null;
  const off = at => Date.parse(`${wall(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000;
  return guess - off(guess - off(guess)); // the second look is for an hour beside a change of clocks
}
