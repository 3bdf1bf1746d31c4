// Rankings of the month: who closes in time, by street, unit or class, from the same figures and with the same formula as /analysis.

import { h, t, fill, icon, number, age, language } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { figure } from './cockpit-figure.js';

const BY = ['street', 'unit', 'class_big'];
const CODE = 'in_time_archive_rate';

/** Rows of a table of figures, best first; whoever has nothing due is not ranked. Pure. */
export const ranked = (rows, code = CODE) => rows.filter(row => row.key !== 'none' && row.figures[code]?.value !== null && row.figures[code]?.value !== undefined)
  .sort((a, b) => b.figures[code].value - a.figures[code].value || b.figures[code].denominator - a.figures[code].denominator || a.key.localeCompare(b.key));

export function makeRanks(slots) {
  let by = BY[0];
  const list = h('div', { class: 'rank-list' });
  const tabs = h('span', { class: 'tabs', role: 'group' }, BY.map(name => h('button', { type: 'button', 'data-by': name, 'aria-pressed': String(name === by), onclick: () => { by = name; for (const one of tabs.children) one.setAttribute('aria-pressed', String(one.dataset.by === by)); show(); } }, t(`cockpit.rank.${name}`))));
  fill(slots['ranks-note'], tabs);
  fill(slots.ranks, list);
  async function show() {
    const wanted = by;
    try {
      const told = await read(`/indicators/cases?period=month&by=${by}`), rows = ranked(told.rows);
      if (wanted !== by) return;
      fill(list, h('p', { class: 'muted' }, t('cockpit.rank.about', { label: told.label })), rows.length ? h('ol', { class: 'ranks' }, rows.slice(0, 12).map(row => {
        const { value, numerator, denominator } = row.figures[CODE], bar = h('i', { class: 'bar' });
        bar.style.setProperty('--share', `${value}%`);
        return h('li', { 'data-id': row.key }, h('span', { class: 'rank-name' }, (language() === 'en' && row.name_en) || row.name || row.key), bar, figure(`rank-${row.key}`, value, 1, age(told.as_of)), h('i', { class: 'rank-unit' }, '%'), h('small', { class: 'num' }, `${number(numerator)} / ${number(denominator)}`));
      })) : h('p', { class: 'muted none' }, icon('inbox'), t('cockpit.rank.none')));
    } catch (problem) { fill(list, h('p', { class: 'muted' }, explain(problem))); }
  }
  return show;
}
