// 督办: the list of orders, one of them with its case, issuing one.

import { h, t, fill, badge, clock, titleOf, word } from './duty-dom.js';
import { call, read } from './duty-call.js';
import { askForm, field, select, term, until } from './ledger-form.js';
import { dueOf, facts, linkOf, marksOf, part, record, stageOf } from './ledger-table.js';

const OPEN = 'issued,fed_back';
const isDone = row => row.stage !== 'issued';
export const unitOf = (row, language) => (language === 'en' && row.unit_en) || row.unit || '—';
export const caseLink = (number, role) => (['leader', 'dispatcher', 'duty', 'supervisor'].includes(role) ? `/dispatch/${number}` : `/duty#case:${number}`);

export const orders = {
  noun: 'order', path: '/orders', symbol: 'megaphone', filters: { stage: OPEN }, waiting: '/orders?stage=issued,fed_back&limit=100', key: row => row.id,

  drawFilters(filters, changed) {
    const stage = select('stage', t('ledgers.column.stage'), [[OPEN, t('ledgers.order.open')], ...['issued', 'fed_back', 'closed', 'withdrawn'].map(one => [one, word('ledgers.order.stage', one)]), ['', t('ledgers.all')]], filters.stage);
    const late = h('label', { class: 'l-tick' }, h('input', { type: 'checkbox' }), t('ledgers.only_overdue'));
    stage.addEventListener('change', event => { filters.stage = event.target.value; changed(); });
    late.addEventListener('change', event => { filters.overdue = event.target.checked || ''; changed(); });
    return [stage, late];
  },

  list: (filters, app, query) => read(`/orders?${query({ ...filters, limit: 200 })}`).then(data => data.orders),

  columns: ({ config, street }) => [
    { name: 'title', head: true, wide: true, cell: row => [badge(row.severity), h('div', {}, h('b', {}, titleOf(row, config.rules)), marksOf(row), h('small', {}, row.text))] },
    { name: 'street', cell: row => street(row.area) },
    { name: 'unit', cell: row => unitOf(row, config.language) },
    { name: 'issued_name', cell: row => h('div', {}, row.issued_name, h('small', {}, clock(row.issued_at))) },
    { name: 'due_at', cell: row => dueOf(row, row.issued_at, isDone(row)) },
    { name: 'stage', cell: row => [stageOf('order', row), row.returns > 0 && h('small', {}, t('ledgers.returned', { n: row.returns }))] },
  ],

  draw({ slots, config, street }, row) {
    fill(slots.heading, badge(row.severity), h('div', { class: 'l-name' }, h('h2', {}, row.title), marksOf(row), h('small', {}, t('ledgers.order.number', { id: row.id }))), stageOf('order', row));
    fill(slots.detail,
      part('megaphone', t('ledgers.order.demand'), h('blockquote', {}, row.text), facts([[t('ledgers.column.issued_name'), `${row.issued_name} · ${clock(row.issued_at)}`], [t('ledgers.column.due_at'), dueOf(row, row.issued_at, isDone(row))]])),
      part('message-square', t('ledgers.column.feedback'), row.feedback ? [h('blockquote', {}, row.feedback), h('p', { class: 'muted' }, `${row.fed_back_name} · ${clock(row.fed_back_at, true)}`)] : h('p', { class: 'muted' }, t('ledgers.order.no_feedback'))),
      part('clipboard-list', t('desk.kind.case'), facts([[t('ledgers.column.case_number'), linkOf(caseLink(row.case_number, config.role), 'arrow-up-right', row.case_number)], [t('ledgers.column.stage'), word('desk.stage', row.case_stage)],
        [t('ledgers.column.unit'), unitOf(row, config.language)], [t('ledgers.street'), street(row.area)], [t('ledgers.order.case_due'), row.case_due_at ? clock(row.case_due_at) : '—'], row.reopens > 0 && [t('ledgers.order.reopens'), t('ledgers.times', { n: row.reopens })]])),
      row.ended_why && part('square-check', t('ledgers.column.ended_why'), h('blockquote', {}, row.ended_why)),
      record('order', row.audit));
  },

  /** Returning one begins a new term. */
  fields: name => (name === 'return' ? [term(t('ledgers.new_term'), 24)] : []),
  body: ({ term: hours, ...rest }) => ({ ...rest, ...(hours ? { until: until(hours) } : {}) }),

  async begin() {
    const cases = (await read('/cases?stage=reported,accepted,registered,dispatched,handling,on_site,finished,fed_back,checking,suspended&limit=300').catch(() => ({ cases: [] }))).cases;
    const known = h('datalist', { id: 'ledger-cases' }, cases.map(one => h('option', { value: one.number }, `${one.overdue ? `${t('ledgers.column.overdue')} · ` : ''}${one.title}`)));
    const answer = await askForm(t('ledgers.new.orders'), [
      field('case', t('ledgers.order.which'), { list: 'ledger-cases', required: true, pattern: '\\d{19}', title: t('ledgers.order.which_hint'), autocomplete: 'off', wide: true, placeholder: t('ledgers.order.which_hint') }), known,
      field('text', t('ledgers.order.demand'), { rows: 4, required: true, maxlength: 2000, wide: true, placeholder: t('ledgers.order.demand_hint') }), term(t('ledgers.column.due_at'), 24),
    ], { send: t('ledgers.new.orders') });
    if (!answer) return null;
    return (await call('POST', '/orders', { body: { case: answer.case, text: answer.text, due_at: until(answer.term) } })).data;
  },
};
