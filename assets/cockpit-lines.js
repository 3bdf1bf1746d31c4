// Lines of the cockpit as SVG: a spark line in a card, and today's signals against yesterday's. Future hours stay blank.

import { t } from './text.js';
import { clock } from './duty-dom.js';

const NS = 'http://www.w3.org/2000/svg';
function s(tag, attributes, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
const path = points => points.map(([x, y], index) => `${index ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

const STEEPEST = 0.08; // of its value a figure moves at least from foot to top of its line: a drift is not drawn as a fall

/** A line of [ms, value] in a 200 × 44 box; `before` is drawn thin behind it on the same scale. '': too few points to be a course. */
export function sparkline(points, before = []) {
  if (points.length < 3 && before.length < 2) return '';
  const all = [...points, ...before], xs = all.map(point => point[0]), ys = all.map(point => point[1]);
  const [x0, x1, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = Math.max(high - low, STEEPEST * Math.max(Math.abs(low), Math.abs(high))) || 1, foot = (low + high - room) / 2;
  const at = ([x, y]) => [((x - x0) / (x1 - x0 || 1)) * 196 + 2, 40 - ((y - foot) / room) * 36];
  const svg = s('svg', { viewBox: '0 0 200 44', preserveAspectRatio: 'none', class: 'spark', 'aria-hidden': 'true' });
  if (before.length > 1) svg.append(s('path', { d: path(before.map(at)), class: 'spark-before' }));
  if (points.length > 1) {
    const drawn = points.map(at);
    svg.append(s('path', { d: `${path(drawn)}L${drawn.at(-1)[0].toFixed(1)} 44L${drawn[0][0].toFixed(1)} 44Z`, class: 'spark-area' }), s('path', { d: path(drawn), class: 'spark-line' }));
  }
  return svg;
}

const hourOf = (ms, timezone) => { const [h, m] = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' }).format(ms).split(':'); return Number(h) + Number(m) / 60; };

/** Every bucket of a span as [hour of the day, n, ms]: a bucket nobody counted in a counted day is 0. The running one is left out. */
function filled(buckets, bucket, from, until) {
  if (!buckets.size) return [];
  const first = Math.min(...buckets.keys()) * 1000, start = first - Math.floor((first - from) / bucket) * bucket, made = [];
  for (let at = start; at + bucket <= until; at += bucket) made.push([(at - start) / 3600e3, buckets.get(at / 1000) || 0, at]);
  return made;
}

/** Signals per bucket over the city's day: today solid until now, yesterday dashed. */
export function dayChart(trend, now, timezone, width, height) {
  const W = Math.max(320, width - 24), H = Math.max(130, height - 12), L = 34, B = 24;
  const bucket = trend.bucket_s * 1000;
  const midnight = now - hourOf(now, timezone) * 3600e3;
  const today = filled(trend.today, bucket, midnight, now), yesterday = filled(trend.yesterday, bucket, midnight - 86400e3, midnight);
  if (!today.length && !yesterday.length) return Object.assign(document.createElement('p'), { className: 'muted no-trend', textContent: t('cockpit.unknown') });
  const top = Math.max(4, ...today.map(point => point[1]), ...yesterday.map(point => point[1])) * 1.12;
  const at = ([hour, n]) => [L + (hour / 24) * (W - L - 8), H - B - (n / top) * (H - B - 10)];
  const svg = s('svg', { viewBox: `0 0 ${W} ${H}`, class: 'day', role: 'img', 'aria-label': t('cockpit.trend') });
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(one => top / one <= 5) || 2000;
  for (let n = 0; n < top; n += step) { const y = at([0, n])[1]; svg.append(s('line', { x1: L, x2: W - 8, y1: y, y2: y, class: 'grid' }), s('text', { x: L - 8, y: y + 4, class: 'tick end' }, String(n))); }
  for (let hour = 0; hour <= 24; hour += 3) svg.append(s('text', { x: at([hour, 0])[0], y: H - 5, class: 'tick' }, String(hour).padStart(2, '0')));
  if (yesterday.length > 1) svg.append(s('path', { d: path(yesterday.map(at)), class: 'day-before' }));
  if (today.length > 1) {
    const drawn = today.map(at), end = drawn.at(-1);
    svg.append(s('path', { d: `${path(drawn)}L${end[0]} ${H - B}L${drawn[0][0]} ${H - B}Z`, class: 'spark-area' }), s('path', { d: path(drawn), class: 'day-line' }), s('circle', { cx: end[0], cy: end[1], r: 4.5, class: 'day-now' }),
      s('text', { x: Math.min(W - 60, Math.max(L + 60, end[0])), y: Math.max(14, end[1] - 12), class: 'day-label' }, `${clock(today.at(-1)[2])} · ${today.at(-1)[1]}`));
  }
  svg.append(s('text', { x: W - 100, y: 14, class: 'legend-today' }, `— ${t('cockpit.today')}`), s('text', { x: W - 8, y: 14, class: 'legend-before' }, `┄ ${t('cockpit.yesterday')}`));
  return svg;
}
