// The catalogue of indicators for an admin: all of them, one said anew with a reason, its versions, and tables of definitions or values by
// file. Decides nothing: the API checks, and refuses who saw an older version.

import { begin, h, t, fill, icon, number, clock, labelOf, language, toast } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { call, read, explain } from './duty-call.js';
import { openUpload, done } from './upload.js';

const GROUPS = ['coverage', 'control', 'prevention', 'hotline', 'economy', 'other'];
const PERIODS = ['day', 'week', 'month', 'quarter', 'year'];
const SAID = ['label', 'label_en', 'group', 'source', 'of', 'domain', 'formula', 'formula_en', 'unit', 'unit_en', 'decimals', 'period', 'owner', 'owner_en', 'target', 'good'];

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'keeping', 'cockpit', 'catalogue'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const state = { cards: [], wanted: '', code: '' };
  follow(config, mountHead(root, config), () => {}, 'duty');

  const search = h('input', { type: 'search', placeholder: t('catalogue.search'), 'aria-label': t('catalogue.search'), oninput: () => { state.wanted = search.value.trim().toLowerCase(); list(); } });
  fill(slots.search, search);
  fill(slots.upload, h('button', { type: 'button', 'data-do': 'upload', onclick: upload }, icon('upload'), t('catalogue.upload')));

  function list() {
    const rows = state.cards.filter(card => [card.code, card.label, card.label_en, card.owner].join(' ').toLowerCase().includes(state.wanted));
    slots.count.textContent = t('catalogue.count', { n: number(rows.length) });
    fill(slots.cards, h('table', { class: 'a-table' }, h('thead', {}, h('tr', {}, ['name', 'group', 'value', 'target'].map(name => h('th', { scope: 'col' }, t(`catalogue.${name}`))))), h('tbody', {}, rows.map(line))));
  }

  function line(card) {
    const choose = () => open(card.code);
    return h('tr', { 'data-id': card.code, tabindex: '0', class: card.code === state.code ? 'current' : null, onclick: choose, 'aria-current': card.code === state.code ? 'true' : null, onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); } } },
      h('th', { scope: 'row' }, h('b', {}, labelOf(card)), h('small', {}, `${card.code} · v${card.version}`)), h('td', {}, t(`catalogue.group.${card.group}`)), figure(card, card.figure.value, card.decimals), figure(card, card.target));
  }

  const unitOf = card => (language() === 'en' && card.unit_en) || card.unit;
  const figure = (card, value, decimals) => h('td', { class: 'num' }, value === null || value === undefined ? '—' : [number(value, decimals), unitOf(card) === '%' ? '%' : h('small', {}, unitOf(card))]);

  async function open(code) {
    state.code = code;
    list();
    try {
      const { data, etag } = await call('GET', `/catalogue/${code}`);
      if (state.code === code) show(data, etag);
    } catch (problem) { fill(slots.card, h('p', { class: 'form-error', role: 'alert' }, explain(problem))); }
  }

  function show(card, etag) {
    fill(slots.heading, h('div', { class: 'a-name' }, h('h2', {}, labelOf(card)), h('small', {}, [card.code, t(`cockpit.source.${card.source}`), card.formula_id].join(' · '))));
    fill(slots.card, form(card, etag), versions(card));
  }

  /** What people say of a card; how it is computed stands beside and is the configuration's. */
  function form(card, etag) {
    const field = (name, input, unit) => { input.name = name; return h('label', {}, h('span', {}, t(`catalogue.${name}`), unit && ` (${unit})`), input); };
    const text = (name, longest) => field(name, h('input', { type: 'text', maxlength: longest, value: card[name] ?? '' }));
    const choice = (name, words, key) => field(name, h('select', {}, words.map(one => h('option', { value: one, selected: String(card[name]) === String(one) }, t(`${key}.${one}`)))));
    const why = field('why', h('input', { type: 'text', maxlength: 2000, required: true, placeholder: t('catalogue.why_about') }));
    const said = h('p', { class: 'form-error', role: 'alert', hidden: true }), computed = card.source !== 'imported';
    return h('form', { class: 'note-form catalogue-form', onsubmit: event => { event.preventDefault(); if (config.whole) save(card, etag, event.currentTarget, said); } },
      h('div', { class: 'pair' }, text('label', 60), text('label_en', 120)), h('div', { class: 'pair' }, text('owner', 120), field('target', h('input', { type: 'number', step: 'any', value: card.target ?? '' }), unitOf(card))),
      h('div', { class: 'pair' }, choice('good', [1, -1, 0], 'catalogue.good'), choice('group', GROUPS, 'catalogue.group')),
      h('div', { class: 'pair' }, choice('period', PERIODS, 'cockpit.kind'), computed ? h('span', {}) : text('unit', 20)), text('formula', 400), text('formula_en', 400), why, said,
      h('footer', {}, config.whole ? h('button', { type: 'submit', class: 'primary', 'data-act': 'save' }, icon('check'), t('catalogue.save')) : h('span', { class: 'a-note' }, t('keeping.part'))));
  }

  async function save(card, etag, node, said) {
    const given = Object.fromEntries(new FormData(node)), body = Object.fromEntries(SAID.map(name => [name, card[name]]));
    Object.assign(body, given, { good: Number(given.good), target: given.target === '' ? null : Number(given.target), of: card.of === card.code ? '' : card.of });
    try {
      await call('PUT', `/catalogue/${card.code}`, { body, etag });
      toast('ok', t('catalogue.saved', { name: body.label }));
      await refresh();
    } catch (problem) { said.hidden = false; said.textContent = problem.conflict ? t('catalogue.stale') : explain(problem); }
  }

  const versions = card => h('section', { class: 'catalogue-versions' }, h('h3', {}, t('cockpit.versions', { n: card.versions.length })), h('table', { class: 'a-table' }, h('tbody', {}, card.versions.map(one => h('tr', {}, h('th', { scope: 'row' }, `v${one.version}`), h('td', {}, t(`cockpit.origin.${one.origin}`)), h('td', {}, one.by), h('td', { class: 'num' }, clock(one.at)), h('td', {}, one.body.target === null ? '' : `${t('cockpit.target')} ${number(one.body.target)}${unitOf(card) === '%' ? '%' : ` ${unitOf(card)}`}`), h('td', {}, one.why))))));

  function upload() {
    const kind = h('select', { name: 'kind' }, (config.whole ? ['values', 'definitions'] : ['values']).map(one => h('option', { value: one }, t(`catalogue.kind.${one}`))));
    openUpload({ title: t('catalogue.upload'), about: t('catalogue.upload_about'), path: '/catalogue/table', fields: [h('label', {}, h('span', {}, t('catalogue.kind')), kind)], asked: () => ({ kind: kind.value }), name: 'catalogue-upload', tell, taken: told => { done(t('catalogue.taken', { n: told.counts.changed })); refresh(); } });
  }

  /** What a table would change, row by row; null when nothing would. */
  const tell = ({ counts, changes }) => (counts.changed ? [h('p', {}, t('catalogue.would', { n: number(counts.changed), same: number(counts.unchanged) })), h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-changes' }, h('tbody', {}, changes.map(one => h('tr', {}, h('th', { scope: 'row' }, h('b', {}, one.label), h('small', {}, one.code)), h('td', {}, one.first ? `${one.first} · ${one.area}` : t(one.new ? 'upload.added' : 'upload.changed')), h('td', { class: 'num' }, one.value === undefined ? '' : number(one.value), one.was !== undefined && h('small', {}, t('catalogue.was', { was: number(one.was) }))))))))] : null);

  async function refresh() {
    try {
      state.cards = (await read('/catalogue')).indicators;
      list();
      if (state.cards.length) await open(state.cards.some(card => card.code === state.code) ? state.code : state.cards[0].code);
      root.dataset.filled = 'true';
    } catch (problem) {
      fill(slots.cards, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: refresh }, t('admin.again'))));
    }
  }

  await refresh();
}
