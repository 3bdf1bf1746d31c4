// The indicators of the catalogue in their groups: 观全面 · 管到位 · 防见效, the hotline's rates, the economy. Each opens its definition and rows.

import { h, t, fill, icon, number, labelOf, age } from './duty-dom.js';
import { figure, changed, unitOf } from './cockpit-figure.js';
import { openIndicator } from './cockpit-indicator.js';

export const GROUPS = ['coverage', 'control', 'prevention', 'hotline', 'economy'];
const target = card => (card.target === null ? '' : t(card.good < 0 ? 'cockpit.target.most' : 'cockpit.target.least', { n: `${number(card.target)}${unitOf(card)}` }));

/** Where a target is met or missed: by sign and word, not by colour alone. */
const met = card => card.target !== null && h('span', { class: `met met-${card.met === null ? 'unknown' : card.met}`, title: target(card) }, icon(card.met === null ? 'circle-help' : card.met ? 'target' : 'triangle-alert'), t(`cockpit.target.${card.met === null ? 'unknown' : card.met ? 'met' : 'missed'}`));

export function drawGroups(slots, told, config) {
  const read_at = age(told.as_of);
  for (const group of GROUPS) {
    const cards = told.indicators.filter(card => (card.group === group) || (group === 'economy' && card.group === 'other'));
    const aims = cards.filter(card => card.target !== null && card.met !== null);
    fill(slots[`${group}-note`], aims.length ? t('cockpit.target.sum', { n: aims.filter(card => card.met).length, of: aims.length }) : '');
    fill(slots[group], cards.length ? h('ul', { class: 'cards' }, cards.map(card => h('li', {}, button(card, read_at, config)))) : h('p', { class: 'muted none' }, icon('inbox'), t('cockpit.group.none')));
  }
}

function button(card, readAt, config) {
  const { value, label: period, at, simulated } = card.figure;
  return h('button', { type: 'button', class: `indicator-row ${value === null ? 'unknown' : ''}`, 'data-indicator': card.code, onclick: () => openIndicator(card, config) },
    h('span', { class: 'indicator-name' }, labelOf(card), h('small', {}, period || t('cockpit.period.now'), simulated && ` · ${t('cockpit.simulated')}`)),
    h('span', { class: 'indicator-value' }, figure(card.code, value, card.decimals, at ? age(at) : readAt), value !== null && h('small', {}, unitOf(card))),
    h('span', { class: 'indicator-moved' }, value === null ? h('span', { class: 'muted' }, t(card.source === 'imported' ? 'cockpit.none.imported' : 'cockpit.none.rows')) : [changed(card, 'before', value, card.before), changed(card, 'year_before', value, card.year_before)]),
    met(card));
}
