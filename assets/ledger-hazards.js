// 隐患: the list of hazards, one of them with place, measures and pictures, writing one down.

import { h, t, fill, icon, clock, toast, endedPicture, word } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { askForm, field, placeField, placeOf, select, term, until } from './ledger-form.js';
import { showPlace } from './ledger-map.js';
import { unitOf } from './ledger-orders.js';
import { dueOf, facts, levelOf, linkOf, marksOf, part, record, said, stageOf } from './ledger-table.js';

const OPEN = 'found,rectifying,rectified,verified';
const isDone = row => !['found', 'rectifying'].includes(row.stage);
const LEVELS = ['general', 'major'];

let tree = null;
/** Units to choose from, `[[code, name]]`, each below the one it belongs to. */
export async function unitOptions() {
  tree ||= read('/units').then(data => data.units.map(one => [one.code, `${'　'.repeat(one.depth || 0)}${one.name}`])).catch(() => { tree = null; return []; });
  return tree;
}
const unitField = (options, first, required) => (options.length ? select('unit', t('ledgers.column.unit'), [['', t(first)], ...options], '', { required }) : field('unit', t('ledgers.hazard.unit_code'), { required }));
const streetField = names => select('area', t('ledgers.street'), [['', t('ledgers.from_map')], ...Object.entries(names)]);

async function upload(row, role, file, app) {
  try {
    await call('POST', `/hazards/${row.id}/photos?role=${role}`, { body: file, timeout: 60_000 });
    toast('ok', t('ledgers.hazard.photo_taken'));
    app.refresh();
  } catch (problem) { toast('error', explain(problem)); }
}

function photos(row, app) {
  const picture = one => (one.url ? h('a', { href: one.url, target: '_blank', rel: 'noopener' }, h('img', { src: one.url, alt: word('ledgers.hazard.photo', one.role), loading: 'lazy' }), h('small', {}, said(word('ledgers.hazard.photo', one.role), clock(one.created_at)))) : endedPicture(one));
  const add = role => h('label', { class: 'l-upload' }, icon('camera'), t(`ledgers.hazard.add_${role}`), h('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp', 'data-do': `photo-${role}`, onchange: event => event.target.files[0] && upload(row, role, event.target.files[0], app) }));
  const may = app.config.begins.includes('hazards') && !row.ended_at;
  return part('image', t('ledgers.hazard.photos'), row.photos.length ? h('div', { class: 'l-photos' }, row.photos.map(picture)) : h('p', { class: 'muted' }, t('ledgers.hazard.no_photo')), may && h('div', { class: 'l-uploads' }, add('before'), add('after')));
}

export const hazards = {
  noun: 'hazard', path: '/hazards', symbol: 'triangle-alert', filters: { stage: OPEN }, waiting: `/hazards?stage=${OPEN}&limit=100`, key: row => row.id,

  drawFilters(filters, changed) {
    const stage = select('stage', t('ledgers.column.stage'), [[OPEN, t('ledgers.hazard.open')], ...['found', 'rectifying', 'rectified', 'verified', 'closed', 'voided'].map(one => [one, word('ledgers.hazard.stage', one)]), ['', t('ledgers.all')]], filters.stage);
    const level = select('level', t('ledgers.column.level'), [['', t('ledgers.all')], ...LEVELS.map(one => [one, word('ledgers.hazard.level', one)])], '');
    const late = h('label', { class: 'l-tick' }, h('input', { type: 'checkbox' }), t('ledgers.only_overdue'));
    stage.addEventListener('change', event => { filters.stage = event.target.value; changed(); });
    level.addEventListener('change', event => { filters.level = event.target.value; changed(); });
    late.addEventListener('change', event => { filters.overdue = event.target.checked || ''; changed(); });
    return [stage, level, late];
  },

  list: (filters, app, query) => read(`/hazards?${query({ ...filters, limit: 200 })}`).then(data => data.hazards),

  columns: ({ config, street }) => [
    { name: 'level', cell: row => levelOf(row.level) },
    { name: 'title', head: true, wide: true, cell: row => h('div', {}, h('b', {}, row.title), marksOf(row), h('small', {}, said(row.enterprise_name, row.address) || street(row.area))) },
    { name: 'street', cell: row => street(row.area) },
    { name: 'unit', cell: row => unitOf(row, config.language) },
    { name: 'found_at', cell: row => h('div', {}, row.found_name, h('small', {}, clock(row.found_at))) },
    { name: 'due_at', cell: row => dueOf(row, row.found_at, isDone(row)) },
    { name: 'stage', cell: row => [stageOf('hazard', row), row.returns > 0 && h('small', {}, t('ledgers.returned', { n: row.returns }))] },
  ],

  draw(app, row) {
    const { slots, config, street, head } = app;
    fill(slots.heading, levelOf(row.level), h('div', { class: 'l-name' }, h('h2', {}, row.title), marksOf(row), h('small', {}, t('ledgers.hazard.number', { id: row.id }))), stageOf('hazard', row));
    const enterprise = row.enterprise && linkOf(`/ledgers/enterprises/${encodeURIComponent(row.enterprise)}`, 'factory', row.enterprise_name);
    fill(slots.detail,
      row.text && h('blockquote', {}, row.text),
      part('list-checks', t('ledgers.hazard.plan'), facts([[t('ledgers.column.unit'), unitOf(row, config.language)], [t('ledgers.column.due_at'), dueOf(row, row.found_at, isDone(row))], [t('ledgers.column.found_name'), said(row.found_name, clock(row.found_at))],
        row.rectified_at && [t('ledgers.column.rectified_name'), said(row.rectified_name, clock(row.rectified_at))], row.verified_at && [t('ledgers.column.verified_name'), said(row.verified_name, clock(row.verified_at))]]),
      row.measures && h('blockquote', {}, row.measures)),
      photos(row, app),
      part('map-pin', t('ledgers.column.address'), facts([[t('ledgers.street'), street(row.area)], row.address && [t('ledgers.column.address'), row.address], enterprise && [t('ledgers.column.enterprise_name'), enterprise]]), showPlace(row, head)),
      record('hazard', row.audit));
  },

  async fields(name, row) {
    if (name !== 'assign') return [];
    return [unitField(await unitOptions(), row.unit ? 'ledgers.term_stays' : 'ledgers.choose_one', !row.unit), select('level', t('ledgers.column.level'), LEVELS.map(one => [one, word('ledgers.hazard.level', one)]), row.level),
      term(t('ledgers.column.due_at'), '', t(row.due_at ? 'ledgers.term_stays' : 'ledgers.term_usual')), field('measures', t('ledgers.column.measures'), { rows: 3, maxlength: 2000 })];
  },
  body: ({ term: hours, ...rest }) => ({ ...rest, ...(hours ? { until: until(hours) } : {}) }),

  async begin({ head, names, config }) {
    const desk = ['duty', 'dispatcher', 'supervisor'].includes(config.role), units = desk ? await unitOptions() : [];
    const sites = (await read('/enterprises?limit=500').catch(() => ({ enterprises: [] }))).enterprises;
    const answer = await askForm(t('ledgers.new.hazards'), [
      field('title', t('ledgers.column.title'), { required: true, maxlength: 200, wide: true, placeholder: t('ledgers.hazard.title_hint') }), field('text', t('ledgers.column.text'), { rows: 2, maxlength: 4000, wide: true }),
      select('level', t('ledgers.column.level'), LEVELS.map(one => [one, word('ledgers.hazard.level', one)])), streetField(names), field('address', t('ledgers.column.address'), { maxlength: 300 }),
      select('enterprise', t('ledgers.column.enterprise_name'), [['', '—'], ...sites.map(one => [one.code, one.name])]),
      placeField(head.dark()), desk && unitField(units, 'ledgers.later', false), desk && term(t('ledgers.column.due_at'), '', t('ledgers.term_usual')), desk && field('measures', t('ledgers.column.measures'), { rows: 2, maxlength: 2000, wide: true }),
      h('label', { class: 'l-tick' }, h('input', { type: 'checkbox', name: 'drill', value: 'true' }), t('desk.drill')),
    ].filter(Boolean), { send: t('ledgers.new.hazards') });
    if (!answer) return null;
    const { lon, lat, term: hours, drill, ...rest } = answer;
    return (await call('POST', '/hazards', { body: { ...rest, ...placeOf(answer), ...(drill ? { drill: true } : {}), ...(hours && rest.unit ? { until: until(hours) } : {}) } })).data;
  },
};
