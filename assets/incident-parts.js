// The parts of an incident in the order of their time, and in words why each is in it. Decides only how they are told; draws nothing.

import { t, number, span } from './duty-dom.js';

export const SYMBOL = { sensor: 'gauge', video: 'video', hotline: 'phone', collector: 'user', public: 'megaphone', leader: 'flag', transfer: 'share-2', weather: 'cloud', rule: 'layers' };

export const metres = n => (n >= 1000 ? t('incident.km', { n: number(n / 1000, 1) }) : t('incident.m', { n: Math.round(n) }));
/** What is told of one thing, in one line; what is not known is left out. */
export const said = (...words) => words.filter(Boolean).join(' · ');

/** Why a part is in it, in words: how far and how long after, of which part it is nearest. */
export function whyOf(join, titles = new Map()) {
  if (!join) return '';
  const { reason = {} } = join, near = reason.with && titles.get(`${reason.with.kind} ${reason.with.id}`);
  return said(
    join.by_hand ? t('incident.why.hand', { by: join.by }) : reason.class ? t(`incident.why.${reason.class}`) : t('incident.why.old'),
    Number.isFinite(reason.distance_m) && t('incident.why.far', { far: metres(reason.distance_m), limit: metres(reason.radius_m) }),
    reason.apart_s > 0 && t('incident.why.later', { span: span(reason.apart_s) }),
    near && t('incident.why.near', { title: near, far: metres(reason.with.distance_m) }), reason.note);
}

/** The parts in the order of their time, each with its channel. A report and the alert it raised are one thing: the report's words, the
 *  alert's severity, and of both the reason that says more. */
export function partsOf(noun) {
  const raised = new Map((noun.alerts || []).filter(row => row.report_id).map(row => [row.report_id, row]));
  const told = new Set((noun.reports || []).map(row => row.id));
  const reports = (noun.reports || []).map(row => { const alert = raised.get(row.id); return { kind: 'report', row: { ...row, severity: alert?.severity || row.severity, join: saysMore(row.join, alert?.join) }, at: row.observed_at, channel: row.channel }; });
  const alerts = (noun.alerts || []).filter(row => !told.has(row.report_id)).map(row => ({ kind: 'alert', row, at: row.observed_at, channel: row.device ? 'sensor' : 'rule' }));
  return [...alerts, ...reports].sort((one, other) => Date.parse(one.at) - Date.parse(other.at) || one.row.id - other.row.id);
}
const saysMore = (own, other) => (!other || (own && own.reason?.class !== 'report') ? own : other);
