// 早报: the reports that were made, one of them as it was written, making one, printing it.

import { h, t, fill, icon, clock } from './duty-dom.js';
import { call, read } from './duty-call.js';
import { empty } from './ledger-table.js';

/** A paper as it was kept: the same structure that the printed page and the PDF are made of. */
function drawPaper(paper) {
  const lines = words => words.split('\n').flatMap((one, at) => (at ? [h('br', {}), one] : [one]));
  const block = one => ({
    heading: () => h('h3', {}, one.text), text: () => h('p', {}, lines(one.text)), note: () => h('p', { class: 'note' }, lines(one.text)),
    facts: () => h('dl', {}, one.rows.map(([label, value, remark]) => h('div', {}, h('dt', {}, label), h('dd', {}, value, remark && h('small', {}, remark))))),
    table: () => h('table', {}, h('thead', {}, h('tr', {}, one.heads.map((head, at) => h('th', { class: one.right.includes(at) ? 'num' : null }, head)))), h('tbody', {}, one.rows.map(row => h('tr', {}, row.map((cell, at) => h('td', { class: one.right.includes(at) ? 'num' : null }, lines(cell))))))),
  })[one.kind]();
  return h('article', { class: 'l-paper' }, h('header', {}, paper.marks.map(mark => h('b', { class: 'mark simulated' }, mark)), h('h2', {}, paper.title), h('p', {}, paper.subtitle)), paper.blocks.map(block), h('footer', {}, paper.foot));
}

export const morning = {
  noun: 'morning', path: '/morning-report', symbol: 'file-text', filters: {}, key: row => row.id,

  list: () => read('/morning-report?limit=60').then(data => data.reports),

  columns: () => [
    { name: 'day', head: true, cell: row => h('div', {}, h('b', { class: 'num' }, row.day), row.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')), h('small', {}, `${clock(row.since)} – ${clock(row.until)}`)) },
    ...['alerts', 'incidents', 'opened', 'closed', 'overdue'].map(name => ({ name, right: true, cell: row => h('span', { class: row[name] ? null : 'zero' }, row[name]) })),
    { name: 'made_by', cell: row => h('div', {}, row.by_itself ? t('morning.itself') : row.made_by, h('small', {}, clock(row.made_at))) },
  ],

  draw({ slots, config }, row) {
    const paper = row.papers[config.language] || row.papers.zh, to = file => `/api/v1/morning-report/${row.id}/${file}?lang=${config.language}`;
    fill(slots.heading, h('div', { class: 'l-name' }, h('h2', {}, row.day), h('small', { class: row.intact ? 'l-intact' : 'l-torn' }, icon(row.intact ? 'shield-check' : 'shield-alert'), t(row.intact ? 'ledgers.morning.intact' : 'ledgers.morning.torn'), ` ${row.hash.slice(0, 12)}`)),
      h('a', { class: 'l-file', href: to('paper.html'), target: '_blank', rel: 'noopener', 'data-do': 'print' }, icon('printer'), t('ledgers.morning.print')), h('a', { class: 'l-file', href: to('paper.pdf'), target: '_blank', rel: 'noopener', 'data-do': 'pdf' }, icon('file-down'), 'PDF'));
    fill(slots.detail, drawPaper(paper));
  },

  /** With none chosen the newest is shown, where there is room beside the list. */
  drawNothing(app, rows) {
    if (rows.length && !matchMedia('(max-width: 700px)').matches) return app.open(String(rows[0].id));
    fill(app.slots.heading);
    fill(app.slots.acts);
    return fill(app.slots.detail, empty('file-text', t('ledgers.none.morning-report')));
  },

  async begin() { return (await call('POST', '/morning-report', { body: {}, timeout: 60_000 })).data; },
};
