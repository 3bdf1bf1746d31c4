// The way down: behind each figure the rows it is made of, from the API, in a dialog. Only reads.

import { h, t, word, fill, icon, badge, clock, span, openDialog, age, number, titleOf } from './duty-dom.js';
import { read, rowsOf } from './duty-call.js';
import { noAnswer } from './no-answer.js';
import { isSignal } from './silence.js';
import { expediteButton } from './cockpit-figure.js';

const SHOWN = 200;

export function dayStart(now, timezone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(now).map(part => [part.type, Number(part.value)]));
  return new Date(now - ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000).toISOString();
}

const table = (heads, rows) => h('table', { class: 'rows' }, h('thead', {}, h('tr', {}, heads.map(head => h('th', {}, t(`cockpit.col.${head}`))))), h('tbody', {}, rows));

/** The cases the day's rate is of, by the formula of `/analysis`: due that day and closed or late (docs/evaluation.md). */
async function decided(today) {
  const until = new Date(Date.parse(today) + 86400e3).toISOString(), rows = [];
  let next = '';
  do {
    const told = await read(`/indicators/cases/in_time_archive_rate/rows?part=decided&from=${encodeURIComponent(today)}&to=${encodeURIComponent(until)}&limit=1000${next}`);
    rows.push(...told.rows);
    next = told.next && `&next=${encodeURIComponent(told.next)}`;
  } while (next);
  return rows;
}

function ways({ picture, names, config, reach }) {
  const today = dayStart(reach(), config.timezone), street = row => names[row.street] || row.street || t('cockpit.street.none');
  const titled = row => h('span', { class: 'titled' }, badge(row.severity || 5), titleOf(row, config.rules));
  const signal = row => h('tr', { 'data-id': row.id }, h('td', {}, titled(row)), h('td', {}, street(row)), h('td', {}, word('desk.stage', row.stage)), h('td', { class: 'num' }, clock(row.raised_at || row.received_at)));
  const alert = row => h('tr', { 'data-id': row.id }, h('td', {}, titled(row)), h('td', {}, [street(row), !row.title.includes(row.device_name) && (row.device_name || row.device)].filter(Boolean).join(' · ')), h('td', {}, word('desk.stage', row.stage)), h('td', { class: 'num' }, clock(row.raised_at)));
  const late = row => row.overdue || Date.parse(row.due_at) < (row.finished_at ? Date.parse(row.finished_at) : reach());
  const deed = row => h('tr', { 'data-id': row.number }, h('td', {}, titled(row)), h('td', {}, street(row)), h('td', {}, word('desk.stage', row.stage)), h('td', { class: `num ${late(row) ? 'grave' : ''}` }, row.due_at ? `${clock(row.due_at)} ${late(row) ? t('cockpit.in_time_no') : row.closed_at ? t('cockpit.in_time_yes') : ''}` : '—'), h('td', { class: 'act' }, expediteButton(row, config)));
  return {
    signals: async () => {
      const [alerts, reports] = await Promise.all([read(`/alerts?from=${encodeURIComponent(today)}&limit=1000`), read(`/reports?from=${encodeURIComponent(today)}&limit=1000`)]);
      // The same signals the figure counts: no drill, no history, no notice.
      const rows = [...rowsOf(alerts, 'alerts').filter(isSignal), ...rowsOf(reports, 'reports')].filter(row => !row.drill && !row.history).sort((a, b) => Date.parse(b.raised_at || b.received_at) - Date.parse(a.raised_at || a.received_at));
      return [rows, ['title', 'place', 'stage', 'when'], signal];
    },
    alerts: async () => [[...picture.alerts.values()].filter(row => !row.drill && isSignal(row)).sort((a, b) => a.severity - b.severity || Date.parse(b.raised_at) - Date.parse(a.raised_at)), ['title', 'place', 'stage', 'when'], alert],
    cases: async () => [[...picture.cases.values()].filter(row => !row.drill).sort((a, b) => Date.parse(a.due_at || 8.64e15) - Date.parse(b.due_at || 8.64e15)), ['title', 'place', 'stage', 'due', ...(config.issues ? ['act'] : [])], deed],
    in_time: async () => {
      const rows = await decided(today), counts = row => ['closed', 'in_time'].every(name => row.sets.includes(name)) && !row.sets.includes('forced');
      return [rows, ['title', 'place', 'stage', 'due'], row => h('tr', { 'data-id': row.id, 'data-counts': String(counts(row)) }, h('td', {}, titleOf(row, config.rules)), h('td', {}, row.area_name || '—'), h('td', {}, word('desk.stage', row.stage)),
        h('td', { class: `num ${counts(row) ? '' : 'grave'}` }, `${clock(row.due_at)} ${t(counts(row) ? 'cockpit.in_time_yes' : row.sets.includes('forced') ? 'cockpit.in_time_forced' : 'cockpit.in_time_no')}`)), t('cockpit.of.in_time', { n: rows.filter(counts).length, of: rows.length })];
    },
    response: async () => [rowsOf(await read(`/alerts?from=${encodeURIComponent(new Date(reach() - 7 * 86400e3).toISOString())}&limit=1000`), 'alerts').filter(row => Date.parse(row.acked_at) >= Date.parse(today)), ['title', 'place', 'when', 'took'],
      row => h('tr', { 'data-id': row.id }, h('td', {}, titled(row)), h('td', {}, street(row)), h('td', { class: 'num' }, clock(row.raised_at)), h('td', { class: 'num' }, span((Date.parse(row.acked_at) - Date.parse(row.raised_at)) / 1000)))],
    online: async () => {
      const silent = rowsOf(await read('/devices?state=silent&limit=1000'), 'devices').filter(row => row.silent_at);
      return [silent, ['device', 'place', 'state'], row => h('tr', { 'data-id': row.device }, h('td', {}, row.name || row.device), h('td', {}, names[row.street || (row.area || '').slice(0, 9)] || row.area || '—'), h('td', {}, t('cockpit.silent', { span: span(age(row.silent_at)) })))];
    },
  };
}

export async function openRows(name, context) {
  if (!context.picture) return;
  const place = h('div', { class: 'rows-place' }, h('p', { class: 'muted' }, t('desk.loading')));
  openDialog(t(`cockpit.${name}`), place, 'rows');
  try {
    const [rows, heads, draw, about] = await ways(context)[name]();
    fill(place, rows.length ? [h('p', { class: 'muted' }, t('cockpit.rows.count', { n: number(rows.length, 0) }), rows.length > SHOWN && ` · ${t('cockpit.rows.first', { n: SHOWN })}`, about && ` · ${about}`), table(heads, rows.slice(0, SHOWN).map(draw))] : h('p', { class: 'muted none' }, icon('inbox'), t('cockpit.rows.none')));
  } catch (problem) {
    noAnswer([place], problem, () => { place.closest('dialog').close(); openRows(name, context); });
  }
}

