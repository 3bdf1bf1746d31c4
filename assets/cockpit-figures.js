// The six figures of the cockpit, each with numerator and denominator, from the sums over streets. Pure: no DOM, no network.

import { t } from './text.js';

const DAY_S = 86400;
const many = n => n?.toLocaleString('en-US') ?? '—';
const share = (n, of) => (of > 0 ? (100 * n) / of : null);

/** Open alerts of the four warning levels; notices (silent devices) are told beside them, not among them. */
const signalsOf = alerts => [1, 2, 3, 4].reduce((sum, level) => sum + (alerts?.[level] || 0), 0);

/** Signals of a day up to a moment of it; null while the day has no bucket at all. `shift` seconds bring yesterday's buckets to today. */
export function signalsUntil(buckets, until) {
  if (!buckets.size) return null;
  let sum = 0;
  for (const [at, n] of buckets) if (at <= until) sum += n;
  return sum;
}

/** `{name: {name, value, decimals, of, why, good, …}}`. `good`: 1 where more is better, -1 where less is, 0 where neither. */
export function sixFigures(state, total, now) {
  const alerts = signalsOf(total.alerts);
  const today = signalsUntil(state.trend.today, now / 1000), yesterday = signalsUntil(state.trend.yesterday, now / 1000 - DAY_S);
  const [seconds, answered] = total.response;
  const unknown = t('cockpit.unknown');
  const list = [
    { name: 'signals', value: today ?? (total.known ? 0 : null), decimals: 0, yesterday, good: 0, of: yesterday === null ? t('cockpit.no_yesterday') : t('cockpit.of.signals', { n: yesterday }), why: unknown,
      line: cumulated(state.trend.today, now / 1000), before: cumulated(state.trend.yesterday, Infinity).map(([at, n]) => [at + DAY_S * 1000, n]) },
    { name: 'alerts', value: total.known ? alerts : null, decimals: 0, good: -1, levels: total.known ? [1, 2, 3, 4, 5].map(level => total.alerts[level]) : null, alarm: total.alerts[1] > 0, of: t('cockpit.of.alerts', { n: total.unack ?? '—' }), why: unknown },
    { name: 'cases', value: total.cases_open, decimals: 0, good: 0, alarm: total.cases_overdue > 0, of: t('cockpit.of.cases', { n: total.cases_overdue ?? '—' }), why: unknown },
    { name: 'in_time', value: total.due_today === null ? null : share(total.closed_in_time, total.due_today), decimals: 1, good: 1, of: t('cockpit.of.in_time', { n: many(total.closed_in_time), of: many(total.due_today) }), why: total.due_today === 0 ? t('cockpit.unknown.no_due') : unknown },
    { name: 'response', value: answered > 0 ? seconds / answered / 60 : null, decimals: 1, good: -1, of: t('cockpit.of.response', { of: answered }), why: total.known ? t('cockpit.unknown.no_response') : unknown },
    { name: 'online', value: total.devices === null ? null : share(total.online, total.devices), decimals: 1, good: 1, of: t('cockpit.of.online', { n: many(total.online), of: many(total.devices) }), why: unknown },
  ];
  return Object.fromEntries(list.map(figure => [figure.name, figure]));
}

function cumulated(buckets, until) {
  let sum = 0;
  return [...buckets].filter(([at]) => at <= until).sort((a, b) => a[0] - b[0]).map(([at, n]) => [at * 1000, (sum += n)]);
}

/** One row a street, gravest first. */
export function streetRows(state) {
  const rows = [...state.streets].map(([street, figures]) => ({
    street, alerts: signalsOf(figures.alerts), grave: (figures.alerts?.[1] || 0) + (figures.alerts?.[2] || 0), cases: figures.cases_open ?? null,
    overdue: figures.cases_overdue ?? null, online: share(figures.online, figures.devices), devices: figures.devices,
  }));
  return rows.filter(row => row.street || row.alerts || row.cases || row.devices).sort((a, b) => b.grave - a.grave || b.alerts - a.alerts || a.street.localeCompare(b.street));
}

/** good, fair, bad or unknown. A vital sign whose bad limit lies below its good one is better the higher it is. */
export function vitalState(value, { good, bad }) {
  if (value === null || good === null || bad === null) return value === null ? 'unknown' : 'good';
  const sign = bad < good ? -1 : 1;
  if (value * sign >= bad * sign) return 'bad';
  return value * sign <= good * sign ? 'good' : 'fair';
}
