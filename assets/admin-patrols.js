// Patrols of yesterday, today and tomorrow with how much of them was walked, and the plans they are made from.

import { h, t, fill, icon, clock, now, number, toast, titled, listed } from './duty-dom.js';
import { read, call, explain } from './duty-call.js';
import { ask, field } from './admin-unit.js';

const DAY_MS = 86_400_000;

export async function drawPatrols(place, area) {
  const again = () => drawPatrols(place, area);
  try {
    const span = new URLSearchParams({ area, from: new Date(now() - DAY_MS).toISOString(), to: new Date(now() + DAY_MS).toISOString(), limit: 200 });
    const [{ patrols }, { plans }] = await Promise.all([read(`/patrols?${span}`), read(`/patrols/plans?${new URLSearchParams({ area })}`)]);
    fill(place,
      h('section', { class: 'o-part' }, h('h3', {}, icon('route'), t('patrol.today'), h('span', { class: 'a-note' }, number(patrols.length))), patrols.length ? h('table', { class: 'a-table o-plain' }, heads('title', 'window', 'worker', 'stops', ''), h('tbody', {}, patrols.map(patrolLine))) : h('p', { class: 'muted' }, t('patrol.none'))),
      h('section', { class: 'o-part' }, h('h3', {}, icon('calendar'), t('patrol.plans'), h('button', { type: 'button', 'data-do': 'plan', onclick: () => plan(area, again) }, icon('plus'), t('patrol.new_plan'))), plans.length ? h('table', { class: 'a-table o-plain' }, heads('title', 'window', 'stops', ''), h('tbody', {}, plans.map(one => planLine(one, again)))) : h('p', { class: 'muted' }, t('patrol.no_plans'))));
  } catch (problem) {
    fill(place, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: again }, t('organisation.again'))));
  }
}

const heads = (...keys) => h('thead', {}, h('tr', {}, keys.map(key => h('th', { scope: 'col' }, key && t(`patrol.${key}`)))));
/** A window within one day names it once. */
const windowOf = one => { const [from, until] = [clock(one.from), clock(one.until)]; return `${from}–${from.slice(0, -5) === until.slice(0, -5) ? until.slice(-5) : until}`; };
const CLASSES = { done: 'o-well', missed: 'o-gap', cancelled: 'zero' };

function patrolLine(one) {
  const walked = h('meter', { min: 0, max: one.stops, value: one.visited, title: t('patrol.share', { n: Math.round(one.share * 100) }) });
  return h('tr', { 'data-id': one.id, 'data-stage': one.stage }, h('th', { scope: 'row' }, h('b', {}, titled(one)), h('small', {}, one.duty_grid_name || one.duty_grid)), h('td', { class: 'o-time' }, windowOf(one)), h('td', {}, one.worker || t('patrol.anybody')),
    h('td', { class: 'o-walked' }, walked, h('span', { class: 'num' }, `${one.visited}/${one.stops}`), h('small', {}, t('patrol.share', { n: Math.round(one.share * 100) }))), h('td', {}, h('span', { class: CLASSES[one.stage] || 'o-soft' }, t(`patrol.stage.${one.stage}`))));
}

const daysOf = days => (days.length === 7 ? t('patrol.every_day') : t('patrol.days', { days: listed(days.map(day => [...t('patrol.weekdays')][day - 1])) }));

function planLine(one, again) {
  return h('tr', { 'data-id': one.id }, h('th', { scope: 'row' }, h('b', {}, one.title), h('small', {}, one.duty_grid_name)), h('td', { class: 'o-time' }, `${daysOf(one.weekdays)} ${one.starts}–${one.ends}`), h('td', {}, t('patrol.cells', { n: one.stops.length }), h('small', {}, t('patrol.share', { n: Math.round(one.share * 100) }))),
    h('td', { class: 'num' }, h('button', { type: 'button', 'data-act': 'end', onclick: () => end(one, again) }, t('patrol.end_plan'))));
}

async function end(one, again) {
  try { await call('POST', `/patrols/plans/${one.id}/acts`, { body: { act: 'end' } }); toast('ok', t('patrol.plan_ended')); } catch (problem) { toast('error', problem.body?.detail || explain(problem)); }
  await again();
}

async function plan(area, again) {
  const { grids } = await read(`/rosters?${new URLSearchParams({ area, days: 1, limit: 500 })}`);
  ask(t('patrol.new_plan'), [field(t('roster.grid'), h('select', { name: 'duty_grid', required: true }, grids.map(one => h('option', { value: one.duty_grid }, one.name))), t('patrol.whole_grid')), field(t('patrol.title'), h('input', { name: 'title', required: true, maxlength: 200 })),
    field(t('patrol.starts'), h('input', { name: 'starts', type: 'time', value: '09:00', required: true })), field(t('patrol.ends'), h('input', { name: 'ends', type: 'time', value: '11:00', required: true })), field(t('patrol.asked'), h('input', { name: 'share', type: 'number', min: 1, max: 100, value: 60, required: true }))], async wanted => {
    await call('POST', '/patrols/plans', { body: { ...wanted, share: Number(wanted.share) / 100 } });
    toast('ok', t('patrol.plan_done'));
    await again();
  }, 'plan-form');
}
