// The desk's voice: a tone per severity for what is new and still stands. A browser lets a page sound only after a gesture of its
// officer, so the desk says visibly that it is mute until then. Rings never for what was there when the page came, for what is held,
// for drills of others or for a storm's every row: one call a second at most, the gravest of what came.

const KEY = 'yiping.sound';
const AGAIN_S = { 1: 20, 2: 60 }; // what nobody acknowledged calls again; milder ones call once
const TONES = { 1: [[880, 0.16], [660, 0.16], [880, 0.16], [660, 0.3]], 2: [[740, 0.18], [740, 0.28]], 3: [[560, 0.26]], 4: [[440, 0.2]], 5: [] };

/** Which severity is to sound now, or null: `known` = keys heard already, `items` = rows that wait, `calledAt` = when each key last called (s). Pure. */
export function callOf(items, known, calledAt, now) {
  let gravest = null;
  for (const item of items) {
    if (!item.waits || item.beneath || item.row?.drill || !(item.severity < 5)) continue;
    const again = AGAIN_S[item.severity], last = calledAt.get(item.key);
    const due = known.has(item.key) ? again !== undefined && last !== undefined && now - last >= again : true;
    if (due && (gravest === null || item.severity < gravest)) gravest = item.severity;
  }
  return gravest;
}

export function makeSound({ onState }) {
  let context = null, wanted = read(), first = true, lastCall = 0;
  const known = new Set(), calledAt = new Map();

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
      known.add(item.key);
    }
    for (const key of known) if (!here.has(key)) { known.delete(key); calledAt.delete(key); } // acknowledged or over: if it comes again it calls again
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
