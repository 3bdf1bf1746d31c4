// The field page's service worker: the page opens without a network, and a push shows as a notification. Pages and code from the network
// first, the last copy where there is none or it dawdles; figures and acts (/api) are never kept here: an old answer must not look like a new
// one. Photos of tasks are kept.

const SHELF = 'yiping-field-3';
const PHOTOS = 'yiping-field-photos-2';
const KEPT = [/^\/field/, /^\/assets\//];
const PHOTO = /^\/api\/v1\/media\//;
const PATIENCE_MS = 4000; // of a network that is there and does not answer
const MOST_PHOTOS = 80;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(caches.keys().then(names => Promise.all(names.filter(name => name.startsWith('yiping-field-') && name !== SHELF && name !== PHOTOS).map(name => caches.delete(name)))).then(() => self.clients.claim())));

async function firstNetwork(request) {
  const shelf = await caches.open(SHELF);
  const place = keyOf(request);
  const kept = await shelf.match(place);
  const asked = fetch(request).then(answer => {
    if (answer.ok && !answer.redirected) shelf.put(place, answer.clone()).catch(() => null); // a full phone keeps the older copy
    return answer;
  });
  if (!kept) return asked;
  return Promise.race([asked, new Promise(go => setTimeout(go, PATIENCE_MS, kept))]).catch(() => kept);
}

/** A photo never changes under its name, but who may see it does: the server is asked first, and what it refuses is not kept any longer. */
async function photo(request) {
  const shelf = await caches.open(PHOTOS);
  const kept = await shelf.match(request);
  const asked = photoNow(shelf, request);
  if (!kept) return asked;
  const answer = await Promise.race([asked, new Promise(go => setTimeout(go, PATIENCE_MS, kept))]).catch(() => kept);
  return answer.status >= 500 ? kept : answer;
}

async function photoNow(shelf, request) {
  const answer = await fetch(request);
  if ([403, 404, 410].includes(answer.status)) await shelf.delete(request);
  if (answer.ok && !answer.redirected) {
    await shelf.put(request, answer.clone()).catch(() => null);
    const all = await shelf.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST_PHOTOS))) await shelf.delete(old);
  }
  return answer;
}

/** The page is one, whatever stands behind its name (a language, a notice that was tapped). */
function keyOf(request) {
  const address = new URL(request.url);
  return address.pathname === '/field' ? new Request(address.origin + address.pathname) : request;
}

self.addEventListener('fetch', event => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin) return;
  if (event.request.method !== 'GET') return;
  if (PHOTO.test(address.pathname) && !event.request.headers.has('range')) event.respondWith(photo(event.request));
  else if (KEPT.some(one => one.test(address.pathname))) event.respondWith(firstNetwork(event.request));
});

/** What dispatch/notify_push.py sends: {id, text, severity, noun, key, drill, simulated}. A push without words still has to show something. */
self.addEventListener('push', event => {
  let note = {};
  try { note = event.data.json(); } catch { /* not ours */ }
  const [title, ...lines] = String(note.text || '一屏 Yiping').split('\n');
  event.waitUntil(self.registration.showNotification(title, {
    body: lines.join('\n'), tag: note.id, renotify: Boolean(note.id), icon: '/assets/field-icon-192.png', badge: '/assets/field-badge.png', vibrate: [200, 100, 200],
    requireInteraction: (note.severity || 5) <= 2, data: { number: note.noun === 'case' ? note.key : '', id: note.id || '' }, timestamp: Date.parse(note.created_at) || Date.now(),
  }));
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  const { number = '', id = '' } = event.notification.data || {};
  event.waitUntil(self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(open => {
    const page = open.find(one => new URL(one.url).pathname === '/field');
    if (!page) return self.clients.openWindow(`/field?read=${encodeURIComponent(id)}${number ? `#${number}` : ''}`);
    page.postMessage({ open: number, read: id });
    return page.focus();
  }));
});
