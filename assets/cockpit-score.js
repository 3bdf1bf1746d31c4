// The composite score of the city's vital signs: number, light, completeness, course, the four domains, and the way down to every sign.
// The server works it out from the figures all screens have; nothing is weighed here.

import { h, t, fill, icon, number, clock, span, age, labelOf, openDialog } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { sparkline } from './cockpit-lines.js';
import { figure, light, inLanguage } from './cockpit-figure.js';

const NS = 'http://www.w3.org/2000/svg';
const DOMAINS = ['emergency', 'urban', 'environment', 'water'];
const RANKS = ['bad', 'fair', 'unknown', 'good'];
const SYMBOLS = { emergency: 'siren', urban: 'building-2', environment: 'leaf', water: 'droplets' };

/** A half ring filled as far as the score goes. */
function ring(score, state) {
  const svg = document.createElementNS(NS, 'svg'), arc = Math.PI * 50;
  svg.setAttribute('viewBox', '0 0 120 66'); svg.setAttribute('aria-hidden', 'true'); svg.setAttribute('class', `ring ring-${state}`);
  for (const [name, share] of [['ring-all', 1], ['ring-told', (score ?? 0) / 100]]) {
    const path = document.createElementNS(NS, 'path');
    path.setAttribute('d', 'M10 60 A50 50 0 0 1 110 60'); path.setAttribute('class', name);
    path.setAttribute('stroke-dasharray', `${(arc * share).toFixed(1)} ${(arc * 2).toFixed(1)}`);
    svg.append(path);
  }
  return svg;
}

export function drawScore(slots, told) {
  const compared = ['day_before', 'week_before', 'year_before'].map(name => [name, told.compared[name]?.score ?? null]);
  fill(slots['score-note'], t('cockpit.score.complete', { n: number(100 * told.completeness, 0) }), ' · ', t('cockpit.age', { span: span(age(told.told_at || told.at)) }));
  fill(slots.score, told.signs.length ? h('button', { type: 'button', class: 'score', 'data-do': 'score', onclick: () => openScore(told) },
    h('span', { class: 'score-ring' }, ring(told.score, told.light), figure('vital-score', told.score, 1, age(told.told_at || told.at), 'score-value')),
    h('span', { class: 'score-said' }, light(told.light), h('span', { class: 'score-signs' }, ['bad', 'fair', 'good', 'unknown'].map(state => [state, told.signs.filter(sign => sign.light === state).length]).filter(([, n]) => n).map(([state, n]) => h('span', { class: `light light-${state}` }, `${t(`cockpit.light.${state}`)} ${n}`))),
      h('span', { class: 'score-moved' }, compared.every(([, before]) => before === null) ? t('cockpit.score.no_before') : compared.map(([name, before]) => h('span', { 'data-sense': before === null || told.score === null ? '' : told.score > before ? 'good' : told.score < before ? 'bad' : '' }, h('i', {}, t(`cockpit.score.${name}`)), before === null || told.score === null ? '—' : told.score === before ? t('cockpit.same') : `${told.score > before ? '+' : '−'}${number(Math.abs(told.score - before), 1)}`)))),
    h('span', { class: 'score-parts' }, worstFirst(told.signs).map(sign => h('span', { class: 'score-part' }, h('span', { title: [labelOf(sign), periodOf(sign)].filter(Boolean).join(' ') }, nameOf(sign)), h('b', { class: 'num' }, sign.value === null ? '—' : `${number(Math.round(sign.value * 10) / 10)} ${inLanguage(sign, 'unit')}`), light(sign.light)))),
    h('span', { class: 'score-line' }, sparkline(told.course.filter(one => one.score !== null).map(one => [Date.parse(one.scored_at), one.score])) || t('cockpit.gathering')))
    : h('p', { class: 'muted none' }, icon('circle-help'), t('cockpit.score.none')));
}

/** A sign's name with the period it counts: the rate of a month is not that of the day, which the page's figures tell. */
const periodOf = sign => sign.period && t(`cockpit.span.${sign.period}`);
const nameOf = sign => [labelOf(sign), sign.period && h('small', {}, periodOf(sign))];

/** The signs a leader asks about first: bad, then fair, then unknown, then good, each by its points. Pure. */
export const worstFirst = signs => [...signs].sort((one, other) => RANKS.indexOf(one.light) - RANKS.indexOf(other.light) || (one.points ?? 0) - (other.points ?? 0));

/** The four domains: each with the score of its signs, and what is open in it by the live picture. */
export function drawDomains(slot, told, state, config) {
  const domainOf = row => row.domain || config.classes[row.class_code]?.domain;
  const count = (rows, domain, mine = () => true) => (state ? [...rows.values()].filter(row => !row.drill && domainOf(row) === domain && mine(row)).length : null);
  fill(slot, DOMAINS.map(domain => {
    const score = told?.domains[domain], alerts = state && count(state.alerts, domain, row => row.severity < 5), cases = state && count(state.cases, domain), late = state && count(state.cases, domain, row => row.overdue);
    return h('a', { class: `domain domain-${score?.light || 'unknown'}`, href: `/wall/${domain}`, 'data-domain': domain },
      h('span', { class: 'domain-name' }, icon(SYMBOLS[domain]), t(`cockpit.domain.${domain}`)), light(score?.light || 'unknown'),
      h('span', { class: 'domain-score' }, figure(`score-${domain}`, score?.score ?? null, 1, told ? age(told.told_at || told.at) : NaN)),
      h('span', { class: 'domain-open' }, t('cockpit.domain.open', { alerts: alerts ?? '—', cases: cases ?? '—' }), late > 0 && h('em', {}, t('cockpit.of.cases', { n: late }))));
  }));
}

/** Behind the score: formula, rule, every sign with its inputs, points and weight, and the stored one worked out again. */
async function openScore(told) {
  const again = h('p', { class: 'muted' }, t('desk.loading'));
  const whole = told.signs.filter(sign => sign.points !== null).reduce((sum, sign) => sum + sign.weight, 0);
  const row = sign => h('tr', { 'data-sign': sign.sign }, h('th', { scope: 'row' }, nameOf(sign)), h('td', { class: 'num' }, sign.value === null ? '—' : `${number(sign.value)} ${inLanguage(sign, 'unit')}`), h('td', { class: 'num' }, `${number(sign.good)} / ${number(sign.bad)}`),
    h('td', { class: 'num' }, sign.kind === 'vital' ? t('cockpit.vital.devices', { n: sign.n ?? 0 }) : sign.denominator ? `${number(sign.numerator)} / ${number(sign.denominator)}` : '—'), h('td', { class: 'num' }, sign.points === null ? '—' : number(sign.points, 1)), h('td', { class: 'num' }, number(sign.weight)),
    h('td', { class: 'num' }, sign.points === null ? '—' : number((sign.points * sign.weight) / whole, 2)), h('td', {}, light(sign.light)));
  openDialog(t('cockpit.score'), h('div', { class: 'indicator' },
    h('dl', { class: 'facts' }, fact('cockpit.col.value', figure('score-now', told.score, 1, age(told.at))), fact('cockpit.score.rule', t('cockpit.score.rule.words', { ...told.rule, complete: number(100 * told.rule.complete_from, 0) })),
      fact('cockpit.formula', h('span', { title: told.formula }, t('cockpit.score.formula.words'))), fact('cockpit.formula_id', h('code', {}, told.formula_id)), fact('cockpit.sequence', h('code', {}, told.sequence))),
    h('table', { class: 'rows' }, h('thead', {}, h('tr', {}, ['sign', 'value', 'limits', 'behind', 'points', 'weight', 'adds', 'state'].map(name => h('th', {}, t(`cockpit.col.${name}`))))), h('tbody', {}, told.signs.map(row))), again), 'score-signs').classList.add('wide');
  try {
    const stored = await read('/vital-scores/stored');
    fill(again, icon(stored.again.same ? 'check-check' : 'triangle-alert'), t(stored.again.same ? 'cockpit.score.same' : 'cockpit.score.differs', { at: clock(stored.scored_at), score: number(stored.score, 1), again: number(stored.again.score, 1) }));
  } catch (problem) { fill(again, problem.status === 404 ? t('cockpit.score.nothing_stored') : explain(problem)); }
}
export const fact = (key, ...told) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, told));
