// Evaluation: asks for the figures of a period, live or frozen, and hands one view to cards, ranking, matrix, course and rows.
// A view is the same whether it was counted now or frozen then; what is unknown stays unknown.

import { begin, h, t, fill, icon, clock, number, labelOf } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { cards, ranking, matrix, periods, none, waiting } from './analysis-figures.js';
import { noAnswer } from './no-answer.js';
import { tabs, unsaid } from './analysis-tools.js';
import { openFigure } from './analysis-rows.js';
import { drawCourse } from './analysis-chart.js';
import { listReports, askIssue } from './analysis-reports.js';
import { frozenView, liveView } from './analysis-views.js';
import { DIMENSIONS, inside, shift } from './analysis-words.js';

const KINDS = ['day', 'week', 'month', 'quarter', 'year'];
const PERIODS = 12;
const UNKNOWN = { rows: [] }; // a course nobody has read yet

export async function mount(root, config) {
  await begin(config);
  await loadText(config.language, 'analysis');
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  follow(config, mountHead(root, config), () => {}, 'duty');
  const asked = new URLSearchParams(location.search);
  const state = { subject: asked.get('subject') === 'hotline' ? 'hotline' : 'cases', kind: KINDS.includes(asked.get('period')) ? asked.get('period') : 'month', at: asked.get('at') || '', by: asked.get('by') || 'unit', area: asked.get('area') || '', code: asked.get('code') || '', report: Number(asked.get('report')) || null };
  const streets = await streetNames().catch(() => ({}));
  let view = null, course = UNKNOWN, turn = 0;

  const chosen = () => view.formulas.find(one => one.code === state.code) || view.formulas.find(one => one.code === 'in_time_archive_rate') || view.formulas[0];
  const open = (...asked) => openFigure(...asked, config.may_open);
  const choose = code => { state.code = code; remember(); draw(); drawChart(); };
  const query = extra => new URLSearchParams({ period: state.kind, ...(state.at ? { at: state.at } : {}), ...(state.area ? { area: state.area } : {}), ...extra }).toString();
  const change = (...changes) => { Object.assign(state, ...changes); remember(); load(); };

  function remember() {
    const kept = Object.entries({ subject: state.subject, period: state.kind, at: state.at, by: state.by, area: state.area, code: state.code, report: state.report }).filter(([, value]) => value);
    history.replaceState(null, '', `?${new URLSearchParams(kept)}`);
  }

  async function load() {
    const mine = (turn += 1), before = view;
    if (!DIMENSIONS[state.subject].includes(state.by)) state.by = 'unit';
    root.dataset.filled = 'false';
    slots.cards.classList.add('busy');
    try {
      const told = state.report ? frozenView(await read(`/evaluations/${state.report}`), state.by) : liveView(await read(`/indicators/${state.subject}?${query({ by: state.by, compare: true })}`));
      if (mine !== turn) return;
      view = told;
      course = UNKNOWN;
      state.subject = told.subject;
      draw();
      fill(slots.periods);
      cover(waiting());
      const [, past] = await Promise.all([listReports(slots.reports, state.subject, state.report, id => change({ report: id }), open).catch(problem => mine === turn && noAnswer([slots.reports], problem, load)), readCourse()]);
      if (mine !== turn) return;
      course = past;
      await drawChart();
    } catch (problem) {
      if (mine !== turn) return;
      unknown(problem, view === before);
    }
    slots.cards.classList.remove('busy');
    root.dataset.filled = 'true';
  }

  /** What could not be read: the course at least, and where the figures themselves did not come, all that speaks of them. */
  function unknown(problem, all) {
    course = UNKNOWN;
    fill(slots.periods);
    cover();
    if (!all) return noAnswer([slots['course-none']], problem, load);
    fill(slots.cards);
    unsaid(slots.tools);
    for (const name of ['ranking', 'matrix', 'course']) slots[`${name}-note`].replaceChildren();
    const bare = slots.reports.querySelector('.an-table') ? [] : [slots.reports];
    noAnswer([slots.ranking, slots.matrix, slots['course-none'], ...bare], problem, load);
  }

  /** Over the chart of the course, which has nothing to show. */
  function cover(...content) {
    slots['course-none'].hidden = false;
    fill(slots['course-none'], content);
  }

  /** The last periods, always counted live: a report's own period is named by its label. */
  async function readCourse() {
    const report = view.frozen;
    if (report && !['day', 'month', 'year'].includes(report.kind)) return null;
    const asked = report ? new URLSearchParams({ period: report.kind, at: report.label, area: report.area, by: 'period', count: PERIODS }) : query({ by: 'period', count: PERIODS });
    return read(`/indicators/${view.subject}?${asked}`);
  }

  function draw() {
    tools();
    const formula = chosen(), empty = Object.values(view.total.figures).every(one => !one.denominator && !one.numerator);
    const by = t(`analysis.by.${view.by}`);
    slots['ranking-title'].textContent = t('analysis.rank_of', { by: inside(by), name: labelOf(formula) });
    slots['ranking-note'].textContent = view.rows.length ? t('analysis.rank_note', { n: number(view.rows.length) }) : '';
    slots['matrix-title'].textContent = t('analysis.matrix_of', { by });
    slots['matrix-note'].textContent = t('analysis.matrix_note');
    slots['course-title'].textContent = t('analysis.course_of', { name: labelOf(formula), n: PERIODS });
    slots['course-note'].textContent = t(view.frozen ? 'analysis.course_live' : `analysis.course_note.${formula.kind}`);
    root.classList.toggle('an-frozen', Boolean(view.frozen));
    cards(slots.cards, view, formula, choose, open);
    if (empty) fill(slots.ranking, none('analysis.none', 'analysis.none_about')); else ranking(slots.ranking, view, formula, open);
    if (empty) fill(slots.matrix, none('analysis.none', 'analysis.none_about')); else matrix(slots.matrix, view, formula, choose, open);
  }

  async function drawChart() {
    if (course === UNKNOWN) return; // its place says why
    const formula = chosen(), rows = course ? course.rows : [], bare = !rows.some(row => (row.figures[formula.code]?.value ?? null) !== null);
    slots['course-none'].hidden = true;
    if (bare) { cover(h('p', { class: 'muted' }, t('analysis.none'))); fill(slots.periods); } else periods(slots.periods, course, formula, open);
    await drawCourse(root, rows, formula, slots.periods);
  }

  const select = (label, name, options, value, pick) => h('label', { class: 'an-select' }, h('span', {}, label), h('select', { 'data-field': name, 'aria-label': label, onchange: event => pick(event.target.value) }, options.map(([key, text]) => h('option', { value: key, selected: key === value }, text))));

  function tools() {
    const dimensions = DIMENSIONS[state.subject].map(name => [name, t(`analysis.by.${name}`)]);
    const step = steps => change({ at: shift(state.kind, view.first, steps), report: null });
    const period = h('div', { class: 'an-period' }, h('button', { type: 'button', class: 'quiet', 'data-do': 'earlier', title: t('analysis.earlier'), 'aria-label': t('analysis.earlier'), onclick: () => step(-1) }, icon('chevron-left')),
      h('b', { class: 'num', title: t('analysis.span', { from: clock(view.from), to: clock(view.to) }) }, view.label), h('button', { type: 'button', class: 'quiet', 'data-do': 'later', title: t('analysis.later'), 'aria-label': t('analysis.later'), onclick: () => step(1) }, icon('chevron-right')));
    const files = view.frozen ? `/api/v1/evaluations/${view.frozen.id}` : `/api/v1/indicators/${state.subject}`, ask = view.frozen ? '' : `?${query({ by: state.by, compare: true })}`;
    fill(slots.tools,
      !view.frozen && tabs('subject', ['cases', 'hotline'].map(key => [key, t(`analysis.subject.${key}`)]), state.subject, subject => change({ subject, code: '' }), 'analysis'),
      !view.frozen && tabs('period', KINDS.map(key => [key, t(`analysis.period.${key}`)]), state.kind, kind => change({ kind, at: view.first }), 'analysis'), view.frozen ? banner() : period,
      select(t('analysis.by'), 'by', dimensions, state.by, by => change({ by })),
      !view.frozen && select(t('analysis.area'), 'area', [['', t('analysis.area.all')], ...Object.entries(streets)], state.area, area => change({ area })),
      h('span', { class: 'an-note' }, view.frozen ? '' : [t('analysis.as_of', { at: clock(view.asOf, true) }), h('br'), view.elapsed >= 1 ? t('analysis.over') : view.elapsed > 0 ? t('analysis.elapsed', { percent: number(100 * view.elapsed, 0) }) : t('analysis.future')]),
      h('span', { class: 'an-acts' }, h('a', { class: 'an-button', href: `${files}.xlsx${ask}`, 'data-act': 'export' }, icon('download'), t('analysis.export')), h('a', { class: 'an-button', href: `${files}.csv${ask}` }, t('analysis.export_csv')),
        config.may_issue && !view.frozen && h('button', { type: 'button', class: 'primary', 'data-do': 'issue', disabled: view.elapsed === 0, onclick: issue }, icon('lock'), t('analysis.issue'))));
  }

  function banner() {
    const report = view.frozen;
    return h('div', { class: 'an-banner' }, icon('lock'), h('b', {}, t('analysis.frozen', report)), h('span', {}, t('analysis.frozen_by', { who: report.issued_by, at: clock(report.as_of) })),
      report.simulated && h('b', { class: 'mark simulated' }, t('analysis.simulated')), report.replaces && h('span', {}, t('analysis.replaces', { id: report.replaces, why: report.why })), report.replaced_by && h('span', { class: 'an-warn' }, t('analysis.replaced_by', { id: report.replaced_by })),
      h('button', { type: 'button', 'data-do': 'live', onclick: () => change({ report: null }) }, t('analysis.live')));
  }

  const issue = () => askIssue(view, { subject: state.subject, area: state.area || config.own_area, period: state.kind, at: view.first }, report => change({ report: report.id }));

  setInterval(() => { if (view) for (const node of root.querySelectorAll('[data-figure]')) node.dataset.age = view.age(); }, 10_000);
  root.addEventListener('theme', () => { if (view) drawChart(); });
  slots['reports-title'].textContent = t('analysis.reports');
  for (const name of ['ranking', 'matrix', 'reports']) fill(slots[name], waiting());
  await load();
}
