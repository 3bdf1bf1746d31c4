// The tree of units with what each has to do: whom to ask, who is full. Reads and draws; a click filters the queue by a unit.

import { h, t, fill, icon, number, labelOf } from './duty-dom.js';
import { read } from './duty-call.js';
import { below } from './dispatch-tabs.js';
import { lang } from './text.js';

const AGAIN_MS = 20_000;

export const nameOf = unit => (lang() === 'en' && unit?.name_en) || unit?.name || '';
export const unitNameOf = person => (lang() === 'en' && person.unit_name_en) || person.unit_name || '';

export function makeUnits(slots, { choose, give, changed }) {
  let tree = [], under = new Map(), byId = new Map(), filtered = 0, mayGive = false, failed = false, loading = false;

  async function load() {
    if (loading) return;
    loading = true;
    try {
      tree = (await read('/units')).units || [];
      failed = false;
    } catch { failed = true; }
    loading = false;
    under = below(tree);
    byId = new Map(tree.map(unit => [unit.unit_id, unit]));
    draw();
    changed();
  }

  function draw() {
    const most = Math.max(1, ...tree.filter(unit => unit.depth).map(unit => unit.below.open));
    slots['units-note'].textContent = failed ? t('dispatch.units_away') : tree.length ? t('dispatch.units_note') : '';
    slots.units.style.setProperty('--digits', Math.max(3, number(Math.max(0, ...tree.map(unit => unit.below.open))).length));
    fill(slots.units, tree.length ? tree.map(unit => row(unit, most)) : h('li', { class: 'd-none', role: 'treeitem' }, icon('building-2'), h('span', {}, t(failed ? 'dispatch.units_away' : 'dispatch.units_none'))));
  }

  function row(unit, most) {
    const { open, overdue, in_field: field } = unit.below, bar = h('i', {}), late = h('i', { class: 'late' });
    bar.style.width = `${Math.min(100, (open - overdue) / most * 100)}%`;
    late.style.width = `${Math.min(100, overdue / most * 100)}%`;
    const node = h('li', { role: 'treeitem', 'data-id': unit.unit_id, 'aria-level': unit.depth + 1, class: filtered === unit.unit_id ? 'current' : '', title: t('dispatch.unit_title', { name: nameOf(unit), people: unit.below.people, field, open, overdue }), tabindex: '0', onclick: () => choose(unit.unit_id), onkeydown: event => { if (event.key === 'Enter') choose(unit.unit_id); } },
      h('span', { class: 'd-unit-name' }, nameOf(unit)), h('span', { class: 'd-load' }, bar, late),
      h('b', { class: `num ${open ? '' : 'zero'}`, 'data-figure': 'unit-open', 'data-value': open }, number(open)), h('b', { class: `num late ${overdue ? '' : 'zero'}`, 'data-figure': 'unit-overdue', 'data-value': overdue }, overdue ? number(overdue) : '·'),
      mayGive && h('button', { type: 'button', class: 'd-give', title: t('dispatch.give_to', { name: nameOf(unit) }), 'aria-label': t('dispatch.give_to', { name: nameOf(unit) }), onclick: event => { event.stopPropagation(); give(unit); } }, icon('send')));
    node.style.setProperty('--depth', unit.depth);
    return node;
  }

  load();
  setInterval(load, AGAIN_MS);
  return {
    load, tree: () => tree, under: () => under, name: id => nameOf(byId.get(id)), of: id => byId.get(id), label: labelOf,
    mark(id) { filtered = Number(id) || 0; for (const node of slots.units.children) node.classList.toggle('current', Number(node.dataset.id) === filtered); },
    /** Whether the case on the desk can be given to a unit now. */
    offer(can) { if (mayGive !== can) { mayGive = can; draw(); } },
  };
}
