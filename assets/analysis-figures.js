// Figures on the page of evaluation: cards of the total, the ranking with bars, the matrix. Every figure is a button that opens its rows.

import { h, t, fill, icon, number, labelOf } from './duty-dom.js';
import { NOBODY, nameOf, valueOf, unitOf, changeOf, periodName, roundedOf, standing, ranked } from './analysis-words.js';
import { COMPARED, past, periodView } from './analysis-views.js';

/** A number of a figure as a button that opens its rows: its value, or one `part` of it. What it says stands in `data-…` as well. */
function opener(view, by, row, formula, open, part, attributes, ...content) {
  const one = row.figures[formula.code] || {}, said = name => one[name] ?? '';
  return h('button', {
    type: 'button', 'data-figure': `${by}:${row.key}:${formula.code}`, 'data-part': part, 'data-span': view.span, 'data-age': view.age(), 'data-value': said('value'), 'data-numerator': said('numerator'), 'data-denominator': said('denominator'), 'data-undecided': said('undecided'),
    title: `${labelOf(formula)} · ${formula.formula_id}`, onclick: event => { event.stopPropagation(); open(view, by, row, formula, part); }, ...attributes,
  }, ...content);
}

/** The value of a figure. `view` tells how old it is and where its rows are. */
export function figure(view, by, row, formula, open, { unit = false, kind = 'an-figure', say = valueOf } = {}) {
  const value = row.figures[formula.code]?.value ?? null, known = value !== null, stands = known ? standing(formula, value) : 'unknown';
  return opener(view, by, row, formula, open, 'value', { class: `${kind} num ${stands}` },
    h('b', {}, say(formula, value)), unit && known && h('small', {}, unitOf(formula)), stands === 'poor' && h('i', { class: 'an-below', 'aria-hidden': 'true' }, '▾'));
}

/** How many rows a report has, as the way to all of them. */
export const everyRow = (view, by, formula, open, n) => opener(view, by, view.total, formula, open, 'every', { class: 'an-figure num', title: t('analysis.every_row') }, h('b', {}, number(n)));

/** 环比 and 同比 of one figure: how it moved, against what, and the way to the rows of that. Where there was no data it is told in a word. */
export function changes(view, by, row, formula, open) {
  return COMPARED.map(name => {
    const other = past(view, name, by, row.key), value = other?.row.figures[formula.code]?.value ?? null;
    const moved = changeOf(formula, row.figures[formula.code]?.value, value), label = h('span', {}, t(`analysis.${name}`));
    if (!moved) return h('span', { class: 'an-change unknown', title: t('analysis.no_before', { name: t(`analysis.${name}`) }) }, label, h('b', {}, `– ${t('analysis.no_data')}`));
    const attributes = { class: `an-change ${moved.towards}`, title: t('analysis.before_about', { label: other.label, value: `${valueOf(formula, value)}${unitOf(formula)}` }) }, text = h('b', { class: 'num' }, moved.text);
    return other.view ? opener(other.view, by, other.row, formula, open, 'value', attributes, label, text) : h('span', attributes, label, text);
  });
}

/** Numerator and denominator, each with the way to its rows. */
function ratio(view, by, row, formula, open) {
  const one = row.figures[formula.code];
  if (!one || one.denominator === null) return null;
  return PARTS.map((part, index) => [index > 0 && ' / ', opener(view, by, row, formula, open, part, { class: 'an-part-of num', title: t(`analysis.${part}`) }, number(one[part]))]);
}
const PARTS = ['numerator', 'denominator'];

/** The total: a card an indicator; the chosen one ranks and draws its course. */
export function cards(place, view, chosen, choose, open) {
  fill(place, view.formulas.map(formula => {
    const one = view.total.figures[formula.code];
    return h('article', { class: `an-card ${formula.code === chosen.code ? 'chosen' : ''}`, 'data-card': formula.code },
      h('button', { type: 'button', class: 'an-name', 'aria-pressed': String(formula.code === chosen.code), title: labelOf(formula), onclick: () => choose(formula.code) }, labelOf(formula)),
      figure(view, 'total', view.total, formula, open, { unit: true, kind: 'an-figure an-big' }),
      h('span', { class: 'an-ratio num' }, ratio(view, 'total', view.total, formula, open), one?.undecided ? opener(view, 'total', view.total, formula, open, 'undecided', { class: 'an-part-of an-open', title: t('analysis.undecided_about', { n: number(one.undecided) }) }, t('analysis.undecided', { n: number(one.undecided) })) : null),
      h('span', { class: 'an-changes' }, changes(view, 'total', view.total, formula, open)));
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
    const value = row.figures[formula.code]?.value ?? null, bar = h('i', {}), target = h('u', {});
    bar.style.setProperty('width', `${value === null ? 0 : Math.max(0.5, (100 * Math.max(0, value)) / most)}%`);
    target.style.setProperty('left', `${(100 * (formula.target ?? 0)) / most}%`);
    const placed = value !== null && row.key !== NOBODY;
    if (placed) place_ += 1;
    return h('li', { 'data-id': row.key, class: standing(formula, value) },
      h('span', { class: 'an-place num' }, placed ? place_ : '—'), h('span', { class: 'an-who', title: nameOf(view.by, row) }, nameOf(view.by, row)),
      h('span', { class: 'an-track' }, bar, formula.target !== null && target), figure(view, view.by, row, formula, open, { unit: true }),
      h('span', { class: 'an-ratio num' }, ratio(view, view.by, row, formula, open)), changes(view, view.by, row, formula, open));
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

/** The periods beneath the chart of the course: when, and the figure. */
export const periods = (place, told, formula, open) => fill(place, told.rows.map(row => h('li', {}, figure(periodView(told, row), 'period', row, formula, open, { kind: 'an-figure an-when', say: roundedOf }), h('small', {}, periodName(row.label)))));

export const none = (key, about) => h('div', { class: 'an-none' }, icon('chart-bar'), h('p', {}, t(key)), about && h('p', { class: 'muted' }, t(about)));

export const waiting = () => h('div', { class: 'an-none an-waits' }, h('p', { class: 'muted' }, t('analysis.loading')));
