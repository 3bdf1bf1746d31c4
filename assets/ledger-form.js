// The ledgers' forms: fields, a place picked on a map, and the dialog they stand in. Sends nothing.

import { h, t, openDialog, now, word } from './duty-dom.js';
import { makePlaceMap } from './duty-place.js';

export const field = (name, label, attributes = {}) => h('label', { class: attributes.wide ? 'wide' : null }, h('span', {}, label), attributes.rows ? h('textarea', { name, ...attributes }) : h('input', { name, type: 'text', ...attributes }));
export const select = (name, label, options, value, attributes = {}) => h('label', {}, h('span', {}, label), h('select', { name, ...attributes }, options.map(([code, words]) => h('option', { value: code, selected: String(code) === String(value ?? '') }, words))));

const TERMS = [4, 12, 24, 48, 72, 168, 360, 720];
const termWord = hours => (hours < 48 ? t('ledgers.hours', { n: hours }) : t('ledgers.days', { n: hours / 24 }));
/** How long somebody is given; `until(value)` makes the moment of it. */
export const term = (label, hours, first = null) => select('term', label, [...(first ? [['', first]] : []), ...TERMS.map(n => [n, termWord(n)])], hours);
export const until = hours => (hours ? new Date(now() + Number(hours) * 3600e3).toISOString() : undefined);

/** A map to click on; the place stands in hidden fields `lon` and `lat`. Where there is no map, there is none to fill in. */
export function placeField(dark, start = null) {
  const lon = h('input', { type: 'hidden', name: 'lon' }), lat = h('input', { type: 'hidden', name: 'lat' }), told = h('small', { class: 'muted' }, t('ledgers.pick'));
  const box = h('div', { class: 'pick-map' });
  const take = (x, y) => { lon.value = x.toFixed(6); lat.value = y.toFixed(6); told.textContent = `${lon.value}, ${lat.value}`; };
  makePlaceMap(box, dark).then(map => {
    if (!map) return;
    if (!box.isConnected) { map.remove(); return; }
    box.addEventListener('gone', () => map.remove());
    map.resize();
    if (start) { map.show(start.lon, start.lat, 5); take(start.lon, start.lat); } else map.frame();
    map.pick(take);
  });
  return h('div', { class: 'wide l-pick' }, h('span', {}, t('ledgers.place')), box, told, lon, lat);
}

/** Asks with some fields; resolves to what was filled in, null where it was left. */
export function askForm(title, fields, { name = 'ledger-form', send = t('ledgers.send') } = {}) {
  return new Promise(resolve => {
    let answer = null;
    const form = h('form', { method: 'dialog', class: 'note-form l-form' }, fields, h('footer', { class: 'wide' }, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary', 'data-do': 'confirm' }, send)));
    form.addEventListener('submit', () => { answer = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== '')); });
    const dialog = openDialog(title, form, name);
    dialog.addEventListener('close', () => { form.querySelector('.pick-map')?.dispatchEvent(new Event('gone')); resolve(answer); });
    form.querySelector('input:not([type=hidden]), textarea, select')?.focus();
  });
}

export const placeOf = answer => (answer.lon ? { lon: Number(answer.lon), lat: Number(answer.lat) } : {});
export const actWord = (noun, act) => word(`ledgers.${noun}.act`, act);
