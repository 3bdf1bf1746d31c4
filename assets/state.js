// The state of one screen: a snapshot, and every delta laid over it. All values of a delta are absolute, so applying one twice
// changes nothing. Sums over streets are made here and nowhere else. Pure: no DOM, no network, no clock.

import { isSignal } from "./silence.js";

const FRESH_MS = 300_000;
const DAY_TURNS_MS = 2_000; // the server's day has turned by then
const days = {};
const VITAL = { sum: 0, n: 0, min: Infinity, max: -Infinity, newest: -Infinity, of: 0 };

export function emptyState() {
  return {
    sequence: -1, at: null, area: null, scope: null, simulated: false, drill: false, live: null, store: null, weather: null,
    taken: null, told: null, feeds: [], path: null, trend: { bucket_s: 900, today: new Map(), yesterday: new Map(), domains: new Map(), fresh: [] },
    streets: new Map(), alerts: new Map(), cases: new Map(), incidents: new Map(), reports: new Map(), cells: new Map(),
  };
}

const KEYS = { alerts: "id", cases: "number", incidents: "id", reports: "id" };
const GONE = {
  alerts: (row) => row.stage === "normal",
  cases: (row) => Boolean(row.closed_at),
  incidents: (row) => row.stage === "closed" || row.stage === "dismissed",
  reports: (row) => row.stage === "dismissed" || row.stage === "merged",
};

/** One measure: the class of each cell, and how many cells of each class every street has. */
function emptyMeasure() {
  return { classes: new Map(), streetOf: new Map(), counts: new Map() };
}

/** How many cells of [unknown, class 0 … class 5] a street has. */
function countsOf(measure, street) {
  let row = measure.counts.get(street);
  if (!row) measure.counts.set(street, (row = new Int32Array(7)));
  return row;
}

/** A first picture is a hundred thousand of these. */
function takeCells(state, street, cells, changed) {
  for (const [name, [ids, numbers]] of Object.entries(cells)) {
    if (!state.cells.has(name)) state.cells.set(name, emptyMeasure());
    const measure = state.cells.get(name), { classes, streetOf } = measure, counts = countsOf(measure, street);
    const moved = changed.get(name) ?? changed.set(name, []).get(name);
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at], number = Math.max(-1, Math.min(5, numbers[at])), before = classes.get(id);
      if (before === number) continue;
      if (before !== undefined) countsOf(measure, streetOf.get(id))[before + 1] -= 1;
      classes.set(id, number);
      streetOf.set(id, street);
      counts[number + 1] += 1;
      moved.push(id);
    }
  }
}

function takeRows(state, list, rows, changes) {
  const known = state[list];
  for (const row of rows) {
    const key = row[KEYS[list]];
    const before = known.get(key);
    if (before && before.version > row.version) continue; // an older fact never overwrites a newer one
    if (GONE[list](row)) known.delete(key);
    else {
      known.set(key, row);
      if (row.drill) state.drill = true; // until the next snapshot says otherwise
      if (row.simulated) state.simulated = true;
    }
    changes[list].push({ key, row, before: before ?? null });
  }
}

function takePart(state, street, part, changes) {
  if (part.figures) {
    state.streets.set(street, part.figures);
    changes.figures = true;
  }
  if (part.cells) takeCells(state, street, part.cells, changes.cells);
  for (const list of Object.keys(KEYS)) if (part[list]) takeRows(state, list, part[list], changes);
  if (part.notices) changes.notices.push(...part.notices);
}

const noChanges = () => ({ figures: false, trend: false, cells: new Map(), alerts: [], cases: [], incidents: [], reports: [], notices: [] });

/** A state made from a snapshot. */
export function takeSnapshot(snapshot) {
  const state = emptyState();
  for (const key of ["sequence", "at", "area", "scope", "simulated", "drill", "live", "store", "weather"]) state[key] = snapshot[key] ?? state[key];
  state.feeds = snapshot.feeds ?? [];
  state.path = snapshot.path ?? null;
  takeTrend(state, snapshot.trend);
  const changes = noChanges();
  for (const [street, part] of Object.entries(snapshot.streets ?? {})) takePart(state, street, part, changes);
  state.counted = state.taken = Date.parse(snapshot.at);
  state.told = Date.parse(state.live?.projector_at ?? "") || null;
  return state;
}

/** What the server says of itself: how it is fed, and when the author of the stream last gave a sign of life. */
export function takeStatus(state, status) {
  state.live = { ...state.live, mode: status.live, since: status.since ?? state.live?.since };
  state.store = status.store ?? state.store;
  hear(state, status.projector_at);
}

function hear(state, iso) {
  const at = Date.parse(iso ?? "");
  if (at > (state.told ?? -Infinity)) state.told = at;
}

/** When the projector last spoke, ms of the server's clock; null: never. Every figure it keeps is as old as that, whoever beats meanwhile. */
export const toldAt = (state) => state.told;

/** Weather, trend and yesterday come with a snapshot only: one is fetched every five minutes, and when the city's day turns. */
export function isOutdated(state, now) {
  if (!(state.taken > 0) || now - state.taken > FRESH_MS) return state.taken > 0;
  const zone = state.area?.timezone ?? "UTC";
  const day = (days[zone] ??= new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }));
  return day.format(now - DAY_TURNS_MS) > day.format(state.taken);
}

function takeTrend(state, trend) {
  if (!trend) return;
  state.trend.bucket_s = trend.bucket_s ?? state.trend.bucket_s;
  for (const day of ["today", "yesterday"]) for (const [at, n] of trend[day] ?? []) state.trend[day].set(at, n);
  for (const [domain, told] of Object.entries(trend.domains ?? {})) state.trend.domains.set(domain, told);
}

/** Lays a delta over the state; returns what changed. */
export function applyDelta(state, delta) {
  const changes = noChanges();
  for (const [street, part] of Object.entries(delta.streets ?? {})) takePart(state, street, part, changes);
  if (delta.feeds) state.feeds = delta.feeds;
  if (delta.weather !== undefined) state.weather = delta.weather;
  if (delta.trend) {
    takeTrend(state, delta.trend);
    state.counted = Infinity; // the server counts for us
    changes.trend = true;
  } else {
    changes.trend = countSignals(state, changes);
  }
  state.sequence = delta.sequence;
  state.at = delta.at;
  hear(state, delta.at);
  return changes;
}

/** New alerts and reports since the snapshot, in the quarter they belong to: the trend and the count of today go on between snapshots. No drills, no notices. */
function countSignals(state, changes) {
  let any = false;
  const add = (row, stamp) => {
    const ms = Date.parse(stamp);
    if (!(ms > state.counted)) return;
    const bucket = Math.floor(ms / 1000 / state.trend.bucket_s) * state.trend.bucket_s;
    state.trend.today.set(bucket, (state.trend.today.get(bucket) ?? 0) + 1);
    state.trend.fresh.push([bucket, row]);
    any = true;
  };
  for (const { row, before } of changes.alerts) if (!before && !row.drill && row.stage !== "normal" && isSignal(row)) add(row, row.raised_at);
  for (const { row, before } of changes.reports) if (!before && !row.drill && row.stage === "open") add(row, row.received_at);
  return any;
}

/** Which step of the loop a case's stage belongs to: every stage of the law in dispatch/cases.py. */
export const STEP_OF = {
  reported: "accept", pre_checking: "accept", accepted: "accept", registered: "accept", dispatched: "dispatch",
  handling: "handle", on_site: "handle", suspended: "handle", finished: "check", fed_back: "check", checking: "check", checked: "check",
};

/** What the rows themselves count to, for walls of one domain and the steps of the loop: as the server counts, without drills, and what
 *  is held waits for nobody. `mine(row)` says which rows are meant. */
export function workOf(state, mine = () => true) {
  const counted = (rows) => [...rows.values()].filter((row) => !row.drill && row.verdict !== "test" && mine(row));
  const alerts = counted(state.alerts);
  const cases = counted(state.cases);
  const work = { alerts: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }, unack: 0, cases: cases.length, overdue: 0, steps: { accept: 0, dispatch: 0, handle: 0, check: 0 } };
  for (const { severity, stage, hold } of alerts) {
    work.alerts[severity] += 1;
    if (isSignal({ severity }) && (stage === "unack" || stage === "rtn_unack") && (hold ?? "none") === "none") work.unack += 1;
  }
  for (const { overdue, stage } of cases) {
    work.overdue += overdue ? 1 : 0;
    work.steps[STEP_OF[stage] ?? "handle"] += 1;
  }
  return work;
}

const NUMBERS = ["devices", "online", "silent", "unack", "cases_open", "cases_overdue", "cases_today", "closed_today", "closed_in_time", "due_today", "reports_today", "readings_minute"];

/** All figures of the screen: sums over the streets it sees. A figure no street tells is null, never 0; `told` says of how many of the `of` streets one is. */
export function sums(state) {
  const total = { alerts: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }, response: [0, 0], vitals: {}, known: state.streets.size > 0, storm: null, told: {}, of: [...state.streets.keys()].filter(Boolean).length };
  for (const name of NUMBERS) total[name] = null;
  for (const [code, figures] of state.streets) {
    total.storm ??= figures.storm ?? null;
    for (const name of NUMBERS) if (typeof figures[name] === "number") [total[name], total.told[name]] = [(total[name] ?? 0) + figures[name], (total.told[name] ?? 0) + (code ? 1 : 0)];
    for (const [level, n] of Object.entries(figures.alerts ?? {})) total.alerts[level] += n;
    const [sum, n] = figures.response_s ?? [0, 0];
    if (figures.response_s) total.told.response = (total.told.response ?? 0) + (code ? 1 : 0);
    total.response = [total.response[0] + sum, total.response[1] + n];
    for (const [metric, told] of Object.entries(figures.vitals ?? {})) addVital((total.vitals[metric] ??= { ...VITAL }), told);
  }
  return total;
}

/** `of`: how many devices ever told it; `n` of them are known now. */
function addVital(vital, [sum, n, min, max, newest, of]) {
  vital.of += of ?? n ?? 0;
  if (!n) return;
  vital.sum += sum;
  vital.n += n;
  vital.min = Math.min(vital.min, min ?? Infinity);
  vital.max = Math.max(vital.max, max ?? -Infinity);
  vital.newest = Math.max(vital.newest, newest ?? -Infinity);
}

/** The value of a vital sign by its fold; null while no device speaks. */
export function foldVital(vital, fold) {
  if (!vital || !vital.n) return null;
  const value = { mean: vital.sum / vital.n, sum: vital.sum, min: vital.min, max: vital.max }[fold];
  return Number.isFinite(value) ? value : null;
}

/** Cells of a measure by class: [unknown, class 0 … class 5], over one street or all. */
export function classCounts(state, name, street = null) {
  const total = new Int32Array(7);
  for (const [code, row] of state.cells.get(name)?.counts ?? []) if (street === null || code === street) row.forEach((n, at) => (total[at] += n));
  return total;
}
