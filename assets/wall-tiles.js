// Figures that a city describes (`screens.tiles`) and the word why a figure is unknown. Pure: no DOM, no network, no clock.

import { isSignal } from "./silence.js";

const LISTED = 2_000; // a list holds no more rows than this (docs/live.md)

/** How many open rows a tile counts: `{value, least}`; `least`: the list is full, so there are at least so many. Drills and tests count nowhere. */
export function countTile({ count, classes, channels }, state) {
  const rows = state[count];
  if (!rows || state.sequence < 0) return { value: NaN, least: false };
  const wanted = (row) => (!classes.length || classes.includes(row.class_code)) && (!channels.length || channels.includes(row.channel));
  const counts = (row) => !row.drill && row.verdict !== "test" && (count !== "alerts" || isSignal(row)) && wanted(row);
  return { value: [...rows.values()].filter(counts).length, least: rows.size >= LISTED };
}

/** Whether a report is a warning of the weather that holds at `now`, ms. */
export const isWarning = (row, now) => row.channel === "weather" && !row.ended_at && !(Date.parse(row.ends_at) <= now);

/** Incidents, and those of them nobody has taken; reports that wait to be judged; warnings of the weather in force at `now`, ms. */
export function countLists(state, now) {
  if (state.sequence < 0) return { incidents_open: NaN, incidents_unowned: NaN, reports_open: NaN, warnings_open: NaN };
  const real = (rows) => [...rows.values()].filter((row) => !row.drill);
  const incidents = real(state.incidents);
  const reports = real(state.reports);
  return {
    incidents_open: incidents.length,
    incidents_unowned: incidents.filter((row) => !row.owner_id).length,
    reports_open: reports.filter((row) => row.stage === "open").length,
    warnings_open: reports.filter((row) => isWarning(row, now)).length,
  };
}

/** Why a figure is unknown, as the key of a text; "" when it is known or nothing better can be said than the dash. `of`: of how much of
 *  the city it is (area.js). */
export function whyUnknown(name, { tile, vital, known, total, of }) {
  if (known) return "";
  if (tile && !tile.count) return "tile.planned";
  if (of && name.startsWith("signals_")) return "tile.city_only";
  if (of === "part") return "tile.by_street"; // what rows tell is known; the rest is counted by street
  if (vital) return vital.of ? "tile.silent" : "tile.no_data";
  const untold = { in_time_rate: total?.due_today === null, response_mean: total?.told && !("response" in total.told) }[name] ?? true;
  if (!total?.known || untold) return "tile.waiting";
  return { in_time_rate: "tile.no_base", response_mean: "tile.no_samples" }[name];
}
