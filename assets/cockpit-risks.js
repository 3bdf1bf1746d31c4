// The top risks: of all that is open by the live picture, what a leader must know first, and the order (督办) to a case. The order is pure.

import { h, t, fill, icon, badge, span, titleOf } from './duty-dom.js';
import { isSignal } from './silence.js';
import { expediteButton } from './cockpit-figure.js';

const DAY = 86400;
const age = (at, now) => Math.max(0, (now - Date.parse(at)) / 1000) || 0;

/**
 * What weighs most, at most `most` rows `{kind, row, weight, why}`: its severity (red 400, orange 300, …), that it is late or nobody
 * answered (150), and how long it has been open (up to 100, a day and more); an orange one nobody answered stands above a red one in hand. An alert inside an incident is the incident's; drills count nowhere.
 */
export function topRisks(state, now, most = 8) {
  const rows = [];
  const put = (kind, row, at, pressing, why) => rows.push({ kind, row, why, weight: (5 - (row.severity || 4)) * 100 + (pressing ? 150 : 0) + Math.min(100, (age(at, now) / DAY) * 100) });
  for (const row of state.incidents.values()) if (!row.drill) put('incident', row, row.opened_at, row.stage === 'open', row.stage === 'open' ? 'unanswered' : 'open');
  for (const row of state.alerts.values()) if (!row.drill && isSignal(row) && !row.incident_id && row.stage !== 'rtn_unack' && (row.hold ?? 'none') === 'none') put('alert', row, row.raised_at, row.stage === 'unack', row.stage === 'unack' ? 'unanswered' : 'open');
  for (const row of state.cases.values()) if (!row.drill && (row.overdue || row.severity <= 2) && !row.incident_id) put('case', row, row.overdue ? row.due_at || row.opened_at : row.opened_at, row.overdue, row.overdue ? 'overdue' : 'open');
  return rows.sort((a, b) => b.weight - a.weight || String(a.row.id).localeCompare(String(b.row.id))).slice(0, most);
}

export function drawRisks(slots, state, { now, names, config }) {
  const risks = topRisks(state, now);
  const key = JSON.stringify(risks.map(({ kind, row, why }) => [kind, row.id, row.version, why])) + Math.floor(now / 60e3);
  if (slots.risks.dataset.key === key) return; // nothing moves under the finger that points
  slots.risks.dataset.key = key;
  fill(slots['risks-note'], t('cockpit.risks.about'));
  fill(slots.risks, risks.length ? h('ol', { class: 'risks' }, risks.map(({ kind, row, why }) => {
    const at = why === 'overdue' ? row.due_at || row.opened_at : row.raised_at || row.opened_at, title = titleOf(row, config.rules);
    return h('li', { 'data-id': `${kind}:${row.id}` }, badge(row.severity),
      h('span', { class: 'risk-title' }, kind === 'incident' ? h('a', { href: `/incident/${row.id}`, title }, title) : h('span', { title }, title), h('small', {}, [t(`cockpit.risks.${kind}`), names[row.street]].filter(Boolean).join(' · '))),
      h('span', { class: `risk-why ${why === 'open' ? '' : 'grave'}` }, t(`cockpit.risks.${why}`, { span: span(age(at, now)) })),
      kind === 'case' && expediteButton(row, config));
  })) : h('p', { class: 'muted none' }, icon('check'), t('cockpit.risks.none')));
}
