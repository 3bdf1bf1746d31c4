// Where more cases are open than a live picture brings: pages of a tab from the server, and its counters, which are of all. What a delta
// says of a row is laid over what a page brought; behind the last page nothing is known, and nothing is shown.

import { now } from './duty-dom.js';
import { read } from './duty-call.js';
import { placeOf } from './dispatch-tabs.js';

const PAGE = 200;
const TYPED_MS = 250;
const COUNTED_MS = 4_000; // counters follow at most so often
const AGAIN_MS = 30_000; // what only time moves (green to yellow) comes to the top by reading it again
const NAMES = { class_code: 'class', street: 'area', text: 'q', light: 'light', source: 'source', unit: 'unit' };

/** The words of a query out of what the officer filters by. */
export const wordsOf = filter => Object.entries(NAMES).map(([name, word]) => [word, String(filter[name] ?? '').trim()]).filter(([, value]) => value);
const asText = words => new URLSearchParams(words).toString();

/** `changed()` is called whenever what is known here has changed. */
export function makePages(changed) {
  let on = false, tab = '', words = '', rows = new Map(), end = null, next = null, ready = false, failed = false, asking = 0, busy = false, counts = null, fitting = null, stale = false, timer = 0;

  /** What is looked at: another tab or filter begins anew. Without `beyond` the picture holds all, and nothing is asked. */
  function look(beyond, wantedTab, filter) {
    const wanted = asText(wordsOf(filter)), same = on === beyond && tab === wantedTab && words === wanted, typing = words !== wanted;
    if (same) return;
    if (beyond && !on) stale = true;
    [on, tab, words] = [beyond, wantedTab, wanted];
    forget();
    clearTimeout(timer);
    if (on) timer = setTimeout(() => { if (typing || !counts) count(); load(); }, typing ? TYPED_MS : 0);
  }

  function forget() {
    rows = new Map();
    [end, next, ready, failed, busy, fitting] = [null, null, false, false, false, null];
    asking += 1; // an answer to an older question is not taken
  }

  const ask = more => read(`/cases/queue?${asText([['tab', tab], ['limit', PAGE], ...new URLSearchParams(words), ...(more ? [['next', more]] : [])])}`);

  /** The next page; without one, the first. */
  async function load(more = null) {
    const mine = ++asking;
    busy = true;
    try {
      const found = await ask(more);
      if (mine !== asking) return;
      found.cases.forEach(keep);
      next = found.next;
      end = next ? placeOf(found.cases.at(-1), tab, now()) : null;
      [ready, failed] = [true, false];
    } catch { if (mine === asking) failed = true; }
    if (mine === asking) { busy = false; changed(); }
  }

  /** The top again, beneath which all stays. */
  async function again() {
    if (!on || !ready || busy || document.hidden) return;
    const asked = `${tab} ${words}`;
    const found = await ask(null).catch(() => null);
    if (found && asked === `${tab} ${words}`) { found.cases.forEach(keep); changed(); }
  }

  const keep = row => { const known = rows.get(row.number); if (!known || row.version >= known.version) rows.set(row.number, row); };

  async function count() {
    stale = false;
    const asked = words;
    try {
      const [all, some] = await Promise.all([read('/cases/queue/counts'), asked ? read(`/cases/queue/counts?${asked}`) : null]);
      counts = all;
      if (asked === words) fitting = some;
    } catch { stale = true; }
    changed();
  }

  setInterval(() => { if (!on || document.hidden) return; if (stale) count(); if (failed && !busy) load(ready ? next : null); }, COUNTED_MS);
  setInterval(again, AGAIN_MS);

  return {
    look,
    /** What the stream told of cases since: `[{key, row}]`. */
    take(moves) {
      if (!on || !moves.length) return;
      stale = true;
      for (const { key, row } of moves) if (row.closed_at) rows.delete(key); else keep(row);
    },
    /** The picture was taken anew: what was missed in between is read. */
    anew() { if (on) { forget(); stale = true; load(); } },
    more() { if (on && next && !busy) load(next); },
    rows: () => (on && ready ? [...rows.values()] : null),
    end: () => end, whole: () => !next, failed: () => on && failed,
    counts: () => (on ? counts : null),
    /** How many the tab holds of what fits the filters; null while that is unknown. */
    total: () => (on ? (words ? fitting : counts)?.tabs[tab] ?? null : null),
  };
}
