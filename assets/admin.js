// Rules for an admin: the list, and one rule with its words, history and backtest. Decides nothing about a rule: the API does.

import { begin, h, t, fill, icon, badge, number, labelOf, language, word } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, call, explain } from './duty-call.js';
import { severitiesOf, scopeOf, falseShare, percent, marksOf } from './admin-rule.js';
import { Words } from './admin-words.js';
import { Backtest } from './admin-backtest.js';
import { drawHistory } from './admin-history.js';

const EVERY_MS = 30_000;

export async function mount(root, config) {
  await begin(config);
  await loadText(config.language, 'admin');
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const tabs = [...root.querySelectorAll('[data-tab]')];
  const places = { words: slots.words, backtest: root.querySelector('[data-place=backtest]'), history: slots.history };
  const state = { rules: [], wanted: '', kind: '', rule: config.rule || '', tab: 'words', one: null };
  follow(config, mountHead(root, config), () => {}, 'duty');

  const search = h('input', { type: 'search', placeholder: t('admin.search'), 'aria-label': t('admin.search'), oninput: () => { state.wanted = search.value.trim().toLowerCase(); list(); } });
  const kinds = h('select', { 'aria-label': t('admin.kind'), onchange: () => { state.kind = kinds.value; list(); } }, h('option', { value: '' }, t('admin.kind_all')), config.kinds.map(kind => h('option', { value: kind }, word('admin.kind', kind))));
  fill(slots.search, search);
  fill(slots.kinds, kinds);
  fill(slots.new, h('button', { type: 'button', 'data-do': 'new', onclick: () => open('', 'words', true) }, icon('plus'), t('admin.new')));

  const words = new Words(slots.words, config, { saved: answer => { if (!state.rule) history.replaceState(null, '', `/admin/rules/${encodeURIComponent(answer.rule)}${location.search}`); state.rule = answer.rule; take(answer); refresh(); }, gone: () => load(state.rule), faster: answer => { state.rule = answer.rule; state.one = answer; heading(answer); backtest.take(answer); refresh(); }, names: () => state.rules.map(one => one.rule) });
  const backtest = new Backtest(root, slots, config, { changed: () => words.changed() });
  for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab));
  root.addEventListener('theme', () => backtest.draw());
  addEventListener('popstate', () => open(decodeURIComponent(location.pathname.split('/')[3] || ''), state.tab, false, true));

  function shown() {
    const text = one => [one.rule, one.label, one.label_en, one.owner, one.metric, one.reason].join(' ').toLowerCase();
    return state.rules.filter(one => (!state.kind || one.kind === state.kind) && text(one).includes(state.wanted));
  }

  function list() {
    const rows = shown();
    slots.count.textContent = t('admin.count', { n: rows.length, rang: number(rows.reduce((sum, one) => sum + one.seven_days.rang, 0)) });
    if (!rows.length) return fill(slots.rules, nothing());
    const heads = ['', 'admin.rule', 'admin.scope', 'admin.rang', 'admin.false'].map(key => h('th', { scope: 'col' }, key && t(key)));
    const table = h('table', { class: 'a-table' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows.map(line)));
    const top = slots.rules.scrollTop;
    fill(slots.rules, table);
    slots.rules.scrollTop = top;
    if (state.sought !== state.rule) { state.sought = state.rule; table.querySelector('.current')?.scrollIntoView({ block: 'nearest' }); }
    return table;
  }

  const nothing = () => h('div', { class: 'a-none' }, icon('search'), h('span', {}, t(state.rules.length ? 'admin.none_found' : 'admin.none')),
    state.rules.length && h('button', { type: 'button', onclick: () => { search.value = kinds.value = state.wanted = state.kind = ''; list(); search.focus(); } }, t('admin.show_all')));

  function line(one) {
    const share = falseShare(one.seven_days), chosen = one.rule === state.rule;
    const choose = () => open(one.rule);
    return h('tr', { 'data-id': one.rule, tabindex: '0', class: chosen ? 'current' : null, 'aria-selected': chosen ? 'true' : null, onclick: choose, onkeydown: event => { if (event.key === 'Enter') choose(); } },
      h('td', { class: 'a-sevs' }, severitiesOf(one).map(badge)),
      h('th', { scope: 'row' }, h('b', {}, labelOf(one) || one.rule), marksOf(one), h('small', {}, `${word('admin.kind', one.kind)} · ${one.rule}`)),
      h('td', { class: 'a-scope', title: scopeOf(one, config.classes) }, scopeOf(one, config.classes)),
      h('td', { class: one.seven_days.rang ? 'num' : 'num zero' }, number(one.seven_days.rang), one.seven_days.open > 0 && h('small', {}, t('admin.open', { n: one.seven_days.open }))),
      h('td', { class: `num ${share !== null && share >= 0.3 ? 'some' : ''}`, title: t('admin.judged', one.seven_days) }, share === null ? h('span', { class: 'zero' }, '—') : percent(share)));
  }

  function show(tab) {
    state.tab = tab;
    for (const one of tabs) one.setAttribute('aria-selected', String(one.dataset.tab === tab));
    for (const [name, place] of Object.entries(places)) place.hidden = name !== tab;
    if (tab === 'history' && state.one) drawHistory(slots.history, state.one, config, { undo: revision => { words.put(revision.yaml); show('words'); } });
    if (tab === 'backtest') backtest.show(state.one);
  }

  function heading(one) {
    if (!one) return fill(slots.heading, h('div', { class: 'a-none' }, icon('list-checks'), h('span', {}, t('admin.choose'))));
    return fill(slots.heading, h('span', { class: 'a-sevs' }, severitiesOf(one).map(badge)),
      h('div', { class: 'a-name' }, h('h2', {}, one.label ? labelOf(one) : one.rule || t('admin.new_title')), marksOf(one), h('small', {}, [one.rule, one.kind && word('admin.kind', one.kind), one.owner].filter(Boolean).join(' · '))),
      one.kept && h('dl', { class: 'a-facts' }, [
        ['admin.fact.scope', scopeOf(one, config.classes)], ['admin.fact.rang', `${number(one.seven_days.rang)}${one.seven_days.open ? ` (${t('admin.open', { n: one.seven_days.open })})` : ''}`],
        ['admin.fact.false', falseShare(one.seven_days) === null ? t('admin.unjudged') : percent(falseShare(one.seven_days))], ['admin.fact.origin', t(`admin.origin.${one.kept.origin}`)],
      ].map(([key, value]) => h('div', {}, h('dt', {}, t(key)), h('dd', { title: value }, value)))));
  }

  function take(one) {
    state.one = one;
    heading(one);
    words.take(one);
    backtest.take(one);
    for (const tab of tabs) tab.disabled = !one || (tab.dataset.tab !== 'words' && !one.kept);
    show(one?.kept ? state.tab : 'words');
    root.dataset.rule = one?.rule || '';
  }

  async function load(rule) {
    try {
      const { data, etag } = await call('GET', `/rules/${encodeURIComponent(rule)}`);
      if (state.rule === rule) take({ ...data, etag });
    } catch (problem) {
      take(null);
      fill(slots.heading, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, problem.status === 404 ? t('admin.unknown', { rule }) : explain(problem)),
        h('button', { type: 'button', onclick: () => (problem.status === 404 ? open('') : load(rule)) }, t(problem.status === 404 ? 'admin.back' : 'admin.again'))));
    }
  }

  function open(rule, tab = state.tab, fresh = false, back = false) {
    if (words.changed() !== null && (rule !== state.rule || fresh) && !confirm(t('admin.leave_changed'))) return;
    Object.assign(state, { rule, tab, one: null });
    if (!back) history.pushState(null, '', `/admin/rules${rule ? `/${encodeURIComponent(rule)}` : ''}${location.search}`);
    list();
    if (rule) load(rule); else take(fresh ? { rule: '', yaml: t('admin.template'), etag: null } : null);
  }

  async function refresh() {
    try {
      state.rules = (await read('/rules?withdrawn=true')).rules;
      list();
      root.dataset.filled = 'true';
    } catch (problem) {
      if (!state.rules.length) fill(slots.rules, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: refresh }, t('admin.again'))));
    }
  }

  addEventListener('beforeunload', event => { if (words.changed() !== null) event.preventDefault(); });
  take(null);
  if (state.rule) load(state.rule);
  await refresh();
  setInterval(refresh, EVERY_MS);
  window.yiping = Object.assign(window.yiping || {}, { admin: { language: language() } });
}
