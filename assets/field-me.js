// The phone itself: how it looks in sun and dark, its map app, notifications, installing, what waits and how safely, language, leaving.

import { h, t, word, fill, icon, toast } from './duty-dom.js';
import { leave } from './duty-head.js';
import { askToKeep } from './field-phone.js';
import { APPS } from './field-nav.js';
import { chosenApp } from './field-way.js';
import { pushState, subscribe, unsubscribe } from './field-push.js';
import { otherQueues, remember, remembered } from './field-store.js';

const LOOKS = ['auto', 'sun', 'dark'];
let asking = null; // the browser's offer to install, kept until the worker wants it
addEventListener('beforeinstallprompt', event => { event.preventDefault(); asking = event; dispatchEvent(new CustomEvent('yiping-install')); });

/** `sun`: black on white, bold lines; `auto`: light by day, dark where the phone is dark. */
export function wearLook(root, look = remembered('look', 'auto')) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const wear = () => { root.dataset.theme = look !== 'auto' ? look : dark.matches ? 'dark' : 'light'; document.documentElement.dataset.theme = root.dataset.theme; };
  dark.onchange = wear;
  wear();
}

export const installed = () => matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
const sizeOf = bytes => { const mb = bytes / 1048576; return mb >= 1024 ? `${(mb / 1024).toFixed(1)} GB` : `${mb.toFixed(mb < 10 ? 1 : 0)} MB`; };

export function makeMe(app) {
  const { config, root, slots, outgoing } = app;
  let space = null, push = 'unable', others = [];

  async function enter() {
    [space, push, others] = await Promise.all([askToKeep().catch(() => null), pushState(config.account).catch(() => 'unable'), otherQueues(config.account).catch(() => [])]);
    if (app.view === 'me') draw();
  }
  addEventListener('yiping-install', () => app.view === 'me' && draw());

  const row = (symbol, title, state, act) => h('div', { class: 'me-row' }, icon(symbol), h('div', {}, h('b', {}, title), state && h('span', {}, state)), act);
  const choice = (name, options, chosen, choose) => h('div', { class: 'segments', role: 'group' }, options.map(one => h('button', { type: 'button', 'aria-pressed': String(one === chosen), 'data-choice': `${name}:${one}`, onclick: () => { choose(one); draw(); } }, t(`field.${name}.${one}`))));

  function draw() {
    const look = remembered('look', 'auto'), waiting = outgoing.count();
    fill(slots.me, h('div', { class: 'me' },
      h('header', { class: 'me-who' }, icon('user'), h('div', {}, h('b', {}, config.name), h('span', {}, word('desk.role', config.role)))),
      !globalThis.isSecureContext && h('p', { class: 'doubted' }, icon('triangle-alert'), h('span', {}, t('field.insecure'))),
      install(),
      h('section', {}, h('h3', {}, t('field.look_title')), choice('look', LOOKS, look, one => { remember('look', one); wearLook(root, one); })),
      h('section', {}, h('h3', {}, t('field.way')), choice('way', APPS, chosenApp(), one => remember('map', one))),
      h('section', { class: 'me-rows' },
        row('bell', t('field.push'), t(`field.push.${push}`), ['on', 'off'].includes(push) && h('button', { type: 'button', class: 'second', 'data-do': 'push', onclick: toggle }, t(push === 'on' ? 'field.push.stop' : 'field.push.start'))),
        row('user-cog', t('field.account'), t('field.account_about'), h('button', { type: 'button', class: 'second', 'data-do': 'me', onclick: account }, t('field.account.open'))),
        row('save', t('field.kept_here'), [t('field.kept_n', { n: waiting, aside: outgoing.asideCount() }), space && t(space.persisted ? 'field.space_safe' : 'field.space', { used: sizeOf(space.usage), free: sizeOf(Math.max(0, space.quota - space.usage)) })].filter(Boolean).join(' · '),
          waiting > 0 && h('button', { type: 'button', class: 'second', 'data-do': 'send', onclick: () => outgoing.wake() }, t('field.send_now'))),
        others.map(([account, n]) => row('triangle-alert', t('field.others'), t('field.others_n', { n, account })))),
      h('div', { class: 'me-acts' }, h('a', { class: 'side wide', href: `?lang=${config.language === 'en' ? 'zh' : 'en'}` }, icon('languages'), h('span', {}, t('field.other_language'))),
        h('button', { type: 'button', class: 'side wide', 'data-do': 'leave', onclick: () => { if (!outgoing.count() || confirm(t('field.leave_waiting', { n: outgoing.count() }))) leave(); } }, icon('log-out'), h('span', {}, t('desk.leave'))))));
  }

  /** Chromium offers it by itself; Apple's phones want to be told where the button is. */
  function install() {
    if (installed()) return null;
    const apple = /iPhone|iPad|iPod/.test(navigator.userAgent);
    return h('section', { class: 'install', 'data-panel': 'install' }, icon('smartphone'), h('div', {}, h('b', {}, t('field.install')), h('span', {}, t(asking ? 'field.install.why' : apple ? 'field.install.apple' : 'field.install.menu'))),
      asking && h('button', { type: 'button', class: 'main', 'data-do': 'install', onclick: async () => { const offer = asking; asking = null; await offer.prompt(); draw(); } }, t('field.install.do')));
  }

  /** Read only when it is wanted, so that the first paint does not wait for it. */
  async function account() {
    try { await (await import('./me.js')).openMe(); } catch { toast('error', t('desk.error.offline')); }
  }

  async function toggle() {
    try { push = push === 'on' ? await unsubscribe() : await subscribe(config.account); } catch (problem) { toast('error', t('field.push.failed', { why: problem.message })); }
    draw();
  }

  return { draw, enter };
}
