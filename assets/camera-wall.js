// The camera wall's page: which pictures are shown is its address; a map and a list to choose from beside them. Draws and asks; the API decides.

import { begin, fill, h, icon, now, t, toast, word, listed } from './duty-dom.js';
import { follow, mountHead } from './duty-head.js';
import { explain, read } from './duty-call.js';
import { streetNames } from './duty-place.js';
import { CameraGrid } from './camera-wall-grid.js';
import { Asking, questionOf } from './camera-wall-ask.js';
import { makeCameraMap } from './camera-wall-map.js';
import { view } from './view.js';

const MOST = 16, LISTED = 200, MAP_MS = 60_000;

export async function mount(root, config) {
  await begin(config);
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const head = mountHead(root, config);
  follow(config, head, () => {}, 'duty');
  const names = await streetNames().catch(() => ({})), street = code => names[String(code).slice(0, 9)] || code;
  const state = { all: [], shown: [], words: '', total: 0 };
  let map = null;

  const size = () => { const most = Number(view.get('most')); return config.sizes.includes(most) ? most : 9; };
  const page = () => Math.max(0, Number(view.get('page')) || 0);
  const grid = new CameraGrid(slots.pictures, { now, onpick: one => view.set({ cameras: one.device, most: 1 }, { step: true }), ondrop: one => choose(state.shown.map(each => each.device).filter(each => each !== one.device)) });
  const asking = new Asking({ read, question: () => questionOf(view, { most: size(), page: page() }), show, failed: problem => grid.none(explain(problem)) });

  /** By hand: these, in their order; none: what the address says besides. */
  function choose(devices) {
    const kept = devices.slice(-MOST), most = config.sizes.find(one => one >= kept.length) || MOST;
    view.set({ cameras: kept.length ? kept : null, ...(kept.length > size() ? { most } : {}), page: null }, { step: true });
  }
  const toggle = device => { const chosen = view.list('cameras') || []; choose(chosen.includes(device) ? chosen.filter(one => one !== device) : [...chosen, device]); };

  function show(told) {
    const moved = JSON.stringify(state.shown.map(one => one.device)) !== JSON.stringify(told.pictures.map(one => one.device));
    state.shown = told.pictures;
    if (told.pictures.length) grid.show(told.pictures, size());
    else grid.none(t(`cameras.none_${told.by}`));
    by(told);
    if (moved) map?.number(told.pictures, told.by !== 'area' || Boolean(view.get('area')));
    list();
    root.dataset.filled = told.by;
  }

  function by(told) {
    const pages = told.by === 'area' ? Math.ceil(told.total / size()) : 1;
    const words = told.by === 'hand' ? t('cameras.by_hand', { n: told.total }) : told.by === 'incident' ? t('cameras.by_incident', { id: view.get('incident'), n: told.total }) : t('cameras.by_area', { area: view.get('area') ? street(view.get('area')) : t('cameras.everywhere'), n: told.total });
    fill(slots.by, words, told.unknown.length > 0 && h('small', { class: 'cam-unknown' }, icon('circle-alert'), t('cameras.unknown', { list: listed(told.unknown) })), !told.may_watch && h('small', {}, t('cameras.why.not_allowed')));
    const go = to => h('button', { type: 'button', class: 'quiet', disabled: to < 0 || to >= pages, 'aria-label': t(to < page() ? 'cameras.before' : 'cameras.after'), onclick: () => view.set({ page: to || null }) }, icon(to < page() ? 'chevron-left' : 'chevron-right'));
    fill(slots.pages, pages > 1 && [go(page() - 1), h('span', { class: 'num' }, `${page() + 1} / ${pages}`), go(page() + 1), h('label', { class: 'l-tick' }, turning, t('cameras.turn', { n: Math.round(config.dwell_s) }))],
      (view.get('cameras') || view.get('incident')) && h('button', { type: 'button', class: 'quiet', 'data-do': 'all', onclick: () => view.set({ cameras: null, incident: null, page: null }, { step: true }) }, t('cameras.all')));
    for (const button of root.querySelectorAll('[data-size]')) button.setAttribute('aria-pressed', String(Number(button.dataset.size) === size()));
    state.pages = pages;
  }

  const turning = h('input', { type: 'checkbox', 'data-do': 'turn' });
  setInterval(() => { if (turning.checked && turning.isConnected && !document.hidden) view.set({ page: (page() + 1) % state.pages || null }); }, config.dwell_s * 1000);

  // ── choosing: words, an area, the map ─────────────────────────────────────────────────────────────────────────
  const search = h('input', { type: 'search', placeholder: t('cameras.search'), 'aria-label': t('cameras.search'), oninput: () => list() });
  const area = h('select', { 'aria-label': t('cameras.area'), onchange: event => view.set({ area: event.target.value || null, cameras: null, incident: null, page: null }, { step: true }) }, h('option', { value: '' }, t('cameras.everywhere')), Object.entries(names).map(([code, name]) => h('option', { value: code, selected: code === view.get('area') }, name)));
  fill(slots.find, search, area);

  function list() {
    const words = search.value.trim().toLowerCase(), chosen = new Map(state.shown.map((one, index) => [one.device, index + 1]));
    const found = state.all.filter(one => !words || `${one.name} ${one.device}`.toLowerCase().includes(words)).sort((a, b) => (chosen.get(a.device) || 99) - (chosen.get(b.device) || 99));
    const line = one => h('li', {}, h('button', { type: 'button', 'data-id': one.device, 'aria-pressed': String(chosen.has(one.device)), onclick: () => toggle(one.device) },
      h('b', { class: 'cam-number' }, chosen.get(one.device) || ''), icon(one.state === 'offline' ? 'video-off' : 'video'), h('span', {}, one.name || one.device, one.drill && h('b', { class: 'mark drill' }, t('desk.drill'))), h('small', { class: `cam-state-${one.state}` }, t(`cameras.state.${one.state}`))));
    fill(slots.list, found.length ? h('ul', {}, found.slice(0, LISTED).map(line)) : h('p', { class: 'muted' }, t(state.all.length ? 'cameras.no_match' : 'cameras.none_area')), found.length > LISTED && h('p', { class: 'muted' }, t('cameras.more', { n: found.length - LISTED })));
  }

  async function places() {
    try {
      const { columns } = await read('/camera-wall/map');
      state.all = columns.device.map((device, at) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[at]])));
      map?.show(state.all);
      list();
    } catch (problem) { if (!state.all.length) fill(slots.list, h('p', { class: 'muted' }, explain(problem))); }
  }

  root.querySelector('.cam-sizes').addEventListener('click', event => { const most = event.target.closest('[data-size]')?.dataset.size; if (most) view.set({ most: Number(most) === 9 ? null : most, page: null }); });
  root.querySelector('[data-do=copy]').addEventListener('click', async () => { try { await navigator.clipboard.writeText(location.origin + view.address()); toast('ok', t('cameras.copied')); } catch { toast('error', view.address()); } });
  root.querySelector('[data-do=full]').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : root.querySelector('.cam-wall').requestFullscreen()));
  for (const name of ['cameras', 'incident', 'area', 'most', 'page']) view.on(name, () => { soon(); });
  let waiting = null;
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; area.value = view.get('area'); asking.load(); }); };
  root.addEventListener('theme', () => map?.theme(head.dark()));

  await asking.load();
  await places();
  setInterval(places, MAP_MS);
  map = await makeCameraMap(slots.map, head.dark()).catch(() => null);
  if (!map) { fill(slots.map, h('p', { class: 'map-off' }, icon('map'), word('cameras', 'map_off'))); return; }
  map.show(state.all);
  map.number(state.shown, Boolean(view.get('cameras') || view.get('incident') || view.get('area')));
  map.pick(toggle);
}
