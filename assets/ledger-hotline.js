// 12345 工单: tickets of the hotline with their three clocks, the case they became part of, what went back to the platform, and what the
// caller said. What is right decides the API.

import { h, t, fill, icon, badge, clock, toast, word, span, age } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { field, select } from './ledger-form.js';
import { caseLink, unitOf } from './ledger-orders.js';
import { drawTable, empty, facts, linkOf, marksOf, part, record, said, stageOf } from './ledger-table.js';

const OPEN = 'new,accepted,dispatched,handling,supervised,replied,disputed';
const STAGES = ['new', 'accepted', 'dispatched', 'handling', 'supervised', 'replied', 'closed', 'revisited', 'returned', 'disputed', 'merged', 'cancelled'];
// What a duty officer looks for, as the list's own filters.
const VIEWS = { open: { stage: OPEN }, waiting: { stage: 'new,disputed,supervised' }, late: { late: true }, failed: { told: 'failed' }, bad: { dissatisfied: true }, all: {} };
const A_PAGE = 100, AGAIN = 500;
const SIGN = { told: 'check-check', waiting: 'clock', failed: 'circle-alert', withheld: 'ban', overtaken: 'undo-2' };
const shown = { key: '', pages: 1, more: null }; // how far the list was unrolled, and whether it goes on

const titleOf = row => row.title || t(row.confidential ? 'ledgers.hotline.confidential' : 'ledgers.hotline.untitled');
const secret = row => row.confidential && h('b', { class: 'mark l-secret', title: t('ledgers.hotline.confidential_hint') }, icon('lock'), t('ledgers.hotline.secret'));

const lightWord = one => (one.light === 'late' ? t('ledgers.due.over', { span: span(age(one.due_at)) }) : ['well', 'near'].includes(one.light) ? t('ledgers.due.left', { span: span(-age(one.due_at)) })
  : one.light === 'was_late' ? t('ledgers.due.was_late') : one.light === 'done' ? t('ledgers.due.in_time') : t('ledgers.hotline.no_term'));
const LOOK = { was_late: 'late', none: 'done' };
const light = one => h('i', { class: `l-light l-light-${one.light}`, 'data-clock': one.clock, 'data-light': one.light, title: said(word('ledgers.hotline.clock', one.clock), one.due_at && clock(one.due_at), lightWord(one)) });

/** Three lights, and in words the clock that runs: the first that is not done. */
function clocksOf(row) {
  const now = row.clocks.find(one => ['late', 'near', 'well'].includes(one.light));
  return h('div', { class: 'l-clocks' }, row.clocks.map(light), now && h('small', { class: `l-due-${LOOK[now.light] || now.light}` }, said(word('ledgers.hotline.clock', now.clock), lightWord(now))));
}

const toldOf = row => (row.told ? h('span', { class: `l-told l-told-${row.told}`, title: row.told_error || null }, icon(SIGN[row.told]), h('span', {}, word('ledgers.hotline.told', row.told), row.told === 'told' && h('small', {}, clock(row.told_at)))) : h('span', { class: 'muted' }, '—'));

/** What the caller said when asked: their satisfaction, else whether it is solved. */
function revisitOf(row) {
  if (!row.revisit_at) return h('span', { class: 'muted' }, '—');
  const bad = row.solved === false || row.satisfaction === 'dissatisfied';
  const words = row.satisfaction ? word('ledgers.hotline.satisfaction', row.satisfaction) : t(row.contacted === false ? 'ledgers.hotline.not_reached' : 'ledgers.hotline.asked');
  return h('span', { class: bad ? 'l-bad' : 'l-well' }, words, h('small', {}, row.solved === null ? clock(row.revisit_at) : t(row.solved ? 'ledgers.hotline.solved' : 'ledgers.hotline.unsolved')));
}

async function resend(rows, app) {
  try {
    const { queued } = (await call('POST', '/hotline/resend', { body: { tickets: rows.slice(0, AGAIN).map(one => one.id) } })).data;
    toast(queued ? 'ok' : 'info', t(queued ? 'ledgers.hotline.resent' : 'ledgers.hotline.nothing_to_resend', { n: queued }));
    app.refresh();
  } catch (problem) { toast('error', explain(problem)); }
}

const exchange = one => h('li', { class: `l-told-${one.state}`, 'data-state': one.state }, icon(SIGN[one.state]), h('div', {}, h('b', {}, word('ledgers.hotline.kind', one.kind)), h('span', {}, word('ledgers.hotline.stage', one.stage)),
  h('small', {}, said(word('ledgers.hotline.told', one.state), clock(one.sent_at || one.failed_at || one.created_at, true), one.attempts > 1 && t('ledgers.hotline.tries', { n: one.attempts }))), one.error && h('small', { class: 'l-why' }, one.error)));

export const hotline = {
  noun: 'hotline', path: '/hotline/tickets', symbol: 'phone-call', filters: { ...VIEWS.open }, key: row => row.id,
  waiting: `/hotline/tickets?stage=${VIEWS.waiting.stage}&limit=100`,
  look: { accept: ['check', 'primary'], answer: ['message-square', 'primary'], reply: ['message-square', 'primary'], close: ['square-check', 'primary'], merge: ['git-merge', ''], return: ['undo-2', 'danger'] },

  drawFilters(filters, changed) {
    const options = [...Object.keys(VIEWS).map(name => [name, t(`ledgers.hotline.view.${name}`)]), ...STAGES.map(one => [`=${one}`, word('ledgers.hotline.stage', one)])];
    const view = select('view', t('ledgers.hotline.view'), options, 'open');
    const search = h('input', { type: 'search', placeholder: t('ledgers.hotline.search'), 'aria-label': t('ledgers.hotline.search') });
    let soon = null;
    const ask = () => {
      const name = view.querySelector('select').value;
      for (const one of Object.keys(filters)) delete filters[one];
      Object.assign(filters, name.startsWith('=') ? { stage: name.slice(1) } : VIEWS[name], search.value.trim() ? { q: search.value.trim() } : {});
      changed();
    };
    view.addEventListener('change', ask);
    search.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(ask, 250); });
    return [view, search];
  },

  async list(filters, app, query) {
    const key = query(filters), rows = [];
    if (shown.key !== key) Object.assign(shown, { key, pages: 1 });
    for (let page = 0, next = ''; page < shown.pages && next !== null; page += 1) {
      const data = await read(`/hotline/tickets?${query({ ...filters, limit: A_PAGE, next })}`);
      rows.push(...data.tickets);
      next = shown.more = data.next;
    }
    return rows;
  },

  columns: ({ config }) => [
    { name: 'ticket', head: true, wide: true, cell: row => [row.severity && badge(row.severity), h('div', {}, h('b', {}, titleOf(row)), secret(row), marksOf(row), h('small', {}, said(row.ticket_no, row.appeal_type, row.via)))] },
    { name: 'stage', cell: row => stageOf('hotline', row) },
    { name: 'clocks', cell: clocksOf },
    { name: 'case_number', cell: row => (row.case_number ? h('div', { class: 'l-case' }, h('a', { class: 'l-link num', href: caseLink(row.case_number, config.role), title: row.case_number, onclick: event => event.stopPropagation() }, `…${row.case_number.slice(-9)}`), h('small', {}, row.case_stage ? word('desk.stage', row.case_stage) : '')) : h('span', { class: 'muted' }, t('ledgers.hotline.no_case'))) },
    { name: 'told', cell: toldOf },
    { name: 'satisfaction', cell: revisitOf },
  ],

  drawList(app, rows, chosen) {
    const { slots, config } = app, failed = rows.filter(row => row.told === 'failed');
    fill(slots.note, failed.length > 0 && config.may_resend && h('p', { class: 'l-warning', role: 'status' }, icon('circle-alert'), h('span', {}, t('ledgers.hotline.failed_n', { n: failed.length })), h('button', { type: 'button', 'data-do': 'resend-all', onclick: () => resend(failed, app) }, icon('refresh-cw'), t('ledgers.hotline.resend_all'))));
    if (!rows.length) { fill(slots.list, empty('phone-call', t(config.platforms.length ? 'ledgers.none.hotline' : 'ledgers.hotline.no_platform'))); return; }
    fill(slots.list, drawTable(hotline.columns(app), rows, { key: hotline.key, chosen, open: id => app.open(id) }),
      shown.more && h('button', { type: 'button', class: 'quiet l-more', 'data-do': 'more', onclick: event => { event.target.disabled = true; shown.pages += 1; app.refresh(); } }, t('ledgers.hotline.more', { n: rows.length })));
  },

  draw(app, row) {
    const { slots, config, street } = app, words = ['reply', 'result', 'why'].filter(name => row[name]);
    fill(slots.heading, row.severity && badge(row.severity), h('div', { class: 'l-name' }, h('h2', {}, titleOf(row)), secret(row), marksOf(row), h('small', { class: 'num' }, said(row.ticket_no, row.merged_into && t('ledgers.hotline.merged_into', { no: row.merged_into })))), stageOf('hotline', row));
    fill(slots.detail,
      part('phone-call', t('ledgers.hotline.call'), row.text && h('blockquote', {}, row.text), row.confidential && !row.title && h('p', { class: 'muted' }, t('ledgers.hotline.confidential_hint')),
        facts([[t('ledgers.column.appeal_type'), row.appeal_type], [t('ledgers.column.via'), row.via], [t('ledgers.column.opened_at'), clock(row.opened_at)], [t('ledgers.street'), street(row.area)], row.upper_no && [t('ledgers.column.upper_no'), row.upper_no]])),
      part('clock', t('ledgers.column.clocks'), h('ul', { class: 'l-terms' }, row.clocks.map(one => h('li', {}, light(one), h('b', {}, word('ledgers.hotline.clock', one.clock)), h('span', { class: 'num' }, one.due_at ? clock(one.due_at) : '—'), h('small', { class: `l-due-${LOOK[one.light] || one.light}` }, said(lightWord(one), one.done_at && clock(one.done_at))))))),
      part('clipboard-list', t('desk.kind.case'), row.case_number ? facts([[t('ledgers.column.case_number'), linkOf(caseLink(row.case_number, config.role), 'arrow-up-right', row.case_number)], [t('ledgers.column.stage'), word('desk.stage', row.case_stage)], [t('ledgers.column.unit'), unitOf(row, config.language)]]) : h('p', { class: 'muted' }, t('ledgers.hotline.no_case_yet'))),
      words.length > 0 && part('message-square', t('ledgers.hotline.said'), words.map(name => [h('small', { class: 'muted' }, t(`ledgers.column.${name}`)), h('blockquote', {}, row[name])])),
      part('send', t('ledgers.hotline.back'), row.exchanges.length ? h('ol', { class: 'l-backs' }, [...row.exchanges].reverse().map(exchange)) : h('p', { class: 'muted' }, t('ledgers.hotline.no_back')),
        row.may_resend && h('button', { type: 'button', class: 'primary', 'data-do': 'resend', onclick: () => resend([row], app) }, icon('refresh-cw'), t('ledgers.hotline.resend'))),
      part('star', t('ledgers.hotline.revisit'), row.revisit_at ? facts([[t('ledgers.column.satisfaction'), revisitOf(row)], [t('ledgers.column.contacted'), row.contacted === null ? '—' : t(row.contacted ? 'ledgers.yes' : 'ledgers.no')], [t('ledgers.column.revisit_at'), clock(row.revisit_at)]]) : h('p', { class: 'muted' }, t('ledgers.hotline.no_revisit'))),
      record('hotline', row.audit));
  },

  fields: name => (name === 'merge' ? [field('into', t('ledgers.hotline.into'), { required: true, maxlength: 200, autocomplete: 'off' })] : []),
};
