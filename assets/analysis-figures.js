// Figures on the page of evaluation: cards of the total, the ranking with bars, the matrix. Every figure is a button that opens its rows.

import { h, t, fill, icon, number, labelOf } from './duty-dom.js';
import { nameOf, valueOf, unitOf, changeOf, standing, ranked } from './analysis-words.js';

const COMPARED = ['before', 'year_before'];
const rowIn = (table, key) => table?.find(row => row.key === key);

/** One figure as a button. `view` tells how old it is and where its rows are. */
export function figure(view, by, row, formula, open, { unit = false, kind = 'an-figure' } = {}) {
  const one = row.figures[formula.code], known = one && one.value !== null;
  return h('button', {
    type: 'button', class: `${kind} num ${known ? standing(formula, one.value) : 'unknown'}`, 'data-figure': `${by}:${row.key}:${formula.code}`, 'data-value': known ? one.value : '', 'data-age': view.age(),
    'data-numerator': one?.numerator ?? '', 'data-denominator': one?.denominator ?? '', title: `${labelOf(formula)} · ${formula.formula_id}`, onclick: () => open(by, row, formula),
  }, h('b', {}, valueOf(formula, one?.value)), unit && known && h('small', {}, unitOf(formula)), known && standing(formula, one.value) === 'poor' && h('i', { class: 'an-below', 'aria-hidden': 'true' }, '▾'));
}

/** 环比 and 同比 of one figure: how it moved, and against what. */
export function changes(view, by, row, formula) {
  return COMPARED.map(name => {
    const other = rowIn(view.compared[name]?.tables[by], row.key)?.figures[formula.code]?.value ?? null;
    const moved = changeOf(formula, row.figures[formula.code]?.value, other), label = t(`analysis.${name}`);
    return h('span', { class: `an-change ${moved ? moved.towards : 'unknown'}`, title: moved ? t('analysis.before_about', { label: view.compared[name].label, value: `${valueOf(formula, other)}${unitOf(formula)}` }) : t('analysis.no_before', { name: label }) },
      h('span', {}, label), h('b', { class: 'num' }, moved ? moved.text : '—'));
  });
}

const ratio = (formula, one) => (formula.kind === 'score' || !one ? '' : formula.kind === 'count' ? '' : `${number(one.numerator)} / ${number(one.denominator)}`);

/** The total: a card an indicator; the chosen one ranks and draws its course. */
export function cards(place, view, chosen, choose, open) {
  fill(place, view.formulas.map(formula => {
    const one = view.total.figures[formula.code];
    return h('article', { class: `an-card ${formula.code === chosen.code ? 'chosen' : ''}`, 'data-card': formula.code },
      h('button', { type: 'button', class: 'an-name', 'aria-pressed': String(formula.code === chosen.code), title: labelOf(formula), onclick: () => choose(formula.code) }, labelOf(formula)),
      figure(view, 'total', view.total, formula, open, { unit: true, kind: 'an-figure an-big' }),
      h('span', { class: 'an-ratio num' }, ratio(formula, one), one?.undecided ? h('em', { title: t('analysis.undecided_about', { n: number(one.undecided) }) }, t('analysis.undecided', { n: number(one.undecided) })) : null),
      h('span', { class: 'an-changes' }, changes(view, 'total', view.total, formula)));
  }));
}

/** Best first, a bar each; the mark on the bar is the target. */
export function ranking(place, view, formula, open) {
  const rows = ranked(view.rows, formula);
  const most = Math.max(formula.kind === 'rate' ? 100 : 0, formula.target ?? 0, ...rows.map(row => Math.abs(row.figures[formula.code]?.value ?? 0))) || 1;
  let place_ = 0;
  if (!rows.length) return fill(place, none('analysis.no_ranking'));
  const heads = h('li', { class: 'an-heads', 'aria-hidden': 'true' }, h('span'), h('span'), h('span'), h('span', {}, t('analysis.value')), h('span', {}, formula.kind === 'score' || formula.kind === 'count' ? '' : t('analysis.ratio')), COMPARED.map(name => h('span', {}, t(`analysis.${name}`))));
  return fill(place, h('ol', { class: 'an-ranking' }, heads, rows.map(row => {
    const one = row.figures[formula.code], value = one?.value ?? null, bar = h('i', {}), target = h('u', {});
    bar.style.setProperty('width', `${value === null ? 0 : Math.max(0.5, (100 * Math.max(0, value)) / most)}%`);
    target.style.setProperty('left', `${(100 * (formula.target ?? 0)) / most}%`);
    if (value !== null) place_ += 1;
    return h('li', { 'data-id': row.key, class: standing(formula, value) },
      h('span', { class: 'an-place num' }, value === null ? '—' : place_), h('span', { class: 'an-who', title: nameOf(view.by, row) }, nameOf(view.by, row)),
      h('span', { class: 'an-track' }, bar, formula.target !== null && target), figure(view, view.by, row, formula, open, { unit: true }),
      h('span', { class: 'an-ratio num' }, ratio(formula, one)), changes(view, view.by, row, formula));
  })));
}

/** Keys × indicators; the total stands on top and stays. */
export function matrix(place, view, chosen, choose, open) {
  const line = (by, row) => h('tr', { 'data-id': by === 'total' ? null : row.key, class: by === 'total' ? 'an-total' : null },
    h('th', { scope: 'row', title: nameOf(by, row) }, nameOf(by, row)), view.formulas.map(formula => h('td', { class: formula.code === chosen.code ? 'chosen' : null }, figure(view, by, row, formula, open))));
  const heads = view.formulas.map(formula => h('th', { scope: 'col', class: formula.code === chosen.code ? 'chosen' : null }, h('button', { type: 'button', class: 'an-head', title: labelOf(formula), onclick: () => choose(formula.code) }, labelOf(formula), h('small', {}, unitOf(formula)))));
  return fill(place, h('table', { class: 'an-table' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t(`analysis.by.${view.by}`)), heads)),
    h('tbody', {}, line('total', view.total), view.rows.map(row => line(view.by, row)))));
}

export const none = (key, about) => h('div', { class: 'an-none' }, icon('chart-bar'), h('p', {}, t(key)), about && h('p', { class: 'muted' }, t(about)));
