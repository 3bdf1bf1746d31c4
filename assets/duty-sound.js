// The desk's voice: a tone per severity for what is new and still stands. A browser lets a page sound only after a gesture of its
// officer, so the desk says visibly that it is mute until then. Rings never for what was there when the page came, for what is held,
// for drills of others or for a storm's every row: one call a second at most, the gravest of what came.

const KEY = 'yiping.sound';
const AGAIN_S = { 1: 20, 2: 60 }; // what nobody acknowledged calls again; milder ones call once
const TONES = { 1: [[880, 0.16], [660, 0.16], [880, 0.16], [660, 0.3]], 2: [[740, 0.18], [740, 0.28]], 3: [[560, 0.26]], 4: [[440, 0.2]], 5: [] };

/** What an item is made of and still waits. */
const partsOf = item => (item.parts || item.folded || []).filter(one => one.waits);

/** How grave it was when the desk called for it, undefined: it never did. Alerts that are one incident now, or one row of silences, are nothing new. */
function heardAs(item, known) {
  if (known.has(item.key)) return known.get(item.key);
  const parts = partsOf(item);
  return parts.length && parts.every(one => known.has(one.key)) ? parts.reduce((least, one) => Math.min(least, known.get(one.key)), 5) : undefined;
}

/** Which severity is to sound now, or null: `items` = what waits in the whole picture, whatever is shown of it; `known` = the severity by key
 *  of what was heard already, `calledAt` = when each key last called (s). What became graver since calls at once. Pure. */
export function callOf(items, known, calledAt, now) {
  let gravest = null;
  for (const item of items) {
    if (!item.waits || item.beneath || item.row?.drill || !(item.severity < 5)) continue;
    const heard = heardAs(item, known), again = item.once ? undefined : AGAIN_S[item.severity], last = calledAt.get(item.key);
    const due = heard === undefined || item.severity < heard || (again !== undefined && last !== undefined && now - last >= again);
    if (due && (gravest === null || item.severity < gravest)) gravest = item.severity;
  }
  return gravest;
}

export function makeSound({ onState }) {
  let context = null, wanted = read(), first = true, lastCall = 0;
  const known = new Map(), calledAt = new Map();

  function read() { try { return localStorage.getItem(KEY) === 'on'; } catch { return false; } }
  const state = () => (!wanted ? 'off' : context && context.state === 'running' ? 'on' : 'blocked');
  const tell = () => onState(state());

  /** By the officer's own hand: the one gesture a browser asks for. */
  async function toggle() {
    if (state() === 'on') { wanted = false; await context.suspend(); } else {
      wanted = true;
      context ||= new AudioContext();
      await context.resume();
      play(4);
    }
    try { localStorage.setItem(KEY, wanted ? 'on' : 'off'); } catch { /* a private window forgets */ }
    tell();
  }

  function play(severity) {
    if (state() !== 'on') return;
    let at = context.currentTime + 0.02;
    for (const [hertz, seconds] of TONES[severity] || []) {
      const tone = context.createOscillator(), loud = context.createGain();
      tone.type = severity === 1 ? 'square' : 'triangle';
      tone.frequency.value = hertz;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(severity === 1 ? 0.22 : 0.3, at + 0.015);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
      tone.connect(loud).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds + 0.02);
      at += seconds + 0.04;
    }
  }

  /** What waits now; called whenever the picture moved and each second. Returns the severity that sounded. */
  function hear(items, now) {
    const severity = first ? null : callOf(items, known, calledAt, now);
    if (severity !== null && now - lastCall < 1) return null; // the rows stay unknown and call in a second
    const here = new Set();
    for (const item of items) {
      if (!item.waits) continue;
      here.add(item.key);
      if (!known.has(item.key) || (severity !== null && item.severity === severity)) calledAt.set(item.key, now);
      known.set(item.key, item.severity);
      for (const part of partsOf(item)) { here.add(part.key); known.set(part.key, part.severity); }
    }
    for (const key of known.keys()) if (!here.has(key)) { known.delete(key); calledAt.delete(key); } // acknowledged or over: if it comes again it calls again
    first = false;
    if (severity === null) return null;
    lastCall = now;
    play(severity);
    return severity;
  }

  // A session that had its voice asks for it again with the first gesture on the page, and says so until then.
  const revive = () => { if (wanted && state() !== 'on') { context ||= new AudioContext(); context.resume().then(tell, tell); } };
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, revive);
  tell();
  return { toggle, hear, state, play };
}
