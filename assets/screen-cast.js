// Sending something to screens: an incident, a scene or the view one looks at; what stands on each screen now, and giving it back.
// Opened from the duty desk, an incident and a wall. Which screens there are and who may is the server's word.

import { begin, h, t, clock, fill, icon, openDialog, toast, useClock } from './duty-dom.js';
import { call, explain, read } from './duty-call.js';
import { loadText } from './text.js';

const SPANS = [300, 900, 1800, 3600, 14400, 0]; // seconds; 0: until it is given back
const USUAL = 1800;
const CASTERS = ['duty', 'supervisor', 'leader', 'admin'];

/** `what`: {incident: {id, title}, address, config, live}; either, both or none of the first two. */
export async function openCast({ incident, address, config, live }) {
  await begin(config);
  await loadText(config.language, 'screen');
  if (live) useClock(() => live.now());
  const list = h('fieldset', { class: 'cast-screens' }), things = h('fieldset', { class: 'cast-what' }), said = h('p', { class: 'form-error', role: 'alert' });
  const span = h('select', { name: 'span' }, SPANS.map(seconds => h('option', { value: seconds, selected: seconds === USUAL }, spanWords(seconds))));
  const form = h('form', { class: 'note-form cast-form' }, things, list, h('label', {}, h('span', {}, t('screen.how_long')), span), said,
    h('footer', {}, address && h('button', { type: 'button', class: 'quiet', 'data-do': 'keep', onclick: () => keep(address, refresh, said) }, icon('star'), t('screen.keep')), h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary', 'data-do': 'send' }, icon('presentation'), t('screen.send_it'))));
  const dialog = openDialog(t('screen.cast'), form, 'cast');
  dialog.classList.add('cast-dialog');
  let screens = [], scenes = [];

  async function refresh() {
    try { [screens, scenes] = await Promise.all([read('/screens').then(data => data.screens), read('/scenes').then(data => data.scenes)]); } catch (problem) { said.textContent = explain(problem); return; }
    drawThings();
    drawScreens();
  }

  function drawThings() {
    const chosen = new FormData(form).get('what'), first = incident ? 'incident' : address ? 'address' : 'scene';
    const choice = (value, ...words) => h('label', { class: 'box' }, h('input', { type: 'radio', name: 'what', value, checked: value === (chosen ?? first) }), words);
    const pick = h('select', { name: 'scene', 'aria-label': t('screen.scene'), onfocus: () => { form.elements.what.value = 'scene'; } }, scenes.map(one => h('option', { value: one.scene_id }, one.name)));
    fill(things, h('legend', {}, t('screen.what')), incident && choice('incident', h('span', {}, t('screen.this_incident', incident))), address && choice('address', h('span', {}, t('screen.this_view'))),
      scenes.length > 0 ? choice('scene', h('span', {}, t('screen.scene')), pick) : h('p', { class: 'muted' }, t('screen.no_scenes')));
  }

  function drawScreens() {
    const kept = new Set(new FormData(form).getAll('screens'));
    fill(list, h('legend', {}, t('screen.where')), screens.length ? screens.map(one => row(one, kept.has(String(one.screen_id)) || screens.length === 1)) : h('p', { class: 'muted' }, t('screen.none')));
  }

  const row = (one, checked) => h('div', { class: 'cast-row', 'data-id': one.screen_id }, h('label', { class: 'box' }, h('input', { type: 'checkbox', name: 'screens', value: one.screen_id, checked }), h('span', {}, h('b', {}, one.name), h('small', {}, h('i', { class: `dot dot-${one.present ? 'on' : 'off'}` }), stateOf(one), ' · ', standsOf(one)))),
    one.cast && h('button', { type: 'button', class: 'quiet', 'data-do': 'give-back', onclick: () => back(one) }, icon('undo-2'), t('screen.give_back')));

  async function back(one) {
    try { await call('DELETE', `/casts/${one.cast.cast_id}`); toast('ok', t('screen.given_back', { name: one.name })); } catch (problem) { said.textContent = explain(problem); }
    await refresh();
  }

  form.addEventListener('submit', async event => {
    event.preventDefault();
    const wanted = new FormData(form), ids = wanted.getAll('screens').map(Number), seconds = Number(wanted.get('span'));
    if (!ids.length) { said.textContent = t('screen.choose'); return; }
    const thing = { incident: () => ({ incident_id: incident.id }), address: () => ({ address }), scene: () => ({ scene_id: Number(wanted.get('scene')) }) }[wanted.get('what')];
    if (!thing) { said.textContent = t('screen.choose_what'); return; }
    try {
      await call('POST', '/casts', { body: { screens: ids, for_s: seconds || null, ...thing() } });
      dialog.close();
      toast('ok', t('screen.sent', { n: ids.length }));
    } catch (problem) { said.textContent = explain(problem); }
  });
  await refresh();
}

/** The desk's way to its walls, for the roles that may; `incident()` is the one on the desk, if any. */
export function castButton(place, config, incident) {
  const may = CASTERS.includes(config.role), open = () => may && openCast({ incident: incident(), config });
  if (may) fill(place, h('button', { type: 'button', class: 'head-button', 'data-do': 'cast', title: t('duty.cast_about'), 'aria-label': t('duty.cast_about'), onclick: open }, icon('presentation')));
  return { open };
}

export const spanWords = seconds => (seconds ? t(seconds < 3600 ? 'desk.span.m' : 'screen.hours', { n: seconds < 3600 ? seconds / 60 : seconds / 3600 }) : t('screen.until_back'));

/** Whether a screen is heard, in words. */
export const stateOf = one => (one.present ? t('screen.present') : one.seen_at ? t('screen.away', { at: clock(one.seen_at) }) : t('screen.never'));

/** What stands on a screen, in words. */
export function standsOf({ cast, playlist, home }) {
  if (cast) return t(cast.until ? 'screen.shows_until' : 'screen.shows', { what: cast.title, by: cast.kind === 'takeover' ? t('screen.itself') : cast.cast_by, at: clock(cast.until) });
  return playlist ? t('screen.plays', { name: playlist }) : home ? t('screen.at_home') : t('screen.free');
}

/** The view one looks at, kept under a name. */
function keep(address, refresh, said) {
  const name = h('input', { name: 'name', required: true, maxlength: 60 }), wrong = h('p', { class: 'form-error', role: 'alert' });
  const form = h('form', { class: 'note-form' }, h('label', {}, h('span', {}, t('screen.scene_name')), name), h('p', { class: 'hint num' }, address), wrong, h('footer', {}, h('button', { type: 'submit', class: 'primary', 'data-do': 'save' }, icon('save'), t('screen.keep'))));
  const dialog = openDialog(t('screen.keep'), form, 'scene');
  dialog.classList.add('cast-dialog');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    try { await call('POST', '/scenes', { body: { name: name.value, address } }); dialog.close(); said.textContent = ''; toast('ok', t('screen.kept', { name: name.value })); await refresh(); } catch (problem) { wrong.textContent = explain(problem); }
  });
  name.focus();
}
