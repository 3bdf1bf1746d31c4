// The SharedWorker: one stream per kind of screen for all tabs of this browser (HTTP/1.1 allows six connections per host).
// It passes messages on and keeps no state of the city; a tab that joins late gets a snapshot of its own, unless it has one as new.

import { Stream } from "./stream.js";

const FORGET_MS = 150_000; // a tab says "here" every 20 s; hidden tabs are throttled to once a minute
const feeds = new Map();

function feedOf(screen, since) {
  let feed = feeds.get(screen);
  if (!feed) {
    const ports = new Map();
    const stream = new Stream(screen, (message) => {
      if (message.kind === "link") feed.link = message;
      for (const port of ports.keys()) port.postMessage(message);
    });
    feed = { ports, stream, link: null };
    feeds.set(screen, feed);
    stream.run(since);
  }
  return feed;
}

/** `since`: the number of the picture the tab has, -1 for none. */
async function join(port, screen, since = -1) {
  const late = feeds.has(screen);
  const feed = feedOf(screen, since);
  feed.ports.set(port, Date.now());
  if (!late) return;
  if (feed.link) port.postMessage(feed.link);
  if (since < 0 || since < feed.stream.sequence) await resync(port, feed);
}

/** A snapshot for one tab: it came late, or it found a gap in the numbers. */
async function resync(port, feed) {
  try {
    port.postMessage({ kind: "snapshot", data: await feed.stream.snapshot() });
  } catch {
    if (!feed.link) port.postMessage({ kind: "link", link: "lost" }); // the running stream tells how it goes on
  }
}

function leave(port, screen) {
  const feed = feeds.get(screen);
  feed?.ports.delete(port);
  if (feed && feed.ports.size === 0) {
    feed.stream.close();
    feeds.delete(screen);
  }
}

function listen(port) {
  port.onmessage = ({ data: { say, screen, since } }) => {
    if (say === "join" || (say === "here" && !feeds.get(screen)?.ports.has(port))) join(port, screen, since);
    else if (say === "here") feeds.get(screen).ports.set(port, Date.now());
    else if (say === "resync") resync(port, feedOf(screen));
    else if (say === "bye") leave(port, screen);
  };
}

self.onconnect = ({ ports: [port] }) => listen(port);

setInterval(() => {
  const now = Date.now();
  for (const [screen, feed] of feeds) for (const [port, seen] of feed.ports) if (now - seen > FORGET_MS) leave(port, screen);
}, 30_000);
