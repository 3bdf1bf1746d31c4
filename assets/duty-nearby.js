// What stands around: of an alert the devices of its cell, of an incident devices and the cameras that see it. Reads and draws; decides nothing.

import { h, t, word, fill, icon, span, age, number, measured, labelOf, titled } from './duty-dom.js';
import { explain, read } from './duty-call.js';
import { metres } from './incident-parts.js';

const MOST = 8;

/** What a device said last, in words: at most two of its values, each with its unit and what is wrong with it; or for how long it is silent. */
export function latestOf(device, config) {
  if (device.silent_at) return t('duty.silent', { span: span(age(device.silent_at)) });
  const one = value => [labelOf(config.metrics[value.metric]) || value.metric, measured(number(value.value, config.metrics[value.metric]?.decimals), config.metrics[value.metric]?.unit), value.quality && value.quality !== 'good' && `[${word('quality.word', value.quality)}]`].filter(Boolean).join(' ');
  return (device.values || []).slice(0, 2).map(one).join(' · ') || '—';
}

/** Draws what surrounds `noun` into `part`; hidden where nothing can be asked. `named(devices)` is told which devices are there. */
export async function drawNearby(part, slot, kind, noun, { config, still, named = () => null }) {
  const incident = kind === 'incident' ? noun.id : null;
  part.hidden = !noun.cell_id && !incident;
  if (part.hidden) return;
  if (slot.dataset.of !== `${kind}:${noun.id}`) fill(slot, h('p', { class: 'muted' }, t('desk.loading'))); // read again for the same row, it stays until the new is there
  slot.dataset.of = `${kind}:${noun.id}`;
  try {
    const [cell, near] = await Promise.all([noun.cell_id ? read(`/cells/${noun.cell_id}`) : null, incident ? read(`/incidents/${incident}/nearby`) : null]);
    if (!still()) return;
    named(cell?.devices || []);
    const devices = near?.devices || cell?.devices || [], cameras = near?.cameras || [], more = devices.length - MOST;
    const where = cell && [t('duty.cell', { code: cell.cell_code || noun.cell_id }), [cell.duty_grid_name || cell.duty_grid, cell.worker].filter(Boolean).join(' ')].filter(Boolean).join(' · ');
    fill(slot, where && h('p', { class: 'muted' }, where),
      cameras.length > 0 && h('ul', { class: 'devices' }, cameras.slice(0, 4).map(one => h('li', { 'data-id': one.device }, icon(one.state === 'offline' ? 'video-off' : 'video'), h('b', { title: one.name }, titled(one, one.name)), h('span', {}, `${t('incident.sees', { far: metres(one.distance_m) })} · ${t(`incident.camera.${one.state}`)}`)))),
      near && !cameras.length && h('p', { class: 'muted' }, t('duty.no_cameras')),
      devices.length ? h('ul', { class: 'devices' }, devices.slice(0, MOST).map(one => h('li', { class: one.device === noun.device ? 'same' : '', 'data-id': one.device }, h('b', { title: one.name || one.device }, titled(one, one.name || one.device)), h('span', { class: 'num' }, [near && metres(one.distance_m), latestOf(one, config)].filter(Boolean).join(' · '))))) : h('p', { class: 'muted' }, t('duty.no_devices')),
      more > 0 && h('p', { class: 'muted' }, t('duty.more_devices', { n: more })));
  } catch (problem) { if (still()) fill(slot, h('p', { class: 'muted' }, explain(problem))); }
}
