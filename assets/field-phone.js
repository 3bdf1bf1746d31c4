// What the phone can do: a smaller photo, its place, how far a place is. Nothing is sent from here.

import { t } from './duty-dom.js';

const LONGEST_PX = 1600;
const EARTH_M = 6371008.8;

/** A photo as JPEG with at most 1600 px on its longer side; the canvas drops the EXIF block. Raises where it cannot be read. */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.82));
  if (!blob) throw new Error('no picture');
  return blob;
}

/** `{lon, lat, accuracy}` (WGS-84), or null where it is forbidden, unknown or too slow: an act never waits for satellites. */
export function whereAmI(timeout = 8000) {
  return new Promise(resolve => {
    if (!navigator.geolocation) { resolve(null); return; }
    const given = setTimeout(() => resolve(null), timeout + 500);
    const done = value => { clearTimeout(given); resolve(value); };
    navigator.geolocation.getCurrentPosition(found => done({ lon: found.coords.longitude, lat: found.coords.latitude, accuracy: found.coords.accuracy }), () => done(null), { enableHighAccuracy: true, timeout, maximumAge: 30000 });
  });
}

/** Great-circle metres (haversine). */
export function metres(a, b) {
  const rad = degrees => (degrees * Math.PI) / 180;
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}

export function distanceText(here, row) {
  if (!here || !Number.isFinite(row.lon)) return '';
  const away = metres(here, row);
  return t('field.away', { distance: away < 950 ? `${Math.max(10, Math.round(away / 10) * 10)} m` : `${(away / 1000).toFixed(1)} km` });
}
