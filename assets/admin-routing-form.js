// One routing rule as a form: which cases, when, who gets them; saved with a reason, by whoever saw what stood. Checks nothing: the API does.

import { h, t, fill, icon, toast } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { ask } from './admin-unit.js';

const BARE = { label: '', label_en: '', classes: [], areas: [], when: [], lead_unit: null, support_units: [], worker: null, on_shift: false, automatic: false, enabled: true };

export class RoutingForm {
  /** `names`: units, areas and classes by their code. `doors`: `saved(rule, words)`, `stale()`, `tried()`, `changed()`. */
  constructor(place, config, names, doors) { Object.assign(this, { place, config, names, doors, one: null, now: null, kept: '', why: '' }); }

  /** A rule of the API, or none: then an empty form where a new one was asked for. */
  take(one, fresh) {
    this.one = one;
    this.why = '';
    this.rule = one?.rule || '';
    this.now = one || fresh ? this.#of(one || {}) : null;
    this.kept = JSON.stringify(this.now);
    this.#draw();
  }

  /** What another saved meanwhile: his words where I had changed none, mine where I had; the reason I wrote stays. */
  join(one) {
    const before = JSON.parse(this.kept || '{}'), theirs = this.#of(one);
    const mine = Object.fromEntries(Object.entries(this.now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
    Object.assign(this, { one, now: { ...theirs, ...mine }, kept: JSON.stringify(theirs) });
    this.#draw();
    this.#told();
  }

  /** The words of an older revision, to be looked at and saved. */
  put(body) { this.now = this.#of(body); this.#draw(); this.#told(); }

  changed() { return this.now !== null && JSON.stringify(this.now) !== this.kept; }

  words() { return { ...this.now }; }

  #of(words) { return Object.fromEntries(Object.entries(BARE).map(([name, bare]) => [name, structuredClone(words[name] ?? bare)])); }

  #set(name, value) { this.now[name] = value; this.#told(); }

  #told() {
    const changed = this.changed(), save = this.place.querySelector('[data-act=save]');
    if (save) save.disabled = !changed || (this.one && !this.why.trim()) || !(this.rule && this.now.label.trim());
    const said = this.place.querySelector('.r-said');
    if (said && this.config.whole) said.textContent = changed ? t('routing.changed') : this.one ? t('routing.unchanged') : '';
    this.doors.changed();
  }

  #draw() {
    if (!this.now) return fill(this.place);
    const { now } = this;
    const text = (name, more = {}) => h('input', { name, value: now[name] ?? '', maxlength: 80, oninput: event => this.#set(name, event.target.value), ...more });
    const box = (name, key) => h('label', { class: 'box' }, h('input', { type: 'checkbox', name, checked: now[name], onchange: event => this.#set(name, event.target.checked) }), h('span', {}, t(key)));
    const labelled = (key, node, about) => h('label', {}, h('span', {}, t(`routing.${key}`)), node, about && h('small', {}, t(about)));
    const group = (key, node, about) => h('div', { class: 'o-field' }, h('span', {}, t(`routing.${key}`)), node, about && h('small', {}, t(about)));
    return fill(this.place, h('form', { class: 'r-form note-form', onsubmit: event => { event.preventDefault(); this.#save(); } },
      h('div', { class: 'r-pair' }, !this.one && labelled('name', h('input', { name: 'rule', maxlength: 64, pattern: '[a-z0-9][a-z0-9-]*', required: true, oninput: event => { this.rule = event.target.value.trim(); this.#told(); } }), 'routing.name_about'), labelled('label', text('label', { required: true })), labelled('label_en', text('label_en'))),
      h('fieldset', {}, h('legend', {}, icon('filter'), t('routing.which')), group('classes', this.#chips('classes', this.names.classes), 'routing.classes_about'), group('areas', this.#chips('areas', this.names.areas), 'routing.areas_about'), group('when', this.#times(), 'routing.when_about')),
      h('fieldset', {}, h('legend', {}, icon('users'), t('routing.who')), h('div', { class: 'r-pair' }, labelled('lead', this.#lead()), labelled('person', this.#person())), group('supports', this.#chips('support_units', this.names.units)), h('div', { class: 'r-boxes' }, box('automatic', 'routing.automatic'), box('enabled', 'routing.enabled')))),
    this.#foot());
  }

  #foot() {
    const why = h('input', { maxlength: 2000, value: this.why, placeholder: t('routing.why'), 'aria-label': t('routing.why'), title: t('routing.why_about'), 'data-do': 'why', oninput: () => { this.why = why.value; this.#told(); } });
    const { whole } = this.config; // who keeps a part of the city reads and tries
    const foot = h('div', { class: 'a-foot' }, h('span', { class: 'r-said muted' }, !whole && t('keeping.part')), whole && h('label', { class: 'a-why' }, why), whole && this.one && !this.one.withdrawn && h('button', { type: 'button', class: 'danger', 'data-act': 'withdraw', onclick: () => this.#withdraw() }, icon('ban'), t('routing.withdraw')),
      h('button', { type: 'button', 'data-act': 'try', onclick: () => this.doors.tried() }, icon('play'), t('routing.try')), whole && h('button', { type: 'button', class: 'primary', 'data-act': 'save', disabled: true, onclick: () => this.#save() }, icon('save'), t(this.one?.withdrawn ? 'routing.restore' : 'routing.save')));
    if (this.one?.withdrawn) this.kept = ''; // its words hold no more: to save them as they are brings it back
    queueMicrotask(() => this.#told());
    return foot;
  }

  /** Codes as chips with a field that offers what there is by name. */
  #chips(name, of) {
    const place = h('div', { class: 'r-chips', 'data-chips': name }), id = `r-${name}`;
    const add = value => {
      const code = of.has(value) ? value : [...of].find(([, label]) => label === value)?.[0] || (/^\d+$/.test(value) ? value : '');
      if (!code || this.now[name].includes(code)) return false;
      this.#set(name, [...this.now[name], code]);
      draw();
      return true;
    };
    const draw = () => {
      const field = h('input', { list: id, 'aria-label': t('routing.add'), placeholder: `${t('routing.add')}…`, onchange: () => { if (add(field.value.trim())) place.querySelector('input').focus(); }, onkeydown: event => { if (event.key === 'Enter') { event.preventDefault(); if (add(field.value.trim())) place.querySelector('input').focus(); } } });
      fill(place, this.now[name].map(code => h('span', { class: 'r-chip' }, of.get(code) || code, h('button', { type: 'button', class: 'quiet', 'aria-label': t('routing.remove', { what: of.get(code) || code }), onclick: () => { this.#set(name, this.now[name].filter(one => one !== code)); draw(); } }, icon('x')))), field,
        h('datalist', { id }, [...of].filter(([code]) => !this.now[name].includes(code)).map(([code, label]) => h('option', { value: label === code ? code : label }))));
    };
    draw();
    return place;
  }

  #times() {
    const place = h('div', { class: 'r-times' });
    const put = (n, span) => this.#set('when', this.now.when.map((one, place_) => (place_ === n ? span : one)));
    const draw = () => fill(place, this.now.when.map((span, n) => h('div', { class: 'r-time' }, h('div', { class: 'r-days', role: 'group' }, this.config.weekdays.map(day => h('button', { type: 'button', 'aria-pressed': String((span.days || []).includes(day)), onclick: () => { const days = span.days || []; put(n, { ...span, days: this.config.weekdays.filter(one => (one === day) !== days.includes(one)) }); draw(); } }, t(`routing.weekday.${day}`)))),
      h('input', { value: span.hours || '', placeholder: t('routing.hours'), 'aria-label': t('routing.hours'), oninput: event => put(n, { ...this.now.when[n], hours: event.target.value.trim() || null }) }), h('button', { type: 'button', class: 'quiet', 'aria-label': t('routing.remove', { what: t('routing.when') }), onclick: () => { this.#set('when', this.now.when.filter((_, place_) => place_ !== n)); draw(); } }, icon('x')))),
    h('button', { type: 'button', class: 'quiet', onclick: () => { this.#set('when', [...this.now.when, { days: [], hours: null }]); draw(); } }, icon('plus'), t('routing.add_time')));
    draw();
    return place;
  }

  #lead() {
    return h('select', { name: 'lead_unit', onchange: event => this.#set('lead_unit', event.target.value || null) }, h('option', { value: '' }, t('routing.no_lead')), [...this.names.units].map(([code, name]) => h('option', { value: code, selected: code === this.now.lead_unit }, name)));
  }

  #person() {
    const named = h('input', { name: 'worker', maxlength: 64, value: this.now.worker || '', hidden: this.now.worker === null, 'aria-label': t('routing.person.named'), oninput: () => this.#set('worker', named.value.trim()) });
    const present = this.now.on_shift ? 'on_shift' : this.now.worker === null ? 'none' : 'named';
    const kind = h('select', { onchange: () => { named.hidden = kind.value !== 'named'; this.now.worker = kind.value === 'named' ? named.value.trim() : null; this.#set('on_shift', kind.value === 'on_shift'); } }, ['none', 'on_shift', 'named'].map(one => h('option', { value: one, selected: one === present }, t(`routing.person.${one}`))));
    return h('div', { class: 'r-person' }, kind, named);
  }

  async #save() {
    const words = this.words(), why = this.why.trim();
    try {
      if (this.one) await call('PUT', `/routing/${encodeURIComponent(this.one.rule)}`, { body: { ...words, why }, etag: this.one.etag });
      else await call('POST', '/routing', { body: { rule: this.rule, ...words, why } });
      this.kept = JSON.stringify(this.now);
      await this.doors.saved(this.one?.rule || this.rule, t('routing.saved'));
    } catch (problem) {
      if (problem.status === 412) { toast('error', t('routing.stale')); this.doors.stale(); } else toast('error', problem.body?.detail || explain(problem));
    }
  }

  #withdraw() {
    ask(t('routing.withdraw'), [h('label', { class: 'r-whole' }, h('span', {}, t('routing.withdraw_why', { rule: this.now.label })), h('textarea', { name: 'why', rows: 3, required: true, maxlength: 2000 }))], async wanted => {
      await call('DELETE', `/routing/${encodeURIComponent(this.one.rule)}`, { body: { why: wanted.why }, etag: this.one.etag });
      this.kept = JSON.stringify(this.now);
      await this.doors.saved(this.one.rule, t('routing.withdrawn'));
    }, 'withdraw');
  }
}
