// The bell: what was told to this officer on the desk, newest first, and how much of it is not seen yet. Opening the list is seeing it.
// The stream only says that something came; the notices themselves are read, so that nobody's stream is another's memory.

import { h, t, word, known, fill, icon, badge, clock, openDialog } from './duty-dom.js';
import { call, read } from './duty-call.js';

const EVERY_MS = 20_000; // the net under a line that is lost
const SOON_MS = 300; // of many that come at once the list is read once
const MOST = 100;
const LINES = 5; // of one message
const GRAVE = 2; // this severity and graver call aloud

/** What a message is about: `{kind, id}` of a row, of a group in a storm its street and class, or the officer's shift; null: nothing to open. Pure. */
export function thingOf(item) {
  if (['alert', 'incident', 'report', 'case'].includes(item.noun)) return { kind: item.noun, id: item.id };
  if (item.number) return { kind: 'case', id: item.number };
  if (item.storm) return { kind: 'group', street: item.street, class_code: item.class_code };
  return /^(handover|shift)_/.test(item.template) ? { kind: 'shift' } : null;
}

/** What of the notices is to sound: the grave ones nobody has seen, each once. Pure. */
export const callsOf = rows => rows.filter(row => !row.seen && row.severity <= GRAVE)
  .map(row => ({ key: `notice:${row.id}`, severity: row.severity, waits: true, once: true, row: { drill: row.drill } }));

/** A message in the reader's words, as a gateway would send it. */
export function sentenceOf(item) {
  const key = `notify.${item.template}`, given = { acked: 0, owned: 0, signals: 0, ...item };
  return t(known(key) ? key : 'notify.other', { ...given, title: item.title ?? '', by: item.by || t('desk.system'), severity: word('desk.severity', item.severity) });
}

/** `go(thing)` opens what a message is about, where `reach(thing)`; `changed()` is called when other notices stand here than before. */
export function makeNotices(slot, { go, reach = () => true, changed = () => {} }) {
  let rows = [], lost = false, reading = false, again = false, soon = 0, fresh = new Set(), place = null;
  const unseen = () => rows.filter(row => !row.seen);

  async function load() {
    if (reading) { again = true; return; }
    reading = true;
    try { rows = (await read(`/notices?limit=${MOST}`)).notices; lost = false; } catch { lost = true; }
    reading = false;
    draw();
    changed();
    if (again) { again = false; load(); }
  }

  function draw() {
    const waiting = unseen(), n = waiting.length, gravest = Math.min(5, ...waiting.map(row => row.severity)), key = `${n} ${gravest}`;
    if (slot.dataset.key !== key) {
      slot.dataset.key = key;
      const words = n ? t('duty.notices.unseen', { n }) : t('duty.notices');
      fill(slot, h('button', { type: 'button', class: `head-button bell ${n ? 'has' : ''}`, 'data-do': 'notices', 'data-unseen': n, 'aria-label': words, title: `${words} (I)`, onclick: open },
        icon(n ? 'bell-ring' : 'bell'), n > 0 && h('b', { class: `num bell-count sev-${gravest}` }, n >= MOST ? `${MOST - 1}+` : n)));
    }
    if (place) list();
  }

  function open() {
    if (place) return;
    fresh = new Set();
    place = h('div', { class: 'notices' });
    const dialog = openDialog(t('duty.notices'), place, 'notices');
    dialog.addEventListener('close', () => { place = null; });
    list();
    load();
  }

  /** Draws what is told, and says to the server that it was seen; what is seen now stays marked until the list is closed. */
  function list() {
    const news = unseen();
    for (const row of news) fresh.add(row.id);
    fill(place, lost && h('p', { class: 'muted', role: 'alert' }, t('duty.notices.lost')),
      rows.length ? h('ul', { class: 'told' }, rows.map(line)) : !lost && h('div', { class: 'empty' }, icon('bell'), h('b', {}, t('duty.notices.none')), h('span', {}, t('duty.notices.none_hint'))));
    if (news.length) see(news);
  }

  async function see(news) {
    for (const row of news) row.seen = true;
    draw();
    changed();
    try { await call('POST', '/notices/acts', { body: { act: 'see', ids: news.map(row => row.id) } }); } catch { /* the next reading brings them back as not seen */ }
  }

  function line(row) {
    const items = row.items.slice(0, LINES), more = row.items.length - items.length, first = items[0] || row;
    return h('li', { 'data-id': row.id, class: fresh.has(row.id) ? 'unread' : null }, badge(row.severity),
      h('div', {}, items.map(item => about({ ...item, severity: item.severity || row.severity })), more > 0 && h('p', { class: 'muted' }, t('duty.notices.more', { n: more })),
        h('small', {}, row.drill && h('b', { class: 'mark drill' }, t('desk.drill')), row.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')),
          h('time', { datetime: row.at }, t('duty.notices.about', { by: first.by || (/^handover_/.test(first.template) ? first.title : t('desk.system')), at: clock(row.at, true) })), fresh.has(row.id) && h('i', {}, t('duty.notices.fresh')))));
  }

  function about(item) {
    const thing = thingOf(item), words = sentenceOf(item), note = item.note && h('q', {}, item.note);
    if (!thing || !reach(thing)) return h('p', {}, words, note);
    return h('p', {}, h('button', { type: 'button', class: 'link', 'data-thing': `${thing.kind}:${thing.id ?? ''}`, title: t('duty.notices.open'), onclick: event => { event.target.closest('dialog').close(); go(thing); } }, words), note);
  }

  load();
  setInterval(load, EVERY_MS);
  return {
    open,
    calls: () => callsOf(rows),
    /** Reads again as soon as the stream brings a notice. */
    follow: live => live.on('delta', (_, changes) => { if (changes.notices.length) soon ||= setTimeout(() => { soon = 0; load(); }, SOON_MS); }),
  };
}
