// The acts of the case on the desk: a button and a key for each the server allows, what it takes, what became of it.

import { h, t, fill, icon, word, toast, labelOf, clock, titled, titleOf } from './duty-dom.js';
import { act, call, explain } from './duty-call.js';
import { askNote, choose } from './duty-fields.js';
import { nameOf } from './dispatch-units.js';
import { askOther } from './dispatch-whom.js';

const LOOK = {
  accept: ['a', 'inbox', 'primary'], register: ['r', 'clipboard-check', 'primary'], dispatch: ['c', 'send', 'primary'], check: ['y', 'badge-check', 'primary'], close: ['e', 'square-check', 'primary'],
  pass_pre_check: ['a', 'badge-check', 'primary'], resume: ['p', 'play', 'primary'], reopen: ['o', 'rotate-ccw'], pre_check: ['k', 'user-check'], post_check: ['k', 'user-check'], classify: ['l', 'tag'],
  rework: ['w', 'undo-2', 'danger'], fail_pre_check: ['w', 'undo-2', 'danger'], void: ['d', 'trash-2', 'danger'], decline: ['x', 'ban', 'danger'], force_close: ['f', 'lock', 'danger'], expedite: ['u', 'zap'], remind: ['m', 'bell'], comment: ['q', 'message-square'],
  transfer: ['t', 'share-2'], link_parent: ['g', 'git-merge'], unlink_parent: ['g', 'unlink'], send_back: ['b', 'corner-up-left'], support_done: ['s', 'check-check'], support_refuse: ['h', 'ban'], name_collector: ['k', 'user-check'],
};
const ELSEWHERE = new Set(['agree', 'refuse', 'withdraw', 'ask_extension', 'ask_suspension', 'suspend']); // beside the request itself, or the worker's
const PLAIN = new Set(['accept', 'register', 'check', 'close', 'remind', 'resume', 'pass_pre_check', 'pre_check', 'post_check']); // one key does it; a note is for those who must
const AT_ONCE = 100;
const RANK = { primary: 0, '': 1, danger: 2 };

/** `[{name, key, icon, look}]`: no two share a key; dispatching stands beside the proposal. */
export function buttonsOf(noun) {
  const taken = new Set(['c', 'v', 'n', 'j', 'i', 'z']), free = [...'oghsb987654'];
  return [...(noun.acts || []), ...(noun.side_acts || [])].filter(name => !ELSEWHERE.has(name) && !(name === 'dispatch' && noun.stage === 'registered')).map(name => {
    const [wish, symbol, look] = LOOK[name] || [null, 'circle-dot', ''], own = name === 'dispatch' ? 'c' : wish;
    const key = own && (own === 'c' || !taken.has(own)) ? own : free.find(one => !taken.has(one));
    taken.add(key);
    return { name, key, icon: symbol, look: look || '' };
  }).sort((a, b) => RANK[a.look] - RANK[b.look]);
}

export function makeActs(slots, config, { units, noun, etag, done, areas }) {
  let busy = false, keys = new Map();

  function draw() {
    const one = noun(), buttons = buttonsOf(one);
    keys = new Map();
    const at = slots.acts.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    fill(slots.acts, buttons.length ? buttons.map(each => {
      const node = h('button', { type: 'button', class: `act ${each.look}`, 'data-act': each.name, 'data-key': each.key, title: words(each.name), onclick: () => run(each.name) }, icon(each.icon), h('span', {}, words(each.name)), h('kbd', {}, each.key.toUpperCase()));
      keys.set(each.key, node);
      return node;
    }) : h('span', { class: 'no-acts' }, t('duty.no_acts')));
    if (at) slots.acts.querySelector(`[data-act="${CSS.escape(at)}"]`)?.focus();
  }

  const words = name => (name === 'dispatch' ? t('dispatch.again') : word('desk.act', name));

  async function run(name, given = null) {
    if (busy) return;
    const one = noun(), seen = etag();
    const fields = name === 'dispatch' && !given ? await askWhom() : given || await gather(name, one);
    if (!fields) return;
    await send(one, name, fields, seen);
  }

  async function send(one, name, fields, seen) {
    busy = true;
    let failed = null;
    slots.card.classList.add('busy');
    try {
      await act('case', one.number, name, fields, { etag: seen });
      toast('ok', t('duty.did', { act: words(name === 'dispatch' && one.stage === 'registered' ? 'dispatched_now' : name), title: one.title }));
    } catch (problem) { failed = problem; }
    busy = false;
    slots.card.classList.remove('busy');
    done(one, name, failed, () => send(one, name, fields, seen));
  }

  /** To the proposal as it stands: one press. */
  const give = () => run('dispatch', {});

  /** To a unit or person of the dispatcher's own choice; `unit` is the one chosen in the tree. */
  const askWhom = (unit = null) => askOther({ ...noun(), title: titleOf(noun(), config.rules) }, units(), unit);

  async function gather(name, one) {
    const skips = (config.skips[one.stage] || []).includes(name), needed = skips || config.needs_note.includes(name);
    if (!needed && PLAIN.has(name)) return {};
    const hint = skips ? t('dispatch.hint.skips') : t(`dispatch.hint.${name}`) === `dispatch.hint.${name}` ? '' : t(`dispatch.hint.${name}`);
    const answer = await askNote(`${word('desk.act', name)} · ${titled(one, titleOf(one, config.rules))}`, { needed, hint, fields: fieldsOf(name, one) });
    if (!answer) return null;
    if (answer.condition_no) answer.condition_no = Number(answer.condition_no);
    if (answer.level) answer.level = Number(answer.level);
    if (answer.unit) answer.unit = Number(answer.unit);
    return answer;
  }

  function fieldsOf(name, one) {
    const field = (key, label, attributes) => h('label', {}, h('span', {}, label), h('input', { name: key, ...attributes }));
    switch (name) {
      case 'classify': return [choose('class_code', t('duty.class'), Object.entries(config.classes).map(([code, each]) => [code, `${code} ${labelOf(each)}`]), one.class_code), field('condition_no', t('dispatch.condition'), { type: 'number', min: 1, max: 999, value: one.condition_no })];
      case 'link_parent': return [field('parent', t('dispatch.parent_number'), { required: true, pattern: '[0-9]{5,24}', inputmode: 'numeric' })];
      case 'name_collector': return [field('collector', t('dispatch.collector'), { maxlength: 64, placeholder: t('dispatch.collector_hint') })];
      case 'transfer': return [choose('area', t('dispatch.to_area'), Object.entries(areas()), one.street || one.area)];
      case 'support_done': case 'support_refuse': return [choose('unit', t('dispatch.units'), (one.supports || []).filter(each => each.stage === 'asked').map(each => [each.unit, nameOf(each)]))];
      default: return [];
    }
  }

  /** An answer to a request for more time or a suspension. */
  async function decide(name, request) {
    if (name === 'agree') return run('agree', { kind: request.kind });
    const answer = await askNote(t('dispatch.refuse_title', { what: t(`dispatch.adjust.${request.kind}`, { until: clock(request.until_at) }) }), { needed: true });
    return answer && run('refuse', { kind: request.kind, ...answer });
  }

  return {
    draw, give, decide, run,
    other: async (unit = null) => { const fields = await askWhom(unit); if (fields) await run('dispatch', fields); },
    busy: () => busy,
    press(key) { const node = keys.get(key); if (!node || busy) return false; node.click(); return true; },
    list: () => [...slots.acts.querySelectorAll('[data-key]')],
  };
}

/** Many cases to whom each is proposed; says how many went and which did not. */
export async function dispatchAll(rows) {
  const answer = await askNote(t('dispatch.bulk_title', { n: rows.length }), { hint: t('dispatch.bulk_hint') });
  if (!answer) return false;
  const titles = new Map(rows.map(row => [row.number, row.title])), bad = [];
  let good = 0;
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const some = rows.slice(first, first + AT_ONCE);
    try {
      const { data } = await call('POST', '/cases/acts', { body: { numbers: some.map(row => row.number), versions: Object.fromEntries(some.map(row => [row.number, row.version])), act: 'dispatch', ...answer }, timeout: 60000 });
      good += data.done.length;
      bad.push(...data.refused.map(one => `${titles.get(one.number)}: ${one.type?.endsWith('stale') ? t('desk.error.stale') : one.detail}`));
    } catch (problem) { bad.push(...some.map(row => `${row.title}: ${explain(problem)}`)); }
  }
  if (good) toast('ok', t('dispatch.bulk_done', { n: good }));
  if (bad.length) toast('error', t('duty.bulk_left', { n: bad.length, first: bad[0] }));
  return true;
}
