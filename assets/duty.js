// The duty desk: joins the live picture, the queue, the evidence and the acts. Reads the clock for ages only.

import { begin, h, t, fill, icon, toast, openDialog, now } from './duty-dom.js';
import { explain, call, pathOf } from './duty-call.js';
import { workItems, unplaced } from './duty-queue.js';
import { makeList } from './duty-list.js';
import { makeDetail } from './duty-detail.js';
import { drawActs, acknowledgeAll, mergeAlike } from './duty-acts.js';
import { stageWord } from './duty-report.js';
import { makePlaceMap, streetNames } from './duty-place.js';
import { openTray, askPlace } from './duty-tray.js';
import { follow, mountHead } from './duty-head.js';

const KEYS = [['J ↓', 'next'], ['K ↑', 'previous'], ['N', 'waiting'], ['Space', 'select'], ['/', 'search'], ['Enter', 'merge'], ['?', 'help']];
const wide = matchMedia('(min-width: 1001px)'); // below it the queue stands above the evidence (duty.css), and people tap

const slotsOf = (root, name) => Object.fromEntries([...root.querySelectorAll(`[data-${name}]`)].map(node => [node.dataset[name], node]));

const ofClasses = (classes, field, name) => ({ [name]: Object.fromEntries(Object.entries(classes).map(([code, one]) => [code, one[field]])) });

export async function mount(root, config) {
  await begin(config);
  const slots = slotsOf(root, 'slot'), parts = slotsOf(root, 'part');
  const law = { awaits: new Set(config.awaits), rules: config.rules, ...ofClasses(config.classes, 'domain', 'domains'), ...ofClasses(config.classes, 'severity', 'severities') };
  const names = {}, opened = new Set();
  const streetName = code => names[code] || '';
  let picture = { alerts: [], cases: [], incidents: [], reports: [] }, items = [], current = null, drawn = null, bar = null, mapMade = null, known = false;

  const head = mountHead(root, config);
  // A line that breaks while the map is fetched leaves the place in figures, and the next row asks for the map again.
  const map = () => (mapMade ||= makePlaceMap(slots.map, head.dark()).catch(() => { mapMade = null; return null; }));
  const list = makeList(slots, config, streetName, open, async chosen => { if (await acknowledgeAll(chosen)) list.unselect(); });
  const detail = makeDetail(slots, parts, config, { streetName, map, open, picture: () => picture, merge });

  /** While nothing is chosen: the first row by itself where there is room for it, else a word on how to choose. */
  function rest() {
    if (current) return;
    const first = known && wide.matches ? list.first() : null;
    if (first) { open(first); return; }
    const state = !known ? 'loading' : !items.length ? 'none' : wide.matches ? 'pick' : 'pick_above';
    slots.card.hidden = true;
    slots.nothing.hidden = false;
    if (slots.nothing.dataset.state === state) return;
    slots.nothing.dataset.state = state;
    fill(slots.nothing, icon(state === 'none' ? 'circle-check' : 'list-checks'), h('b', {}, t(known ? `duty.${state}` : 'desk.loading')),
      state === 'none' && wide.matches && h('span', {}, t('duty.none_open')), known && wide.matches && h('dl', { class: 'nothing-keys' }, keyList()));
  }

  /** A row of several silences opens and closes; what it holds are rows like any other. */
  function unfold(item) {
    if (!opened.delete(item.key)) opened.add(item.key);
    items = workItems(picture, now(), law, opened);
    list.update(items);
  }

  async function open(item, keepNotice = false) {
    if (item.folded) return unfold(item);
    current = item;
    delete slots.nothing.dataset.state;
    if (drawn !== item.key) { // until this row is there, no key acts on the one before: neither its acts nor its likenesses
      bar = null;
      parts.alike.hidden = true;
      fill(slots.acts);
      fill(slots.alike);
    }
    list.mark(item.key);
    slots.nothing.hidden = true;
    slots.card.hidden = false;
    slots.card.classList.add('loading');
    if (!keepNotice) fill(slots.notice);
    try {
      const found = await detail.show(item);
      if (!found) return;
      drawn = item.key;
      if (slots.notice.dataset.away) { delete slots.notice.dataset.away; fill(slots.notice); }
      current = { ...item, version: found.noun.version };
      list.became(item.key, found.noun.stage === 'merged' ? t('duty.became_row', { id: found.noun.incident_id }) : stageWord(found.noun));
      bar = drawActs(slots.acts, item.kind, found.noun, { config, etag: found.etag, seen: found.report, incidents: () => picture.incidents, place: noun => askPlace(noun, config, head.dark()), done: (failed, again) => after(item, failed, again) });
    } catch (problem) {
      if (current?.key !== item.key) return;
      if (drawn === item.key && (problem.offline || problem.status >= 500)) return away(item, problem);
      drawn = null;
      slots.card.hidden = true;
      slots.nothing.hidden = false;
      fill(slots.nothing, icon('circle-alert'), h('b', {}, explain(problem)), h('button', { type: 'button', class: 'primary', onclick: () => open(item) }, t('desk.again')));
    } finally {
      slots.card.classList.remove('loading');
    }
  }

  /** The server is away: what is known of the row stays, with a word that it may be old, and is asked for again. */
  function away(item, problem) {
    slots.notice.dataset.away = 'yes';
    fill(slots.notice, h('p', { class: 'conflict', role: 'alert' }, icon('cloud-off'), explain(problem)));
    setTimeout(() => { if (current?.key === item.key && slots.notice.dataset.away) open(item, true); }, 3000);
  }

  /** One of two complaints, as the officer wants it; `etag` is the version of `report` that is shown. */
  async function merge(item, report, like, plan, etag) {
    const go = async () => {
      try {
        if (!(await mergeAlike(report, like, plan, { config, etag }))) return;
      } catch (problem) { return after(item, problem, go); }
      await after(item, null, go);
    };
    await go();
  }

  /** After an act: the row again as it now is; a conflict names who was faster, any other failure offers to try again. */
  async function after(item, failed, again) {
    if (failed?.conflict) {
      const fresh = await call('GET', pathOf(item.kind, item.id)).then(answer => answer.data).catch(() => null);
      fill(slots.notice, h('p', { class: 'conflict', role: 'alert' }, icon('git-merge'), explain(failed, fresh)));
    } else if (failed) {
      toast('error', explain(failed), { label: t('desk.again'), go: again });
    }
    if (current?.key === item.key) await open(item, Boolean(failed?.conflict));
  }

  function live(state) {
    picture = Object.fromEntries(['alerts', 'cases', 'incidents', 'reports'].map(list => [list, [...state[list].values()]]));
    items = workItems(picture, now(), law, opened);
    list.update(items);
    known = true;
    rest();
    slots['unplaced-count'].textContent = unplaced(picture).length;
    const row = current && items.find(item => item.key === current.key)?.row;
    if (row && current.version !== undefined && row.version > current.version) { current.version = row.version; open({ ...current }, true); }
  }

  const keyList = () => KEYS.map(([key, name]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(`duty.key.${name}`))]);
  const keys = () => openDialog(t('duty.keys'), h('dl', { class: 'keys' }, keyList(),
    keyed().map(node => [h('dt', {}, h('kbd', {}, node.dataset.key.toUpperCase())), h('dd', {}, node.dataset.say || node.querySelector('span').textContent)])), 'keys');
  const keyed = () => [slots.acts, slots.alike].flatMap(place => [...place.querySelectorAll('[data-key]')]);
  /** The key of an act, or of a likeness. */
  function press(key) {
    if (slots.card.hidden || bar?.press(key)) return !slots.card.hidden;
    const node = !parts.alike.hidden && slots.alike.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (node) node.click();
    return Boolean(node);
  }

  const MOVES = {
    j: () => list.step(1), ArrowDown: () => list.step(1), k: () => list.step(-1), ArrowUp: () => list.step(-1), '/': () => list.search().focus(), '?': keys,
    n: () => { const next = current ? list.next(current.key) : list.first(); if (next) open(next); }, ' ': () => list.toggle(), Enter: () => slots.fresh.querySelector('button')?.click(),
  };
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { if (event.key === 'Escape') event.target.blur(); return; }
    if (event.target.tagName === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return;
    const move = MOVES[event.key];
    if (move) { event.preventDefault(); move(); } else if (press(event.key.toLowerCase())) event.preventDefault();
  });
  root.querySelector('[data-do=keys]').addEventListener('click', keys);
  root.querySelector('[data-do=unplaced]').addEventListener('click', () => openTray(unplaced(picture), open, head.dark()));
  root.addEventListener('theme', async () => (await mapMade)?.theme(head.dark()));
  wide.addEventListener('change', rest);

  rest();
  streetNames().then(found => { Object.assign(names, found); list.update(items); });
  follow(config, head, live);
  setInterval(() => { list.tick(); detail.tick(); }, 1000);
  setInterval(() => { items = workItems(picture, now(), law, opened); list.update(items); }, 15000);
}
