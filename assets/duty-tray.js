// The unplaced tray: reports whose place is unknown, outside or 0/0, never on the map, and devices without a place. Placing one is an act.

import { h, t, fill, openDialog, toast, titled } from './duty-dom.js';
import { read, rowsOf, explain } from './duty-call.js';
import { makePlaceMap } from './duty-place.js';
import { drawSuggestions, unplacedReports } from './duty-unplaced.js';

export function openTray(reports, open, dark) {
  const devices = h('div', {}, h('p', { class: 'muted' }, t('desk.loading')));
  const count = h('h3', {}, t('duty.tray.reports', { n: reports.length }));
  const desk = unplacedReports(reports, { dark, counted: n => { count.textContent = t('duty.tray.reports', { n }); },
    open: row => { dialog.close(); open({ kind: 'report', id: row.id, key: `report:${row.id}`, title: row.title }); } });
  const dialog = openDialog(t('duty.unplaced'), h('div', { class: 'tray' }, count, desk.node, devices), 'unplaced');
  dialog.addEventListener('close', desk.close);
  listDevices(devices);
}

async function listDevices(place) {
  try {
    const unique = rowsOf(await read('/devices?state=unplaced&limit=200'), 'devices');
    fill(place, h('h3', {}, t('duty.tray.devices', { n: unique.length })), unique.length ? h('ul', {}, unique.map(one => h('li', { 'data-id': one.device }, h('div', {}, h('b', {}, titled(one, one.name || one.device)), h('span', { class: 'muted' }, `${one.device} · ${t(`duty.placement.${one.placement}`)}`))))) : h('p', { class: 'muted' }, t('duty.tray.no_devices')));
  } catch (problem) {
    fill(place, h('p', { class: 'muted' }, explain(problem)));
  }
}

/** Asks where a report is: a click on the map, or figures. Resolves to `{lon, lat}`, of a suggestion with its `place_id`, or null. */
export function askPlace(noun, config, dark) {
  return new Promise(resolve => {
    let answer = null, map = null, suggested = null;
    const field = name => h('input', { name, type: 'number', step: 'any', required: true, inputmode: 'decimal', placeholder: name === 'lon' ? t('duty.lon') : t('duty.lat'), 'aria-label': name === 'lon' ? t('duty.lon') : t('duty.lat') });
    const lon = field('lon'), lat = field('lat'), canvas = h('div', { class: 'pick-map' }), suggestions = h('div', { class: 'suggestions' });
    const put = (x, y, match) => { lon.value = x.toFixed(6); lat.value = y.toFixed(6); suggested = match || null; };
    const form = h('form', { method: 'dialog', class: 'note-form' }, h('p', { class: 'hint' }, t('duty.place_hint', { address: noun.address || t('duty.no_place') })), suggestions, canvas, h('div', { class: 'pair' }, lon, lat),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary' }, t('desk.act.place'))));
    form.addEventListener('submit', () => { answer = { lon: Number(lon.value), lat: Number(lat.value), ...(suggested?.place_id ? { place_id: suggested.place_id } : {}) }; });
    for (const input of [lon, lat]) input.addEventListener('input', () => { suggested = null; });
    const dialog = openDialog(`${t('desk.act.place')} · ${titled(noun)}`, form, 'place');
    dialog.addEventListener('close', () => { map?.remove(); resolve(answer); });
    drawSuggestions(suggestions, noun, match => { put(match.lon, match.lat, match); map?.show(match.lon, match.lat, 5); });
    makePlaceMap(canvas, dark).then(made => { map = made; made?.frame(); made?.pick((x, y) => put(x, y)); }).catch(problem => toast('error', explain(problem)));
  });
}
