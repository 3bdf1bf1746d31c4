// The unplaced tray: reports whose place is unknown, outside or 0/0, never on the map, and devices without a place. Placing one is an act.

import { h, t, word, fill, icon, clock, openDialog, toast } from './duty-dom.js';
import { read, rowsOf, explain } from './duty-call.js';
import { makePlaceMap } from './duty-place.js';

export function openTray(reports, open) {
  const devices = h('div', {}, h('p', { class: 'muted' }, t('desk.loading')));
  const dialog = openDialog(t('duty.unplaced'), h('div', { class: 'tray' }, h('h3', {}, t('duty.tray.reports', { n: reports.length })),
    reports.length ? h('ul', {}, reports.map(row => h('li', { 'data-id': row.id }, h('div', {}, h('b', {}, row.title), h('span', { class: 'muted' }, [word('desk.channel', row.channel), row.address, clock(row.received_at), t(`duty.placement.${row.placement}`)].filter(Boolean).join(' · '))),
      h('button', { type: 'button', onclick: () => { dialog.close(); open({ kind: 'report', id: row.id, key: `report:${row.id}`, title: row.title }); } }, icon('map-pin'), t('duty.tray.open'))))) : h('p', { class: 'muted' }, t('duty.tray.none')), devices), 'unplaced');
  listDevices(devices);
}

async function listDevices(place) {
  try {
    const unique = rowsOf(await read('/devices?state=unplaced&limit=200'), 'devices');
    fill(place, h('h3', {}, t('duty.tray.devices', { n: unique.length })), unique.length ? h('ul', {}, unique.map(one => h('li', { 'data-id': one.device }, h('div', {}, h('b', {}, one.name || one.device), h('span', { class: 'muted' }, `${one.device} · ${t(`duty.placement.${one.placement}`)}`))))) : h('p', { class: 'muted' }, t('duty.tray.no_devices')));
  } catch (problem) {
    fill(place, h('p', { class: 'muted' }, explain(problem)));
  }
}

/** Asks where a report is: a click on the map, or figures. Resolves to `{lon, lat}` or null. */
export function askPlace(noun, config, dark) {
  return new Promise(resolve => {
    let answer = null, map = null;
    const field = name => h('input', { name, type: 'number', step: 'any', required: true, inputmode: 'decimal', placeholder: name === 'lon' ? t('duty.lon') : t('duty.lat'), 'aria-label': name === 'lon' ? t('duty.lon') : t('duty.lat') });
    const lon = field('lon'), lat = field('lat'), canvas = h('div', { class: 'pick-map' });
    const form = h('form', { method: 'dialog', class: 'note-form' }, h('p', { class: 'hint' }, t('duty.place_hint', { address: noun.address || t('duty.no_place') })), canvas, h('div', { class: 'pair' }, lon, lat),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary' }, t('desk.act.place'))));
    form.addEventListener('submit', () => { answer = { lon: Number(lon.value), lat: Number(lat.value) }; });
    const dialog = openDialog(`${t('desk.act.place')} · ${noun.title}`, form, 'place');
    dialog.addEventListener('close', () => { map?.remove(); resolve(answer); });
    makePlaceMap(canvas, dark).then(made => { map = made; made?.frame(); made?.pick((x, y) => { lon.value = x.toFixed(6); lat.value = y.toFixed(6); }); }).catch(problem => toast('error', explain(problem)));
  });
}
