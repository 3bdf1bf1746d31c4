// The map of the desk: every case of the queue as a dot, the one on the desk as a pin, what is known near a new one as rings.
// Made once; where WebGL is missing a word stands in its place.

import { h, t, fill, icon, number } from './duty-dom.js';
import { read } from './duty-call.js';
import { style, streetLayer } from './duty-place.js';

const EMPTY = { type: 'FeatureCollection', features: [] };
const DRILL = '#7b3fc4'; // as the mark of a drill
const SEVERITY = ['match', ['get', 'severity'], 1, '#e5383b', 2, '#f07f13', 3, '#eec01c', 4, '#3a83e0', '#7d8fa8'];
const points = rows => ({ type: 'FeatureCollection', features: rows.map(row => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [row.lon, row.lat] }, properties: row })) });
const NEAR = 15.2;
const placed = row => Number.isFinite(row.lon) && Number.isFinite(row.lat);

function layersOf(map, dark) {
  const edge = dark ? '#0f1c2e' : '#ffffff';
  for (const name of ['cases', 'near', 'around']) if (!map.getSource(name)) map.addSource(name, { type: 'geojson', data: EMPTY });
  map.addLayer({ id: 'around', source: 'around', type: 'fill', paint: { 'fill-color': '#2a9df4', 'fill-opacity': 0.12, 'fill-outline-color': '#2a9df4' } });
  map.addLayer({ id: 'late', source: 'cases', type: 'circle', filter: ['get', 'late'], paint: { 'circle-radius': 10, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 2.5, 'circle-stroke-color': dark ? '#ff7480' : '#c3212f' } });
  map.addLayer({ id: 'cases', source: 'cases', type: 'circle', layout: { 'circle-sort-key': ['-', ['get', 'severity']] }, paint: { 'circle-radius': 6.5, 'circle-color': ['case', ['get', 'drill'], DRILL, SEVERITY], 'circle-stroke-width': 1.5, 'circle-stroke-color': edge } });
  map.addLayer({ id: 'near', source: 'near', type: 'circle', paint: { 'circle-radius': 11, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': '#2a9df4' } });
}

/** A circle of metres around a place, as a polygon. */
function circle(lon, lat, metres) {
  const ring = Array.from({ length: 49 }, (_, step) => {
    const angle = step / 48 * 2 * Math.PI;
    return [lon + metres * Math.cos(angle) / (111_320 * Math.cos(lat * Math.PI / 180)), lat + metres * Math.sin(angle) / 111_320];
  });
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }] };
}

/** `{cases(rows, filtered), show(row), near(rows, place, radius), pick(onPick), theme(dark)}`; `open(number)` is called for a dot. */
export async function makeMap(slots, dark, open) {
  const maplibre = await import('./vendor/maplibre-gl.mjs');
  if (!document.querySelector('link[data-map]')) document.head.append(h('link', { rel: 'stylesheet', href: '/assets/vendor/maplibre-gl.css', 'data-map': true }));
  maplibre.setWorkerUrl?.('/assets/vendor/maplibre-gl-worker.mjs');
  const [areas, roads, water, places] = await Promise.all([streetLayer(), ...['roads', 'water', 'places'].map(name => read(`/layers/${name}`).catch(() => EMPTY))]);
  const parts = { areas, roads, water, places }, held = { cases: EMPTY, near: EMPTY, around: EMPTY };
  let map, onPick = null, ready = false, near = null, close = false;
  try {
    map = new maplibre.Map({ container: slots.map, style: style(dark, parts), center: [119.95, 31.8], zoom: 11, attributionControl: false, localIdeographFontFamily: "'Noto Sans CJK SC','Microsoft YaHei',sans-serif", dragRotate: false });
  } catch {
    fill(slots.map, h('p', { class: 'map-off' }, icon('map'), t('duty.map_off')));
    return null;
  }
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'bottom-right');
  map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), 'bottom-left');
  const marker = new maplibre.Marker({ element: h('div', { class: 'pin' }) });
  const set = (name, data) => { held[name] = data; if (ready) map.getSource(name)?.setData(data); };
  const dress = night => { layersOf(map, night); ready = true; for (const [name, data] of Object.entries(held)) map.getSource(name).setData(data); };
  map.on('load', () => { dress(dark); frame(); });
  map.on('click', event => {
    if (onPick) return onPick(event.lngLat.lng, event.lngLat.lat);
    const [found] = ready ? map.queryRenderedFeatures([[event.point.x - 5, event.point.y - 5], [event.point.x + 5, event.point.y + 5]], { layers: ['cases'] }) : [];
    if (found) open(found.properties.number);
  });
  map.on('mouseenter', 'cases', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'cases', () => { map.getCanvas().style.cursor = onPick ? 'crosshair' : ''; });
  new ResizeObserver(() => map.resize()).observe(slots.map);

  function frame() {
    const all = areas.features.map(one => [one.properties.lon, one.properties.lat]).filter(one => one[0]);
    if (all.length) map.fitBounds(all.reduce((box, one) => box.extend(one), new maplibre.LngLatBounds(all[0], all[0])), { padding: 30, duration: 0 });
  }

  const look = () => (close && near ? map.jumpTo({ center: [near.lon, near.lat], zoom: NEAR }) : frame());
  const button = h('button', { type: 'button', class: 'd-zoom', 'data-do': 'zoom', hidden: true, title: t('dispatch.key.zoom'), onclick: () => zoom() });
  slots.map.append(button);
  /** From the whole district to the place of the case, and back. */
  function zoom() {
    close = !close && Boolean(near);
    fill(button, icon(close ? 'map' : 'crosshair'), h('span', {}, t(close ? 'dispatch.zoom_out' : 'dispatch.zoom_in')), h('kbd', {}, 'Z'));
    look();
  }
  fill(button, icon('crosshair'), h('span', {}, t('dispatch.zoom_in')), h('kbd', {}, 'Z'));

  return {
    frame,
    /** `of`: how many there are, when not all are given. */
    cases(rows, of = rows.length) {
      const shown = rows.filter(placed);
      set('cases', points(shown.map(row => ({ number: row.number, severity: row.severity || 5, drill: Boolean(row.drill), late: row.late, lon: row.lon, lat: row.lat }))));
      fill(slots.legend, [1, 2, 3, 4, 5].map(level => h('span', { title: t(`desk.severity.${level}`) }, h('i', { class: `d-dot d-dot-${level}` }), t(`desk.severity.sign.${level}`))), shown.some(row => row.drill) && h('span', {}, h('i', { class: 'd-dot d-dot-drill' }), t('desk.drill')), h('span', {}, h('i', { class: 'd-dot late' }), t('dispatch.light.red')),
        h('span', { class: 'd-legend-sum' }, t(of === shown.length ? 'dispatch.map_all' : 'dispatch.map_some', { n: number(shown.length), of: number(of) })));
    },
    /** A pin; the view stays, unless somebody looks from near: then it goes along. */
    show(row) {
      near = row && placed(row) ? row : null;
      button.hidden = !near && !close;
      if (!near) { marker.remove(); return; }
      marker.getElement().className = `pin pin-${row.drill ? 'drill' : row.severity || 5} maplibregl-marker`;
      marker.setLngLat([row.lon, row.lat]).addTo(map);
      if (close) look(); else if (!map.getBounds().contains([row.lon, row.lat])) map.panTo([row.lon, row.lat], { duration: 0 });
    },
    zoom,
    near(rows, place, radius) {
      set('near', points(rows.filter(placed).map(({ lon, lat }) => ({ lon, lat }))));
      set('around', place && radius ? circle(place.lon, place.lat, radius) : EMPTY);
    },
    pick(wanted) { onPick = wanted; map.getCanvas().style.cursor = wanted ? 'crosshair' : ''; },
    theme(night) { ready = false; map.setStyle(style(night, parts)); map.once('styledata', () => dress(night)); },
  };
}
