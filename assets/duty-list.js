// The queue as it stands on the screen: rows, filters, selection. Nothing moves under the cursor: while the pointer or the keyboard
// focus is in the list, rows keep their places, and a bar announces what is new; it is merged by a click or when the pointer leaves.

import { h, t, titleOf, labelOf, word, fill, icon, badge, clock, span, age, now } from './duty-dom.js';
import { KINDS, hold, passes } from './duty-queue.js';
import { isBack } from './silence.js';

const MOST_ROWS = 300; // beyond it nobody reads on: filters are the way, and the desk stays quick with ten thousand
const KIND_ICON = { alert: 'bell-ring', report: 'megaphone', incident: 'git-merge', case: 'clipboard-list' };

export function makeList(slots, config, streetName, onOpen, onBulk) {
  const filters = { kind: '', severity: '', domain: '', stage: '', text: '' };
  const selected = new Set();
  let fresh = [], shown = [], current = null, inside = false;
  const rows = new Map(), outcome = new Map(); // outcome: what became of the row on the desk, by key

  const say = item => [item.street && streetName(item.street), item.place].filter(Boolean).join(' · ') || t('duty.no_place');

  const ruleLabel = row => labelOf(config.rules[row.rule] || { label: row.title });

  function row(item) {
    const body = h('div', { class: 'row-body' });
    const box = h('input', { type: 'checkbox', 'aria-label': t('duty.select'), onclick: event => { event.stopPropagation(); pick(item.key, box.checked); } });
    const node = h('li', { class: 'row', 'data-id': item.id, 'data-kind': item.kind, onclick: () => onOpen(item) },
      h('label', { class: 'pick', onclick: event => event.stopPropagation() }, box), body);
    const made = { node, body, box, shape: '' };
    rows.set(item.key, made);
    return made;
  }

  function paint(item) {
    const made = rows.get(item.key) || row(item);
    const shape = JSON.stringify([item.title, item.stage, item.severity, item.row.value, item.row.count, item.row.hold, item.gone, item.overdue, item.row.version, item.members, item.folded?.length, item.row.waiting, item.opened, outcome.get(item.key)]);
    if (shape !== made.shape) {
      made.shape = shape;
      fill(made.body,
        h('div', { class: 'row-first' }, badge(item.severity), h('strong', { class: 'row-title', title: item.title }, item.folded ? t('duty.folded', { title: ruleLabel(item.row), n: item.folded.length }) : titleOf(item.row, config.rules) || item.title), h('time', { class: 'row-age' })),
        h('div', { class: 'row-second' }, icon(KIND_ICON[item.kind]), h('span', { class: 'row-place', title: say(item) }, say(item)),
          item.row.drill && h('b', { class: 'mark drill' }, t('desk.drill')),
          item.row.hold && item.row.hold !== 'none' && h('b', { class: 'mark' }, word('desk.hold', item.row.hold)),
          item.row.state_known === false && h('b', { class: 'mark', title: t('desk.state_unknown') }, t('duty.unknown_short')),
          h('span', { class: `stage stage-${item.stage}` }, item.gone ? outcome.get(item.key) || t('duty.gone') : item.folded ? [isBack(item.row) && word('desk.stage', 'rtn_unack'), t(item.opened ? 'duty.folded_close' : 'duty.folded_open', { n: item.row.waiting })].filter(Boolean).join(' · ') : item.kind === 'incident' ? t('duty.members', { n: item.members }) : word('desk.stage', item.stage))));
    }
    made.node.classList.toggle('gone', Boolean(item.gone));
    made.node.classList.toggle('beneath', Boolean(item.beneath));
    made.node.classList.toggle('overdue', Boolean(item.overdue));
    made.node.classList.toggle('waits', Boolean(item.waits));
    made.node.classList.toggle('current', item.key === current);
    made.node.setAttribute('aria-selected', item.key === current);
    made.box.checked = selected.has(item.key);
    tick(item, made);
    return made.node;
  }

  function tick(item, made) {
    const time = made.body.querySelector('.row-age');
    const left = item.due_at && (Date.parse(item.due_at) - now()) / 1000;
    const words = item.kind === 'case' && item.due_at ? (left < 0 ? t('desk.over_by', { span: span(left) }) : t('desk.left', { span: span(left) })) : span(age(item.since));
    if (time.textContent !== words) { time.textContent = words; time.title = clock(item.since, true); }
    time.classList.toggle('late', Boolean(left && left < 0));
  }

  function draw() {
    const all = fresh.filter(item => passes(item, filters)), passing = all.slice(0, MOST_ROWS);
    const held = hold(shown, passing);
    if (!inside) { shown = withCurrent(passing); held.fresh = []; } else shown = held.items.filter(item => passes(item, filters) || item.gone);
    const nodes = shown.map(paint);
    const wanted = new Set(shown.map(item => item.key));
    for (const [key, made] of rows) if (!wanted.has(key)) { made.node.remove(); rows.delete(key); }
    nodes.forEach((node, index) => { if (slots.list.children[index] !== node) slots.list.insertBefore(node, slots.list.children[index] || null); });
    slots.list.querySelector('.empty, .more')?.remove();
    if (!shown.length) slots.list.append(empty());
    if (all.length > passing.length) slots.list.append(h('li', { class: 'more' }, t('duty.more', { n: all.length - passing.length })));
    bar(held.fresh);
    for (const key of selected) if (!fresh.some(item => item.key === key)) selected.delete(key);
    bulk();
    slots['queue-count'].textContent = fresh.filter(item => !item.beneath).length;
    severities();
  }

  /** The row whose evidence is on the desk stays where it was and says what became of it, until the next one is opened. */
  function withCurrent(passing) {
    const at = shown.findIndex(item => item.key === current);
    if (at < 0 || fresh.some(item => item.key === current)) return passing;
    return [...passing.slice(0, at), { ...shown[at], gone: true }, ...passing.slice(at)];
  }

  function empty() {
    const filtered = Object.values(filters).some(Boolean) && fresh.length;
    return h('li', { class: 'empty' }, icon(filtered ? 'filter' : 'circle-check'), h('b', {}, t(filtered ? 'duty.none_pass' : 'duty.none')),
      filtered ? h('button', { type: 'button', onclick: clear }, t('duty.clear_filters')) : h('span', {}, t('duty.none_hint')));
  }

  function bar(items) {
    const alerts = items.filter(item => item.kind === 'alert').length;
    const text = !items.length ? '' : alerts === items.length ? t('duty.fresh_alerts', { n: alerts }) : t('duty.fresh', { n: items.length });
    if (slots.fresh.dataset.text === text) return;
    slots.fresh.dataset.text = text;
    fill(slots.fresh, text && h('button', { type: 'button', 'data-do': 'merge', onclick: merge }, icon('arrow-up'), text, h('small', {}, t('duty.fresh_hint'))));
  }

  function merge() { shown = []; const was = inside; inside = false; draw(); inside = was; slots.list.scrollTop = 0; }

  function severities() {
    const counts = [1, 2, 3, 4, 5].map(level => fresh.filter(item => item.kind === 'alert' && item.waits && item.severity === level && !item.beneath).reduce((sum, item) => sum + (item.folded ? item.row.waiting : 1), 0));
    const key = counts.join();
    if (slots.severities.dataset.key === key + filters.severity) return;
    slots.severities.dataset.key = key + filters.severity;
    fill(slots.severities, h('span', { class: 'sev-caption' }, t('duty.unack')), counts.map((n, index) => h('button', {
      type: 'button', class: `sev-chip ${n ? '' : 'zero'}`, 'aria-pressed': filters.severity === String(index + 1), title: t('duty.unack_of', { severity: word('desk.severity', index + 1), n }),
      'data-figure': `unack-${index + 1}`, 'data-value': n, 'data-age': 0, 'data-live': '', onclick: () => set('severity', filters.severity === String(index + 1) ? '' : String(index + 1)),
    }, badge(index + 1), h('b', { class: 'num' }, n > 999 ? '999+' : n))));
  }

  const set = (name, value) => { filters[name] = value; controls[name].value = value; shown = []; const was = inside; inside = false; draw(); inside = was; };
  const clear = () => { for (const name of Object.keys(filters)) { filters[name] = ''; controls[name].value = ''; } merge(); };
  const choice = (name, label, options) => h('select', { 'aria-label': label, 'data-filter': name, onchange: event => set(name, event.target.value) },
    h('option', { value: '' }, label), options.map(([value, text]) => h('option', { value }, text)));
  const stages = ['unack', 'acked', 'rtn_unack', 'open', ...config.case_path];
  const controls = {
    text: h('input', { type: 'search', placeholder: t('duty.search'), 'aria-label': t('duty.search'), 'data-filter': 'text', oninput: event => set('text', event.target.value.trim()) }),
    kind: choice('kind', t('duty.all_kinds'), KINDS.map(kind => [kind, word('desk.kind', kind)])),
    severity: choice('severity', t('duty.all_severities'), [1, 2, 3, 4, 5].map(level => [String(level), word('desk.severity', level)])),
    domain: choice('domain', t('duty.all_domains'), ['emergency', 'urban', 'environment', 'water'].map(domain => [domain, word('desk.domain', domain)])),
    stage: choice('stage', t('duty.all_stages'), stages.map(stage => [stage, word('desk.stage', stage)])),
  };
  fill(slots.filters, Object.values(controls));

  function pick(key, on) { if (on) selected.add(key); else selected.delete(key); draw(); }
  function bulk() {
    const meant = shown.filter(item => selected.has(item.key) && item.kind === 'alert').flatMap(item => item.folded || [item]);
    const chosen = [...new Map(meant.filter(item => ['unack', 'rtn_unack'].includes(item.stage)).map(item => [item.key, item])).values()];
    const key = [...selected].join() + chosen.length;
    if (slots.bulk.dataset.key === key) return;
    slots.bulk.dataset.key = key;
    fill(slots.bulk, selected.size > 0 && [h('span', {}, t('duty.selected', { n: selected.size })),
      h('button', { type: 'button', class: 'primary', 'data-do': 'bulk', disabled: !chosen.length, onclick: () => onBulk(chosen) }, icon('check-check'), t('duty.bulk', { n: chosen.length })),
      h('button', { type: 'button', class: 'quiet', onclick: () => { selected.clear(); draw(); } }, t('duty.unselect'))]);
  }

  slots.list.addEventListener('pointerenter', () => { inside = true; });
  slots.list.addEventListener('pointerleave', () => { inside = false; draw(); });

  return {
    update(items) { fresh = items; draw(); },
    became(key, words) { outcome.clear(); outcome.set(key, words); draw(); },
    tick() { for (const item of shown) tick(item, rows.get(item.key)); },
    mark(key) { current = key; for (const [one, made] of rows) { made.node.classList.toggle('current', one === key); made.node.setAttribute('aria-selected', one === key); } },
    step(by) {
      const steps = shown.filter(item => !item.folded), at = steps.findIndex(item => item.key === current);
      const item = steps[Math.min(steps.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
      if (item) { onOpen(item); rows.get(item.key)?.node.scrollIntoView({ block: 'nearest' }); }
    },
    next(key) { const at = shown.findIndex(item => item.key === key); return shown.slice(at + 1).find(item => item.waits && !item.gone && !item.folded) || null; },
    toggle() { if (current) pick(current, !selected.has(current)); },
    unselect() { selected.clear(); draw(); },
    first: () => shown.find(item => !item.folded) || null,
    search: () => controls.text,
  };
}
