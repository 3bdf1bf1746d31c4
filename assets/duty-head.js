// The desk's header and its hold on the live picture: clock, connection and age of the data, marks of drill and simulation, theme, leaving.

import { h, t, fill, icon, clock, dateLine, span, toast, useClock, now } from './duty-dom.js';
import { Live } from './live.js';
import { explain, newKey } from './duty-call.js';
import { mountMenu } from './menu.js';
import { clearShelves } from './field-shelves.js';
import { unsubscribe } from './field-push.js';

const THEME = 'yiping.theme';
const remembered = () => { try { return localStorage.getItem(THEME); } catch { return null; } };
const remember = value => { try { localStorage.setItem(THEME, value); } catch { /* private mode: the theme holds for this page */ } };

/** Whoever has this phone or desk next finds nothing of mine on it, and is not told what is for me; what was not sent stays, under my name. */
export async function leave() {
  await Promise.allSettled([unsubscribe(), clearShelves()]);
  const mark = (document.cookie.split('; ').find(one => one.startsWith('yiping_csrf=')) || '').slice(12);
  await fetch('/logout', { method: 'POST', headers: { 'X-Yiping-Csrf': decodeURIComponent(mark), 'Idempotency-Key': newKey() }, credentials: 'same-origin' }).catch(() => null);
  location.assign('/login');
}

export function mountHead(root, config) {
  const find = name => root.querySelector(`[data-slot=${name}]`);
  const set = theme => { root.dataset.theme = theme; document.documentElement.dataset.theme = theme; root.dispatchEvent(new CustomEvent('theme')); };
  set(remembered() || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
  root.querySelector('[data-do=theme]')?.addEventListener('click', () => { const next = root.dataset.theme === 'dark' ? 'light' : 'dark'; remember(next); set(next); });
  root.querySelector('[data-do=leave]')?.addEventListener('click', leave);
  mountMenu(root);
  let opening = false; // a second press while it is being read opens no second one
  root.querySelector('[data-do=me]')?.addEventListener('click', async () => { // seldom wanted: read when it is
    if (opening) return;
    opening = true;
    try { await (await import('./me.js')).openMe(); } catch (problem) { toast('error', explain(problem)); }
    opening = false;
  });
  const time = h('b', { class: 'num' }), date = h('span', {});
  fill(find('clock'), date, time);
  const tick = () => { time.textContent = clock(now(), true); const text = dateLine(); if (date.textContent !== text) date.textContent = text; };
  tick();
  setInterval(tick, 1000);
  return { root, marks: find('marks'), connection: find('connection'), dark: () => root.dataset.theme === 'dark' };
}

/** What the connection says of itself: state, words, age in seconds. */
export function linkState(live) {
  const age = live.age();
  if (live.link === 'denied') return ['denied', t('desk.link.denied'), age];
  if (live.link === 'lost') return ['lost', t('desk.link.lost', { span: span(age) }), age];
  if (live.link === 'connecting' || live.state.sequence < 0) return ['connecting', t('desk.link.connecting'), age];
  if (live.state.store && live.state.store !== 'ok') return ['away', t('desk.link.away'), age];
  if (live.stalled) return ['stalled', t('desk.link.stalled', { span: Number.isFinite(age) ? span(age) : '—' }), age];
  if (live.link === 'poll' || live.state.live?.mode === 'poll') return ['poll', t('desk.link.poll'), age];
  return ['live', t('desk.link.live'), age];
}

/** Joins the stream of a screen; `take(state, live)` gets the whole picture at most five times a second. Returns the `Live`. */
export function follow(config, head, take, screen = config.screen) {
  const live = new Live(screen);
  useClock(() => live.now());
  let wanted = false;
  const soon = () => {
    if (wanted) return;
    wanted = true;
    setTimeout(() => { wanted = false; take(live.state, live); window.yiping.ready = true; }, 120);
  };
  const show = () => {
    const [state, words, age] = linkState(live);
    if (head.connection.dataset.state !== state || head.connection.dataset.words !== words) {
      Object.assign(head.connection.dataset, { state, words });
      fill(head.connection, h('i', { class: 'dot' }), h('span', {}, words), h('span', { class: 'data-age' }));
    }
    head.root.classList.toggle('stale', ['lost', 'denied', 'stalled'].includes(state));
    for (const figure of head.root.querySelectorAll('[data-live]')) figure.dataset.age = Number.isFinite(age) ? Math.round(age) : ''; // as old as the projector's last word
    const place = head.connection.querySelector('.data-age');
    place.textContent = Number.isFinite(age) && state !== 'lost' && state !== 'stalled' ? t('desk.data_age', { span: span(age) }) : '';
  };
  const marks = () => {
    const key = `${live.state.simulated}${live.state.drill}`;
    if (head.marks.dataset.key === key) return;
    head.marks.dataset.key = key;
    fill(head.marks, live.state.drill && h('b', { class: 'mark drill' }, t('desk.drill')), live.state.simulated && h('b', { class: 'mark simulated' }, icon('cpu'), t('desk.simulated_data')));
  };
  live.on('snapshot', () => { marks(); soon(); });
  live.on('delta', () => { marks(); soon(); });
  live.on('status', show);
  live.on('link', show);
  live.on('missed', ({ since, alerts, cases }) => { if (alerts.length || cases.length) toast('info', t('desk.missed', { since: clock(since), alerts: alerts.length, cases: cases.length })); });
  show();
  setInterval(show, 1000);
  return live;
}
