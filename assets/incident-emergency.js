// The emergency of an incident: what is declared, its plan, who was sent and where they are, the log, and briefs. Every act is offered by
// the server; what it takes is asked here and sent with the version that was shown.

import { h, t, fill, icon, clock, span, now, language, toast } from './duty-dom.js';
import { call, read, explain } from './duty-call.js';
import { askNote, choose } from './duty-fields.js';
import { metres, said } from './incident-parts.js';

const ROMAN = ['I', 'II', 'III', 'IV'];
const TASK_ICON = { accept: 'check', set_out: 'truck', arrive: 'map-pinned', report: 'message-square', finish: 'check-check', refuse: 'ban', cancel: 'undo-2' };
const ENDED = ['done', 'refused', 'cancelled'];

const level = n => t('emergency.level_n', { level: ROMAN[n - 1] });
const labelOf = one => (language() === 'en' ? one.label_en || one.label : one.label);
const KIND_ICON = { equipment: 'truck', material: 'package', shelter: 'tent', hospital: 'heart-pulse', expert: 'user' };

/** `{load()}`; `slot` and `note` are the panel's; `place()` gives {lon, lat} of the incident or null. */
export function makeEmergency(slot, note, config, place) {
  const id = config.incident;
  let shown = null, library = { plans: [], types: {} }, busy = false;

  async function load() {
    try {
      if (!library.plans.length) library = await read('/plans');
      shown = await read(`/incidents/${id}/emergency`);
      draw();
    } catch (problem) { fill(slot, h('p', { class: 'i-none' }, explain(problem))); }
  }

  function draw() {
    const standing = shown.emergency, buttons = config.desk ? shown.acts.filter(name => name !== 'task').map(button) : [];
    note.textContent = standing ? said(standing.ended_at ? t('emergency.ended', { at: clock(standing.ended_at) }) : level(standing.level), typeName(standing.type), planName(standing.plan)) : '';
    slot.closest('.i-panel').dataset.level = standing && !standing.ended_at ? standing.level : '';
    fill(slot, !standing && h('p', { class: 'i-none' }, t('emergency.none'), shown.proposed[0] && h('span', {}, ` · ${t('emergency.proposed', { plan: labelOf(shown.proposed[0]), level: ROMAN[shown.proposed[0].level - 1] })}`)),
      standing && tasks(), standing && log(),
      h('footer', { class: 'e-acts' }, buttons, shown.acts.includes('task') && config.desk && h('button', { type: 'button', class: 'act', 'data-act': 'task', onclick: giveTask }, icon('user-plus'), h('span', {}, t('emergency.task_new'))),
        config.desk && h('button', { type: 'button', class: 'act', 'data-act': 'brief', onclick: writeBrief }, icon('file-text'), h('span', {}, t('emergency.brief'))), briefs()));
  }

  const LOOK = { declare: 'siren', set_level: 'gauge', activate: 'list-checks', note: 'pencil', end: 'square-check' };
  const button = name => h('button', { type: 'button', class: `act ${name === 'declare' || (name === 'activate' && !shown.emergency?.plan) ? 'primary' : ''}`, 'data-act': name, onclick: () => run(name) }, icon(LOOK[name]), h('span', {}, t(`emergency.${name}`)));
  const typeName = code => (library.types[code] ? labelOf(library.types[code]) : code);
  const planName = code => { const found = library.plans.find(one => one.plan === code); return found ? labelOf(found) : code; };
  /** What a plan's step asks for, in the reader's language; a task that was given by hand is in its giver's. */
  const stepName = title => (language() === 'en' && library.plans.flatMap(one => one.steps).find(one => one.title === title)?.title_en) || title;
  const briefs = () => shown.briefs.slice(0, 3).map(one => h('span', { class: 'e-brief' }, h('a', { href: `/api/v1/briefs/${one.id}/paper.html?lang=${language()}`, target: '_blank', rel: 'noopener' }, icon('file-text'), t('emergency.brief_n', { n: one.number, at: clock(one.written_at) })), h('a', { href: `/api/v1/briefs/${one.id}/paper.pdf?lang=${language()}` }, 'PDF')));

  function tasks() {
    const rows = shown.tasks, done = rows.filter(one => one.stage === 'done').length, late = rows.filter(one => one.overdue).length;
    if (!rows.length) return h('p', { class: 'i-none' }, t('emergency.tasks_none'));
    return h('div', { class: 'e-tasks' }, h('p', { class: 'muted' }, t('emergency.done_n', { n: rows.length, done, late })), h('ul', { class: 'i-list' }, rows.map(task)));
  }

  function task(one) {
    const open = !ENDED.includes(one.stage), left = one.due_at ? (Date.parse(one.due_at) - now()) / 1000 : NaN;
    const due = open && Number.isFinite(left) ? (left < 0 ? t('emergency.over') : t('emergency.left', { span: span(left) })) : '';
    return h('li', { 'data-id': one.id, 'data-stage': one.stage, class: open && left < 0 ? 'late' : '' }, icon(KIND_ICON[one.kind] || 'users'),
      h('span', {}, h('b', {}, stepName(one.title)), h('small', {}, said((language() === 'en' && (one.resource_en || one.unit_en)) || one.resource || one.unit || t('brief.nobody'), due, one.feedback))),
      h('span', { class: 'e-task' }, h('span', { class: `stage stage-${one.stage}` }, t(`brief.task.${one.stage}`)), config.desk && one.acts.map(name => h('button', { type: 'button', class: 'mini', 'data-act': name, title: t(`brief.act.${name}`), 'aria-label': `${t(`brief.act.${name}`)} · ${stepName(one.title)}`, onclick: () => actOnTask(one, name) }, icon(TASK_ICON[name] || 'circle-dot')))));
  }

  function log() {
    const lines = [...shown.log].reverse().slice(0, 30);
    const words = one => (one.kind === 'task' ? t('brief.log.task', { task: stepName(one.detail.title), act: t(`brief.act.${one.detail.act}`), team: one.detail.resource || '' }) : t(`brief.log.${one.kind}`, { level: one.detail.level ? ROMAN[one.detail.level - 1] : '', plan: planName(one.detail.plan) || '' }));
    return h('details', { class: 'e-log' }, h('summary', {}, t('emergency.log'), h('small', {}, ` ${shown.log.length}`)), h('ol', {}, lines.map(one => h('li', {}, h('time', {}, clock(one.at)), h('span', {}, said(words(one), one.text)), h('small', {}, one.by)))));
  }

  async function run(name) {
    const levels = ROMAN.map((one, index) => [index + 1, level(index + 1)]), proposed = shown.proposed[0], standing = shown.emergency;
    const fields = { declare: () => [choose('type', t('emergency.type'), Object.entries(library.types).map(([code, one]) => [code, labelOf(one)]), proposed?.type), choose('level', t('emergency.level'), levels, proposed?.level ?? 4)],
      set_level: () => [choose('level', t('emergency.level'), levels, standing.level)],
      activate: () => [choose('plan', t('emergency.plan'), library.plans.map(one => [one.plan, labelOf(one)]), proposed?.plan)] }[name]?.() || [];
    const answer = await askNote(t(`emergency.${name}`), { needed: name !== 'activate', fields });
    if (!answer) return;
    if (answer.level) answer.level = Number(answer.level);
    await send('POST', `/incidents/${id}/emergency`, { act: name, ...answer }, t(`emergency.${name}`), standing && `"${standing.version}"`);
  }

  async function giveTask() {
    const at = place(), near = at ? (await read(`/resources?lon=${at.lon}&lat=${at.lat}&n=30`).catch(() => ({ resources: [] }))).resources : [];
    const options = [['', t('brief.nobody')], ...near.map(one => [one.id, said(one.name, t(`brief.kind.${one.kind}`), metres(one.distance_m), one.busy && t('emergency.busy'))])];
    const title = h('label', {}, h('span', {}, t('emergency.task_title')), h('input', { name: 'title', required: true, maxlength: 200 }));
    const due = h('label', {}, h('span', {}, t('emergency.task_due')), h('input', { name: 'minutes', type: 'number', min: 1, max: 1440, value: 30 }));
    const who = h('label', {}, h('span', {}, t('emergency.task_to')), h('select', { name: 'resource' }, options.map(([code, text]) => h('option', { value: code }, text))));
    const answer = await askNote(t('emergency.task_new'), { fields: [title, who, due] });
    if (!answer) return;
    const body = { title: answer.title, text: answer.note || '', ...(answer.resource ? { resource_id: Number(answer.resource), also: near.some(one => one.id === Number(answer.resource) && one.busy) } : {}), ...(answer.minutes ? { due_at: new Date(now() + answer.minutes * 60_000).toISOString() } : {}) };
    await send('POST', `/incidents/${id}/tasks`, body, t('emergency.task_new'));
  }

  async function actOnTask(one, name) {
    const asks = ['refuse', 'cancel', 'report', 'finish'].includes(name);
    const answer = asks ? await askNote(`${t(`brief.act.${name}`)} · ${stepName(one.title)}`, { needed: true }) : {};
    if (answer) await send('POST', `/tasks/${one.id}/acts`, { act: name, ...answer }, t(`brief.act.${name}`), `"${one.version}"`);
  }

  const writeBrief = () => send('POST', `/incidents/${id}/briefs`, {}, t('emergency.brief'));

  async function send(method, path, body, said_, etag) {
    if (busy) return;
    busy = true;
    try {
      await call(method, path, { body, etag });
      toast('ok', t('emergency.did', { act: said_ }));
    } catch (problem) { toast('error', explain(problem)); } finally { busy = false; }
    await load();
  }

  return { load };
}
