// What the page draws: one view of figures, whether they were counted now or frozen then, with the way to the rows of each. No DOM, no network.

import { now } from './duty-dom.js';

export const COMPARED = ['before', 'year_before'];
const age = at => Math.max(0, Math.round((now() - Date.parse(at)) / 1000));
const rowIn = (tables, by, key) => tables?.[by]?.find(row => row.key === key) ?? null;

/** What `GET /indicators/{subject}` told. */
export function liveView(told) {
  const compared = {};
  for (const name of COMPARED) if (told[name]) compared[name] = { label: told[name].label, opens: true, tables: { total: [told[name].total], [told.by]: told[name].rows } };
  return { ...told, asOf: told.as_of, compared, frozen: null, span: 'period', age: () => age(told.as_of), link: (code, by, row) => row.rows.replace('{code}', code) };
}

/** A frozen report by one of its dimensions. One that kept no rows of what it was compared with tells those figures and cannot open them. */
export function frozenView(report, by) {
  const compared = {};
  for (const [name, one] of Object.entries(report.compared)) compared[name] = { label: one.label, opens: report.spans.includes(name), tables: one };
  return {
    subject: report.subject, by, label: report.label, from: report.since, to: report.until, elapsed: 1, formulas: report.formulas, rows: report.figures[by] || [], total: report.figures.total[0], compared, asOf: report.as_of, frozen: report, span: 'period',
    age: () => age(report.as_of), link: frozenLink(report, 'period'),
  };
}
const frozenLink = (report, span) => (code, by, row) => `/evaluations/${report.id}/rows?indicator=${code}&span=${span}&by=${by}${by === 'total' ? '' : `&key=${encodeURIComponent(row.key)}`}`;

/** A row of the period before or of a year before, as `{row, view}`; no view where its rows were not kept, null where there is no such row. */
export function past(view, name, by, key) {
  const one = view.compared[name], row = rowIn(one?.tables, by, key);
  if (!row) return null;
  return { row, label: one.label, view: one.opens ? { ...view, label: one.label, compared: {}, span: name, elapsed: 1, link: view.frozen ? frozenLink(view.frozen, name) : view.link } : null };
}

/** One period of a course, which is always counted live. */
export const periodView = (told, row) => ({ ...liveView({ ...told, rows: [] }), label: row.label, total: row, rows: [], compared: {}, elapsed: 1 });

/** One row of a report, by which two reports are compared. */
export const rowOf = (report, by, key) => rowIn(report.figures, by, key);
