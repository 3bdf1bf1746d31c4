// The way down from a figure: its formula in words, how complete and how old it is, and the very rows it was computed from.

import { h, t, fill, icon, number, clock, span, labelOf, openDialog, word } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { nameOf, partInWords, rowSetInWords, valueOf, unitOf } from './analysis-words.js';

const PAGE = 200;

/** Opens the dialog of one figure. `view.link(code, by, row)` is where its rows are, without the part. */
export function openFigure(view, by, row, formula) {
  const one = row.figures[formula.code];
  const body = h('div', { class: 'an-drill' });
  openDialog(`${labelOf(formula)} · ${nameOf(by, row)} · ${view.label}`, body, 'analysis-rows').classList.add('an-dialog');
  const place = h('div', { class: 'an-behind' });
  fill(body, facts(view, formula, one), formula.kind === 'score' ? score(view, by, row, formula, place) : parts(view, by, row, formula, one, place), place);
  if (formula.kind !== 'score') body.querySelector('[data-part]').click();
}

function facts(view, formula, one) {
  const complete = one.undecided === null || one.undecided === undefined ? null : one.undecided ? t('analysis.undecided_about', { n: number(one.undecided) }) : t('analysis.decided');
  const share = one.undecided && one.denominator ? ` · ${number(100 * (1 - one.undecided / one.denominator), 1)}%` : '';
  return h('dl', { class: 'an-facts' },
    fact('analysis.value', h('b', { class: 'num' }, `${valueOf(formula, one.value)} ${one.value === null ? '' : unitOf(formula)}`)),
    fact('analysis.formula_id', h('code', {}, formula.formula_id)),
    complete && fact('analysis.completeness', `${complete}${share}`),
    fact('analysis.age', view.frozen ? t('analysis.frozen_age', { at: clock(view.asOf) }) : `${span(view.age())} · ${t('analysis.as_of', { at: clock(view.asOf, true) })}`));
}
const fact = (key, ...told) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, told));

/** Numerator and denominator, each in words and with the way to its rows. */
function parts(view, by, row, formula, one, place) {
  const wanted = formula.kind === 'count' ? ['numerator'] : ['numerator', 'denominator'];
  const buttons = wanted.map(part => h('button', { type: 'button', class: 'an-part', 'data-part': part, 'aria-pressed': 'false', onclick: event => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === event.currentTarget));
    list(view, by, row, formula, part, place);
  } }, h('span', {}, t(`analysis.${part}`)), h('b', { class: 'num' }, number(one[part])), h('span', { class: 'an-words' }, partInWords(formula, part))));
  return h('div', { class: 'an-parts' }, buttons);
}

/** What a score is the sum of: each part opens its own figure, each deduction its rows. */
function score(view, by, row, formula, place) {
  const figures = row.figures;
  const off = formula.deductions.map((one, index) => h('tr', {}, h('th', { scope: 'row' }, rowSetInWords({ ...formula.sets.numerator[index], weight: 1 })), h('td', {}, t('analysis.score_off', { each: one.each })), h('td', { class: 'num' }, index === formula.deductions.length - 1 ? number(-figures[formula.code].numerator, 2) : '')));
  const open = other => () => openFigure(view, by, row, other);
  const shares = formula.parts.map(part => {
    const other = view.formulas.find(one => one.code === part.indicator), value = figures[part.indicator].value;
    const share = figures[part.indicator].denominator ? figures[part.indicator].numerator / figures[part.indicator].denominator : null;
    return h('tr', {}, h('th', { scope: 'row' }, t(part.inverse ? 'analysis.score_inverse' : 'analysis.score_part', { name: labelOf(other), weight: `${number(100 * part.weight)}` })),
      h('td', { class: 'num' }, h('button', { type: 'button', class: 'link', onclick: open(other) }, `${valueOf(other, value)}${unitOf(other)}`)), h('td', { class: 'num' }, share === null ? '—' : number(part.weight * 100 * (part.inverse ? 1 - share : share), 2)));
  });
  if (formula.deductions.length) list(view, by, row, formula, 'numerator', place);
  return h('div', {}, figures[formula.code].value === null && h('p', { class: 'an-warn' }, t('analysis.score_unknown')),
    h('h3', {}, t('analysis.score_parts')), h('table', { class: 'an-table an-score' }, h('tbody', {}, shares, formula.base ? h('tr', {}, h('th', { scope: 'row' }, t('analysis.score_base')), h('td', {}), h('td', { class: 'num' }, number(formula.base))) : null, off)));
}

/** All rows of a part, a page at a time. */
async function list(view, by, row, formula, part, place) {
  const body = h('tbody', {}), foot = h('p', { class: 'an-foot' }), heading = h('h3', {}), about = h('span', { class: 'an-words' }, partInWords(formula, part));
  fill(place, heading, foot);
  place.dataset.part = part;
  delete place.dataset.count;
  let next = '', have = 0, all = 0;
  const more = async () => {
    fill(foot, t('analysis.loading'));
    try {
      const told = await read(`${view.link(formula.code, by, row)}&part=${part}&limit=${PAGE}${next ? `&next=${encodeURIComponent(next)}` : ''}`);
      if (place.dataset.part !== part || !place.contains(foot)) return;
      if (told.count !== undefined) {
        all = told.count;
        fill(heading, t('analysis.rows_of', { part: t(`analysis.${part}`), n: number(all) }), about);
        place.dataset.count = all;
        if (told.rows.length) heading.after(h('div', { class: 'an-scroll' }, h('table', { class: 'an-table an-rows' }, heads(view, formula), body)));
      }
      body.append(...told.rows.map(one => line(view, formula, one)));
      have += told.rows.length;
      next = told.next;
      fill(foot, next && have < all ? h('button', { type: 'button', onclick: more }, icon('chevron-down'), t('analysis.more', { n: Math.min(PAGE, all - have), have: number(have), all: number(all) })) : t('analysis.all_rows', { n: number(have) }));
    } catch (problem) { fill(foot, explain(problem)); }
  };
  await more();
}

const measured = formula => formula.measure || 'handling';
function heads(view, formula) {
  const names = view.subject === 'hotline' ? ['number', 'unit', 'area', 'stage', 'at', 'weight'] : ['number', 'title', 'unit', 'worker', 'area', 'stage', 'due', 'closed', 'hours'];
  return h('thead', {}, h('tr', {}, names.map(name => h('th', { scope: 'col' }, name === 'hours' ? `${t(`analysis.measure.${measured(formula)}`)}(h)` : t(`analysis.row.${name}`)))));
}

function line(view, formula, one) {
  const sets = one.sets.map(name => word('analysis.set', name)).join(' · ');
  const stage = one.stage ? h('span', { class: `stage stage-${one.stage}` }, word('analysis.stage', one.stage)) : '—';
  if (view.subject === 'hotline') return h('tr', { 'data-id': one.id, title: sets }, h('th', { scope: 'row' }, one.title), cell(one.unit_name), cell(one.area_name), h('td', {}, stage), h('td', { class: 'num' }, clock(one.opened_at)), h('td', { class: 'num' }, number(one.weight)));
  const hours = one[`${measured(formula)}_s`];
  return h('tr', { 'data-id': one.id, title: sets }, h('th', { scope: 'row', class: 'num' }, view.opens ? h('a', { href: `/dispatch/${encodeURIComponent(one.id)}` }, one.id) : one.id), cell(one.title), cell(one.unit_name), cell(one.worker_name), cell(one.area_name), h('td', {}, stage),
    h('td', { class: 'num' }, clock(one.due_at)), h('td', { class: 'num' }, clock(one.closed_at)), h('td', { class: 'num' }, hours === null || hours === undefined ? '—' : number(hours / 3600, 2)));
}
const cell = text => h('td', { title: text || null }, text || '—');
