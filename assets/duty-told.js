// Who was told of a row, by which way, and whether it arrived and was read. Asked for when somebody wants to see it; draws, decides nothing.

import { h, t, word, fill, clock, icon, listed } from './duty-dom.js';
import { read } from './duty-call.js';
import { targetWord } from './duty-record.js';

const seen = new Map();  // 'case/3204…' → what was told, while its list is open

/** A list that is closed until somebody opens it, and stays open while the row is drawn anew. */
export function drawTold(kind, noun) {
  const id = noun.number || noun.id, key = `${kind}/${id}`, slot = h('div', {}), list = h('details', { class: 'told-list', 'data-told': key }, h('summary', {}, t('told.heading')), slot);
  if (seen.has(key)) { list.open = true; rows(slot, seen.get(key)); }
  list.addEventListener('toggle', async () => {
    if (!list.open) { seen.delete(key); return; }
    if (seen.has(key)) return;
    try {
      const { told } = await read(`/told?${kind}=${encodeURIComponent(id)}`);
      seen.clear();
      seen.set(key, told);
      rows(slot, told);
    } catch { fill(slot, h('p', { class: 'muted' }, t('told.away'))); }
  });
  return list;
}

const WORDS = { failed: 'told.failed', read: 'told.read', delivered: 'told.delivered', sent: 'told.sent', held: 'told.held', waits: 'told.waits' };
const rows = (slot, told) => fill(slot, !told.length ? h('p', { class: 'muted' }, t('told.nobody')) : h('ol', { class: 'steps' }, told.slice().reverse().flatMap(message)));

/** One line a person where the channel tells people apart, else one for the message. */
function message(one) {
  if (!one.people.length) return [line(targetWord(one.target), one, listed(one.read_by.map(reader => reader.title)))];
  return one.people.map(person => line([word('duty.target', one.channel), person.title].join(' · '), person, ''));
}

function line(who, state, readers) {
  const [what, at, mark] = state.failed_at && !state.delivered_at ? ['failed', state.failed_at, 'circle-alert'] : state.read_at ? ['read', state.read_at, 'check'] : state.delivered_at ? ['delivered', state.delivered_at, 'check']
    : state.sent_at ? ['sent', state.sent_at, 'check'] : [state.held ? 'held' : 'waits', state.created_at, 'clock'];
  return h('li', { class: what === 'failed' ? 'told failed' : 'told', title: state.error || null, 'data-state': what }, icon(mark), h('span', {}, who, readers && h('small', {}, ` ${t('told.read_by', { names: readers })}`)),
    h(what === 'failed' ? 'b' : 'small', {}, t(WORDS[what])), at && h('time', {}, clock(at, true)));
}
