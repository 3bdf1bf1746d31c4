// The queue as it stands on the screen: which rows, in which order, which are chosen. Nothing moves under the cursor: while the pointer is
// in the list, rows keep their places, and a bar announces what is new; it is merged by a click, by Enter, or when the pointer leaves.

import { h, t, word, fill, icon, badge } from './duty-dom.js';
import { hold, passes } from './duty-queue.js';
import { makeFilters } from './duty-filters.js';
import { makeRow, paintRow, tickRow } from './duty-row.js';

const MOST_ROWS = 300; // beyond it nobody reads on: filters are the way, and the desk stays quick with ten thousand
const ACKNOWLEDGED = ['unack', 'rtn_unack'];

export function makeList(slots, config, streetName, onOpen, onBulk, onUnfold) {
  const selected = new Set(), rows = new Map(), outcome = new Map(); // outcome: what became of the row on the desk, by key
  let fresh = [], all = [], shown = [], current = null, inside = false, lives = () => false, counts = [0, 0, 0, 0, 0];
  const filter = makeFilters(slots, config, () => { shown = []; sift(); drawAsOutside(); });
  const { filters } = filter;

  /** What passes the filters: asked when rows or filters changed, for there may be tens of thousands. */
  function sift() { all = filter.isEmpty() ? fresh : fresh.filter(item => passes(item, filters)); }
  function drawAsOutside() { const was = inside; inside = false; draw(); inside = was; }

  function paint(item) {
    if (!rows.has(item.key)) rows.set(item.key, makeRow(item, config, { onOpen, onPick: pick, onUnfold }));
    return paintRow(rows.get(item.key), item, config, { streetName, current: item.key === current, chosen: selected.has(item.key), outcome: outcome.get(item.key) });
  }

  function draw() {
    const passing = all.slice(0, MOST_ROWS);
    let news = [];
    if (!inside) shown = withCurrent(passing);
    else { const held = hold(shown, passing); news = held.fresh; shown = held.items.filter(item => passes(item, filters) || item.gone).map(item => (item.gone ? { ...item, gone: !lives(item) } : item)); }
    const nodes = shown.map(paint), wanted = new Set(shown.map(item => item.key));
    for (const [key, made] of rows) if (!wanted.has(key)) { made.node.remove(); rows.delete(key); }
    nodes.forEach((node, index) => { if (slots.list.children[index] !== node) slots.list.insertBefore(node, slots.list.children[index] || null); });
    slots.list.querySelector('.empty, .more')?.remove();
    if (!shown.length) slots.list.append(empty());
    if (all.length > passing.length) slots.list.append(h('li', { class: 'more', role: 'row' }, h('span', { role: 'gridcell' }, t('duty.more', { n: all.length - passing.length }))));
    bar(news);
    bulk();
  }

  /** The row whose evidence is on the desk stays where it was and says what became of it, until the next one is opened. */
  function withCurrent(passing) {
    const at = shown.findIndex(item => item.key === current);
    if (at < 0 || fresh.some(item => item.key === current)) return passing;
    return [...passing.slice(0, at), { ...shown[at], gone: !lives(shown[at]) }, ...passing.slice(at)];
  }

  function empty() {
    const filtered = !filter.isEmpty() && fresh.length;
    return h('li', { class: 'empty', role: 'row' }, h('div', { class: 'whole', role: 'gridcell' }, icon(filtered ? 'filter' : 'circle-check'), h('b', {}, t(filtered ? 'duty.none_pass' : 'duty.none')),
      filtered ? h('button', { type: 'button', onclick: filter.clear }, t('duty.clear_filters')) : h('span', {}, t('duty.none_hint'))));
  }

  function bar(items) {
    const alerts = items.filter(item => item.kind === 'alert').length;
    const text = !items.length ? '' : alerts === items.length ? t('duty.fresh_alerts', { n: alerts }) : t('duty.fresh', { n: items.length });
    if (slots.fresh.dataset.text === text) return;
    slots.fresh.dataset.text = text;
    fill(slots.fresh, text && h('button', { type: 'button', 'data-do': 'merge', onclick: merge }, icon('arrow-up'), text, h('small', {}, t('duty.fresh_hint'))));
  }

  function merge() { shown = []; drawAsOutside(); slots.list.scrollTop = 0; }

  /** How many alerts nobody has acknowledged, by severity: those of incidents, folds and groups too, each by its own. */
  function severities() {
    const key = counts.join() + filters.severity;
    if (slots.severities.dataset.key === key) return;
    slots.severities.dataset.key = key;
    fill(slots.severities, h('span', { class: 'sev-caption' }, t('duty.unack')), counts.map((n, index) => h('button', {
      type: 'button', class: `sev-chip ${n ? '' : 'zero'}`, 'aria-pressed': String(filters.severity === String(index + 1)), title: t('duty.unack_of', { severity: word('desk.severity', index + 1), n }),
      'data-figure': `unack-${index + 1}`, 'data-value': n, 'data-age': 0, 'data-live': '', onclick: () => filter.set('severity', filters.severity === String(index + 1) ? '' : String(index + 1)),
    }, badge(index + 1), h('b', { class: 'num' }, n > 999 ? '999+' : n))));
  }

  function pick(key, on) { if (on) selected.add(key); else selected.delete(key); draw(); }

  /** The alerts that the chosen rows mean: of a fold all of them, of an incident those beneath it. */
  function meant() {
    const found = shown.filter(item => selected.has(item.key)).flatMap(item => item.folded || item.parts || [item]);
    return [...new Map(found.filter(item => item.kind === 'alert' && ACKNOWLEDGED.includes(item.stage)).map(item => [item.key, item])).values()];
  }

  function bulk() {
    const chosen = meant(), key = [...selected].join() + chosen.length;
    if (slots.bulk.dataset.key === key) return;
    slots.bulk.dataset.key = key;
    fill(slots.bulk, selected.size > 0 && [h('span', {}, t('duty.selected', { n: selected.size })),
      h('button', { type: 'button', class: 'primary', 'data-do': 'bulk', 'data-key': 'A', disabled: !chosen.length, onclick: () => onBulk(chosen) }, icon('check-check'), t('duty.bulk', { n: chosen.length }), h('kbd', {}, '⇧A')),
      h('button', { type: 'button', class: 'quiet', onclick: () => { selected.clear(); draw(); } }, t('duty.unselect'))]);
  }

  slots.list.addEventListener('pointerenter', () => { inside = true; });
  slots.list.addEventListener('pointerleave', () => { inside = false; draw(); });

  return {
    filter,
    /** `alive(item)`: it is still open, though it may have no row of its own now; `anew`: other rows stand here than before, none keeps its place. */
    update(items, unseen, alive = () => false, anew = false) {
      fresh = items;
      counts = unseen;
      lives = alive;
      if (anew) shown = shown.filter(item => item.key === current);
      sift();
      if (selected.size) { const here = new Set(items.map(item => item.key)); for (const key of selected) if (!here.has(key)) selected.delete(key); }
      if (anew) drawAsOutside(); else draw();
      let rows = 0;
      for (const item of items) rows += item.beneath ? 0 : 1;
      slots['queue-count'].textContent = rows;
      severities();
    },
    became(key, words) { outcome.clear(); outcome.set(key, words); draw(); },
    tick() { for (const made of rows.values()) tickRow(made); },
    mark(key) { current = key; for (const [one, made] of rows) { made.node.classList.toggle('current', one === key); made.node.setAttribute('aria-selected', one === key); } },
    step(by) {
      const steps = shown.filter(item => !item.folded), at = steps.findIndex(item => item.key === current);
      const item = steps[Math.min(steps.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
      if (item) { onOpen(item); rows.get(item.key)?.node.scrollIntoView({ block: 'nearest' }); }
    },
    next(key) { const at = shown.findIndex(item => item.key === key); return shown.slice(at + 1).find(item => item.waits && !item.gone && !item.folded) || null; },
    toggle() { if (current) pick(current, !selected.has(current)); },
    /** Everything that is shown and waits, or nothing. */
    all() { const waits = shown.filter(item => item.waits && !item.beneath && item.kind !== 'group'); if (waits.every(item => selected.has(item.key))) selected.clear(); else for (const item of waits) selected.add(item.key); draw(); },
    bulk() { slots.bulk.querySelector('[data-do=bulk]:not(:disabled)')?.click(); },
    unselect() { selected.clear(); draw(); },
    first: () => shown.find(item => !item.folded) || null,
    current: () => shown.find(item => item.key === current) || null,
    search: () => filter.search(),
  };
}
