// Readings written down by hand: rows of device, metric, value and time; each is sent alone, so that each has its own answer.
// The server decides what is stored. A row keeps its key until it or the note is changed: sent twice, it is stored once.
// While rows are on their way nothing is sent again, and none of them can be touched.

import { begin, h, t, fill, icon, clock, number, labelOf, toast, now, titled } from './duty-dom.js';
import { follow, mountHead } from './duty-head.js';
import { call, explain, newKey, read } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { deviceField } from './entry-device.js';
import { metricField } from './entry-metric.js';
import { instantOf, localOf } from './entry-time.js';
import { loadText } from './text.js';

const AT_ONCE = 4;
const AHEAD_MS = 60_000;

export async function mount(root, config) {
  await begin(config);
  await Promise.all([loadText(config.language, 'entry'), loadText(config.language, 'quality')]);
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const sendButton = root.querySelector('[data-act=enter]');
  const rows = [], written = [];
  let sending = false;
  follow(config, mountHead(root, config), () => {}, 'duty');
  const [catalogue, names] = await Promise.all([read('/metrics').catch(() => ({ metrics: [] })), streetNames().catch(() => ({}))]);
  const note = h('input', { type: 'text', maxlength: '200', placeholder: t('entry.note_hint'), 'aria-label': t('entry.note'), autocomplete: 'off', oninput: () => { for (const row of rows) row.key = newKey(); } });
  fill(slots.note, note);

  function addRow(like) {
    const row = { key: newKey(), touched: false };
    const changed = () => { row.key = newKey(); row.refused = null; judge(row); };
    row.metric = metricField(config, catalogue.metrics, changed);
    row.device = deviceField(names, async device => { row.metric.clear(); changed(); if (device) await row.metric.offer(device); judge(row); });
    row.time = h('input', { type: 'datetime-local', 'aria-label': t('entry.column.time'), value: localOf(now(), config.timezone), oninput: () => { row.touched = true; changed(); } });
    row.state = h('div', { class: 'e-state', role: 'status' });
    const setNow = () => { row.time.value = localOf(now(), config.timezone); row.touched = false; changed(); };
    row.node = h('div', { class: 'e-row', 'data-row': '' },
      h('div', { class: 'e-cell e-device' }, h('span', { class: 'e-label' }, t('entry.column.device')), row.device.node),
      h('div', { class: 'e-cell e-metric' }, h('span', { class: 'e-label' }, t('entry.column.metric')), row.metric.node),
      h('div', { class: 'e-cell e-value' }, h('span', { class: 'e-label' }, t('entry.column.value')), row.metric.value),
      h('div', { class: 'e-cell e-time' }, h('span', { class: 'e-label' }, t('entry.column.time')), h('span', { class: 'e-when' }, row.time, h('button', { type: 'button', class: 'quiet', title: t('entry.now_about'), onclick: setNow }, t('entry.now')))),
      h('div', { class: 'e-cell e-result' }, row.state),
      h('button', { type: 'button', class: 'quiet e-remove', 'aria-label': t('entry.remove'), title: t('entry.remove'), onclick: () => remove(row) }, icon('x')));
    rows.push(row);
    slots.rows.append(row.node);
    judge(row);
    if (like?.device.chosen) row.device.choose(like.device.chosen);
    return row;
  }

  function drop(row) {
    const at = rows.indexOf(row);
    if (at >= 0) rows.splice(at, 1);
    row.node.remove();
  }

  function remove(row) {
    if (row.node.inert) return;
    drop(row);
    if (!rows.length) addRow().device.focus();
    tellSend();
  }

  /** What a row lacks, as the key of its words and what fills them; null: nothing. */
  function lacking(row) {
    if (!row.device.chosen) return ['device'];
    if (!row.metric.chosen) return ['metric'];
    if (row.metric.text === '') return ['value'];
    if (!row.metric.chosen.isText && !Number.isFinite(row.metric.number)) return ['number', { text: row.metric.text }];
    const at = instantOf(row.time.value, config.timezone);
    if (at === null) return ['time'];
    if (at > now() + AHEAD_MS) return ['future'];
    if (at < now() - config.past_s * 1000) return ['past', { days: Math.floor(config.past_s / 86400) }];
    return null;
  }

  const blank = row => !row.device.chosen && row.device.text === '' && row.metric.text === '';

  function show(row, state, title, way = '', detail = '') {
    row.node.dataset.state = state;
    fill(row.state, icon({ draft: 'circle', ready: 'circle-check', sending: 'refresh-cw', mend: 'circle-alert', refused: 'circle-x' }[state]),
      h('span', { title: detail || null }, h('b', {}, title), way && h('small', {}, way)));
  }

  function judge(row, strict = false) {
    const lack = lacking(row);
    if (row.refused) show(row, 'refused', ...row.refused);
    else if (!lack) show(row, 'ready', t('entry.state.ready'));
    else if (strict || ['number', 'future', 'past'].includes(lack[0])) show(row, 'mend', t(`entry.need.${lack[0]}`, lack[1] || {}));
    else show(row, 'draft', t('entry.state.draft'));
    tellSend();
    return !lack;
  }

  function tellSend() {
    const n = rows.filter(row => !lacking(row)).length;
    slots.send.textContent = sending ? t('entry.sending') : n ? t('entry.send', { n }) : t('entry.send_none');
    sendButton.disabled = sending;
  }

  async function send(row) {
    show(row, 'sending', t('entry.state.sending'));
    const metric = row.metric.chosen, observed = new Date(instantOf(row.time.value, config.timezone)).toISOString();
    const reading = { device: row.device.chosen.device, metric: metric.metric, value: metric.isText ? row.metric.text : row.metric.number, unit: metric.unit, observed_at: observed };
    try {
      const { data } = await call('POST', '/readings', { body: { readings: [reading], note: note.value.trim() }, key: row.key });
      const [refused] = data.rejected;
      if (!refused) return { row, reading, metric, known: data.duplicates > 0 };
      const reason = t(`entry.reason.${refused.reason}`) === `entry.reason.${refused.reason}` ? 'other' : refused.reason;
      row.refused = [t(`entry.reason.${reason}`), t(`entry.way.${reason}`), refused.detail];
    } catch (problem) {
      row.refused = [t('entry.failed'), t('entry.way.failed', { why: explain(problem) })];
    }
    row.node.inert = false;
    show(row, 'refused', ...row.refused);
    return null;
  }

  async function sendAll() {
    if (sending) return;
    const wanted = rows.filter(row => !blank(row));
    const ready = wanted.filter(row => judge(row, true));
    if (ready.length < wanted.length || !ready.length) {
      const first = wanted.find(row => lacking(row)) || rows[0];
      if (!wanted.length) judge(first, true);
      toast('info', t('entry.mend', { n: wanted.length - ready.length || 1 }));
      first.node.querySelector({ device: '.e-device input', metric: '.e-metric select' }[lacking(first)?.[0]] || '.e-value input')?.focus();
      return;
    }
    const held = document.activeElement;
    sending = true;
    for (const row of ready) row.node.inert = true;
    tellSend();
    const waiting = [...ready], done = [];
    const work = async () => { while (waiting.length) { const found = await send(waiting.shift()); if (found) done.push(found); } };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    sending = false;
    for (const found of done) keep(found);
    tellWritten();
    const last = done.at(-1)?.row;
    for (const { row } of done) drop(row);
    if (!rows.length) addRow(last);
    else if (held.isConnected && document.activeElement === document.body) held.focus(); // what is inert loses the cursor
    tellSend();
    toast(done.length === ready.length ? 'ok' : 'info', done.length === ready.length ? t('entry.all_stored', { n: done.length }) : t('entry.some_refused', { stored: done.length, refused: ready.length - done.length }));
  }

  const keep = ({ row, reading, metric, known }) => written.unshift({ device: row.device.chosen, metric, reading, known, at: now() });

  function tellWritten() {
    slots.count.textContent = written.length ? t('entry.written_n', { n: written.length }) : '';
    if (!written.length) return fill(slots.written, h('div', { class: 'e-none' }, icon('inbox'), h('span', {}, t('entry.none'))));
    const heads = ['device', 'metric', 'value', 'time'].map(name => t(`entry.column.${name}`));
    return fill(slots.written, h('table', { class: 'e-table' },
      h('thead', {}, h('tr', {}, [...heads, t('entry.received'), t('entry.column.state')].map(head => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, written.map(one => h('tr', { 'data-written': `${one.reading.device}/${one.reading.metric}` },
        h('th', { scope: 'row' }, titled(one.device, one.device.name), h('small', {}, one.device.device)),
        h('td', {}, labelOf(one.metric)),
        h('td', { class: 'num' }, h('b', {}, typeof one.reading.value === 'number' ? number(one.reading.value, Math.min(6, (String(one.reading.value).split('.')[1] || '').length)) : one.reading.value), ` ${one.metric.unit}`),
        h('td', { class: 'num' }, clock(one.reading.observed_at)), h('td', { class: 'num' }, clock(one.at, true)),
        h('td', {}, h('span', { class: 'e-mark' }, t('entry.mark')), h('span', { class: one.known ? 'e-known' : 'e-stored' }, icon(one.known ? 'check-check' : 'check'), t(one.known ? 'entry.known' : 'entry.stored'))))))));
  }

  root.querySelector('[data-do=add]').addEventListener('click', () => {
    if (rows.length >= config.most_rows) return;
    const row = addRow(rows.at(-1));
    (row.device.chosen ? row.metric : row.device).focus();
  });
  sendButton.addEventListener('click', sendAll);
  slots.rows.addEventListener('keydown', event => { if (event.key === 'Enter' && event.target.closest('.e-value')) { event.preventDefault(); if (!event.repeat) sendAll(); } });
  // Who leaves the time alone means the moment of sending, not that of opening the page.
  setInterval(() => { for (const row of rows) if (!row.touched && !row.refused && row.node.dataset.state !== 'sending') row.time.value = localOf(now(), config.timezone); }, 10_000);
  root.querySelector('.desk-link[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  addRow();
  tellWritten();
  root.dataset.filled = 'true';
}
