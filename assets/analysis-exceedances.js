// Exceedances: hours beyond a limit by device, limit, class, street or kind. Hours by their mean and hours touched by a reading are two counts;
// how many hours could be judged at all stands beside both.

import { begin, h, t, fill, clock, number, labelOf, language } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { none, waiting } from './analysis-figures.js';
import { noAnswer } from './no-answer.js';
import { addressState, bars, count, keepAges, select, standing, stepper, tabs, track, unsaid, words } from './analysis-tools.js';
import { inside } from './analysis-words.js';
import { openRows } from './analysis-behind.js';

const KINDS = ['day', 'week', 'month', 'quarter'], BY = ['device', 'limit', 'class', 'street', 'kind'], PANELS = ['hours', 'course', 'limits'], TOP = 80;

/** A limit with its number. One of the devices' own is reached, not passed, and has a number for each device: `own`, those of one. */
export function limitName(limit, own = []) {
  if (limit.source !== 'device') return `${labelOf(limit)} ${limit.above !== null ? '>' : '<'} ${number(limit.above ?? limit.below)} ${limit.unit}`;
  const numbers = own.map(one => number(one, limit.decimals)).join(' / ');
  return numbers ? `${labelOf(limit)} ${limit.above !== null ? '≥' : '≤'} ${numbers} ${limit.unit}` : labelOf(limit);
}

const ownMark = limit => limit?.source === 'device' && h('small', { class: 'an-own' }, t('trends.source.device'));

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['analysis', 'trends'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  follow(config, mountHead(root, config), () => {}, 'duty');
  const { state, keep } = addressState({ period: 'week', at: '', by: 'device', area: '', metric: '', limits: '' });
  const streets = await streetNames().catch(() => ({}));
  let turn = 0, asOf = null, every = [];
  const showAges = keepAges(root, () => asOf), change = changes => { Object.assign(state, changes); keep(); load(); };
  const ask = by => `/exceedances?${words({ ...state, by })}`;

  async function load() {
    const mine = (turn += 1);
    root.dataset.filled = 'false';
    try {
      const [told, course] = await Promise.all([read(ask(state.by)), read(ask('course'))]);
      if (mine !== turn) return;
      if (!state.metric && !state.limits) every = told.limits;
      else if (!every.length) every = (await read(`/exceedances?${words({ period: 'day', by: 'course' })}`)).limits;
      if (mine !== turn) return;
      draw(told, course);
    } catch (problem) {
      if (mine !== turn) return;
      entitle();
      fill(slots.cards);
      unsaid(slots.tools);
      noAnswer(PANELS.map(name => slots[name]), problem, load);
    }
    root.dataset.filled = 'true';
  }

  const columns = limits => {
    const of = row => limits[row.limit_id], digits = row => of(row)?.decimals ?? 2, value = (row, name) => (row[name] === null ? '—' : number(row[name], digits(row)));
    return [[t('trends.by.device'), row => [row.name, row.simulated && h('small', { class: 'an-simulated' }, t('analysis.simulated_row'))]], [t('trends.hour'), row => clock(row.hour), 'num'], [t('trends.limit'), row => (of(row) ? [limitName(of(row), [row.number]), ownMark(of(row))] : row.limit_id)],
      [t('trends.mean'), row => h('span', { class: row.beyond ? 'an-beyond' : null }, value(row, 'mean')), 'num'], [t('trends.lowest_highest'), row => `${value(row, 'low')} – ${value(row, 'high')}`, 'num'], [t('trends.readings'), row => `${row.good}/${number(row.expected, 0)}`, 'num'], [t('analysis.row.area'), row => row.area_name || row.area]];
  };

  function entitle() {
    const titles = { hours: t('trends.hours_of', { by: inside(t(`trends.by.${state.by}`)) }), course: t('trends.hours_course'), limits: t('trends.exceedances.limits') };
    for (const name of PANELS) { slots[`${name}-title`].textContent = titles[name]; slots[`${name}-note`]?.replaceChildren(); }
  }

  function draw(told, course) {
    tools(told);
    const limits = Object.fromEntries(told.limits.map(one => [one.key, one]));
    const open = (part, name, more = {}, span = 'now') => openRows([name, t(`trends.part.${part}`), span === 'now' ? told.label : told.before.label].filter(Boolean).join(' · '), `${merge(told.rows_at[span], more)}&part=${part}`, columns(limits), t(`trends.part_about.${part}`));
    const whose = row => ({ ...(row.device ? { device: row.device } : {}), ...(row.limit ? { limits: row.limit } : {}), ...(told.by === 'class' ? { class: row.key } : {}), ...(told.by === 'street' ? { area: row.key } : {}) });
    const opens = told.by !== 'kind'; // hours are no list of kinds: the devices of a kind open theirs
    entitle();
    slots['hours-note'].textContent = t('trends.hours_note');
    slots['limits-note'].textContent = t('trends.limits_note');
    const total = told.total, card = (part, value, about, span = 'now') => h('article', { class: 'an-card', 'data-card': part }, h('span', { class: 'an-label' }, t(`trends.part.${part}`)), count(value, `total:${part}`, () => open(part, '', {}, span), { kind: 'an-figure an-big num' }), h('span', { class: 'an-ratio', title: about || null }, about));
    const plain = (name, value, about) => h('article', { class: 'an-card', 'data-card': name }, h('span', { class: 'an-label' }, t(`trends.card.${name}`)), h('b', { class: 'an-plain num' }, value), h('span', { class: 'an-ratio', title: about || null }, about));
    const share = one => (one.share === null ? '—' : `${number(100 * one.share, 2)}%`), possible = total.devices * told.hours, past = part => (total.before.told ? t('trends.before_hours', { n: number(total.before[part]) }) : t('trends.no_before'));
    fill(slots.cards, card('beyond', total.judged ? total.beyond : null, past('beyond')), card('touched', total.told ? total.touched : null, past('touched')),
      plain('share', share(total), t('trends.before_share', { n: share(total.before) })), card('judged', total.judged, t('trends.judged_about')), plain('devices', number(total.devices), told.label), plain('elapsed', number(told.hours, 0), t('trends.elapsed_about')));
    fill(slots.hours, told.rows.length ? table(told, limits, open, whose, opens) : none('trends.no_hours', possible || told.elapsed >= 1 ? 'trends.no_hours_about' : 'trends.no_hours_yet'));
    fill(slots.course, course.rows.some(row => row.touched) ? bars(course.rows, { name: 'course', value: row => row.touched, before: row => row.beyond, label: row => (course.period === 'day' ? clock(row.from).slice(-5) : row.from.slice(5, 10)),
      open: row => openRows(`${t('trends.part.touched')} · ${clock(row.from)}`, `${told.rows_at.now.replace(/from=[^&]*/, `from=${encodeURIComponent(row.from)}`).replace(/to=[^&]*/, `to=${encodeURIComponent(row.to)}`)}&part=touched`, columns(limits)),
      title: row => `${clock(row.from)} · ${t('trends.part.touched')} ${number(row.touched)} · ${t('trends.part.beyond')} ${number(row.beyond)} · ${t('trends.part.judged')} ${number(row.judged)}` }) : none(total.told ? 'trends.never' : 'trends.no_hours'));
    fill(slots.limits, h('ul', { class: 'an-limits' }, told.limits.map(one => h('li', {}, h('button', { type: 'button', class: 'link', 'aria-pressed': String(state.limits === one.key), onclick: () => change({ limits: state.limits === one.key ? '' : one.key }) }, limitName(one)), h('small', {}, `${labelOf({ label: one.metric_label, label_en: one.metric_label_en })} · ${t(`trends.source.${one.source}`)}`)))));
    asOf = told.as_of;
    showAges();
  }

  function table(told, limits, open, whose, opens) {
    const most = Math.max(1, ...told.rows.map(row => row.touched));
    const heads = [t(`trends.by.${told.by}`), ...(told.by === 'device' ? [t('trends.limit')] : []), '', ...['beyond', 'touched', 'judged'].map(part => t(`trends.part.${part}`)), t('trends.beyond_share'), t('trends.worst'), t('trends.before_beyond'), t('trends.last')];
    const figure = (row, part) => count(row[part], `${row.key}:${part}`, () => open(part, nameOf(row), whose(row)));
    return h('table', { class: 'an-table an-hours' }, h('thead', {}, h('tr', {}, heads.map((text, index) => h('th', { scope: 'col', class: told.by === 'device' && index === 1 ? 'an-limit' : null }, text)))), h('tbody', {}, told.rows.slice(0, TOP).map(row => {
      const limit = limits[row.limit], named = limit ? limitName(limit, row.own) : row.limit;
      return h('tr', { 'data-id': row.key }, h('th', { scope: 'row', title: row.device || nameOf(row) }, nameOf(row)), told.by === 'device' && h('td', { class: 'an-limit', title: named }, named, ownMark(limit)), h('td', { class: 'an-wide' }, track(row.touched, most, row.beyond || null)),
        ['beyond', 'touched', 'judged'].map(part => h('td', {}, opens ? figure(row, part) : h('b', { class: 'num' }, number(row[part])))), h('td', { class: 'num' }, row.share === null ? '—' : `${number(100 * row.share, 1)}%`),
        h('td', { class: 'num' }, row.worst === null || !limit ? '—' : `${number(row.worst, limit.decimals)} ${limit.unit}`), h('td', { class: 'num' }, row.before.told ? number(row.before.beyond) : '—'), h('td', { class: 'num' }, row.last_at ? clock(row.last_at) : '—'));
    })));
  }

  const nameOf = row => (row.key === 'none' ? t('analysis.nobody') : (language() === 'en' && row.name_en) || row.name || row.key);

  function tools(told) {
    const metrics = [...new Map(every.map(one => [one.metric, labelOf({ label: one.metric_label, label_en: one.metric_label_en })])).entries()];
    fill(slots.tools, tabs('period', KINDS.map(key => [key, t(`analysis.period.${key}`)]), state.period, period => change({ period, at: told.first })), stepper({ ...told, ends: told.ends }, at => change({ at })),
      select('by', BY.map(key => [key, t(`trends.by.${key}`)]), state.by, by => change({ by })), select('metric', [['', t('trends.metric.all')], ...metrics], state.metric, metric => change({ metric, limits: '' })),
      select('area', [['', t('analysis.area.all')], ...Object.entries(streets)], state.area, area => change({ area })),
      state.limits && h('button', { type: 'button', class: 'link', onclick: () => change({ limits: '' }) }, t('trends.all_limits')), standing(told));
  }

  for (const name of PANELS) fill(slots[name], waiting());
  await load();
}

/** A link with other words in place of its own. */
function merge(link, more) {
  const [path, query] = link.split('?'), asked = new URLSearchParams(query);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return `${path}?${asked}`;
}
