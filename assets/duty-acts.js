// The acts of the row on the desk: one button and one key for each act the server allows, the note it takes, what became of it.
// Which acts there are is the server's word (`acts`); opening a case is the one thing offered beside them.

import { h, t, word, fill, icon, toast, openDialog, labelOf, now } from './duty-dom.js';
import { act, call, explain, Problem } from './duty-call.js';

const LOOK = {
  acknowledge: ['a', 'check', 'primary'], open_case: ['c', 'send', 'primary'], confirm: ['f', 'badge-check', 'primary'], dismiss: ['d', 'ban', 'danger'],
  shelve: ['s', 'bell-off'], unshelve: ['s', 'bell-ring'], remove: ['o', 'wrench'], restore: ['o', 'rotate-ccw', 'primary'], merge: ['m', 'git-merge'],
  place: ['p', 'map-pin'], classify: ['l', 'tag'], accept: ['a', 'inbox', 'primary'], register: ['r', 'clipboard-check', 'primary'], dispatch: ['c', 'send', 'primary'],
  void: ['d', 'trash-2', 'danger'], send_back: ['b', 'corner-up-left'], rework: ['w', 'undo-2', 'danger'], check: ['y', 'badge-check', 'primary'], close: ['e', 'square-check', 'primary'],
  take: ['t', 'hand', 'primary'], arrive: ['v', 'map-pinned', 'primary'], finish: ['i', 'check-check', 'primary'], expedite: ['x', 'zap'], remind: ['n', 'bell'], split: ['z', 'split'],
};
const OPENS_CASE = { alert: ['unack', 'acked', 'rtn_unack'], report: ['open', 'confirmed'], incident: ['open', 'confirmed', 'handling'] };

/** `[{name, key, icon, kind}]` in the order of the buttons: no two share a key. */
export function buttonsOf(kind, noun, mayOpen = true) {
  const opens = mayOpen && OPENS_CASE[kind]?.includes(noun.stage) && !(noun.cases || []).length;
  const names = [...(noun.acts || []), ...(opens ? ['open_case'] : [])];
  const free = [...'123456789'], taken = new Set();
  const made = names.map(name => {
    const [wish, symbol, look] = LOOK[name] || [null, 'circle-dot', ''];
    const key = wish && !taken.has(wish) ? wish : free.shift();
    taken.add(key);
    return { name, key, icon: symbol, look: look || '' };
  });
  return made.sort((a, b) => rank(a.look) - rank(b.look));
}
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
    note.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); } });
    const dialog = openDialog(title, form, 'note');
    dialog.addEventListener('close', () => resolve(answer));
    (fields.length ? form.querySelector('select,input') : note).focus();
  });
}

export const choose = (name, label, options, value) => h('label', {}, h('span', {}, label), h('select', { name, required: true },
  options.map(([code, text]) => h('option', { value: code, selected: code === value }, text))));

/** The fields an act takes beside its note. */
function fieldsOf(name, noun, config, incidents) {
  const classes = Object.entries(config.classes).map(([code, one]) => [code, `${code} ${labelOf(one)}`]);
  if (name === 'classify' || name === 'open_case') return [choose('class_code', t('duty.class'), classes, noun.class_code)];
  if (name === 'shelve') return [choose('minutes', t('duty.shelve_for'), [[30, t('desk.span.m', { n: 30 })], [60, t('desk.span.m', { n: 60 })], [240, t('desk.span.h', { n: 4, m: '00' })], [480, t('desk.span.h', { n: 8, m: '00' })]])];
  if (name === 'merge') return [choose('incident_id', t('desk.kind.incident'), incidents.map(one => [one.id, `#${one.id} ${one.title}`]))];
  return [];
}

/** Draws the buttons of a noun into `footer` and answers their keys. `done(problem)` is called after each act, `picture` gives the open incidents. */
export function drawActs(footer, kind, noun, { config, etag, incidents, place, done }) {
  const may = ['duty', 'dispatcher', 'supervisor'].includes(config.role);
  const buttons = buttonsOf(kind, noun, may);
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
      else await act(kind, noun.number || noun.id, name, fields, { etag });
      toast('ok', t('duty.did', { act: word('desk.act', name), title: noun.title }));
    } catch (problem) {
      failed = problem;
      busy = false; // or "try again" would do nothing
      for (const node of nodes.values()) node.disabled = false;
    }
    done(failed, () => run(name));
  }

  async function gather(name) {
    if (name === 'place') return place(noun);
    const needed = (config.needs_note[kind] || []).includes(name);
    const answer = await askNote(`${word('desk.act', name)} · ${noun.title}`, { needed, fields: fieldsOf(name, noun, config, incidents()), hint: t(`duty.hint.${name}`) === `duty.hint.${name}` ? '' : t(`duty.hint.${name}`) });
    if (answer?.minutes) { answer.until = new Date(now() + Number(answer.minutes) * 60e3).toISOString(); delete answer.minutes; }
    if (answer?.incident_id) answer.incident_id = Number(answer.incident_id);
    return answer;
  }

  fill(footer, buttons.length ? buttons.map(one => {
    const node = h('button', { type: 'button', class: `act ${one.look}`, 'data-act': one.name, 'data-key': one.key, onclick: () => run(one.name) }, icon(one.icon), h('span', {}, word('desk.act', one.name)), h('kbd', {}, one.key.toUpperCase()));
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
