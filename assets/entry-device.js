// A field that finds a device by a part of its name or number. What is typed is nothing until a device of the list is chosen.

import { h, t, fill, icon, titled } from './duty-dom.js';
import { read } from './duty-call.js';

const SHOWN = 8;
const WAIT_MS = 180;
let count = 0;

/** `chose(device)` hears of each choice, null when it is taken back. */
export function deviceField(names, chose) {
  const id = `e-devices-${++count}`;
  const list = h('ul', { class: 'e-list', id, role: 'listbox', hidden: true });
  const input = h('input', { type: 'text', class: 'e-search', placeholder: t('entry.device_hint'), role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-label': t('entry.column.device'), 'aria-controls': id, 'aria-expanded': 'false' });
  const hint = h('small', { class: 'e-hint' });
  let chosen = null, found = [], at = -1, timer = 0, asked = 0;

  const open = shown => { list.hidden = !shown; input.setAttribute('aria-expanded', String(shown)); if (!shown) input.removeAttribute('aria-activedescendant'); };
  const place = device => names[device.area.slice(0, 9)] || '';

  function choose(device) {
    chosen = device;
    input.value = device.name;
    fill(hint, device.drill && h('b', { class: 'mark drill' }, t('desk.drill')), device.device === device.name ? null : h('span', { class: 'num' }, device.device), place(device), device.silent_at && h('span', { class: 'e-silent' }, icon('wifi-off'), t('entry.silent')));
    open(false);
    return chose(device);
  }

  function mark(index) {
    at = index;
    [...list.querySelectorAll('[role=option]')].forEach((node, n) => node.setAttribute('aria-selected', String(n === at)));
    const node = list.querySelectorAll('[role=option]')[at];
    if (node) { input.setAttribute('aria-activedescendant', node.id); node.scrollIntoView({ block: 'nearest' }); }
  }

  async function look() {
    const text = input.value.trim(), turn = ++asked;
    if (!text) return open(false);
    const told = await read(`/devices?search=${encodeURIComponent(text)}&limit=${SHOWN}`).catch(() => null);
    if (turn !== asked || !told || document.activeElement !== input) return undefined;
    found = told.devices;
    fill(list, found.map((device, n) => h('li', { role: 'option', id: `${id}-${n}`, 'data-device': device.device, 'aria-selected': 'false', onpointerdown: event => { event.preventDefault(); choose(device); } },
      h('b', {}, titled(device, device.name)), h('small', {}, [device.device === device.name ? '' : device.device, place(device)].filter(Boolean).join(' · ')), device.silent_at && h('span', { class: 'e-silent' }, icon('wifi-off'), t('entry.silent')))),
    !found.length && h('li', { class: 'e-nothing' }, t('entry.device_none', { text })), told.next && h('li', { class: 'e-nothing' }, t('entry.device_more')));
    open(true);
    mark(found.length ? 0 : -1);
    return undefined;
  }

  input.addEventListener('input', () => {
    if (chosen) { chosen = null; fill(hint); }
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
    chose(null);
  });
  input.addEventListener('keydown', event => {
    if (list.hidden) { if (event.key === 'ArrowDown') look(); return; }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); if (found.length) mark((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length); }
    else if (event.key === 'Enter' && found[at]) { event.preventDefault(); choose(found[at]); }
    else if (event.key === 'Escape') open(false);
  });
  input.addEventListener('blur', () => open(false));
  return { node: h('span', { class: 'e-find' }, input, list, hint), choose, focus: () => input.focus(), get chosen() { return chosen; }, get text() { return input.value.trim(); } };
}
