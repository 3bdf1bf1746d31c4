// The metric of a chosen device and its value: the device's own first, each with unit, range and the value it had last.
// Says what is usual; whether a value is taken the server decides.

import { h, t, fill, age, number, span, labelOf, word } from './duty-dom.js';
import { read } from './duty-call.js';

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)$/;

/** The unit in which the API takes a metric under the city's name: the device's own if it uses that name, else the city's. */
function ownMetrics(device, config) {
  const found = new Map();
  for (const [wire, entry] of Object.entries(device.metrics)) {
    const metric = entry.name || wire, same = metric === wire;
    found.set(metric, { metric, ...(config.metrics[metric] || { label: entry.label }), unit: same ? entry.unit : entry.stored_unit, min: same || entry.unit === entry.stored_unit ? entry.min : null, max: same || entry.unit === entry.stored_unit ? entry.max : null, isText: entry.kind === 'text' });
  }
  for (const one of device.values) {
    const before = found.get(one.metric) || { metric: one.metric, ...(config.metrics[one.metric] || { label: one.label }), unit: one.unit, min: null, max: null, isText: one.kind === 'text' };
    found.set(one.metric, { ...before, last: one });
  }
  return [...found.values()];
}

export function metricField(config, catalogue, changed) {
  const select = h('select', { 'aria-label': t('entry.column.metric'), disabled: true });
  const input = h('input', { type: 'text', inputmode: 'decimal', class: 'num', placeholder: t('entry.value_hint'), 'aria-label': t('entry.column.value'), autocomplete: 'off' });
  const unit = h('span', { class: 'e-unit' }), hint = h('small', { class: 'e-hint' });
  let offered = new Map(), turn = 0;

  const option = one => h('option', { value: one.metric }, labelOf(one) || one.metric);
  const chosen = () => offered.get(select.value) || null;

  function clear() {
    turn += 1;
    offered = new Map();
    fill(select, h('option', { value: '' }, t('entry.metric_first')));
    select.disabled = true;
    tell();
  }

  function tell() {
    const one = chosen();
    unit.textContent = one?.unit || '';
    input.inputMode = one?.isText ? 'text' : 'decimal';
    const last = one?.last, shown = last && (last.text ?? number(last.value));
    const words = one && [
      last ? t('entry.last', { value: shown, unit: last.text ? '' : last.unit, age: span(age(last.observed_at)) }).replace(' ,', ',').replace(' ，', '，') : t('entry.last_none'),
      last && last.quality !== 'good' && word('quality.word', last.quality),
      one.min !== null && one.min !== undefined && one.max !== null && one.max !== undefined && t('entry.range', { min: number(one.min), max: number(one.max) }),
    ];
    fill(hint, (words || []).filter(Boolean).join(' · '));
  }

  async function offer(device) {
    const mine = ++turn, whole = await read(`/devices/${encodeURIComponent(device.device)}`).catch(() => null);
    if (mine !== turn) return;
    const own = whole ? ownMetrics(whole, config) : [];
    const others = catalogue.filter(one => !own.some(two => two.metric === one.metric)).map(one => ({ ...one, isText: one.kind === 'text' }));
    offered = new Map([...own, ...others].map(one => [one.metric, one]));
    fill(select, h('option', { value: '' }, t('entry.metric_pick')), own.length > 0 && h('optgroup', { label: t('entry.metrics_own') }, own.map(option)), others.length > 0 && h('optgroup', { label: t('entry.metrics_other') }, others.map(option)));
    select.disabled = false;
    if (own.length === 1) select.value = own[0].metric;
    tell();
  }

  select.addEventListener('change', () => { tell(); changed(); });
  input.addEventListener('input', changed);
  clear();
  return {
    node: select,
    value: h('span', { class: 'e-given' }, h('span', { class: 'e-figure' }, input, unit), hint),
    clear, offer, focus: () => select.focus(),
    get chosen() { return chosen(); },
    get text() { return input.value.trim(); },
    get number() { const text = input.value.trim(); return NUMBER.test(text) ? Number(text) : NaN; }, // 1,5 is one and a half to some and fifteen to others: neither
  };
}
