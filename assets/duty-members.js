// What an incident is made of: each source kept, in its own words, with the reason why it is in; what was taken out; and what was like it
// before. Draws only.

import { h, t, titleOf, word, fill, icon, badge, clock, span, language, titled } from './duty-dom.js';
import { explain, read } from './duty-call.js';
import { metres, partsOf, said, SYMBOL, whyOf } from './incident-parts.js';

const MOST = 40; // the page of the incident shows all

export function drawMembers(slot, noun, config, open) {
  const parts = partsOf(noun), titles = new Map([...(noun.alerts || []).map(row => [`alert ${row.id}`, titleOf(row, config.rules)]), ...(noun.reports || []).map(row => [`report ${row.id}`, row.title])]);
  const one = ({ kind, row, at, channel }) => h('li', { 'data-id': row.id, 'data-kind': kind },
    badge(row.severity || 5), h('span', { class: 'member-sign', title: t(`incident.channel.${channel}`) }, icon(SYMBOL[channel] || 'circle-dot')),
    h('div', { class: 'member-words' }, h('button', { type: 'button', class: 'link member-title', onclick: () => open({ kind, id: row.id, key: `${kind}:${row.id}`, title: row.title }) }, titled(row, titleOf(row, config.rules))),
      row.text && h('q', {}, row.text), h('small', { class: 'why' }, said(clock(at, true), whyOf(row.join, titles)))),
    h('span', { class: `stage stage-${row.stage}` }, word('desk.stage', row.stage)));
  const left = noun.left || [];
  fill(slot, h('p', { class: 'sum' }, h('span', {}, sumOf(noun)), whole(noun.id)),
    parts.length ? h('ul', { class: 'members' }, parts.slice(0, MOST).map(one)) : h('p', { class: 'muted' }, t('duty.no_members')), parts.length > MOST && h('p', { class: 'muted' }, t('duty.more', { n: parts.length - MOST })),
    left.length > 0 && h('details', { class: 'left' }, h('summary', {}, t('duty.left', { n: left.length })), h('ul', {}, left.map(part => h('li', {}, said(`${word('desk.kind', part.kind)} #${part.id}`, part.left_by, clock(part.left_at, true), part.why))))));
}

/** What it is made of, in one line: as the server wrote it, or counted in the reader's language. */
const sumOf = noun => (language() === 'en' ? said(...Object.entries(noun.parts || {}).map(([channel, n]) => `${t(`incident.channel.${channel}`)} ${n}`), t('incident.since', { at: clock(noun.opened_at) })) : noun.text || '');

/** The way to the page that shows the incident whole. */
export const whole = id => h('a', { class: 'link', href: `/incident/${id}`, target: '_blank', rel: 'noopener', 'data-do': 'incident' }, t('duty.incident_page'), icon('external-link'));

/** Ended incidents like this one: how they went. */
export async function drawSimilar(part, slot, id, still) {
  part.hidden = !id;
  if (!id) return;
  fill(slot, h('p', { class: 'muted' }, t('desk.loading')));
  try {
    const { similar: rows = [] } = await read(`/incidents/${id}/similar`);
    if (!still()) return;
    fill(slot, rows.length ? h('ul', { class: 'similar' }, rows.slice(0, 5).map(row => h('li', { 'data-id': row.id }, badge(row.severity || 5), h('a', { class: 'link', href: `/incident/${row.id}`, target: '_blank', rel: 'noopener' }, titled(row)), h('small', { class: 'muted' },
      said(clock(row.opened_at), Number.isFinite(row.reason?.distance_m) && metres(row.reason.distance_m), Number.isFinite(row.duration_s) && t('duty.lasted', { span: span(row.duration_s) }), word('desk.stage', row.stage), row.verdict && t(`duty.verdict.${row.verdict}`), row.note))))) : h('p', { class: 'muted' }, t('duty.no_similar')));
  } catch (problem) { if (still()) { part.hidden = problem.status === 404; fill(slot, h('p', { class: 'muted' }, explain(problem))); } }
}
