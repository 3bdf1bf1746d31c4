// What the duty officer should look at next: work items from the live picture, their order, filters and the merge of new ones. Pure.
//
// Order: unacknowledged alerts by severity, then oldest first; open reports; cases that wait for the desk, overdue first;
// cases under way, overdue first; what is acknowledged and still open. An alert nobody acknowledged always has its own row;
// an acknowledged one folds into its incident once that has two members.

import { foldSilences } from './silence.js';

export const KINDS = ['alert', 'report', 'incident', 'case'];

const RANK = { unack: 0, rtn_unack: 1, report: 2, case_awaits: 3, case_overdue: 4, case_moves: 5, incident: 6, acked: 7 };

function itemOfAlert(row) {
  const waits = row.stage !== 'acked';
  return base('alert', row.id, row, {
    rank: waits && row.hold !== 'none' ? RANK.acked : RANK[row.stage] ?? RANK.acked, since: row.raised_at, domain: row.domain,
    place: row.title.includes(row.device_name) ? '' : row.device_name || row.device || (/^(report|platform)[:/]/.test(row.subject || '') ? '' : row.subject), waits,
  });
}

/** As grave as it says itself, else as its class is. */
function itemOfReport(row, severities) {
  return base('report', row.id, row, { severity: row.severity || severities?.[row.class_code] || 5, rank: RANK.report, since: row.received_at || row.observed_at, place: row.address, waits: true });
}

function itemOfCase(row, now, awaitsDesk) {
  const overdue = row.overdue || (row.due_at && Date.parse(row.due_at) < now);
  const awaits = awaitsDesk.has(row.stage);
  const rank = awaits ? RANK.case_awaits : overdue ? RANK.case_overdue : RANK.case_moves;
  return base('case', row.number, row, { rank, since: row.opened_at, due_at: row.due_at, overdue, place: row.address, waits: awaits || overdue });
}

function itemOfIncident(row, members) {
  return base('incident', row.id, row, { rank: RANK.incident, since: row.opened_at, domain: row.domain, members, waits: row.stage === 'open' });
}

function base(kind, id, row, rest) {
  return { kind, id, key: `${kind}:${id}`, severity: row.severity || 5, title: row.title, stage: row.stage, street: row.street, row, overdue: false, ...rest };
}

/** Silences of one street as one row; `opened` holds the keys of those whose members are shown beneath it. */
function itemsOfFold(fold, opened) {
  const item = { ...itemOfAlert(fold), folded: fold.folded.map(itemOfAlert) };
  item.place = '';
  item.opened = opened.has(item.key);
  return item.opened ? [item, ...item.folded.map(one => ({ ...one, beneath: item.key }))] : [item];
}

/** `picture` = {alerts, cases, incidents, reports}: arrays of rows; `law` = {awaits: the stages in which a case waits
 *  for the desk, domains and severities: by class}, all from the page's config. Returns items, most urgent first. */
export function workItems(picture, now, law, opened = new Set()) {
  const members = new Map();
  const ringing = new Set(picture.alerts.map(row => row.report_id).filter(Boolean)); // a report with an alert is that alert's row, and counts once
  for (const row of [...picture.alerts, ...picture.reports.filter(one => !ringing.has(one.id))]) if (row.incident_id) members.set(row.incident_id, (members.get(row.incident_id) || 0) + 1);
  const joined = row => row.incident_id && members.get(row.incident_id) > 1;
  const items = [
    ...foldSilences(picture.alerts.filter(row => row.stage !== 'normal' && (row.stage !== 'acked' || !joined(row))), law.rules).flatMap(row => (row.folded ? itemsOfFold(row, opened) : [itemOfAlert(row)])),
    ...picture.reports.filter(row => row.stage === 'open' && !row.history && !row.incident_id && !ringing.has(row.id)).map(row => itemOfReport(row, law.severities)),
    ...picture.cases.filter(row => !row.closed_at).map(row => itemOfCase(row, now, law.awaits)),
    ...picture.incidents.filter(row => !['closed', 'dismissed'].includes(row.stage) && members.get(row.id) > 1).map(row => itemOfIncident(row, members.get(row.id))),
  ];
  for (const item of items) item.domain = item.domain || law.domains[item.row.class_code] || 'urban';
  items.sort(order);
  const beneath = items.filter(item => item.beneath);
  return items.filter(item => !item.beneath).flatMap(item => [item, ...beneath.filter(one => one.beneath === item.key)]);
}

/** Overdue before due, soonest due first; otherwise the graver, then the older. */
function order(a, b) {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.kind === 'case' && b.kind === 'case') return Number(b.overdue) - Number(a.overdue) || time(a.due_at) - time(b.due_at) || a.key.localeCompare(b.key);
  return a.severity - b.severity || time(a.since) - time(b.since) || a.key.localeCompare(b.key);
}
const time = at => (at ? Date.parse(at) : Infinity);

/** Whether an item passes the filters; an empty filter lets all pass. Text looks into title, place, number and address. */
export function passes(item, filters) {
  if (item.folded) return item.folded.some(one => passes({ ...one, domain: item.domain }, filters));
  if (filters.kind && item.kind !== filters.kind) return false;
  if (filters.severity && item.severity !== Number(filters.severity)) return false;
  if (filters.domain && item.domain !== filters.domain) return false;
  if (filters.stage && item.stage !== filters.stage) return false;
  if (!filters.text) return true;
  const text = `${item.title} ${item.place || ''} ${item.id} ${item.row.address || ''} ${item.row.device || ''}`.toLowerCase();
  return filters.text.toLowerCase().split(/\s+/).every(part => text.includes(part));
}

/** What may be shown while the pointer rests on the list: the old order, rows updated in place, ended ones kept and marked, new ones counted. */
export function hold(shown, fresh) {
  const by = new Map(fresh.map(item => [item.key, item]));
  const kept = shown.map(item => by.get(item.key) || { ...item, gone: true });
  const seen = new Set(shown.map(item => item.key));
  return { items: kept, fresh: fresh.filter(item => !seen.has(item.key)) };
}

export const unplaced = picture => picture.reports.filter(row => row.placement && row.placement !== 'inside' && row.stage === 'open');
