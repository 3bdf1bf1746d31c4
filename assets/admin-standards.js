// Class standards for an admin: the classes of the city's table, the conditions and limits of one, and a new table by file. Decides nothing.

import { begin, h, t, fill, icon, number, clock, language, listed } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, explain } from './duty-call.js';
import { openUpload, sums, done } from './upload.js';

const KINDS = ['event', 'component'];
const SHOWN = 60;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'keeping'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const state = { rows: [], units: new Map(), wanted: '', kind: '', key: '' };
  follow(config, mountHead(root, config), () => {}, 'duty');

  const search = h('input', { type: 'search', placeholder: t('standards.search'), 'aria-label': t('standards.search'), oninput: () => { state.wanted = search.value.trim().toLowerCase(); list(); } });
  const kinds = h('select', { 'aria-label': t('standards.kind'), onchange: () => { state.kind = kinds.value; list(); } }, ['', ...KINDS].map(kind => h('option', { value: kind }, t(`standards.kind.${kind}`))));
  fill(slots.search, search);
  fill(slots.kinds, kinds);
  fill(slots.upload, config.whole && h('button', { type: 'button', 'data-do': 'upload', onclick: upload }, icon('upload'), t('standards.upload')));

  const key = row => `${row.kind}/${row.class_code}`;
  const said = row => [row.class_code, row.big_name, row.name, row.condition, row.closing, row.limit_text, ...row.units, ...row.authorities].join(' ').toLowerCase();

  /** Rows by class, in the order they come; a class is found by any of its conditions. */
  function classes() {
    const found = new Map();
    for (const row of state.rows) if ((!state.kind || row.kind === state.kind) && said(row).includes(state.wanted)) found.set(key(row), [...(found.get(key(row)) || []), row]);
    return found;
  }

  function list() {
    const found = classes();
    slots.count.textContent = t('standards.count', { classes: number(found.size), rows: number([...found.values()].reduce((sum, rows) => sum + rows.length, 0)) });
    if (!found.size) return fill(slots.classes, h('div', { class: 'a-none' }, icon('clipboard-list'), h('span', {}, t(state.rows.length ? 'standards.none_found' : 'standards.none')),
      state.rows.length ? h('button', { type: 'button', onclick: () => { search.value = kinds.value = state.wanted = state.kind = ''; list(); } }, t('routing.show_all')) : config.whole && h('button', { type: 'button', class: 'primary', onclick: upload }, icon('upload'), t('standards.upload'))));
    const heads = ['standards.class', 'standards.conditions', 'standards.limits'].map(name => h('th', { scope: 'col' }, t(name)));
    const top = slots.classes.scrollTop;
    fill(slots.classes, h('table', { class: 'a-table s-classes' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, groups(found))));
    slots.classes.scrollTop = top;
    return found;
  }

  /** A line over the classes of each big class. */
  function groups(found) {
    let before = '';
    return [...found].flatMap(([name, rows]) => {
      const group = `${rows[0].kind}${rows[0].class_code.slice(0, 2)}`, fresh = group !== before;
      before = group;
      return [fresh && h('tr', { class: 's-group' }, h('th', { colspan: 3, scope: 'rowgroup' }, `${rows[0].class_code.slice(0, 2)} ${rows[0].big_name}`, h('small', {}, t(`standards.kind.${rows[0].kind}`)))), line(name, rows)];
    });
  }

  function line(name, rows) {
    const choose = () => open(name), limits = [...new Set(rows.map(row => limitOf(row)))];
    return h('tr', { 'data-id': name, tabindex: '0', class: name === state.key ? 'current' : null, onclick: choose, onkeydown: event => { if (event.key === 'Enter') choose(); } },
      h('th', { scope: 'row' }, h('b', {}, rows[0].name), h('small', {}, rows[0].class_code)), h('td', { class: 'num' }, number(rows.length)), h('td', { class: 's-limits' }, listed(limits.slice(0, 3)) + (limits.length > 3 ? '…' : '')));
  }

  const limitOf = row => t(`standards.unit.${row.unit}`, { n: number(row.amount) });

  function open(name) {
    state.key = name;
    list();
    show();
  }

  function show() {
    const rows = state.rows.filter(row => key(row) === state.key);
    root.dataset.standard = rows.length ? state.key : '';
    if (!rows.length) { fill(slots.heading, h('div', { class: 'a-none' }, icon('clipboard-list'), h('span', {}, t('standards.choose')))); return fill(slots.conditions); }
    const [one] = rows;
    fill(slots.heading, h('div', { class: 'a-name' }, h('h2', {}, one.name), h('small', {}, [t(`standards.kind.${one.kind}`), `${one.class_code.slice(0, 2)} ${one.big_name}`, one.class_code].join(' · '))),
      h('small', { class: 'a-note s-source' }, t('standards.source', { source: one.source, at: clock(one.imported_at) })));
    return fill(slots.conditions, h('ol', { class: 's-conditions' }, rows.map(condition)));
  }

  function condition(row) {
    const phases = Object.entries(row.stage_limits);
    const part = (name, ...words) => h('div', {}, h('dt', {}, t(`standards.${name}`)), h('dd', {}, words));
    return h('li', { 'data-condition': row.condition_no }, h('header', {}, h('i', { class: 's-no num' }, row.condition_no), h('p', {}, row.condition), h('b', { class: `s-limit s-${row.unit}`, title: row.limit_text }, limitOf(row))),
      h('dl', {}, row.closing && part('closing', row.closing),
        row.units.length > 0 && part('units', row.units.map(name => h('span', { class: state.units.get(row.lead_unit) === name ? 's-unit s-lead' : 's-unit' }, name)), row.lead_unit ? h('small', {}, `${t('standards.lead')}: ${state.units.get(row.lead_unit) || row.lead_unit}`) : h('small', { class: 'o-soft' }, t('standards.no_lead'))),
        row.authorities.length > 0 && part('authorities', listed(row.authorities)),
        phases.length > 0 && part('phases', phases.map(([phase, limit]) => { const [amount, unit] = limit.split(' '); return h('span', { class: 's-unit' }, `${t(`standards.phase.${phase}`)} ${t(`standards.unit.${unit}`, { n: number(Number(amount)) })}`); }))));
  }

  function upload() {
    const kind = h('select', { name: 'kind' }, KINDS.map(one => h('option', { value: one }, t(`standards.kind.${one}`))));
    const field = h('label', {}, h('span', {}, t('standards.kind')), kind);
    openUpload({ title: t('standards.upload'), about: t('standards.upload_about'), path: '/standards/table', fields: [field], asked: () => ({ kind: kind.value }), name: 'standards-upload', reasoned: true, tell, taken: told => { done(t('standards.taken', told.counts)); refresh(); } });
  }

  /** What a table would change, row by row; null when nothing would. */
  function tell(told) {
    const { counts } = told;
    if (!counts.added && !counts.changed && !counts.ended) return null;
    const rows = ['changed', 'added', 'ended'].flatMap(what => told[what].map(row => ({ ...row, what })));
    return [sums(counts), h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-changes' }, h('tbody', {}, rows.slice(0, SHOWN).map(row => h('tr', { class: `u-${row.what}` },
      h('td', {}, h('i', { class: `a-mark u-mark-${row.what}` }, t(`upload.${row.what}`))), h('th', { scope: 'row' }, h('b', {}, row.name), h('small', {}, `${row.class_code} · ${row.condition}`)),
      h('td', {}, limitOf(row), row.was && h('small', {}, wasOf(row))))))), rows.length > SHOWN && h('p', { class: 'muted' }, t('upload.more', { n: number(rows.length - SHOWN) })))];
  }

  function wasOf(row) {
    if (row.was.ended_at) return t('standards.again');
    const limit = row.was.amount !== undefined || row.was.unit ? limitOf({ amount: row.was.amount ?? row.amount, unit: row.was.unit ?? row.unit }) : '';
    const others = ['name', 'big_name', 'closing', 'limit_text'].filter(name => row.was[name] && !(limit && name === 'limit_text')).map(name => row.was[name]);
    const lists = ['units', 'authorities'].filter(name => row.was[name]).map(name => listed(row.was[name]) || '—');
    return t('standards.was', { was: listed([limit, ...others, ...lists].filter(Boolean), '；') || '—' });
  }

  async function refresh() {
    try {
      const [told, { units }] = await Promise.all([read('/standards'), read('/units')]);
      state.rows = told.standards;
      state.units = new Map(units.map(unit => [unit.code, (language() === 'en' && unit.name_en) || unit.name]));
      if (!state.rows.some(row => key(row) === state.key)) state.key = state.rows.length ? key(state.rows[0]) : '';
      list();
      show();
      root.dataset.filled = 'true';
    } catch (problem) {
      fill(slots.classes, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: refresh }, t('admin.again'))));
    }
  }

  await refresh();
}
