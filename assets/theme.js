// A theme page: what each list comes to and its first rows, the indicators that belong to it, the course of its alerts, the hours beyond limits.
// What is planned has no figure: the frame says what it waits for. The page of all themes needs nothing of this but the head.

import { begin, h, t, fill, icon, clock, number, labelOf, badge, known, word, toast, language, titleOf } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, explain } from './duty-call.js';
import { none, waiting } from './analysis-figures.js';
import { noAnswer } from './no-answer.js';
import { bars, count, keepAges, words } from './analysis-tools.js';
import { happened, openRows, stageName, wayTo } from './analysis-behind.js';
import { limitName } from './analysis-exceedances.js';

const EVERY_MS = 60_000, DAYS = 'month';

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['analysis', 'trends', 'ledgers'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  follow(config, mountHead(root, config), () => {}, 'duty');
  root.dataset.filled = 'true';
  if (!config.theme) return;
  const classes = Object.fromEntries(Object.entries(config.classes).map(([code, one]) => [code, labelOf(one)]));
  const fitting = new ResizeObserver(seen => seen.forEach(one => wholeRows(one.target)));
  for (const [name, place] of Object.entries(slots)) {
    const rows = name === 'hours' || name.startsWith('list-');
    if (rows) fitting.observe(place);
    if (rows || name === 'course') fill(place, waiting());
  }
  let asOf = null;
  const showAges = keepAges(root, () => asOf);

  async function load() {
    try {
      const theme = await read(`/themes/${config.theme}`);
      lists(theme);
      asOf = theme.as_of;
      fill(slots['as-of'], t('analysis.as_of', { at: clock(asOf, true) }));
      showAges();
      const apart = (part, ...places) => part(theme).catch(problem => missing(places, problem));
      await Promise.all([apart(indicators), apart(course, slots.course), apart(hours, slots.hours)]);
      showAges();
    } catch (problem) {
      missing(Object.values(slots), problem);
    }
  }

  /** What was read before stays, with its age; where nothing stands yet, why. */
  function missing(places, problem) {
    const bare = places.filter(place => place.querySelector(':scope > :is(.an-waits, .no-answer)'));
    if (bare.length) noAnswer(bare, problem, load);
    else toast('error', explain(problem));
  }

  function lists(theme) {
    const open = list => openRows(`${labelOf(theme)} · ${labelOf(list)}`, `/themes/${config.theme}/${list.list}?`, columns(list.of));
    fill(slots.figures, theme.lists.map(list => h('article', { class: `an-card th-figure ${list.n === null ? 'planned' : ''}`, 'data-card': list.list }, h('span', { class: 'an-label', title: labelOf(list) }, labelOf(list)),
      h('span', { class: 'th-number' }, count(list.n, list.list, () => open(list), { kind: 'an-figure an-big num' }), list.n !== null && h('small', {}, t(`themes.unit.${list.of}${list.n === 1 ? '.one' : ''}`)), list.worst && badge(list.worst)), h('span', { class: 'an-ratio' }, list.n === null ? t('themes.planned') : said(list)))), h('span', { hidden: true, 'data-slot': 'indicators' }));
    for (const list of theme.lists) {
      const place = slots[`list-${list.list}`];
      if (!place) continue;
      fill(slots[`count-${list.list}`], list.n ? h('button', { type: 'button', class: 'link', onclick: () => open(list) }, t('themes.all', { n: number(list.n) })) : '');
      fill(place, list.rows.length ? h('ul', { class: 'th-rows' }, list.rows.map(row => line(list, row))) : none(`themes.none.${list.of}`));
      wholeRows(place);
    }
  }

  /** What a whole list says beneath its number: how many are quiet. */
  const said = list => [list.quiet ? t(`themes.quiet.${list.of}`, { n: number(list.quiet) }) : t(`themes.${list.n ? 'calm' : 'none'}.${list.of}`)];
  const values = row => (row.told || []).map(one => `${metricName(one.metric)} ${one.value === null ? one.text || '—' : number(one.value, config.metrics[one.metric]?.decimals)} ${config.metrics[one.metric]?.unit || ''}`).join(' · ');
  const metricName = name => (config.metrics[name] ? labelOf(config.metrics[name]) : name);
  /** What stands beneath a row's title, by what the list is of. */
  const ABOUT = {
    devices: row => values(row) || t('themes.no_values'),
    enterprises: row => [config.kinds[row.note] ? labelOf(config.kinds[row.note]) : row.note, row.told?.hazards ? t('themes.open_hazards', { n: row.told.hazards }) : ''].filter(Boolean).join(' · '),
    resources: row => [word('themes.resource', row.note), row.told?.quantity ? `${number(row.told.quantity)} ${word('themes.measure', row.told.measure)}` : ''].filter(Boolean).join(' · '),
  };
  const about = (of, row) => (ABOUT[of] ? ABOUT[of](row) : row.note);
  const state = (of, row) => h('span', { class: `th-state th-state-${row.state}` }, known(`themes.state.${row.state}`) ? t(`themes.state.${row.state}`) : stageName(of, row.state));
  const titled = (of, row) => (wayTo(of, row.key) ? h('a', { href: wayTo(of, row.key), title: titleOf(row, config.rules) }, titleOf(row, config.rules)) : h('span', { title: row.title }, row.title));

  function line(list, row) {
    const beneath = [about(list.of, row), row.area_name].filter(Boolean).join(' · ');
    return h('li', { 'data-id': row.key }, row.severity ? badge(row.severity) : h('i', { class: `th-dot th-dot-${row.state}`, 'aria-hidden': 'true' }), h('span', { class: 'th-what' }, titled(list.of, row), h('small', { title: beneath }, beneath)),
      h('span', { class: 'th-when' }, state(list.of, row), row.at && h('small', { class: 'num' }, clock(row.at))));
  }

  const columns = of => [[t('analysis.row.title'), row => [row.severity ? badge(row.severity) : null, ' ', titled(of, row), row.simulated && h('small', { class: 'an-simulated' }, t('analysis.simulated_row'))]], [t('themes.about'), row => about(of, row)],
    [t('analysis.row.area'), row => row.area_name || row.area || '—'], [t('analysis.row.stage'), row => state(of, row)], [t(`themes.at.${of}`), row => (row.at ? clock(row.at) : '—'), 'num']];

  async function indicators(theme) {
    if (!theme.indicators.length) return;
    const { indicators: cards } = await read('/catalogue'), chosen = theme.indicators.map(code => cards.find(card => card.code === code)).filter(Boolean);
    slots.figures.querySelector('[data-slot=indicators]')?.replaceWith(...chosen.map(card => h('article', { class: 'an-card th-figure', 'data-card': card.code }, h('span', { class: 'an-label', title: labelOf(card) }, labelOf(card)),
      count(card.figure.value, card.code, () => openRows(labelOf(card), `${card.rows}${card.rows.includes('?') ? '&' : '?'}${card.source === 'imported' ? '' : 'part=denominator'}`, indicatorColumns(card), formula(card)), { kind: 'an-figure an-big num', text: card.figure.value === null ? undefined : `${number(card.figure.value, card.decimals)}${unit(card)}` }),
      h('span', { class: 'an-ratio', title: [ratio(card), t('themes.whole_about')].join('\n') }, `${t('themes.whole')} · ${ratio(card)}`))));
  }
  const ratio = ({ figure }) => (figure.value === null ? t('trends.unknown') : `${figure.label || t('themes.now')}${figure.denominator ? ` · ${number(figure.numerator)}/${number(figure.denominator)}` : ''}`);
  const unit = card => (language() === 'en' && card.unit_en) || card.unit;
  const formula = card => (language() === 'en' && card.formula_en) || card.formula || null;
  const VALUES = card => [[t('themes.row.first'), row => row.first], [t('themes.row.value'), row => `${number(row.value, card.decimals)}${unit(card)}`, 'num'], [t('analysis.row.area'), row => row.area_name || row.area || '—'],
    [t('themes.row.source'), row => [row.source, row.by].filter(Boolean).join(' · ') || '—'], [t('trends.row.at'), row => (row.at ? clock(row.at) : '—'), 'num']];
  const indicatorColumns = card => (card.source === 'imported' ? VALUES(card) : card.source === 'counted'
    ? [[t('analysis.row.title'), row => titleOf(row, config.rules)], [t('analysis.row.area'), row => row.area_name || row.area || '—'], [t('themes.counts'), row => t(row.hit ? 'themes.hit' : 'themes.miss')], [t('trends.row.at'), row => (row.at ? clock(row.at) : '—'), 'num']]
    : [[t('analysis.row.title'), row => titleOf(row, config.rules) || row.period || '—'], [t('analysis.row.unit'), row => row.unit_name || row.source || '—'], [t('analysis.row.area'), row => row.area_name || row.area || '—'], [t('analysis.row.due'), row => (row.due_at ? clock(row.due_at) : '—'), 'num']]);

  async function course(theme) {
    if (!theme.classes.length) return fill(slots.course, none('themes.no_classes'));
    const told = await read(`/trends/alerts?${words({ by: 'course', period: DAYS, class: theme.classes.join(','), area: theme.areas.length === 1 ? theme.areas[0] : '' })}`);
    fill(slots['course-note'], `${told.label} · ${t('trends.n', { n: told.total.n === null ? '—' : number(told.total.n) })}`);
    const open = row => openRows(`${labelOf(theme)} · ${row.from.slice(5, 10)}`, told.rows_at.now.replace(/from=[^&]*/, `from=${encodeURIComponent(row.from)}`).replace(/to=[^&]*/, `to=${encodeURIComponent(row.to)}`), happened('alerts', classes, config.rules));
    fill(slots.course, told.rows.some(row => row.n || row.before) ? bars(told.rows, { name: 'course', value: row => row.n, before: row => row.before, label: row => row.from.slice(5, 10), open, title: row => `${row.from.slice(0, 10)} ${t('trends.n', { n: row.n ?? '—' })}` }) : none(told.total.n === null ? 'trends.unknown' : 'trends.nothing'));
  }

  async function hours(theme) {
    if (!theme.metrics.length) return fill(slots.hours, none('themes.no_metrics'));
    const told = await read(`/exceedances?${words({ by: 'limit', period: 'week', metric: theme.metrics.join(','), area: theme.areas.length === 1 ? theme.areas[0] : '' })}`), limits = Object.fromEntries(told.limits.map(one => [one.key, one]));
    fill(slots['hours-note'], h('a', { class: 'link', href: '/analysis/exceedances' }, t('themes.exceedances'), icon('arrow-right')));
    fill(slots.hours, told.rows.length ? h('ul', { class: 'th-rows' }, told.rows.map(row => h('li', { 'data-id': row.key }, badge(limits[row.key]?.severity || 4), h('span', { class: 'th-what' }, h('span', {}, limits[row.key] ? limitName(limits[row.key]) : row.name), h('small', {}, t('themes.judged', { n: number(row.judged), devices: number(row.devices) }))),
      h('span', { class: 'th-when' }, h('b', { class: 'num' }, t('themes.hours_beyond', { n: number(row.beyond) })), h('small', { class: 'num' }, t('themes.hours_touched', { n: number(row.touched) })))))) : none('trends.no_hours', 'trends.no_hours_yet'));
    wholeRows(slots.hours);
  }

  await load();
  setInterval(load, EVERY_MS);
}

/** Rows that fit whole are shown; the others are in the dialog of all. */
function wholeRows(place) {
  const rows = [...place.querySelectorAll('.th-rows > li')], foot = place.getBoundingClientRect().bottom;
  for (const row of rows) row.hidden = false;
  for (const row of rows.reverse()) row.hidden = row.getBoundingClientRect().bottom > foot + 1;
}
