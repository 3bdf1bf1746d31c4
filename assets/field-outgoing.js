// The queue of what was done without a network: kept first, then sent one by one, in order, each with its own idempotency key, so that a
// doubtful one may be sent again. A refused one is set aside with all that followed from it, and stays until a person decides: nothing is lost.

const PAUSE_MS = [2000, 5000, 10000, 20000];
/** Not answers but obstacles: no network, a busy or broken server, no session. The message waits. */
export const waits = problem => problem.status === 0 || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status);
/** The server is there and cannot do this one thing now: what is of other numbers goes on. */
const passes = problem => problem.status >= 500 || problem.status === 408 || problem.body?.title === 'late';
const MANY_TRIES = 5;
const NUMBER = '{number}'; // in the path of what belongs to a report that has none yet
const isNew = number => String(number).startsWith('new-');
/** A patrol's number or that of a report under way is none of a case. */
export const isCase = number => /^\d{10,}$/.test(String(number));

/**
 * `box` is the phone's store (null: there is none), `send(message)` the server's answer or throws a problem with a `status`, `look(number)` a case as it is
 * now. `show(state)` after each change; `settled(message, problem)` when one was answered. A message: `{path, number, body|blob, moves}`;
 * `moves`: what comes after it of the same number makes no sense without it. States: waiting, refused (the server said why), held, draft. A
 * draft whose report waits has waited since: a full phone need not write its photos again.
 */
export function makeOutgoing({ box, send, look, show, settled, newKey, locks = globalThis.navigator?.locks, name = 'yiping-outgoing' }) {
  let messages = [], queue = box, sending = false, fails = 0, timer = null, trouble = '';
  const urls = new Map(), tries = new Map(), changed = new Set(), landed = new Set();
  const waiting = () => {
    const reported = new Set(messages.filter(one => isNew(one.number) && one.body && (one.state || 'waiting') === 'waiting').map(one => one.number));
    return messages.filter(one => (one.state || 'waiting') === 'waiting' || (one.state === 'draft' && reported.has(one.number)));
  };
  const aside = () => messages.filter(one => one.state === 'refused' || one.state === 'held');
  /** What only the memory knows, because the phone had no room: new things, and changes of old ones. */
  const homeless = () => (queue ? messages.filter(one => !one.n || changed.has(one)) : []);
  const placed = list => list.sort((a, b) => (a.place ?? a.n) - (b.place ?? b.n) || a.n - b.n);
  const tell = () => show({ count: waiting().length, aside: aside().length, sending, trouble, full: homeless().length > 0, kept: Boolean(queue), stuck: waiting().find(one => tries.get(one.key) >= MANY_TRIES)?.title || null });

  async function start() {
    try { messages = queue ? placed(await queue.all()) : []; } catch { queue = null; }
    tell();
    globalThis.addEventListener?.('online', wake);
    wake();
  }

  /** Writes to the phone and only then to our list; a full phone keeps it in memory, says so as long as that is so, and is asked again
   *  with each later change. What came first stays first, whenever it found room. True: it survives. */
  async function change({ put = [], drop = [] }) {
    const gone = new Set(drop), last = Math.max(0, ...messages.map(one => one.place ?? one.n ?? 0));
    put.filter(one => !messages.includes(one)).forEach((one, at) => { one.place ??= last + 1 + at; });
    const safe = await written(put, drop);
    messages = placed([...messages.filter(one => !gone.has(one)), ...put.filter(one => !messages.includes(one))]);
    if (safe && homeless().length) await written(homeless(), []);
    for (const one of drop) if (!landed.has(one)) letGo(one);
    tell();
    return safe;
  }

  function letGo(one) { URL.revokeObjectURL(urls.get(one.key)); urls.delete(one.key); }

  async function written(put, drop) {
    if (!queue) return false;
    for (const one of [...put, ...drop]) changed.delete(one);
    try { await queue.change({ put, drop: drop.map(one => one.n).filter(Boolean) }); return true; } catch { /* no room */ }
    for (const one of put) if (one.n) changed.add(one);
    return false;
  }

  const made = (message, at = 0) => ({ state: 'waiting', done_at: new Date(Date.now() + at).toISOString(), ...message, key: newKey() });

  /** Keeps messages, all or none, in their order, and begins to send. */
  async function add(...wanted) {
    const safe = await change({ put: wanted.map(made) });
    wake();
    return safe;
  }

  function wake() { clearTimeout(timer); if (!sending && waiting().length) { fails = Math.min(fails, 1); flush(); } }

  /** One window at a time sends: two would only do the same twice. */
  async function flush() {
    sending = true;
    trouble = '';
    tell();
    try {
      if (locks) await locks.request(name, { ifAvailable: true }, async lock => { if (lock) { await reread(); await sendAll(); } else trouble = 'other_window'; });
      else await sendAll();
    } finally { sending = false; tell(); }
    clearTimeout(timer);
    if (waiting().length) { timer = setTimeout(wake, PAUSE_MS[Math.min(fails, PAUSE_MS.length - 1)]); fails += 1; }
  }

  /** Another window may have sent some of it. */
  async function reread() {
    if (!queue) return;
    const stored = await queue.all().catch(() => null);
    if (!stored) return;
    const known = new Map([...messages.map(one => [one.key, one]), ...[...changed].map(one => [one.n, one])]);
    messages = placed([...stored.map(one => known.get(one.n) || known.get(one.key) || one), ...messages.filter(one => !one.n)]);
  }

  async function sendAll() {
    const passed = new Set(); // their turn comes again in the next pass; what follows of the same number keeps its order
    for (let message; (message = waiting().find(one => !passed.has(one.number) && !one.path.includes(NUMBER)));) {
      let answer;
      try { answer = await send(message); } catch (problem) {
        if (problem.status === undefined) throw problem;
        if (passes(problem)) { trouble = 'server'; passed.add(message.number); tries.set(message.key, (tries.get(message.key) || 0) + 1); tell(); continue; }
        if (waits(problem)) { trouble = problem.status === 401 ? 'signed_out' : problem.status === 0 ? 'offline' : 'server'; return; }
        await refuse(message, problem);
        continue;
      }
      if (!passed.size) fails = 0;
      tries.delete(message.key);
      await sent(message, answer);
    }
  }

  /** What a report brought along learns its number in the same breath in which the report leaves the queue. */
  async function sent(message, answer) {
    const number = answer?.data?.number;
    const put = isNew(message.number) && number ? messages.filter(one => one !== message && one.number === message.number) : [];
    for (const one of put) Object.assign(one, { state: 'waiting', number, path: one.path.replaceAll(NUMBER, encodeURIComponent(number)) });
    message.medium = answer?.data?.media_id;
    if (message.blob && message.medium && isCase(message.number)) landed.add(message);
    await change({ put, drop: [message] });
    await settled(message, null, answer?.data);
  }

  /** A task was read: what the server has of its photos and voices is seen there from now on. Until then it stays in sight from here. */
  function seen(media) {
    const known = new Set(media.map(one => one.media_id));
    for (const one of landed) if (known.has(one.medium)) { landed.delete(one); letGo(one); }
  }

  async function refuse(message, problem) {
    const present = isCase(message.number) ? await look(message.number).catch(() => null) : null;
    const last = problem.body?.last || present?.audit?.at(-1) || null;
    const why = { status: problem.status, type: problem.body?.type || '', detail: problem.message, stage: present?.stage || problem.body?.stage || null,
      handler: present?.handler ?? null, handler_id: present?.handler_id ?? null, last: last && { actor: last.actor, act: last.act, at: last.at }, at: new Date().toISOString() };
    const after = message.moves ? waiting().filter(one => one !== message && one.number === message.number) : [];
    Object.assign(message, { state: 'refused', problem: why });
    for (const one of after) one.state = 'held';
    await change({ put: [message, ...after] });
    await settled(message, problem);
  }

  /** A case that may not be read any more names nothing. */
  function unseen(number) { for (const one of landed) if (one.number === number) { landed.delete(one); letGo(one); } }

  const asideOf = number => aside().filter(one => one.number === number);

  /** What was set aside goes once more as it was, under new keys: the case may be mine again. */
  async function retry(number) {
    const again = asideOf(number);
    for (const one of again) Object.assign(one, { state: 'waiting', problem: null, key: newKey() });
    await change({ put: again });
    wake();
  }

  /** Photos and voices of a refused piece of work go as evidence, its first act becomes a comment in words, further acts are gone: each in
   *  its own place, so that a full phone needs no more room. True: it survives the page. Null: there was nothing, or it is under way. */
  async function giveAsEvidence(number, words) {
    const old = asideOf(number), acts = old.filter(one => !one.blob);
    if (!old.length) return null;
    const again = { state: 'waiting', problem: null, moves: false }, path = `/media?case=${encodeURIComponent(number)}&role=evidence`;
    const said = words ? [Object.assign(acts.shift() || made({ number }), { ...again, path: `/cases/${encodeURIComponent(number)}/acts`, body: { act: 'comment', note: words } })] : [];
    const shots = old.filter(one => one.blob);
    for (const one of shots) Object.assign(one, { ...again, path: path + (one.path.match(/&(seconds|lon|lat|accuracy_m|done_at)=[^&]*/g) || []).join('') });
    for (const one of [...said, ...shots]) one.key = newKey();
    for (const one of acts) one.state = 'given'; // before anything is awaited
    const safe = await change({ put: [...said, ...shots], drop: acts });
    wake();
    return safe;
  }

  const forget = number => change({ drop: messages.filter(one => one.number === number && one.state !== 'waiting') });
  const url = one => { if (!urls.has(one.key)) urls.set(one.key, URL.createObjectURL(one.blob)); return urls.get(one.key); };
  const mediaOf = list => list.filter(one => one.blob).map(one => ({ url: url(one), kind: one.blob.type, role: (one.path.match(/role=(\w+)/) || [])[1] || 'evidence', key: one.key, state: one.state }));

  return {
    start, add, wake, seen, unseen, retry, giveAsEvidence, forget, change, made,
    count: () => waiting().length,
    asideCount: () => aside().length,
    acts: () => waiting().filter(one => one.moves && one.body?.act).map(one => [one.number, one.body.act]),
    countOf: number => waiting().filter(one => one.number === number).length,
    waitingFor: number => waiting().some(one => one.number === number),
    aside: () => Map.groupBy ? Map.groupBy(aside(), one => one.number) : aside().reduce((groups, one) => groups.set(one.number, [...(groups.get(one.number) || []), one]), new Map()),
    drafts: number => messages.filter(one => one.state === 'draft' && (!number || one.number === number)),
    mediaOf: number => mediaOf([...landed, ...waiting()].filter(one => one.number === number)),
    asMedia: mediaOf,
    newReports: () => waiting().filter(one => isNew(one.number) && one.body),
  };
}
