// The field page's service worker: the page opens without a network. Pages and code from the network first, the last copy otherwise;
// figures and acts (/api) are never kept here: an old answer must not look like a new one. Photos of tasks are kept.

const SHELF = 'yiping-field-1';
const KEPT = [/^\/field/, /^\/assets\//, /^\/_dash-/, /^\/api\/v1\/media\//];

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(caches.keys().then(names => Promise.all(names.filter(name => name.startsWith('yiping-field-') && name !== SHELF).map(name => caches.delete(name)))).then(() => self.clients.claim())));

async function firstNetwork(request) {
  const shelf = await caches.open(SHELF);
  const place = await keyOf(request.clone());
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) shelf.put(place, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await shelf.match(place);
    if (kept) return kept;
    throw failure;
  }
}

/** Dash asks for its page by POST: this worker's pages have one such request only, so its path is its name. */
async function keyOf(request) {
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.pathname === '/field') return new Request(address.origin + address.pathname);
  return request;
}

self.addEventListener('fetch', event => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin || !KEPT.some(one => one.test(address.pathname))) return;
  if (event.request.method === 'GET' || address.pathname === '/_dash-update-component') event.respondWith(firstNetwork(event.request));
});
