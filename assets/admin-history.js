// What was ever said of a rule: each revision with who, when, why and what it changed.

import { h, t, fill, icon, clock } from './duty-dom.js';
import { read, explain } from './duty-call.js';

/** Whether a revision came with the file itself, and not by a person who went back to it. */
export const ofFile = one => one.origin === 'file' && /\.ya?ml$/.test(one.by);
export const whyOf = one => (one.why === 'the file changed' ? t('admin.file_changed') : one.why);

const said = value => (value === null || value === undefined ? h('i', { class: 'zero' }, t('admin.unsaid')) : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Differences as a table: where, what it was, what it is. */
export const differencesOf = (rows, before = 'admin.before', after = 'admin.after') => h('table', { class: 'a-diff' },
  h('thead', {}, h('tr', {}, ['admin.where', before, after].map(key => h('th', { scope: 'col' }, t(key))))),
  h('tbody', {}, rows.map(one => h('tr', { 'data-path': one.path }, h('th', { scope: 'row' }, h('code', {}, one.path)), h('td', { class: 'was' }, said(one.before)), h('td', { class: 'is' }, said(one.after))))));

function revision(one, newest, undo) {
  const first = one.differences.every(each => each.before === null);
  const title = one.body === null ? 'admin.revision.withdrawn' : one.origin === 'file' && !ofFile(one) ? 'admin.revision.back' : first ? 'admin.revision.first' : 'admin.revision.changed';
  return h('li', { 'data-revision': one.revision, class: newest ? 'newest' : null },
    h('header', {}, icon(one.body === null ? 'ban' : ofFile(one) ? 'file-text' : 'user-cog'), h('b', {}, t(title, { n: one.differences.length })), h('span', {}, ofFile(one) ? t('admin.by_file', { who: one.by }) : one.by), h('time', { datetime: one.at }, clock(one.at)), h('small', {}, `#${one.revision}`),
      newest ? h('i', { class: 'a-mark a-own' }, t('admin.newest')) : one.yaml && h('button', { type: 'button', class: 'quiet', onclick: () => undo(one) }, icon('undo-2'), t('admin.take_these'))),
    one.why && h('q', {}, whyOf(one)),
    one.body !== null && !first && one.differences.length > 0 && differencesOf(one.differences));
}

/** Fills a place with the history of a rule, newest first, page by page. `undo(revision)` puts its words into the editor. */
export async function drawHistory(place, rule, config, { undo }) {
  fill(place, h('p', { class: 'muted a-wait' }, t('admin.loading')));
  const list = h('ol', { class: 'a-history' });
  const more = h('button', { type: 'button', class: 'a-more', onclick: () => page(more.dataset.next) }, t('admin.more'));
  async function page(next) {
    try {
      const told = await read(`/rules/${encodeURIComponent(rule.rule)}/history?limit=20${next ? `&next=${encodeURIComponent(next)}` : ''}`);
      list.append(...told.history.map((one, n) => revision(one, !next && n === 0, undo)));
      more.dataset.next = told.next || '';
      if (!list.childElementCount) fill(place, h('div', { class: 'a-none' }, icon('history'), h('span', {}, t('admin.no_history'))));
      else fill(place, list, told.next && more);
    } catch (problem) {
      fill(place, h('div', { class: 'a-none', role: 'alert' }, icon('circle-alert'), h('span', {}, explain(problem)), h('button', { type: 'button', onclick: () => drawHistory(place, rule, config, { undo }) }, t('admin.again'))));
    }
  }
  await page('');
}
