// A week of rosters by duty grid: who serves which shift of which day, where there is nobody in red words, and the form that assigns shifts.

import { h, t, fill, icon, labelOf, now, toast, listed } from './duty-dom.js';
import { read, call, explain } from './duty-call.js';
import { ask, field } from './admin-unit.js';
import { openUpload, done } from './upload.js';

const DAY_MS = 86_400_000;
const PAGE = 250;

/** A day of the calendar as `2026-11-23`, so many days on; no zone is in it. */
const plus = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const monday = day => plus(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

export class Roster {
  /** `people(area)`: who can serve there. */
  constructor(place, { people }) { Object.assign(this, { place, people, area: null, from: null, grids: [], told: null, next: null, onlyGaps: false }); }

  async show(area) {
    if (area !== this.area) Object.assign(this, { area, grids: [], told: null });
    if (this.told) this.draw(); else fill(this.place, h('p', { class: 'muted a-wait' }, '…'));
    await this.load();
  }

  async load(more = false) {
    const area = this.area;
    try {
      if (!this.from) this.from = monday((await read('/rosters?days=1&limit=1')).from);
      const asked = new URLSearchParams({ area, from: this.from, days: 7, limit: PAGE, ...(more ? { next: this.next } : {}) });
      const told = await read(`/rosters?${asked}`);
      if (area !== this.area) return;
      Object.assign(this, { told, next: told.next, grids: more ? [...this.grids, ...told.grids] : told.grids });
      this.draw();
    } catch (problem) {
      fill(this.place, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: () => this.load() }, t('organisation.again'))));
    }
  }

  go(days) { this.from = days ? plus(this.from, days) : null; this.load(); }

  draw() {
    const days = Array.from({ length: 7 }, (_, n) => plus(this.from, n));
    const gaps = this.grids.filter(grid => !grid.standing && grid.flaws.some(flaw => flaw.kind === 'gap')).length;
    const bare = this.grids.filter(grid => grid.standing && grid.rostered && grid.flaws.some(flaw => flaw.kind === 'gap')).length;
    const shown = this.onlyGaps ? this.grids.filter(grid => grid.flaws.length) : this.grids;
    const button = (name, days_, sign) => h('button', { type: 'button', title: t(`roster.${name}`), 'aria-label': t(`roster.${name}`), 'data-do': name, onclick: () => this.go(days_) }, sign ? icon(sign) : t(`roster.${name}`));
    fill(this.place,
      h('div', { class: 'o-bar' }, button('before', -7, 'chevron-left'), h('b', { class: 'num' }, t('roster.week', { from: days[0], to: days[6] })), button('after', 7, 'chevron-right'), button('this', 0),
        h('label', {}, h('input', { type: 'checkbox', checked: this.onlyGaps, 'data-do': 'only-gaps', onchange: event => { this.onlyGaps = event.target.checked; this.draw(); } }), t('roster.only_gaps')),
        h('span', { class: gaps ? 'o-gap' : 'a-note', 'data-figure': 'gaps', 'data-value': gaps }, t('roster.summary', { grids: `${this.grids.length}${this.next ? '+' : ''}`, gaps, bare })),
        h('a', { class: 'o-way', href: this.#sheetOut(), download: '', 'data-do': 'sheet-out', title: t('roster.sheet_out'), 'aria-label': t('roster.sheet_out') }, icon('download'), h('span', {}, t('roster.sheet_out'))), h('button', { type: 'button', 'data-do': 'sheet-in', title: t('roster.sheet_in'), 'aria-label': t('roster.sheet_in'), onclick: () => this.#sheetIn() }, icon('upload'), h('span', {}, t('roster.sheet_in'))),
        h('button', { type: 'button', class: 'primary', 'data-do': 'assign', onclick: () => this.assign(this.grids.map(grid => grid.duty_grid)) }, icon('plus'), t('roster.assign'))),
      shown.length ? h('table', { class: 'a-table o-week' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('roster.grid')), days.map(day => h('th', { scope: 'col' }, this.#dayName(day))))), h('tbody', {}, shown.map(grid => this.#row(grid, days)))) : h('div', { class: 'a-none' }, icon(this.grids.length ? 'circle-check' : 'grid-3x3'), h('span', {}, t(this.grids.length ? 'roster.all_covered' : 'roster.none_here'))),
      this.next && h('button', { type: 'button', class: 'a-more', onclick: () => this.load(true) }, t('roster.more')));
  }

  /** The month of the week shown, as a sheet of people and days. */
  #sheetOut() {
    const first = `${this.from.slice(0, 7)}-01`, days = new Date(Date.UTC(Number(this.from.slice(0, 4)), Number(this.from.slice(5, 7)), 0)).getUTCDate();
    return `/api/v1/rosters.xlsx?${new URLSearchParams({ area: this.area, from: first, days })}`;
  }

  /** A sheet by file: told grid by grid before it is taken. */
  #sheetIn() {
    const month = h('input', { type: 'month' }), grid = h('select', {}, h('option', { value: '' }, '—'), this.grids.map(one => h('option', { value: one.duty_grid }, `${one.name} ${one.duty_grid}`))), replace = h('input', { type: 'checkbox' });
    const fields = [field(t('roster.sheet_month'), month), field(t('roster.sheet_grid'), grid), h('label', { class: 'box' }, replace, h('span', {}, t('roster.sheet_replace')))];
    openUpload({ title: t('roster.sheet_in'), about: t('roster.sheet_about'), path: '/rosters/sheet', fields, asked: () => ({ month: month.value, duty_grid: grid.value, replace: replace.checked && 'true' }), name: 'roster-sheet',
      taken: () => { done(t('roster.sheet_done')); this.load(); },
      tell: told => (told.laid.some(one => !one.stands) ? [h('p', {}, h('b', {}, t('roster.sheet_told', { from: told.from, to: told.to, people: told.people, shifts: told.laid.filter(one => !one.stands).length })), told.ended > 0 && h('span', { class: 'o-soft' }, t('roster.sheet_ended', { n: told.ended }))),
        h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-changes' }, h('tbody', {}, told.laid.filter(one => !one.stands).map(one => h('tr', {}, h('th', { scope: 'row' }, this.grids.find(grid_ => grid_.duty_grid === one.duty_grid)?.name || one.duty_grid, h('small', {}, one.duty_grid)), h('td', {}, labelOf(this.told.shifts[one.shift]) || one.shift), h('td', { class: one.served < one.days ? 'num o-soft' : 'num' }, t('roster.sheet_served', one)))))))] : null) });
  }

  #dayName(day) { return `${day.slice(5)} ${new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`))}`; }

  #row(grid, days) {
    const name = h('th', { scope: 'row' }, h('b', {}, grid.name), h('small', {}, grid.duty_grid));
    if (!grid.rostered) return h('tr', { 'data-id': grid.duty_grid }, name, h('td', { colspan: 7 }, grid.standing ? h('span', { class: 'o-soft' }, t('roster.standing', { who: grid.standing.title })) : h('strong', { class: 'o-gap' }, icon('circle-alert'), t('roster.gap_all')),
      h('button', { type: 'button', class: 'quiet', onclick: () => this.assign([grid.duty_grid]) }, t('roster.assign'))));
    return h('tr', { 'data-id': grid.duty_grid }, name, days.map(day => h('td', {}, grid.turns.filter(turn => turn.day === day && turn.title).map(turn => this.#turn(grid, turn)), grid.flaws.filter(flaw => this.#day(flaw.begins) === day).map(flaw => this.#flaw(grid, flaw)))));
  }

  #turn(grid, turn) {
    const shift = this.told.shifts[turn.shift];
    return h('button', { type: 'button', class: `o-turn o-turn-${Object.keys(this.told.shifts).indexOf(turn.shift)}`, 'data-roster': turn.roster, title: `${labelOf(shift) || turn.shift} ${this.#clock(turn.begins)}–${this.#clock(turn.ends)} ${turn.title}`, onclick: () => this.end(grid, turn) },
      h('i', {}, [...(labelOf(shift) || turn.shift)][0]), h('span', {}, turn.title), turn.stand_ins.map(one => h('em', {}, t('roster.stand_in', { who: one.title }))));
  }

  #flaw(grid, flaw) {
    const span = `${this.#clock(flaw.begins)}–${this.#clock(flaw.ends)}`;
    if (flaw.kind === 'overlap') return h('strong', { class: 'o-gap' }, icon('circle-alert'), t('roster.overlap', { span, who: listed(flaw.titles) }));
    return grid.standing ? h('span', { class: 'o-soft o-red', 'data-flaw': 'gap' }, t('roster.gap_stands', { span, who: grid.standing.title })) : h('strong', { class: 'o-gap', 'data-flaw': 'gap' }, icon('circle-alert'), t('roster.gap', { span }));
  }

  #parts(at) { return Object.fromEntries(new Intl.DateTimeFormat('en-CA', { timeZone: this.told.timezone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(at)).map(part => [part.type, part.value])); }

  #day(at) { const of = this.#parts(at); return `${of.year}-${of.month}-${of.day}`; }

  #clock(at) { const of = this.#parts(at); return `${of.hour}:${of.minute}`; }

  /** The roster behind a turn ends on a day; what was before stays. */
  end(grid, turn) {
    const shift = labelOf(this.told.shifts[turn.shift]) || turn.shift;
    ask(t('roster.end_title', { grid: grid.name, shift, who: turn.title }), [h('p', { class: 'hint' }, t('roster.end_sure', { day: turn.day, who: turn.title, shift })), field(t('roster.from'), h('input', { name: 'from', type: 'date', value: turn.day, required: true }))], async wanted => {
      await call('POST', `/rosters/${turn.roster}/acts`, { body: { act: 'end', from: wanted.from } });
      toast('ok', t('roster.end_done'));
      await this.load();
    }, 'roster-end');
  }

  /** Shifts of one or several grids: who in which order, in which pattern, from when on. */
  async assign(grids) {
    const shifts = Object.entries(this.told.shifts), known = await this.people(this.area);
    const grid = h('select', { name: 'grid', required: true, onchange: () => { fill(who); add(); } }, this.grids.map(one => h('option', { value: one.duty_grid, selected: one.duty_grid === grids[0] }, one.name)));
    const who = h('div', { class: 'o-who' });
    const able = () => { const area = this.grids.find(one => one.duty_grid === grid.value)?.area || ''; return known.filter(one => one.areas.some(mine => area.startsWith(mine))); };
    const add = () => who.append(h('select', { name: 'people', required: true }, h('option', { value: '' }, t('roster.choose')), able().map(one => h('option', { value: one.account }, `${one.title} · ${one.unit}`))));
    add();
    const patterns = [...shifts.map(([name, one]) => [name, t('roster.each_day', { shift: labelOf(one) })]), ...(shifts.length > 1 ? [[`${shifts[0][0]},${shifts[0][0]},${shifts[1][0]},${shifts[1][0]},,`, `${labelOf(shifts[0][1])}×2 ${labelOf(shifts[1][1])}×2 ${t('roster.off')}×2`], [`${shifts[0][0]},${shifts[1][0]}`, `${labelOf(shifts[0][1])} / ${labelOf(shifts[1][1])}`]] : [])];
    ask(t('roster.assign'), [
      field(t('roster.grid'), grid), h('div', { class: 'o-field' }, h('span', {}, t('roster.people')), who, h('button', { type: 'button', class: 'quiet', onclick: add }, icon('user-plus'), t('roster.add_person')), h('small', {}, t('roster.people_about'))),
      field(t('roster.pattern'), h('select', { name: 'pattern' }, patterns.map(([value, text]) => h('option', { value }, text))), t('roster.pattern_about')),
      field(t('roster.step'), h('input', { name: 'step', type: 'number', min: 1, max: 365, placeholder: '—' })), field(t('roster.from'), h('input', { name: 'from', type: 'date', value: this.#day(now()), required: true })), field(t('roster.last'), h('input', { name: 'last', type: 'date' })),
      h('label', { class: 'box' }, h('input', { type: 'checkbox', name: 'replace' }), h('span', {}, t('roster.replace'))),
    ], async (wanted, form) => {
      const people = [...form.querySelectorAll('[name=people]')].map(one => Number(one.value)).filter(Boolean);
      const sent = await call('POST', '/rosters', { body: { duty_grid: wanted.grid, people, pattern: wanted.pattern.split(','), from: wanted.from, ...(wanted.last ? { until: plus(wanted.last, 1) } : {}), ...(wanted.step ? { step: Number(wanted.step) } : {}), replace: wanted.replace === 'on' } }).catch(problem => problem);
      if (sent instanceof Error) throw sent.body?.allowed?.includes('replace') ? Object.assign(sent, { body: { detail: t('roster.taken', { detail: sent.message }) } }) : sent;
      toast('ok', t('roster.done'));
      await this.load();
    }, 'roster-form');
  }
}
