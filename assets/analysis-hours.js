// Which hours of the week a course has recorded. Draws nothing.

/** The hours of the week that were recorded, as `weekday-hour`, from the buckets of the course: what was not is no nought. Pure. */
export function hoursSeen(buckets, as_of) {
  const seen = new Set();
  for (const { from, to, n } of buckets) {
    const shift = Date.parse(`${from.slice(0, 19)}Z`) - Date.parse(from); // a day of the city as if it were one of Greenwich
    for (let at = Date.parse(from); n !== null && at < Math.min(Date.parse(to), Date.parse(as_of)) && seen.size < 168; at += 3600e3) {
      const local = new Date(at + shift);
      seen.add(`${((local.getUTCDay() + 6) % 7) + 1}-${String(local.getUTCHours()).padStart(2, '0')}`);
    }
  }
  return seen;
}
