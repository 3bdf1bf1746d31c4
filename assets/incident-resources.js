// Who and what can be sent to an incident: the nearest of the ledger, as a list and as dots of its map. Reads; gives no task.

import { h, t, fill, icon, language, toast, word, listed } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { metres, said } from './incident-parts.js';

export const SYMBOL_OF = { team: 'users', equipment: 'truck', material: 'package', shelter: 'tent', hospital: 'heart-pulse', expert: 'user', contact: 'phone', hazard: 'triangle-alert' };
const NEAREST = 12;

const nameOf = one => (language() === 'en' && one.name_en) || one.name;

/** Whom to call, in the place of the button that asked: every look stands in the audit. */
async function call(one, button) {
  try {
    const told = await read(`/resources/${encodeURIComponent(one.code)}/contact`);
    button.replaceWith(h('a', { class: 'i-call', href: `tel:${told.phone}` }, icon('phone'), said(told.name, told.phone)));
  } catch (problem) { toast('error', explain(problem)); }
}
const caller = one => one.may_call && h('button', { type: 'button', class: 'mini', 'data-do': 'contact', title: t('emergency.call'), 'aria-label': `${t('emergency.call')} · ${nameOf(one)}`, onclick: event => call(one, event.currentTarget) }, icon('phone'));

/** The nearest resources of a place, drawn into `slot`; resolves to them. */
export async function showResources(slot, note, place) {
  if (!place) { fill(slot, h('p', { class: 'i-none' }, t('incident.no_place'))); return []; }
  let rows;
  try {
    rows = (await read(`/resources?lon=${place.lon}&lat=${place.lat}&n=${NEAREST}`)).resources;
  } catch (problem) { fill(slot, h('p', { class: 'i-none' }, explain(problem))); return []; }
  note.textContent = rows.length ? t('emergency.nearest_n', { n: rows.length }) : '';
  fill(slot, rows.length ? h('ul', { class: 'i-list' }, rows.map(one => h('li', { 'data-id': one.code }, icon(SYMBOL_OF[one.kind]),
    h('span', {}, h('b', {}, nameOf(one)), h('small', {}, said(t(`brief.kind.${one.kind}`), one.quantity !== null && `${one.quantity} ${one.measure ? word('emergency.measure', one.measure) : ''}`, listed(one.tags), one.unit))),
    h('span', { class: 'e-task muted' }, one.busy ? t('emergency.busy') : metres(one.distance_m), caller(one))))) : h('p', { class: 'i-none' }, t('emergency.resources_none')));
  return rows;
}

/** As `duty-place`'s dots take them. */
export const dotsOf = rows => rows.filter(one => Number.isFinite(one.lon)).map(one => ({ lon: one.lon, lat: one.lat, severity: 'r', title: `${nameOf(one)} · ${metres(one.distance_m)}`, symbol: icon(SYMBOL_OF[one.kind]) }));
