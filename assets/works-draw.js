// Where a planned work lies, drawn on a small map: a point, a line or a surface, corner by corner. Sends nothing; the shape stands in a field.

import { h, t, icon } from './duty-dom.js';
import { makePlaceMap } from './duty-place.js';

const KINDS = ['point', 'line', 'surface'], SYMBOL = { point: 'map-pin', line: 'route', surface: 'square-check' };

/** GeoJSON of some corners `[[lon, lat]]`; null while there are too few. Pure. */
export function shapeOf(kind, corners) {
  if (kind === 'point') return corners.length ? { type: 'Point', coordinates: corners.at(-1) } : null;
  if (kind === 'line') return corners.length > 1 ? { type: 'LineString', coordinates: corners } : null;
  return corners.length > 2 ? { type: 'Polygon', coordinates: [[...corners, corners[0]]] } : null;
}

/** What is drawn while corners are still missing: the line so far. Pure. */
const sketch = (kind, corners) => shapeOf(kind, corners) || shapeOf(corners.length > 1 ? 'line' : 'point', corners);

/** Kind and corners of a shape that can be drawn again here, null for one of many parts. Pure. */
export function cornersOf(shape) {
  if (shape?.type === 'Point') return { kind: 'point', corners: [shape.coordinates] };
  if (shape?.type === 'LineString') return { kind: 'line', corners: shape.coordinates };
  if (shape?.type === 'Polygon' && shape.coordinates.length === 1) return { kind: 'surface', corners: shape.coordinates[0].slice(0, -1) };
  return null;
}

/** A map to draw on; the shape stands as JSON in the hidden field `shape`, nothing there while it is not whole. `start`: the shape there is. */
export function shapeField(dark, start = null) {
  const known = cornersOf(start), state = { kind: known?.kind || 'point', corners: [...(known?.corners || [])] };
  const kept = h('input', { type: 'hidden', name: 'shape' }), told = h('small', { class: 'muted', role: 'status' }), box = h('div', { class: 'pick-map' });
  let map = null;
  const choice = KINDS.map(kind => h('button', { type: 'button', class: 'quiet', 'data-kind': kind, onclick: () => { state.kind = kind; if (kind === 'point') state.corners = state.corners.slice(-1); draw(); } }, icon(SYMBOL[kind]), t(`works.draw.${kind}`)));
  const back = h('button', { type: 'button', class: 'quiet', 'data-do': 'undo', onclick: () => { state.corners.pop(); draw(); } }, icon('undo-2'), t('works.draw.undo'));

  function draw(fit = false) {
    const whole = shapeOf(state.kind, state.corners);
    kept.value = whole && (state.corners.length || !start) ? JSON.stringify(whole) : '';
    for (const button of choice) button.setAttribute('aria-pressed', String(button.dataset.kind === state.kind));
    back.disabled = !state.corners.length;
    told.textContent = whole ? t('works.draw.done', { n: state.corners.length }) : t(`works.draw.hint_${state.kind}`);
    map?.outline(sketch(state.kind, state.corners) || (known ? null : start), fit);
  }

  makePlaceMap(box, dark).then(made => {
    if (!made) return;
    if (!box.isConnected) { made.remove(); return; }
    map = made;
    box.addEventListener('gone', () => map.remove());
    map.resize();
    map.frame();
    map.pick((lon, lat) => { const corner = [Number(lon.toFixed(6)), Number(lat.toFixed(6))]; state.corners = state.kind === 'point' ? [corner] : [...state.corners, corner]; draw(); });
    draw(Boolean(start));
  });
  draw();
  return h('div', { class: 'wide l-pick w-draw' }, h('span', {}, t('works.where')), h('div', { class: 'w-draw-tools', role: 'toolbar', 'aria-label': t('works.where') }, choice, back), box, told, kept);
}
