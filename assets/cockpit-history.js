// Where the figures came from: their course over the last 24 hours and what they were at this hour yesterday, counted from the rows of the
// last days with the same formulas as today's. Where the list was cut short the past is unknown, and said to be.

import { read, rowsOf } from './duty-call.js';
import { isSignal } from './silence.js';

const HOUR = 3600e3;
const DAY = 24 * HOUR;
const REACH_DAYS = 7; // an alert or case older than this and still open is missing from yesterday's count
const MOST = 1000;

/** Rows of the last days, or null where there are more than one answer holds. */
async function rowsSince(noun, from) {
  const data = await read(`/${noun}?from=${encodeURIComponent(new Date(from).toISOString())}&limit=${MOST}`);
  const rows = rowsOf(data, noun);
  return rows.length >= MOST ? null : rows.filter(row => !row.drill && (noun !== 'alerts' || isSignal(row)));
}

export async function readHistory(now, midnight) {
  const [alerts, cases] = await Promise.all(['alerts', 'cases'].map(noun => rowsSince(noun, now - REACH_DAYS * DAY).catch(() => null)));
  return courses(alerts, cases, now, midnight);
}

const ms = at => (at ? Date.parse(at) : Infinity);
const openAt = (rows, start, end, at) => rows.filter(row => ms(row[start]) <= at && ms(row[end]) > at).length;

/** `{figure: {line: [[ms, value]], yesterday}}` from rows; `midnight` is the city's, in ms. Pure. */
export function courses(alerts, cases, now, midnight) {
  const hours = from => Array.from({ length: Math.floor((now - from) / HOUR) + 1 }, (_, index) => from + index * HOUR).filter(at => at < now);
  const known = pairs => pairs.filter(pair => pair[1] !== null);
  const made = {};
  if (alerts) {
    made.alerts = { line: hours(now - DAY).map(at => [at, openAt(alerts, 'raised_at', 'ended_at', at)]), yesterday: openAt(alerts, 'raised_at', 'ended_at', now - DAY) };
    const first = Math.min(...alerts.map(row => ms(row.raised_at)));
    if (!(first < now - DAY)) made.alerts.yesterday = null; // the city's memory does not reach back so far
    made.response = { line: known(hours(midnight).map(at => [at, meanResponse(alerts, midnight, at)])), yesterday: meanResponse(alerts, midnight - DAY, now - DAY) };
  }
  if (cases) {
    made.cases = { line: hours(now - DAY).map(at => [at, openAt(cases, 'opened_at', 'closed_at', at)]), yesterday: openAt(cases, 'opened_at', 'closed_at', now - DAY) };
    if (!(Math.min(...cases.map(row => ms(row.opened_at))) < now - DAY)) made.cases.yesterday = null;
    made.in_time = { line: known(hours(midnight).map(at => [at, inTime(cases, midnight, at)])), yesterday: inTime(cases, midnight - DAY, now - DAY) };
  }
  return made;
}

/** Minutes from raising to acknowledging, of those acknowledged between two moments; null where there was none. */
function meanResponse(alerts, from, until) {
  const took = alerts.filter(row => ms(row.acked_at) >= from && ms(row.acked_at) <= until).map(row => (ms(row.acked_at) - ms(row.raised_at)) / 60e3);
  return took.length ? took.reduce((sum, one) => sum + one, 0) / took.length : null;
}

/** Per cent: closed in time up to a moment of a day, of those due that day; null where none was due. */
function inTime(cases, dayStart, until) {
  const due = cases.filter(row => !['voided', 'declined'].includes(row.stage) && ms(row.due_at) >= dayStart && ms(row.due_at) < dayStart + DAY).length;
  const closed = cases.filter(row => !['voided', 'declined'].includes(row.stage) && !row.overdue && ms(row.closed_at) >= dayStart && ms(row.closed_at) <= until).length;
  return due ? (100 * closed) / due : null;
}
