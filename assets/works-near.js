// What is planned where something happens, in its time: a hint beside the evidence, never a reason to keep quiet. Reads and draws.

import { fill, h, icon, now, t } from './duty-dom.js';
import { explain, read } from './duty-call.js';
import { metres } from './incident-parts.js';
import { hoursOf, kindOf, spanOf, stateOf, symbolOf } from './works-words.js';

const MOST = 4;
const moment = ms => new Date(ms).toISOString();
const said = (...words) => words.filter(Boolean).join(' · ');

/** From when to when a thing lasts, ms; what is open lasts until now. Pure. */
export function lastsFrom(noun, present) {
  const begin = Date.parse(noun.raised_at || noun.opened_at || noun.observed_at || noun.received_at), end = Date.parse(noun.ended_at || noun.closed_at);
  const until = Number.isFinite(end) ? end : present, since = Number.isFinite(begin) ? begin : present;
  return [since, Math.max(since, until)];
}

/** The works near a thing that has a place; null where it has none. Rejects as `read` does. */
export async function worksNear(noun) {
  if (!Number.isFinite(noun.lon) || !Number.isFinite(noun.lat)) return null;
  const [since, until] = lastsFrom(noun, now());
  const query = new URLSearchParams({ lon: noun.lon, lat: noun.lat, from: moment(since), to: moment(until), ...(noun.class_code ? { class: noun.class_code } : {}) });
  return (await read(`/works/near?${query}`)).works;
}

const relation = row => t(`works.relation.${row.relation}`);
const line = (row, config) => h('li', { class: row.likely ? 'w-likely' : null, 'data-id': row.id, 'data-relation': row.relation },
  icon(symbolOf(row)), h('span', {}, h('a', { href: `/ledgers/works/${row.id}` }, row.title), row.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')),
    h('small', {}, said(kindOf(config, row), row.distance_m > 0 ? t('works.far', { far: metres(row.distance_m) }) : t('works.here'), spanOf(row), hoursOf(row))),
    h('small', {}, said(row.operator, row.note))),
  h('span', { class: 'w-hint' }, stateOf(row), h('small', {}, row.likely ? t('works.likely') : relation(row))));

/** Fills `slot` with what is planned near `noun`; says how many, or that there is none. `still`: whether it is still the one asked for. */
export async function drawWorks(slot, noun, config, { still = () => true, part = null, note = null } = {}) {
  try {
    const rows = await worksNear(noun);
    if (!still()) return;
    if (part) part.hidden = !rows?.length;
    if (note) note.textContent = rows?.length ? t('works.near_note', { n: rows.length }) : '';
    fill(slot, rows?.length ? [h('ul', { class: 'w-near' }, rows.slice(0, MOST).map(row => line(row, config))), rows.length > MOST && h('p', { class: 'muted' }, t('works.more', { n: rows.length - MOST })), h('p', { class: 'muted w-never' }, t('works.never_silences'))]
      : h('p', { class: 'i-none muted' }, t(rows ? 'works.none_near' : 'works.no_place')));
  } catch (problem) {
    if (!still()) return;
    if (part) part.hidden = false;
    fill(slot, h('p', { class: 'muted' }, explain(problem)));
  }
}
