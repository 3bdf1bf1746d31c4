// Screens for an admin: who they are, whether they are heard, what each shows and drew last; their links; scenes and playlists.
// Asks again every few seconds; what is right is the API's.

import { begin, h, t, fill, icon, number, span, toast, openDialog, listed } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { call, explain, read } from './duty-call.js';
import { ask, field } from './admin-unit.js';
import { openCast, standsOf, stateOf } from './screen-cast.js';
import { askPlaylist, askScene, dwellWords } from './screen-scenes.js';

const EVERY_MS = 5_000;

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'organisation', 'screen'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const live = follow(config, mountHead(root, config), () => {}, 'duty');
  let told = { screens: [], scenes: [], playlists: [] }, drawn = '';
  fill(slots.new, h('button', { type: 'button', 'data-do': 'cast', onclick: () => openCast({ config, live }) }, icon('presentation'), t('screen.cast')), h('button', { type: 'button', class: 'primary', 'data-do': 'new', onclick: () => edit(null) }, icon('plus'), t('screen.new')));

  async function load() {
    try {
      const [{ screens, release }, { scenes }, { playlists }] = await Promise.all(['/screens', '/scenes', '/playlists'].map(path => read(path)));
      told = { screens, release, scenes, playlists };
    } catch (problem) { drawn = ''; return void (told.screens.length || fill(slots.screens, h('p', { class: 'a-none' }, explain(problem)))); }
    return draw();
  }

  /** Draws what became another; what had the focus keeps it, in whichever of the lists it stands. */
  function draw() {
    const now = JSON.stringify([told, told.screens.map(stateOf), told.screens.map(standsOf)]);
    if (now === drawn) return;
    drawn = now;
    const at = document.activeElement, place = [slots.screens, slots.scenes, slots.playlists].find(one => one.contains(at));
    const row = at?.closest('[data-id]')?.dataset.id, what = at?.dataset.do ? `[data-do="${at.dataset.do}"]` : 'a';
    lists();
    if (place) (place.querySelector(row ? `[data-id="${row}"] ${what}` : what) || place.querySelector('button'))?.focus();
  }

  function lists() {
    const { screens, scenes, playlists } = told;
    slots.count.textContent = t('screen.count', { n: screens.length, on: screens.filter(one => one.present).length });
    fill(slots.screens, screens.length ? h('ul', { class: 's-list' }, screens.map(card)) : h('div', { class: 'a-none' }, icon('monitor'), h('span', {}, t('screen.none')), h('span', {}, t('screen.none_about'))));
    fill(slots.scenes, h('header', {}, h('h3', {}, icon('star'), t('screen.scenes')), h('button', { type: 'button', 'data-do': 'new-scene', onclick: () => askScene(null, load) }, icon('plus'), t('screen.new_scene'))), scenes.length ? h('ul', { class: 's-rows' }, scenes.map(scene)) : h('p', { class: 'muted' }, t('screen.no_scenes')));
    fill(slots.playlists, h('header', {}, h('h3', {}, icon('list'), t('screen.playlists')), scenes.length > 0 && h('button', { type: 'button', 'data-do': 'new-playlist', onclick: () => askPlaylist(null, scenes, load) }, icon('plus'), t('screen.new_playlist'))), playlists.length ? h('ul', { class: 's-rows' }, playlists.map(playlist)) : h('p', { class: 'muted' }, t('screen.no_playlists')));
  }

  const button = (name, symbol, go, look = 'quiet') => h('button', { type: 'button', class: look, 'data-do': name, title: t(`screen.act.${name}`), onclick: go }, icon(symbol), h('span', {}, t(`screen.act.${name}`)));

  function card(one) {
    const shown = one.shown || {}, drew = one.seen_at && [shown.address, t('screen.sequence', { n: shown.sequence ?? '—' }), shown.width && `${shown.width}×${shown.height}${shown.ratio && shown.ratio !== 1 ? ` @${number(shown.ratio)}` : ''}`, shown.heap_mb && `${number(shown.heap_mb)} MB`, shown.nodes && t('screen.nodes', { n: number(shown.nodes) }), shown.age_s >= 0 && t('screen.loaded', { span: span(shown.age_s) }), shown.link && shown.link !== 'live' && t('screen.link', { link: shown.link }), shown.release && told.release && shown.release !== told.release && t('screen.old_release')];
    return h('li', { 'data-id': one.screen_id, class: one.present ? 'on' : 'off' },
      h('div', { class: 's-name' }, h('i', { class: `dot dot-${one.present ? 'on' : 'off'}` }), h('b', {}, one.name), h('span', { class: 'muted' }, stateOf(one))),
      h('p', {}, icon('monitor'), standsOf(one)),
      h('p', { class: 'muted' }, [one.view, listed(one.areas), one.width && t('screen.size', { size: `${one.width}×${one.height}` }), !one.taken && t('screen.not_taken')].filter(Boolean).join(' · ')),
      drew ? h('p', { class: 'num s-drew' }, drew.filter(Boolean).join(' · ')) : null,
      h('footer', {}, one.cast && button('give_back', 'undo-2', () => tell('DELETE', `/casts/${one.cast.cast_id}`)), button('reload', 'refresh-cw', () => act(one, 'reload')), button('edit', 'pencil', () => edit(one)), button('renew', 'link', () => sure(one, 'renew')), button('revoke', 'unlink', () => sure(one, 'revoke'), 'quiet danger')));
  }

  const scene = one => h('li', { 'data-id': one.scene_id }, h('span', {}, h('a', { href: one.address }, one.name), h('small', { class: 'num' }, one.address)), button('edit', 'pencil', () => askScene(one, load)), button('withdraw', 'trash-2', () => tell('DELETE', `/scenes/${one.scene_id}`)));
  const playlist = one => h('li', { 'data-id': one.playlist_id }, h('span', {}, h('b', {}, one.name), h('small', {}, one.scenes.map(each => `${each.name} ${dwellWords(each.dwell_s)}`).join(' → ') || t('screen.empty_playlist'), ' · ', t('screen.played_by', { n: one.screens }))), button('edit', 'pencil', () => askPlaylist(one, told.scenes, load)), button('withdraw', 'trash-2', () => tell('DELETE', `/playlists/${one.playlist_id}`)));

  async function tell(method, path, body, etag) {
    let data = null;
    try { ({ data } = await call(method, path, { body, etag })); } catch (problem) { toast('error', explain(problem)); }
    await load();
    return data;
  }

  async function act(one, name) {
    const data = await tell('POST', `/screens/${one.screen_id}/acts`, { act: name });
    if (data?.link) showLink(one.name, data.link);
    else if (data) toast('ok', t(`screen.done.${name}`, { name: one.name }));
  }

  function sure(one, name) {
    const form = h('form', { method: 'dialog', class: 'note-form' }, h('p', { class: 'hint' }, t(`screen.sure.${name}`, { name: one.name })), h('footer', {}, h('button', { type: 'submit', class: 'danger' }, t(`screen.act.${name}`))));
    form.addEventListener('submit', () => act(one, name));
    openDialog(t(`screen.act.${name}`), form, 'sure');
  }

  /** The link is shown once: nobody can read it again. */
  function showLink(name, link) {
    const address = new URL(link, location.origin).href, place = h('input', { readonly: true, value: address, 'aria-label': t('screen.link_of', { name }), onfocus: () => place.select() });
    openDialog(t('screen.link_of', { name }), h('div', { class: 'note-form' }, h('p', { class: 'hint' }, t('screen.link_about')), place, h('footer', {}, h('button', { type: 'button', class: 'primary', 'data-do': 'copy', onclick: () => navigator.clipboard?.writeText(address).then(() => toast('ok', t('screen.copied')), () => place.select()) }, icon('link'), t('screen.copy')))), 'link');
    place.focus();
  }

  function edit(one) {
    const value = name => (one?.[name] ?? '');
    const option = (chosen, words, here) => h('option', { value: chosen, selected: String(chosen) === String(here) }, words);
    ask(one ? t('screen.edit_of', { name: one.name }) : t('screen.new'), [
      field(t('screen.name'), h('input', { name: 'name', required: true, maxlength: 60, value: value('name') })),
      !one && field(t('screen.view'), h('select', { name: 'view' }, config.views.map(path => option(path, path, '/wall'))), t('screen.view_about')),
      !one && field(t('screen.areas'), h('input', { name: 'areas', required: true, value: config.areas.join(' ') }), t('screen.areas_about')),
      field(t('screen.playlist'), h('select', { name: 'playlist_id' }, option('', t('screen.no_playlist'), value('playlist_id')), told.playlists.map(each => option(each.playlist_id, each.name, value('playlist_id'))))),
      field(t('screen.home'), h('input', { name: 'home', maxlength: 2000, value: value('home'), placeholder: '/wall?area=320404001' }), t('screen.home_about')),
      field(t('screen.px'), h('input', { name: 'size', pattern: '\\d{2,5}[×xX]\\d{2,5}', value: one?.width ? `${one.width}×${one.height}` : '', placeholder: '7680×2160' })),
      h('label', { class: 'box' }, h('input', { type: 'checkbox', name: 'taken', checked: one ? one.taken : true }), h('span', {}, t('screen.taken'))),
    ], async wanted => {
      const [width, height] = (wanted.size || '').split(/[×xX]/).map(Number);
      const words = { name: wanted.name, home: wanted.home || null, playlist_id: Number(wanted.playlist_id) || null, taken: Boolean(wanted.taken), width: width || null, height: height || null };
      if (one) await call('PUT', `/screens/${one.screen_id}`, { body: words, etag: `"${one.version}"` });
      else showLink(wanted.name, (await call('POST', '/screens', { body: { ...words, view: wanted.view, areas: wanted.areas.split(/[\s,，、]+/).filter(Boolean) } })).data.link);
      await load();
    }, 'screen');
  }

  await load();
  setInterval(() => document.hidden || load(), EVERY_MS);
}
