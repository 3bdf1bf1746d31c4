// Which cases wait for which act, in which order, and how their clock stands. Pure: no DOM, no network, no clock of its own. The server pages by
// the same law (dispatch/desk_tabs.py, light_of); the stages of the tabs are its, handed to the page.

const RANK = { red: 0, yellow: 1, green: 2, paused: 3, none: 4 };
const LEVELS = 5;
const NEVER = Date.UTC(2200, 0, 1);

const parsed = new WeakMap(); // a row never changes, it is replaced: its moments are read once
function momentsOf(row) {
  let found = parsed.get(row);
  if (!found) parsed.set(row, found = { due: row.due_at ? Date.parse(row.due_at) : NEVER, yellow: row.yellow_at ? Date.parse(row.yellow_at) : null, opened: Date.parse(row.opened_at) });
  return found;
}

/** red, yellow, green, paused or none: how the clock of the whole stands. Ms since 1970. */
export function lightOf(row, now) {
  if (row.closed_at) return 'none';
  if (row.paused_at && !row.overdue) return 'paused';
  if (!row.due_at) return 'none';
  const { due, yellow, opened } = momentsOf(row);
  if (row.overdue || now >= due) return 'red';
  return now >= (yellow ?? due - (due - opened) / 5) ? 'yellow' : 'green';
}

/** Seconds to the deadline, below zero past it; null where none runs. */
export const leftOf = (row, now) => (row.due_at ? (Date.parse(row.due_at) - now) / 1000 : null);

/** Whether a case belongs to a tab; `law` = {tabs, stages: by tab}, `asked` are the numbers of cases with a request to decide. */
export function belongs(row, tab, now, asked, law) {
  if (tab === 'all') return true;
  if (tab === 'overdue') return lightOf(row, now) === 'red';
  if (tab === 'adjust') return asked.has(row.number);
  return law.stages[tab].includes(row.stage) && (tab !== 'returned' || row.send_backs > 0);
}

/** Where a row stands: the latest to be seen first (red, yellow, green, then what stands still), within a colour the earliest deadline. What is
 *  not registered yet goes by its gravity first: nobody has promised anything for it. */
export const placeOf = (row, tab, now) => [tab === 'register' ? (row.severity || LEVELS) : RANK[lightOf(row, now)], momentsOf(row).due, row.number];
const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0);

/** In order; with an `end` (the place of the last row that a page brought) only those up to it: behind it not all are known. */
export function order(rows, tab, now, end = null) {
  const placed = rows.map(row => [placeOf(row, tab, now), row]);
  return (end ? placed.filter(([place]) => compare(place, end) <= 0) : placed).sort(([a], [b]) => compare(a, b)).map(([, row]) => row);
}

/** How many rows each tab holds. */
export function counts(rows, now, asked, law) {
  return Object.fromEntries(law.tabs.map(tab => [tab, rows.reduce((n, row) => n + belongs(row, tab, now, asked, law), 0)]));
}

/** Whether a row fits what the officer filters by: `{text, class_code, unit, street, source, light}`; empty fits all. `units` maps a unit to itself and all under it. */
export function fits(row, filter, now, units) {
  if (filter.class_code && row.class_code !== filter.class_code) return false;
  if (filter.street && row.street !== filter.street) return false;
  if (filter.source && row.source !== filter.source) return false;
  if (filter.light && lightOf(row, now) !== filter.light) return false;
  if (filter.unit && !(units.get(Number(filter.unit)) || new Set([Number(filter.unit)])).has(row.lead_unit)) return false;
  const words = (filter.text || '').trim().toLowerCase();
  return !words || [row.number, row.title, row.address].some(one => (one || '').toLowerCase().includes(words));
}

/** Unit → itself and every unit under it, from the tree in its order with `depth`. */
export function below(tree) {
  const found = new Map(), above = [];
  for (const unit of tree) {
    above.length = unit.depth;
    above.push(unit.unit_id);
    for (const one of above) (found.get(one) || found.set(one, new Set()).get(one)).add(unit.unit_id);
  }
  return found;
}
