// One row of the queue: what it is, where, since when, who has it, what became of it. Draws; decides nothing.

import { h, t, titleOf, labelOf, word, fill, icon, badge, clock, span, age, now } from './duty-dom.js';
import { isBack } from './silence.js';

const KIND_ICON = { alert: 'bell-ring', report: 'megaphone', incident: 'git-merge', case: 'clipboard-list', approval: 'user-check', group: 'layers' };

export function makeRow(item, config, { onOpen, onPick, onUnfold }) {
  const body = h('div', { class: 'row-body', role: 'gridcell' });
  const made = { body, shape: '', item };
  made.box = h('input', { type: 'checkbox', 'aria-label': t('duty.select'), onclick: event => { event.stopPropagation(); onPick(made.item.key, made.box.checked); } });
  const pick = h('label', { class: 'pick', role: 'gridcell', onclick: event => event.stopPropagation() }, made.box);
  made.node = h('li', { class: 'row', 'data-id': item.id, 'data-kind': item.kind, role: 'row', onclick: () => onOpen(made.item) }, pick, body);
  pick.hidden = item.kind === 'group' || item.kind === 'approval';
  made.unfold = () => onUnfold(made.item);
  return made;
}

/** Brings a row up to date; touches the page only where its words changed. */
export function paintRow(made, item, config, { streetName, current, chosen, outcome }) {
  made.item = item;
  const row = item.row;
  const shape = JSON.stringify([item.title, item.stage, item.severity, row.value, row.count, row.hold, row.flapping, item.gone, item.overdue, row.version, item.members, item.unseen, item.folded?.length, row.waiting, item.opened, item.owner, item.signals, outcome]);
  if (shape !== made.shape) {
    made.shape = shape;
    fill(made.body, h('div', { class: 'row-first' }, badge(item.severity), h('strong', { class: 'row-title', title: item.title }, titleOfItem(item, config)), h('time', { class: 'row-age' })),
      h('div', { class: 'row-second' }, icon(KIND_ICON[item.kind]), h('span', { class: 'row-place', title: placeOf(item, streetName) }, placeOf(item, streetName)), marksOf(item), lastWord(item, outcome, made.unfold)));
  }
  const { node } = made;
  node.classList.toggle('gone', Boolean(item.gone));
  node.classList.toggle('beneath', Boolean(item.beneath));
  node.classList.toggle('overdue', Boolean(item.overdue));
  node.classList.toggle('waits', Boolean(item.waits));
  node.classList.toggle('current', current);
  node.setAttribute('aria-selected', current);
  made.box.checked = chosen;
  tickRow(made);
  return node;
}

const ruleLabel = (row, config) => labelOf(config.rules[row.rule] || { label: row.title });
function titleOfItem(item, config) {
  if (item.folded) return t('duty.folded', { title: ruleLabel(item.row, config), n: item.folded.length });
  if (item.kind === 'approval') return t('duty.approval.title', { act: word('desk.act', item.row.act), title: item.row.title });
  return item.kind === 'group' ? item.title : titleOf(item.row, config.rules) || item.title;
}

const placeOf = (item, streetName) => (item.kind === 'approval' ? t('duty.approval.by', { by: item.row.asked_by }) : item.kind === 'group' ? t('duty.storm.of', item)
  : [item.street && streetName(item.street), item.place].filter(Boolean).join(' · ') || t('duty.no_place'));

const marksOf = item => [item.row.drill && h('b', { class: 'mark drill' }, t('desk.drill')),
  item.row.hold && item.row.hold !== 'none' && h('b', { class: 'mark', title: item.row.hold_why || null }, word('desk.hold', item.row.hold)),
  item.row.flapping && h('b', { class: 'mark', title: t('duty.flapping_hint') }, t('duty.flapping')),
  item.row.count > 1 && h('b', { class: 'mark times', title: t('duty.times', { n: item.row.count }) }, `×${item.row.count}`),
  item.row.state_known === false && h('b', { class: 'mark', title: t('desk.state_unknown') }, t('duty.unknown_short')),
  item.owner && h('b', { class: 'mark owner', title: t('duty.owner_is', { name: item.owner }) }, icon('user'), item.owner)];

function lastWord(item, outcome, unfold) {
  const stage = text => h('span', { class: `stage stage-${item.stage}` }, text);
  if (item.gone) return stage(outcome || t('duty.gone'));
  if (item.kind === 'group') return stage(t('duty.storm.unack', { n: item.unack }));
  if (item.folded) return stage([isBack(item.row) && word('desk.stage', 'rtn_unack'), t(item.opened ? 'duty.folded_close' : 'duty.folded_open', { n: item.row.waiting })].filter(Boolean).join(' · '));
  if (item.kind !== 'incident') return stage(word('desk.stage', item.stage));
  return h('button', { type: 'button', class: `link stage stage-${item.unseen ? 'unack' : item.stage}`, 'aria-expanded': String(Boolean(item.opened)), onclick: event => { event.stopPropagation(); unfold(); } },
    [t('duty.members', { n: item.members }), item.unseen && t('duty.unseen', { n: item.unseen })].filter(Boolean).join(' · '));
}

/** What only time changes: the age, or what is left until somebody must have answered. */
export function tickRow({ body, item }) {
  const time = body.querySelector('.row-age'), due = item.due_at || item.respond_by;
  const left = due && (Date.parse(due) - now()) / 1000;
  const words = due && (item.kind === 'case' || left < 300) ? t(left < 0 ? 'desk.over_by' : 'desk.left', { span: span(left) }) : span(age(item.since));
  if (time.textContent !== words) { time.textContent = words; time.title = clock(item.since, true); }
  time.classList.toggle('late', Boolean(due && left < 0));
}
