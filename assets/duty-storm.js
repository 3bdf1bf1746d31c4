// Storm mode: when more arrives than the desk can take, the queue is told by street and class, as the server counts it. Nothing is hidden:
// a group opens to its rows, and every row can be reached by its filters. The mode comes and goes with the live picture.

import { h, t, fill, icon, clock, span, age } from './duty-dom.js';
import { read } from './duty-call.js';
import { sums } from './state.js';

const EVERY_MS = 2_000;

/** `changed()` is called when groups came or went. */
export function makeStorm(slots, changed) {
  let storm = null, found = null, asked = 0, asking = false, inside = null, whole = false;

  async function ask() {
    if (asking || performance.now() - asked < EVERY_MS) return;
    asking = true;
    try { found = await read('/storm'); } catch { /* the last count stays, with its age; the head says that the line is lost */ }
    asked = performance.now();
    asking = false;
    draw();
    changed();
  }

  /** Takes in the live picture: whether there is a storm. */
  function take(state) {
    const told = sums(state).storm;
    if (Boolean(told) !== Boolean(storm)) { inside = null; whole = false; found = told ? found : null; }
    storm = told;
    if (storm) ask();
    draw();
  }

  function draw() {
    slots.storm.hidden = !storm;
    if (!storm) { slots.storm.dataset.key = ''; return fill(slots.storm); }
    const key = JSON.stringify([storm.id, found?.arrivals, found?.capacity, inside, whole]);
    if (slots.storm.dataset.key === key) return null;
    slots.storm.dataset.key = key;
    return fill(slots.storm, icon('waves'), h('div', {}, h('b', {}, t('duty.storm.on')), h('span', {}, t('duty.storm.since', { at: clock(storm.began_at), span: span(age(storm.began_at)) })),
      found && h('span', { 'data-figure': 'storm-arrivals', 'data-value': found.arrivals, 'data-age': 0 }, t(found.capacity === null ? 'duty.storm.load_part' : 'duty.storm.load', { n: found.arrivals, of: found.capacity, minutes: Math.round(found.within_s / 60) }))),
      inside ? h('button', { type: 'button', 'data-do': 'storm-back', onclick: () => enter(null) }, icon('arrow-left'), t('duty.storm.back'), h('kbd', {}, 'Esc'))
        : h('button', { type: 'button', 'data-do': 'storm-rows', onclick: () => { whole = !whole; draw(); changed(); } }, t(whole ? 'duty.storm.groups' : 'duty.storm.rows')));
  }

  /** Open a group, or go back to all of them with null. */
  function enter(item) { inside = item ? { street: item.row.street, class_code: item.row.class_code } : null; draw(); changed(); }

  return {
    take, enter,
    /** The groups to show in place of rows, or null. */
    groups: () => (storm && found && !inside && !whole ? found.groups : null),
    inside: () => (storm ? inside : null),
    is: () => Boolean(storm),
  };
}
