// The duty desk: joins the live picture, the queue, the evidence and the acts. Reads the clock for ages only.

import { begin, h, t, word, clock, fill, icon, labelOf, toast, openDialog, now } from './duty-dom.js';
import { explain, call, pathOf, read } from './duty-call.js';
import { stormItems, unseenBy, workItems, unplaced } from './duty-queue.js';
import { makeList } from './duty-list.js';
import { makeDetail } from './duty-detail.js';
import { drawActs, acknowledgeAll, mergeAlike } from './duty-acts.js';
import { askNote } from './duty-fields.js';
import { stageWord } from './duty-report.js';
import { makePlaceMap, streetNames } from './duty-place.js';
import { openTray, askPlace } from './duty-tray.js';
import { follow, mountHead } from './duty-head.js';
import { makeShift } from './duty-shift.js';
import { castButton } from './screen-cast.js';
import { makeSound } from './duty-sound.js';
import { makeSilences } from './duty-silence.js';
import { makeStorm } from './duty-storm.js';
import { makeNotices } from './duty-notices.js';
import { loadText } from './text.js';

const KEYS = [['J ↓', 'next'], ['K ↑', 'previous'], ['N', 'waiting'], ['→ ←', 'unfold'], ['Space', 'select'], ['*', 'all'], ['⇧A', 'bulk'], ['⇧1…9', 'view'], ['/', 'search'], ['Enter', 'merge'], ['⇧P', 'cast'], ['H', 'shift'], ['I', 'notices'], [';', 'sound'], ['?', 'help']];
const APPROVALS_MS = 10_000;
const STORM_MS = 1_000; // in a storm the queue is worked out no more often
const SHARE = 20; // of any span, at most a twentieth goes into working out the queue: keys come first
const HELD_MS = 3_000; // a key pressed while an act is on its way waits so long for the row to be back
const REREAD_MS = 2_000; // what moves all the time is read no more often
const LIST_OF = { alert: 'alerts', report: 'reports', incident: 'incidents', case: 'cases' };
const wide = matchMedia('(min-width: 1001px)'); // below it the queue stands above the evidence (duty.css), and people tap

const slotsOf = (root, name) => Object.fromEntries([...root.querySelectorAll(`[data-${name}]`)].map(node => [node.dataset[name], node]));

const ofClasses = (classes, field, name) => ({ [name]: Object.fromEntries(Object.entries(classes).map(([code, one]) => [code, one[field]])) });

/** Of the picture what lies in one street and is of one class; incidents with all that they are made of. */
function within(picture, { street, class_code }) {
  const mine = row => (row.street || '') === street && (row.class_code || '') === class_code, incidents = picture.incidents.filter(mine), ids = new Set(incidents.map(row => row.id));
  const of = rows => rows.filter(row => mine(row) || ids.has(row.incident_id));
  return { alerts: of(picture.alerts), reports: of(picture.reports), cases: picture.cases.filter(mine), incidents };
}

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['incident', 'quality', 'notify', 'works'].map(name => loadText(config.language, name)));
  const slots = slotsOf(root, 'slot'), parts = slotsOf(root, 'part');
  const law = { awaits: new Set(config.awaits), rules: config.rules, ...ofClasses(config.classes, 'domain', 'domains'), ...ofClasses(config.classes, 'severity', 'severities') };
  const names = {}, opened = new Set();
  const streetName = code => names[code] || '';
  let picture = { alerts: [], cases: [], incidents: [], reports: [] }, approvals = [], items = [], current = null, drawn = null, bar = null, mapMade = null, known = false, drawnAt = -Infinity, cost = 0, later = 0, newest = null, whole = [], rereadAt = -Infinity, reread = 0, rowsAre = 'rows', held = null;

  const head = mountHead(root, config);
  // A line that breaks while the map is fetched leaves the place in figures, and the next row asks for the map again.
  const map = () => (mapMade ||= makePlaceMap(slots.map, head.dark()).catch(() => { mapMade = null; return null; }));
  const list = makeList(slots, config, streetName, open, async chosen => { if (await acknowledgeAll(chosen)) list.unselect(); }, unfold);
  const people = async noun => (await read(`/people${noun?.area ? `?area=${noun.area}` : ''}`)).people;
  const shift = makeShift(slots, config, people);
  const cast = castButton(slots.cast, config, () => incidentOf(current?.row));
  const storm = makeStorm(slots, redraw);
  const silences = makeSilences(slots.silences, { config, streetName, askNote });
  const sound = makeSound({ onState: showSound });
  const bell = makeNotices(slots.notices, { go, changed: () => hear() });
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

  /** A row of several silences or of an incident opens and closes; what it holds are rows like any other. */
  function unfold(item) {
    if (!opened.delete(item.key)) opened.add(item.key);
    redraw();
  }

  /** What is to be done, as rows; in a storm as groups of an area and class, unless the officer went into one. */
  function redraw() {
    const groups = storm.groups(), inside = storm.inside(), told = groups ? 'groups' : inside ? `${inside.street}:${inside.class_code}` : 'rows';
    items = groups ? stormItems({ ...picture, approvals }, groups, now(), law, code => streetName(code) || code || t('duty.no_street'), className) : workItems({ ...(inside ? within(picture, inside) : picture), approvals }, now(), law, opened);
    list.update(items, unseenBy((inside ? within(picture, inside) : picture).alerts), stands, told !== rowsAre);
    rowsAre = told;
  }
  /** The incident a row is, or is part of: what goes to a wall. */
  const incidentOf = row => picture.incidents.find(one => one.id === (current?.kind === 'incident' ? row?.id : row?.incident_id)) || null;
  /** Whether a row is still open, whatever the queue shows. */
  const stands = item => Boolean(newest?.[LIST_OF[item.kind]]?.has(item.id));
  const className = code => (config.classes[code] ? labelOf(config.classes[code]) : t('duty.no_class'));

  async function open(item, keepNotice = false) {
    if (item.kind === 'group') return storm.enter(item);
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
    if (!wide.matches && drawn !== item.key) slots.card.scrollIntoView({ block: 'start', behavior: 'smooth' });
    slots.card.classList.toggle('loading', drawn !== item.key);
    if (!keepNotice) fill(slots.notice);
    const stamp = stampOf(item); // as the picture told it before it was read: what moves meanwhile is read again
    try {
      const found = await detail.show(item);
      if (!found) return;
      drawn = item.key;
      if (slots.notice.dataset.away) { delete slots.notice.dataset.away; fill(slots.notice); }
      current = { ...item, version: item.kind === 'approval' ? undefined : found.noun.version, stamp };
      list.became(item.key, found.noun.stage === 'merged' ? t('duty.became_row', { id: found.noun.incident_id }) : stageWord(found.noun));
      const two = item.kind === 'approval', pending = two && approvals.find(one => one.id === item.row.id), asked = two ? pending || { ...item.row, acts: [] } : found.noun; // one that is decided is decided
      if (pending) fill(slots.notice, h('p', { class: 'asked' }, icon('user-check'), h('span', {}, t('duty.approval.asks', { by: item.row.asked_by, act: word('desk.act', item.row.act), at: clock(item.row.asked_at, true) })), item.row.extra?.verdict && h('b', {}, t(`duty.verdict.${item.row.extra.verdict}`)), item.row.note && h('q', {}, item.row.note)));
      bar = drawActs(slots.acts, item.kind, asked, { config, etag: two ? null : found.etag, seen: two ? null : found.report, incidents: () => picture.incidents, people, streetName, place: noun => askPlace(noun, config, head.dark()), done: (failed, again) => after(item, failed, again) });
      const next = held;
      held = null;
      if (next?.of === item.key && performance.now() < next.until) bar.press(next.key);
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
    if (failed) held = null;
    if (failed?.conflict) {
      const fresh = await call('GET', pathOf(item.kind, item.id)).then(answer => answer.data).catch(() => null);
      fill(slots.notice, h('p', { class: 'conflict', role: 'alert' }, icon('git-merge'), explain(failed, fresh)));
    } else if (failed) {
      toast('error', explain(failed), { label: t('desk.again'), go: again });
    }
    shift.load();
    silences.load();
    if (item.kind === 'approval' || approvals.length) await loadApprovals();
    if (current?.key === item.key) await open(item, Boolean(failed?.conflict));
  }

  async function loadApprovals() {
    try { approvals = (await read('/approvals?stage=pending&limit=100')).approvals; } catch { return; /* they stay as they were; the head says that the line is lost */ }
    redraw();
  }

  function live(state) {
    newest = state;
    storm.take(state);
    const wait = drawnAt + Math.max(storm.is() ? STORM_MS : 0, cost * SHARE) - performance.now();
    if (wait > 0) { later ||= setTimeout(() => { later = 0; live(newest); }, wait); return; }
    const began = performance.now();
    picture = Object.fromEntries(Object.values(LIST_OF).map(list => [list, [...state[list].values()]]));
    redraw();
    known = true;
    whole = storm.groups() || storm.inside() ? workItems({ ...picture, approvals }, now(), law) : items; // heard is all of the picture, whatever is shown
    hear();
    rest();
    slots['unplaced-count'].textContent = unplaced(picture).length;
    moved();
    drawnAt = performance.now();
    cost = drawnAt - began;
  }

  /** Calls for what is new in the whole picture and for grave notices; before the first picture nothing is new. */
  function hear() { if (known) sound.hear([...whole, ...bell.calls()], performance.now() / 1000); }

  /** What a notice is about. */
  function go(thing) {
    if (thing.kind === 'shift') return shift.open();
    if (thing.kind !== 'group') return open({ ...thing, key: `${thing.kind}:${thing.id}`, title: '' });
    return storm.is() ? storm.enter({ row: thing }) : list.filter.use(thing);
  }

  function stampOf({ kind, id }) { const row = newest?.[LIST_OF[kind]]?.get(id); return row ? `${row.version} ${row.updated_at || ''} ${row.hold || ''} ${row.stage}` : 'ended'; }
  /** The row on the desk moved, was commented or ended: it is read again. */
  function moved() {
    if (current?.version === undefined) return;
    if (stampOf(current) === current.stamp) return;
    const wait = rereadAt + REREAD_MS - performance.now();
    if (wait > 0) { reread ||= setTimeout(() => { reread = 0; moved(); }, wait); return; }
    rereadAt = performance.now();
    open({ ...current }, true);
  }

  const keyList = () => KEYS.map(([key, name]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(`duty.key.${name}`))]);
  const keys = () => openDialog(t('duty.keys'), h('dl', { class: 'keys' }, keyList(),
    keyed().map(node => [h('dt', {}, h('kbd', {}, node.dataset.key.toUpperCase())), h('dd', {}, node.dataset.say || node.querySelector('span').textContent)])), 'keys');
  const keyed = () => [slots.acts, slots.alike].flatMap(place => [...place.querySelectorAll('[data-key]')]);
  /** The key of an act, or of a likeness. */
  function press(key) {
    if (slots.card.hidden || bar?.press(key)) return !slots.card.hidden;
    if (bar?.busy()) { held = { key, of: current.key, until: performance.now() + HELD_MS }; return true; } // the hand is quicker than the line
    const node = !parts.alike.hidden && slots.alike.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (node) node.click();
    return Boolean(node);
  }

  const MOVES = {
    j: () => list.step(1), ArrowDown: () => list.step(1), k: () => list.step(-1), ArrowUp: () => list.step(-1), '/': () => list.search().focus(), '?': keys,
    n: () => { const next = current ? list.next(current.key) : list.first(); if (next) open(next); }, ' ': () => list.toggle(), Enter: () => slots.fresh.querySelector('button')?.click(),
    '*': () => list.all(), A: () => list.bulk(), P: () => cast.open(), h: () => shift.open(), i: () => bell.open(), ';': () => sound.toggle(), Escape: () => storm.inside() && storm.enter(null),
    ArrowRight: () => fold(true), ArrowLeft: () => fold(false),
  };
  /** Opens or closes what the row on the desk is made of. */
  function fold(wanted) {
    const at = list.current(), item = at?.beneath ? items.find(one => one.key === at.beneath) : at;
    if (item && (item.kind === 'incident' || item.folded) && Boolean(item.opened) !== wanted) unfold(item);
  }
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { if (event.key === 'Escape') { event.preventDefault(); event.target.blur(); } return; } // a browser would empty the search and leave its filter
    if (event.target.closest?.('button, a, summary') && (event.key === ' ' || event.key === 'Enter')) return;
    const digit = event.shiftKey && /^Digit[1-9]$/.test(event.code) && event.key !== '*' ? Number(event.code.slice(5)) : 0;
    if (digit) { event.preventDefault(); list.filter.pick(digit - 1); return; }
    const move = MOVES[event.key];
    if (move) { event.preventDefault(); move(); } else if (press(event.key.toLowerCase())) event.preventDefault();
  });
  root.querySelector('[data-do=keys]').addEventListener('click', keys);
  root.querySelector('[data-do=unplaced]').addEventListener('click', () => openTray(unplaced(picture), open, head.dark()));
  root.addEventListener('theme', async () => (await mapMade)?.theme(head.dark()));
  wide.addEventListener('change', rest);

  function showSound(state) {
    fill(slots.sound, h('button', { type: 'button', class: 'head-button sound', 'data-do': 'sound', 'data-sound': state, 'aria-pressed': String(state === 'on'), title: t(`duty.sound.${state}_hint`), onclick: () => sound.toggle() }, icon(state === 'on' ? 'volume-2' : 'volume-x'), h('span', {}, t(`duty.sound.${state}`))));
  }

  rest();
  loadApprovals();
  setInterval(loadApprovals, APPROVALS_MS);
  streetNames().then(found => { Object.assign(names, found); redraw(); });
  bell.follow(follow(config, head, live));
  const asked = /^#(alert|report|incident|case):(.+)$/.exec(location.hash); // from another desk
  if (asked) go({ kind: asked[1], id: decodeURIComponent(asked[2]) });
  setInterval(() => { list.tick(); detail.tick(); }, 1000);
  setInterval(hear, 5000); // what nobody answered calls again; what is new calls as it comes
  setInterval(redraw, 15000);
}
