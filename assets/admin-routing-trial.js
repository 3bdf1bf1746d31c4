// A trial of a routing rule: whom the last cases would have been proposed to with the words as they stand, beside what holds. The API plays.

import { h, t, fill, icon, number, clock, language, word } from './duty-dom.js';
import { call, explain } from './duty-call.js';

const LAST = 100;
const TIMEOUT_MS = 60_000;

export class Trial {
  /** `wanted()`: `{rule, words}` as they stand in the form. */
  constructor(place, config, names, wanted) { Object.assign(this, { place, config, names, wanted, told: null, only: true, old: false, turn: 0 }); }

  clear() {
    this.told = null;
    this.turn += 1;
    this.#draw();
  }

  /** The words changed: what is shown is of others. */
  outdate() {
    if (!this.told || this.old) return;
    this.old = true;
    this.#draw();
  }

  async run() {
    const turn = ++this.turn, { rule, words } = this.wanted();
    fill(this.place, h('div', { class: 'a-none', role: 'status' }, icon('timer'), h('span', {}, t('routing.trial_playing')), h('progress', {})));
    try {
      const { data } = await call('POST', `/routing/${encodeURIComponent(rule)}/trial`, { body: { words, last: LAST }, timeout: TIMEOUT_MS });
      if (turn !== this.turn) return;
      Object.assign(this, { told: data, old: false, only: data.changed > 0 });
      this.#draw();
    } catch (problem) {
      if (turn === this.turn) fill(this.place, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, problem.body?.detail || explain(problem)), this.#button()));
    }
  }

  #button() { return h('button', { type: 'button', class: 'primary', 'data-act': 'run', onclick: () => this.run() }, icon('play'), t('routing.try')); }

  #draw() {
    const { told } = this;
    if (!told) return fill(this.place, h('div', { class: 'a-none' }, icon('split'), h('span', {}, t('routing.trial_none')), h('span', { class: 'muted' }, t('routing.trial_none2')), this.#button()));
    if (!told.looked) return fill(this.place, h('div', { class: 'a-none' }, icon('inbox'), h('span', {}, t('routing.trial.no_cases'))));
    const figure = (key, value, note) => h('div', { class: 'a-figure', 'data-trial': key, 'data-value': value }, h('span', {}, t(`routing.trial.${key}`)), h('b', { class: 'num' }, number(value)), h('small', {}, note || ''));
    const rows = this.only ? told.cases.filter(one => one.changed) : told.cases;
    return fill(this.place, this.old && h('p', { class: 'r-old', role: 'status' }, icon('info'), h('span', {}, t('routing.trial.stale')), this.#button()),
      h('div', { class: `r-figures${this.old ? ' r-dim' : ''}` }, figure('looked', told.looked), figure('ruled', told.ruled), figure('changed', told.changed), figure('agreed', told.agreed_after, t('routing.trial.agreed_about', { before: told.agreed_before, given: told.given }))),
      h('label', { class: 'r-only' }, h('input', { type: 'checkbox', checked: this.only, onchange: event => { this.only = event.target.checked; this.#draw(); } }), t('routing.trial.only')),
      rows.length ? h('table', { class: `a-table r-trial${this.old ? ' r-dim' : ''}` }, h('thead', {}, h('tr', {}, ['case', 'before', 'after', 'unit'].map(key => h('th', { scope: 'col' }, t(`routing.trial.${key}`))))), h('tbody', {}, rows.map(one => this.#row(one)))) : h('p', { class: 'a-well r-empty' }, icon('circle-check'), t('routing.trial.empty', { n: told.looked })));
  }

  #row(one) {
    const hit = proposal => (one.unit !== null && proposal.unit === one.unit ? ' r-hit' : '');
    return h('tr', { 'data-id': one.number, class: one.changed ? 'r-changed' : null }, h('th', { scope: 'row' }, h('b', {}, (this.names.classes.get(one.class_code) || one.class_code)), h('small', {}, [one.number, one.street, clock(one.opened_at)].filter(Boolean).join(' · '))),
      h('td', { class: `r-was${hit(one.before)}` }, this.#proposal(one.before)), h('td', { class: `r-is${hit(one.after)}` }, this.#proposal(one.after)), h('td', {}, (language() === 'en' && one.unit_name_en) || one.unit_name || h('span', { class: 'zero' }, '—')));
  }

  #proposal(one) {
    const who = [(language() === 'en' && one.name_en) || one.name, one.worker].filter(Boolean).join(' · ');
    return [h('span', {}, who || '—'), h('small', {}, [word('routing.basis', one.basis), one.rule].filter(Boolean).join(' '))];
  }
}
