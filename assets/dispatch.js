// The dispatch desk: joins the live cases, the queue, the case on the desk, the intake form, the map and the units.

import { begin, h, t, fill, icon, openDialog, now, toast } from './duty-dom.js';
import { call, explain, pathOf, read } from './duty-call.js';
import { follow, mountHead } from './duty-head.js';
import { streetNames } from './duty-place.js';
import { sums } from './state.js';
import { loadText } from './text.js';
import { lightOf } from './dispatch-tabs.js';
import { makeList } from './dispatch-list.js';
import { makeDetail } from './dispatch-detail.js';
import { dispatchAll, makeActs } from './dispatch-acts.js';
import { makeUnits } from './dispatch-units.js';
import { makeIntake } from './dispatch-intake.js';
import { makeMap } from './dispatch-map.js';

const KEYS = [['J ↓', 'next'], ['K ↑', 'previous'], ['C', 'give'], ['V', 'other'], ['N', 'new'], ['Y X', 'decide'], ['1…8', 'tab'], ['Z', 'zoom'], ['/', 'search'], ['Space', 'select'], ['*', 'all'], ['⇧C', 'bulk'], ['?', 'help']];
const REREAD_MS = 1_500;
const ON_MAP = 1_000; // the most urgent: more dots hide each other
const REQUESTS_MS = 15_000;
const slotsOf = (root, name) => Object.fromEntries([...root.querySelectorAll(`[data-${name}]`)].map(node => [node.dataset[name], node]));

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['dispatch', 'incident', 'cases'].map(name => loadText(config.language, name)));
  const slots = slotsOf(root, 'slot'), parts = slotsOf(root, 'part'), names = {};
  let rows = [], asked = new Set(), newest = null, current = null, etag = null, stamp = '', known = false, map = null, rereadAt = 0, reread = 0, total = null, wanted = config.case || '';
  const streetName = code => names[code] || '';

  const head = mountHead(root, config);
  const units = makeUnits(slots, { choose: id => { const same = Number(list.filter.unit) === id; list.set('unit', same ? '' : String(id)); }, give: unit => acts.other(unit.unit_id), changed: () => list?.draw() });
  const list = makeList(slots, config, { open, streetName, unitName: id => units.name(id), units: () => units.under(), changed: listChanged, bulk: async chosen => { if (await dispatchAll(chosen)) { list.clear(); units.load(); } } });
  const detail = makeDetail(slots, parts, config, { streetName, unitName: id => units.name(id), open, dispatch: unit => (unit === null ? acts.other() : acts.give()), decide: (name, request) => acts.decide(name, request) });
  const acts = makeActs(slots, config, { units: () => units.tree(), noun: () => detail.noun(), etag: () => etag, done: after, areas: () => names });
  const intake = makeIntake(slots, config, { map: () => map, streetName, open: number => { intake.hide(); open(number); }, opened: number => { loadRequests(); units.load(); if (number) { current = null; open(number); } else rest(); }, closed: () => { if (current) show(current); else rest(); } });

  streetNames().then(found => { Object.assign(names, found); list.draw(); });
  makeMap(slots, head.dark(), open).then(made => { map = made; drawMap(); if (detail.noun()) map?.show(detail.noun()); }).catch(() => fill(slots.map, h('p', { class: 'map-off' }, icon('map'), t('duty.map_off'))));
  root.addEventListener('theme', () => map?.theme(head.dark()));

  function listChanged() {
    units.mark(list.filter.unit);
    drawMap();
    rest();
  }

  function drawMap() {
    const at = now();
    map?.cases(list.shown().slice(0, ON_MAP).map(row => ({ ...row, late: lightOf(row, at) === 'red' })), list.total());
  }

  /** While nothing is chosen: the first thing to do, where there is one. */
  function rest() {
    if (current || intake.shown()) return;
    const first = known && list.first();
    if (first) { open(first.number); return; }
    slots.card.hidden = true;
    slots.nothing.hidden = false;
    const state = !known || list.waits() ? 'loading' : rows.length ? 'none_here' : 'none';
    if (slots.nothing.dataset.state === state) return;
    slots.nothing.dataset.state = state;
    const told = state !== 'loading';
    fill(slots.nothing, icon(told ? 'circle-check' : 'list-checks'), h('b', {}, t(told ? `dispatch.${state}` : 'desk.loading')), told && h('span', {}, t(config.may_take ? 'dispatch.none_how' : 'dispatch.none_read')), told && h('dl', { class: 'nothing-keys' }, keyList()));
  }

  async function open(number, quiet = false) {
    current = number;
    list.mark(number);
    if (intake.shown() && !quiet) intake.hide();
    if (!intake.shown()) { slots.nothing.hidden = true; slots.card.hidden = false; }
    if (!quiet) fill(slots.notice);
    slots.card.classList.toggle('loading', detail.noun()?.number !== number);
    stamp = stampOf(number);
    try {
      const answer = await call('GET', pathOf('case', number));
      if (current !== number) return;
      etag = answer.etag;
      detail.draw(answer.data);
      acts.draw();
      units.offer((answer.data.acts || []).includes('dispatch'));
      if (!intake.shown()) map?.show(answer.data);
      if (slots.notice.dataset.away) { delete slots.notice.dataset.away; fill(slots.notice); }
    } catch (problem) {
      if (current !== number) return;
      slots.notice.dataset.away = 'yes';
      fill(slots.notice, h('p', { class: 'conflict', role: 'alert' }, icon('circle-alert'), explain(problem), h('button', { type: 'button', onclick: () => open(number) }, t('desk.again'))));
      if (problem.status === 404) { current = null; slots.card.hidden = true; rest(); }
    } finally {
      slots.card.classList.remove('loading');
    }
  }
  const show = number => open(number);

  /** After an act: the case as it now is; one that has left the tab makes room for the next. */
  async function after(one, name, failed, again) {
    if (failed?.conflict) {
      const fresh = await call('GET', pathOf('case', one.number)).then(answer => answer.data).catch(() => null);
      await open(one.number, true);
      fill(slots.notice, h('p', { class: 'conflict', role: 'alert' }, icon('git-merge'), explain(failed, fresh)));
      return;
    }
    if (failed) { toast('error', explain(failed), { label: t('desk.again'), go: again }); return; }
    units.load();
    loadRequests();
    const next = name === 'dispatch' && one.stage === 'registered' ? list.after(one.number) : null;
    await open(next ? next.number : one.number);
  }

  /** Which cases have a request for more time or a suspension to decide. */
  async function loadRequests() {
    try { asked = new Set((await read('/cases/adjustments')).adjustments.map(one => one.number)); } catch { return; }
    list.update(rows, asked, total);
  }

  function live(state) {
    newest = state;
    rows = [...state.cases.values()];
    total = sums(state).cases_open;
    list.update(rows, asked, total);
    drawMap();
    if (!known) { known = true; if (wanted) { open(wanted); wanted = ''; } }
    rest();
    moved();
  }

  function stampOf(number) { const row = newest?.cases.get(number); return row ? `${row.version}` : 'gone'; }
  /** The case on the desk moved: it is read again, though not more often than somebody can read. */
  function moved() {
    if (!current || stampOf(current) === stamp) return;
    const wait = rereadAt + REREAD_MS - performance.now();
    if (wait > 0) { reread ||= setTimeout(() => { reread = 0; moved(); }, wait); return; }
    rereadAt = performance.now();
    open(current, true);
  }

  const keyList = () => KEYS.map(([key, name]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(`dispatch.key.${name}`))]);
  const keys = () => openDialog(t('dispatch.keys'), h('dl', { class: 'keys' }, keyList(), acts.list().map(node => [h('dt', {}, h('kbd', {}, node.dataset.key.toUpperCase())), h('dd', {}, node.querySelector('span').textContent)])), 'keys');
  const press = selector => { const node = [...slots.card.querySelectorAll(selector)].find(one => !one.disabled); if (node && !slots.card.hidden) node.click(); return Boolean(node); };
  const take = () => { if (config.may_take) { slots.nothing.hidden = true; delete slots.nothing.dataset.state; intake.show(); } };
  const MOVES = {
    j: () => list.step(1), ArrowDown: () => list.step(1), k: () => list.step(-1), ArrowUp: () => list.step(-1), '/': () => list.search.focus(), '?': keys, n: take, ' ': () => list.toggle(), '*': () => list.all(), z: () => map?.zoom(), C: () => list.bulk(),
    c: () => press('[data-part=proposal] [data-act=dispatch]') || acts.press('c'), v: () => press('[data-do=other]'), y: () => press('[data-act=agree]') || acts.press('y'), x: () => press('[data-act=refuse]') || acts.press('x'), Escape: () => intake.shown() && intake.leave(),
  };
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { if (event.key === 'Escape') { event.preventDefault(); event.target.blur(); } return; }
    if (event.target.closest?.('button, a, summary') && (event.key === 'Enter' || event.key === ' ')) return;
    const tab = /^[1-8]$/.test(event.key) && slots.tabs.children[Number(event.key) - 1];
    const move = tab ? () => tab.click() : MOVES[event.key];
    if (move) { event.preventDefault(); move(); return; }
    if (!slots.card.hidden && !intake.shown() && acts.press(event.key)) event.preventDefault();
  });
  root.querySelector('[data-do=new]')?.addEventListener('click', take);
  root.querySelector('[data-do=keys]').addEventListener('click', keys);

  list.search.addEventListener('keydown', async event => { // a number or words that no open case here has: the server knows them all
    if (event.key !== 'Enter') return;
    const first = list.first(), words = list.search.value.trim();
    if (first || !words) { if (first) open(first.number); return; }
    try {
      const [found] = (await read(`/cases?${new URLSearchParams({ q: words, limit: 1 })}`)).cases;
      if (found) open(found.number); else toast('info', t('dispatch.nowhere', { words }));
    } catch (problem) { toast('error', explain(problem)); }
  });
  rest();
  loadRequests();
  setInterval(loadRequests, REQUESTS_MS);
  const stream = follow(config, head, live);
  stream.on('delta', (state, changes) => list.take(changes.cases));
  stream.on('snapshot', () => list.anew());
}
