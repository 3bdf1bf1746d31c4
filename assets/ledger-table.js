// What the ledgers' tabs are drawn with: tables, facts, histories, terms. Draws; asks nobody.

import { h, t, icon, clock, span, age, word } from './duty-dom.js';

/** Where there is nothing: a sign, a word, and what may be done about it. */
export const empty = (symbol, words, ...more) => h('div', { class: 'l-none' }, icon(symbol), h('span', {}, words), more);
export const wait = () => h('p', { class: 'l-wait muted' }, t('ledgers.wait'));

/** `columns`: `[{name, cell(row), wide?, right?}]`; `key(row)` names a row, `open(key)` is called for it. */
export function drawTable(columns, rows, { key, chosen, open }) {
  const side = one => [one.right && 'num', one.wide && 'l-wide'].filter(Boolean).join(' ') || null;
  const line = row => {
    const id = String(key(row));
    return h('tr', { 'data-id': id, tabindex: '0', class: id === chosen ? 'current' : null, 'aria-selected': id === chosen ? 'true' : null, onclick: () => open(id), onkeydown: event => { if (event.key === 'Enter') open(id); } },
      columns.map(one => h(one.head ? 'th' : 'td', { class: side(one), scope: one.head ? 'row' : null, 'data-label': one.right ? t(`ledgers.column.${one.name}`) : null }, one.cell(row))));
  };
  return h('table', { class: 'l-table' }, h('thead', {}, h('tr', {}, columns.map(one => h('th', { scope: 'col', class: side(one) }, t(`ledgers.column.${one.name}`))))), h('tbody', {}, rows.map(line)));
}

export const marksOf = row => [row.drill && h('b', { class: 'mark drill' }, t('desk.drill')), row.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated'))].filter(Boolean);
export const stageOf = (noun, row) => h('span', { class: `stage l-stage-${row.stage}` }, word(`ledgers.${noun}.stage`, row.stage));

/** A term: when it ends, how long that is, red once it is over, amber in its last fifth. `done`: it no longer runs. */
export function dueOf(row, from, done) {
  if (!row.due_at) return h('span', { class: 'muted' }, '—');
  const left = -age(row.due_at), whole = (Date.parse(row.due_at) - Date.parse(from)) / 1000;
  const light = done ? (row.overdue ? 'late' : 'done') : left <= 0 ? 'late' : left < whole / 5 ? 'near' : 'well';
  const words = done ? t(row.overdue ? 'ledgers.due.was_late' : 'ledgers.due.in_time') : t(left <= 0 ? 'ledgers.due.over' : 'ledgers.due.left', { span: span(left) });
  return h('span', { class: `l-due l-due-${light}`, title: clock(row.due_at, true) }, h('i', {}), h('b', {}, clock(row.due_at)), h('small', {}, words));
}

export const facts = rows => h('dl', { class: 'l-facts' }, rows.filter(Boolean).map(([name, ...values]) => h('div', {}, h('dt', {}, name), h('dd', {}, values.map(one => (one === null || one === undefined || one === '' ? '—' : one))))));
export const part = (symbol, title, ...children) => h('section', { class: 'l-part' }, h('h3', {}, icon(symbol), title), children);
export const said = (...words) => words.filter(Boolean).join(' · ');

/** Who did what, the newest first. */
export const record = (noun, audit) => part('history', t('ledgers.record'), h('ol', { class: 'l-record' }, [...(audit || [])].reverse().map(one => h('li', {},
  h('b', {}, word(`ledgers.${noun}.did`, one.act)), h('span', { class: 'muted' }, said(one.actor === 'system' ? t('ledgers.itself') : one.actor, clock(one.at, true))), one.note && h('q', {}, one.note)))));

export const riskOf = risk => h('span', { class: `l-risk l-risk-${risk || 0}` }, word('ledgers.enterprise.risk', String(risk)));
export const levelOf = level => h('span', { class: `l-level l-level-${level}` }, word('ledgers.hazard.level', level));
export const linkOf = (href, symbol, words) => h('a', { class: 'l-link', href }, icon(symbol), words);
