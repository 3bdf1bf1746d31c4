// What the phone keeps without a network: the last list of tasks (localStorage) and what waits to be sent (IndexedDB, photos too).

const TASKS = account => `yiping.tasks.${account}`;

export function keepTasks(account, tasks) {
  try { localStorage.setItem(TASKS(account), JSON.stringify(tasks)); } catch { /* full or private: the list is only a convenience */ }
}

export function keptTasks(account) {
  try { return JSON.parse(localStorage.getItem(TASKS(account)) || '[]'); } catch { return []; }
}

/** The store of messages to send, in order of `n`. Opening fails where the browser forbids it (private mode): the caller is told. */
export function openQueue(account) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(`yiping-outgoing-${account}`, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('messages', { keyPath: 'n', autoIncrement: true });
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => resolve(queueOf(asked.result));
  });
}

function queueOf(base) {
  const run = (mode, work) => new Promise((resolve, reject) => {
    const transaction = base.transaction('messages', mode);
    const request = work(transaction.objectStore('messages'));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  return {
    add: message => run('readwrite', store => store.add(message)),
    remove: n => run('readwrite', store => store.delete(n)),
    all: () => run('readonly', store => store.getAll()),
  };
}
