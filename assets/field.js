// The phone of whoever works outside: my tasks, one task, reporting something new, today's patrol, the phone itself. Works without a network:
// what is done waits in the phone and goes in order. Keeps the views together; what each shows stands in field-<view>.js.

import { begin, h, t, word, fill, icon, badge, span, now, countdown, toast } from './duty-dom.js';
import { call, newKey, read } from './duty-call.js';
import { loadText } from './text.js';
import { follow } from './duty-head.js';
import { isCase, makeOutgoing } from './field-outgoing.js';
import { askToKeep, distanceText, keepPage, placeWords, whereAmI } from './field-phone.js';
import { makeMemory, openBox, packed } from './field-store.js';
import { makeMe, wearLook } from './field-me.js';
import { makePatrol } from './field-patrol.js';
import { makeReport } from './field-report.js';
import { makeTask } from './field-task.js';
import { renewPush, tellRead } from './field-push.js';
import { clearShelves } from './field-shelves.js';

const VIEWS = ['tasks', 'report', 'patrol', 'me'];
const MINE = ['dispatched', 'handling', 'on_site'];
const TO_CHECK = ['pre_checking', 'checking'];
const AFTER = { take: 'handling', arrive: 'on_site', finish: 'finished', send_back: 'registered', check: 'checked', rework: 'dispatched', pass_pre_check: 'accepted', fail_pre_check: 'reported' };
const STIR_MS = 5000;
const AHEAD_OF_TIME = 10; // tasks whose details and first pictures are read before they are needed

/** A page out of the phone may be that of whoever had it before: in a session that has not shown it yet, the server says whose it is. */
async function isAnothers(config, memory) {
  const mark = (document.cookie.match(/yiping_csrf=([^;]{1,16})/) || [])[1] || '';
  if (mark && memory.kept('session') === mark) return false;
  for (;;) {
    const me = await call('GET', '/me', { stay: true, timeout: 8000 }).then(answer => answer.data, problem => problem);
    if (me.account_id === config.account) memory.keep('session', mark);
    if ('account_id' in me) return me.account_id !== config.account;
    if (!mark || me.status === 401) return false; // nobody else has signed in
    await new Promise(go => setTimeout(go, 2000)); // a session begins with a network: until it tells, nobody's tasks are shown
  }
}

export async function mount(root, config) {
  wearLook(root);
  const box = await openBox(config.account).catch(() => null); // private mode: nothing outlives the page, and it says so
  const memory = await makeMemory(box);
  if (await isAnothers(config, memory)) { await clearShelves(); location.reload(); return; }
  await begin(config);
  await loadText(config.language, 'field');
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const back = root.querySelector('[data-do=back]');
  const app = { config, root, slots, tasks: [], details: new Map(), ahead: new Map(), here: null, opened: null, view: 'tasks', live: null, open, close, go, draw, act, tell, refresh, locate, stageOf, isMine, tick, waitingState: {} };
  let known = null, drawn = '';
  const unread = new Map(); // cases whose acts the server has → a mark of the last answer: what was asked for before it may be older
  app.memory = memory;
  app.details = new Map(memory.kept('details', []));

  const outgoing = app.outgoing = makeOutgoing({
    box, show: waiting, settled, newKey, name: `yiping-outgoing-${config.account}`,
    send: message => call('POST', message.path, { body: message.blob || message.body, key: message.key, timeout: 60000, stay: true, extra: { 'X-Yiping-Account': String(config.account), 'X-Yiping-Phone-Time': new Date().toISOString() } }),
    look: number => read(`/cases/${encodeURIComponent(number)}`),
  });
  const views = { task: makeTask(app), report: makeReport(app), patrol: makePatrol(app), me: makeMe(app) };
  await outgoing.start();
  for (const [number, name] of outgoing.acts()) app.ahead.set(number, AFTER[name]);

  /** What the worker did but the server does not know yet is shown as done: the phone's own stage goes ahead of the server's. */
  function stageOf(row) { return app.ahead.get(row.number) || row.stage; }
  function isMine(row) { return (MINE.includes(row.stage) && (row.handler_id === config.account || (!row.handler_id && row.stage === 'dispatched'))) || isToCheck(row); }
  /** A check is that of the collector who was named, else anybody's of the area but those who handled it; whether one may, says the server. */
  function isToCheck(row) { return config.role === 'grid_worker' && TO_CHECK.includes(row.stage) && row.handled_by !== config.account && [null, config.account].includes(row.collector_id ?? null); }

  function take(rows) {
    const time = at => (at ? Date.parse(at) : Infinity);
    app.tasks = rows.filter(row => isMine(row) || app.ahead.has(row.number)).sort((a, b) => Number(stageOf(a) === 'finished') - Number(stageOf(b) === 'finished') || time(a.due_at) - time(b.due_at));
    memory.keep('tasks', app.tasks);
    if (known) for (const row of app.tasks) if (!known.has(row.number)) arrived(row);
    known = new Set(app.tasks.map(row => row.number));
    if (shape() !== drawn) draw(); // deltas come four times a second: a button made anew under a thumb loses the tap
    readAhead();
  }
  const shape = () => JSON.stringify([app.tasks, [...app.ahead], [...outgoing.aside().keys()], app.view, app.opened]);

  function arrived(row) {
    navigator.vibrate?.([200, 100, 200]);
    toast('info', t('field.new', { title: row.title }), { label: t('field.look'), go: () => open(row.number) });
  }

  /** The newest of what may soon be needed in a cellar; pictures go to the service worker's shelf. */
  async function readAhead() {
    for (const row of app.tasks.slice(0, AHEAD_OF_TIME)) {
      if (app.details.get(row.number)?.version === row.version || readAhead.busy) continue;
      readAhead.busy = true;
      await refresh(row.number);
      for (const one of (app.details.get(row.number)?.media || []).filter(each => !each.ended_at && each.kind?.startsWith('image/')).slice(0, 3)) await fetch(`/api/v1/media/${one.media_id}`).catch(() => null);
      readAhead.busy = false;
    }
  }

  function draw() {
    drawn = shape();
    const titles = { tasks: `${t('field.tasks')} ${app.tasks.length || ''}`, report: t('field.report'), patrol: t('field.patrol'), me: t('field.me') };
    slots.title.textContent = app.opened ? '' : titles[app.view];
    back.hidden = !app.opened;
    slots.one.hidden = !app.opened;
    for (const view of VIEWS) slots[view === 'tasks' ? 'list' : view].hidden = Boolean(app.opened) || app.view !== view;
    slots.nav.hidden = Boolean(app.opened);
    for (const button of slots.nav.querySelectorAll('[data-view]')) button.setAttribute('aria-current', String(button.dataset.view === app.view));
    if (app.opened) views.task.draw();
    else if (app.view === 'tasks') list();
    else views[app.view].draw();
    return tick();
  }

  function list() {
    const set = [...outgoing.aside()].filter(([number]) => !app.tasks.some(row => row.number === number)).map(([number, messages]) => asideCard(number, messages));
    fill(slots.tasks, set, app.tasks.length ? app.tasks.map(card) : !set.length && h('li', { class: 'field-empty' }, icon('circle-check'), h('b', {}, t('field.none')), h('span', {}, t('field.none_hint'))));
  }

  function card(row) {
    const stage = stageOf(row), refused = outgoing.aside().has(row.number), named = row.collector_id === config.account && TO_CHECK.includes(stage), todo = `field.todo.${stage}`;
    return h('li', { class: `task-card sev-edge-${row.severity || 5}`, 'data-id': row.number, 'data-stage': stage, onclick: () => open(row.number) },
      h('div', { class: 'task-top' }, badge(row.severity), h('strong', {}, row.title), row.drill && h('b', { class: 'mark drill' }, t('desk.drill')), h('span', { class: `stage stage-${stage}` }, word('desk.stage', stage))),
      h('p', { class: 'task-place' }, icon('map-pin'), h('span', {}, row.address || placeWords(row)), h('span', { class: 'muted' }, distanceText(app.here, row))),
      h('div', { class: 'task-bottom' }, refused ? h('b', { class: 'refused-mark' }, icon('triangle-alert'), t('field.aside.short')) : h('span', { class: 'left num', 'data-due': stage === 'finished' ? '' : row.due_at || '' }),
        (row.expedites > 0 || row.reminds > 0) && h('b', { class: 'urged' }, icon('bell-ring'), t(row.expedites > 0 ? 'field.expedited' : 'field.reminded')), named ? h('b', { class: 'named' }, icon('eye'), t('field.named')) : h('span', { class: 'go' }, t(todo) === todo ? '' : t(todo))));
  }

  const asideCard = (number, messages) => h('li', { class: 'task-card aside-card', 'data-id': number, onclick: () => open(number) },
    h('div', { class: 'task-top' }, icon('triangle-alert'), h('strong', {}, messages.find(one => one.title)?.title || number)), h('p', {}, t('field.aside.n', { n: messages.length })));

  async function open(number) {
    app.opened = number;
    for (const shown of document.querySelectorAll('.toast')) shown.remove(); // what it told of is seen now
    history.pushState({ number }, '', `#${number}`);
    draw();
    slots.task.scrollTop = 0; // not before it is shown: what is hidden does not scroll
    await refresh(number);
    locate();
  }

  function close() { app.opened = null; app.tasks = app.tasks.filter(row => isMine(row) || app.ahead.has(row.number)); if (location.hash) history.replaceState(null, '', location.pathname); draw(); }

  function go(view) {
    Object.assign(app, { view, opened: null });
    history.replaceState(null, '', view === 'tasks' ? location.pathname : `#${view}`);
    draw();
    views[view]?.enter?.();
  }

  async function refresh(number) {
    if (!isCase(number)) return;
    const mark = unread.get(number);
    try {
      const row = await read(`/cases/${encodeURIComponent(number)}`);
      if (!(row.version < app.details.get(number)?.version)) app.details.set(number, row); // answers may overtake one another
      outgoing.seen(row.media || []);
      if (mark && unread.get(number) === mark) { unread.delete(number); app.ahead.delete(number); }
      memory.keep('details', packed(app.details));
    } catch (problem) { // without a network what was read last must do
      if ([403, 404].includes(problem.status)) outgoing.unseen(number);
    }
    if (app.opened === number) views.task.draw();
  }

  async function locate(patient = 8000) {
    const found = await whereAmI(patient, 10000);
    if (found) { app.here = found; if (app.opened) views.task.draw(); else draw(); }
    return found;
  }

  /** Keeps an act in the phone and shows it as done; the queue sends it. `fields` go with it. */
  async function act(row, name, fields = {}) {
    unread.delete(row.number);
    if (AFTER[name]) app.ahead.set(row.number, AFTER[name]);
    const body = { act: name, ...fields, done_at: new Date().toISOString() };
    const safe = await outgoing.add({ path: `/cases/${encodeURIComponent(row.number)}/acts`, number: row.number, title: row.title, moves: Boolean(AFTER[name]), body });
    tell(safe, t(navigator.onLine ? `field.done.${name}` : 'field.kept'));
    draw();
  }

  /** Whether what was done survives the page: `words` where it does, what is in danger where not. */
  function tell(safe, words) { toast(safe ? 'ok' : 'error', safe ? words : t(app.waitingState.full ? 'field.full' : 'field.memory')); }

  /** One message of the queue was answered: the server's stage counts again once nothing of that task waits and it was read. */
  async function settled(message, problem, data) {
    if (problem) navigator.vibrate?.([300, 100, 300]);
    const inSight = app.opened ? app.opened === message.number : app.view === 'tasks'; // its red card is the first of the list
    if (problem && inSight && !app.opened) slots.list.scrollTo(0, 0);
    if (problem && !inSight) toast('error', t('field.refused_now', { title: message.title || message.number }), { label: t('field.look'), go: () => open(message.number) });
    outgoing.seen(app.details.get(message.number)?.media || []); // an answer that was lost: the task was read meanwhile
    views.report.settled(message, problem, data);
    views.patrol.settled(message, problem, data);
    if (outgoing.waitingFor(message.number)) return;
    unread.set(message.number, {});
    await refresh(message.number);
    if (problem) app.ahead.delete(message.number);
    const row = app.details.get(message.number);
    if (row) app.tasks = app.tasks.map(one => (one.number === row.number ? { ...one, ...row } : one)).filter(one => isMine(one) || one.number === app.opened);
    draw();
  }

  function waiting(state) {
    app.waitingState = state;
    const { count, aside, sending, trouble, full, kept, stuck } = state, words = full ? 'full' : !kept ? 'memory' : sending ? 'sending' : trouble === 'signed_out' ? 'signed_out' : stuck !== null ? 'stuck' : 'waiting_hint';
    const key = [count, aside, words, stuck].join();
    if (slots.waiting.dataset.value === key) return;
    Object.assign(slots.waiting.dataset, { value: key, count, aside, state: count ? words : '' });
    fill(slots.waiting, (count > 0 || full) && [icon(sending ? 'upload' : words === 'signed_out' ? 'log-in' : full ? 'triangle-alert' : 'cloud-off'), h('div', {}, h('b', { 'data-figure': 'outgoing', 'data-value': count, 'data-age': 0 }, t('field.waiting', { n: count })), h('span', {}, t(`field.${words}`, { title: stuck }))),
      words === 'signed_out' && h('a', { class: 'bar-act', href: '/login?next=/field', 'data-do': 'login' }, t('field.login'))]);
    if (slots.nav.querySelector('[data-count]')) slots.nav.querySelector('[data-count]').textContent = aside || '';
  }

  function tick() {
    for (const node of root.querySelectorAll('[data-due]')) {
      const left = node.dataset.due ? (Date.parse(node.dataset.due) - now()) / 1000 : NaN;
      node.textContent = Number.isNaN(left) ? '' : node.classList.contains('big') ? countdown(left) : t(left < 0 ? 'desk.over_by' : 'desk.left', { span: span(left) });
      const look = left < 0 ? 'late' : left < 900 ? 'soon' : '';
      node.classList.toggle('late', look === 'late');
      node.classList.toggle('soon', look === 'soon');
      const cardOf = node.closest('.clock-card');
      if (cardOf) { cardOf.dataset.look = look; cardOf.querySelector('.left-word').textContent = Number.isNaN(left) ? '' : t(left < 0 ? 'field.over' : 'field.left'); }
    }
  }

  back.addEventListener('click', close);
  addEventListener('popstate', close);
  for (const button of slots.nav.querySelectorAll('[data-view]')) button.addEventListener('click', () => go(button.dataset.view));
  navigator.serviceWorker?.addEventListener('message', event => { tellRead(event.data?.read); if (event.data?.open) open(event.data.open); });

  app.tasks = memory.kept('tasks', []);
  known = app.tasks.length ? new Set(app.tasks.map(row => row.number)) : null;
  const asked = location.hash.slice(1);
  if (VIEWS.includes(asked)) app.view = asked; else if (asked.length > 10) app.opened = asked;
  draw();
  if (app.opened) refresh(app.opened);
  views[app.view]?.enter?.();
  // What the stream brings says that the server is there; it comes four times a second, and a server in trouble is not asked that often.
  let stirred = 0;
  const stir = () => { if (Date.now() - stirred > STIR_MS) { stirred = Date.now(); outgoing.wake(); for (const number of unread.keys()) refresh(number); } };
  app.live = follow(config, { root, marks: slots.marks, connection: slots.connection }, state => { take([...state.cases.values()]); stir(); if (app.opened && app.details.has(app.opened) && state.cases.get(app.opened)?.version > app.details.get(app.opened).version) refresh(app.opened); });
  setInterval(tick, 1000);
  navigator.permissions?.query({ name: 'geolocation' }).then(state => state.state === 'granted' && locate()).catch(() => null);
  askToKeep().catch(() => null);
  keepPage().catch(() => null);
  renewPush(config.account).catch(() => null);
  tellRead(new URLSearchParams(location.search).get('read'));
}
