// What the duty officer should look at next: work items from the live picture, their order, filters and the merge of new ones. Pure.
//
// Order: what is overdue; what nobody acknowledged, by severity, then oldest first; open reports; cases that wait for the desk, overdue
// first; cases under way; what is acknowledged and still open. What belongs to one open incident is that incident's one row, which is
// as urgent as the most urgent in it; its members are shown beneath it when it is opened. Held rows stand at the end.

import { foldSilences } from './silence.js';

export const KINDS = ['alert', 'report', 'incident', 'case', 'approval'];

const RANK = { approval: -1, overdue: 0, unack: 1, rtn_unack: 2, report: 3, case_awaits: 4, case_overdue: 5, case_moves: 6, incident: 7, acked: 8, held: 9 };
const held = row => Boolean(row.hold && row.hold !== 'none');
/** Whether somebody is still to see it. */
const waiting = row => (row.stage === 'unack' || row.stage === 'rtn_unack') && !held(row);
const late = (row, now) => Boolean(row.overdue || (row.respond_by && Date.parse(row.respond_by) < now));

const made = new WeakMap(); // alert row → its item: a delta brings a new row, so what stands in the row is worked out once

function itemOfAlert(row, now) {
  let item = made.get(row);
  if (!item) made.set(row, item = newOfAlert(row));
  item.overdue = item.waits && Boolean(row.overdue || item.answer_at < now);
  item.rank = held(row) ? RANK.held : item.overdue ? RANK.overdue : RANK[row.stage] ?? RANK.acked;
  return item;
}

function newOfAlert(row) {
  const waits = waiting(row);
  return base('alert', row.id, row, {
    rank: RANK.acked, since: row.raised_at, domain: row.domain, overdue: false, owner: row.owner, respond_by: waits ? row.respond_by : null, answer_at: time(row.respond_by), waits,
    place: row.title.includes(row.device_name) ? '' : row.device_name || row.device || (/^(report|platform)[:/]/.test(row.subject || '') ? '' : row.subject),
  });
}

/** As grave as it says itself, else as its class is. */
function itemOfReport(row, severities) {
  return base('report', row.id, row, { severity: row.severity || severities?.[row.class_code] || 5, rank: RANK.report, since: row.received_at || row.observed_at, place: row.address, waits: true });
}

function itemOfCase(row, now, awaitsDesk) {
  const overdue = row.overdue || (row.due_at && !row.paused_at && Date.parse(row.due_at) < now);
  const awaits = awaitsDesk.has(row.stage);
  const rank = awaits ? RANK.case_awaits : overdue ? RANK.case_overdue : RANK.case_moves;
  return base('case', row.number, row, { rank, since: row.opened_at, due_at: row.due_at, overdue, place: row.address, waits: awaits || overdue });
}

function itemOfIncident(row, parts, now) {
  const open = parts.filter(one => one.kind === 'alert' && waiting(one.row)), waits = row.stage === 'open' || open.length > 0;
  const overdue = waits && (late(row, now) || open.some(one => one.overdue));
  const severity = Math.min(row.severity || 5, ...open.map(one => one.severity));
  return base('incident', row.id, row, { severity, rank: overdue ? RANK.overdue : waits ? RANK.unack : RANK.incident, since: row.opened_at, domain: row.domain, members: parts.length, parts, unseen: open.length, waits, overdue, owner: row.owner, respond_by: waits ? row.respond_by : null });
}

function base(kind, id, row, rest) {
  return { kind, id, key: `${kind}:${id}`, severity: row.severity || 5, title: row.title, stage: row.stage, street: row.street, row, overdue: false, ...rest, at: time(rest.since) };
}

/** Silences of one street as one row; `opened` holds the keys of those whose members are shown beneath it. */
function itemsOfFold(fold, opened, now) {
  const item = { ...itemOfAlert(fold, now), folded: fold.folded.map(row => itemOfAlert(row, now)) };
  item.place = '';
  item.opened = opened.has(item.key);
  return item.opened ? [item, ...item.folded.map(one => ({ ...one, beneath: item.key }))] : [item];
}

/** What an open incident is made of, as items by its id. A report whose alert is in it counts once, as that alert. */
function partsOf(picture, ringing, severities, now) {
  const open = new Set(picture.incidents.filter(row => !['closed', 'dismissed'].includes(row.stage)).map(row => row.id)), parts = new Map();
  const add = item => open.has(item.row.incident_id) && (parts.get(item.row.incident_id) ?? parts.set(item.row.incident_id, []).get(item.row.incident_id)).push(item);
  for (const row of picture.alerts) if (row.incident_id && row.stage !== 'normal') add(itemOfAlert(row, now));
  for (const row of picture.reports) if (row.incident_id && !ringing.has(row.id)) add(itemOfReport(row, severities));
  return parts;
}

/** Acts that wait for a second person; those the reader can decide stand on top of everything. */
const itemOfApproval = row => base('approval', row.id, row, { rank: row.acts?.includes('approve') ? RANK.approval : RANK.acked, since: row.asked_at, due_at: row.expires_at, waits: Boolean(row.acts?.includes('approve')) });

/** What stands open in a storm, by street and class, as the server counted it; what weighs most on top. */
export const groupItems = (groups, streetName, className) => groups.map(one => ({
  ...base('group', `${one.street}:${one.class_code}`, one, { since: one.oldest_at, waits: one.unack > 0 }), severity: one.severity, title: `${streetName(one.street)} · ${className(one.class_code)}`,
  signals: one.signals, unack: one.unack, incidents: one.incidents, class_code: one.class_code, domain: '',
}));

/** The queue of a storm: what waits for a second person and every case that waits or is late, as rows, and beneath them the groups. */
export function stormItems(picture, groups, now, law, streetName, className) {
  const rows = workItems({ alerts: [], incidents: [], reports: [], cases: picture.cases, approvals: picture.approvals }, now, law);
  return [...rows.filter(item => item.kind === 'approval' || item.waits), ...groupItems(groups, streetName, className)];
}

/** `picture` = {alerts, cases, incidents, reports, approvals?}: arrays of rows; `law` = {awaits: the stages in which a case waits
 *  for the desk, domains and severities: by class}, all from the page's config. Returns items, most urgent first. */
export function workItems(picture, now, law, opened = new Set()) {
  const ringing = new Set(); // a report with an alert is that alert's row, and counts once
  for (const row of picture.alerts) if (row.report_id) ringing.add(row.report_id);
  const parts = partsOf(picture, ringing, law.severities, now);
  const alone = picture.alerts.filter(row => row.stage !== 'normal' && !(row.incident_id && parts.get(row.incident_id)?.length > 1));
  const items = foldSilences(alone, law.rules).flatMap(row => (row.folded ? itemsOfFold(row, opened, now) : itemOfAlert(row, now)));
  for (const row of picture.reports) if (row.stage === 'open' && !row.history && !row.incident_id && !ringing.has(row.id)) items.push(itemOfReport(row, law.severities));
  for (const row of picture.cases) if (!row.closed_at) items.push(itemOfCase(row, now, law.awaits));
  for (const row of picture.approvals || []) items.push(itemOfApproval(row));
  for (const row of picture.incidents) if (parts.get(row.id)?.length > 1) items.push(...itemsOfIncident(row, parts.get(row.id), opened, now));
  for (const item of items) item.domain ||= law.domains[item.row.class_code] || 'urban';
  const beneath = items.filter(item => item.beneath);
  if (!beneath.length) return sorted(items);
  return sorted(items.filter(item => !item.beneath)).flatMap(item => [item, ...beneath.filter(one => one.beneath === item.key).sort(order)]);
}

function itemsOfIncident(row, parts, opened, now) {
  const item = itemOfIncident(row, parts, now);
  item.opened = opened.has(item.key);
  return item.opened ? [item, ...parts.map(one => ({ ...one, beneath: item.key }))] : [item];
}

/** In order. Of tens of thousands only those of one rank and severity are compared with each other: the picture holds them by age already. */
function sorted(items) {
  const by = new Map();
  for (const item of items) {
    const place = item.rank * 32 + (item.kind === 'case' ? 0 : item.severity * 2 + (item.owner ? 1 : 0));
    if (by.has(place)) by.get(place).push(item); else by.set(place, [item]);
  }
  return [...by.keys()].sort((a, b) => a - b).flatMap(place => by.get(place).sort(order));
}

/** Overdue before due, soonest due first; otherwise the graver, then the older. */
function order(a, b) {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.kind === 'case' && b.kind === 'case') return Number(b.overdue) - Number(a.overdue) || time(a.due_at) - time(b.due_at) || a.key.localeCompare(b.key);
  return a.severity - b.severity || Number(Boolean(a.owner)) - Number(Boolean(b.owner)) || a.at - b.at || (a.key < b.key ? -1 : 1);
}
const time = at => (at ? Date.parse(at) : Infinity);

/** How many alerts wait for somebody to see them, by severity 1 to 5. */
export function unseenBy(alerts) {
  const counts = [0, 0, 0, 0, 0];
  for (const row of alerts) if (waiting(row)) counts[(row.severity || 5) - 1] += 1;
  return counts;
}

/** Whether an item passes the filters; an empty filter lets all pass. Text looks into title, place, number and address. */
export function passes(item, filters) {
  if (item.folded) return item.folded.some(one => passes({ ...one, domain: item.domain }, filters));
  if (filters.kind && item.kind !== filters.kind) return false;
  if (filters.severity && !isOf(item.severity, filters.severity)) return false;
  if (filters.domain && item.domain !== filters.domain) return false;
  if (filters.stage && item.stage !== filters.stage) return false;
  if (filters.owner === 'mine' && item.row.owner_id !== filters.me) return false;
  if (filters.owner === 'nobody' && item.row.owner_id) return false;
  if (filters.street && item.street !== filters.street) return false;
  if (filters.class_code && (item.row.class_code || '') !== filters.class_code) return false;
  if (!filters.text) return true;
  const text = `${item.title} ${item.place || ''} ${item.id} ${item.row.address || ''} ${item.row.device || ''}`.toLowerCase();
  return String(filters.text).toLowerCase().split(/\s+/).every(part => text.includes(part));
}

/** A severity of one, or of a span like 1-2. */
function isOf(severity, wanted) {
  const [first, last = first] = String(wanted).split('-').map(Number);
  return severity >= first && severity <= last;
}

/** What may be shown while the pointer rests on the list: the old order, rows updated in place, ended ones kept and marked, new ones counted.
 *  A row that a hand opened or closed there has its members beneath it, or none, at once: they are no news. */
export function hold(shown, fresh) {
  const by = new Map(fresh.map(item => [item.key, item])), unfolded = new Set(shown.map(item => item.beneath));
  const closed = item => item.beneath && by.get(item.beneath)?.opened === false;
  const items = shown.filter(item => !closed(item)).flatMap(item => {
    const now = by.get(item.key) || { ...item, gone: true };
    return now.opened && !unfolded.has(now.key) ? [now, ...fresh.filter(one => one.beneath === now.key)] : [now];
  });
  const seen = new Set(items.map(item => item.key));
  return { items, fresh: fresh.filter(item => !seen.has(item.key)) };
}

export const unplaced = picture => picture.reports.filter(row => row.placement && row.placement !== 'inside' && row.stage === 'open');
