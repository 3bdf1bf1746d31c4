// The acts of the row on the desk: one button and one key for each act the server allows, the note it takes, what became of it.
// Which acts there are is the server's word (`acts`); opening a case is the one thing offered beside them.

import { h, t, fill, icon, toast, titled, titleOf } from './duty-dom.js';
import { act, call, explain, Problem } from './duty-call.js';
import { askNote, bodyOf, fieldsOf, needsNote } from './duty-fields.js';
import { askSilence, endSilence } from './duty-silence.js';
import { actWord, forgetVerdicts } from './duty-report.js';

const LOOK = {
  acknowledge: ['a', 'check', 'primary'], open_case: ['c', 'send', 'primary'], confirm: ['f', 'badge-check', 'primary'], dismiss: ['d', 'ban', 'danger'],
  shelve: ['s', 'clock'], unshelve: ['s', 'bell-ring'], remove: ['o', 'wrench'], restore: ['o', 'rotate-ccw', 'primary'], merge: ['m', 'git-merge'],
  place: ['p', 'map-pin'], classify: ['l', 'tag'], accept: ['a', 'inbox', 'primary'], register: ['r', 'clipboard-check', 'primary'], dispatch: ['c', 'send', 'primary'],
  void: ['d', 'trash-2', 'danger'], send_back: ['b', 'corner-up-left'], rework: ['w', 'undo-2', 'danger'], check: ['y', 'badge-check', 'primary'], close: ['e', 'square-check', 'primary'],
  take: ['t', 'hand'], arrive: ['v', 'map-pinned', 'primary'], finish: ['f', 'check-check', 'primary'], expedite: ['x', 'zap'], remind: ['m', 'bell'], silence: ['b', 'bell-off'], unsilence: ['b', 'bell-ring'], split: ['z', 'split'],
  assign: ['g', 'user-plus'], escalate: ['u', 'siren'], comment: ['q', 'message-square'], judge: ['w', 'scan-eye'], join: ['m', 'git-merge'], retitle: ['l', 'pencil'],
  pre_check: ['v', 'search'], pass_pre_check: ['y', 'badge-check', 'primary'], fail_pre_check: ['n', 'ban'], decline: ['x', 'ban', 'danger'], feedback: ['f', 'message-square', 'primary'],
  post_check: ['v', 'search'], force_close: ['x', 'octagon-alert', 'danger'], reopen: ['o', 'rotate-ccw'], resume: ['o', 'play', 'primary'],
  approve: ['y', 'user-check', 'primary'], refuse: ['x', 'ban', 'danger'], withdraw: ['b', 'undo-2'],
};
const AT_ONCE = new Set(['take', 'unshelve', 'restore', 'withdraw', 'approve']); // nothing to say about them: one key does it
const OPENS_CASE = { alert: ['unack', 'acked', 'rtn_unack'], report: ['open', 'confirmed'], incident: ['open', 'confirmed', 'handling'] };

/** `[{name, key, icon, look}]` in the order of the buttons: no two share a key. `seen` is the report of a camera that raised an alert: it is
 *  judged where its alert is. */
export function buttonsOf(kind, noun, mayOpen = true, seen = null) {
  const opens = mayOpen && OPENS_CASE[kind]?.includes(noun.stage) && !(noun.cases || []).length;
  const names = [...(noun.acts || []).flatMap(name => [name, ...besides(kind, noun, name)]), ...(silenced(kind, noun) ? ['unsilence'] : []), ...(opens ? ['open_case'] : []), ...(kind === 'alert' && seen ? (seen.acts || []).filter(name => JUDGES.includes(name)) : [])];
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
/** Who may shelve one alert may silence what is like it. */
const besides = (kind, noun, name) => (kind === 'alert' && name === 'shelve' ? ['silence'] : []);
const silenceOf = noun => /^silence:(\d+)$/.exec(noun.hold_ref || '')?.[1];
const silenced = (kind, noun) => kind === 'alert' && noun.hold === 'suppressed' && silenceOf(noun) && (noun.acts || []).includes('judge');
const rank = look => ({ primary: 0, '': 1, danger: 2 })[look];

/** Draws the buttons of a noun into `footer` and answers their keys. `done(problem)` is called after each act, `picture` gives the open incidents. */
export function drawActs(footer, kind, noun, { config, etag, incidents, people, place, streetName, done, seen }) {
  const may = ['duty', 'dispatcher', 'supervisor'].includes(config.role);
  const buttons = buttonsOf(kind, noun, may, seen?.noun);
  /** What an act is done to: `{kind, noun, etag}`. */
  const target = name => (kind === 'alert' && seen && JUDGES.includes(name) ? { kind: 'report', ...seen } : { kind, noun, etag });
  const nodes = new Map();
  let busy = false;

  async function run(name) {
    if (busy) return;
    if (name === 'silence') { if (await askSilence(noun, { config, streetName })) done(null, () => run(name)); return; }
    if (name === 'unsilence') { try { if (await endSilence(silenceOf(noun), noun.title, askNote)) done(null, () => run(name)); } catch (problem) { done(problem, () => run(name)); } return; }
    const fields = await gather(name);
    if (!fields) return;
    busy = true;
    for (const node of nodes.values()) node.disabled = true;
    let failed = null;
    try {
      if (name === 'open_case') await openCase(kind, noun, fields, config.role === 'duty');
      else {
        const one = target(name);
        const { data } = await act(one.kind, one.noun.number || one.noun.id, name, fields, { etag: one.etag });
        if (one.noun.channel === 'video') forgetVerdicts();
        if (data.approval) { toast('info', t('duty.approval.asked', { act: actWord(one.noun, name) })); done(null, () => run(name)); return; }
        if (data.stage === 'lapsed' && kind === 'approval') { toast('error', t('duty.approval.lapsed', { why: data.why || '' })); done(null, () => run(name)); return; }
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
    const one = target(name), needed = needsNote(config.needs_note, one.kind, one.noun, name, config.case_skips);
    const asks = fieldsOf(name, one.noun, { people: name === 'assign' ? await people(one.noun) : [], incidents: incidents(), config });
    if (!asks.length && needed === false && AT_ONCE.has(name)) return {};
    const hint = t(`duty.hint.${name}`) === `duty.hint.${name}` ? '' : t(`duty.hint.${name}`);
    const answer = await askNote(`${actWord(one.noun, name)} · ${titled(one.noun, titleOf(one.noun, config.rules))}`, { needed, fields: asks, hint });
    return answer && bodyOf(answer);
  }

  const at = footer.contains(document.activeElement) ? document.activeElement.dataset.act : null; // whoever tabs stays where he was
  fill(footer, buttons.length ? buttons.map(one => {
    const node = h('button', { type: 'button', class: `act ${one.look}`, 'data-act': one.name, 'data-key': one.key, onclick: () => run(one.name) }, icon(one.icon), h('span', {}, actWord(target(one.name).noun, one.name)), h('kbd', {}, one.key.toUpperCase()));
    nodes.set(one.key, node);
    return node;
  }) : h('span', { class: 'no-acts' }, t('duty.no_acts')));
  if (at) footer.querySelector(`[data-act="${CSS.escape(at)}"]`)?.focus();
  return { busy: () => busy, press: key => { const node = nodes.get(key); if (node && !node.disabled) { node.click(); return true; } return false; } };
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

/** Acknowledges many alerts with one note, a hundred at a time; says how many went and which did not. */
export async function acknowledgeAll(items) {
  const answer = await askNote(t('duty.bulk', { n: items.length }), { hint: t('duty.bulk_hint') });
  if (!answer) return false;
  const titles = new Map(items.map(item => [item.id, item.title])), bad = [];
  let good = 0;
  for (let first = 0; first < items.length; first += 100) {
    const some = items.slice(first, first + 100);
    const versions = Object.fromEntries(some.map(item => [item.id, item.row.version]));
    try {
      const { data } = await call('POST', '/alerts/acts', { body: { ids: some.map(item => item.id), act: 'acknowledge', versions, ...answer }, timeout: 30000 });
      good += data.done.length;
      bad.push(...data.refused.map(one => `${titles.get(one.id)}: ${one.type === 'stale' ? t('desk.error.stale') : one.detail}`));
    } catch (problem) { bad.push(...some.map(item => `${item.title}: ${explain(problem)}`)); }
    if (items.length > 100) toast('info', t('duty.bulk_progress', { n: Math.min(first + 100, items.length), of: items.length }));
  }
  if (good) toast('ok', t('duty.bulk_done', { n: good }));
  if (bad.length) toast('error', t('duty.bulk_left', { n: bad.length, first: bad[0] }));
  return true;
}
