// The work calendar for an admin: a year by months, the city's own days set by a click, kept with a reason. Which day is worked says the API.

import { begin, h, t, fill, icon, number, clock, language, now, toast } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { call, read, explain } from './duty-call.js';
import { ask, field } from './admin-unit.js';
import { openUpload, done } from './upload.js';

const LEGEND = ['weekday', 'weekend', 'holiday', 'make_up', 'own'];

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['admin', 'organisation', 'keeping'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: config.timezone, dateStyle: 'short' }).format(now());
  const state = { year: config.year || new Date(now()).getFullYear(), told: null, etag: null, pending: new Map(), why: '' };
  follow(config, mountHead(root, config), () => {}, 'duty');
  fill(slots.legend, LEGEND.map(name => h('span', {}, h('i', { class: `c-key c-${name}` }), t(`calendar.legend.${name}`))), config.whole ? h('button', { type: 'button', 'data-do': 'upload', onclick: upload }, icon('upload'), t('calendar.import')) : h('span', { class: 'a-note' }, t('keeping.part')));

  /** A day as it would be with what is not saved yet; null in `pending`: the city's word is taken back. */
  function present(day) {
    const wish = state.pending.get(day.day);
    if (wish === undefined) return day;
    return wish === null ? { ...day, works: day.else_works, why: day.name ? (day.else_works ? 'make_up' : 'holiday') : day.else_works ? 'weekday' : 'weekend', note: '', pending: true } : { ...day, works: wish.works, note: wish.note, why: 'own', pending: true };
  }

  const nameOf = day => (language() === 'en' ? day.name_en : day.name);
  const wordsOf = day => [day.day, t(day.works ? 'calendar.works' : 'calendar.off'), t(`calendar.legend.${day.why}`), nameOf(day), day.note].filter(Boolean).join(' · ');

  function months() {
    const days = state.told.days.map(present);
    fill(slots.years, h('button', { type: 'button', 'aria-label': t('calendar.before'), title: t('calendar.before'), 'data-do': 'before', onclick: () => go(state.year - 1) }, icon('chevron-left')), h('b', { class: 'num' }, t('calendar.year', { year: state.year })), h('button', { type: 'button', 'aria-label': t('calendar.after'), title: t('calendar.after'), 'data-do': 'after', onclick: () => go(state.year + 1) }, icon('chevron-right')));
    slots.count.textContent = t('calendar.count', { worked: number(days.filter(day => day.works).length) });
    fill(slots.months, !state.told.known && h('p', { class: 'c-unknown' }, icon('triangle-alert'), t('calendar.unknown')), h('div', { class: 'c-year' }, Array.from({ length: 12 }, (_, n) => month(n, days.filter(day => Number(day.day.slice(5, 7)) === n + 1)))));
  }

  function month(n, days) {
    const first = (new Date(`${days[0].day}T00:00:00Z`).getUTCDay() + 6) % 7;
    const title = new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : 'zh-CN', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(state.year, n, 1));
    return h('section', { class: 'c-month', 'aria-label': title }, h('h3', {}, title), h('div', { class: 'c-grid' }, [...t('calendar.week')].map(letter => h('i', { class: 'c-week' }, letter)), Array.from({ length: first }, () => h('span')),
      days.map(day => h('button', { type: 'button', class: `c-day c-${day.why}${day.works ? ' c-works' : ''}${day.pending ? ' c-pending' : ''}`, 'data-day': day.day, 'aria-current': day.day === today() ? 'date' : null, title: wordsOf(day), 'aria-label': wordsOf(day), onclick: config.whole && (() => edit(day)) }, Number(day.day.slice(8))))));
  }

  /** Worked, off, or as the country has it; held until it is saved. */
  function edit(day) {
    const kept = state.told.days.find(one => one.day === day.day), law = t('calendar.by_law', { what: [t(kept.else_works ? 'calendar.works' : 'calendar.off'), nameOf(kept)].filter(Boolean).join(' · ') });
    const chosen = day.why === 'own' ? String(day.works) : 'law';
    const choice = (value, words) => h('label', { class: 'box' }, h('input', { type: 'radio', name: 'works', value, checked: value === chosen }), h('span', {}, words));
    ask(`${day.day} ${new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : 'zh-CN', { weekday: 'long', timeZone: 'UTC' }).format(Date.parse(`${day.day}T00:00:00Z`))}`, [
      h('div', { class: 'o-field c-choice' }, choice('true', t('calendar.works')), choice('false', t('calendar.off')), choice('law', law)), field(t('calendar.note'), h('input', { name: 'note', maxlength: 80, value: day.note || '' }), t('calendar.note_about')),
    ], async wanted => {
      const own = kept.why === 'own', wish = wanted.works === 'law' ? null : { works: wanted.works === 'true', note: wanted.note.trim() };
      const same = wish === null ? !own : own && kept.works === wish.works && kept.note === wish.note;
      if (same) state.pending.delete(day.day); else state.pending.set(day.day, wish);
      draw();
    }, 'calendar-day', t('calendar.take'));
  }

  function own() {
    const days = state.told.days.map(present).filter(day => day.why === 'own' || day.pending);
    fill(slots.own, h('h3', {}, icon('calendar'), t('calendar.own')), days.length ? h('table', { class: 'a-table c-list' }, h('tbody', {}, days.map(day => h('tr', { class: day.pending ? 'c-row-pending' : null, 'data-own': day.day },
      h('th', { scope: 'row', class: 'num' }, day.day.slice(5)), h('td', {}, h('b', { class: day.works ? 'c-on' : 'c-out' }, t(day.works ? 'calendar.works' : 'calendar.off')), h('small', {}, day.why === 'own' ? day.note || nameOf(day) : t('calendar.by_law', { what: nameOf(day) || t(`calendar.legend.${day.why}`) }))),
      h('td', { class: 'num' }, config.whole && h('button', { type: 'button', class: 'quiet', onclick: () => { if (day.pending) state.pending.delete(day.day); else state.pending.set(day.day, null); draw(); } }, icon('undo-2'), t('calendar.undo'))))))) : h('p', { class: 'muted' }, t('calendar.own_none')),
    state.told.history.length > 0 && [h('h3', {}, icon('history'), t('calendar.history')), h('ol', { class: 'c-history' }, state.told.history.map(line => h('li', {}, h('b', {}, line.actor), h('time', {}, clock(line.at)),
      h('span', {}, [line.detail?.said?.length && t('calendar.history.said', { n: line.detail.said.length }), line.detail?.unsaid?.length && t('calendar.history.unsaid', { n: line.detail.unsaid.length })].filter(Boolean).join('，')), line.note && h('q', {}, line.note))))]);
  }

  function save() {
    root.dataset.pending = state.pending.size;
    if (!state.pending.size) return fill(slots.save);
    const why = h('input', { value: state.why, maxlength: 2000, placeholder: t('calendar.why'), 'aria-label': t('calendar.why'), 'data-do': 'why', oninput: () => { state.why = why.value; button.disabled = !why.value.trim(); } });
    const button = h('button', { type: 'button', class: 'primary', 'data-act': 'save', disabled: !state.why.trim(), onclick: send }, icon('save'), t('calendar.save'));
    return fill(slots.save, h('b', {}, t('calendar.pending', { n: state.pending.size })), why, button);
  }

  async function send() {
    const days = state.told.days.map(present).filter(day => day.why === 'own').map(({ day, works, note }) => ({ day, works, note: note || '' }));
    try {
      const { data, etag } = await call('PUT', `/work-days/${state.year}`, { body: { days, why: state.why.trim() }, etag: state.etag });
      state.pending.clear();
      state.why = '';
      Object.assign(state, { told: data, etag });
      toast('ok', t('calendar.saved'));
      draw();
    } catch (problem) {
      if (problem.status === 412) { await load(); toast('error', t('calendar.stale')); } else toast('error', problem.body?.detail || explain(problem));
    }
  }

  function upload() {
    openUpload({ title: t('calendar.import'), about: t('calendar.upload_about'), path: '/work-days/table', name: 'calendar-upload', reasoned: true, taken: async () => { done(t('calendar.taken')); state.pending.clear(); await load(); },
      tell: told => {
        const rows = Object.values(told.years).flatMap(one => [...one.said.map(day => ({ ...day, what: 'changed' })), ...one.unsaid.map(day => ({ ...day, what: 'ended' }))]);
        return rows.length ? h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-changes' }, h('tbody', {}, rows.map(row => h('tr', {}, h('td', {}, h('i', { class: `a-mark u-mark-${row.what}` }, t(row.what === 'ended' ? 'calendar.undo' : row.works ? 'calendar.works' : 'calendar.off'))), h('th', { scope: 'row', class: 'num' }, row.day), h('td', {}, row.note || '')))))) : null;
      } });
  }

  function draw() { months(); own(); save(); }

  /** A year and what is told of it change together; of a year that could not be read nothing is shown, and nothing can be saved. */
  async function load(year = state.year) {
    state.wanted = year;
    try {
      const { data, etag } = await call('GET', `/work-days/${year}`);
      if (state.wanted !== year) return; // another one was asked for meanwhile
      Object.assign(state, { year, told: data, etag });
      draw();
      root.dataset.year = year;
      root.dataset.filled = 'true';
    } catch (problem) {
      if (state.wanted !== year) return;
      for (const slot of [slots.own, slots.save, slots.count]) fill(slot);
      fill(slots.months, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: () => load(year) }, t('admin.again'))));
    }
  }

  const address = year => `/admin/calendar/${year}${location.search}`;

  async function go(year, back = false) {
    if (state.pending.size && !confirm(t('calendar.leave'))) {
      if (back) history.pushState(null, '', address(state.year)); // who stays is where the address says
      return;
    }
    state.pending.clear();
    if (!back) history.pushState(null, '', address(year));
    await load(year);
  }

  async function hours() {
    const told = await read('/work-time').catch(() => null);
    if (told) fill(slots.hours, h('h3', {}, icon('clock'), t('calendar.hours')), h('p', {}, h('b', { class: 'num' }, told.hours.join('  ')), h('small', {}, t('calendar.day_s', { h: number(told.day_s / 3600) }))),
      told.seasons.map(one => h('p', {}, h('span', {}, t('calendar.season', one)), h('b', { class: 'num' }, one.hours.join('  ')))));
  }

  addEventListener('popstate', () => go(Number(location.pathname.split('/')[3]) || new Date(now()).getFullYear(), true));
  addEventListener('beforeunload', event => { if (state.pending.size) event.preventDefault(); });
  await Promise.all([load(), hours()]);
}
