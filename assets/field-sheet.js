// What is done more seldom than the main act: ask for help or for time, comment, send back, send to rework. Reasons come as chips, because
// nobody types in the rain; a note can be typed beside them.

import { h, t, icon, clock, now, openDialog, listed } from './duty-dom.js';
import { placeFields } from './field-phone.js';

const SYMBOLS = { ask_help: 'life-buoy', ask_extension: 'alarm-clock', comment: 'message-square', send_back: 'corner-up-left', rework: 'repeat', fail_pre_check: 'x', ask_suspension: 'clock' };
const WHY = { ask_help: 4, ask_extension: 4, send_back: 4, rework: 3, fail_pre_check: 3, comment: 3 };
const HOURS = [2, 4, 24, 72];
const BESIDE = { dispatched: ['ask_help', 'comment', 'send_back'], handling: ['ask_help', 'ask_extension', 'comment', 'send_back'], on_site: ['ask_help', 'ask_extension', 'comment', 'send_back'], checking: ['comment'], pre_checking: ['comment'] };
const OF_THE_TABLE = ['send_back', 'rework', 'fail_pre_check'];

/** The list of further acts; one that the server did not name for this reader is left out. */
export function moreActs(app, row, stage, allowed) {
  const names = (BESIDE[stage] || ['comment']).filter(name => !OF_THE_TABLE.includes(name) || allowed.includes(name));
  const dialog = openDialog(t('field.more'), h('div', { class: 'sheet-list' }, names.map(name => h('button', { type: 'button', class: 'side wide', 'data-act': name, onclick: async () => { dialog.close(); await carryOut(app, row, name); } }, icon(SYMBOLS[name]), h('span', {}, h('b', {}, t(`field.${name}`)), h('small', {}, t(`field.${name}.hint`)))))), 'more');
}

/** Asks why, then does it. */
export async function carryOut(app, row, name) {
  const fields = await askWhy(row, name);
  if (!fields) return;
  await app.act(row, name, { ...fields, ...(name === 'ask_help' ? placeFields(app.here) : {}) });
  if (OF_THE_TABLE.includes(name)) app.close();
}

/** `{note}`, for more time `{note, until}`; null where nothing was sent. */
export function askWhy(row, name) {
  return new Promise(resolve => {
    let answer = null, hours = HOURS[1];
    const area = h('textarea', { name: 'note', rows: 2, required: true, maxlength: 500, placeholder: t('field.note_needed') });
    const chip = (words, press, on) => h('button', { type: 'button', class: 'chip', 'aria-pressed': String(Boolean(on)), onclick: press }, words);
    const why = Array.from({ length: WHY[name] || 0 }, (_, n) => t(`field.${name}.why.${n + 1}`)).map(words => chip(words, () => { area.value = listed([area.value.trim(), words].filter(Boolean), '，'); }));
    const from = Math.max(Date.parse(row.due_at) || 0, now()), until = () => new Date(from + hours * 3600e3);
    const shown = h('output', { class: 'until' });
    const times = h('div', { class: 'chips' });
    const draw = () => { times.replaceChildren(...HOURS.map(one => chip(t('field.hours', { n: one }), () => { hours = one; draw(); }, one === hours))); shown.textContent = t('field.until', { at: clock(until().toISOString()) }); };
    draw();
    const form = h('form', { method: 'dialog' }, name === 'ask_extension' && [times, shown], why.length > 0 && h('div', { class: 'chips' }, why), area, h('button', { type: 'submit', class: 'main', 'data-act': name }, t(`field.${name}`)));
    form.addEventListener('submit', () => { answer = { note: area.value.trim(), ...(name === 'ask_extension' ? { until: until().toISOString() } : {}) }; });
    const dialog = openDialog(t(`field.${name}`), form, 'note');
    dialog.addEventListener('close', () => resolve(answer));
  });
}
