// The organisation for an admin: the tree of units, and of one unit its people, roster, substitutions and patrols. Decides nothing: the API does.

import { begin, h, t, fill, icon, number, labelOf, language, word } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, call, explain } from './duty-call.js';
import { drawPeople, editUnit } from './admin-unit.js';
import { Roster } from './admin-roster.js';
import { drawSubstitutions } from './admin-substitutions.js';
import { drawPatrols } from './admin-patrols.js';

const EVERY_MS = 60_000;
const TABS = ['people', 'roster', 'substitutions', 'patrols'];
export const nameOf = unit => (language() === 'en' && unit.name_en) || unit.name;
const digit = n => [...t('organisation.digits')][n] ?? n;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'organisation', 'keeping'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const tabs = [...root.querySelectorAll('[data-tab]')];
  const state = { told: null, wanted: '', unit: config.unit || '', tab: 'people', one: null };
  const members = new Map();
  follow(config, mountHead(root, config), () => {}, 'duty');

  const search = h('input', { type: 'search', placeholder: t('organisation.search'), 'aria-label': t('organisation.search'), oninput: () => { state.wanted = search.value.trim().toLowerCase(); tree(); } });
  fill(slots.search, search);
  fill(slots.new, h('button', { type: 'button', 'data-do': 'new', onclick: () => editUnit(null, state, open) }, icon('plus'), t('organisation.new')));
  const roster = new Roster(slots.roster, { people });
  for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab));
  addEventListener('popstate', () => open(decodeURIComponent(location.pathname.split('/')[3] || ''), true));

  /** Who works in the field in an area: of the units there and around it, each once. */
  async function people(area) {
    const meets = state.told.units.filter(unit => unit.in_field && (unit.area.startsWith(area) || area.startsWith(unit.area)));
    meets.sort((one, other) => other.area.length - one.area.length); // who is nearest stands first
    const found = await Promise.all(meets.map(async unit => {
      if (!members.has(unit.code)) members.set(unit.code, (await read(`/units/${encodeURIComponent(unit.code)}`)).members);
      return members.get(unit.code).filter(one => ['grid_worker', 'handler'].includes(one.role)).map(one => ({ ...one, unit: nameOf(unit) }));
    }));
    return found.flat();
  }

  function shown() {
    const said = unit => [unit.code, unit.name, unit.name_en, unit.area, unit.area_name].join(' ').toLowerCase();
    return state.told.units.filter(unit => said(unit).includes(state.wanted));
  }

  function tree() {
    const rows = shown();
    if (!rows.length) return fill(slots.tree, h('div', { class: 'a-none' }, icon('users'), h('span', {}, t(state.told.units.length ? 'organisation.none_found' : 'organisation.none')),
      state.told.units.length > 0 && h('button', { type: 'button', onclick: () => { search.value = state.wanted = ''; tree(); } }, t('organisation.show_all'))));
    const top = slots.tree.scrollTop;
    const heads = ['organisation.unit', 'organisation.people', 'organisation.field', 'organisation.open'].map(key => h('th', { scope: 'col' }, t(key)));
    fill(slots.tree, h('table', { class: 'a-table o-tree', role: 'treegrid' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows.map(line), unplaced())));
    slots.tree.scrollTop = top;
    return rows;
  }

  function line(unit) {
    const chosen = unit.code === state.unit, choose = () => open(unit.code), sum = unit.below;
    const indent = h('span', { class: `o-in o-in-${Math.min(unit.depth, 6)}` });
    return h('tr', { 'data-id': unit.code, tabindex: '0', class: chosen ? 'current' : null, 'aria-level': unit.depth + 1, 'aria-selected': chosen ? 'true' : 'false', onclick: choose, onkeydown: event => { if (event.key === 'Enter') choose(); } },
      h('th', { scope: 'row' }, h('div', { class: 'o-name' }, indent, h('div', {}, h('b', {}, nameOf(unit)), h('small', {}, `${labelOf(state.told.kinds[unit.kind]) || unit.kind} · ${unit.code}`)))),
      h('td', { class: 'num', 'data-figure': 'people', 'data-value': sum.people }, number(sum.people)),
      h('td', { class: sum.in_field ? 'num' : 'num zero' }, number(sum.in_field)),
      h('td', { class: sum.open ? 'num' : 'num zero', 'data-figure': 'open', 'data-value': sum.open }, number(sum.open), sum.overdue > 0 && h('small', { class: 'o-late' }, t('organisation.overdue', { n: sum.overdue }))));
  }

  const unplaced = () => state.told.unplaced.length > 0 && !state.wanted && h('tr', { 'data-id': '', tabindex: '0', class: `o-unplaced${state.unit === '-' ? ' current' : ''}`, onclick: () => open('-'), onkeydown: event => { if (event.key === 'Enter') open('-'); } },
    h('th', { scope: 'row' }, h('div', { class: 'o-name' }, h('b', {}, t('organisation.unplaced')))), h('td', { class: 'num' }, number(state.told.unplaced.length)), h('td'), h('td'));

  function heading(one) {
    if (!one) return fill(slots.heading, h('div', { class: 'a-none' }, icon('users'), h('span', {}, t(state.unit === '-' ? 'organisation.unplaced' : 'organisation.choose'))));
    const level = state.told.levels[one.level - 1];
    return fill(slots.heading, h('div', { class: 'a-name' }, h('h2', {}, nameOf(one)), h('small', {}, [labelOf(state.told.kinds[one.kind]) || one.kind, t('organisation.level', { n: digit(one.level), label: labelOf(level) }), `${one.area_name} ${one.area}`, one.code].join(' · '))),
      h('div', { class: 'o-tools' }, one.code !== '-' && [h('button', { type: 'button', 'data-do': 'edit', onclick: () => editUnit(one, state, open) }, icon('pencil'), t('organisation.edit')),
        h('button', { type: 'button', class: 'danger', 'data-act': 'end', onclick: () => end(one) }, icon('ban'), t('organisation.end'))]));
  }

  async function end(one) {
    if (!confirm(t('organisation.end_sure', { name: nameOf(one) }))) return;
    try { await call('POST', `/units/${encodeURIComponent(one.code)}/acts`, { body: { act: 'end' } }); open(''); await refresh(); } catch (problem) { alert(problem.body?.detail || explain(problem)); }
  }

  function show(tab) {
    state.tab = tab;
    for (const one of tabs) { one.setAttribute('aria-selected', String(one.dataset.tab === tab)); one.disabled = !state.one; }
    for (const name of TABS) slots[name].hidden = name !== tab;
    const one = state.one;
    if (!one) return fill(slots.people, state.unit === '-' && drawPeople({ members: state.told.unplaced, posts: [] }, state, reload));
    if (tab === 'people') return fill(slots.people, drawPeople(one, state, reload));
    if (tab === 'roster') return roster.show(one.area);
    if (tab === 'substitutions') return drawSubstitutions(slots.substitutions, one.area, people);
    return drawPatrols(slots.patrols, one.area);
  }

  async function reload() {
    members.clear();
    await refresh();
    await load();
  }

  async function load() {
    const code = state.unit;
    try {
      const one = code && code !== '-' ? await read(`/units/${encodeURIComponent(code)}`) : null;
      if (code !== state.unit) return;
      state.one = one;
      heading(one);
    } catch (problem) {
      state.one = null;
      fill(slots.heading, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: load }, t('organisation.again'))));
    }
    root.dataset.unit = state.one?.code || '';
    show(state.one ? state.tab : 'people');
  }

  async function open(code, back = false) {
    state.unit = code;
    if (!back) history.pushState(null, '', `/admin/organisation${code ? `/${encodeURIComponent(code)}` : ''}${location.search}`);
    if (state.told && code && code !== '-' && !state.told.units.some(unit => unit.code === code)) await refresh();
    tree();
    await load();
  }

  async function refresh() {
    try {
      state.told = await read('/units');
      const of = state.told.layout, sums = state.told.units.filter(unit => unit.depth === 0).map(unit => unit.below);
      const all = name => sums.reduce((sum, one) => sum + one[name], 0);
      slots.count.textContent = t('organisation.count', { units: number(state.told.units.length), people: number(all('people')), field: number(all('in_field')) });
      fill(slots.layout, h('b', {}, t('organisation.layout', Object.fromEntries(Object.entries(of).map(([name, n]) => [name, digit(n)])))), h('span', {}, state.told.levels.map(labelOf).join(' › ')));
      tree();
    } catch (problem) {
      if (!state.told) fill(slots.tree, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: refresh }, t('organisation.again'))));
    }
  }

  await refresh();
  if (!state.unit && state.told?.units.length) state.unit = state.told.units[0].code;
  tree();
  await load();
  root.dataset.filled = 'true';
  setInterval(refresh, EVERY_MS);
  window.yiping = Object.assign(window.yiping || {}, { organisation: { language: language(), word } });
}
