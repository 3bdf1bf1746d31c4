// Trends: alerts, cases or complaints by any dimension, ranked and compared with like; their course; the hours of the week they fall into.

import { begin, h, t, fill, clock, number, labelOf, known, language } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { none, waiting } from './analysis-figures.js';
import { noAnswer } from './no-answer.js';
import { addressState, bars, count, keepAges, select, standing, stepper, tabs, track, unsaid, verdict, words } from './analysis-tools.js';
import { inside } from './analysis-words.js';
import { happened, openRows } from './analysis-behind.js';
import { hoursSeen } from './analysis-hours.js';

const SUBJECTS = ['alerts', 'cases', 'complaints'], KINDS = ['day', 'week', 'month', 'quarter', 'year'], PANELS = ['ranking', 'course', 'week'], TOP = 60;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['analysis', 'trends'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  follow(config, mountHead(root, config), () => {}, 'duty');
  const { state, keep } = addressState({ subject: 'alerts', period: 'week', at: '', by: 'class', area: '', class: '' });
  const streets = await streetNames().catch(() => ({})), classes = Object.fromEntries(Object.entries(config.classes).map(([code, one]) => [code, labelOf(one)]));
  let turn = 0, asOf = null;
  const showAges = keepAges(root, () => asOf);
  const change = changes => { Object.assign(state, changes); keep(); load(); };
  const ask = by => `/trends/${state.subject}?${words({ by, period: state.period, at: state.at, area: state.area, class: state.class })}`;

  async function load() {
    const mine = (turn += 1);
    root.dataset.filled = 'false';
    try {
      const [told, course, week] = await Promise.all([state.by, 'course', 'week_hour'].map(by => read(ask(by))));
      if (mine !== turn) return;
      draw(told, course, week);
    } catch (problem) {
      if (mine !== turn) return;
      entitle();
      fill(slots.cards);
      unsaid(slots.tools);
      noAnswer(PANELS.map(name => slots[name]), problem, load);
    }
    root.dataset.filled = 'true';
  }

  function entitle() {
    const titles = { ranking: t('trends.ranking_of', { by: inside(t(`trends.by.${state.by}`)) }), course: t('trends.course_of', { name: t(`trends.subject.${state.subject}`) }), week: t('trends.week_of') };
    for (const name of PANELS) { slots[`${name}-title`].textContent = titles[name]; slots[`${name}-note`].replaceChildren(); }
  }

  function draw(told, course, week) {
    if (!told.dimensions.includes(state.by)) return change({ by: 'class' });
    tools(told);
    const open = (span, key, name, by = told.by) => openRows([t(`trends.subject.${state.subject}`), name, span === 'now' ? told.label : told.compared[span].label].filter(Boolean).join(' · '),
      `${told.rows_at[span].replace(/by=[^&]*/, `by=${by}`)}${key === null ? '' : `&key=${encodeURIComponent(key)}`}`, happened(state.subject, classes, config.rules), t(`trends.about.${state.subject}`));
    entitle();
    slots['ranking-note'].textContent = told.left_out ? t('trends.left_out', { n: number(told.keys), shown: number(told.rows.length) }) : t('trends.keys', { n: number(told.keys) });
    slots['course-note'].textContent = course.compared.before.known ? t('trends.mark_before') : t('trends.no_before');
    slots['week-note'].textContent = t('trends.week_note');
    fill(slots.cards, cards(told, open));
    const empty = !told.rows.length;
    fill(slots.ranking, empty ? none(told.total.n === null ? 'trends.unknown' : 'trends.nothing', 'trends.nothing_about') : ranking(told, open));
    fill(slots.course, course.rows.every(row => !row.n && !row.before) ? none('trends.nothing') : bars(course.rows, {
      name: 'course', value: row => row.n, before: row => row.before, label: row => bucketName(row, course), open: row => openBucket(row, course),
      title: row => `${bucketName(row, course)} ${t('trends.n', { n: row.n ?? '—' })}${row.before === null ? '' : ` · ${t('analysis.before')} ${number(row.before)}`}`,
    }));
    fill(slots.week, week.rows.length ? weekTable(week, open, course.rows) : none('trends.nothing'));
    asOf = told.as_of;
    showAges();
  }

  function openBucket(row, course) {
    const link = course.rows_at.now.replace(/from=[^&]*/, `from=${encodeURIComponent(row.from)}`).replace(/to=[^&]*/, `to=${encodeURIComponent(row.to)}`);
    openRows(`${t(`trends.subject.${state.subject}`)} · ${bucketName(row, course)}`, link, happened(state.subject, classes, config.rules), t(`trends.about.${state.subject}`));
  }

  function cards(told, open) {
    const total = told.total, card = (name, value, ...rest) => h('article', { class: 'an-card', 'data-card': name }, h('span', { class: 'an-label' }, t(`trends.card.${name}`)), value, h('span', { class: 'an-ratio' }, rest));
    const compared = name => card(name, verdict(total[name], name, () => open(name, null, '', 'total')), told.compared[name].known ? t(`trends.change.${total[name].change}`) : t('trends.no_before'));
    return [card('total', count(total.n, 'total', () => open('now', null, '', 'total'), { kind: 'an-figure an-big num' }), told.label, total.simulated && ` · ${t('analysis.simulated')}`),
      compared('before'), compared('year_before'), card('days', h('b', { class: 'an-plain num' }, total.n === null ? '—' : number(total.days)), t('trends.days_about')),
      card('tellers', h('b', { class: 'an-plain num' }, total.n === null ? '—' : number(total.tellers)), t(`trends.tellers.${state.subject}`)), card('last', h('b', { class: 'an-plain num' }, clock(total.last_at)), t('trends.last_about'))];
  }

  function ranking(told, open) {
    const most = Math.max(1, ...told.rows.map(row => row.n ?? 0));
    const heads = ['', t(`trends.by.${told.by}`), '', t('trends.count'), t('trends.share'), t('analysis.before'), t('analysis.year_before')];
    return h('ol', { class: 'an-ranking an-trend-ranking' }, h('li', { class: 'an-heads', 'aria-hidden': 'true' }, heads.map(text => h('span', {}, text))),
      told.rows.slice(0, TOP).map((row, index) => h('li', { 'data-id': row.key }, h('span', { class: 'an-place num' }, row.n ? index + 1 : '—'),
        h('span', { class: 'an-who', title: keyName(told.by, row) }, keyName(told.by, row)), track(row.n, most, row.before.n),
        count(row.n, `${told.by}:${row.key}`, () => open('now', row.key, keyName(told.by, row))), h('span', { class: 'an-ratio num' }, row.share === null ? '—' : `${number(100 * row.share, 1)}%`),
        verdict(row.before, 'before', () => open('before', row.key, keyName(told.by, row))), verdict(row.year_before, 'year_before', () => open('year_before', row.key, keyName(told.by, row))))));
  }

  /** Days of the week × hours; darker is more, and the number stands in it. */
  function weekTable(told, open, buckets) {
    const n = Object.fromEntries(told.rows.map(row => [row.key, row.n])), most = Math.max(1, ...Object.values(n)), seen = hoursSeen(buckets, told.as_of);
    const hours = [...Array(24).keys()].map(hour => String(hour).padStart(2, '0'));
    return h('table', { class: 'an-week' }, h('thead', {}, h('tr', {}, h('th', {}), hours.map(hour => h('th', { scope: 'col' }, Number(hour) % 3 === 0 ? hour : '')))),
      h('tbody', {}, [1, 2, 3, 4, 5, 6, 7].map(day => h('tr', {}, h('th', { scope: 'row' }, t(`trends.weekday.${day}`)), hours.map(hour => {
        const value = n[`${day}-${hour}`] || 0, name = `${t(`trends.weekday.${day}`)} ${hour}:00`;
        if (!value && !seen.has(`${day}-${hour}`)) return h('td', {}, h('span', { class: 'an-hour an-hour-none', role: 'img', title: `${name} · ${t('trends.not_recorded')}`, 'aria-label': `${name} · ${t('trends.not_recorded')}` }));
        return h('td', {}, h(value ? 'button' : 'span', { class: `an-hour an-hour-${value ? Math.min(5, Math.ceil((5 * value) / most)) : 0}`, title: `${name} · ${number(value)}`, role: value ? null : 'img', 'aria-label': `${name} · ${number(value)}`, 'data-figure': `week:${day}-${hour}`, 'data-value': value, ...(value ? { type: 'button', onclick: () => open('now', `${day}-${hour}`, name, 'week_hour') } : {}) }, value ? number(value) : ''));
      })))));
  }

  function tools(told) {
    fill(slots.tools, tabs('subject', SUBJECTS.map(key => [key, t(`trends.subject.${key}`)]), state.subject, subject => change({ subject })),
      tabs('period', KINDS.map(key => [key, t(`analysis.period.${key}`)]), state.period, period => change({ period, at: told.first })), stepper(told, at => change({ at })),
      select('by', told.dimensions.map(key => [key, t(`trends.by.${key}`)]), state.by, by => change({ by })),
      select('area', [['', t('analysis.area.all')], ...Object.entries(streets)], state.area, area => change({ area })),
      select('class', [['', t('trends.class.all')], ...Object.entries(classes)], state.class, code => change({ class: code })), standing(told));
  }

  for (const name of PANELS) fill(slots[name], waiting());
  await load();
}

const bucketName = (row, course) => (course.period === 'day' ? clock(row.from).slice(-5) : course.period === 'year' ? row.from.slice(0, 7) : row.from.slice(5, 10));

/** The name of a key; hours, weekdays and severities are words of ours. */
export function keyName(by, row) {
  if (row.key === 'none') return t(known(`trends.nobody.${by}`) ? `trends.nobody.${by}` : 'analysis.nobody');
  if (by === 'hour') return `${row.key}:00`;
  if (by === 'weekday') return t(`trends.weekday.${row.key}`);
  if (by === 'severity') return t(`desk.severity.${row.key}`);
  if (by === 'origin' && known(`analysis.source.${row.key}`)) return t(`analysis.source.${row.key}`);
  return (language() === 'en' && row.name_en) || row.name || row.key;
}
