// Who stands in for whom: those of the last and the next days, ending one early, and the form for a new one.

import { h, t, fill, icon, clock, now, toast } from './duty-dom.js';
import { read, call, explain } from './duty-call.js';
import { ask, field } from './admin-unit.js';

const DAY_MS = 86_400_000;

export async function drawSubstitutions(place, area, people) {
  const again = () => drawSubstitutions(place, area, people);
  try {
    const span = new URLSearchParams({ from: new Date(now() - 7 * DAY_MS).toISOString(), to: new Date(now() + 60 * DAY_MS).toISOString() });
    const rows = (await read(`/substitutions?${span}`)).substitutions.filter(one => one.area.startsWith(area) || area.startsWith(one.area));
    fill(place, h('div', { class: 'o-bar' }, h('button', { type: 'button', class: 'primary', 'data-do': 'substitute', onclick: () => substitute(area, people, again) }, icon('plus'), t('substitution.new'))),
      rows.length ? h('table', { class: 'a-table o-plain' }, h('thead', {}, h('tr', {}, ['for', 'stand_in', 'from', 'until', 'why', 'by', ''].map(key => h('th', { scope: 'col' }, key && t(`substitution.${key}`))))), h('tbody', {}, rows.map(one => line(one, again))))
        : h('div', { class: 'a-none' }, icon('repeat'), h('span', {}, t('substitution.none'))));
  } catch (problem) {
    fill(place, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: again }, t('organisation.again'))));
  }
}

function line(one, again) {
  return h('tr', { 'data-id': one.id }, h('th', { scope: 'row' }, h('b', {}, one.for)), h('td', {}, one.stand_in), h('td', { class: 'o-time' }, clock(one.from)), h('td', { class: 'o-time' }, clock(one.ended_at || one.until)), h('td', {}, one.why), h('td', {}, one.by),
    h('td', { class: 'num' }, h('span', { class: `a-mark ${one.state === 'active' ? 'a-own' : ''}` }, t(`substitution.state.${one.state}`)), one.state !== 'over' && h('button', { type: 'button', 'data-act': 'end', onclick: () => end(one, again) }, t('substitution.end'))));
}

async function end(one, again) {
  try { await call('POST', `/substitutions/${one.id}/acts`, { body: { act: 'end' } }); toast('ok', t('substitution.ended')); } catch (problem) { toast('error', problem.body?.detail || explain(problem)); }
  await again();
}

async function substitute(area, people, again) {
  const known = await people(area);
  const who = name => h('select', { name, required: true }, h('option', { value: '' }, t('roster.choose')), known.map(one => h('option', { value: one.account }, `${one.title} · ${one.unit}`)));
  const local = at => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  ask(t('substitution.new'), [field(t('substitution.for'), who('for')), field(t('substitution.stand_in'), who('stand_in')), field(t('substitution.from'), h('input', { name: 'from', type: 'datetime-local', value: local(now()), required: true })),
    field(t('substitution.until'), h('input', { name: 'until', type: 'datetime-local', value: local(now() + DAY_MS), required: true })), field(t('substitution.why'), h('input', { name: 'why', required: true, maxlength: 500 }))], async wanted => {
    await call('POST', '/substitutions', { body: { for: Number(wanted.for), stand_in: Number(wanted.stand_in), from: new Date(wanted.from).toISOString(), until: new Date(wanted.until).toISOString(), why: wanted.why } });
    toast('ok', t('substitution.done'));
    await again();
  }, 'substitution-form');
}
