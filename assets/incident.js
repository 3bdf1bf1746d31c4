// One incident whole: what it says, its parts in the order of time with the reason why each is in, where they lie, who did what.
// Reads and draws, again whenever the stream tells of a newer version; acts are done on the duty desk.

import { begin, h, t, fill, icon, badge, clock, span, age, now, number, measured, labelOf, titleOf, word, endedPicture, titled } from './duty-dom.js';
import { loadText } from './text.js';
import { follow, mountHead } from './duty-head.js';
import { call, read, explain } from './duty-call.js';
import { drawRecord } from './duty-record.js';
import { shot } from './duty-report.js';
import { makePlaceMap, streetNames } from './duty-place.js';
import { metres, partsOf, said, SYMBOL, whyOf } from './incident-parts.js';
import { latestOf } from './duty-nearby.js';
import { makeEmergency } from './incident-emergency.js';
import { dotsOf, showResources } from './incident-resources.js';
import { openCast } from './screen-cast.js';
import { drawWorks } from './works-near.js';

const EVERY_MS = 30_000;
const OVER = ['closed', 'dismissed'];

const caption = words => h('figcaption', { title: words }, words);
const none = key => h('p', { class: 'i-none' }, t(key));
const stageOf = row => h('span', { class: `stage stage-${row.stage}` }, word('desk.stage', row.stage));

export async function mount(root, config) {
  await begin(config);
  await Promise.all(['incident', 'quality', 'emergency', 'duty', 'works', 'camera'].map(name => loadText(config.language, name)));
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const head = mountHead(root, config);
  let version = 0, map = null, names = {}, wanted = false, placeOf = null, near = [];
  const live = follow(config, head, state => { const row = state.incidents.get(config.incident); if (row && row.version !== version) load(); });
  if (!config.incident) return;
  names = await streetNames().catch(() => ({}));
  root.addEventListener('theme', () => map?.theme(head.dark()));

  async function load() {
    if (wanted) return;
    wanted = true;
    try { draw((await call('GET', `/incidents/${config.incident}`)).data); } catch (problem) { unread(problem); } finally { wanted = false; }
  }

  /** What was never read has no panels: one sentence stands for all of them. */
  function unread(problem) {
    slots.banner.parentElement.classList.toggle('unread', !version);
    fill(slots.banner, h('p', { class: 'i-none' }, explain(problem)));
  }

  function draw(noun) {
    version = noun.version;
    slots.banner.parentElement.classList.remove('unread');
    placeOf = Number.isFinite(noun.lon) && Number.isFinite(noun.lat) ? { lon: noun.lon, lat: noun.lat } : null;
    const parts = partsOf(noun);
    banner(noun);
    timeline(noun, parts);
    cases(noun);
    drawRecord(slots.record, 'incident', noun);
    pictures(noun);
    place(noun, parts);
    drawWorks(slots.works, noun, config, { note: slots['works-note'] });
    root.dataset.version = version;
  }

  function banner(noun) {
    const ended = OVER.includes(noun.stage), lasted = ended ? (Date.parse(noun.closed_at) - Date.parse(noun.opened_at)) / 1000 : age(noun.opened_at);
    const link = (id, key) => h('a', { href: `/incident/${id}` }, t(key, { id }));
    fill(slots.banner, badge(noun.severity),
      h('div', { class: 'i-words' }, h('h1', { title: noun.title }, titleOf(noun, config.rules)), h('p', {}, said(`#${noun.id}`, names[noun.street], labelOf(config.classes[noun.class_code]), t('incident.since', { at: clock(noun.opened_at) }), t(ended ? 'incident.lasted' : 'incident.lasts', { span: span(lasted) }), noun.owner && t('incident.owner', { name: noun.owner }))),
        h('p', { class: 'i-links' }, noun.merged_into && link(noun.merged_into, 'incident.merged_into'), noun.split_from && link(noun.split_from, 'incident.split_from'), (noun.merged || []).map(one => link(one.id, 'incident.merged')), (noun.split || []).map(one => link(one.id, 'incident.split')))),
      h('div', { class: 'i-counts' }, Object.keys(SYMBOL).filter(channel => noun.parts?.[channel]).map(channel => [channel, noun.parts[channel]]).map(([channel, n]) => h('div', { class: 'i-count' }, h('span', {}, icon(SYMBOL[channel] || 'circle-dot'), t(`incident.channel.${channel}`)), h('b', { class: 'num', 'data-figure': `parts_${channel}`, 'data-value': n, 'data-age': Math.round(age(noun.updated_at)) }, number(n))))),
      noun.drill && h('b', { class: 'mark drill' }, t('desk.drill')), noun.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')),
      h('span', { class: `stage big stage-${noun.stage}`, 'data-stage': noun.stage }, word('desk.stage', noun.stage)), h('a', { class: 'i-desk i-replay', href: `/replay?incident=${noun.id}` }, icon('history'), t('incident.to_replay')), config.desk && h('a', { class: 'i-desk', href: '/duty' }, icon('clipboard-check'), t('incident.to_desk')), config.casts && h('button', { type: 'button', class: 'i-desk', 'data-do': 'cast', onclick: () => openCast({ incident: noun, config }) }, icon('presentation'), t('incident.cast')));
  }

  function timeline(noun, parts) {
    const titles = new Map([...(noun.alerts || []).map(row => [`alert ${row.id}`, titleOf(row, config.rules)]), ...(noun.reports || []).map(row => [`report ${row.id}`, row.title])]);
    slots['parts-note'].textContent = parts.length ? t('incident.parts_note', { n: parts.length }) : '';
    fill(slots.parts, parts.length ? h('ol', { class: 'i-line' }, parts.map(part => partLine(part, titles))) : none('incident.no_parts'), (noun.left || []).length > 0 && taken(noun.left));
  }

  function partLine({ kind, row, at, channel }, titles) {
    const value = Number.isFinite(row.value) && measured(number(row.value), row.unit), source = row.device_name || row.device || row.source;
    return h('li', { class: `i-part sevline-${row.severity || 5}`, 'data-id': row.id, 'data-kind': kind },
      h('time', {}, clock(at, true)), h('i', { class: 'i-dot' }, icon(SYMBOL[channel] || 'circle-dot')),
      h('div', {},
        h('p', {}, row.severity && badge(row.severity), h('b', {}, titleOf(row, config.rules)), stageOf(row)),
        row.text && h('p', { class: 'i-text' }, row.text),
        h('p', { class: 'muted' }, said(t(`incident.channel.${channel}`), source, row.address, value, row.verdict && t(`incident.verdict.${row.verdict}`))),
        h('p', { class: 'i-why' }, icon(row.join?.by_hand ? 'user' : 'git-merge'), h('span', {}, whyOf(row.join, titles)))));
  }

  const taken = left => h('div', { class: 'i-left' }, h('h3', {}, t('incident.left')),
    h('ul', {}, left.map(one => h('li', {}, said(`${word('desk.kind', one.kind)} #${one.id}`, one.left_by, clock(one.left_at, true), one.why)))));

  function cases(noun) {
    const rows = noun.cases || [];
    slots['cases-note'].textContent = t(rows.length ? 'incident.cases_note' : 'incident.no_cases', { n: rows.length });
    fill(slots.cases, rows.length > 0 && h('ul', { class: 'i-list' }, rows.map(one => h('li', { 'data-id': one.number }, badge(one.severity), h('span', {}, h('b', {}, titleOf(one, config.rules)), h('small', {}, said(one.number, one.due_at && !one.closed_at && t(Date.parse(one.due_at) < now() ? 'incident.overdue' : 'incident.due', { span: span((Date.parse(one.due_at) - now()) / 1000) })))), stageOf(one)))));
  }

  async function pictures(noun) {
    const own = (noun.reports || []).filter(one => one.channel === 'video' || (one.media || []).length).slice(0, 6);
    const found = await Promise.all([...own.map(one => read(`/reports/${one.id}`).catch(() => null)), ...(noun.cases || []).slice(0, 3).map(one => read(`/cases/${one.number}`).catch(() => null))]);
    const nodes = found.filter(Boolean).flatMap(one => [...new Set((one.media || []).map(each => (typeof each === 'string' ? each : each.ended_at ? each : each.media_id)))].map(each => ({ each, one })).concat((one.pictures || []).filter(each => each.ended_at).map(each => ({ each, one }))));
    slots['pictures-note'].textContent = nodes.length ? t('incident.pictures_note', { n: nodes.length }) : t('incident.no_pictures');
    fill(slots.pictures, nodes.length > 0 && h('div', { class: 'i-shots' }, nodes.slice(0, 12).map(({ each, one }) => h('figure', {}, typeof each === 'string' ? shot(each, one.title) : endedPicture(each), caption(said(one.title, clock(one.observed_at || one.opened_at)))))));
  }

  async function place(noun, parts) {
    const placed = Number.isFinite(noun.lon) && Number.isFinite(noun.lat);
    slots['place-note'].textContent = placed ? `${noun.lon.toFixed(5)}, ${noun.lat.toFixed(5)}` : t('incident.no_place');
    if (!placed) return fill(slots.place, none('incident.no_place'));
    map ||= makePlaceMap(slots.place, head.dark());
    const made = map = await map;
    made?.show(noun.lon, noun.lat, noun.drill ? 'drill' : noun.severity);
    made?.dots(parts.filter(({ row }) => Number.isFinite(row.lon) && Number.isFinite(row.lat)).map(({ row, channel }) => ({ lon: row.lon, lat: row.lat, severity: row.drill ? 'drill' : row.severity || 5, title: titled(row, titleOf(row, config.rules)), symbol: icon(SYMBOL[channel] || 'circle-dot') })).concat(dotsOf(near.slice(0, 8))));
    return null;
  }

  /** What changes slowly: past incidents and what stands around. */
  async function around() {
    const [past, near] = await Promise.all([read(`/incidents/${config.incident}/similar`).catch(() => null), read(`/incidents/${config.incident}/nearby`).catch(() => null)]);
    const rows = past?.similar || [];
    slots['similar-note'].textContent = past?.compared ? t('incident.compared', { n: past.compared, dismissed: past.dismissed }) : '';
    fill(slots.similar, rows.length ? h('ul', { class: 'i-list' }, rows.map(one => h('li', { 'data-id': one.id }, badge(one.severity), h('span', {}, h('a', { href: `/incident/${one.id}` }, titleOf(one, config.rules)), h('small', {}, said(clock(one.opened_at), metres(one.reason.distance_m), t('incident.lasted', { span: span(one.duration_s) }), one.cases > 0 && t('incident.cases_note', { n: one.cases }), one.verdict && t(`incident.verdict.${one.verdict}`), one.note))), stageOf(one)))) : none('incident.no_similar'));
    const cameras = near?.cameras || [], devices = near?.devices || [];
    slots['nearby-note'].textContent = near ? t('incident.nearby_note', { cameras: cameras.length, devices: devices.length }) : '';
    fill(slots.nearby, config.watches && cameras.length > 0 && h('p', {}, h('a', { href: `/cameras?incident=${config.incident}` }, icon('video'), ' ', t('incident.to_cameras', { n: cameras.length }))), cameras.length || devices.length ? h('ul', { class: 'i-list' },
      cameras.slice(0, 6).map(one => h('li', { 'data-id': one.device }, icon('camera'), h('span', {}, h('b', {}, one.name), h('small', {}, t('incident.sees', { far: metres(one.distance_m) }))), h('span', { class: `stage stage-${one.state}` }, t(`incident.camera.${one.state}`)))),
      devices.slice(0, 8).map(one => h('li', { 'data-id': one.device }, icon('gauge'), h('span', {}, h('b', {}, one.name), h('small', {}, said(metres(one.distance_m), latestOf(one, config))))))) : none('incident.no_nearby'));
  }

  const emergency = makeEmergency(slots.emergency, slots['emergency-note'], config, () => placeOf);
  const all = () => Promise.all([load(), emergency.load()]);
  await all();
  near = await showResources(slots.resources, slots['resources-note'], placeOf);
  await load(); // with them on the map
  await around();
  setInterval(all, EVERY_MS);
  live.on('snapshot', all);
}
