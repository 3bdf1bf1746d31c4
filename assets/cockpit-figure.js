// How the cockpit writes a figure, a light and a change, and its one dialog to order a case on. Knows no panel.

import { h, t, fill, icon, number, labelOf, language, openDialog, toast } from './duty-dom.js';
import { call, explain } from './duty-call.js';

const SYMBOL = { good: 'check', fair: 'eye', bad: 'triangle-alert', unknown: 'circle-help' };

/** A number with what robots read of it; unknown is a dash and grey, never 0. */
export const figure = (name, value, decimals, age, kind = '') => h('b', {
  class: `num ${value === null || value === undefined ? 'unknown' : ''} ${kind}`, 'data-figure': name,
  'data-value': value ?? '', 'data-age': Number.isFinite(age) ? Math.max(0, Math.round(age)) : '' }, number(value, decimals));

/** Good, fair, bad or unknown: by colour, by sign and by word. */
export const light = (state, key = 'cockpit.light') => h('span', { class: `light light-${state}` }, icon(SYMBOL[state] || SYMBOL.unknown), t(`${key}.${state}`));

export const inLanguage = (thing, name) => (language() === 'en' && thing[`${name}_en`]) || thing[name] || '';
export const unitOf = card => inLanguage(card, 'unit');
export { labelOf };

/** A change against another period: per cent in points, what others give in per cent of what it was. `{text, sense}`; null: not known. */
export function change(card, value, before) {
  if (value === null || value === undefined || before === null || before === undefined) return null;
  const share = unitOf(card) === '%', by = share ? value - before : before ? (100 * (value - before)) / Math.abs(before) : null;
  if (by === null) return null;
  const text = Math.abs(by) < 0.05 ? t('cockpit.same') : `${by > 0 ? '+' : '−'}${number(Math.abs(by), 1)}`;
  return { text: Math.abs(by) < 0.05 ? text : share ? t('cockpit.point', { n: text }) : `${text}%`, sense: Math.abs(by) < 0.05 ? 0 : Math.sign(by) * (card.good || 0) };
}

/** 环比 or 同比 beside a figure; what it was stands in the title. */
export function changed(card, name, value, before) {
  const told = change(card, value, before?.value);
  return h('span', { class: 'moved', 'data-sense': told ? (told.sense > 0 ? 'good' : told.sense < 0 ? 'bad' : '') : '', title: before?.label ? `${before.label}: ${number(before.value, card.decimals)}` : null },
    h('i', {}, t(`cockpit.${name}`)), told ? told.text : '—');
}

/** The button that orders a case on (督办), for whom it is; `done` is told the order. */
export const expediteButton = (row, config, done) => config.issues && !row.closed_at && h('button', { type: 'button', class: 'quiet expedite', 'data-act': 'expedite', 'data-case': row.number || row.case_number || row.id, title: t('cockpit.expedite'),
  onclick: event => { event.stopPropagation(); order(row.number || row.case_number || row.id, row.title, done); } }, icon('zap'), h('span', {}, t('cockpit.expedite.short')));

/** Asks what is demanded, then issues the order; a refusal is told where it was asked. */
export function order(number_, title, done) {
  const words = h('textarea', { name: 'text', rows: 4, maxlength: 2000, required: true, 'aria-label': t('cockpit.expedite.text') }), said = h('p', { class: 'said', role: 'alert' });
  const send = h('button', { type: 'submit', class: 'primary', 'data-do': 'issue' }, icon('send'), t('cockpit.expedite.send'));
  words.value = t('cockpit.expedite.words');
  const form = h('form', { class: 'order-form', onsubmit: async event => {
    event.preventDefault();
    send.disabled = true;
    try {
      const { data } = await call('POST', '/orders', { body: { case: number_, text: words.value.trim() } });
      dialog.close();
      toast('ok', t('cockpit.expedite.done', { number: number_ }));
      done?.(data);
    } catch (problem) { fill(said, explain(problem)); send.disabled = false; }
  } }, h('p', {}, h('b', {}, title), h('code', {}, number_)), words, said, h('footer', {}, send));
  const dialog = openDialog(t('cockpit.expedite'), form, 'order');
  words.select();
  return dialog;
}
