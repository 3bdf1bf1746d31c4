// A voice note: one tap begins, one ends it; it ends by itself after the configured time. Returns bytes and seconds; keeps and sends nothing.

import { h, t, icon, fill } from './duty-dom.js';

const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const BITS = 24000; // speech in the street; a minute is 180 kB
const able = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

/** The button; `done(blob, seconds)` when a note was spoken, `failed()` where the microphone is forbidden or missing. */
export function voiceButton(most, done, failed) {
  let recorder = null, began = 0, timer = null;
  const button = h('button', { type: 'button', class: 'voice', 'data-do': 'voice', disabled: !able(), 'aria-label': t('field.voice'), onclick: press });
  const draw = () => {
    const seconds = recorder ? Math.floor((Date.now() - began) / 1000) : 0;
    button.classList.toggle('on', Boolean(recorder));
    fill(button, icon('mic'), h('span', {}, recorder ? t('field.voice_on', { left: Math.max(0, most - seconds) }) : t(able() ? 'field.voice' : 'field.voice_unable')));
    if (recorder && seconds >= most) recorder.stop();
  };

  async function press() {
    if (recorder) { recorder.stop(); return; }
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } }); } catch { failed(); return; }
    const kind = KINDS.find(one => MediaRecorder.isTypeSupported(one));
    const pieces = [];
    recorder = new MediaRecorder(stream, { ...(kind ? { mimeType: kind } : {}), audioBitsPerSecond: BITS });
    recorder.ondataavailable = event => { if (event.data.size) pieces.push(event.data); };
    recorder.onstop = () => {
      const seconds = (Date.now() - began) / 1000, type = (recorder.mimeType || kind || 'audio/webm').split(';')[0];
      for (const track of stream.getTracks()) track.stop();
      clearInterval(timer);
      recorder = null;
      draw();
      if (pieces.length && seconds > 0.4) done(new Blob(pieces, { type }), Math.min(seconds, most));
    };
    began = Date.now();
    recorder.start(1000);
    navigator.vibrate?.(40);
    timer = setInterval(draw, 250);
    draw();
  }
  draw();
  return button;
}

/** A note that can be heard. */
export const player = (src, seconds, caption) => h('figure', { class: 'heard' }, h('audio', { controls: true, preload: 'none', src }), h('figcaption', {}, [caption, seconds && t('field.seconds', { n: Math.round(seconds) })].filter(Boolean).join(' · ')));
