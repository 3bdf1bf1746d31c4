// The cockpit: figures, brief, vital signs and streets from the one live picture. The figures themselves are made in cockpit-figures.js.

import { begin, h, t, titleOf, fill, icon, clock, span, now, number, labelOf, toast } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead, linkState } from './duty-head.js';
import { streetNames } from './duty-place.js';
import { makeNotices } from './duty-notices.js';
import { sums, foldVital } from './state.js';
import { sixFigures, streetRows, vitalState } from './cockpit-figures.js';
import { sentences } from './cockpit-brief.js';
import { sparkline, dayChart } from './cockpit-lines.js';
import { openRows, dayStart } from './cockpit-rows.js';
import { readHistory } from './cockpit-history.js';
import { drawRisks } from './cockpit-risks.js';
import { startSlow } from './cockpit-slow.js';

const SAMPLE_MS = 60_000;
const MOST_SAMPLES = 240;
const SHARES = ['in_time', 'online'];
const HISTORY_MS = 300_000;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['cockpit', 'notify', 'analysis'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const head = mountHead(root, config);
  const names = {}, history = [];
  let picture = null, stream = null, past = {}, pastAt = -Infinity;

  function show(state, live) {
    picture = state;
    stream = live;
    if (now() - pastAt > HISTORY_MS) remember();
    const total = sums(state), figures = sixFigures(state, total, now());
    for (const [name, course] of Object.entries(past)) Object.assign(figures[name], { yesterday: course.yesterday, line: [...course.line, [now(), figures[name].value]].filter(point => point[1] !== null) });
    sample(figures);
    for (const figure of Object.values(figures)) card(figure);
    vitals(total);
    streets(state);
    brief(state, total, figures);
    drawRisks(slots, state, { now: now(), names, config });
    domains();
    fill(slots.trend, dayChart(state.trend, now(), config.timezone, slots.trend.clientWidth || 720, slots.trend.clientHeight || 220));
    slots['trend-note'].textContent = t('cockpit.per', { n: state.trend.bucket_s / 60 });
  }

  async function remember() {
    pastAt = now();
    past = await readHistory(now(), Date.parse(dayStart(now(), config.timezone))).catch(() => ({}));
    if (picture) show(picture, stream);
  }

  /** A figure nobody keeps a history of shows its course since the page was opened: one sample a minute. */
  function sample(figures) {
    const last = history.at(-1);
    const values = Object.fromEntries(Object.values(figures).map(one => [one.name, one.value]));
    if (last && now() - last.at < SAMPLE_MS) last.values = values;
    else history.push({ at: now(), values });
    if (history.length > MOST_SAMPLES) history.shift();
  }

  function card(figure) {
    const node = root.querySelector(`[data-figure=${figure.name}]`);
    const known = figure.value !== null;
    node.textContent = known ? number(figure.value, figure.decimals) : '—';
    node.dataset.value = known ? figure.value : '';
    node.classList.toggle('unknown', !known);
    node.closest('.card').classList.toggle('alarm', Boolean(figure.alarm));
    slots[`${figure.name}-of`].textContent = known ? figure.of : figure.why;
    change(figure, slots[`${figure.name}-change`]);
    levels(figure, slots[`${figure.name}-levels`]);
    const line = figure.line?.length > 1 ? figure.line : history.map(one => [one.at, one.values[figure.name]]).filter(point => point[1] !== null);
    fill(slots[`${figure.name}-line`], known && (sparkline(line, figure.before) || t('cockpit.gathering')));
    ages();
  }

  function change(figure, node) {
    const first = history.find(one => one.values[figure.name] !== null);
    let text = '', sense = '';
    if (figure.value !== null && figure.yesterday !== undefined && figure.yesterday !== null) {
      text = t('cockpit.vs_yesterday', { change: signed(figure.value - figure.yesterday, figure) });
      sense = Math.sign(figure.value - figure.yesterday) * figure.good;
    } else if (figure.value !== null && first && now() - first.at > 2 * SAMPLE_MS) {
      text = t('cockpit.vs_hour', { span: span((now() - first.at) / 1000), change: signed(figure.value - first.values[figure.name], figure) });
      sense = Math.sign(figure.value - first.values[figure.name]) * figure.good;
    } else text = t('cockpit.no_yesterday');
    node.textContent = node.title = text;
    node.dataset.sense = sense > 0 ? 'good' : sense < 0 ? 'bad' : '';
  }
  const signed = (value, figure) => (Math.abs(value) < 0.05 ? t('cockpit.same') : points(figure, `${value > 0 ? '+' : '−'}${number(Math.abs(value), figure.decimals)}`));
  /** The difference of two percentages is told in points, that of two times in minutes. */
  const points = ({ name }, n) => (SHARES.includes(name) ? t('cockpit.point', { n }) : name === 'response' ? `${n} ${t('cockpit.unit.minutes')}` : n);

  function levels(figure, node) {
    if (!figure.levels) return;
    fill(node, figure.levels.map((n, index) => h('span', { class: `level ${n ? '' : 'zero'}` }, h('i', { class: `sev sev-${index + 1}` }, t(`desk.severity.sign.${index + 1}`)), h('b', { class: 'num', 'data-figure': `alerts-${index + 1}`, 'data-value': n, 'data-age': 0, 'data-live': '' }, n))));
  }

  function ages() {
    if (!stream) return;
    const age = Math.round(stream.age());
    for (const node of root.querySelectorAll('.card-value')) node.dataset.age = Number.isFinite(age) ? age : '';
    for (const node of root.querySelectorAll('.card-age')) node.textContent = Number.isFinite(age) ? t('cockpit.age', { span: span(age) }) : '';
  }

  function vitals(total) {
    fill(slots.vitals, config.vitals.map(one => {
      const told = total.vitals[one.metric], value = foldVital(told, one.fold), metric = config.metrics[one.metric] || {}, state = vitalState(value, one);
      const age = told && Number.isFinite(told.newest) ? Math.max(0, now() / 1000 - told.newest) : null;
      return h('div', { class: `vital vital-${state}` }, h('span', { class: 'vital-name' }, labelOf(one)),
        h('span', { class: 'vital-value' }, h('b', { class: `num ${value === null ? 'unknown' : ''}`, 'data-figure': `vital-${one.metric}`, 'data-value': value === null ? '' : Number(value.toFixed(3)), 'data-age': age === null ? '' : Math.round(age) }, number(value, metric.decimals)), h('small', {}, metric.unit || '')),
        h('span', { class: 'vital-state' }, icon({ good: 'check', fair: 'eye', bad: 'triangle-alert', unknown: 'circle-help' }[state]), t(`cockpit.vital.${state}`)),
        h('small', { class: 'vital-note' }, value === null ? t('cockpit.vital.scale', { good: one.good ?? '—', bad: one.bad ?? '—' }) : [t('cockpit.vital.devices', { n: told.n }), age !== null && t('cockpit.age', { span: span(age) })].filter(Boolean).join(' · ')));
    }));
  }

  function streets(state) {
    const rows = streetRows(state);
    const cell = (value, look) => h('td', { class: `num ${look || ''}` }, value === null ? '—' : value);
    fill(slots.streets, h('table', {}, h('thead', {}, h('tr', {}, ['street', 'street.alerts', 'street.cases', 'street.overdue', 'street.online'].map(key => h('th', {}, t(`cockpit.${key}`))))),
      h('tbody', {}, rows.map(row => h('tr', { 'data-id': row.street || '-' }, h('th', { scope: 'row', title: names[row.street] }, names[row.street] || row.street || t('cockpit.street.none')), cell(row.alerts, row.grave ? 'grave' : ''), cell(row.cases), cell(row.overdue, row.overdue ? 'grave' : ''), cell(row.online === null ? null : `${row.online.toFixed(1)}%`))))));
  }

  function brief(state, total, figures) {
    const link = linkState(stream)[0], lost = ['lost', 'denied', 'stalled'].includes(link);
    const lines = sentences(state, total, figures, { vitals: config.vitals, streetName: code => names[code] || '', lost: lost && (link === 'stalled' ? 'stalled' : 'stale'), now: now(), words: { t, span, number, labelOf, titleOf }, metrics: config.metrics, rules: config.rules });
    const key = lines.join('');
    if (slots.brief.dataset.key === key) return;
    slots.brief.dataset.key = key;
    fill(slots['brief-note'], t('cockpit.brief.at', { at: clock(now()) }), h('button', { type: 'button', class: 'quiet', 'data-do': 'copy', onclick: () => navigator.clipboard?.writeText(`${t('cockpit.brief.at', { at: clock(now(), true) })}\n${lines.join('\n')}`).then(() => toast('ok', t('cockpit.brief.copied'))) }, icon('clipboard-list'), t('cockpit.brief.copy')));
    fill(slots.brief, h('ul', {}, lines.map(line => h('li', {}, line))));
  }

  for (const node of root.querySelectorAll('.card')) node.addEventListener('click', () => openRows(node.dataset.do, { picture, names, config, reach: now }));
  fill(slots.brief, h('p', { class: 'muted' }, t('desk.loading')));
  streetNames().then(found => { Object.assign(names, found); if (picture) show(picture, stream); });
  const desk = root.querySelector('.desk-link[href^="/duty"]'); // not every reader of the cockpit has one
  const bell = slots.notices && makeNotices(slots.notices, {
    reach: thing => thing.kind === 'incident' || (desk && thing.kind !== 'group' && thing.kind !== 'shift'),
    go: thing => location.assign(thing.kind === 'incident' ? `/incident/${thing.id}` : `/duty#${thing.kind}:${encodeURIComponent(thing.id)}`),
  });
  const domains = startSlow(slots, config, () => picture);
  const live = follow(config, head, show);
  bell?.follow(live);
  setInterval(() => { if (picture) { ages(); brief(picture, sums(picture), sixFigures(picture, sums(picture), now())); } }, 5000);
}
