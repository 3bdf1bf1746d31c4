// The queue of what was done without a network: sent one by one, in order, each with its own idempotency key, so that a doubtful one may be
// sent again. A refusal is told and takes the later messages of the same task with it; a missing network or a busy server only makes it wait.

import { call, newKey } from './duty-call.js';
import { openQueue } from './field-store.js';

const PAUSE_MS = [2000, 5000, 10000, 20000];

/** `show({count, sending})` after each change; `settled(message, problem)` when one was answered. */
export function makeOutgoing(account, show, settled) {
  let messages = [], queue = null, sending = false, fails = 0, timer = null;
  const urls = new Map();
  const tell = () => show({ count: messages.length, sending });

  async function start() {
    try {
      queue = await openQueue(account);
      messages = await queue.all();
    } catch { queue = null; } // private mode: kept in memory only
    tell();
    addEventListener('online', wake);
    wake();
  }

  async function add({ path, number, body, blob }) {
    const message = { path, number, body, blob, key: newKey() };
    message.n = queue ? await queue.add(message) : (messages.at(-1)?.n || 0) + 1;
    messages.push(message);
    tell();
    wake();
  }

  function wake() { clearTimeout(timer); if (!sending && messages.length) { fails = Math.min(fails, 1); send(); } }

  async function send() {
    sending = true;
    tell();
    while (messages.length) {
      const message = messages[0];
      try {
        await call('POST', message.path, { body: message.blob || message.body, key: message.key, timeout: 60000 });
        fails = 0;
        await drop(message);
        settled(message, null);
      } catch (problem) {
        if (problem.offline || problem.status >= 500 || problem.status === 429 || problem.status === 401) break;
        for (const later of messages.filter(one => one.number === message.number)) await drop(later);
        settled(message, problem);
      }
    }
    sending = false;
    tell();
    if (messages.length) timer = setTimeout(wake, PAUSE_MS[Math.min(fails++, PAUSE_MS.length - 1)]);
  }

  async function drop(message) {
    messages = messages.filter(one => one.n !== message.n);
    if (urls.has(message.n)) { URL.revokeObjectURL(urls.get(message.n)); urls.delete(message.n); }
    await queue?.remove(message.n);
    tell();
  }

  return {
    start, add, wake,
    count: () => messages.length,
    acts: () => messages.filter(one => one.body).map(one => [one.number, one.body.act]),
    waitingFor: number => messages.some(one => one.number === number),
    photosOf: number => messages.filter(one => one.number === number && one.blob).map(one => { if (!urls.has(one.n)) urls.set(one.n, URL.createObjectURL(one.blob)); return { url: urls.get(one.n) }; }),
  };
}
