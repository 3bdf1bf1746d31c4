// The acts of the row on the desk: one button and one key for each act the server allows, the note it takes, what became of it.
// Which acts there are is the server's word (`acts`); opening a case is the one thing offered beside them.

import { h, t, word, fill, icon, toast, openDialog, labelOf, now } from './duty-dom.js';
import { act, call, explain, Problem } from './duty-call.js';
import { actWord, forgetVerdicts } from './duty-report.js';

const LOOK = {
  acknowledge: ['a', 'check', 'primary'], open_case: ['c', 'send', 'primary'], confirm: ['f', 'badge-check', 'primary'], dismiss: ['d', 'ban', 'danger'],
  shelve: ['s', 'bell-off'], unshelve: ['s', 'bell-ring'], remove: ['o', 'wrench'], restore: ['o', 'rotate-ccw', 'primary'], merge: ['m', 'git-merge'],
  place: ['p', 'map-pin'], classify: ['l', 'tag'], accept: ['a', 'inbox', 'primary'], register: ['r', 'clipboard-check', 'primary'], dispatch: ['c', 'send', 'primary'],
  void: ['d', 'trash-2', 'danger'], send_back: ['b', 'corner-up-left'], rework: ['w', 'undo-2', 'danger'], check: ['y', 'badge-check', 'primary'], close: ['e', 'square-check', 'primary'],
  take: ['t', 'hand', 'primary'], arrive: ['v', 'map-pinned', 'primary'], finish: ['i', 'check-check', 'primary'], expedite: ['x', 'zap'], remind: ['n', 'bell'], split: ['z', 'split'],
};
const WRONG = ['light', 'animal', 'normal', 'hidden', 'other'];
const OPENS_CASE = { alert: ['unack', 'acked', 'rtn_unack'], report: ['open', 'confirmed'], incident: ['open', 'confirmed', 'handling'] };

/** `[{name, key, icon, look}]` in the order of the buttons: no two share a key. `seen` is the report of a camera that raised an alert: it is
 *  judged where its alert is. */
export function buttonsOf(kind, noun, mayOpen = true, seen = null) {
  const opens = mayOpen && OPENS_CASE[kind]?.includes(noun.stage) && !(noun.cases || []).length;
  const names = [...(noun.acts || []), ...(opens ? ['open_case'] : []), ...(kind === 'alert' && seen ? (seen.acts || []).filter(name => JUDGES.includes(name)) : [])];
  const free = [...'123456789'], taken = new Set();
  const made = names.map(name => {
    const [wish, symbol, look] = LOOK[name] || [null, 'circle-dot', ''];
    const key = wish && !taken.has(wish) ? wish : free.shift();
    taken.add(key);
    return { name, key, icon: symbol, look: look || '' };
  });
  return made.sort((a, b) => rank(a.look) - rank(b.look));
}
const JUDGES = ['confirm', 'dismiss'];
const rank = look => ({ primary: 0, '': 1, danger: 2 })[look];

/** Asks for a note (and what else an act takes); resolves to the fields, or null where it was left. */
export function askNote(title, { needed = false, fields = [], hint = '' } = {}) {
  return new Promise(resolve => {
    let answer = null;
    const note = h('textarea', { name: 'note', rows: 3, maxlength: 500, required: needed, placeholder: t(needed ? 'duty.note_needed' : 'duty.note_optional') });
    const form = h('form', { method: 'dialog', class: 'note-form' }, hint && h('p', { class: 'hint' }, hint), fields, h('label', {}, h('span', {}, t('duty.note')), note),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')),
        h('button', { type: 'submit', class: 'primary', 'data-do': 'confirm' }, t('duty.do_it'), h('kbd', {}, 'Ctrl ⏎'))));
    form.addEventListener('submit', () => { answer = Object.fromEntries([...new FormData(form)].filter(pair => pair[1] !== '')); });
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); } });
    const dialog = openDialog(title, form, 'note');
    dialog.addEventListener('close', () => resolve(answer));
    (fields.length ? form.querySelector('select,input') : note).focus();
  });
}

export const choose = (name, label, options, value) => h('label', {}, h('span', {}, label), h('select', { name, required: true },
  options.map(([code, text]) => h('option', { value: code, selected: code === value }, text))));

/** Whether an act is not taken without a note; `needs` are those that demand one, by kind. Why a camera was wrong is chosen: that is a note. */
export const needsNote = (needs, kind, noun, name) => (needs[kind] || []).includes(name) && !(name === 'dismiss' && noun.channel === 'video');

/** The fields an act takes beside its note. */
function fieldsOf(name, noun, config, incidents) {
  if (name === 'dismiss' && noun.channel === 'video') return [choose('why', t('duty.video.why'), [['', t('duty.video.why_first')], ...WRONG.map(one => [t(`duty.video.why.${one}`), t(`duty.video.why.${one}`)])])];
  const classes = Object.entries(config.classes).map(([code, one]) => [code, `${code} ${labelOf(one)}`]);
  if (name === 'classify' || name === 'open_case') return [choose('class_code', t('duty.class'), classes, noun.class_code)];
  if (name === 'shelve') return [choose('minutes', t('duty.shelve_for'), [[30, t('desk.span.m', { n: 30 })], [60, t('desk.span.m', { n: 60 })], [240, t('desk.span.h', { n: 4, m: '00' })], [480, t('desk.span.h', { n: 8, m: '00' })]])];
  if (name === 'merge') return [choose('incident_id', t('desk.kind.incident'), incidents.map(one => [one.id, `#${one.id} ${one.title}`]))];
  return [];
}

/** Draws the buttons of a noun into `footer` and answers their keys. `done(problem)` is called after each act, `picture` gives the open incidents. */
export function drawActs(footer, kind, noun, { config, etag, incidents, place, done, seen }) {
  const may = ['duty', 'dispatcher', 'supervisor'].includes(config.role);
  const buttons = buttonsOf(kind, noun, may, seen?.noun);
  /** What an act is done to: `{kind, noun, etag}`. */
  const target = name => (kind === 'alert' && seen && JUDGES.includes(name) ? { kind: 'report', ...seen } : { kind, noun, etag });
  const nodes = new Map();
  let busy = false;

  async function run(name) {
    if (busy) return;
    const fields = await gather(name);
    if (!fields) return;
    busy = true;
    for (const node of nodes.values()) node.disabled = true;
    let failed = null;
    try {
      if (name === 'open_case') await openCase(kind, noun, fields, config.role === 'duty');
      else {
        const one = target(name);
        await act(one.kind, one.noun.number || one.noun.id, name, fields, { etag: one.etag });
        if (one.noun.channel === 'video') forgetVerdicts();
      }
      toast('ok', t('duty.did', { act: actWord(target(name).noun, name), title: noun.title }));
    } catch (problem) {
      failed = problem;
      busy = false; // or "try again" would do nothing
      for (const node of nodes.values()) node.disabled = false;
    }
    done(failed, () => run(name));
  }

  async function gather(name) {
    if (name === 'place') return place(noun);
    const one = target(name), fields = fieldsOf(name, one.noun, config, incidents());
    const needed = needsNote(config.needs_note, one.kind, one.noun, name);
    const answer = await askNote(`${actWord(one.noun, name)} · ${noun.title}`, { needed, fields, hint: t(`duty.hint.${name}`) === `duty.hint.${name}` ? '' : t(`duty.hint.${name}`) });
    if (answer?.minutes) { answer.until = new Date(now() + Number(answer.minutes) * 60e3).toISOString(); delete answer.minutes; }
    if (answer?.why) { answer.note = [answer.why, answer.note].filter(Boolean).join('：'); delete answer.why; }
    if (answer?.incident_id) answer.incident_id = Number(answer.incident_id);
    return answer;
  }

  fill(footer, buttons.length ? buttons.map(one => {
    const node = h('button', { type: 'button', class: `act ${one.look}`, 'data-act': one.name, 'data-key': one.key, onclick: () => run(one.name) }, icon(one.icon), h('span', {}, actWord(target(one.name).noun, one.name)), h('kbd', {}, one.key.toUpperCase()));
    nodes.set(one.key, node);
    return node;
  }) : h('span', { class: 'no-acts' }, t('duty.no_acts')));
  return { press: key => { const node = nodes.get(key); if (node && !node.disabled) { node.click(); return true; } return false; } };
}

/** Accepting, registering and dispatching at once is the duty officer's; others open and leave the rest to the desk. */
async function openCase(kind, noun, fields, dispatch) {
  const { data } = await call('POST', '/cases', { body: { [`${kind}_id`]: noun.id, title: noun.title, ...(dispatch ? { dispatch } : {}), ...fields } });
  if (!data.number && !data.case_number && !data.id) throw new Problem(500, { title: 'no case number' });
}

/** Makes one of two complaints as `plan` says (`mergeOf`); `etag` is the version of `report` that was looked at. True when something was done. */
export async function mergeAlike(report, like, plan, { config, etag }) {
  const answer = await askNote(`${t(`duty.alike.${plan.way}`, { id: plan.incident_id || '' })} · ${report.title}`, { hint: t(`duty.alike.hint.${plan.way}`, { other: like.title, id: plan.incident_id || '' }) });
  if (!answer) return false;
  if (plan.way === 'into') await act('report', report.id, 'merge', { incident_id: plan.incident_id, ...answer }, { etag });
  else if (plan.way === 'here') await act('report', like.id, 'merge', { incident_id: plan.incident_id, ...answer });
  else if (!(await oneCase(report, like, answer, { config, etag }))) return true;
  toast('ok', t('duty.alike.done', { one: report.title, other: like.title }));
  return true;
}

/** A case for the earlier of the two, whose incident takes in the later; false where only the first half went. */
async function oneCase(report, like, answer, { config, etag }) {
  const oursFirst = Date.parse(report.observed_at) <= Date.parse(like.observed_at), [first, second] = oursFirst ? [report, like] : [like, report];
  const { data } = await call('POST', '/cases', { body: { report_id: first.id, title: first.title, ...(config.role === 'duty' ? { dispatch: true } : {}), ...answer } });
  try {
    await act('report', second.id, 'merge', { incident_id: data.incident_id, ...answer }, oursFirst ? {} : { etag });
    return true;
  } catch (problem) {
    toast('error', t('duty.alike.half', { number: data.number, why: explain(problem) }));
    return false;
  }
}

/** Acknowledges many alerts with one note, one after the other; says how many went and which did not. */
export async function acknowledgeAll(items) {
  const answer = await askNote(t('duty.bulk', { n: items.length }), { hint: t('duty.bulk_hint') });
  if (!answer) return false;
  let good = 0;
  const bad = [];
  for (const item of items) {
    try { await act('alert', item.id, 'acknowledge', answer); good += 1; } catch (problem) { bad.push(`${item.title}: ${explain(problem)}`); }
  }
  if (good) toast('ok', t('duty.bulk_done', { n: good }));
  if (bad.length) toast('error', t('duty.bulk_left', { n: bad.length, first: bad[0] }));
  return true;
}
