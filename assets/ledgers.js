// The ledgers: which tab is shown, its list and one row of it. Each tab's own words and acts stand in its module; what is right decides the API.

import { begin, h, t, fill, icon, toast } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { call, read, explain } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { drawActs } from './ledger-acts.js';
import { drawTable, empty, wait } from './ledger-table.js';
import { themeMap } from './ledger-map.js';
import { orders } from './ledger-orders.js';
import { hazards } from './ledger-hazards.js';
import { hotline } from './ledger-hotline.js';
import { enterprises } from './ledger-enterprises.js';
import { dutyLog } from './ledger-log.js';
import { morning } from './ledger-morning.js';
import { works } from './works-ledger.js';

const EVERY_MS = 30_000;
const LEDGERS = { orders, hotline, hazards, enterprises, works, 'duty-log': dutyLog, 'morning-report': morning };

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['ledgers', 'hotline', 'quality', 'works'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const tabs = [...root.querySelectorAll('[data-tab]')];
  const head = mountHead(root, config), names = {};
  follow(config, head, () => {}, 'duty');
  Object.assign(names, await streetNames().catch(() => ({})));
  const state = { tab: config.tab, chosen: config.chosen, rows: [], filters: {}, turn: 0 };
  const app = { config, slots, head, names, street: code => names[String(code).slice(0, 9)] || String(code), open, refresh, ask: () => state.filters };
  const ledger = () => LEDGERS[state.tab];

  for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab));
  addEventListener('keydown', event => { if (event.key === 'Escape' && !document.querySelector('dialog[open]') && state.chosen) open(''); });

  async function show(name, chosen = '') {
    Object.assign(state, { tab: name, chosen, rows: [], filters: { ...ledgerOf(name).filters } });
    for (const tab of tabs) tab.setAttribute('aria-selected', String(tab.dataset.tab === name));
    root.querySelector('.l-columns').dataset.tab = name;
    tools();
    fill(slots.filters, ledger().drawFilters?.(state.filters, () => load(), app));
    fill(slots.note);
    fill(slots.list, wait());
    await load();
    if (chosen) await open(chosen, true);
  }
  const ledgerOf = name => LEDGERS[name];

  function tools() {
    const one = ledger(), files = ['csv', 'xlsx'].map(form => h('a', { class: 'l-file', 'data-do': form, href: '#', onclick: event => { event.preventDefault(); location.assign(`/api/v1/ledgers/${state.tab}.${form}?${query({ ...state.filters, lang: config.language })}`); } }, icon('file-down'), form === 'csv' ? 'CSV' : 'Excel'));
    fill(slots.tools, files, config.begins.includes(state.tab) && one.bring && h('button', { type: 'button', class: 'quiet', 'data-do': 'bring', onclick: bring }, icon('upload'), t('ledgers.file.open')), config.begins.includes(state.tab) && one.begin && h('button', { type: 'button', class: 'primary', 'data-do': 'new', onclick: () => start() }, icon(one.symbol || 'plus'), t(`ledgers.new.${state.tab}`)));
  }

  async function start() {
    try {
      const made = await ledger().begin(app);
      if (!made) return;
      toast('ok', t(`ledgers.made.${state.tab}`));
      await load();
      open(String(made.id ?? made.code));
    } catch (problem) { toast('error', explain(problem)); }
  }

  async function bring() {
    if (await ledger().bring(app)) refresh();
  }

  async function load() {
    const turn = ++state.turn, one = ledger();
    try {
      const rows = await one.list({ ...state.filters }, app, query);
      if (turn !== state.turn) return;
      state.rows = rows;
      draw();
      if (!state.chosen) one.drawNothing ? one.drawNothing(app, rows) : nothing();
    } catch (problem) { if (turn === state.turn) fill(slots.list, empty('circle-alert', explain(problem))); }
    root.dataset.filled = state.tab;
  }

  function draw() {
    const one = ledger(), top = slots.list.scrollTop;
    if (one.drawList) one.drawList(app, state.rows, state.chosen);
    else if (!state.rows.length) fill(slots.list, none(one));
    else fill(slots.list, drawTable(one.columns(app), state.rows, { key: one.key, chosen: state.chosen, open: id => open(id) }));
    slots.list.scrollTop = top;
    mark();
  }

  /** Nothing in the list: what the ledger is for and how it begins, or that the filters leave nothing. */
  function none(one) {
    if (query(state.filters) !== query(one.filters)) return empty(one.symbol || 'inbox', t(`ledgers.none.${state.tab}`));
    const button = (name, symbol, words, run, look) => h('button', { type: 'button', class: look, 'data-do': name, onclick: run }, icon(symbol), words), may = config.begins.includes(state.tab);
    return empty(one.symbol || 'inbox', h('b', {}, t(`ledgers.first.${state.tab}`)), h('p', {}, t(`ledgers.about.${state.tab}`)), h('div', { class: 'l-first' },
      may && one.begin && button('new', 'plus', t(`ledgers.new.${state.tab}`), start, 'primary'), may && one.bring && button('bring', 'upload', t('ledgers.file.open'), bring)));
  }

  /** What the page's shape hangs on: whether a row is chosen, and whether there is any. */
  function mark() {
    const columns = root.querySelector('.l-columns');
    columns.toggleAttribute('data-chosen', Boolean(state.chosen));
    columns.toggleAttribute('data-empty', !state.rows.length && !state.chosen && !ledger().drawList);
  }

  function nothing() {
    fill(slots.heading);
    fill(slots.acts);
    fill(slots.detail, empty('list-checks', t('ledgers.choose')));
  }

  async function open(id, silent = false) {
    state.chosen = id;
    history.replaceState(null, '', `/ledgers/${state.tab}${id ? `/${encodeURIComponent(id)}` : ''}${location.search}`);
    if (!silent) draw();
    mark();
    if (!id) state.told = '';
    if (!id) return ledger().drawNothing ? ledger().drawNothing(app, state.rows) : nothing();
    try {
      const one = ledger(), { data, etag } = await call('GET', `${one.path}/${encodeURIComponent(id)}`);
      if (state.chosen !== id) return null;
      const told = JSON.stringify([state.tab, data]);
      if (silent && told === state.told && slots.detail.firstChild) return null; // what is the same stays: its map, what is open in it
      state.told = told;
      one.draw(app, data);
      const path = `${one.path}/${encodeURIComponent(id)}`;
      drawActs(slots.acts, data, { path, etag, ledger: one, app, needs: config.needs_note[state.tab] || [], done: refresh });
    } catch (problem) { fill(slots.heading); fill(slots.acts); fill(slots.detail, empty('circle-alert', explain(problem))); }
    slots.heading.prepend(h('button', { type: 'button', class: 'quiet l-back', 'data-do': 'back', 'aria-label': t('ledgers.back'), onclick: () => open('') }, icon('arrow-left')));
    return null;
  }

  async function refresh() {
    await load();
    if (state.chosen) await open(state.chosen, true);
  }

  async function counts() {
    for (const name of config.tabs) {
      const place = slots[`count-${name}`], asked = LEDGERS[name].waiting;
      if (!asked) continue;
      const rows = await read(asked).then(data => Object.values(data).find(Array.isArray)).catch(() => null);
      place.textContent = !rows ? '—' : rows.length ? `${rows.length}${rows.length >= 100 ? '+' : ''}` : '';
    }
  }

  root.addEventListener('theme', () => themeMap(head.dark()));
  await show(state.tab, state.chosen);
  counts();
  // A dialog is somebody at work: nothing moves behind it.
  setInterval(() => { if (!document.querySelector('dialog[open]') && !slots.list.contains(document.activeElement?.closest?.('textarea, input'))) { refresh(); counts(); } }, EVERY_MS);
}

export const query = fields => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)).toString();
