// 施工与活动: the list of planned works and events, one of them with its place, writing one down, a file of them.

import { fill, h, icon, labelOf, t, toast, word } from './duty-dom.js';
import { call, read } from './duty-call.js';
import { takeFile } from './ledger-file.js';
import { askForm, field, select } from './ledger-form.js';
import { onlyMap } from './ledger-map.js';
import { unitOptions } from './ledger-hazards.js';
import { unitOf } from './ledger-orders.js';
import { empty, facts, marksOf, part, record, said } from './ledger-table.js';
import { shapeField } from './works-draw.js';
import { hoursOf, kindOf, spanOf, stateOf, symbolOf } from './works-words.js';

const STATES = ['under_way', 'planned', 'over', 'withdrawn'], ORDER = Object.fromEntries(STATES.map((one, at) => [one, at]));
const kinds = config => Object.entries(config.work_kinds).map(([code, one]) => [code, labelOf(one)]);
/** A moment in the city's zone as a form takes it: 2026-11-21T08:00. Whose clock a desk runs on does not matter. */
const local = (at, zone) => (at ? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(Date.parse(at)).replace(' ', 'T') : '');

/** The units to choose from; the one it has is among them, though it may be dissolved or nobody's of the reader. */
const withOwn = (options, { unit_code: code, unit }) => (!code || options.some(([one]) => one === code) ? options : [[code, unit], ...options]);

function fields(app, options, row = {}) {
  const moment = (name, required) => field(name, t(`ledgers.column.${name}`), { type: 'datetime-local', value: local(row[name], app.config.timezone), required });
  return [
    field('title', t('ledgers.column.title'), { value: row.title || '', required: true, maxlength: 200, wide: true, placeholder: t('works.title_hint') }),
    select('kind', t('ledgers.column.kind'), kinds(app.config), row.kind), field('code', t('works.code'), { value: row.code || '', maxlength: 60, placeholder: t('works.code_hint') }),
    moment('starts_at', true), moment('ends_at', true),
    field('hours', t('ledgers.column.hours'), { value: row.hours || '', maxlength: 30, placeholder: '22:00-06:00' }), field('radius_m', t('ledgers.column.radius_m'), { type: 'number', min: 0, max: 5000, step: 10, value: row.radius_m || '' }),
    field('address', t('ledgers.column.address'), { value: row.address || '', maxlength: 300 }), field('operator', t('ledgers.column.operator'), { value: row.operator || '', maxlength: 120 }),
    options.length ? select('unit', t('works.unit'), [['', '—'], ...withOwn(options, row)], row.unit_code) : field('unit', t('works.unit'), { maxlength: 60, value: row.unit_code || '' }),
    field('note', t('works.brings'), { rows: 2, maxlength: 1000, wide: true, value: row.note || '', placeholder: t('works.brings_hint') }),
    shapeField(app.head.dark(), row.shape || null),
  ];
}

/** What a form that was emptied takes away. */
const CLEARED = { hours: '', note: '', operator: '', address: '', unit: '', radius_m: 0 };

/** What a form said as the API takes it; its times have no offset, they are the city's. */
const asked = ({ shape, radius_m: radius, ...rest }) => ({ ...rest, ...(shape ? { shape: JSON.parse(shape) } : {}), ...(radius ? { radius_m: Number(radius) } : {}) });

export const works = {
  noun: 'work', path: '/works', symbol: 'construction', filters: { state: 'planned,under_way' }, waiting: '/works?state=under_way&limit=100', key: row => row.id, own: ['change'],
  look: { withdraw: ['ban', 'danger'], change: ['pencil', ''], reopen: ['rotate-ccw', 'primary'] },

  drawFilters(filters, changed, { config }) {
    const search = h('input', { type: 'search', placeholder: t('works.search'), 'aria-label': t('works.search') });
    const state = select('state', t('ledgers.column.stage'), [['planned,under_way', t('works.coming')], ...STATES.map(one => [one, word('works.state', one)]), [STATES.join(','), t('ledgers.all')]], filters.state);
    const kind = select('kind', t('ledgers.column.kind'), [['', t('ledgers.all')], ...kinds(config)], '');
    let soon = null;
    search.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(() => { filters.q = search.value.trim(); changed(); }, 250); });
    state.addEventListener('change', event => { filters.state = event.target.value; changed(); });
    kind.addEventListener('change', event => { filters.kind = event.target.value; changed(); });
    return [search, state, kind];
  },

  list: (filters, app, query) => read(`/works?${query({ ...filters, limit: 500 })}`).then(data => data.works.sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.starts_at < b.starts_at ? -1 : 1))),

  columns: ({ config, street }) => [
    { name: 'stage', cell: row => stateOf(row) },
    { name: 'title', head: true, wide: true, cell: row => h('div', {}, icon(symbolOf(row)), ' ', h('b', {}, row.title), marksOf(row), h('small', {}, said(row.code, row.operator, row.address))) },
    { name: 'kind', cell: row => kindOf(config, row) },
    { name: 'street', cell: row => row.areas.length > 1 && !/^\d{9}/.test(row.area) ? t('works.streets', { n: new Set(row.areas.map(one => one.slice(0, 9))).size }) : street(row.area) },
    { name: 'span', cell: row => h('div', { class: 'num' }, spanOf(row), row.hours && h('small', {}, hoursOf(row))) },
  ],

  draw({ slots, config, street, head }, row) {
    fill(slots.heading, icon(symbolOf(row)), h('div', { class: 'l-name' }, h('h2', {}, row.title), marksOf(row), h('small', {}, said(kindOf(config, row), row.code || t('works.number', { id: row.id })))), stateOf(row));
    const box = h('div', { class: 'l-map' });
    fill(slots.detail,
      row.note && h('blockquote', {}, row.note),
      part('calendar-clock', t('works.when'), facts([[t('ledgers.column.span'), spanOf(row)], [t('ledgers.column.hours'), row.hours || t('works.all_day')], [t('ledgers.column.operator'), row.operator], [t('works.unit'), unitOf(row, config.language)]])),
      part('map-pin', t('works.where'), facts([[t('ledgers.street'), [...new Set(row.areas.map(street))].join(' ')], row.address && [t('ledgers.column.address'), row.address], row.radius_m > 0 && [t('ledgers.column.radius_m'), `${row.radius_m} m`]]), box),
      h('p', { class: 'muted' }, t('works.never_silences')), row.source !== 'hand' && !row.simulated && h('p', { class: 'muted' }, t('works.from_file', { file: row.source })),
      record('work', row.audit));
    setTimeout(() => onlyMap(box, head.dark()).then(map => map?.outline(row.shape, true)));
  },

  async run(name, row, app, etag) {
    const answer = await askForm(`${t('ledgers.work.act.change')} · ${row.title}`, fields(app, await unitOptions(), row));
    if (!answer) return false;
    const { unit, ...rest } = { ...CLEARED, ...asked(answer) };
    await call('PUT', `/works/${row.id}`, { body: { ...rest, ...(unit === (row.unit_code || '') ? {} : { unit }) }, etag }); // one that was dissolved may stay
    toast('ok', t('ledgers.did', { act: t('ledgers.work.act.change') }));
    return true;
  },

  bring: ({ config }) => takeFile({ path: '/works/table', title: t('works.file_title'), name: 'works', ...config.works_file, kinds: Object.values(config.work_kinds).map(labelOf) }),

  async begin(app) {
    const answer = await askForm(t('ledgers.new.works'), fields(app, await unitOptions()), { send: t('ledgers.new.works') });
    if (!answer) return null;
    if (!answer.shape) { toast('error', t('works.no_shape')); return null; }
    return (await call('POST', '/works', { body: asked(answer) })).data;
  },

  drawNothing({ slots }) {
    fill(slots.heading);
    fill(slots.acts);
    fill(slots.detail, empty('construction', h('p', {}, t('ledgers.choose')), h('p', {}, t('works.never_silences'))));
  },
};
