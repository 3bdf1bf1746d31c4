// A rule in words that fit into a row: its colours, whom it concerns, how often it was for nothing, what is special about it. Pure.

import { h, t, labelOf, word, listed } from './duty-dom.js';

const SCOPES = ['domains', 'areas', 'cells', 'kinds', 'devices', 'tags', 'channels', 'classes'];

/** The colours it may ring in, the mildest first. */
export const severitiesOf = one => (one.levels?.length ? one.levels.map(level => level.severity) : one.severity ? [one.severity] : []);

/** Whom it concerns, in one line; nobody named is everybody. */
export function scopeOf(one, classes = {}) {
  const said = (name, what) => (name === 'domains' ? word('desk.domain', what) : name === 'channels' ? word('desk.channel', what) : name === 'classes' && classes[what] ? labelOf(classes[what]) : String(what));
  const named = SCOPES.flatMap(name => (Array.isArray(one[name]) ? one[name] : []).map(what => said(name, what)));
  return named.length ? listed(named) : t('admin.everywhere');
}

/** Share of the judged that were false alarms; null where nobody judged any. */
export const falseShare = counts => (counts.judged ? counts.dismissed / counts.judged : null);
export const percent = share => `${Math.round(share * 100)}%`;

/** What is out of the ordinary: an admin's words, a file that changed too, off, withdrawn, not understood. */
export function marksOf(one) {
  const marks = [];
  if (one.state === 'withdrawn') marks.push(['withdrawn', 'bad']);
  if (one.state === 'off') marks.push(['off', 'warn']);
  if (one.state === 'set_aside') marks.push(['set_aside', 'bad']);
  if (one.kept?.torn) marks.push(['torn', 'warn']);
  else if (one.kept?.origin === 'admin' && one.state !== 'withdrawn') marks.push(['admin', 'own']);
  if (one.drill) marks.push(['drill', 'warn']);
  return marks.map(([name, kind]) => h('i', { class: `a-mark a-${kind}`, title: t(`admin.mark.${name}_about`) }, t(`admin.mark.${name}`)));
}
