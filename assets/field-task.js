// One task on the phone: time left, place and way, what is to be done, photos before and after, a note typed or spoken, and its acts at the
// foot where the thumb is. Which act is possible says the server; without a network what usually follows the stage is offered.

import { h, t, word, fill, icon, badge, clock, toast, endedPicture, labelOf } from './duty-dom.js';
import { asideCard } from './field-aside.js';
import { distanceText, lengthText, placeFields, placeWords, shrink } from './field-phone.js';
import { chooseWay } from './field-way.js';
import { carryOut, moreActs } from './field-sheet.js';
import { player, voiceButton } from './field-voice.js';

const MAIN = { dispatched: 'take', handling: 'arrive', on_site: 'finish', pre_checking: 'pass_pre_check', checking: 'check' };
const OTHERWISE = { pre_checking: 'fail_pre_check', checking: 'rework' }; // who looks says yes or no: both are at the foot
const PLACED = ['arrive', 'finish', 'check', 'pass_pre_check']; // done on the spot
const SYMBOLS = { take: 'hand', arrive: 'map-pinned', finish: 'check-check', check: 'badge-check', pass_pre_check: 'badge-check', fail_pre_check: 'x', rework: 'repeat' };
const PATH = ['dispatched', 'handling', 'on_site', 'finished'];
const AT_WORK = ['handling', 'on_site'];
const DONE = ['finished', 'fed_back', 'checked', 'closed', 'registered'];

export function makeTask(app) {
  const { slots, config, outgoing } = app;
  let drawn = '', stood = '', allowedNow = null; // what the task and its foot were drawn from; the acts as the server allows them now

  const rowOf = number => {
    const row = { ...app.tasks.find(one => one.number === number), ...app.details.get(number) };
    const set = outgoing.aside().get(number);
    return row.number ? row : set ? { number, title: set.find(one => one.title)?.title || number, stage: '' } : null;
  };

  /** Only what changed is drawn: a picture that loads anew or a button made anew under a thumb would be in the way. */
  function draw() {
    const row = rowOf(app.opened);
    if (!row) return app.close();
    const stage = app.stageOf(row), set = outgoing.aside().get(row.number) || [], unsent = outgoing.mediaOf(row.number);
    const key = JSON.stringify([row, stage, set.map(one => [one.key, one.state]), unsent.map(one => one.key), distanceText(app.here, row), navigator.onLine]);
    if (key === drawn && slots.task.firstChild) return null;
    drawn = key;
    const typing = document.activeElement?.tagName === 'TEXTAREA';
    fill(slots.task,
      set.length > 0 && asideCard(app, row, set),
      row.stage && app.isMine(row) | app.ahead.has(row.number) ? time(row, stage) : row.stage && h('p', { class: 'not-mine' }, icon('info'), t('field.not_mine', { stage: word('desk.stage', stage) })),
      h('div', { class: 'one-title' }, badge(row.severity), h('div', {}, h('h2', {}, row.title), row.class_code && h('span', {}, [labelOf(config.classes[row.class_code]), t('field.opened', { at: clock(row.dispatched_at || row.opened_at) })].filter(Boolean).join(' · '))), row.drill && h('b', { class: 'mark drill' }, t('desk.drill'))),
      row.stage && place(row), doubts(row), asked(row),
      row.text && h('p', { class: 'one-text' }, row.text),
      row.stage && steps(stage),
      row.stage && pictures(row, stage, unsent), AT_WORK.includes(stage) && note(row), said(row),
      h('p', { class: 'one-number num' }, row.number));
    if (typing) slots.task.querySelector('textarea')?.focus();
    feet(row, stage);
    return app.tick();
  }

  const time = (row, stage) => h('div', { class: `clock-card ${row.due_at ? '' : 'none'}` }, DONE.includes(stage) ? h('b', { class: 'handed' }, icon('circle-check'), t('field.finished_note'))
    : [h('span', { class: 'left-word' }), h('b', { class: 'left big num', 'data-due': row.due_at || '' }), h('span', { class: 'due' }, row.due_at ? t('field.due', { at: clock(row.due_at) }) : t('field.no_deadline'))]);

  function place(row) {
    const known = Number.isFinite(row.lon);
    return h('div', { class: 'one-place' }, icon('map-pin'), h('div', {}, h('b', {}, row.address || placeWords(row)), h('span', {}, distanceText(app.here, row))),
      known && h('button', { type: 'button', class: 'route', 'data-do': 'navigate', onclick: () => chooseWay({ lon: row.lon, lat: row.lat, name: row.address || row.title }) }, icon('navigation'), t('field.navigate')));
  }

  /** What the server doubts of my last arrival: the worker must not learn it from the supervisor. */
  function doubts(row) {
    const last = (row.positions || []).filter(one => one.account_id === config.account && one.act === 'arrive').at(-1);
    if (!last?.doubts.length) return null;
    return h('p', { class: 'doubted', 'data-doubts': last.doubts.join(' ') }, icon('triangle-alert'), h('span', {}, t('field.doubted', { why: last.doubts.map(one => t(`field.doubt.${one}`, { away: last.distance_m === null ? '—' : lengthText(last.distance_m), off: Math.round(Math.abs(last.clock_off_s || 0) / 60) })).join(t('field.and')) })));
  }

  const asked = row => (row.adjustments || []).filter(one => ['asked', 'unit_agreed', 'agreed', 'refused'].includes(one.stage)).slice(-2)
    .map(one => h('p', { class: `asked asked-${one.stage}` }, icon('alarm-clock'), h('span', {}, t(`field.asked.${one.kind}`, { at: clock(one.until_at), stage: t(`field.asked.stage.${one.stage}`) }))));

  const steps = stage => { const at = PATH.indexOf(stage); return at >= 0 && h('ol', { class: 'one-steps', 'aria-label': t('field.stage') }, PATH.map((one, index) => h('li', { class: index < at ? 'past' : index === at ? 'now' : '' }, word('desk.stage', one)))); };

  /** Before and after, two taps each: the tile and the shutter. What who checks took there stands for itself; other evidence is of before. */
  function pictures(row, stage, unsent) {
    const groupOf = one => (one.role === 'evidence' && !(stage in OTHERWISE && one.created_by === config.account) ? 'before' : one.role);
    const media = (row.media || []).filter(one => one && typeof one === 'object' && !String(one.kind).startsWith('audio/'));
    const shots = role => [
      ...media.filter(one => groupOf(one) === role).map(one => (one.ended_at ? endedPicture(one) : shot(`/api/v1/media/${one.media_id}`, clock(one.created_at)))),
      ...unsent.filter(one => one.kind.startsWith('image/') && groupOf({ created_by: config.account, ...one }) === role).map(one => shot(one.url, t('field.pending'), true))];
    const tile = role => h('label', { class: 'camera tile', 'data-act': role === 'after' ? 'photo' : 'photo_before' }, icon('camera'), h('span', {}, t(`field.take_${role}`)), input(row, role));
    const group = role => { const found = shots(role), may = role === 'after' ? stage === 'on_site' : role === 'before' ? AT_WORK.includes(stage) : stage in OTHERWISE; return (found.length > 0 || may) && h('section', { 'data-role': role }, h('h3', {}, t(`field.photo_${role}`)), h('div', { class: 'one-photos' }, found, may && tile(role))); };
    const both = [group('before'), group('after'), group('evidence')].filter(Boolean);
    return both.length > 0 && h('div', { class: 'before-after' }, both);
  }

  const shot = (src, caption, pending) => h('figure', { class: pending ? 'pending' : null }, h('img', { src, alt: caption, loading: 'lazy' }), h('figcaption', {}, caption));
  const input = (row, role) => h('input', { type: 'file', accept: 'image/*', capture: 'environment', onchange: event => photo(row, role, event.target) });

  const note = row => h('div', { class: 'one-note' }, h('label', {}, h('span', {}, t('field.note')), h('textarea', { rows: 2, maxlength: 500, placeholder: t('field.note_hint'), oninput: event => app.memory.keep(`note.${row.number}`, event.target.value) }, app.memory.kept(`note.${row.number}`, ''))),
    voiceButton(config.field.voice_seconds, (blob, seconds) => keepVoice(row, blob, seconds), () => toast('error', t('field.voice_failed'))));

  const said = row => {
    const spoken = [...(row.media || []).filter(one => String(one.kind).startsWith('audio/') && !one.ended_at).map(one => player(`/api/v1/media/${one.media_id}`, one.seconds, clock(one.created_at))),
      ...outgoing.mediaOf(row.number).filter(one => one.kind.startsWith('audio/')).map(one => player(one.url, null, t('field.pending')))];
    return spoken.length > 0 && h('div', { class: 'one-said' }, spoken);
  };

  const hasAfter = row => (row.media || []).some(one => one.role === 'after' && !one.ended_at) || outgoing.mediaOf(row.number).some(one => one.role === 'after');

  /** The acts at the foot. A picture that was sent or an answer that says no more than was expected changes none: the button under the thumb stays the same one. */
  function feet(row, stage) {
    const mine = app.isMine(row) || app.ahead.has(row.number), server = row.acts && !app.ahead.has(row.number) && row.stage === stage;
    const allowed = !row.stage || DONE.includes(stage) || !mine ? null : server ? row.acts : [MAIN[stage], 'send_back'];
    const ready = stage !== 'on_site' || hasAfter(row), shown = [MAIN[stage], OTHERWISE[stage]].filter(name => allowed?.includes(name) && (name !== 'finish' || ready));
    const key = JSON.stringify([row.number, stage, shown, ready]);
    allowedNow = allowed;
    if (key === stood && Boolean(slots.acts.firstChild) === Boolean(allowed)) return;
    stood = key;
    fill(slots.acts, allowed && foot(row.number, stage, shown, ready));
  }

  function foot(number, stage, shown, ready) {
    const main = MAIN[stage], other = OTHERWISE[stage], row = () => rowOf(number); // as it is when it is tapped
    const button = (name, look, symbol, go) => h('button', { type: 'button', class: look, 'data-act': name, 'aria-label': t(`field.${name}`), onclick: go }, icon(symbol), h('span', {}, t(`field.${name}`)));
    return [
      button('more', 'side', 'ellipsis', () => moreActs(app, row(), stage, allowedNow)),
      stage === 'on_site' && h('label', { class: `camera ${ready ? 'second' : 'main'}`, 'data-act': 'photo' }, icon('camera'), h('span', {}, t(ready ? 'field.more_photo' : 'field.take_photo')), input({ number, title: row().title }, 'after')),
      shown.includes(other) && button(other, 'second', SYMBOLS[other], () => carryOut(app, row(), other)),
      shown.includes(main) && button(main, 'main', SYMBOLS[main], event => run(row(), main, event.currentTarget))];
  }

  async function photo(row, role, from) {
    const file = from.files[0];
    if (!file) return;
    let blob;
    try { blob = await shrink(file, app.waitingState.full); } catch { toast('error', t('field.photo_failed')); return; }
    const where = placeFields(app.here), more = Object.entries({ ...where, done_at: new Date().toISOString() }).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
    const safe = await outgoing.add({ path: `/media?case=${encodeURIComponent(row.number)}&role=${role}${more}`, number: row.number, title: row.title, blob });
    app.tell(safe, t('field.photo_saved'));
    draw();
    if (!where.lon) app.locate(4000);
  }

  async function keepVoice(row, blob, seconds) {
    const safe = await outgoing.add({ path: `/media?case=${encodeURIComponent(row.number)}&role=evidence&seconds=${seconds.toFixed(1)}&done_at=${encodeURIComponent(new Date().toISOString())}`, number: row.number, title: row.title, blob });
    app.tell(safe, t('field.voice_saved'));
    draw();
  }

  async function run(row, name, button) {
    button.disabled = true; // until the act is kept: a second tap of a cold thumb is no second act
    const typed = app.memory.kept(`note.${row.number}`, '');
    const fields = name === 'finish' && typed.trim() ? { note: typed.trim() } : {};
    if (PLACED.includes(name)) Object.assign(fields, placeFields((await app.locate(4000)) || app.here));
    await app.act(row, name, fields);
    button.disabled = false;
    if (name === 'finish') app.memory.keep(`note.${row.number}`, '');
    if (name === 'check' || name === 'pass_pre_check') app.close();
  }

  return { draw };
}
