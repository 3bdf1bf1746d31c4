// What a derived hour of the air says at a moment. Pure: never computes an index, and an hour that ended more than two hours ago is none.

export const CURRENT_MS = 2 * 3600 * 1000;

/** What a row of `GET /derived` (`aqi_hour_area`; undefined: there is none) says at `now`, ms; a `subject` of null is an index the reader
 *  may not see: `{state: outside | none | old | incomplete | known, value, level, primary, since, at, has, of, stations, missing}`. */
export function airOf(row, now, subject) {
  if (subject === null) return { state: "outside", value: null, level: null };
  if (!row) return { state: "none", value: null, level: null };
  const values = Object.entries(row.of?.values ?? {});
  const told = {
    value: null, level: null, since: Date.parse(row.since), at: Date.parse(row.at), primary: (row.text ?? "").split(",").filter(Boolean),
    has: values.filter(([, value]) => value !== null).length, of: values.length, missing: values.filter(([, value]) => value === null).map(([name]) => name),
    stations: Math.max(0, ...Object.values(row.of?.stations ?? {})),
  };
  if (!(now - told.at <= CURRENT_MS)) return { ...told, state: "old" };
  if (typeof row.value !== "number" || !row.of?.level) return { ...told, state: "incomplete" };
  return { ...told, state: "known", value: row.value, level: row.of.level };
}
