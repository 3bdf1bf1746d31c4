// The small map beside the evidence: streets, water, roads and one place. Made once and moved; never a layer of live values.

import { t, h, icon, fill } from './duty-dom.js';
import { read } from './duty-call.js';

const EMPTY = { type: 'FeatureCollection', features: [] };
let streets = null;

/** The areas, read once. */
export const streetLayer = () => (streets ||= read('/layers/areas').catch(() => EMPTY));

/** `{street code: name}` of the area layer. */
export async function streetNames() {
  return Object.fromEntries(((await streetLayer()).features || []).map(one => [one.properties.code, one.properties.name]));
}

const line = (id, source, colour, width, filter, dash) => ({ id, source, type: 'line', ...(filter ? { filter } : {}), layout: { 'line-join': 'round', 'line-cap': 'round' },
  paint: { 'line-color': colour, 'line-width': width, ...(dash ? { 'line-dasharray': dash } : {}) } });
const wide = (near, far) => ['interpolate', ['linear'], ['zoom'], 11, near, 16, far];

const DRAWN = '#d97706'; // works: no severity's colour
/** One shape on the ground, where a map has the source `drawn`. */
const drawnLayers = dark => [
  { id: 'drawn-fill', source: 'drawn', type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': DRAWN, 'fill-opacity': dark ? 0.35 : 0.25 } },
  line('drawn-edge', 'drawn', dark ? '#0b1320' : '#ffffff', 7, ['!=', ['geometry-type'], 'Point']), line('drawn-line', 'drawn', DRAWN, 4, ['!=', ['geometry-type'], 'Point'], [2, 1]),
  { id: 'drawn-point', source: 'drawn', type: 'circle', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': DRAWN, 'circle-radius': 8, 'circle-stroke-width': 2, 'circle-stroke-color': dark ? '#0b1320' : '#ffffff' } },
];
const cornersIn = part => (typeof part[0] === 'number' ? [part] : part.flatMap(cornersIn));

/** The ground: land, water, roads, names; the desks' other maps stand on it, too. */
export function style(dark, parts) {
  const c = dark ? { land: '#0f1c2e', water: '#123a5c', road: '#2a3d57', main: '#3c5372', ink: '#c9d8ea', halo: '#0f1c2e', edge: '#5d7695' }
    : { land: '#e8ecef', water: '#a9d3ee', road: '#ffffff', main: '#ffdf9a', ink: '#31435a', halo: '#ffffff', edge: '#8794a8' };
  const font = ['Noto Sans CJK SC'];
  return {
    version: 8,
    sources: Object.fromEntries(Object.entries(parts).map(([name, data]) => [name, { type: 'geojson', data }])),
    layers: [
      { id: 'land', type: 'background', paint: { 'background-color': c.land } },
      { id: 'lake', source: 'water', type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.water } },
      line('river', 'water', c.water, wide(2, 12), ['==', ['geometry-type'], 'LineString']),
      line('road-3', 'roads', c.road, wide(1, 7), ['==', ['get', 'class'], 3]), line('road-2', 'roads', c.road, wide(1.6, 12), ['==', ['get', 'class'], 2]),
      line('road-1', 'roads', c.main, wide(2.2, 14), ['==', ['get', 'class'], 1]), line('edge', 'areas', c.edge, 1.2, null, [3, 2]),
      { id: 'road-name', source: 'roads', type: 'symbol', minzoom: 13.5, layout: { 'symbol-placement': 'line', 'text-field': ['coalesce', ['get', 'name'], ''], 'text-font': font, 'text-size': 12 }, paint: { 'text-color': c.ink, 'text-halo-color': c.halo, 'text-halo-width': 1.4 } },
      { id: 'place-name', source: 'places', type: 'symbol', minzoom: 13, layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 12 }, paint: { 'text-color': c.ink, 'text-halo-color': c.halo, 'text-halo-width': 1.4 } },
      ...(parts.drawn ? drawnLayers(dark) : []),
    ],
  };
}

/** `{show(lon, lat, severity or 'drill'), hide(), theme(dark), pick(onPick)}`. Where WebGL is missing the place is told in figures instead. */
export async function makePlaceMap(node, dark) {
  const maplibre = await import('./vendor/maplibre-gl.mjs');
  if (!document.querySelector('link[data-map]')) document.head.append(h('link', { rel: 'stylesheet', href: '/assets/vendor/maplibre-gl.css', 'data-map': true }));
  maplibre.setWorkerUrl?.('/assets/vendor/maplibre-gl-worker.mjs');
  const [areas, roads, water, places] = await Promise.all([streetLayer(), ...['roads', 'water', 'places'].map(name => read(`/layers/${name}`).catch(() => EMPTY))]);
  const parts = { areas, roads, water, places, drawn: EMPTY };
  let map;
  try {
    map = new maplibre.Map({ container: node, style: style(dark, parts), center: [119.95, 31.8], zoom: 14, attributionControl: false, localIdeographFontFamily: "'Noto Sans CJK SC','Microsoft YaHei',sans-serif", dragRotate: false });
  } catch {
    fill(node, h('p', { class: 'map-off' }, icon('map'), t('duty.map_off')));
    return null;
  }
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'bottom-right');
  map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), 'bottom-left');
  const pin = h('div', { class: 'pin' });
  const marker = new maplibre.Marker({ element: pin }), signs = [];
  let shown = false;
  return {
    /** Whether it shows what it was last told to. */
    isFresh: () => shown,
    show(lon, lat, severity) { shown = true; pin.className = `pin pin-${severity || 5} maplibregl-marker`; marker.setLngLat([lon, lat]).addTo(map); map.jumpTo({ center: [lon, lat], zoom: 14.6 }); map.resize(); },
    /** Parts of an incident as small signs, the gravest on top, and the view drawn so far that all are seen beside the map's own buttons: `[{lon, lat, severity, title, symbol}]`. */
    dots(parts) {
      for (const one of signs.splice(0)) one.remove();
      const box = new maplibre.LngLatBounds();
      for (const { lon, lat, severity, title, symbol } of [...parts].sort((a, b) => (b.severity || 9) - (a.severity || 9))) {
        signs.push(new maplibre.Marker({ element: h('div', { class: `part-dot part-dot-${severity}`, title }, symbol) }).setLngLat([lon, lat]).addTo(map));
        box.extend([lon, lat]);
      }
      if (!box.isEmpty()) map.fitBounds(box, { padding: { top: 34, bottom: 44, left: 34, right: 62 }, maxZoom: 16, duration: 0 });
    },
    /** One shape (a GeoJSON geometry), null for none; `fit`: the view goes there. */
    outline(geometry, fit = false) {
      parts.drawn = geometry ? { type: 'Feature', properties: {}, geometry } : EMPTY;
      const put = () => map.getSource('drawn')?.setData(parts.drawn);
      if (map.getSource('drawn')) put(); else map.once('load', put);
      if (geometry && fit) map.fitBounds(cornersIn(geometry.coordinates).reduce((box, one) => box.extend(one), new maplibre.LngLatBounds()), { padding: 40, maxZoom: 14.4, duration: 0 });
    },
    theme(night) { map.setStyle(style(night, parts)); },
    resize() { map.resize(); },
    pick(onPick) { map.on('click', event => { marker.setLngLat(event.lngLat).addTo(map); onPick(event.lngLat.lng, event.lngLat.lat); }); },
    remove() { map.remove(); },
    frame() { const points = areas.features.map(one => [one.properties.lon, one.properties.lat]).filter(one => one[0]); if (points.length) map.fitBounds(points.reduce((box, one) => box.extend(one), new maplibre.LngLatBounds(points[0], points[0])), { padding: 40, duration: 0 }); },
  };
}
