// The desks' small DOM words: elements, texts, times, toasts. Knows no wire and decides nothing.
// Text always enters by textContent; styles by class or CSSOM: the page's CSP allows neither inline scripts nor inline styles.

import { t, lang, label, listed, loadText, titled } from './text.js';

export { titleOf } from './titles.js';

let zone = 'Asia/Shanghai';
let serverClock = () => Date.now();

/** The desk's own words stand in duty-zh.json, those of cases in cases-zh.json; the field and the cockpit share them. */
export async function begin(config) {
  zone = config.timezone || zone;
  await Promise.all(['duty', 'cases'].map(name => loadText(config.language, name)));
}

export { t, lang as language, label as labelOf, listed, titled };
export const known = key => t(key) !== key;
/** The label of a code under a prefix; a code nobody named shows itself, never a blank. */
export const word = (prefix, code) => (code && known(`${prefix}.${code}`) ? t(`${prefix}.${code}`) : code || '—');

/** The clock of a desk may be wrong: ages and countdowns use the server's, as the stream tells it. */
export const useClock = clock => { serverClock = clock; };
export const now = () => serverClock();

/** An element. `on…` are listeners, `class`, `data-…` and the rest attributes; null and false children and attributes are left out. */
export function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const node = h('i', { class: 'icon', 'aria-hidden': 'true' });
  node.style.setProperty('--icon', `url("/assets/vendor/icons/${name}.svg")`);
  return node;
}

export const fill = (node, ...children) => { node.replaceChildren(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false)); return node; };

/** Red to blue by colour, by sign and by word: a colour-blind officer must tell them apart. */
export const badge = severity => h('span', { class: `sev sev-${severity || 5}`, title: word('desk.severity', severity) }, word('desk.severity.sign', severity || 5));

const cache = new Map();
function formatter(options) {
  const key = JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hourCycle: 'h23', ...options }));
  return cache.get(key);
}
const day = ms => formatter({ year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms);

/** The city's time of day; another day carries its date. Accepts RFC 3339 or epoch milliseconds. */
export function clock(at, seconds = false) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!ms) return '—';
  const time = formatter({ hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' } : {}) }).format(ms);
  return day(ms) === day(now()) ? time : `${formatter({ month: '2-digit', day: '2-digit' }).format(ms)} ${time}`;
}

/** The city's year at a moment. */
export const yearOf = ms => Number(formatter({ year: 'numeric' }).formatToParts(ms).find(part => part.type === 'year').value);
/** A day of the city: 11/21. */
export const dayOf = ms => formatter({ month: '2-digit', day: '2-digit' }).format(ms);

/** What is left of a picture that ended, `{ended_at, ended_why}`: that there was one, and on which day it went. */
export const endedPicture = one => h('div', { class: 'no-photo', 'data-ended': one.ended_at }, icon('image'),
  t(one.ended_why === 'lost' ? 'duty.picture_lost' : 'duty.picture_expired', { day: day(Date.parse(one.ended_at)).replaceAll('/', '-') }));

export const dateLine = () => (lang() !== 'en'
  ? formatter({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }).format(now())
  : new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' }).format(now()));

/** A length of time in the two largest units that matter: 45 秒, 12 分, 3 时 05 分, 2 天. Seconds in, words out. */
export function span(seconds) {
  if (!Number.isFinite(seconds)) return '—';
  const s = Math.max(0, Math.round(Math.abs(seconds)));
  if (s < 60) return t('desk.span.s', { n: s });
  if (s < 3600) return t('desk.span.m', { n: Math.floor(s / 60) });
  if (s < 172800) return t('desk.span.h', { n: Math.floor(s / 3600), m: String(Math.floor((s % 3600) / 60)).padStart(2, '0') });
  return t('desk.span.d', { n: Math.floor(s / 86400) });
}

export const age = at => (now() - Date.parse(at)) / 1000;
/** 0:59:07 for a countdown that is read at a glance. */
export function countdown(seconds) {
  const s = Math.abs(Math.trunc(seconds));
  const two = n => String(n).padStart(2, '0');
  return s >= 86400 ? span(s) : `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

export function number(value, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return '—';
  return Number(value).toLocaleString('en-US', decimals === undefined ? { maximumFractionDigits: 2 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A figure with its unit: a degree stands close to its figure, every other unit apart, never on the next line. */
export const measured = (figure, unit) => (unit ? `${figure}${unit === '°' ? '' : '\u00a0'}${unit}` : figure);

/** A short message that leaves by itself; an error stays until it is read and offers a way out. */
export function toast(kind, message, way) {
  let tray = document.querySelector('.toasts');
  if (!tray) document.body.append(tray = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }));
  const leave = () => node.remove();
  const node = h('div', { class: `toast toast-${kind}`, 'data-toast': kind },
    icon({ ok: 'circle-check', error: 'circle-alert', info: 'info' }[kind]), h('span', {}, message),
    way && h('button', { type: 'button', onclick: () => { leave(); way.go(); } }, way.label),
    h('button', { type: 'button', class: 'toast-close', 'aria-label': t('desk.close'), onclick: leave }, icon('x')));
  tray.append(node);
  while (tray.children.length > 4) tray.firstChild.remove();
  if (kind !== 'error') setTimeout(leave, 4200);
  return node;
}

/** Opens a modal dialog with a heading; Escape and the backdrop close it. */
export function openDialog(title, content, name) {
  const dialog = h('dialog', { class: 'desk-dialog', 'data-panel': name || null, 'aria-label': title });
  dialog.append(h('header', {}, h('h2', {}, title), h('button', { type: 'button', class: 'quiet', 'aria-label': t('desk.close'), onclick: () => dialog.close() }, icon('x'))), content);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('pointerdown', event => { if (event.target === dialog) dialog.close(); });
  (document.querySelector('.page') || document.body).append(dialog);
  dialog.showModal();
  return dialog;
}
