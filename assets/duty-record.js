// What was done and said about a row: acts, words of the machine, comments, whom it was told to and who comes next. Draws; decides nothing.

import { h, t, word, fill, clock, span, now, icon, listed } from './duty-dom.js';
import { drawTold } from './duty-told.js';

/** Acts of people, what the machine did (the noun's own times) and comments, the newest first. */
export function drawRecord(slot, kind, noun) {
  const audit = noun.audit || [], acts = new Set(audit.map(row => row.act));
  const told = [[noun.raised_at || noun.received_at, null, kind === 'alert' ? 'raise' : 'report'], [noun.acked_at, noun.acked_by, 'acknowledge', noun.ack_note], [noun.returned_at, null, 'return'], [noun.ended_at, null, 'clear']]
    .filter(row => row[0] && !acts.has(row[2])).map(([at, actor, act, note]) => ({ at, actor, act, note }));
  const said = (noun.comments || []).map(one => ({ at: one.at, actor: one.author, text: one.text, mentions: one.mentions }));
  const rows = [...audit.filter(row => row.act !== 'comment' || !said.length), ...told, ...said].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  fill(slot, !rows.length ? h('p', { class: 'muted' }, t('duty.no_audit')) : h('ol', { class: 'audit' }, rows.map(row => (row.text ? comment(row) : line(row)))),
    ['alert', 'incident', 'case'].includes(kind) && drawTold(kind, noun));
}

const comment = row => h('li', { class: 'said' }, h('time', {}, clock(row.at, true)), h('b', {}, row.actor || t('desk.system')), h('p', {}, withNames(row.text, row.mentions)));
const literal = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A text whose @names are marked: those the server knew, and what else looks like one. */
function withNames(text, mentions = []) {
  const names = mentions.map(one => literal(one.title)).sort((a, b) => b.length - a.length);
  return text.split(new RegExp(`([@＠](?:${[...names, '[\\p{L}\\p{N}_.-]+'].join('|')}))`, 'u')).map((part, index) => (index % 2 ? h('mark', { class: 'mention' }, part) : part));
}
/** The machine has one name on the screens, whether a record names it or nobody. */
const byWord = actor => (actor && actor !== 'system' ? actor : t('desk.system'));
const line = row => h('li', {}, h('time', {}, clock(row.at, true)), h('b', {}, byWord(row.actor)),
  h('span', {}, word('desk.act', row.act), row.stage_to && row.stage_to !== row.stage_from ? ` → ${word('desk.stage', row.stage_to)}` : '', row.detail?.approved_by ? ` · ${t('duty.approved_by', { name: row.detail.approved_by })}` : ''), row.note && h('q', {}, row.note));

/** A target of an escalation in words: 值班员, 监督员（就近）, 短信 · 领导, 账号 7. */
export function targetWord(target) {
  const [, channel, rest] = target.match(/^(?:([a-z0-9-]+)\/)?(.+)$/), [, kind, name, near] = rest.match(/^(\w+):([^@]+)(@area)?$/) || [null, '', rest];
  const who = kind === 'role' ? word('desk.role', name) : kind === 'roster' ? t('duty.target.roster', { role: word('desk.role', name) }) : kind === 'account' ? t('duty.target.account', { name }) : name;
  return [channel && word('duty.target', channel), near ? t('duty.target.near', { who }) : who].filter(Boolean).join(' · ');
}

const inWords = at => t('duty.steps.in', { span: span((Date.parse(at) - now()) / 1000) });
/** Why nobody is told now, though somebody would be: null where somebody is. */
const quietWhy = (kind, noun) => (kind === 'alert' && noun.incident_id ? t('duty.steps.incident', { id: noun.incident_id }) : noun.hold && noun.hold !== 'none' ? t('duty.steps.held') : noun.acked_at ? t('duty.steps.answered') : t('duty.steps.quiet'));

/** Whom it was told to, and whom it will be told to if nobody answers; where nobody is, why. */
export function drawSteps(part, slot, kind, noun, open) {
  const steps = noun.escalation, ended = noun.ended_at || noun.closed_at, quiet = steps?.quiet && !ended;
  part.hidden = !steps || (!steps.told.length && !steps.due.length && !quiet);
  if (part.hidden) return;
  fill(slot, quiet && h('p', { class: 'muted' }, quietWhy(kind, noun), kind === 'alert' && noun.incident_id && h('button', { type: 'button', class: 'link', onclick: () => open({ kind: 'incident', id: noun.incident_id, key: `incident:${noun.incident_id}`, title: '' }) }, t('duty.steps.show'))),
    h('ol', { class: 'steps' },
      steps.told.map(one => h('li', { class: one.failed_at ? 'told failed' : 'told', title: one.error || null }, icon(one.failed_at ? 'circle-alert' : one.sent_at ? 'check' : 'clock'), h('span', {}, targetWord(one.target), one.by && h('small', {}, t('duty.steps.by', { name: one.by }))), one.failed_at && h('b', {}, t('duty.steps.failed')), h('time', {}, clock(one.told_at, true)))),
      !quiet && steps.due.slice(0, 4).map(one => h('li', { class: 'due' }, icon('alarm-clock'), h('span', {}, listed(one.targets.map(targetWord))), h('time', { 'data-due': one.at, title: clock(one.at, true) }, inWords(one.at))))));
}

/** What only time changes. */
export function tickSteps(slot) { for (const node of slot.querySelectorAll('[data-due]')) node.textContent = inWords(node.dataset.due); }

/** What waits for a second person: which act, by whom, why, until when; and the way to the wish itself. */
export function drawPending(slot, noun, open) {
  const wishes = (noun.approvals || []).filter(one => one.stage === 'pending');
  fill(slot, wishes.map(one => h('p', { class: 'asked', 'data-approval': one.id }, icon('user-check'), h('span', {}, t('duty.approval.waits', { act: word('desk.act', one.act), by: one.asked_by, at: clock(one.asked_at, true), until: clock(one.expires_at) })), one.extra?.verdict && h('b', {}, t(`duty.verdict.${one.extra.verdict}`)), one.note && h('q', {}, one.note),
    one.acts?.length > 0 && h('button', { type: 'button', class: 'link', onclick: () => open({ kind: 'approval', id: one.id, key: `approval:${one.id}`, title: one.title, stage: one.stage, row: one }) }, t('duty.steps.show')))));
}
