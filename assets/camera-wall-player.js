// One picture of a camera as its platform gives it: HLS, MJPEG, a snapshot asked for again, a file. Says when it stands still; judges nothing else.

const STILL_MS = 12_000; // without a new frame a picture is no live one

/** Starts a player `{kind, url, refresh_s}` in `place`; `told(state, at)` hears "waits", "plays" (with the moment of the frame), "still" and
 *  "failed". Returns how to stop. */
export function play(place, { kind, url, refresh_s: every = 5 }, name, told) {
  const start = { snapshot, mjpeg, hls: video, video }[kind];
  told("waits");
  return start(place, url, name, told, every * 1000);
}

/** A picture that is asked for again: the next is shown once it is there, so that nothing flickers. */
function snapshot(place, url, name, told, every) {
  let stopped = false, timer = null;
  const once = () => {
    const next = picture(name), asked = Date.now();
    next.onload = () => {
      if (stopped) return;
      place.replaceChildren(next);
      told("plays", Date.now());
      again(asked);
    };
    next.onerror = () => { if (!stopped) { told("failed"); again(asked); } };
    next.src = url + (url.includes("?") ? "&" : "?") + `t=${asked}`;
  };
  const again = (asked) => { timer = setTimeout(once, Math.max(1000, every - (Date.now() - asked))); };
  once();
  return () => { stopped = true; clearTimeout(timer); place.replaceChildren(); };
}

/** One answer that never ends: a browser tells of its first frame only, so how old it is nobody knows. */
function mjpeg(place, url, name, told) {
  const shown = picture(name);
  shown.onload = () => told("plays", null);
  shown.onerror = () => told("failed");
  shown.src = url;
  place.replaceChildren(shown);
  return () => { shown.onload = shown.onerror = null; shown.src = "data:,"; place.replaceChildren(); };
}

/** A film or a playlist the browser plays by itself. Muted, so that it may begin without a click. */
function video(place, url, name, told) {
  const shown = document.createElement("video");
  Object.assign(shown, { muted: true, autoplay: true, playsInline: true, src: url });
  shown.setAttribute("aria-label", name);
  let last = -1, since = Date.now();
  const watch = setInterval(() => {
    if (shown.currentTime !== last) { last = shown.currentTime; since = Date.now(); if (last > 0) told("plays", since); }
    else if (last > 0 && Date.now() - since > STILL_MS) told("still", since);
  }, 1000);
  shown.onerror = () => { clearInterval(watch); told("failed"); }; // nor does it stand still: it is gone
  shown.onended = () => { shown.currentTime = 0; shown.play().catch(() => told("failed")); };
  place.replaceChildren(shown);
  shown.play?.().catch(() => {}); // its `error` tells
  return () => { clearInterval(watch); shown.onerror = null; shown.pause(); shown.removeAttribute("src"); shown.load(); place.replaceChildren(); };
}

function picture(name) {
  const shown = document.createElement("img");
  shown.alt = name;
  shown.decoding = "async";
  shown.referrerPolicy = "no-referrer";
  return shown;
}
