// Reports without a place: what the gazetteer makes of each address, and one click that places it, on a suggestion or on the map.
// Placing teaches the address; a teaching can be taken back here. Which places there are and how sure they are is the server's to say.

import { h, t, word, fill, icon, clock, toast, titled } from './duty-dom.js';
import { act, call, explain, read, rowsOf } from './duty-call.js';
import { makePlaceMap } from './duty-place.js';

const percent = match => `${Math.round(match.confidence * 100)}%`;
const whys = match => match.why.map(one => t(`duty.match.${one}`)).join(' · ');

/** The buttons of the places an address may mean, into `node`; `choose(match)` is called with the one clicked. */
export async function drawSuggestions(node, row, choose) {
  if (!row.address) { fill(node, h('span', { class: 'muted' }, t('duty.unplaced.no_address'))); return; }
  try {
    const found = await read(`/gazetteer/matches?address=${encodeURIComponent(row.address.slice(0, 400))}&area=${encodeURIComponent(row.area || '')}&limit=3`);
    fill(node, found.matches.length ? found.matches.map(match => h('button', {
      type: 'button', class: `suggestion${match.confidence >= found.place_from ? ' sure' : ''}`, 'data-act': 'place', 'data-place': match.place_id, title: whys(match), onclick: () => choose(match),
    }, icon('map-pin'), h('b', {}, match.name), h('span', { 'data-figure': 'confidence', 'data-value': match.confidence }, percent(match)), h('small', {}, whys(match))))
      : h('span', { class: 'muted' }, t('duty.unplaced.nothing')));
  } catch (problem) {
    fill(node, h('span', { class: 'muted' }, explain(problem)));
  }
}

/** Takes a teaching back; true when it is done. */
async function forget(taught) {
  try {
    await call('POST', `/gazetteer/taught/${taught.id}/acts`, { body: { act: 'forget' } });
    toast('info', t('duty.unplaced.forgotten', { address: taught.said }));
    return true;
  } catch (problem) {
    toast('error', explain(problem));
    return false;
  }
}

const taughtOf = query => read(`/gazetteer/taught?${query}`).then(data => rowsOf(data, 'taught').filter(one => !one.forgotten_at));

/** Places a report: `{lon, lat, place_id?}`. Resolves to true when it lies inside the city now. */
async function place(row, spot, name) {
  try {
    const { data } = await act('report', row.id, 'place', spot);
    if (data.placement !== 'inside') { toast('error', t(`duty.placement.${data.placement}`)); return false; }
    const [taught] = await taughtOf(`report=${row.id}&limit=1`).catch(() => []);
    toast('ok', t(taught ? 'duty.unplaced.taught' : 'duty.unplaced.placed', { title: row.title, place: name, address: taught?.said || '' }),
      taught && { label: t('duty.unplaced.forget'), go: () => forget(taught) });
    return true;
  } catch (problem) {
    toast('error', explain(problem));
    return false;
  }
}

/** The list with its map. `open(row)` shows a report's evidence; `counted(n)` is told how many are left. */
export function unplacedReports(reports, { open, counted, dark }) {
  const canvas = h('div', { class: 'pick-map' }), hint = h('p', { class: 'hint' }), taught = h('details', { class: 'taught' });
  const left = new Map(reports.map(row => [row.id, row]));
  let chosen = null, map = null, closed = false;

  const item = row => {
    const suggestions = h('div', { class: 'suggestions' }, h('span', { class: 'muted' }, t('desk.loading')));
    const node = h('li', { 'data-id': row.id, tabindex: '0', onclick: () => select(row), onfocus: () => select(row) },
      h('div', {}, h('b', {}, titled(row)), h('span', { class: 'muted' }, [word('desk.channel', row.channel), row.address, clock(row.received_at), t(`duty.placement.${row.placement}`)].filter(Boolean).join(' · ')), suggestions),
      h('button', { type: 'button', class: 'quiet', title: t('duty.tray.open'), 'aria-label': t('duty.tray.open'), onclick: () => open(row) }, icon('scan-eye')));
    seen.observe(node);
    nodes.set(row.id, { node, suggestions });
    return node;
  };
  const nodes = new Map();
  // A tray of hundreds asks only for those that somebody looks at.
  const seen = new IntersectionObserver(entries => entries.filter(one => one.isIntersecting).forEach(one => {
    seen.unobserve(one.target);
    const row = left.get(Number(one.target.dataset.id));
    if (row) drawSuggestions(nodes.get(row.id).suggestions, row, match => settle(row, { lon: match.lon, lat: match.lat, ...(match.place_id ? { place_id: match.place_id } : {}) }, match.name));
  }));

  function select(row) {
    if (chosen?.id === row?.id) return;
    if (chosen) nodes.get(chosen.id)?.node.classList.remove('chosen');
    chosen = row;
    if (row) nodes.get(row.id)?.node.classList.add('chosen');
    hint.textContent = row ? t('duty.unplaced.map_hint', { title: titled(row), address: row.address || t('duty.no_place') }) : t('duty.tray.none');
  }

  async function settle(row, spot, name) {
    const { node } = nodes.get(row.id);
    if (node.classList.contains('busy')) return;
    node.classList.add('busy');
    const done = await place(row, spot, name);
    node.classList.remove('busy');
    if (!done) return;
    left.delete(row.id);
    node.remove();
    counted(left.size);
    select([...left.values()][0] || null);
    drawTaught();
  }

  async function drawTaught() {
    const rows = await taughtOf('limit=10').catch(() => []);
    taught.hidden = !rows.length;
    fill(taught, h('summary', {}, t('duty.unplaced.recent', { n: rows.length })), h('ul', {}, rows.map(one => {
      const line = h('li', { 'data-taught': one.id }, h('div', {}, h('b', {}, one.said), h('span', { class: 'muted' }, [one.name, one.taught_by, clock(one.taught_at)].join(' · '))),
        h('button', { type: 'button', class: 'quiet', 'data-act': 'forget', onclick: async () => { if (await forget(one)) line.remove(); } }, icon('undo-2'), t('duty.unplaced.forget')));
      return line;
    })));
  }

  const list = h('ul', { class: 'unplaced' }, reports.map(item));
  const whole = h('div', { class: 'unplaced-desk' }, reports.length ? list : h('p', { class: 'muted' }, t('duty.tray.none')), reports.length ? h('div', { class: 'unplaced-map' }, hint, canvas) : null, taught);
  select(reports[0] || null);
  drawTaught();
  if (reports.length) makePlaceMap(canvas, dark).then(made => {
    if (closed) { made?.remove(); return; }
    map = made;
    map?.frame();
    map?.pick((lon, lat) => { if (chosen) settle(chosen, { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) }, t('duty.unplaced.on_map')); });
  }).catch(problem => toast('error', explain(problem)));
  return { node: whole, close: () => { closed = true; seen.disconnect(); map?.remove(); } };
}
