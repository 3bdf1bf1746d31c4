// The forms of scenes and playlists: a name for an address, and scenes in turn with how long each is shown.

import { h, t, fill, icon, toast } from './duty-dom.js';
import { call } from './duty-call.js';
import { ask, field } from './admin-unit.js';

const DWELL_S = 30;

/** 90 → 1 min 30 s: a dwell as people read it. */
export const dwellWords = seconds => [['m', Math.floor(seconds / 60)], ['s', seconds % 60]].filter(([, n]) => n).map(([unit, n]) => t(`desk.span.${unit}`, { n })).join(' ');

/** A way to the same page of this house, as an address line or a link was copied. */
export const pathOfLink = text => { try { const url = new URL(text.trim(), location.origin); return url.pathname + url.search; } catch { return text.trim(); } };

export function askScene(one, done) {
  ask(t(one ? 'screen.edit_scene' : 'screen.new_scene'), [
    field(t('screen.scene_name'), h('input', { name: 'name', required: true, maxlength: 60, value: one?.name ?? '' })),
    field(t('screen.address'), h('input', { name: 'address', required: true, maxlength: 2100, value: one?.address ?? '', placeholder: '/wall/water?area=320404001' }), t('screen.address_about')),
  ], async wanted => {
    const body = { name: wanted.name, address: pathOfLink(wanted.address) };
    await (one ? call('PUT', `/scenes/${one.scene_id}`, { body, etag: `"${one.version}"` }) : call('POST', '/scenes', { body }));
    toast('ok', t('screen.kept', { name: wanted.name }));
    await done();
  }, 'scene');
}

export function askPlaylist(one, scenes, done) {
  const slots = h('ol', { class: 's-slots' });
  const slot = (scene_id, dwell_s) => {
    const item = h('li', {}, h('select', { 'aria-label': t('screen.scene'), 'data-word': 'scene_id' }, scenes.map(each => h('option', { value: each.scene_id, selected: each.scene_id === scene_id }, each.name))),
      h('input', { type: 'number', min: 5, max: 86400, required: true, value: dwell_s, 'aria-label': t('screen.dwell'), 'data-word': 'dwell_s' }), h('span', {}, t('screen.seconds')),
      h('button', { type: 'button', class: 'quiet', 'aria-label': t('screen.up'), title: t('screen.up'), onclick: () => item.previousElementSibling?.before(item) }, icon('arrow-up')),
      h('button', { type: 'button', class: 'quiet', 'aria-label': t('screen.take_out'), title: t('screen.take_out'), onclick: () => item.remove() }, icon('x')));
    return item;
  };
  fill(slots, (one?.scenes ?? [{ scene_id: scenes[0].scene_id, dwell_s: DWELL_S }]).map(each => slot(each.scene_id, each.dwell_s)));
  ask(t(one ? 'screen.edit_playlist' : 'screen.new_playlist'), [
    field(t('screen.playlist_name'), h('input', { name: 'name', required: true, maxlength: 60, value: one?.name ?? '' })),
    slots, h('button', { type: 'button', 'data-do': 'add-slot', onclick: () => slots.append(slot(scenes[0].scene_id, DWELL_S)) }, icon('plus'), t('screen.add_slot')),
  ], async wanted => {
    const read = item => Object.fromEntries([...item.querySelectorAll('[data-word]')].map(node => [node.dataset.word, Number(node.value)]));
    const body = { name: wanted.name, scenes: [...slots.children].map(read) };
    await (one ? call('PUT', `/playlists/${one.playlist_id}`, { body, etag: `"${one.version}"` }) : call('POST', '/playlists', { body }));
    toast('ok', t('screen.kept', { name: wanted.name }));
    await done();
  }, 'playlist');
}
