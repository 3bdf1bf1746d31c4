// Frozen reports: the list, issuing one, opening one instead of the live figures, comparing two.

import { h, t, fill, icon, number, clock, age, labelOf, openDialog, toast } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { everyRow, figure, none } from './analysis-figures.js';
import { frozenView, rowOf } from './analysis-views.js';
import { nameOf } from './analysis-words.js';

const MOST_SHOWN = 200;

/** The list of a subject; `open(id)` shows one on the page, `against` is the one shown now, `drill` opens the rows of a figure. */
export async function listReports(place, subject, against, open, drill) {
  const { evaluations } = await read(`/evaluations?subject=${subject}&limit=50`);
  if (!evaluations.length) return fill(place, none('analysis.no_reports'));
  const code = subject === 'hotline' ? 'response_rate' : 'archive_rate', formula = { code, kind: 'rate', label: t(`analysis.report.${subject}`), label_en: t(`analysis.report.${subject}`), target: null, good: 0, formula_id: '' };
  const brief = one => ({ frozen: one, span: 'period', age: () => Math.round(age(one.as_of)), total: { key: '', figures: one.total || {} } });
  const rowsOf = id => async (...asked) => {
    const view = frozenView(await read(`/evaluations/${id}`), 'total');
    drill(view, 'total', view.total, view.formulas.find(one => one.code === code) || view.formulas[0], asked[4]);
  };
  const line = one => h('tr', { 'data-id': one.id, class: [one.replaced_by ? 'an-old' : '', one.id === against ? 'chosen' : ''].join(' '), tabindex: '0', onclick: () => open(one.id), onkeydown: event => { if (event.key === 'Enter') open(one.id); } },
    h('th', { scope: 'row' }, one.label, h('small', {}, `#${one.id}`, one.simulated ? ` · ${t('analysis.simulated')}` : '')), h('td', { title: one.why || null }, `v${one.version}`, one.replaced_by ? h('small', {}, t('analysis.replaced_by', { id: one.replaced_by })) : null),
    h('td', { class: 'num' }, figure(brief(one), `report-${one.id}`, brief(one).total, formula, rowsOf(one.id))), h('td', { class: 'num' }, everyRow(brief(one), `report-${one.id}`, formula, rowsOf(one.id), one.row_count)), h('td', {}, one.issued_by, h('small', {}, clock(one.as_of))),
    h('td', {}, against && against !== one.id ? h('button', { type: 'button', class: 'link', onclick: event => { event.stopPropagation(); compare(against, one.id, drill); } }, t('analysis.report.compare')) : null,
      h('a', { href: `/api/v1/evaluations/${one.id}.xlsx`, class: 'an-file', title: t('analysis.export'), onclick: event => event.stopPropagation() }, icon('download'))));
  const heads = ['period', 'version', null, 'rows', 'by', null].map((name, index) => h('th', { scope: 'col' }, name ? t(`analysis.report.${name}`) : index === 2 ? t(`analysis.report.${subject}`) : ''));
  return fill(place, h('table', { class: 'an-table an-reports' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, evaluations.map(line))));
}

/** Asks once more, and for a reason where the period is frozen already. */
export function askIssue(view, body, done) {
  const why = h('input', { type: 'text', maxlength: '300', 'data-field': 'why' }), told = h('p', { class: 'an-warn', hidden: true });
  const field = h('label', { class: 'an-field', hidden: true }, t('analysis.why'), why);
  const send = h('button', { type: 'button', class: 'primary', 'data-act': 'issue', onclick: async () => {
    send.disabled = true;
    try {
      const { data } = await call('POST', '/evaluations', { body: { ...body, ...(why.value.trim() ? { why: why.value.trim() } : {}) }, timeout: 60000 });
      dialog.close();
      toast('ok', t('analysis.issued', { version: data.version }));
      done(data);
    } catch (problem) {
      field.hidden = !problem.conflict && field.hidden;
      told.hidden = false;
      told.textContent = problem.conflict ? t('analysis.why_about') : explain(problem);
      if (problem.conflict) why.focus();
    }
    send.disabled = false;
  } }, icon('lock'), t('analysis.issue'));
  const dialog = openDialog(t('analysis.issue'), h('div', { class: 'note-form' },
    h('p', {}, t('analysis.issue_about', { label: view.label, from: clock(view.from), to: clock(view.to) })), view.elapsed < 1 && h('p', { class: 'an-warn' }, t('analysis.issue_running', { percent: number(100 * view.elapsed, 0) })), told, field, send), 'analysis-issue');
}

/** What differs between two reports; each figure opens its rows in its own report. */
async function compare(one, other, drill) {
  const place = h('div', {}, t('analysis.loading'));
  openDialog(t('analysis.compare_title', { one, other }), place, 'analysis-compare').classList.add('an-dialog');
  try {
    const told = await read(`/evaluations/${one}?with=${other}`), shown = told.differences.slice(0, MOST_SHOWN);
    if (!shown.length) return void fill(place, h('p', {}, t('analysis.compare_none')));
    const views = [frozenView(told, 'total'), frozenView(told.with, 'total')];
    const side = (view, { by, key, indicator }) => {
      const row = rowOf(view.frozen, by, key), formula = view.formulas.find(one => one.code === indicator), known = row?.figures[indicator];
      return h('td', { class: 'num' }, known ? figure(view, by, row, formula, drill) : '—', known && formula.kind === 'rate' && h('small', {}, `${number(known.numerator)} / ${number(known.denominator)}`));
    };
    fill(place, h('table', { class: 'an-table' }, h('thead', {}, h('tr', {}, ['by', 'ranking', 'formula', 'this', 'other'].map(name => h('th', { scope: 'col' }, name === 'ranking' ? '' : t(`analysis.${name}`))))),
      h('tbody', {}, shown.map(row => {
        const formula = told.formulas.find(one => one.code === row.indicator);
        return h('tr', {}, h('th', { scope: 'row' }, t(`analysis.by.${row.by}`)), h('td', {}, nameOf(row.by, row)), h('td', {}, labelOf(formula), !row.same_formula && h('small', {}, t('analysis.compare_formula'))), views.map(view => side(view, row)));
      }))), told.differences.length > shown.length && h('p', { class: 'muted' }, t('analysis.compare_more', { n: told.differences.length - shown.length })));
  } catch (problem) { fill(place, explain(problem)); }
}
