// Data quality: feeds in the present hour, the last measured hour of every device, the worst first, and the air's index.
// Asks the API again each half minute; what was not measured is told as such, never as zero and never as good.

import { begin, h, t, fill, icon, clock, span, age, number, labelOf, openDialog, toast, word, listed } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, explain } from './duty-call.js';
import { streetNames } from './duty-place.js';

const EVERY_MS = 30_000;
const SHOWN = 100;
const COUNTS = ['late', 'duplicates', 'out_of_range', 'stuck', 'jumps', 'future', 'nulls', 'flagged'];
const FEED_MARKS = ['accepted', 'duplicate', 'late', 'range', 'clock'];
const AIR = 'aqi_hour_area,aqi_day_area';

const share = value => (value === null || value === undefined ? null : Math.round(value * 1000) / 10);
const empty = key => h('div', { class: 'q-none' }, icon('circle-help'), h('span', {}, t(key)));
const count = (value, plain = false) => h('td', { class: value ? (plain ? null : 'some') : 'zero' }, number(value ?? null));
const table = (heads, rows) => h('table', { class: 'q-table' }, h('thead', {}, h('tr', {}, heads.map(head => h('th', { scope: 'col' }, head)))), h('tbody', {}, rows));

/** A share as bar and percentage; unknown where nothing was expected because nobody listened. */
function bar(value) {
  const percent = share(value);
  if (percent === null) return h('span', { class: 'muted', title: t('quality.not_expected') }, '—');
  const fillOf = h('i', {});
  fillOf.style.setProperty('width', `${Math.min(100, percent)}%`);
  return h('span', { class: `q-share ${percent < 75 ? 'q-poor' : percent < 95 ? 'q-fair' : 'q-well'}` }, h('span', { class: 'q-bar' }, fillOf), h('b', {}, `${number(percent, 1)}%`));
}

const hourOf = (since, until) => `${clock(since)}–${clock(until || Date.parse(since) + 3_600_000)}`;

export async function mount(root, config) {
  await begin(config);
  await loadText(config.language, 'quality');
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const names = {};
  follow(config, mountHead(root, config), () => {}, 'duty');
  Object.assign(names, await streetNames().catch(() => ({})));

  function figures({ hour, totals }) {
    const told = totals && totals.devices ? totals : null;
    slots['hour-note'].textContent = told ? t(told.expected ? 'quality.hour_note' : 'quality.hour_unexpected', { hour: hourOf(hour), devices: told.devices, poor: told.poor }) : t('quality.no_hour');
    const values = told && { ...told, usable: share(told.expected ? told.usable / told.expected : null), complete: share(told.expected ? told.complete / told.expected : null) };
    for (const node of root.querySelectorAll('[data-figure^=quality_]')) {
      const name = node.dataset.figure.slice(8), value = values ? values[name] ?? null : null, percent = ['usable', 'complete'].includes(name);
      node.textContent = value === null ? '—' : percent ? `${number(value, 1)}%` : number(value);
      node.dataset.value = value ?? '';
      node.dataset.age = value === null ? '' : Math.round(age(hour) - 3600);
      node.classList.toggle('unknown', value === null);
      node.parentElement.classList.toggle('some', percent ? value !== null && value < 95 : Boolean(value));
    }
  }

  function feeds(rows) {
    slots['feeds-note'].textContent = t('quality.feeds_note');
    if (!rows.length) return fill(slots.feeds, empty('quality.no_feeds'));
    const others = counts => Object.entries(counts).reduce((sum, [mark, n]) => sum + (FEED_MARKS.includes(mark) ? 0 : n), 0);
    const line = (counts, mark) => (mark === 'others' ? others(counts) : counts[mark] ?? 0);
    return fill(slots.feeds, table([t('quality.feed'), ...FEED_MARKS.map(mark => t(`quality.mark.${mark}`)), t('quality.mark.others')], rows.map(feed => h('tr', { 'data-feed': feed.feed },
      h('th', { scope: 'row', title: feed.feed }, labelOf(feed)),
      [...FEED_MARKS, 'others'].map(mark => {
        const cell = count(line(feed.counts, mark), mark === 'accepted');
        cell.append(h('small', {}, number(line(feed.hour_before, mark))));
        return cell;
      })))));
  }

  function devices({ hour, devices: rows, next }) {
    slots['devices-note'].textContent = hour ? t(next ? 'quality.devices_some' : 'quality.devices_all', { n: rows.length }) : '';
    if (!rows.length) return fill(slots.devices, empty(hour ? 'quality.no_devices' : 'quality.no_hour'));
    const heads = [t('quality.device'), t('quality.of.usable'), t('quality.of.complete'), t('quality.received'), ...COUNTS.map(name => t(`quality.of.${name}`))];
    return fill(slots.devices, table(heads, rows.map(row => h('tr', { 'data-id': row.device, tabindex: '0', onclick: () => drill(row), onkeydown: event => { if (event.key === 'Enter') drill(row); } },
      h('th', { scope: 'row', title: row.name }, row.name, h('small', {}, [row.device === row.name ? '' : row.device, names[row.area.slice(0, 9)]].filter(Boolean).join(' · '))),
      h('td', {}, bar(row.usable)), h('td', {}, bar(row.completeness)), h('td', {}, `${number(row.received)} / ${number(Math.round(row.expected))}`),
      COUNTS.map(name => count(row[name]))))));
  }

  function air(rows) {
    const newest = new Map();
    for (const row of rows) if (!newest.has(`${row.figure} ${row.subject}`)) newest.set(`${row.figure} ${row.subject}`, row);
    slots['air-note'].textContent = rows.length ? rows[0].standard : '';
    if (!newest.size) return fill(slots.air, empty('quality.no_air'));
    const place = row => (row.subject === config.area ? t('quality.whole') : names[row.subject] || row.subject);
    return fill(slots.air, table([t('quality.area'), t('quality.period'), t('quality.aqi'), t('quality.primary')], [...newest.values()].sort((a, b) => a.subject.localeCompare(b.subject) || b.figure.localeCompare(a.figure)).map(row => h('tr', { 'data-figure-row': `${row.figure} ${row.subject}` },
      h('th', { scope: 'row' }, place(row)),
      h('td', {}, row.figure === 'aqi_day_area' ? t('quality.day', { day: clock(Date.parse(row.since)) }) : hourOf(row.since, row.at)),
      row.value === null ? h('td', { class: 'why', colspan: '2' }, t('quality.no_figure', { why: why(row) }))
        : [h('td', {}, h('span', { class: `aqi aqi-${row.of.level}` }, h('i', {}), h('b', {}, number(row.value)), t(`quality.level.${row.of.level}`))), h('td', {}, row.text ? listed(row.text.split(',').map(name => metric(name))) : t('quality.none_primary'))]))));
  }

  const metric = (name, label) => (config.metrics[name] ? labelOf(config.metrics[name]) : label || name);
  const why = row => listed(Object.keys(row.of.missing || {}).map(name => metric(name)));

  async function drill(row) {
    const place = h('div', { class: 'q-drill' }, h('p', { class: 'muted' }, t('quality.loading')));
    openDialog(row.name, place, 'quality-device');
    try {
      const [told, device] = await Promise.all([read(`/quality?device=${encodeURIComponent(row.device)}`), read(`/devices/${encodeURIComponent(row.device)}`)]);
      fill(place, h('h3', {}, t('quality.now')), values(device.values), h('h3', {}, t('quality.metrics_of', { hour: told.hours.length ? hourOf(told.hours[0].hour) : '—' })), metrics(told.metrics), h('h3', {}, t('quality.day_of')), hoursOf(told.hours));
    } catch (problem) { fill(place, h('p', {}, explain(problem))); }
  }

  /** The latest values, each with the mark it came with. */
  const values = rows => (rows.length ? table([t('quality.metric'), t('quality.value'), t('quality.mark'), t('quality.age'), t('quality.unchanged')], rows.map(row => h('tr', {},
    h('th', { scope: 'row' }, metric(row.metric, row.label)), h('td', {}, row.text ?? `${number(row.value)} ${row.unit}`),
    h('td', { 'data-quality': row.quality }, row.quality === 'good' ? word('quality.word', row.quality) : h('span', { class: 'q-mark' }, word('quality.word', row.quality))),
    h('td', {}, span(age(row.observed_at))), h('td', {}, span(age(row.changed_at)))))) : h('p', { class: 'muted' }, t('quality.never_spoke')));

  const metrics = rows => (rows.length ? table([t('quality.metric'), t('quality.received'), t('quality.mean'), t('quality.range'), t('quality.of.late'), t('quality.of.jumps'), t('quality.of.nulls'), t('quality.of.flagged'), t('quality.of.stuck')], rows.map(row => h('tr', {},
    h('th', { scope: 'row' }, metric(row.metric, row.label)), h('td', {}, `${number(row.received)} / ${number(Math.round(row.expected))}`), h('td', {}, `${number(row.mean)} ${row.unit}`),
    h('td', {}, row.min === null ? '—' : `${number(row.min)} … ${number(row.max)}`), count(row.late), count(row.jumps), count(row.nulls), count(row.flagged), h('td', { class: row.stuck ? 'some' : 'zero' }, t(row.stuck ? 'quality.yes' : 'quality.no'))))) : h('p', { class: 'muted' }, t('quality.none_in_hour')));

  const hoursOf = rows => (rows.length ? table([t('quality.period'), t('quality.of.usable'), t('quality.of.complete'), t('quality.received'), ...COUNTS.map(name => t(`quality.of.${name}`))], rows.map(row => h('tr', {},
    h('th', { scope: 'row' }, hourOf(row.hour)), h('td', {}, bar(row.usable)), h('td', {}, bar(row.completeness)), h('td', {}, `${number(row.received)} / ${number(Math.round(row.expected))}`), COUNTS.map(name => count(row[name]))))) : h('p', { class: 'muted' }, t('quality.no_hour')));

  async function refresh() {
    try {
      const [told, derived] = await Promise.all([read(`/quality?limit=${SHOWN}`), read(`/derived?figure=${AIR}&limit=200`)]);
      figures(told);
      feeds(told.feeds);
      devices(told);
      air(derived.derived);
    } catch (problem) { toast('error', explain(problem)); }
    root.dataset.filled = 'true';
    setTimeout(refresh, EVERY_MS);
  }
  await refresh();
}
