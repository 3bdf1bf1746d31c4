// What a report is judged by: of a camera's candidate its picture, how sure the algorithm was and how often it and the camera were wrong;
// of a complaint those it may repeat and why. Counts and likeness are the server's; which acts there are is its word too.

import { h, t, word, fill, icon, clock, span, known, labelOf, endedPicture, titled } from './duty-dom.js';
import { read, rowsOf, explain } from './duty-call.js';

const KEPT_MS = 60e3;
const TOLD_BY_PEOPLE = ['hotline', 'collector', 'public', 'leader', 'transfer']; // only they repeat each other: a camera says the same all day
let asked = null;

/** What people said of this camera's or algorithm's candidates, as the server names them: `{name, percent, numerator, denominator}`, `few`
 *  where fewer than `least` were decided: of them no rate is told. */
export function rateOf(verdicts, report, by, least) {
  const name = nameOf(report, by);
  const row = verdicts.find(one => one.source === report.source && (one[by] || '') === name && Boolean(one.simulated) === Boolean(report.simulated));
  const { numerator = 0, denominator = 0, percent = null } = row || {};
  return { name, numerator, denominator, percent, few: denominator < least || percent === null };
}

/** The camera or algorithm as `GET /reports/verdicts` names it. */
export function nameOf({ extra = {} }, by) {
  return String((by === 'camera' ? extra.camera : extra.algorithm ?? (extra.label || extra.type)) ?? '');
}

/** Which act makes one of two: into the other's incident, the other into ours, or one case for both; else why none does.
 *  `incidents` are the open ones by id. */
export function mergeOf(report, like, incidents) {
  const ended = one => one.stage === 'dismissed' || one.stage === 'merged';
  if (report.incident_id && report.incident_id === like.incident_id) return { way: 'same', incident_id: like.incident_id };
  if (report.stage === 'dismissed' || (report.stage === 'merged' && like.incident_id)) return { way: 'ended' };
  if (like.incident_id) return incidents.has(like.incident_id) ? { way: 'into', incident_id: like.incident_id } : { way: 'closed', incident_id: like.incident_id };
  if (ended(like)) return { way: 'ended' };
  if (report.incident_id) return incidents.has(report.incident_id) ? { way: 'here', incident_id: report.incident_id } : { way: 'closed', incident_id: report.incident_id };
  return { way: 'case' };
}

/** What people made of a report, from its audit: who, when, which act, why; null while nobody has. */
export const verdictOf = report => [...(report.audit || [])].reverse().find(row => ['confirm', 'dismiss', 'merge'].includes(row.act)) || null;

/** Of a camera the words are 属实 and 误报, whatever the table calls them. */
/** A case is taken on, a row of the desk is claimed: the same act, two words. */
export const actWord = (noun, act) => (noun?.channel === 'video' && known(`duty.video.${act}`) ? t(`duty.video.${act}`) : act === 'take' && !noun?.number ? t('duty.act.claim') : known(`duty.act.${act}`) ? t(`duty.act.${act}`) : word('desk.act', act));
export const stageWord = (report, stage = report.stage) => (report.channel === 'video' && known(`duty.video.stage.${stage}`) ? t(`duty.video.stage.${stage}`) : word('desk.stage', stage));

/** Verdicts of the last 30 days by camera and algorithm; kept for a minute, or until one was given here. */
function readVerdicts() {
  if (!asked || Date.now() - asked.at > KEPT_MS) {
    const one = by => read(`/reports/verdicts?by=${by}`).then(data => rowsOf(data, 'verdicts'));
    asked = { at: Date.now(), rows: Promise.all([one('camera'), one('algorithm')]) };
    asked.rows.catch(() => { asked = null; });
  }
  return asked.rows;
}
export const forgetVerdicts = () => { asked = null; };

/** `{address}` of a picture we hold, `{elsewhere}` where the source keeps it. */
export function pictureOf(address) {
  if (address.startsWith('/api/v1/media/')) return { address };
  if (!/[/:]/.test(address)) return { address: `/api/v1/media/${address}` };
  return { elsewhere: address };
}

export function shot(told, caption) {
  const { address, elsewhere } = pictureOf(told);
  if (elsewhere) return /^https?:/.test(elsewhere) ? h('a', { class: 'link', href: elsewhere, target: '_blank', rel: 'noreferrer noopener' }, icon('external-link'), t('duty.picture_elsewhere'))
    : h('span', { class: 'muted elsewhere', title: elsewhere }, icon('external-link'), t('duty.picture_at', { path: elsewhere }));
  const image = h('img', { src: address, alt: caption, loading: 'lazy', onerror: () => image.replaceWith(h('span', { class: 'muted' }, t('duty.picture_gone'))) });
  return h('a', { href: address, target: '_blank', rel: 'noopener', class: 'picture' }, image);
}

/** Draws a camera's candidate into `node`. */
export async function drawCandidate(node, report, { least, still }) {
  const rates = { camera: h('span', { class: 'rate muted' }, t('desk.loading')), algorithm: h('span', { class: 'rate muted' }, t('desk.loading')) };
  const sure = report.confidence ?? null, said = report.extra?.dismissed, ended = (report.pictures || []).filter(one => one.ended_at);
  const bar = h('i', { class: 'sure-bar' }, h('i', {}));
  if (sure !== null) bar.firstChild.style.width = `${Math.round(sure * 100)}%`;
  fill(node, h('div', { class: 'candidate-picture' }, (report.media || []).length || ended.length ? [(report.media || []).map(one => shot(String(one), t('duty.snapshot'))), ended.map(endedPicture)] : h('div', { class: 'no-photo' }, icon('image'), t('duty.video.no_picture'))),
    h('dl', { class: 'candidate-facts' },
      h('div', { class: 'fact' }, h('dt', {}, t('duty.fact.confidence')), h('dd', {}, h('b', { class: 'num sure', 'data-figure': 'confidence', 'data-value': sure, 'data-age': 0 }, sure === null ? '—' : `${Math.round(sure * 100)} %`), sure === null ? h('span', { class: 'muted' }, t('duty.video.no_confidence')) : bar)),
      ['camera', 'algorithm'].map(by => h('div', { class: 'fact', 'data-by': by }, h('dt', {}, t(`duty.video.${by}`)), h('dd', {}, h('b', {}, nameOf(report, by) || t('duty.video.unnamed')), rates[by]))),
      said && h('div', { class: 'fact' }, h('dt', {}, t('duty.video.source_said')), h('dd', {}, t('duty.video.taken_back')))),
    verdict(report));
  try {
    const [camera, algorithm] = await readVerdicts();
    if (still()) for (const [by, rows] of [['camera', camera], ['algorithm', algorithm]]) drawRate(rates[by], rateOf(rows, report, by, least));
  } catch (problem) {
    if (still()) for (const rate of Object.values(rates)) fill(rate, explain(problem));
  }
}

function drawRate(node, { name, numerator, denominator, percent, few }) {
  node.classList.toggle('muted', few || !name);
  Object.assign(node.dataset, { figure: 'false-positive-rate', value: few || !name ? '' : percent, age: 0 });
  const values = { n: denominator, wrong: numerator, percent: Math.round(percent) };
  fill(node, name ? t(few ? 'duty.video.few' : 'duty.video.rate', values) : '');
}

function verdict(report) {
  const told = verdictOf(report);
  if (!told) return null;
  return h('p', { class: `became became-${told.act}`, 'data-became': report.stage }, icon(told.act === 'dismiss' ? 'ban' : 'badge-check'),
    t('duty.became', { stage: stageWord(report), who: told.actor || t('desk.system'), at: clock(told.at, true) }), told.note && h('q', {}, told.note));
}

/** Draws what a complaint may repeat; false where nobody told it. `incidents` are the open ones by id, `merge(like, way)` does what
 *  the button says, `open(like)` shows the other. */
export function drawAlike(node, report, { incidents, classes, may, merge, open }) {
  const alike = report.alike || [], told = verdictOf(report);
  if (!TOLD_BY_PEOPLE.includes(report.channel)) return false;
  const rows = alike.map((like, index) => {
    const plan = mergeOf(report, like, incidents), key = String(index + 1);
    return h('li', { 'data-id': like.id, 'data-kind': 'report' },
      h('div', { class: 'alike-words' }, h('button', { type: 'button', class: 'link', onclick: () => open(like) }, titled(like)),
        h('p', { class: 'why' }, h('b', { class: 'num', 'data-figure': 'distance', 'data-value': like.reason.distance_m, 'data-age': 0 }, t('duty.alike.metres', { n: Math.round(like.reason.distance_m) })),
          h('b', { class: 'num', 'data-figure': 'apart', 'data-value': Math.round(like.reason.apart_s / 60), 'data-age': 0 }, t(Date.parse(like.observed_at) <= Date.parse(report.observed_at) ? 'duty.alike.before' : 'duty.alike.after', { span: span(like.reason.apart_s) })),
          h('span', {}, like.reason.same_class ? t('duty.alike.same_class', { class: labelOf(classes[like.class_code]) || like.class_code }) : t('duty.alike.family', { class: labelOf(classes[like.class_code]) || like.class_code })),
          h('span', {}, t('duty.alike.text', { percent: Math.round(like.score * 100) })))),
      h('span', { class: `stage stage-${like.stage}` }, word('desk.stage', like.stage)),
      may && ['into', 'here', 'case'].includes(plan.way)
        ? h('button', { type: 'button', class: 'act', 'data-act': `merge-${plan.way}`, 'data-key': key, onclick: () => merge(like, plan) }, icon('git-merge'), h('span', {}, t(`duty.alike.${plan.way}`, { id: plan.incident_id || '' })), h('kbd', {}, key))
        : h('span', { class: 'muted' }, ['same', 'closed', 'ended'].includes(plan.way) ? t(`duty.alike.${plan.way}`, { id: plan.incident_id || '' }) : ''));
  });
  fill(node, told?.act === 'merge' && h('p', { class: 'became became-merge', 'data-became': 'merged' }, icon('git-merge'), t('duty.became_merged', { id: report.incident_id, who: told.actor || t('desk.system'), at: clock(told.at, true) })), 
    rows.length ? h('ul', { class: 'alike' }, rows) : h('p', { class: 'muted' }, t(report.class_code && report.placement === 'inside' ? 'duty.alike.none' : 'duty.alike.cannot')));
  return true;
}
