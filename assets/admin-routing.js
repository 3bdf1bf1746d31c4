// Routing rules for an admin: the list, and one rule with its words, a trial on past cases and its history. Decides nothing: the API does.

import { begin, h, t, fill, icon, number, clock, labelOf, language, word, toast, listed } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { read, call, explain } from './duty-call.js';
import { percent } from './admin-rule.js';
import { RoutingForm } from './admin-routing-form.js';
import { Trial } from './admin-routing-trial.js';

const EVERY_MS = 60_000;
const TABS = ['words', 'trial', 'history'];

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'organisation', 'keeping'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const tabs = [...root.querySelectorAll('[data-tab]')];
  const state = { rules: [], bases: [], days: 90, wanted: '', rule: config.rule || '', fresh: false, one: null, tab: 'words' };
  const names = { units: new Map(), areas: new Map(), classes: new Map(classesOf(config)) };
  follow(config, mountHead(root, config), () => {}, 'duty');

  const search = h('input', { type: 'search', placeholder: t('routing.search'), 'aria-label': t('routing.search'), oninput: () => { state.wanted = search.value.trim().toLowerCase(); list(); } });
  fill(slots.search, search);
  fill(slots.new, config.whole && h('button', { type: 'button', 'data-do': 'new', onclick: () => open('', true) }, icon('plus'), t('routing.new')));
  const form = new RoutingForm(slots.words, config, names, { saved, stale: () => load(state.rule, true), tried: () => { show('trial'); trial.run(form.words()); }, changed: () => trial.outdate() });
  const trial = new Trial(slots.trial, config, names, () => ({ rule: state.rule || 'new-rule', words: form.words() }));
  for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab));
  addEventListener('popstate', () => open(decodeURIComponent(location.pathname.split('/')[3] || ''), false, true));
  addEventListener('beforeunload', event => { if (form.changed()) event.preventDefault(); });

  const unitName = code => names.units.get(code) || code;
  const said = (codes, of, none) => (codes.length ? listed(codes.map(code => of.get(code) || code)) : t(none));
  const scopeOf = one => (one.classes.length || one.areas.length ? [said(one.classes, names.classes, 'routing.all_classes'), said(one.areas, names.areas, 'routing.all_areas')].join(' · ') : t('routing.everywhere'));
  const toOf = one => (one.lead_unit ? unitName(one.lead_unit) : one.on_shift ? t('routing.on_shift') : one.worker || '—');

  function marksOf(one) {
    const marks = one.withdrawn ? [['withdrawn', 'bad']] : [...(one.enabled ? [] : [['off', 'warn']]), ...(one.automatic ? [['automatic', 'own']] : [])];
    return marks.map(([name, kind]) => h('i', { class: `a-mark a-${kind}` }, t(`routing.mark.${name}`)));
  }

  function list() {
    const text = one => [one.rule, one.label, one.label_en, scopeOf(one), toOf(one)].join(' ').toLowerCase();
    const rows = state.rules.filter(one => text(one).includes(state.wanted)).sort((one, other) => one.withdrawn - other.withdrawn || other.dispatched - one.dispatched || one.rule.localeCompare(other.rule));
    slots.count.textContent = t('routing.count', { n: number(state.rules.filter(one => !one.withdrawn).length), days: state.days, given: number(state.bases.reduce((sum, one) => sum + one.dispatched, 0)) });
    if (!rows.length) return fill(slots.rules, h('div', { class: 'a-none' }, icon('split'), h('span', {}, t(state.rules.length ? 'routing.none_found' : 'routing.none')),
      state.rules.length > 0 && h('button', { type: 'button', onclick: () => { search.value = state.wanted = ''; list(); } }, t('routing.show_all'))), state.rules.length === 0 && bases());
    const heads = ['rule', 'to', 'given', 'back', 'used'].map(key => h('th', { scope: 'col' }, t(`routing.${key}`)));
    const top = slots.rules.scrollTop, focused = document.activeElement?.closest('tr[data-id]')?.dataset.id;
    fill(slots.rules, h('table', { class: 'a-table r-rules' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows.map(line))), bases());
    slots.rules.scrollTop = top;
    if (focused) slots.rules.querySelector(`tr[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true }); // who walks by keys stays where he is
    return rows;
  }

  function line(one) {
    const choose = () => open(one.rule);
    return h('tr', { 'data-id': one.rule, tabindex: '0', class: `${one.rule === state.rule ? 'current' : ''}${one.withdrawn || !one.enabled ? ' r-out' : ''}`, onclick: choose, onkeydown: event => { if (event.key === 'Enter') choose(); } },
      h('th', { scope: 'row' }, h('b', {}, labelOf(one) || one.rule), marksOf(one), h('small', { title: scopeOf(one) }, scopeOf(one))), h('td', { class: 'r-to', title: toOf(one) }, toOf(one)),
      h('td', { class: one.dispatched ? 'num' : 'num zero' }, number(one.dispatched)), backOf(one), h('td', { class: 'num r-used' }, one.last_used_at ? clock(one.last_used_at) : h('span', { class: 'zero' }, t('routing.never'))));
  }

  const backOf = one => h('td', { class: `num ${one.misdispatch_rate >= 0.2 ? 'some' : ''}`, title: t('routing.back_about', { given: one.dispatched, back: one.sent_back }) }, one.misdispatch_rate === null ? h('span', { class: 'zero' }, '—') : percent(one.misdispatch_rate));

  /** What decided where no rule did, or a person against it: the same figures beneath the rules. */
  const bases = () => state.bases.length > 0 && h('table', { class: 'a-table r-bases' }, h('tbody', {}, state.bases.filter(one => one.basis !== 'rule').map(one => h('tr', {}, h('th', { scope: 'row' }, word('routing.basis', one.basis)), h('td', { class: 'num' }, number(one.dispatched)), backOf(one), h('td', {})))));

  function heading() {
    const { one } = state;
    if (!one && !state.fresh) return fill(slots.heading, h('div', { class: 'a-none' }, icon('split'), h('span', {}, t('routing.choose'))));
    if (!one) return fill(slots.heading, h('div', { class: 'a-name' }, h('h2', {}, t('routing.new_title'))));
    return fill(slots.heading, h('div', { class: 'a-name' }, h('h2', {}, labelOf(one) || one.rule), marksOf(one), h('small', {}, [one.rule, scopeOf(one)].join(' · '))),
      h('dl', { class: 'a-facts' }, [['given', number(one.dispatched)], ['back', one.misdispatch_rate === null ? '—' : percent(one.misdispatch_rate)], ['used', one.last_used_at ? clock(one.last_used_at) : t('routing.never')]].map(([key, value]) => h('div', {}, h('dt', {}, t(`routing.${key}`)), h('dd', {}, value)))));
  }

  function show(tab) {
    state.tab = tab;
    for (const one of tabs) { one.setAttribute('aria-selected', String(one.dataset.tab === tab)); one.disabled = !state.one && !(state.fresh && one.dataset.tab !== 'history'); }
    for (const name of TABS) slots[name].hidden = name !== tab;
    if (tab === 'history' && state.one) drawHistory();
  }

  function drawHistory() {
    const lines = state.one.history, keys = new Set(lines.flatMap(one => Object.keys(one.body || {})));
    const differ = (one, other) => [...keys].filter(key => JSON.stringify(one?.[key]) !== JSON.stringify(other?.[key])).length;
    fill(slots.history, h('ol', { class: 'a-history' }, lines.map((one, n) => {
      const older = lines[n + 1]?.body, title = one.body === null ? t('routing.history.withdrawn') : older ? t('routing.history.changed', { n: differ(one.body, older) }) : t('routing.history.first');
      return h('li', { class: n ? null : 'newest', 'data-revision': one.revision }, h('header', {}, icon(one.body === null ? 'ban' : 'user-cog'), h('b', {}, title), h('span', {}, one.by), h('time', { datetime: one.at }, clock(one.at)), h('small', {}, `#${one.revision}`),
        n > 0 && one.body && h('button', { type: 'button', class: 'quiet', onclick: () => { form.put(one.body); show('words'); } }, icon('undo-2'), t('routing.take_these'))), one.why && h('q', {}, one.why), one.body && h('p', { class: 'r-words' }, summary(one.body)));
    })));
  }

  const summary = body => [said(body.classes || [], names.classes, 'routing.all_classes'), said(body.areas || [], names.areas, 'routing.all_areas'), ...(body.when || []).map(span => [(span.days || []).map(day => t(`routing.weekday.${day}`)).join(''), span.hours].filter(Boolean).join(' ')),
    `→ ${[body.lead_unit && unitName(body.lead_unit), body.on_shift ? t('routing.on_shift') : body.worker, ...(body.support_units || []).map(code => `+${unitName(code)}`)].filter(Boolean).join(' ')}`, body.automatic && t('routing.mark.automatic'), body.enabled === false && t('routing.mark.off')].filter(Boolean).join(' · ');

  function take(one, beside = false) {
    state.one = one;
    heading();
    if (beside) form.join(one); else form.take(one, state.fresh);
    trial.clear();
    show(one || state.fresh ? state.tab : 'words');
    root.dataset.rule = one?.rule || (state.fresh ? 'new' : '');
  }

  async function saved(rule, words) {
    toast('ok', words);
    if (state.rule !== rule) history.replaceState(null, '', `/admin/routing/${encodeURIComponent(rule)}${location.search}`);
    Object.assign(state, { rule, fresh: false });
    await Promise.all([refresh(), load(rule)]);
  }

  async function load(rule, beside = false) {
    try {
      const { data, etag } = await call('GET', `/routing/${encodeURIComponent(rule)}`);
      if (state.rule === rule) take({ ...data, etag }, beside);
    } catch (problem) {
      take(null);
      fill(slots.heading, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: () => open('') }, t('admin.back'))));
    }
  }

  function open(rule, fresh = false, back = false) {
    if (form.changed() && (rule !== state.rule || fresh) && !confirm(t('routing.leave'))) return;
    Object.assign(state, { rule, fresh, tab: 'words' });
    if (!back) history.pushState(null, '', `/admin/routing${rule ? `/${encodeURIComponent(rule)}` : ''}${location.search}`);
    list();
    if (rule) load(rule); else take(null);
  }

  async function refresh() {
    try {
      const [told, tree, places] = await Promise.all([read('/routing?withdrawn=true'), names.units.size ? null : read('/units'), names.areas.size ? null : read('/areas')]);
      Object.assign(state, { rules: told.rules, bases: told.by, days: told.days });
      for (const unit of tree?.units || []) names.units.set(unit.code, (language() === 'en' && unit.name_en) || unit.name);
      for (const area of places?.areas || []) names.areas.set(area.code, area.name);
      list();
      root.dataset.filled = 'true';
    } catch (problem) {
      if (!state.rules.length) fill(slots.rules, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: refresh }, t('admin.again'))));
    }
  }

  await refresh();
  if (!state.rule && state.rules.length) state.rule = (state.rules.find(one => !one.withdrawn) || state.rules[0]).rule;
  list();
  if (state.rule) await load(state.rule); else take(null);
  setInterval(refresh, EVERY_MS);
}

/** Classes by code, and the big classes they stand in by its first two digits. */
function classesOf(config) {
  const rows = Object.entries(config.classes).sort();
  const groups = new Map(rows.map(([code, one]) => [code.slice(0, 2), one.group]));
  return [...[...groups].map(([code, group]) => [code, `${group} ${code}`]), ...rows.map(([code, one]) => [code, `${labelOf(one)} ${code}`])];
}
