// What the phone keeps without a network, in one store that is on the disk when it says so: the last list of tasks with their details, drafts,
// and what waits to be sent, photos and voices too. Small choices stand in localStorage, which a killed browser may forget. Decides nothing.

const MOST_DETAILS = 20;
const VERSION = 3;

/** A choice of this phone: map app, look, classes used last. */
export function remember(name, value) {
  try { if (value === null) localStorage.removeItem(`yiping.field.${name}`); else localStorage.setItem(`yiping.field.${name}`, JSON.stringify(value)); } catch { /* full or private: only a convenience */ }
}

export function remembered(name, otherwise = null) {
  try { return JSON.parse(localStorage.getItem(`yiping.field.${name}`)) ?? otherwise; } catch { return otherwise; }
}

/** Of each task what it takes to work by in a cellar: its record is long and not needed there. */
export const packed = details => [...details].slice(-MOST_DETAILS).map(([number, row]) => [number, { ...row, audit: (row.audit || []).slice(-3), proposal: null }]);

/** The store of one account. Opening fails where the browser forbids it (private mode): the caller is told. */
export function openBox(account) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(`yiping-outgoing-${account}`, VERSION);
    asked.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) asked.result.createObjectStore('messages', { keyPath: 'n', autoIncrement: true });
      if (oldVersion < 2) asked.result.createObjectStore('kept');
      if (oldVersion < 3) asked.result.createObjectStore('blobs');
    };
    asked.onerror = asked.onblocked = () => reject(asked.error);
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); resolve(boxOf(asked.result)); };
  });
}

function boxOf(base) {
  const run = (names, mode, work) => new Promise((resolve, reject) => {
    const transaction = base.transaction(names, mode, { durability: 'strict' }); // "kept" is said when it is on the disk
    const told = work(...names.map(name => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(told());
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  const whole = each => { const rows = each.getAll(), names = each.getAllKeys(); return () => new Map(names.result.map((one, at) => [one, rows.result[at]])); };
  return {
    /** All of it or nothing: messages put anew (`n` is set in those that had none), others dropped. A photo is written once, beside its
     *  message (`apart`): what changes later is a few words, for which a full phone still has room. */
    change: ({ put = [], drop = [] }) => run(['messages', 'blobs'], 'readwrite', (messages, blobs) => {
      for (const n of drop) { messages.delete(n); blobs.delete(n); }
      const asked = put.map(message => {
        const { blob, ...words } = message, first = blob && !message.n;
        const writing = messages.put(first || message.apart ? { ...words, apart: true } : message);
        if (first) writing.onsuccess = () => blobs.put(blob, writing.result);
        return [writing, first];
      });
      return () => put.forEach((message, at) => { message.n = asked[at][0].result; if (asked[at][1]) message.apart = true; });
    }),
    all: () => run(['messages', 'blobs'], 'readonly', (...both) => { const [messages, blobs] = both.map(whole); return () => { const of = blobs(); return [...messages().values()].map(one => (one.apart ? { ...one, blob: of.get(one.n) } : one)); }; }),
    keep: (name, value) => run(['kept'], 'readwrite', store => { store.put(value, name); return () => true; }),
    kept: () => run(['kept'], 'readonly', whole),
  };
}

/** What is kept under names, read once; `keep` goes to the disk behind the caller's back, and a full disk loses only a convenience. */
export async function makeMemory(box) {
  const known = (await box?.kept().catch(() => null)) || new Map();
  return {
    kept: (name, otherwise = null) => known.get(name) ?? otherwise,
    keep: (name, value) => { known.set(name, value); box?.keep(name, value).catch(() => null); },
  };
}

/** Other people's unsent work on this phone: `[account, how many]`. Browsers that cannot list their stores tell of none. */
export async function otherQueues(account) {
  const stores = await (indexedDB.databases?.() || []);
  const others = stores.map(one => one.name).filter(name => /^yiping-outgoing-\d+$/.test(name) && name !== `yiping-outgoing-${account}`);
  const counted = await Promise.all(others.map(async name => { const other = name.split('-').at(-1); return [other, (await (await openBox(other)).all()).length]; }));
  return counted.filter(([, count]) => count > 0);
}
