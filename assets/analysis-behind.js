// The way down from a count: a dialog that lists the very rows it was made of, a page at a time, each with the way on to where it is dealt with.

import { h, t, fill, icon, number, clock, badge, word, openDialog, titleOf } from './duty-dom.js';
import { read } from './duty-call.js';
import { noAnswer } from './no-answer.js';

const PAGE = 200;

/** `link` answers `{rows, next, count}`, or `{values, next}` of what others gave, which nobody counted; `columns`: `[heading, row => content, class]`. `said` stands above the rows. */
export function openRows(title, link, columns, said = null) {
  const body = h('tbody', {}), foot = h('div', { class: 'an-foot' }), heading = h('h3', {}, t('analysis.loading')), place = h('div', { class: 'an-behind' }, heading, foot);
  openDialog(title, h('div', { class: 'an-drill' }, said && h('p', { class: 'an-words' }, said), place), 'analysis-rows').classList.add('an-dialog');
  let next = '', have = 0, all = null;
  const more = async () => {
    fill(foot, t('analysis.loading'));
    try {
      const told = await read(`${link}&limit=${PAGE}${next ? `&next=${encodeURIComponent(next)}` : ''}`), rows = told.rows ?? told.values;
      if (!have && rows.length) heading.after(h('div', { class: 'an-scroll' }, h('table', { class: 'an-table an-rows' }, h('thead', {}, h('tr', {}, columns.map(([name]) => h('th', { scope: 'col' }, name)))), body)));
      body.append(...rows.map(row => h('tr', { 'data-id': row.id ?? `${row.device} ${row.hour}` }, columns.map(([, cell, kind], index) => h(index ? 'td' : 'th', { class: kind || null, ...(index ? {} : { scope: 'row' }) }, cell(row))))));
      place.dataset.listed = have += rows.length;
      next = told.next;
      all ??= told.count ?? told.denominator ?? null; // the first page tells it; counted rows of the catalogue tell both their counts
      if (all === null && !next) all = have;
      place.dataset.count = all ?? '';
      fill(heading, t('trends.rows', { n: all === null ? `${number(have)}+` : number(all) }));
      fill(foot, next && (all === null || have < all) ? h('button', { type: 'button', onclick: more }, icon('chevron-down'), t('analysis.more', { n: all === null ? PAGE : Math.min(PAGE, all - have), have: number(have), all: all === null ? '…' : number(all) })) : t(have ? 'analysis.all_rows' : 'analysis.no_rows', { n: number(have) }));
    } catch (problem) {
      if (!have) fill(heading);
      noAnswer([foot], problem, more);
    }
  };
  more();
}

/** Where a thing is dealt with. */
export const wayTo = (kind, id) => ({ cases: `/dispatch/${encodeURIComponent(id)}`, hazards: `/ledgers/hazards/${id}`, enterprises: `/ledgers/enterprises/${encodeURIComponent(id)}`, alerts: `/duty#alert:${id}`, complaints: `/duty#report:${id}` }[kind]);
const mark = row => (row.simulated ? h('small', { class: 'an-simulated' }, t('analysis.simulated_row')) : null);

const STAGES = { cases: 'analysis.stage', alerts: 'trends.stage.alerts', complaints: 'trends.stage.complaints' };
/** What the stage of an alert, a case or a complaint is called. */
export const stageName = (subject, stage) => word(STAGES[subject], stage);

/** The columns of what happened: alerts, cases or complaints. */
export const happened = (subject, classes, rules) => [
  [t('analysis.row.title'), row => [badge(row.severity || 5), ' ', h('a', { href: wayTo(subject, row.id) }, titleOf(row, rules)), mark(row)]],
  [t('trends.row.at'), row => clock(row.at), 'num'],
  [t('trends.by.class'), row => classes[row.class_code] || row.class_code || '—'],
  [t('analysis.row.area'), row => row.area_name || row.area || '—'],
  ...(subject === 'cases' ? [[t('analysis.row.unit'), row => row.unit_name || '—']] : []),
  [t('analysis.row.stage'), row => stageName(subject, row.stage)],
];
