// What an act asks of the officer before it is sent, and how the answers become its body. Draws forms; sends nothing.

import { h, t, word, labelOf, badge, clock, now, openDialog } from './duty-dom.js';
import { metres, partsOf, said, whyOf } from './incident-parts.js';

const WRONG = ['light', 'animal', 'normal', 'hidden', 'other'];
const MOST_INCIDENTS = 100;
const SHELVE_MINUTES = [30, 60, 240, 480];

/** Asks for a note (and what else an act takes); resolves to the fields, or null where it was left. `needed` may depend on the fields. */
export function askNote(title, { needed = false, fields = [], hint = '' } = {}) {
  return new Promise(resolve => {
    let answer = null;
    const must = () => (typeof needed === 'function' ? needed(new FormData(form)) : needed);
    const note = h('textarea', { name: 'note', rows: 3, maxlength: 2000 });
    const form = h('form', { method: 'dialog', class: 'note-form' }, hint && h('p', { class: 'hint' }, hint), fields, h('label', {}, h('span', {}, t('duty.note')), note),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')),
        h('button', { type: 'submit', class: 'primary', 'data-do': 'confirm' }, t('duty.do_it'), h('kbd', {}, 'Ctrl ⏎'))));
    const send = form.querySelector('[data-do=confirm]'), ticks = form.querySelectorAll('[type=checkbox]');
    const demand = () => {
      note.required = must();
      note.placeholder = t(note.required ? 'duty.note_needed' : 'duty.note_optional');
      send.disabled = Boolean(form.querySelector('.none')) || (ticks.length > 0 && ![...ticks].some(one => one.checked));
    };
    form.addEventListener('change', demand);
    form.addEventListener('submit', () => { answer = collect(new FormData(form)); });
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!send.disabled) form.requestSubmit(); } });
    const dialog = openDialog(title, form, 'note');
    dialog.addEventListener('close', () => resolve(answer));
    demand();
    (fields.length ? form.querySelector('select,input') || note : note).focus();
  });
}

/** Fields by name; those whose name ends in [] are lists. Empty ones are left out. */
function collect(data) {
  const found = {};
  for (const [name, value] of data) {
    if (value === '') continue;
    if (name.endsWith('[]')) (found[name.slice(0, -2)] ??= []).push(value);
    else found[name] = value;
  }
  return found;
}

export const choose = (name, label, options, value) => h('label', {}, h('span', {}, label), h('select', { name, required: true },
  options.map(([code, text]) => h('option', { value: code, selected: code === value }, text))));

/** Whether an act is not taken without a note; `needs` are those that demand one, by kind. Why a camera was wrong is chosen: that is a note. */
export function needsNote(needs, kind, noun, name, skips = {}) {
  if (name === 'judge') return data => data.get('verdict') !== 'real';
  if (kind === 'case' && skips[noun.stage]?.includes(name)) return true;
  return (needs[kind] || []).includes(name) && !(name === 'dismiss' && noun.channel === 'video');
}

const personName = one => `${one.title}${one.me ? ` (${t('duty.me')})` : ''} · ${word('desk.role', one.role)} · ${t(one.on_shift ? 'duty.on_shift' : 'duty.off_shift')}`;

/** The parts of an incident as boxes to tick; a report and the alert it raised are one. */
function boxes(noun) {
  const one = ({ kind, row, at, channel }) => h('label', { class: 'box' }, h('input', { type: 'checkbox', name: `${kind}s[]`, value: row.id }), badge(row.severity || 5),
    h('span', {}, row.title, h('small', {}, said(t(`incident.channel.${channel}`), clock(at), whyOf(row.join)))));
  return h('fieldset', { class: 'boxes' }, h('legend', {}, t('duty.split.which')), partsOf(noun).map(one));
}

/** Open incidents to choose from, the nearest first, each with how far it is. */
function nearest(noun, incidents) {
  const far = one => (Number.isFinite(one.lon) && Number.isFinite(noun.lon) ? Math.hypot((one.lon - noun.lon) * Math.cos(noun.lat * Math.PI / 180), one.lat - noun.lat) * 111_195 : Infinity);
  const found = incidents.filter(one => one.id !== noun.id && Boolean(one.drill) === Boolean(noun.drill)).map(one => [far(one), one]).sort((a, b) => a[0] - b[0] || a[1].id - b[1].id);
  return found.slice(0, MOST_INCIDENTS).map(([metresAway, one]) => [one.id, said(`#${one.id} ${one.title}`, Number.isFinite(metresAway) && metres(metresAway))]);
}
const ofIncidents = (name, label, noun, incidents) => { const options = nearest(noun, incidents); return options.length ? choose(name, label, options) : h('p', { class: 'none' }, t('duty.no_other_incident')); };

/** The fields an act takes beside its note. `known` = {people, incidents, config}: whom work can be given to, the open incidents, the page's config. */
export function fieldsOf(name, noun, { people, incidents, config }) {
  const classes = Object.entries(config.classes).map(([code, one]) => [code, `${code} ${labelOf(one)}`]);
  switch (name) {
    case 'dismiss': return noun.channel === 'video' ? [choose('why', t('duty.video.why'), [['', t('duty.video.why_first')], ...WRONG.map(one => [t(`duty.video.why.${one}`), t(`duty.video.why.${one}`)])])] : [];
    case 'classify': case 'open_case': return [choose('class_code', t('duty.class'), classes, noun.class_code)];
    case 'shelve': return [choose('minutes', t('duty.shelve_for'), SHELVE_MINUTES.map(n => [n, n < 60 ? t('desk.span.m', { n }) : t('desk.span.h', { n: n / 60, m: '00' })]))];
    case 'merge': return [ofIncidents('incident_id', t('desk.kind.incident'), noun, incidents)];
    case 'assign': return [choose('account', t('duty.assign.to'), [...people.map(one => [one.account, personName(one)]), ['0', t('duty.assign.nobody')]])];
    case 'judge': return [choose('verdict', t('duty.verdict'), ['false_alarm', 'test', 'real'].map(one => [one, t(`duty.verdict.${one}`)]))];
    case 'retitle': return [h('label', {}, h('span', {}, t('duty.title')), h('input', { name: 'title', required: true, maxlength: 200, value: noun.title }))];
    case 'join': return [ofIncidents('incident', t('duty.join.which'), noun, incidents)];
    case 'split': return [boxes(noun)];
    default: return [];
  }
}

/** The body of an act out of what was filled in. */
export function bodyOf(answer) {
  const { minutes, why, account, incident, incident_id, alerts, reports, ...rest } = answer;
  if (minutes) rest.until = new Date(now() + Number(minutes) * 60e3).toISOString();
  if (why) rest.note = [why, rest.note].filter(Boolean).join('：');
  if (account !== undefined) rest.account = Number(account) || null;
  if (incident) rest.incidents = [Number(incident)];
  if (incident_id) rest.incident_id = Number(incident_id);
  if (alerts) rest.alerts = alerts.map(Number);
  if (reports) rest.reports = reports.map(Number);
  return rest;
}
