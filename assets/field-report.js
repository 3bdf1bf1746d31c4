// Reporting something new: photo, place, class; a few words or none. The draft lives in the phone's store (cheap phones end the browser while
// the camera is open); online it says what is known nearby, so that nobody opens the same hole twice.

import { h, t, word, fill, icon, clock, toast, labelOf, listed } from './duty-dom.js';
import { read } from './duty-call.js';
import { lengthText, placeFields, shrink } from './field-phone.js';
import { remember, remembered } from './field-store.js';
import { player, voiceButton } from './field-voice.js';

const FEW = 15, MANY = 24, RECENT = 4, MOST_SENT = 10, SOON_MS = 500;

export function makeReport(app) {
  const { config, memory, outgoing, slots } = app;
  const empty = () => ({ number: `new-${Date.now()}`, class_code: null, text: '', address: '', place: null });
  let draft = memory.kept('report') || empty(), known = [], knownFor = '', search = '', all = false, locating = false, soon = 0, drawn = '', unsafe = '';
  const save = () => memory.keep('report', { ...draft });
  const media = () => outgoing.drafts(draft.number);

  async function enter() { if (!draft.place || Date.now() - draft.place.at > 120000) await findPlace(); else look(); }

  async function findPlace() {
    locating = true;
    draw();
    const found = await app.locate(12000);
    locating = false;
    if (found) { draft.place = { lon: found.lon, lat: found.lat, accuracy: found.accuracy, at: found.at }; save(); look(); }
    draw();
  }

  /** What is known there is asked for when place and class stand still. */
  function look() {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      const { place, class_code: code, address } = draft, key = [place?.lon, place?.lat, code, address].join();
      if (key === knownFor || !navigator.onLine || (!place && address.length < 4)) return;
      const asked = new URLSearchParams({ ...(place ? { lon: place.lon, lat: place.lat, datum: 'wgs84' } : {}), ...(code ? { class_code: code } : {}), ...(address ? { address } : {}) });
      try { known = (await read(`/cases/known?${asked}`)).known; knownFor = key; draw(); } catch { /* offline: the desk joins what belongs together */ }
    }, SOON_MS);
  }

  function draw() {
    const shots = media(), key = JSON.stringify([draft, known, locating, search, all, shots.map(one => one.key), sentReports(), outgoing.newReports().length]);
    if (key === drawn) return;
    const typing = document.activeElement?.name;
    drawn = key;
    fill(slots.report, h('div', { class: 'report' }, photos(shots), place(), classes(), nearby(), words(), mine()), foot(shots));
    if (typing) slots.report.querySelector(`[name=${typing}]`)?.focus();
  }

  const photos = shots => {
    const pictures = shots.filter(one => one.blob.type.startsWith('image/'));
    return h('section', {}, h('div', { class: `one-photos ${pictures.length ? '' : 'none'}` }, outgoing.asMedia(pictures).map((one, at) => h('figure', {}, h('img', { src: one.url, alt: t('field.photo_one') }), h('button', { type: 'button', class: 'off', 'aria-label': t('field.drop'), onclick: () => outgoing.change({ drop: [pictures[at]] }).then(draw) }, icon('x')))),
      h('label', { class: `camera tile ${pictures.length ? '' : 'big'}`, 'data-act': 'photo' }, icon('camera'), h('span', {}, t(pictures.length ? 'field.more_photo' : 'field.report.photo')), h('input', { type: 'file', accept: 'image/*', capture: 'environment', onchange: event => photo(event.target) }))));
  };

  function place() {
    const at = draft.place, good = at && (at.accuracy || 0) <= config.field.accuracy_m;
    return h('section', { class: 'one-place report-place' }, icon(at ? 'locate-fixed' : 'locate'), h('div', {}, h('b', { class: at && !good ? 'weak' : null }, locating ? t('field.report.locating') : at ? t(good ? 'field.report.located' : 'field.report.vague', { m: Math.round(at.accuracy || 0) }) : t('field.report.nowhere')),
      h('input', { name: 'address', type: 'text', maxlength: 120, value: draft.address, placeholder: t('field.report.address'), autocomplete: 'off', enterkeyhint: 'done', oninput: event => { draft.address = event.target.value; save(); look(); draw(); } })),
      h('button', { type: 'button', class: 'route', 'data-do': 'locate', disabled: locating, onclick: findPlace }, icon('locate'), t('field.report.locate')));
  }

  function classes() {
    const codes = Object.keys(config.classes), recent = remembered('classes', []).filter(code => codes.includes(code)).slice(0, RECENT);
    const sorted = [...recent, ...codes.filter(code => !recent.includes(code))];
    const fits = search ? sorted.filter(code => `${code} ${config.classes[code].label} ${config.classes[code].label_en} ${config.classes[code].group}`.toLowerCase().includes(search.toLowerCase())) : sorted;
    const shown = all || search ? fits.slice(0, 60) : fits.slice(0, FEW);
    if (draft.class_code && !shown.includes(draft.class_code)) shown.unshift(draft.class_code);
    const chip = code => h('button', { type: 'button', class: `class sev-edge-${config.classes[code]?.severity || 5}`, 'data-class': code, 'aria-pressed': String(code === draft.class_code), onclick: () => { draft.class_code = code === draft.class_code ? null : code; save(); look(); draw(); } }, labelOf(config.classes[code]) || code);
    return h('section', {}, h('h3', {}, t('field.report.class')), codes.length > MANY && h('input', { name: 'search', type: 'search', value: search, placeholder: t('field.report.search'), autocomplete: 'off', oninput: event => { search = event.target.value; draw(); } }),
      h('div', { class: 'classes' }, shown.map(chip), !all && !search && codes.length > FEW && h('button', { type: 'button', class: 'class more', onclick: () => { all = true; draw(); } }, icon('ellipsis'), t('field.report.all', { n: codes.length }))));
  }

  const nearby = () => known.length > 0 && h('section', { class: 'known', 'data-panel': 'known' }, h('h3', {}, icon('eye'), t('field.report.known', { n: known.length })),
    h('ul', {}, known.slice(0, 4).map(one => h('li', { 'data-same': one.same_class }, h('div', {}, h('b', {}, one.title), h('span', {}, [one.distance_m !== null && lengthText(one.distance_m), word('desk.stage', one.stage), clock(one.since), one.person].filter(Boolean).join(' · '))),
      one.kind === 'case' && h('button', { type: 'button', class: 'second', 'data-do': 'join', onclick: event => join(one, event.currentTarget) }, t('field.report.same'))))));

  const words = () => h('section', { class: 'one-note' }, h('label', {}, h('span', {}, t('field.report.text')), h('textarea', { name: 'text', rows: 2, maxlength: 1000, placeholder: t('field.report.text_hint'), oninput: event => { draft.text = event.target.value; save(); } }, draft.text)),
    voiceButton(config.field.voice_seconds, keepVoice, () => toast('error', t('field.voice_failed'))),
    outgoing.asMedia(media().filter(one => one.blob.type.startsWith('audio/'))).map(one => player(one.url, null, t('field.voice_one'))));

  const sentReports = () => memory.kept('sent', []);
  const mine = () => {
    const unsent = outgoing.newReports(), sent = sentReports();
    return (unsent.length > 0 || sent.length > 0) && h('section', { class: 'sent', 'data-panel': 'sent' }, h('h3', {}, t('field.report.mine')), h('ul', {},
      unsent.map(one => h('li', { 'data-state': 'waiting' }, icon('cloud-off'), h('div', {}, h('b', {}, one.title), h('span', {}, `${clock(one.done_at)} · ${t('field.pending')}`)))),
      sent.map(one => h('li', { 'data-state': 'sent', 'data-id': one.number }, icon('circle-check'), h('div', {}, h('b', {}, one.title), h('span', {}, `${clock(one.at)} · ${t('field.report.number', { n: one.number })}`))))));
  };

  function foot(shots) {
    const lacks = !draft.class_code ? 'class' : !draft.place && draft.address.trim().length < 2 ? 'place' : !shots.length && draft.text.trim().length < 2 ? 'photo' : null;
    return h('footer', { class: 'field-acts' }, h('button', { type: 'button', class: 'main', 'data-act': 'report', disabled: Boolean(lacks), onclick: event => submit(event.currentTarget) }, icon('send'), h('span', {}, lacks ? t(`field.report.lacks.${lacks}`) : t('field.report.send'))));
  }

  async function photo(from) {
    const file = from.files[0];
    if (!file) return;
    let blob;
    try { blob = await shrink(file, app.waitingState.full); } catch { toast('error', t('field.photo_failed')); return; }
    await keep(blob, '&role=before');
  }

  const keepVoice = (blob, seconds) => keep(blob, `&role=evidence&seconds=${seconds.toFixed(1)}`);

  /** A draft is in the phone at once; its number is filled in when the server gave one. */
  async function keep(blob, more) {
    const where = Object.entries({ ...placeFields(app.here), done_at: new Date().toISOString() }).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
    const safe = await outgoing.change({ put: [outgoing.made({ state: 'draft', number: draft.number, path: `/media?case={number}${more}${where}`, blob })] });
    if (!safe) app.tell(safe);
    draw();
  }

  const titleOf = () => draft.text.trim().split('\n')[0].slice(0, 40) || [labelOf(config.classes[draft.class_code]), draft.address.trim()].filter(Boolean).join(' · ').slice(0, 80);

  async function submit(button) {
    button.disabled = true;
    const title = titleOf(), { place: at, address, text, class_code: code, number } = draft;
    const body = { source: 'collector', title, class_code: code, ...(text.trim() ? { text: text.trim() } : {}), ...(address.trim() ? { address: address.trim() } : {}), ...(at ? { lon: Number(at.lon.toFixed(7)), lat: Number(at.lat.toFixed(7)), datum: 'wgs84' } : {}) };
    const safe = await outgoing.change({ put: [outgoing.made({ path: '/cases', number, title, moves: true, body })] }); // its photos are in the phone and wait with it
    remember('classes', [code, ...remembered('classes', []).filter(one => one !== code)].slice(0, 8));
    renew(safe, number, { place: at });
    navigator.vibrate?.(60);
    app.tell(safe, t(navigator.onLine ? 'field.report.sent' : 'field.kept'));
    outgoing.wake();
    draw();
    slots.report.querySelector('.report')?.scrollTo(0, 0);
  }

  /** A new sheet. What only the memory holds keeps its draft on the phone until it is sent: a phone that dies now has that at least. */
  function renew(safe, number, more = {}) {
    draft = { ...empty(), ...more };
    if (safe) save(); else unsafe = number;
    [known, knownFor] = [[], ''];
  }

  /** It is known already: photos and words go there, nothing new is opened. */
  async function join(one, button) {
    button.disabled = true;
    const number = String(one.number || one.id);
    const put = media().map(each => Object.assign(each, { state: 'waiting', path: each.path.replace('{number}', encodeURIComponent(number)).replace('role=before', 'role=evidence'), number, title: one.title }));
    const note = listed([t('field.report.seen'), draft.text.trim()].filter(Boolean), '：');
    put.unshift(outgoing.made({ path: `/cases/${encodeURIComponent(number)}/acts`, number, title: one.title, body: { act: 'comment', note } }));
    const safe = await outgoing.change({ put });
    renew(safe, number);
    app.tell(safe, t('field.report.joined', { title: one.title }));
    outgoing.wake();
    draw();
  }

  function settled(message, problem, data) {
    if (unsafe === message.number && message.body && !problem) { unsafe = ''; save(); }
    if (message.path !== '/cases' || problem) return;
    memory.keep('sent', [{ number: data?.number || '', title: message.title, at: message.done_at }, ...sentReports()].slice(0, MOST_SENT));
    if (app.view === 'report' && !app.opened) draw();
  }

  return { draw, enter, settled };
}
