// The queue: tabs, search and filters, rows with their lights, selection. Only the rows in sight are drawn, however many there are.

import { h, t, fill, icon, badge, clock, word, span, number, labelOf, titleOf, now } from './duty-dom.js';
import { makePages } from './dispatch-pages.js';
import { belongs, counts, fits, leftOf, lightOf, order } from './dispatch-tabs.js';

const AROUND = 12; // rows drawn above and below what is seen
const NEAR_END = 40; // rows before the last at which the next page is asked for
const MOST_CHOSEN = 500;
const SLOWEST_MS = 5_000;
const CUT_AT = 1_900; // fewer are all there are, whatever a figure that is a moment older says
const LIGHTS = ['red', 'yellow', 'green', 'paused'];
const SYMBOL = { red: 'circle-alert', yellow: 'clock-alert', green: 'timer', paused: 'pause', none: 'minus' };

/** 0:23, 4:11, 3 天: as short as a row allows. */
const shortly = seconds => { const minutes = Math.floor(Math.abs(seconds) / 60); return minutes >= 2880 ? span(seconds) : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`; };

/** The light of a clock as a mark that is told apart by shape and word, too; `tick` keeps the time in it. */
export function lightMark(row) {
  const node = h('span', { class: 'light' }, icon('timer'), h('b', { class: 'num' }));
  tickLight(node, row);
  return node;
}

export function tickLight(node, row) {
  const light = lightOf(row, now()), left = leftOf(row, now());
  const words = light === 'paused' || (light === 'red' && row.paused_at) ? t(`dispatch.light.${light}`) : left === null ? t('dispatch.light.none') : t(left < 0 ? 'desk.over_by' : 'desk.left', { span: shortly(left) });
  if (node.dataset.light !== light) {
    node.dataset.light = light;
    node.title = [t(`dispatch.light.${light}`), row.due_at && t('dispatch.due', { at: clock(row.due_at) })].filter(Boolean).join(' · ');
    node.firstChild.replaceWith(icon(SYMBOL[light]));
  }
  if (node.lastChild.textContent !== words) node.lastChild.textContent = words;
}

export function makeList(slots, config, { open, streetName, unitName, units, changed, bulk }) {
  const chosen = new Set(), made = new Map(), filter = { text: '', class_code: '', unit: '', street: '', source: '', light: '' };
  let tab = 'dispatch', rows = [], shown = [], asked = new Set(), current = null, streets = '', picked = false, beyond = 0, height = 62, drawn = 0, drawnAt = 0, soon = 0;
  const pages = makePages(() => { draw(); changed(); });
  const top = h('li', { class: 'd-gap', role: 'presentation' }), bottom = h('li', { class: 'd-gap', role: 'presentation' }), said = h('div', { class: 'whole', role: 'gridcell' }), foot = h('li', { class: 'more', role: 'row' }, said);

  const tabs = new Map(config.tabs.map((name, at) => [name, h('button', { type: 'button', role: 'tab', 'data-tab': name, title: `${t(`dispatch.tab.${name}`)} (${at + 1})`, onclick: () => choose(name) }, h('span', {}, t(`dispatch.tab.${name}`)), h('b', { class: 'num' }))]));
  fill(slots.tabs, [...tabs.values()]);
  const text = h('input', { type: 'search', placeholder: t('dispatch.search'), 'aria-label': t('dispatch.search'), oninput: () => set('text', text.value) });
  const select = (name, options) => h('select', { 'data-filter': name, 'aria-label': t(`dispatch.filter.${name}`), onchange: event => set(name, event.target.value) }, h('option', { value: '' }, t(`dispatch.filter.${name}`)), options.map(([value, label]) => h('option', { value }, label)));
  const selects = {
    class_code: select('class_code', Object.entries(config.classes).map(([code, one]) => [code, `${code} ${labelOf(one)}`])),
    street: select('street', []), light: select('light', LIGHTS.map(one => [one, t(`dispatch.light.${one}`)])),
    source: select('source', ['collector', 'register', 'public', 'leader', 'video', 'transfer', 'hotline', 'sensor'].map(one => [one, t(`dispatch.source.${one}`)])),
  };
  const unit = h('button', { type: 'button', class: 'd-unit-filter', hidden: true, onclick: () => set('unit', '') });
  fill(slots.filters, h('label', { class: 'd-search' }, icon('search'), text), selects.class_code, selects.street, selects.source, selects.light, unit);

  function set(name, value) {
    filter[name] = value;
    slots.list.scrollTop = 0;
    if (name === 'unit') fill(unit, icon('building-2'), h('span', {}, unitName(Number(value)) || value), icon('x')).hidden = !value;
    draw();
    changed();
  }

  function choose(name) {
    picked = true;
    if (tab === name) return;
    tab = name;
    chosen.clear();
    slots.list.scrollTop = 0;
    draw();
    changed();
  }

  /** `total`: how many are open in all; the stream brings the worst of very many only. */
  function update(all, requests, total) {
    rows = all;
    beyond = Math.max(total ?? 0, all.length);
    asked = requests;
    const known = [...new Set(all.map(row => row.street || ''))].filter(Boolean).sort();
    if (known.join() !== streets) {
      streets = known.join();
      fill(selects.street, h('option', { value: '' }, t('dispatch.filter.street')), known.map(code => h('option', { value: code, selected: filter.street === code }, streetName(code) || code)));
    }
    const wait = Math.min(SLOWEST_MS, shown.length / 10) - (performance.now() - drawnAt); // sorting very many takes a while: not at every word of the stream
    if (!isCut() || wait <= 0) draw();
    else soon ||= setTimeout(() => { soon = 0; draw(); }, wait);
  }

  function draw() {
    drawnAt = performance.now();
    const at = now(), numbers = pages.counts()?.tabs || counts(rows, at, asked, config);
    if (!picked && rows.length) tab = ['dispatch', 'register', 'overdue', 'adjust', 'check', 'work', 'all'].find(name => numbers[name]) || tab; // the first thing to do, until somebody chooses
    pages.look(isCut(), tab, filter);
    drawTabs(numbers);
    const known = pages.rows();
    shown = order((known || rows).filter(row => belongs(row, tab, at, asked, config) && fits(row, filter, at, units())), tab, at, known && pages.end());
    drawn = -1;
    drawWindow();
    drawFoot();
    const here = new Set(shown.map(row => row.number));
    for (const key of [...chosen]) if (!here.has(key)) chosen.delete(key);
    drawBulk();
  }

  function drawTabs(numbers) {
    const exact = !isCut() || pages.counts();
    for (const [name, node] of tabs) {
      const n = name === 'all' && !exact ? beyond : numbers[name];
      node.setAttribute('aria-selected', String(name === tab));
      node.classList.toggle('zero', !n);
      node.lastChild.textContent = `${exact || name === 'all' || !n ? '' : '≥'}${number(n)}`;
      node.dataset.value = n;
    }
    slots.count.textContent = number(pages.counts()?.tabs.all ?? beyond);
    const at = now(), lit = pages.counts()?.lights || (exact && Object.fromEntries(LIGHTS.map(one => [one, rows.reduce((n, row) => n + (lightOf(row, at) === one), 0)])));
    for (const option of selects.light.options) if (option.value) option.textContent = [t(`dispatch.light.${option.value}`), lit && number(lit[option.value] ?? 0)].filter(Boolean).join('  ');
  }

  /** The rows in sight and some around them; gaps stand for the others. */
  function drawWindow() {
    const seen = Math.ceil((slots.list.clientHeight || 800) / height), first = Math.max(0, Math.min(Math.floor(slots.list.scrollTop / height), shown.length - seen) - AROUND), last = Math.min(shown.length, first + seen + 2 * AROUND);
    if (drawn === first) return;
    drawn = first;
    const wanted = shown.slice(first, last), here = new Set(wanted.map(row => row.number));
    for (const [key, one] of made) if (!here.has(key)) { one.node.remove(); made.delete(key); }
    if (top.parentNode !== slots.list) fill(slots.list, top, bottom, foot);
    wanted.forEach((row, index) => {
      const one = made.get(row.number) || make(row);
      paint(one, row);
      one.node.setAttribute('aria-rowindex', first + index + 1);
      if (slots.list.children[index + 1] !== one.node) slots.list.insertBefore(one.node, slots.list.children[index + 1]);
    });
    const high = wanted.length && made.get(wanted[0].number).node.offsetHeight;
    if (high && high !== height) { height = high; drawn = -1; drawWindow(); return; }
    slots.list.setAttribute('aria-rowcount', pages.total() ?? shown.length);
    top.style.height = `${first * height}px`;
    bottom.style.height = `${(shown.length - last) * height}px`;
    if (last > shown.length - NEAR_END) pages.more();
  }

  /** What is not listed yet, or why nothing is. */
  function drawFoot() {
    const total = pages.total(), left = isCut() && !(pages.rows() && pages.whole());
    foot.className = shown.length ? 'more' : 'empty';
    foot.hidden = shown.length > 0 && !left;
    if (!shown.length && left) fill(said, icon('list-checks'), h('b', {}, t(pages.failed() ? 'dispatch.pages_away' : 'desk.loading')));
    else if (!shown.length) fill(said, icon(rows.length ? 'filter' : 'circle-check'), h('b', {}, t(rows.length ? 'dispatch.none_here' : 'dispatch.none')));
    else fill(said, t(pages.failed() ? 'dispatch.pages_away' : 'dispatch.listed', { n: number(shown.length), of: number(total ?? beyond) }));
  }

  /** Whether the first page is still to come: what the picture holds is not the top of all. */
  const waits = () => isCut() && !pages.rows() && !pages.failed();
  const isCut = () => beyond > rows.length && rows.length >= CUT_AT;
  let scrolled = 0;
  slots.list.addEventListener('scroll', () => { scrolled ||= requestAnimationFrame(() => { scrolled = 0; drawWindow(); }); }, { passive: true });
  new ResizeObserver(() => { drawn = -1; drawWindow(); }).observe(slots.list);

  function make(row) {
    const pick = h('input', { type: 'checkbox', 'aria-label': t('dispatch.select') });
    const one = { node: null, pick, row, drawn: '' };
    pick.addEventListener('change', () => toggle(one.row.number, pick.checked));
    one.body = h('div', { class: 'row-body', role: 'gridcell' });
    one.node = h('li', { class: 'row', role: 'row', 'data-id': row.number, 'data-kind': 'case', onclick: event => { if (!event.target.closest('.pick')) open(one.row.number); } }, h('label', { class: 'pick', role: 'gridcell' }, pick), one.body);
    made.set(row.number, one);
    return one;
  }

  function paint(one, row) {
    one.row = row;
    const key = `${row.version} ${row.title} ${unitName(row.lead_unit)} ${asked.has(row.number)} ${streetName(row.street)}`;
    if (one.drawn !== key) {
      one.drawn = key;
      one.light = lightMark(row);
      fill(one.body,
        h('div', { class: 'row-first' }, badge(row.severity), h('span', { class: 'row-title', title: `${row.title}  ${row.number}` }, titleOf(row, config.rules))),
        h('div', { class: 'row-second' }, h('span', { class: `stage stage-${row.stage}` }, word('desk.stage', row.stage)),
          row.send_backs > 0 && h('span', { class: 'd-tag bad', title: t('dispatch.sent_back', { n: row.send_backs }) }, icon('corner-up-left'), number(row.send_backs)),
          row.expedites > 0 && h('span', { class: 'd-tag warn', title: t('dispatch.expedited', { n: row.expedites }) }, icon('zap'), number(row.expedites)),
          asked.has(row.number) && h('span', { class: 'd-tag warn', title: t('dispatch.part.asked') }, icon('clock-alert')),
          row.drill && h('b', { class: 'mark drill' }, t('desk.drill')), row.simulated && h('b', { class: 'mark simulated', title: t('desk.simulated') }, icon('cpu')), one.light),
        h('p', { class: 'row-place' }, [unitName(row.lead_unit), labelOf(config.classes[row.class_code]), streetName(row.street)].filter(Boolean).join(' · ')));
    }
    tickLight(one.light, row);
    one.node.classList.toggle('overdue', one.light.dataset.light === 'red');
    one.node.classList.toggle('current', current === row.number);
    one.node.setAttribute('aria-selected', String(current === row.number));
    one.pick.checked = chosen.has(row.number);
  }

  /** Scrolls no more than a row needs to be seen whole. */
  function reveal(key) {
    const at = shown.findIndex(row => row.number === key), { scrollTop, clientHeight } = slots.list;
    if (at < 0) return;
    if (at * height < scrollTop) slots.list.scrollTop = at * height;
    else if ((at + 1) * height > scrollTop + clientHeight) slots.list.scrollTop = (at + 1) * height - clientHeight;
  }

  function toggle(key, on = !chosen.has(key)) {
    if (on) chosen.add(key); else chosen.delete(key);
    const one = made.get(key);
    if (one) one.pick.checked = on;
    drawBulk();
  }

  function drawBulk() {
    const picked = shown.filter(row => chosen.has(row.number)), ready = picked.filter(row => row.stage === 'registered');
    fill(slots.bulk, picked.length > 0 && [h('span', {}, t('dispatch.bulk_chosen', { n: picked.length })),
      h('button', { type: 'button', class: 'quiet', onclick: () => { chosen.clear(); draw(); } }, t('desk.cancel')),
      ['duty', 'dispatcher'].includes(config.role) && h('button', { type: 'button', class: 'primary', 'data-do': 'bulk', disabled: !ready.length, onclick: () => bulk(ready) }, icon('send'), t('dispatch.bulk_dispatch', { n: ready.length }), h('kbd', {}, '⇧C'))]);
  }

  setInterval(() => { for (const one of made.values()) { tickLight(one.light, one.row); one.node.classList.toggle('overdue', one.light.dataset.light === 'red'); } }, 1000);

  return {
    update, draw, choose, set, search: text, filter,
    tab: () => tab, shown: () => shown, first: () => (waits() ? null : shown[0] || null), waits,
    /** How many rows the tab holds, listed or not. */
    total: () => pages.total() ?? shown.length,
    take: moves => pages.take(moves), anew: () => pages.anew(),
    mark(key) { current = key; for (const [name, one] of made) { one.node.classList.toggle('current', name === key); one.node.setAttribute('aria-selected', String(name === key)); } reveal(key); },
    step(by) { const at = shown.findIndex(row => row.number === current), next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))]; if (next) open(next.number); },
    /** The row after one, for going on once it has left. */
    after(key) { const at = shown.findIndex(row => row.number === key); return shown[at + 1] || shown[at - 1] || null; },
    toggle: () => current && toggle(current), all() { const some = shown.slice(0, MOST_CHOSEN), whole = some.every(row => chosen.has(row.number)); for (const { number: key } of some) if (whole) chosen.delete(key); else chosen.add(key); draw(); }, clear() { chosen.clear(); draw(); }, bulk: () => slots.bulk.querySelector('[data-do=bulk]')?.click(),
  };
}
