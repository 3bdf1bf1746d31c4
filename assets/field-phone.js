// What the phone can do: a smaller photo, its place, how far a place is, keeping what it was given, opening without a network. Sends nothing.

import { t } from './duty-dom.js';
import { exifOf, withExif } from './field-exif.js';

const LONGEST_PX = 1600, SMALL_PX = 1024;
const EARTH_M = 6371008.8;
const FRESH_MS = 60000;

/** A photo as JPEG with at most 1600 px on its longer side, with the camera's own notes of place and time. Raises where it cannot be read. */
export async function shrink(file, small = false) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, (small ? SMALL_PX : LONGEST_PX) / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', small ? 0.6 : 0.82));
  canvas.width = canvas.height = 0; // a cheap phone gives the memory back at once
  if (!blob) throw new Error('no picture');
  return withExif(blob, exifOf(await file.arrayBuffer()));
}

/** `{lon, lat, accuracy, at}` (WGS-84), or null where it is forbidden, unknown or too slow: an act never waits for satellites. */
export function whereAmI(timeout = 8000, maximumAge = 30000) {
  return new Promise(resolve => {
    if (!navigator.geolocation) { resolve(null); return; }
    const given = setTimeout(() => resolve(null), timeout + 500);
    const done = value => { clearTimeout(given); resolve(value); };
    navigator.geolocation.getCurrentPosition(found => done({ lon: found.coords.longitude, lat: found.coords.latitude, accuracy: found.coords.accuracy, at: Date.now() }), () => done(null), { enableHighAccuracy: true, timeout, maximumAge });
  });
}

/** A position as the fields of a call; what is older than a minute says nothing of now. */
export const placeFields = here => (here && Date.now() - here.at < FRESH_MS ? { lon: Number(here.lon.toFixed(7)), lat: Number(here.lat.toFixed(7)), datum: 'wgs84', accuracy_m: Math.round(here.accuracy || 0) } : {});

/** Great-circle metres (haversine). */
export function metres(a, b) {
  const rad = degrees => (degrees * Math.PI) / 180;
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}

export const lengthText = away => (away < 950 ? `${Math.max(10, Math.round(away / 10) * 10)} m` : `${(away / 1000).toFixed(1)} km`);
export const distanceText = (here, row) => (here && Number.isFinite(row.lon) ? t('field.away', { distance: lengthText(metres(here, row)) }) : '');

/** Of a place without an address: whether the way there is known. */
export const placeWords = row => t(Number.isFinite(row.lon) ? 'field.place_pin' : 'field.place_unknown');

/** Asks the browser not to throw away what waits when space is short; `{persisted, usage, quota}`, null where it cannot tell. */
export async function askToKeep() {
  if (!navigator.storage?.estimate) return null;
  const persisted = (await navigator.storage.persisted?.()) || (await navigator.storage.persist?.()) || false;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { persisted, usage, quota };
}

// Icons that only show once something has happened, perhaps without a network.
const ICONS = ['cloud-off', 'upload', 'camera', 'hand', 'map-pinned', 'check-check', 'badge-check', 'corner-up-left', 'circle-check', 'circle-alert', 'info', 'x', 'image', 'navigation', 'map-pin', 'languages', 'log-out', 'chevron-left', 'mic', 'play', 'square-check', 'life-buoy', 'alarm-clock', 'message-square', 'ellipsis', 'trash-2', 'send', 'repeat', 'git-merge', 'route', 'user', 'list-checks', 'sun', 'moon', 'download', 'bell', 'bell-ring', 'locate', 'locate-fixed', 'triangle-alert', 'log-in', 'clock', 'save', 'smartphone', 'plus', 'eye', 'flag', 'check'];

/** Makes the page open without a network: the first visit came before the service worker, so all it loaded is asked for once more. */
export async function keepPage() {
  if (!navigator.serviceWorker) return;
  const before = Boolean(navigator.serviceWorker.controller);
  await navigator.serviceWorker.register('/field-worker.js', { scope: '/field' });
  if (before) { const kept = await caches.match('/field'); if (kept) return; }
  if (!navigator.serviceWorker.controller) await new Promise(go => navigator.serviceWorker.addEventListener('controllerchange', go, { once: true }));
  const loaded = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.startsWith(location.origin) && /\/assets\//.test(name));
  const wanted = ['/field.webmanifest', ...ICONS.map(name => `/assets/vendor/icons/${name}.svg`), ...new Set(loaded)];
  while (wanted.length) await Promise.all(wanted.splice(0, 6).map(address => fetch(address).catch(() => null))); // six at a time: the tasks come first
  await fetch('/field').catch(() => null); // last: where it is kept, all it needs is
}
