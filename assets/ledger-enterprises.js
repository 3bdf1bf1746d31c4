// 企业: enterprises and sites on a map by their risk, one of them with the history of its colour, writing one down.

import { h, t, fill, icon, clock, labelOf, toast, word } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { takeFile } from './ledger-file.js';
import { askForm, field, placeField, placeOf, select } from './ledger-form.js';
import { onlyMap, showPlace } from './ledger-map.js';
import { unitOf } from './ledger-orders.js';
import { empty, facts, linkOf, marksOf, part, record, riskOf, said } from './ledger-table.js';

const RISKS = [1, 2, 3, 4];
const risks = () => RISKS.map(one => [one, word('ledgers.enterprise.risk', String(one))]);
const kindOf = (config, row) => (config.kinds[row.kind] ? labelOf(config.kinds[row.kind]) : row.kind);
const kinds = config => Object.entries(config.kinds).map(([code, one]) => [code, labelOf(one)]);

async function contact(row, place) {
  try {
    const told = await read(`/enterprises/${encodeURIComponent(row.code)}/contact`);
    fill(place, h('b', {}, said(told.contact, told.phone)));
  } catch (problem) { toast('error', explain(problem)); }
}

const asked = ({ lon, lat, code, ...rest }) => ({ ...rest, ...placeOf({ lon, lat }) });

export const enterprises = {
  noun: 'enterprise', path: '/enterprises', symbol: 'factory', filters: {}, key: row => row.code, own: ['change'],

  drawFilters(filters, changed, { config }) {
    const search = h('input', { type: 'search', placeholder: t('ledgers.enterprise.search'), 'aria-label': t('ledgers.enterprise.search') });
    const kind = select('kind', t('ledgers.column.kind'), [['', t('ledgers.all')], ...kinds(config)], ''), risk = select('risk', t('ledgers.column.risk'), [['', t('ledgers.all')], ...risks()], '');
    let soon = null;
    search.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(() => { filters.q = search.value.trim(); changed(); }, 250); });
    kind.addEventListener('change', event => { filters.kind = event.target.value; changed(); });
    risk.addEventListener('change', event => { filters.risk = event.target.value; changed(); });
    return [search, kind, risk];
  },

  list: (filters, app, query) => read(`/enterprises?${query({ ...filters, limit: 500 })}`).then(data => data.enterprises.sort((a, b) => (a.risk || 9) - (b.risk || 9))),

  columns: ({ config, street }) => [
    { name: 'risk', cell: row => riskOf(row.risk) },
    { name: 'name', head: true, wide: true, cell: row => h('div', {}, h('b', {}, row.name), marksOf(row), h('small', { class: 'num' }, row.code)) },
    { name: 'kind', cell: row => kindOf(config, row) },
    { name: 'street', cell: row => street(row.area) },
    { name: 'contact', cell: row => h('div', {}, row.contact || '—', row.phone && h('small', { class: 'num' }, row.phone)) },
    { name: 'hazards', right: true, cell: row => (row.hazards ? h('b', { class: 'l-some' }, row.hazards) : h('span', { class: 'zero' }, '0')) },
  ],

  /** With nobody chosen: all of them on a map, and how many of each colour. */
  async drawNothing({ slots, head, config, open }, rows) {
    fill(slots.heading, h('div', { class: 'l-name' }, h('h2', {}, t('ledgers.enterprise.map'))));
    fill(slots.acts);
    if (!rows.length) return fill(slots.detail, empty('factory', t('ledgers.none.enterprises')));
    const told = JSON.stringify(rows.map(one => [one.code, one.risk, one.lon, one.lat]));
    if (slots.detail.querySelector('.l-map-whole')?.dataset.told === told) return null; // nothing moved: the map stays
    const points = rows.filter(one => Number.isFinite(one.lon)), box = h('div', { class: 'l-map l-map-whole', 'data-told': told });
    const count = risk => rows.filter(one => one.risk === risk).length;
    fill(slots.detail, h('div', { class: 'l-legend' }, [...RISKS, null].map(risk => h('span', {}, riskOf(risk), h('b', { class: 'num' }, count(risk))))), box);
    const map = await onlyMap(box, head.dark());
    if (!map) return null;
    map.frame();
    map.dots(points.map(one => ({ lon: one.lon, lat: one.lat, severity: one.risk || 5, title: `${one.name} · ${kindOf(config, one)}`, symbol: h('button', { type: 'button', class: 'l-dot', 'aria-label': one.name, onclick: () => open(one.code) }, word('ledgers.enterprise.risk', String(one.risk)).slice(0, 1)) })));
    return null;
  },

  draw({ slots, config, street, head }, row) {
    fill(slots.heading, riskOf(row.risk), h('div', { class: 'l-name' }, h('h2', {}, row.name), marksOf(row), h('small', {}, said(kindOf(config, row), row.code))), row.ended_at && h('span', { class: 'stage' }, t('ledgers.enterprise.ended')));
    const who = h('span', {}, said(row.contact, row.phone) || '—');
    const look = row.may_call ? h('button', { type: 'button', class: 'link', 'data-do': 'contact', onclick: () => contact(row, who) }, t('ledgers.enterprise.look')) : null;
    fill(slots.detail,
      facts([[t('ledgers.column.contact'), who, ' ', look], [t('ledgers.column.unit'), unitOf(row, config.language)], [t('ledgers.street'), street(row.area)], row.address && [t('ledgers.column.address'), row.address],
        [t('ledgers.column.hazards'), row.hazards ? linkOf('/ledgers/hazards', 'triangle-alert', row.hazards) : '0'], row.note && [t('ledgers.column.note'), row.note]]),
      part('gauge', t('ledgers.enterprise.history'), row.risks.length ? h('ol', { class: 'l-record' }, row.risks.map(one => h('li', {}, h('span', { class: 'l-from-to' }, riskOf(one.before), icon('arrow-right'), riskOf(one.after)), h('span', { class: 'muted' }, said(one.by, clock(one.at, true))), h('q', {}, one.why)))) : h('p', { class: 'muted' }, t('ledgers.enterprise.never_rated'))),
      part('map-pin', t('ledgers.column.address'), showPlace({ ...row, severity: row.risk }, head) || h('p', { class: 'muted' }, t('ledgers.no_place'))),
      record('enterprise', row.audit));
  },

  fields: (name, row) => (name === 'set_risk' ? [select('risk', t('ledgers.column.risk'), risks().filter(([one]) => one !== row.risk))] : []),

  async run(name, row, { head }, etag) {
    const answer = await askForm(`${t('ledgers.enterprise.act.change')} · ${row.name}`, [field('name', t('ledgers.column.name'), { value: row.name, required: true, maxlength: 200, wide: true }), field('address', t('ledgers.column.address'), { value: row.address, maxlength: 300, wide: true }),
      field('contact', t('ledgers.column.contact'), { maxlength: 60, placeholder: row.contact || '' }), field('phone', t('ledgers.column.phone'), { maxlength: 40, placeholder: row.phone || '' }), field('note', t('ledgers.column.note'), { rows: 2, maxlength: 1000, wide: true }),
      placeField(head.dark(), Number.isFinite(row.lon) ? row : null)]);
    if (!answer) return false;
    await call('PUT', `/enterprises/${encodeURIComponent(row.code)}`, { body: asked(answer), etag });
    toast('ok', t('ledgers.did', { act: t('ledgers.enterprise.act.change') }));
    return true;
  },

  bring: ({ config }) => takeFile({ ...config.file, kinds: Object.values(config.kinds).map(labelOf) }),

  async begin({ head, names, config }) {
    const answer = await askForm(t('ledgers.new.enterprises'), [
      field('code', t('ledgers.column.code'), { required: true, maxlength: 40, placeholder: t('ledgers.enterprise.code_hint') }), select('kind', t('ledgers.column.kind'), kinds(config)),
      field('name', t('ledgers.column.name'), { required: true, maxlength: 200, wide: true }), select('risk', t('ledgers.column.risk'), [['', word('ledgers.enterprise.risk', 'null')], ...risks()]), field('why', t('ledgers.enterprise.why'), { maxlength: 300 }),
      select('area', t('ledgers.street'), [['', t('ledgers.from_map')], ...Object.entries(names)]), field('address', t('ledgers.column.address'), { maxlength: 300 }),
      field('contact', t('ledgers.column.contact'), { maxlength: 60 }), field('phone', t('ledgers.column.phone'), { maxlength: 40 }), placeField(head.dark()),
    ], { send: t('ledgers.new.enterprises') });
    if (!answer) return null;
    return (await call('PUT', `/enterprises/${encodeURIComponent(answer.code)}`, { body: asked(answer) })).data;
  },
};
