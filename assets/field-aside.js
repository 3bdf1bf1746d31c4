// What the server did not take: what it has instead, what was done here and when, and the ways out. Photos, voices and notes stay in the
// phone until their owner sends them as evidence, tries again or throws them away.

import { h, t, word, icon, clock, openDialog, listed } from './duty-dom.js';
import { isCase } from './field-outgoing.js';

const MOST_WORDS = 1900; // of a comment

/** Why, in the worker's words: what another did is no fault of his. */
export function reasonOf(problem, blob, config) {
  if (!problem) return t('field.aside.held');
  const { status, stage, handler, handler_id: by, last } = problem, kind = problem.type.split(':').at(-1);
  if (blob && (status === 413 || kind === 'too_large')) return t('field.aside.photo_large');
  if (blob && status === 422) return t('field.aside.photo_unreadable');
  if (by && by !== config.account && [403, 409, 412].includes(status)) return t('field.aside.others', { who: handler || t('field.somebody'), stage: word('desk.stage', stage) });
  if ([409, 412].includes(status)) return last ? t('field.aside.moved', { who: last.actor, act: word('desk.act', last.act), at: clock(last.at), stage: word('desk.stage', stage) }) : t('field.aside.stage', { stage: word('desk.stage', stage) });
  if (status === 404) return t('field.aside.gone');
  return t('field.aside.refused', { why: problem.detail });
}

const nameOf = one => (one.blob ? t(one.blob.type.startsWith('audio/') ? 'field.voice_one' : 'field.photo_one') : one.body?.act ? word('desk.act', one.body.act) : t(one.body?.fixes ? 'field.patrol.check_in' : 'field.report'));

/** What was done here, as one sentence for the record. */
export function wordsOf(set) {
  const done = set.filter(one => one.body).map(one => [clock(one.done_at), nameOf(one), one.body.note && `“${one.body.note}”`].filter(Boolean).join(' '));
  const media = set.filter(one => one.blob).length;
  return t('field.aside.words', { done: listed([...done, ...(media ? [t('field.aside.media', { n: media })] : [])], '；') }).slice(0, MOST_WORDS);
}

export function asideCard(app, row, set) {
  const first = set.find(one => one.state === 'refused') || set[0], problem = first.problem, shots = app.outgoing.asMedia(set.filter(one => one.blob?.type.startsWith('image/')));
  const ofCase = isCase(row.number);
  const fact = (title, ...words) => h('div', { class: 'fact' }, h('span', {}, title), h('div', {}, words));
  return h('section', { class: 'aside', 'data-panel': 'conflict', 'data-status': problem?.status || '', role: 'alert' },
    h('h2', {}, icon('triangle-alert'), t(problem && [403, 409, 412].includes(problem.status) ? 'field.aside.title' : 'field.aside.title_refused')),
    h('p', { class: 'aside-why' }, reasonOf(problem, first.blob, app.config)),
    problem?.stage && fact(t('field.aside.server'), h('b', {}, word('desk.stage', problem.stage)), problem.handler && h('span', {}, t('field.aside.handler', { who: problem.handler })), problem.last && h('span', {}, `${clock(problem.last.at)} ${problem.last.actor} ${word('desk.act', problem.last.act)}`)),
    fact(t('field.aside.here'), h('ol', {}, set.map(one => h('li', { 'data-state': one.state }, h('b', { class: 'num' }, clock(one.done_at)), ` ${nameOf(one)}`, one.body?.note && h('q', {}, one.body.note))))),
    shots.length > 0 && h('div', { class: 'aside-shots' }, shots.map(one => h('img', { src: one.url, alt: t('field.photo_one') }))),
    h('p', { class: 'aside-safe' }, icon('save'), t('field.aside.safe')),
    h('div', { class: 'aside-acts' },
      ofCase && h('button', { type: 'button', class: 'main', 'data-do': 'evidence', onclick: event => give(app, row, set, event.currentTarget) }, icon('send'), h('span', {}, t('field.aside.evidence'))),
      h('button', { type: 'button', class: ofCase ? 'second' : 'main', 'data-do': 'retry', onclick: event => { event.currentTarget.disabled = true; app.outgoing.retry(row.number).then(() => app.draw()); } }, icon('repeat'), h('span', {}, t('field.aside.retry'))),
      h('button', { type: 'button', class: 'quiet', 'data-do': 'forget', onclick: () => forget(app, row) }, icon('trash-2'), h('span', {}, t('field.aside.forget')))));
}

async function give(app, row, set, button) {
  button.disabled = true;
  const safe = await app.outgoing.giveAsEvidence(row.number, wordsOf(set));
  if (safe === null) return;
  app.tell(safe, t(navigator.onLine ? 'field.aside.given' : 'field.kept'));
  app.draw();
}

function forget(app, row) {
  const sure = h('div', { class: 'sheet-list' }, h('p', {}, t('field.aside.sure')),
    h('button', { type: 'button', class: 'side wide danger', 'data-do': 'sure', onclick: async () => { dialog.close(); await app.outgoing.forget(row.number); app.draw(); } }, icon('trash-2'), h('span', {}, t('field.aside.forget'))));
  const dialog = openDialog(t('field.aside.forget'), sure, 'sure');
}
