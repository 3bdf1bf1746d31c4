// What changed since I left: told by the server from the end of my visit before this one, on whatever device that was.

import { h, t, fill, icon, badge, clock, number, labelOf, titleOf } from './duty-dom.js';
import { call, read } from './duty-call.js';
import { light } from './cockpit-figure.js';

const DAY = 86400e3;
const COUNTS = ['incidents', 'cases_opened', 'cases_closed', 'cases_overdue', 'hotline', 'orders_answered', 'orders_overdue'];
const BAD = new Set(['cases_overdue', 'orders_overdue']);

const LOOK_MS = 300_000; // the server ends a visit after a quarter of an hour without a look

/** A function that notes that I look, every five minutes, and reads what happened since I last did before; the first time: of the last day. */
export function makeSince() {
  let left = null, lookedAt = -Infinity;
  return async now => {
    if (now - lookedAt > LOOK_MS) {
      left = (await call('POST', '/cockpit/visits')).data.left_at;
      lookedAt = now;
    }
    return { first: !left, ...(await read(`/cockpit/changes?from=${encodeURIComponent(left || new Date(now - DAY).toISOString())}`)) };
  };
}

export function drawSince(slots, told, signs, rules) {
  const { counts, score } = told, rung = [1, 2, 3, 4].filter(level => counts.alerts[level]), nothing = !Object.values(counts.alerts).some(Boolean) && !COUNTS.some(name => counts[name]) && !told.signs.length;
  fill(slots['since-note'], told.first ? t('cockpit.since.first') : t('cockpit.since.from', { at: clock(told.from) }));
  const names = Object.fromEntries(signs.map(sign => [sign.sign, labelOf(sign)]));
  const chip = (name, n) => n > 0 && h('li', { class: BAD.has(name) ? 'grave' : '' }, h('b', { class: 'num', 'data-figure': `since-${name}`, 'data-value': n, 'data-age': 0 }, number(n, 0)), t(`cockpit.since.${name}`));
  fill(slots.since,
    score.then?.score !== null && score.then && score.now?.score !== null && score.now && h('p', { class: 'since-score' }, t('cockpit.since.score'), h('b', { class: 'num' }, number(score.then.score, 1)), icon('arrow-right'), h('b', { class: 'num' }, number(score.now.score, 1)), light(score.now.light)),
    h('ul', { class: 'since-counts' }, rung.length > 0 && h('li', {}, rung.map(level => h('span', { class: 'since-level' }, badge(level), h('b', { class: 'num' }, number(counts.alerts[level], 0)))), t('cockpit.since.alerts')), COUNTS.map(name => chip(name, counts[name]))),
    told.signs.length > 0 && h('ul', { class: 'since-signs' }, told.signs.map(one => h('li', {}, names[one.sign] || one.sign, light(one.from), icon('arrow-right'), light(one.to)))),
    told.gravest.length > 0 && h('ol', { class: 'since-gravest' }, told.gravest.map(one => h('li', {}, badge(one.severity), one.kind === 'incident' ? h('a', { href: `/incident/${one.id}`, title: titleOf(one, rules) }, titleOf(one, rules)) : h('span', { title: titleOf(one, rules) }, titleOf(one, rules)), h('time', { class: 'num' }, clock(one.at))))),
    nothing && h('p', { class: 'muted none' }, icon('check'), t('cockpit.since.nothing')));
}
