// The one map that a ledger shows at a time: the former goes before the next comes, for a browser has few contexts to draw with.

import { h } from './duty-dom.js';
import { makePlaceMap } from './duty-place.js';

let shown = null;

/** The map in `box`, null where there can be none or the box is gone by then. */
export async function onlyMap(box, dark) {
  shown?.remove();
  shown = null;
  const map = await makePlaceMap(box, dark);
  if (!map || !box.isConnected) { map?.remove(); return null; }
  map.resize();
  return (shown = map);
}

export const themeMap = dark => shown?.theme(dark);

/** The small map of a row's place; null for a row that has none. */
export function showPlace(row, head) {
  if (!Number.isFinite(row.lon)) return null;
  const box = h('div', { class: 'l-map' });
  setTimeout(() => onlyMap(box, head.dark()).then(map => map?.show(row.lon, row.lat, row.severity || 5)));
  return box;
}
