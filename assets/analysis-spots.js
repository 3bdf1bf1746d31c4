// Hot spots: places where things happen again and again, with what keeps a list of places honest: on how many days, by how many tellers,
// more than an even spread would bring, more than before or only chance.

import { begin, h, t, fill, clock, number, labelOf } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read } from './duty-call.js';
import { makePlaceMap, streetNames } from './duty-place.js';
import { none, waiting } from './analysis-figures.js';
import { noAnswer } from './no-answer.js';
import { addressState, count, keepAges, select, standing, stepper, tabs, unsaid, verdict, words } from './analysis-tools.js';
import { happened, openRows } from './analysis-behind.js';
import { inside } from './analysis-words.js';
import { keyName } from './analysis-trends.js';

const SUBJECTS = ['alerts', 'cases', 'complaints'], KINDS = ['day', 'week', 'month', 'quarter', 'year'], PLACES = ['cell', 'device', 'community', 'street'];
const TOP = 50, SIGNS = 12;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['analysis', 'trends'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const head = mountHead(root, config);
  follow(config, head, () => {}, 'duty');
  const { state, keep } = addressState({ subject: 'alerts', period: 'month', at: '', by: 'cell', area: '', class: '' });
  const streets = await streetNames().catch(() => ({})), classes = Object.fromEntries(Object.entries(config.classes).map(([code, one]) => [code, labelOf(one)]));
  let turn = 0, asOf = null, map = null;
  const showAges = keepAges(root, () => asOf), change = changes => { Object.assign(state, changes); keep(); load(); };
  slots['map-title'].textContent = t('trends.hot-spots.map');
  const box = h('div', { class: 'an-map' });
  fill(slots.map, box);
  const mapMade = makePlaceMap(box, head.dark()).then(made => { map = made; map?.frame(); }).catch(problem => noAnswer([slots.map], problem));
  root.addEventListener('theme', () => map?.theme(head.dark()));

  async function load() {
    const mine = (turn += 1);
    root.dataset.filled = 'false';
    try {
      const told = await read(`/trends/${state.subject}?${words({ ...state, subject: '', limit: 200 })}`);
      if (mine !== turn) return;
      if (!told.dimensions.includes(state.by)) return change({ by: 'cell' });
      draw(told);
      await mapMade;
      if (mine === turn) map?.dots(told.rows.filter(row => Number.isFinite(row.lon) && row.n).slice(0, SIGNS).map((row, index) => ({ lon: row.lon, lat: row.lat, severity: row.crowded ? 2 : 4, title: `${keyName(told.by, row)} · ${t('trends.n', { n: row.n })}`, symbol: index + 1 })).reverse());
    } catch (problem) {
      if (mine !== turn) return;
      entitle();
      fill(slots.cards);
      unsaid(slots.tools);
      map?.dots([]);
      noAnswer([slots.spots], problem, load);
    }
    root.dataset.filled = 'true';
  }

  function entitle() {
    slots['spots-title'].textContent = t('trends.spots_of', { by: inside(t(`trends.by.${state.by}`)) });
    for (const name of ['spots-note', 'map-note']) slots[name].replaceChildren();
  }

  function draw(told) {
    tools(told);
    const open = (span, row) => openRows([t(`trends.subject.${state.subject}`), keyName(told.by, row), span === 'now' ? told.label : told.compared[span].label].join(' · '), `${told.rows_at[span]}&key=${encodeURIComponent(row.key)}`, happened(state.subject, classes, config.rules), t(`trends.about.${state.subject}`));
    const placed = told.rows.filter(row => row.key !== 'none' && row.n), expected = told.places ? (told.total.n ?? 0) / told.places : null, nowhere = told.rows.find(row => row.key === 'none');
    entitle();
    slots['spots-note'].textContent = expected === null ? t('trends.no_expected') : t('trends.expected', { n: number(expected, expected < 1 ? 3 : 1), places: number(told.places) });
    slots['map-note'].textContent = t('trends.map_note', { n: Math.min(SIGNS, placed.filter(row => Number.isFinite(row.lon)).length) });
    const all = placed.filter(row => row.n > 1), crowded = placed.filter(row => row.crowded);
    const card = (name, value, about) => h('article', { class: 'an-card', 'data-card': name }, h('span', { class: 'an-label' }, t(`trends.card.${name}`)), h('b', { class: 'an-plain num' }, value), h('span', { class: 'an-ratio', title: about || null }, about));
    fill(slots.cards, card('total', told.total.n === null ? '—' : number(told.total.n), told.label), card('places', number(placed.length), expected === null ? '' : t('trends.of_places', { n: number(told.places) })),
      card('repeats', number(all.length), t('trends.repeats_about')), card('crowded', expected === null ? '—' : number(crowded.length), t('trends.crowded_about')),
      card('top', told.total.n ? `${number((100 * placed.slice(0, 10).reduce((sum, row) => sum + row.n, 0)) / told.total.n, 1)}%` : '—', t('trends.top_about')), card('nowhere', number(nowhere?.n ?? 0), t('trends.nowhere_about')));
    const heads = ['', t(`trends.by.${told.by}`), t('trends.count'), t('trends.share'), t('trends.days'), t('trends.tellers_word'), t('trends.crowded_word'), t('analysis.before'), t('trends.last')];
    const days = Math.max(1, Math.ceil((Date.parse(told.to) - Date.parse(told.from)) / 86_400_000));
    fill(slots.spots, placed.length ? h('table', { class: 'an-table an-spots' }, h('thead', {}, h('tr', {}, heads.map(text => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, placed.slice(0, TOP).map((row, index) => h('tr', { 'data-id': row.key }, h('td', { class: 'num' }, index + 1), h('th', { scope: 'row', title: row.code || null }, keyName(told.by, row)),
        h('td', {}, count(row.n, `${told.by}:${row.key}`, () => open('now', row))), h('td', { class: 'num' }, row.share === null ? '—' : `${number(100 * row.share, 1)}%`), h('td', { class: 'num' }, `${row.days}/${days}`), h('td', { class: `num ${row.tellers === 1 && row.n > 2 ? 'an-one-teller' : ''}`, title: row.tellers === 1 && row.n > 2 ? t('trends.one_teller') : null }, number(row.tellers)),
        h('td', {}, row.crowded === null ? '—' : h('span', { class: `an-crowded ${row.crowded ? 'is' : ''}` }, t(row.crowded ? 'trends.is_crowded' : 'trends.as_spread'))), h('td', {}, verdict(row.before, 'before', () => open('before', row))), h('td', { class: 'num' }, clock(row.last_at)))))) : none(told.total.n === null ? 'trends.unknown' : 'trends.nothing', 'trends.nothing_about'));
    asOf = told.as_of;
    showAges();
  }

  function tools(told) {
    fill(slots.tools, tabs('subject', SUBJECTS.map(key => [key, t(`trends.subject.${key}`)]), state.subject, subject => change({ subject })),
      tabs('period', KINDS.map(key => [key, t(`analysis.period.${key}`)]), state.period, period => change({ period, at: told.first })), stepper(told, at => change({ at })),
      select('place', PLACES.filter(key => told.dimensions.includes(key)).map(key => [key, t(`trends.by.${key}`)]), state.by, by => change({ by })),
      select('area', [['', t('analysis.area.all')], ...Object.entries(streets)], state.area, area => change({ area })),
      select('class', [['', t('trends.class.all')], ...Object.entries(classes)], state.class, code => change({ class: code })), standing(told));
  }

  fill(slots.spots, waiting());
  await load();
}
