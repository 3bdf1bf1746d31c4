// The map beside the camera wall: every camera by its state, those on the wall with their number. A click chooses one. Draws; asks nobody.

import { h } from './duty-dom.js';
import { style, streetLayer } from './duty-place.js';
import { read } from './duty-call.js';

const EMPTY = { type: 'FeatureCollection', features: [] };
const COLOUR = { online: '#1f9fd6', offline: '#8a5a5a', unknown: '#8a97a6' };

/** `{show(rows, chosen), theme(dark), pick(onPick), remove()}`; null where WebGL is missing. */
export async function makeCameraMap(node, dark) {
  const maplibre = await import('./vendor/maplibre-gl.mjs');
  if (!document.querySelector('link[data-map]')) document.head.append(h('link', { rel: 'stylesheet', href: '/assets/vendor/maplibre-gl.css', 'data-map': true }));
  maplibre.setWorkerUrl?.('/assets/vendor/maplibre-gl-worker.mjs');
  const [areas, roads, water, places] = await Promise.all([streetLayer(), ...['roads', 'water', 'places'].map(name => read(`/layers/${name}`).catch(() => EMPTY))]);
  const parts = { areas, roads, water, places }, numbers = [];
  let cameras = EMPTY, map;
  const whole = night => {
    const made = style(night, parts);
    made.sources.cameras = { type: 'geojson', data: cameras };
    made.layers.push({ id: 'cameras', source: 'cameras', type: 'circle', paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 3, 15, 7], 'circle-color': ['match', ['get', 'state'], 'online', COLOUR.online, 'offline', 'rgba(0,0,0,0)', COLOUR.unknown],
      'circle-stroke-width': ['match', ['get', 'state'], 'offline', 2.5, 1], 'circle-stroke-color': ['match', ['get', 'state'], 'offline', COLOUR.offline, night ? '#0b1320' : '#ffffff'] } });
    return made;
  };
  try {
    map = new maplibre.Map({ container: node, style: whole(dark), center: [119.95, 31.8], zoom: 12, attributionControl: false, localIdeographFontFamily: "'Noto Sans CJK SC','Microsoft YaHei',sans-serif", dragRotate: false });
  } catch { return null; }
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'bottom-right');
  map.on('mouseenter', 'cameras', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'cameras', () => { map.getCanvas().style.cursor = ''; });
  const points = areas.features.map(one => [one.properties.lon, one.properties.lat]).filter(one => one[0]);
  if (points.length) map.fitBounds(points.reduce((box, one) => box.extend(one), new maplibre.LngLatBounds(points[0], points[0])), { padding: 30, duration: 0 });
  return {
    show(rows) {
      cameras = { type: 'FeatureCollection', features: rows.map(one => ({ type: 'Feature', properties: { device: one.device, state: one.state }, geometry: { type: 'Point', coordinates: [one.lon, one.lat] } })) };
      const put = () => map.getSource('cameras')?.setData(cameras);
      if (map.getSource('cameras')) put(); else map.once('load', put);
    },
    /** Numbers those that are on the wall, in their order; `go`: the view goes where they are. */
    number(shown, go = false) {
      for (const one of numbers.splice(0)) one.remove();
      const placed = shown.map((one, index) => ({ ...one, number: index + 1 })).filter(one => Number.isFinite(one.lon));
      for (const one of placed) numbers.push(new maplibre.Marker({ element: h('div', { class: 'cam-pin', title: one.name || one.device }, String(one.number)) }).setLngLat([one.lon, one.lat]).addTo(map));
      if (go && placed.length) map.fitBounds(placed.reduce((box, one) => box.extend([one.lon, one.lat]), new maplibre.LngLatBounds()), { padding: 60, maxZoom: 15, duration: 0 });
    },
    pick(onPick) { map.on('click', 'cameras', event => onPick(event.features[0].properties.device)); },
    theme(night) { map.setStyle(whole(night)); },
    remove() { map.remove(); },
  };
}
