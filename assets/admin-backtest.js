// A backtest: what the kept words, and the edited ones beside them, would have rung for on what is stored. The API plays; this shows.

import { h, t, fill, icon, badge, clock, number, span, now } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { drawChart } from './admin-chart.js';
import { percent } from './admin-rule.js';

const SPANS = [['1d', 1], ['7d', 7], ['30d', 30]];
const TIMEOUT_MS = 60_000;
export const COLOURS = { kept: '#1f86d8', edited: '#a45cd6' };

export class Backtest {
  /** `doors.changed()`: the edited words, null where they are those kept. */
  constructor(root, slots, config, doors) {
    Object.assign(this, { root, slots, config, doors, one: null, results: [], days: 7, turn: 0 });
    this.go = h('button', { type: 'button', class: 'primary', 'data-act': 'backtest', onclick: () => this.run() }, icon('play'), t('admin.bt.go'));
    this.spans = SPANS.map(([name, days]) => h('button', { type: 'button', 'data-days': days, 'aria-pressed': String(days === this.days), onclick: () => { this.days = days; for (const one of this.spans) one.setAttribute('aria-pressed', String(Number(one.dataset.days) === days)); } }, t(`admin.bt.${name}`)));
    this.what = h('span', { class: 'a-note' });
    fill(slots.asked, h('span', { class: 'a-label' }, t('admin.bt.span')), h('div', { class: 'a-choice', role: 'group', 'aria-label': t('admin.bt.span') }, this.spans), this.go, this.what);
  }

  take(one) {
    if (this.one?.rule !== one?.rule) this.results = [];
    this.one = one;
    this.turn += 1;
    this.#tell();
  }

  show(one) {
    this.one = one;
    const edited = this.doors.changed();
    this.what.textContent = one?.not_playable ? '' : t(edited === null ? 'admin.bt.of_kept' : 'admin.bt.of_both');
    this.go.disabled = Boolean(one?.not_playable && edited === null);
    if (this.go.disabled) this.#failed({ status: 422, body: { detail: one.not_playable } });
    else this.#tell();
  }

  async run() {
    const turn = ++this.turn, edited = this.doors.changed(), rule = this.one.rule;
    const until = now(), asked = { from: new Date(until - this.days * 86_400_000).toISOString(), to: new Date(until).toISOString() };
    const wanted = [['kept', asked], ...(edited === null ? [] : [['edited', { ...asked, body: edited }]])].filter(([name]) => name !== 'kept' || this.one.yaml !== null);
    this.go.disabled = true;
    this.results = [];
    const begun = performance.now();
    const waiting = setInterval(() => fill(this.slots.sums, this.#wait((performance.now() - begun) / 1000)), 500);
    fill(this.slots.sums, this.#wait(0));
    try {
      for (const [name, body] of wanted) {
        const { data } = await call('POST', `/rules/${encodeURIComponent(rule)}/backtest`, { body, timeout: TIMEOUT_MS });
        if (turn !== this.turn) return;
        this.results.push([name, data]);
      }
      clearInterval(waiting);
      this.#tell();
    } catch (problem) {
      clearInterval(waiting);
      if (turn === this.turn) this.#failed(problem);
    } finally {
      clearInterval(waiting);
      this.go.disabled = false;
    }
  }

  #wait(seconds) { return h('div', { class: 'a-none', role: 'status' }, icon('timer'), h('span', {}, t('admin.bt.playing', { span: span(seconds) })), h('progress', {})); }

  #failed(problem) {
    this.#place(false);
    const refused = problem.status === 422, faulty = refused && problem.body.problems;
    const why = faulty ? t('admin.bt.mend') : refused ? t('admin.bt.refused') : problem.status === 0 ? t('admin.bt.too_long') : explain(problem);
    fill(this.slots.sums, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, why),
      refused && !faulty && [h('span', { class: 'muted' }, t('admin.bt.cannot')), h('small', { class: 'muted', lang: 'en' }, problem.body.detail)],
      !refused && h('button', { type: 'button', onclick: () => this.run() }, t('admin.again'))));
  }

  #place(shown) { for (const name of ['chart', 'rings']) this.slots[name].hidden = !shown; }

  #tell() {
    this.#place(this.results.length > 0);
    if (!this.results.length) return fill(this.slots.sums, h('div', { class: 'a-none' }, icon('chart-bar'), h('span', {}, t('admin.bt.none')), h('span', { class: 'muted' }, t('admin.bt.about'))));
    fill(this.slots.sums, this.results.map(([name, told]) => this.#sums(name, told)));
    fill(this.slots.rings, this.#top());
    return this.draw();
  }

  draw() { if (this.results.length) drawChart(this.slots.chart, this.results, this.config.timezone, COLOURS); }

  #sums(name, told) {
    const { sums, compared } = told, figure = (key, value, note) => h('div', { class: 'a-figure', 'data-sum': key }, h('span', {}, t(`admin.bt.sum.${key}`)), h('b', { class: 'num' }, value), note && h('small', {}, note));
    const share = compared.false_share;
    return h('section', { class: `a-result a-${name}`, 'data-result': name },
      h('header', {}, h('i', { class: 'a-swatch' }), h('h3', {}, t(`admin.bt.${name}`)), h('span', { class: 'a-sevs' }, Object.entries(sums.by_severity).map(([severity, count]) => h('span', {}, badge(Number(severity)), number(count)))),
        !told.complete && h('span', { class: 'a-mark a-warn', title: t('admin.bt.partly_about') }, t('admin.bt.partly', { until: clock(told.until) }))),
      h('div', { class: 'a-figures' },
        figure('rings', number(sums.rings), t('admin.bt.of_devices', { n: sums.devices, all: told.devices })),
        figure('median', sums.median_s === null ? '—' : span(sums.median_s), sums.p95_s === null ? null : t('admin.bt.p95', { span: span(sums.p95_s) })),
        figure('total', span(sums.total_s), sums.open ? t('admin.bt.still', { n: sums.open }) : null),
        figure('false', share === null ? '—' : percent(share), share === null ? t('admin.bt.unjudged') : t('admin.bt.judged', { n: compared.false, all: compared.judged })),
        figure('matched', `${number(compared.matched)} / ${number(compared.unmatched)}`, t('admin.bt.real', { n: compared.real })),
        figure('missed', number(compared.missed), compared.missed ? t('admin.bt.missed', { real: compared.missed_real, false: compared.missed_false }) : null)));
  }

  /** The ten devices that would have rung most, each with what both say of it. */
  #top() {
    const devices = [...new Set(this.results.flatMap(([, told]) => told.sums.top.map(([device]) => device)))].slice(0, 10);
    if (!devices.length) return h('p', { class: 'a-well' }, icon('circle-check'), t('admin.bt.silent'));
    const of = (told, device) => told.sums.top.find(([name]) => name === device) || [device, 0, 0];
    return h('table', { class: 'a-table a-top' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('admin.bt.device')), this.results.flatMap(([name]) => [h('th', { scope: 'col', class: `a-${name}` }, t('admin.bt.rings_of', { words: t(`admin.bt.${name}`) })), h('th', { scope: 'col' }, t('admin.bt.together'))]))),
      h('tbody', {}, devices.map(device => h('tr', { 'data-device': device }, h('th', { scope: 'row' }, device), this.results.flatMap(([, told]) => { const [, rings, seconds] = of(told, device); return [h('td', { class: rings ? 'num' : 'num zero' }, number(rings)), h('td', { class: 'num' }, rings ? span(seconds) : '—')]; })))));
  }
}
