// The officer's shift: since when, what is held, handing it over and taking one over, each signed with the officer's own password.
// Reads and sends; what passes to whom is the server's law.

import { h, t, word, fill, icon, badge, clock, toast, openDialog, titled } from './duty-dom.js';
import { call, explain, read, Problem } from './duty-call.js';

const EVERY_MS = 20_000;

export function makeShift(slots, config, people) {
  let now = { shift: null, holds: [], handover: null, offers: [] };
  const works = ['duty', 'dispatcher', 'supervisor'].includes(config.role);

  async function load() {
    if (!works) return;
    try { take(await read('/shifts/current')); } catch { /* the next turn asks again; the head says that the line is lost */ }
  }

  function take(found) {
    now = found;
    const held = now.holds.length, offered = now.shift?.stage === 'offered';
    fill(slots.shift, h('button', { type: 'button', class: 'head-button shift', 'data-do': 'shift', 'data-stage': now.shift?.stage || 'off', title: t('duty.shift.key'), onclick: open },
      icon(now.offers.length ? 'user-check' : 'repeat'), h('span', {}, now.offers.length ? t('duty.shift.offers', { n: now.offers.length }) : offered ? t('duty.shift.offered', { to: now.handover?.to || '' })
        : now.shift ? t('duty.shift.on', { at: clock(now.shift.began_at), n: held }) : t('duty.shift.off'))));
    slots.shift.classList.toggle('calls', now.offers.length > 0);
  }

  /** What wants doing first: an offer to me, then my own shift. */
  function open() {
    if (now.offers.length) return answer(now.offers[0]);
    if (!now.shift) return begin();
    return now.shift.stage === 'offered' ? withdraw() : offer();
  }

  async function begin() {
    try { take((await call('POST', '/shifts', { body: {} })).data); toast('ok', t('duty.shift.begun')); } catch (problem) { toast('error', explain(problem), { label: t('desk.again'), go: begin }); }
  }

  const items = list => (list.length ? h('ul', { class: 'handed' }, list.map(one => h('li', { 'data-noun': one.noun, 'data-id': one.id }, badge(one.severity || 5), h('span', { class: 'handed-title' }, titled(one)), h('span', { class: 'muted' }, `${word('desk.kind', one.noun)} · ${word('desk.stage', one.stage)}`))))
    : h('p', { class: 'muted' }, t('duty.shift.nothing')));
  const field = (name, label, input) => { input.name = name; return h('label', {}, h('span', {}, label), input); };
  const secret = () => h('input', { type: 'password', required: true, autocomplete: 'current-password' });

  /** A form that stays until the server took it: a wrong password is said beside the field, and nothing typed is lost. */
  function signed(title, parts, send, more = []) {
    const said = h('p', { class: 'form-error', role: 'alert' });
    const form = h('form', { class: 'note-form signed' }, parts, said, h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), more, h('button', { type: 'submit', class: 'primary', 'data-do': 'sign' }, icon('pencil'), t('duty.shift.sign'))));
    const dialog = openDialog(title, form, 'handover');
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const button = form.querySelector('[data-do=sign]');
      button.disabled = true;
      try { await send(Object.fromEntries(new FormData(form))); dialog.close(); } catch (problem) {
        said.textContent = problem instanceof Problem && problem.status === 403 ? t('duty.shift.wrong') : problem.status === 429 ? t('duty.shift.locked') : problem.body?.detail || explain(problem);
      } finally { button.disabled = false; }
    });
    form.querySelector('select,input,textarea')?.focus();
    return dialog;
  }

  async function offer() {
    const others = (await people()).filter(one => !one.me);
    await load();
    const to = h('select', { required: true }, h('option', { value: '' }, t('duty.shift.choose')), others.map(one => h('option', { value: one.account }, `${one.title} · ${word('desk.role', one.role)} · ${t(one.on_shift ? 'duty.on_shift' : 'duty.off_shift')}`)));
    signed(t('duty.shift.hand'), [h('p', { class: 'hint' }, t('duty.shift.hint', { n: now.holds.length })), items(now.holds), field('to', t('duty.shift.to'), to), field('note', t('duty.shift.note'), h('textarea', { rows: 3, maxlength: 2000 })), field('password', t('duty.shift.password'), secret())],
      async wanted => { take((await call('POST', '/shifts/handover', { body: { to: Number(wanted.to), note: wanted.note || '', password: wanted.password } })).data); toast('ok', t('duty.shift.waits', { to: now.handover?.to || '' })); },
      [h('button', { type: 'button', class: 'danger', onclick: event => { event.target.closest('dialog').close(); end(); } }, t('duty.shift.end'))]);
  }

  function answer(one) {
    signed(t('duty.shift.take', { from: one.from }), [h('p', { class: 'hint' }, t('duty.shift.take_hint', { from: one.from, at: clock(one.offered_at, true), n: one.items.length + (one.beyond || 0) })), items(one.items), one.beyond > 0 && h('p', { class: 'muted' }, t('duty.shift.beyond', { n: one.beyond })), one.note && h('blockquote', {}, one.note), h('p', { class: 'muted num' }, t('duty.shift.hash', { hash: one.items_hash.slice(0, 16) })),
      field('note', t('duty.note'), h('textarea', { rows: 2, maxlength: 2000 })), field('password', t('duty.shift.password'), secret())],
      async wanted => { const { data } = await call('POST', `/shifts/${one.shift_id}/acts`, { body: { act: 'accept', note: wanted.note || '', password: wanted.password } }); take(data); toast('ok', t('duty.shift.taken', { n: data.moved.length, left: data.left.length })); },
      [h('button', { type: 'button', class: 'danger', 'data-do': 'decline', onclick: event => decline(one, event.target.closest('form')) }, t('duty.shift.decline'))]);
  }

  async function decline(one, form) {
    const note = form.elements.note;
    if (!note.value.trim()) { note.required = true; note.reportValidity(); return; }
    try { take((await call('POST', `/shifts/${one.shift_id}/acts`, { body: { act: 'decline', note: note.value } })).data); form.closest('dialog').close(); toast('info', t('duty.shift.declined')); } catch (problem) { form.querySelector('.form-error').textContent = explain(problem); }
  }

  const withdraw = () => sure('withdraw', t('duty.shift.withdraw'), t('duty.shift.withdraw_hint', { to: now.handover?.to || '' }));
  const end = () => sure('end', t('duty.shift.end'), t('duty.shift.end_hint', { n: now.holds.length }));
  function sure(act, title, hint) {
    const go = async () => { try { take((await call('POST', `/shifts/${now.shift.id}/acts`, { body: { act } })).data); toast('ok', title); } catch (problem) { toast('error', explain(problem), { label: t('desk.again'), go }); } };
    const form = h('form', { method: 'dialog', class: 'note-form' }, h('p', { class: 'hint' }, hint), items(now.holds), h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'danger' }, title)));
    form.addEventListener('submit', go);
    const dialog = openDialog(title, form, 'shift');
  }

  load();
  setInterval(load, EVERY_MS);
  return { open, load };
}
