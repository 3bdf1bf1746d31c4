// What of the queue is shown: filters, and views of them that an officer saved. Keeps the filters; shows no row.

import { h, t, word, fill, icon, toast, openDialog } from './duty-dom.js';
import { call, explain, read } from './duty-call.js';
import { KINDS } from './duty-queue.js';

// Severities have no list: the chips above count them and choose one, the view 红橙 two.
const EMPTY = { kind: '', severity: '', domain: '', stage: '', owner: '', text: '', street: '', class_code: '' };
/** A filter of a view as text, whatever was kept under its name. */
const said = (wanted, name) => (['string', 'number'].includes(typeof wanted?.[name]) ? String(wanted[name]) : '');
const BUILT_IN = [['all', {}], ['mine', { owner: 'mine' }], ['nobody', { owner: 'nobody' }], ['grave', { severity: '1-2' }]];

export function makeFilters(slots, config, onChange) {
  const filters = { ...EMPTY, me: config.account };
  let saved = [];

  const set = (name, value) => { filters[name] = value; if (controls[name]) controls[name].value = value; onChange(); views(); };
  /** Lays a whole view over the filters; what it does not name is empty. */
  function use(wanted) {
    for (const name of Object.keys(EMPTY)) { filters[name] = said(wanted, name); if (controls[name]) controls[name].value = filters[name]; }
    onChange();
    views();
  }
  const choice = (name, label, options) => h('select', { 'aria-label': label, 'data-filter': name, onchange: event => set(name, event.target.value) },
    h('option', { value: '' }, label), options.map(([value, text]) => h('option', { value }, text)));
  const stages = ['unack', 'acked', 'rtn_unack', 'open', ...config.case_path];
  const controls = {
    text: h('input', { type: 'search', placeholder: t('duty.search'), 'aria-label': t('duty.search'), 'data-filter': 'text', oninput: event => set('text', event.target.value.trim()) }),
    kind: choice('kind', t('duty.all_kinds'), KINDS.map(kind => [kind, word('desk.kind', kind)])),
    domain: choice('domain', t('duty.all_domains'), ['emergency', 'urban', 'environment', 'water'].map(domain => [domain, word('desk.domain', domain)])),
    stage: choice('stage', t('duty.all_stages'), stages.map(stage => [stage, word('desk.stage', stage)])),
    owner: choice('owner', t('duty.all_owners'), [['mine', t('duty.view.mine')], ['nobody', t('duty.view.nobody')]]),
  };
  fill(slots.filters, Object.values(controls));

  const same = wanted => Object.keys(EMPTY).every(name => said(wanted, name) === filters[name]);
  function views() {
    const chip = (label, wanted, more) => h('span', { class: 'view', 'data-view': label }, h('button', { type: 'button', 'aria-pressed': String(same(wanted)), onclick: () => use(wanted) }, label), more);
    fill(slots.views, BUILT_IN.map(([name, wanted]) => chip(t(`duty.view.${name}`), wanted)),
      saved.map(view => chip(view.name, view.filters, view.own !== false && h('button', { type: 'button', class: 'view-forget', 'aria-label': t('duty.view.forget', { name: view.name }), title: t('duty.view.forget', { name: view.name }), onclick: () => forget(view) }, icon('x')))),
      !BUILT_IN.some(([, wanted]) => same(wanted)) && !saved.some(view => same(view.filters)) && h('button', { type: 'button', class: 'quiet view-keep', onclick: keep }, icon('save'), t('duty.view.keep')));
  }

  async function load() { try { saved = (await read('/views')).views; views(); } catch { /* the built-in ones stay: a view is a convenience */ } }

  function keep() {
    const name = h('input', { name: 'name', required: true, maxlength: 40, placeholder: t('duty.view.name') });
    const form = h('form', { method: 'dialog', class: 'note-form' }, h('label', {}, h('span', {}, t('duty.view.name')), name),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary' }, t('duty.view.keep'))));
    form.addEventListener('submit', async () => {
      const wanted = Object.fromEntries(Object.keys(EMPTY).filter(key => filters[key]).map(key => [key, filters[key]]));
      try { await call('POST', '/views', { body: { name: name.value.trim(), filters: wanted, order: saved.length } }); await load(); } catch (problem) { toast('error', explain(problem), { label: t('desk.again'), go: keep }); }
    });
    const dialog = openDialog(t('duty.view.keep'), form, 'view');
    name.focus();
  }

  async function forget(view) {
    try { await call('DELETE', `/views/${view.id}`); await load(); } catch (problem) { toast('error', explain(problem)); }
  }

  views();
  load();
  return { filters, set, use, clear: () => use({}), isEmpty: () => same({}), search: () => controls.text, pick: number => slots.views.querySelectorAll('.view > button:first-child')[number]?.click() };
}
