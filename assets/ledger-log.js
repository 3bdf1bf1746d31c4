// 值班日志: the lines of the log by day, what the system proposes, writing one, putting one right, who signed.

import { h, t, fill, icon, clock, toast, now, known } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { askForm, field } from './ledger-form.js';
import { empty, marksOf, part, said } from './ledger-table.js';

const LINK = { incident: key => `/incident/${key}`, case: key => `/dispatch/${key}`, hazard: key => `/ledgers/hazards/${key}` };

/** What a proposal says in words: the sentence a line begins with, which the officer may change. */
const wordsOf = one => t(known(`ledgers.log.what.${one.what}`) ? `ledgers.log.what.${one.what}` : 'ledgers.log.what.other', { title: one.title });

function line(app, row) {
  const amended = row.amendments.length > 0;
  const past = amended && h('details', {}, h('summary', {}, t('ledgers.log.amended', { n: row.amendments.length })), h('ol', { class: 'l-past' }, h('li', {}, h('s', {}, row.first_text), h('small', {}, said(row.by, clock(row.written_at, true)))),
    row.amendments.map((one, at) => h('li', {}, at === row.amendments.length - 1 ? one.text : h('s', {}, one.text), h('small', {}, said(one.by, clock(one.at, true), one.why))))));
  const signed = row.signature ? h('span', { class: 'l-signed', title: clock(row.signature.signed_at, true) }, icon('badge-check'), t('ledgers.log.signed', row.signature), row.signature.later && h('b', { class: 'mark' }, t('ledgers.log.later'))) : h('span', { class: 'l-unsigned' }, t('ledgers.log.unsigned'));
  const origin = row.origin?.split('/'), to = origin && LINK[origin[0]] && !['order'].includes(origin[0]) ? LINK[origin[0]](origin[1]) : null;
  return h('li', { 'data-id': row.id, class: row.left_out ? 'left-out' : null }, h('time', { class: 'num' }, clock(row.at)), h('div', {}, h('p', {}, row.left_out && h('b', { class: 'mark' }, t('ledgers.column.left_out')), row.text, marksOf(row)),
    row.left_out && row.why && h('q', {}, row.why), past, h('small', {}, said(row.by, row.written_at !== row.at && t('ledgers.log.written', { at: clock(row.written_at) }))), to && h('a', { class: 'l-link', href: to }, icon('arrow-up-right'), t('ledgers.log.origin'))),
  h('div', { class: 'l-line-side' }, signed, row.acts.includes('amend') && !row.left_out && h('button', { type: 'button', class: 'quiet', 'data-act': 'amend', onclick: () => amend(app, row) }, icon('pencil'), t('ledgers.log.act.amend'))));
}

async function amend(app, row) {
  const answer = await askForm(t('ledgers.log.act.amend'), [h('p', { class: 'hint wide' }, t('ledgers.log.amend_hint')), field('text', t('ledgers.column.text'), { rows: 4, required: true, maxlength: 4000, wide: true }), field('note', t('ledgers.column.why'), { required: true, maxlength: 500, wide: true })].map((node, at) => { if (at === 1) node.querySelector('textarea').value = row.text; return node; }));
  if (!answer) return;
  try {
    await call('POST', `/duty-log/${row.id}/acts`, { body: { act: 'amend', ...answer }, etag: `"${row.version}"` });
    toast('ok', t('ledgers.did', { act: t('ledgers.log.act.amend') }));
  } catch (problem) { toast('error', explain(problem)); }
  app.refresh();
}

async function write(app, body, done) {
  try {
    await call('POST', '/duty-log', { body });
    done?.();
    toast('ok', t('ledgers.made.duty-log'));
  } catch (problem) { toast('error', explain(problem)); }
  app.refresh();
}

function box(app) {
  const text = h('textarea', { rows: 2, maxlength: 4000, placeholder: t('ledgers.log.write_hint'), 'aria-label': t('ledgers.new.duty-log') });
  const send = () => text.value.trim() && write(app, { text: text.value.trim() }, () => { text.value = ''; });
  text.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); } });
  return h('div', { class: 'l-write' }, text, h('button', { type: 'button', class: 'primary', 'data-do': 'write', onclick: send }, icon('pencil'), t('ledgers.new.duty-log'), h('kbd', {}, 'Ctrl ⏎')));
}

/** Keeps one: its words may be changed first. Leaves one out: for a reason. */
async function keep(app, one) {
  const answer = await askForm(t('ledgers.log.keep'), [field('text', t('ledgers.column.text'), { rows: 4, required: true, maxlength: 4000, wide: true })].map(node => { node.querySelector('textarea').value = wordsOf(one); return node; }), { send: t('ledgers.log.keep') });
  if (answer) await write(app, { text: answer.text, origin: one.origin });
}
async function leaveOut(app, one) {
  const answer = await askForm(t('ledgers.log.leave_out'), [h('p', { class: 'hint wide' }, wordsOf(one)), field('why', t('ledgers.column.why'), { required: true, maxlength: 500, wide: true })], { send: t('ledgers.log.leave_out') });
  if (answer) await write(app, { text: '', origin: one.origin, left_out: true, why: answer.why });
}

const proposal = (app, one) => h('li', { 'data-id': one.origin }, h('div', {}, h('p', {}, wordsOf(one), marksOf(one)), h('small', {}, said(clock(one.at, true), app.street(one.area)))),
  h('div', { class: 'l-line-side' }, h('button', { type: 'button', 'data-do': 'keep', onclick: () => keep(app, one) }, icon('check'), t('ledgers.log.keep')), h('button', { type: 'button', class: 'quiet', 'data-do': 'leave-out', onclick: () => leaveOut(app, one) }, t('ledgers.log.leave_out'))));

async function drawSide(app) {
  const { slots, config } = app, may = config.begins.includes('duty-log');
  const [proposals, signatures] = await Promise.all([may ? read('/duty-log/proposals').then(data => data.proposals).catch(() => []) : [], read('/duty-log/signatures?limit=20').then(data => data.signatures).catch(() => [])]);
  fill(slots.heading, h('div', { class: 'l-name' }, h('h2', {}, t('ledgers.log.beside'))));
  fill(slots.acts);
  fill(slots.detail,
    may && part('lightbulb', t('ledgers.log.proposals'), h('p', { class: 'muted' }, t('ledgers.log.proposals_hint')), proposals.length ? h('ol', { class: 'l-proposals' }, proposals.map(one => proposal(app, one))) : h('p', { class: 'l-well' }, icon('circle-check'), t('ledgers.log.no_proposals'))),
    part('badge-check', t('ledgers.log.signatures'), signatures.length ? h('ol', { class: 'l-record' }, signatures.map(one => h('li', {}, h('b', {}, `${one.from_name} → ${one.to_name}`), h('span', { class: 'muted' }, one.signed_at ? t('ledgers.log.signed_at', { at: clock(one.signed_at, true), n: one.entries.length }) : t('ledgers.log.waits')),
      h('span', { class: one.intact ? 'l-intact' : 'l-torn' }, icon(one.intact ? 'shield-check' : 'shield-alert'), t(one.intact ? 'ledgers.log.intact' : 'ledgers.log.torn'), h('small', { class: 'num' }, one.hash.slice(0, 12)))))) : h('p', { class: 'muted' }, t('ledgers.log.no_signature'))));
}

export const dutyLog = {
  noun: 'log', path: '/duty-log', symbol: 'book-open', filters: {}, key: row => row.id,

  drawFilters(filters, changed) {
    const days = h('select', { 'aria-label': t('ledgers.log.days'), onchange: () => { filters.from = days.value ? new Date(now() - Number(days.value) * 86_400_000).toISOString() : ''; changed(); } }, [[2, 2], [7, 7], [30, 30], ['', 0]].map(([value, n]) => h('option', { value }, n ? t('ledgers.log.last_days', { n }) : t('ledgers.all'))));
    filters.from ||= new Date(now() - 2 * 86_400_000).toISOString();
    const out = h('label', { class: 'l-tick' }, h('input', { type: 'checkbox', onchange: event => { filters.left_out = event.target.checked || ''; changed(); } }), t('ledgers.log.with_left_out'));
    return [days, out];
  },

  list: (filters, app, query) => read(`/duty-log?${query({ ...filters, limit: 300 })}`).then(data => data.entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))),

  drawList(app, rows) {
    const { slots, config } = app;
    if (!slots.note.querySelector('.l-write') && config.begins.includes('duty-log')) fill(slots.note, box(app));
    const told = JSON.stringify(rows);
    if (told === this.told && slots.list.querySelector('.l-log')) return null; // what somebody unfolded stays so
    this.told = told;
    if (!rows.length) return fill(slots.list, empty('book-open', t('ledgers.none.duty-log')));
    return fill(slots.list, h('ol', { class: 'l-log' }, rows.map(row => line(app, row))));
  },

  drawNothing: drawSide,
  draw: drawSide,
};
