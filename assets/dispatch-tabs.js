// Which cases wait for which act, in which order, and how their clock stands. Pure: no DOM, no network, no clock of its own.

export const TABS = ['register', 'dispatch', 'returned', 'work', 'check', 'overdue', 'adjust', 'all'];
const STAGES = {
  register: ['reported', 'pre_checking', 'accepted'], dispatch: ['registered'], returned: ['registered'],
  work: ['dispatched', 'handling', 'on_site', 'suspended'], check: ['finished', 'fed_back', 'checking', 'checked'],
};
const RANK = { red: 0, yellow: 1, green: 2, paused: 3, none: 4 };
const LEVELS = 5;

/** red, yellow, green, paused or none: how the clock of the whole stands. Ms since 1970. */
export function lightOf(row, now) {
  if (row.closed_at) return 'none';
  if (row.paused_at && !row.overdue) return 'paused';
  if (!row.due_at) return 'none';
  const due = Date.parse(row.due_at);
  if (row.overdue || now >= due) return 'red';
  return now >= (row.yellow_at ? Date.parse(row.yellow_at) : due - (due - Date.parse(row.opened_at)) / 5) ? 'yellow' : 'green';
}

/** Seconds to the deadline, below zero past it; null where none runs. */
export const leftOf = (row, now) => (row.due_at ? (Date.parse(row.due_at) - now) / 1000 : null);

/** Whether a case belongs to a tab; `asked` are the numbers of cases with a request to decide. */
export function belongs(row, tab, now, asked) {
  if (tab === 'all') return true;
  if (tab === 'overdue') return lightOf(row, now) === 'red';
  if (tab === 'adjust') return asked.has(row.number);
  return STAGES[tab].includes(row.stage) && (tab !== 'returned' || row.send_backs > 0);
}

/** The latest to be seen first: red, yellow, green, then what stands still; within a colour the earliest deadline. What is not registered
 *  yet goes by its gravity first: nobody has promised anything for it. */
export function order(rows, tab, now) {
  const key = row => [tab === 'register' ? (row.severity || LEVELS) : RANK[lightOf(row, now)], row.due_at ? Date.parse(row.due_at) : Infinity, row.number];
  return rows.map(row => [key(row), row]).sort(([a], [b]) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)).map(([, row]) => row);
}

/** How many rows each tab holds. */
export function counts(rows, now, asked) {
  return Object.fromEntries(TABS.map(tab => [tab, rows.reduce((n, row) => n + belongs(row, tab, now, asked), 0)]));
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
