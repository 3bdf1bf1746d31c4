// One area of the city in place of all of it: the same state, narrowed, so that every panel follows by drawing what it is given.
// Asks nothing and knows no page. What only streets tell is unknown of a part of a street; it is never guessed.

import { workOf } from "./state.js";

const ROWS = ["alerts", "cases", "incidents", "reports"];
const LEVELS = ["province", "city", "district", "street", "community"];

/** Whether `code` lies in `area`: codes of areas begin with those of the areas they lie in. */
export const within = (code, area) => (code ?? "").startsWith(area);

/**
 * The state of one area, or of one cell of it. `areaOf` tells where a cell lies; it is asked only below a street (streets count their own).
 * Devices, vital signs and times of response are kept by street: of less than one they are unknown, and the trend is the city's alone.
 * `of` of the state it gives says of how much it is: "area", or "part" of a street; undefined: everything.
 */
export function narrow(state, area, areaOf = null, cell = null) {
  if (cell === null && (!area || [...state.streets.keys()].every((street) => within(street, area)))) return state;
  const part = { ...state, trend: { ...state.trend, today: new Map(), yesterday: new Map(), domains: new Map(), fresh: [] } };
  const mine = cell === null ? (row) => within(row.area, area) : (row) => row.cell_id === cell;
  for (const rows of ROWS) part[rows] = new Map([...state[rows]].filter(([, row]) => mine(row)));
  const small = cell !== null || [...state.streets.keys()].some((street) => street && street !== area && within(area, street));
  part.streets = small ? new Map([[area, counted(part)]]) : new Map([...state.streets].filter(([code]) => within(code, area)));
  part.of = small ? "part" : "area";
  const has = cell !== null ? (id) => id === cell : areaOf && ((id) => within(areaOf(id), area));
  part.cells = new Map([...state.cells].map(([name, measure]) => [name, counting(measure, () => (small ? countsOf(measure, area, has) : countsIn(measure, area)))]));
  return part;
}

/** A measure whose cells are counted when somebody asks: a map shows one of many, and a city has a hundred thousand cells. */
function counting({ classes, streetOf }, count) {
  let counts = null;
  return { classes, streetOf, get counts() { return (counts ??= count()); } };
}

/** What rows alone can tell of an area. */
function counted(part) {
  const { alerts, unack, cases, overdue } = workOf(part);
  return { alerts, unack, cases_open: cases, cases_overdue: overdue };
}

const countsIn = (measure, area) => new Map([...measure.counts].filter(([code]) => within(code, area)));

/** Of the cells that `has` names; nothing while nobody can say which those are. */
function countsOf(measure, area, has) {
  if (!has) return new Map();
  const counts = new Int32Array(7);
  for (const [id, number] of measure.classes) if (has(id)) counts[number + 1] += 1;
  return new Map([[area, counts]]);
}

const depth = ({ properties }) => LEVELS.indexOf(properties.level);

/** The areas from the widest known to the one of `code`, that one last; of the widest alone when there is none of that code. */
export function trail(areas, code) {
  const sorted = [...areas].sort((a, b) => depth(a) - depth(b));
  const above = sorted.filter(({ properties }) => within(code, properties.code));
  return above.length && above.at(-1).properties.code === code ? above : sorted.slice(0, 1);
}

/** The areas right below one, by name. */
export function below(areas, code) {
  const inside = areas.filter(({ properties }) => properties.code !== code && within(properties.code, code));
  const next = Math.min(...inside.map(depth));
  return inside.filter((one) => depth(one) === next).sort((a, b) => a.properties.name.localeCompare(b.properties.name, "zh"));
}
