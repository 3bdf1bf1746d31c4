// Today's patrols: where to be seen, what is visited, the way to the next stop; checking in keeps the position in the phone and the queue
// sends it. Which position counts says the server (dispatch/patrol.py); here nothing is counted in advance.

import { h, t, fill, icon, clock, now, toast } from './duty-dom.js';
import { read } from './duty-call.js';
import { lengthText, metres, whereAmI } from './field-phone.js';
import { chooseWay } from './field-way.js';

const SHOWN = 30, FRESH_MS = 60000, STEP_M = 25, STEP_MS = 60000;
const OPEN = ['planned', 'under_way'];
const own = id => `patrol-${id}`;

export function makePatrol(app) {
  const { memory, outgoing, slots } = app;
  let patrols = memory.kept('patrols', []), readAt = 0, busy = null, walking = null, last = null, drawn = '';

  async function enter() {
    app.locate(6000);
    if (Date.now() - readAt < FRESH_MS) return;
    const day = new Date(now());
    const from = new Date(day.getFullYear(), day.getMonth(), day.getDate()).toISOString(), to = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).toISOString();
    try {
      const { patrols: rows } = await read(`/patrols?mine=true&limit=20&from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);
      patrols = await Promise.all(rows.filter(one => one.stage !== 'cancelled').map(one => read(`/patrols/${one.id}`)));
      patrols = patrols.map(({ track, audit, ...one }) => ({ ...one, verdict: track?.at(-1)?.verdict || null }));
      readAt = Date.now();
      memory.keep('patrols', patrols);
    } catch { /* without a network those of the last look */ }
    draw();
  }

  function draw() {
    const waiting = patrols.map(one => outgoing.waitingFor(own(one.id))), key = JSON.stringify([patrols, waiting, busy, Boolean(walking), app.here && [app.here.lon.toFixed(4), app.here.lat.toFixed(4)]]);
    if (key === drawn && slots.patrol.firstChild) return;
    drawn = key;
    const open = patrols.find(one => OPEN.includes(one.stage) && Date.parse(one.until) > now());
    fill(slots.patrol, h('div', { class: 'patrol' }, patrols.length ? patrols.map(card) : h('div', { class: 'field-empty' }, icon('route'), h('b', {}, t('field.patrol.none')), h('span', {}, t('field.patrol.none_hint')))),
      open && h('footer', { class: 'field-acts' }, h('button', { type: 'button', class: 'side', 'data-do': 'report', 'aria-label': t('field.patrol.report'), onclick: () => app.go('report') }, icon('camera')),
        h('button', { type: 'button', class: 'second', 'data-do': 'walk', 'aria-pressed': String(Boolean(walking)), onclick: () => walk(open) }, icon(walking ? 'locate-fixed' : 'locate'), h('span', {}, t(walking ? 'field.patrol.walking' : 'field.patrol.walk'))),
        h('button', { type: 'button', class: 'main', 'data-act': 'check_in', disabled: busy === open.id, onclick: () => checkIn(open) }, icon('map-pinned'), h('span', {}, t(busy === open.id ? 'field.patrol.checking' : 'field.patrol.check_in')))));
  }

  function card(one) {
    const stops = one.stops.map((stop, at) => ({ ...stop, at, away: app.here ? metres(app.here, stop) : null }));
    const visited = stops.filter(stop => stop.visited).length, needed = Math.ceil(one.share * stops.length - 1e-9);
    const left = stops.filter(stop => !stop.visited).sort((a, b) => (a.away ?? a.at) - (b.away ?? b.at)), next = OPEN.includes(one.stage) ? left[0] : null;
    const shown = [...left, ...stops.filter(stop => stop.visited)].slice(0, SHOWN);
    const bar = h('i', {});
    bar.style.width = `${Math.min(100, (100 * visited) / Math.max(1, needed))}%`;
    return h('article', { class: 'patrol-card', 'data-id': one.id, 'data-stage': one.stage },
      h('div', { class: 'patrol-head' }, h('div', {}, h('h2', {}, one.title), one.duty_grid_name && h('p', {}, one.duty_grid_name), h('p', { class: 'num' }, t('field.patrol.window', { from: clock(one.from), to: clock(one.until) }))), one.drill && h('b', { class: 'mark drill' }, t('desk.drill')), h('span', { class: `stage stage-${one.stage === 'done' ? 'finished' : 'handling'}` }, t(`field.patrol.stage.${one.stage}`))),
      h('div', { class: 'patrol-count' }, h('b', { class: 'num', 'data-figure': 'visited', 'data-value': visited, 'data-age': 0 }, t('field.patrol.visited', { n: visited, all: stops.length })), h('span', {}, t('field.patrol.needed', { n: needed }))), h('div', { class: 'patrol-bar' }, bar),
      outgoing.waitingFor(own(one.id)) && h('p', { class: 'patrol-note' }, t('field.patrol.waiting', { n: outgoing.countOf(own(one.id)) })),
      one.verdict && one.verdict !== 'good' && h('p', { class: 'patrol-note', 'data-verdict': one.verdict }, t(`field.patrol.verdict.${one.verdict}`)),
      h('ol', { class: 'stops' }, shown.map(stop => h('li', { 'data-visited': String(stop.visited), class: stop === next ? 'next' : '' }, icon(stop.visited ? 'circle-check' : 'circle-dot'), h('div', {}, h('b', {}, stop.kind === 'point' ? stop.name : t('field.patrol.stop', { n: stop.at + 1 })), h('span', {}, [stop === next && t('field.patrol.next'), stop.kind === 'cell' && stop.name, stop.away !== null && t('field.patrol.here', { distance: lengthText(stop.away) })].filter(Boolean).join(' · '))),
        !stop.visited && h('button', { type: 'button', class: 'route', 'aria-label': t('field.navigate'), onclick: () => chooseWay({ lon: stop.lon, lat: stop.lat, name: stop.name }) }, icon('navigation'))))),
      stops.length > SHOWN && h('p', { class: 'patrol-note' }, t('field.patrol.more', { n: stops.length - SHOWN })));
  }

  async function checkIn(one) {
    busy = one.id;
    draw();
    const found = await whereAmI(12000, 0);
    busy = null;
    if (!found) toast('error', t('field.patrol.no_position')); else await put(one, found, true);
    draw();
  }

  /** The moment is told by the phone's clock, as its header at sending is: the server puts it right by the difference. */
  async function put(one, found, loud) {
    app.here = found;
    last = found;
    const at = new Date(found.at).toISOString();
    const safe = await outgoing.add({ path: `/patrols/${one.id}/track`, number: own(one.id), title: one.title, body: { fixes: [{ at, lon: Number(found.lon.toFixed(7)), lat: Number(found.lat.toFixed(7)), datum: 'wgs84', accuracy_m: Math.round(found.accuracy || 0) }] } });
    if (loud) { navigator.vibrate?.(60); app.tell(safe, t(navigator.onLine ? 'field.patrol.kept' : 'field.kept')); }
  }

  /** While the page is open and somebody wants it, a position every minute and every 25 m; a phone in a pocket sleeps. */
  function walk(one) {
    if (walking) { navigator.geolocation.clearWatch(walking); walking = null; draw(); return; }
    if (!navigator.geolocation) { toast('error', t('field.patrol.no_position')); return; }
    walking = navigator.geolocation.watchPosition(({ coords }) => {
      const found = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: Date.now() };
      if (!last || (found.at - last.at >= STEP_MS && metres(last, found) >= STEP_M)) put(one, found, false).then(draw);
    }, () => null, { enableHighAccuracy: true, maximumAge: 5000 });
    draw();
  }

  function settled(message, problem, data) {
    if (!String(message.number).startsWith('patrol-')) return;
    const fresh = data?.patrol;
    if (fresh) { const { track, audit, ...one } = fresh; patrols = patrols.map(each => (each.id === fresh.id ? { ...one, verdict: data.verdict || track?.at(-1)?.verdict || null } : each)); memory.keep('patrols', patrols); }
    if (app.view === 'patrol' && !app.opened) draw();
  }

  return { draw, enter, settled };
}
