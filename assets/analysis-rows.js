// The way down from a figure: its formula in words, how complete and how old it is, and the very rows it was computed from.

import { h, t, fill, icon, number, clock, span, labelOf, openDialog, word } from './duty-dom.js';
import { read } from './duty-call.js';
import { noAnswer } from './no-answer.js';
import { nameOf, partInWords, partName, valueOf, unitOf } from './analysis-words.js';

const PAGE = 200;

/**
 * Opens the dialog of one figure at one of its parts (`value`: where its rows begin). `view.link(code, by, row)` is where they are, without the part.
 * `leads`: whether a row's number leads to the case.
 */
export function openFigure(view, by, row, formula, part, leads) {
  const one = row.figures[formula.code], at = { view, by, row, formula, leads };
  const body = h('div', { class: 'an-drill' }), title = [labelOf(formula), by !== 'period' && nameOf(by, row), view.label].filter(Boolean).join(' · ');
  openDialog(title, body, 'analysis-rows').classList.add('an-dialog');
  const place = h('div', { class: 'an-behind' }), wanted = part === 'value' ? 'numerator' : part;
  if (wanted === 'every') { fill(body, place); return void list(at, 'every', place); }
  fill(body, facts(view, formula, one), formula.kind === 'score' ? score(at, place) : parts(at, place), place);
  (body.querySelector(`[data-open=${wanted}]`) || body.querySelector('[data-open]'))?.click();
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

/** Numerator, denominator and what is undecided of it, each in words and with the way to its rows. */
function parts({ view, by, row, formula, leads }, place) {
  const one = row.figures[formula.code], wanted = formula.kind === 'count' ? ['numerator'] : ['numerator', 'denominator', ...(one.undecided ? ['undecided'] : [])];
  return h('div', { class: 'an-parts' }, wanted.map(part => chooser(part, 'an-part', () => list({ view, by, row, formula, leads }, part, place),
    h('span', {}, partName(part)), h('b', { class: 'num' }, number(one[part])), h('span', { class: 'an-words' }, partInWords(formula, part)))));
}

/** A button of a dialog that lists the rows of a part; the one pressed last stays pressed. */
function chooser(part, kind, choose, ...content) {
  return h('button', { type: 'button', class: kind, 'data-open': part, 'aria-pressed': 'false', onclick: event => {
    for (const button of event.currentTarget.closest('.an-drill').querySelectorAll('[data-open]')) button.setAttribute('aria-pressed', String(button === event.currentTarget));
    choose();
  } }, ...content);
}

/** What a score is the sum of: each part opens its own figure, each deduction its rows. */
function score({ view, by, row, formula, leads }, place) {
  const { figures } = row, one = figures[formula.code], line = (name, middle, points) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'num' }, middle), h('td', { class: 'num' }, points));
  const shares = formula.parts.map(part => {
    const other = view.formulas.find(formula => formula.code === part.indicator), { value, numerator, denominator } = figures[part.indicator], share = denominator ? numerator / denominator : null;
    const open = h('button', { type: 'button', class: 'link', 'data-share': part.indicator, onclick: () => openFigure(view, by, row, other, 'value', leads) }, `${valueOf(other, value)}${unitOf(other)}`);
    return line(t(part.inverse ? 'analysis.score_inverse' : 'analysis.score_part', { name: labelOf(other), weight: `${number(100 * part.weight)}` }), open, share === null ? '—' : number(part.weight * 100 * (part.inverse ? 1 - share : share), 2));
  });
  const off = formula.deductions.map(({ each }, index) => {
    const part = `deduction-${index + 1}`, n = one.deducted?.[index];
    return line([partInWords(formula, part).replace(/ × .*$/, ''), h('small', {}, t('analysis.score_off', { each }))],
      chooser(part, 'link', () => list({ view, by, row, formula, leads }, part, place), n === undefined ? t('analysis.rows') : t('analysis.n_rows', { n: number(n) })), n === undefined ? '' : number(n ? -each * n : 0, 2));
  });
  return h('div', {}, one.value === null && h('p', { class: 'an-warn' }, t('analysis.score_unknown')),
    h('h3', {}, t('analysis.score_parts')), h('table', { class: 'an-table an-score' }, h('tbody', {}, shares, formula.base ? line(t('analysis.score_base'), '', number(formula.base)) : null, off, one.value !== null && line(h('b', {}, labelOf(formula)), '', h('b', {}, valueOf(formula, one.value))))));
}

/** All rows of a part, a page at a time. */
async function list({ view, by, row, formula, leads }, part, place) {
  const body = h('tbody', {}), foot = h('div', { class: 'an-foot' }), heading = h('h3', {}), about = h('span', { class: 'an-words' }, partInWords(formula, part));
  fill(place, heading, foot);
  place.dataset.part = part;
  delete place.dataset.count;
  delete place.dataset.listed;
  let next = '', have = 0, all = 0;
  const more = async () => {
    fill(foot, t('analysis.loading'));
    try {
      const told = await read(`${view.link(formula.code, by, row)}&part=${part}&limit=${PAGE}${next ? `&next=${encodeURIComponent(next)}` : ''}`);
      if (place.dataset.part !== part || !place.contains(foot)) return;
      if (told.count !== undefined) {
        all = told.count;
        fill(heading, t('analysis.rows_of', { part: partName(part), n: number(all) }), about);
        place.dataset.count = all;
        if (told.rows.length) heading.after(h('div', { class: 'an-scroll' }, h('table', { class: 'an-table an-rows' }, heads(view, formula), body)));
      }
      body.append(...told.rows.map(one => line(view, formula, one, leads)));
      place.dataset.listed = have += told.rows.length;
      next = told.next;
      fill(foot, next && have < all ? h('button', { type: 'button', onclick: more }, icon('chevron-down'), t('analysis.more', { n: Math.min(PAGE, all - have), have: number(have), all: number(all) })) : t(have ? 'analysis.all_rows' : 'analysis.no_rows', { n: number(have) }));
    } catch (problem) { noAnswer([foot], problem, more); }
  };
  await more();
}

const measured = formula => formula.measure || 'handling';
function heads(view, formula) {
  const names = view.subject === 'hotline' ? ['number', 'unit', 'area', 'stage', 'at', 'weight'] : ['number', 'title', 'unit', 'worker', 'area', 'stage', 'due', 'closed', 'hours'];
  return h('thead', {}, h('tr', {}, names.map(name => h('th', { scope: 'col' }, name === 'hours' ? `${t(`analysis.measure.${measured(formula)}`)}(h)` : t(`analysis.row.${name}`)))));
}

function line(view, formula, one, leads) {
  const sets = one.sets.map(name => word('analysis.set', name)).join(' · ');
  const stage = one.stage ? h('span', { class: `stage stage-${one.stage}` }, word('analysis.stage', one.stage)) : '—';
  if (view.subject === 'hotline') return h('tr', { 'data-id': one.id, title: sets }, h('th', { scope: 'row' }, one.title), cell(one.unit_name), cell(one.area_name), h('td', {}, stage), h('td', { class: 'num' }, clock(one.opened_at)), h('td', { class: 'num' }, number(one.weight)));
  const hours = one[`${measured(formula)}_s`], order = one.id.split('#')[1];
  return h('tr', { 'data-id': one.id, title: sets }, h('th', { scope: 'row', class: 'num' }, leads ? h('a', { href: `/dispatch/${encodeURIComponent(one.case_number)}` }, one.case_number) : one.case_number, order && h('small', {}, t('analysis.order', { n: order }))), cell(one.title), cell(one.unit_name), cell(one.worker_name), cell(one.area_name), h('td', {}, stage),
    h('td', { class: 'num' }, clock(one.due_at)), h('td', { class: 'num' }, clock(one.closed_at)), h('td', { class: 'num' }, hours === null || hours === undefined ? '—' : number(hours / 3600, 2)));
}
const cell = text => h('td', { title: text || null }, text || '—');
