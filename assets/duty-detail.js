// The evidence of one row: what, where, since when, against which limit, what stands around it, who did what. Reads, draws, decides nothing.

import { isVoice, positionsOf, voicesOf } from './field-proof.js';
import { h, t, titleOf, word, fill, icon, badge, clock, span, age, now, countdown, number, measured, labelOf, endedPicture, titled } from './duty-dom.js';
import { call, pathOf } from './duty-call.js';
import { drawTrend } from './duty-chart.js';
import { drawMembers, drawSimilar, whole } from './duty-members.js';
import { drawNearby } from './duty-nearby.js';
import { drawPending, drawRecord, drawSteps, tickSteps } from './duty-record.js';
import { partsOf, SYMBOL } from './incident-parts.js';
import { drawWorks } from './works-near.js';
import { drawAlike, drawCandidate, shot, stageWord } from './duty-report.js';

const fact = (label, value, extra) => (value === null || value === undefined || value === '' ? null : h('div', { class: `fact ${extra || ''}` }, h('dt', {}, label), h('dd', {}, value)));
/** On which side of the values a rule's limits lie: the least or the greatest of a span is what its line must show. */
const sideOf = level => (!level ? 'avg' : level.below !== null && level.below !== undefined ? 'min' : 'max');
const metricOf = alert => (alert.subject || '').split('/').slice(1).join('/');

const MOST_DOTS = 200;

export function makeDetail(slots, parts, config, { streetName, map, open, picture, merge }) {
  let shown = 0;

  /** Reads and draws one item; resolves to `{noun, etag, report}` or null when another was asked for meanwhile. `report` is what a camera saw
   *  `{noun, etag}`: the item itself, or what is behind an alert or a case. Raises `Problem`. */
  async function show(asked) {
    const item = asked.kind === 'approval' ? { ...asked, kind: asked.row.noun, id: asked.row.noun_id } : asked; // what waits for a second person is judged by its evidence
    const mine = ++shown;
    const still = () => mine === shown;
    const { data: noun, etag } = await call('GET', pathOf(item.kind, item.id));
    if (!still()) return null;
    if (item.kind !== 'case') noun.cases = casesOf(item.kind, noun);
    const behind = item.kind === 'report' ? { noun, etag } : await reportBehind(item, noun);
    if (!still()) return null;
    const seen = behind?.noun.channel === 'video' ? behind : null;
    heading(item, noun);
    candidate(seen?.noun, still);
    alike(item, noun, etag);
    facts(item, noun);
    report(item, noun, seen, behind?.noun);
    photos(noun);
    stages(item, noun);
    runbook(noun);
    drawRecord(slots.audit, item.kind, noun);
    drawPending(slots.pending, asked.kind === 'approval' ? {} : noun, open);
    drawSteps(parts.steps, slots.steps, item.kind, noun, open);
    members(item, noun, still);
    place(item, noun, still);
    trend(item, noun, still);
    return { noun, etag, report: seen };
  }

  /** The report behind an alert or a case: its words and pictures are evidence. One that cannot be read leaves the row as it is. */
  async function reportBehind(item, noun) {
    if (!['alert', 'case'].includes(item.kind) || !noun.report_id) return null;
    return call('GET', pathOf('report', noun.report_id)).then(({ data, etag }) => ({ noun: data, etag })).catch(() => null);
  }

  function candidate(seen, still) {
    parts.candidate.hidden = !seen;
    if (seen) drawCandidate(slots.candidate, seen, { least: config.least_verdicts, still });
  }

  function alike(item, noun, etag) {
    const may = ['duty', 'dispatcher', 'supervisor'].includes(config.role), incidents = new Map(picture().incidents.map(one => [one.id, one]));
    parts.alike.hidden = item.kind !== 'report' || !drawAlike(slots.alike, noun, { incidents, classes: config.classes, may, merge: (like, plan) => merge(item, noun, like, plan, etag), open: like => open({ kind: 'report', id: like.id, key: `report:${like.id}`, title: like.title }) });
  }

  /** The open cases about it: the live picture tells, the noun does not. */
  function casesOf(kind, noun) {
    const incident = kind === 'incident' ? noun.id : noun.incident_id;
    return picture().cases.filter(one => one[`${kind}_id`] === noun.id || (incident && one.incident_id === incident));
  }

  function heading(item, noun) {
    fill(slots.heading, badge(noun.severity || item.severity),
      h('div', { class: 'heading-words' }, h('h2', { title: noun.title }, titleOf(noun, config.rules)),
        h('p', {}, [word('desk.kind', item.kind), item.kind === 'case' ? noun.number : `#${item.id}`, streetName(noun.street), t('duty.since', { at: clock(noun.raised_at || noun.opened_at || noun.observed_at, true) })].filter(Boolean).join(' · '))),
      noun.drill && h('b', { class: 'mark drill' }, t('desk.drill')), noun.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')),
      h('span', { class: `stage big stage-${noun.stage}`, 'data-stage': noun.stage }, stageWord(noun)));
  }

  function facts(item, noun) {
    const rule = config.rules[noun.rule];
    const metric = config.metrics[metricOf(noun)];
    const unit = noun.unit || metric?.unit || '';
    const unknown = noun.state_known === false;
    const began = noun.raised_at || noun.opened_at || noun.received_at || noun.observed_at, ended = noun.ended_at || noun.closed_at;
    parts.facts.hidden = false;
    fill(slots.facts, h('dl', { class: 'facts' },
      item.kind === 'alert' && noun.threshold !== null && noun.threshold !== undefined && h('div', { class: 'fact reading' }, h('dt', {}, labelOf(metric) || metricOf(noun)),
        h('dd', {}, h('b', { class: `num value sev-ink-${noun.severity}`, 'data-figure': 'alert-value', 'data-value': unknown ? null : noun.value, 'data-age': noun.observed_at ? Math.round(age(noun.observed_at)) : null }, unknown ? '—' : number(noun.value, metric?.decimals)), h('span', { class: unit === '°' ? 'unit degree' : 'unit' }, unit),
          h('span', { class: 'limit' }, unknown ? t('desk.state_unknown') : t('duty.limit_unit', { value: measured(number(noun.threshold), unit) })))),
      fact(t('duty.fact.rule'), labelOf(rule)), fact(t('duty.fact.reason'), rule?.reason),
      fact(t('duty.fact.device'), noun.device_name || noun.device), fact(t('duty.fact.code'), noun.device_name && noun.device),
      fact(t(item.kind === 'alert' ? 'duty.fact.lasts' : 'duty.fact.waits'), ended ? span((Date.parse(ended) - Date.parse(began)) / 1000) : h('span', { 'data-since': began }, span(age(began)))), fact(t('duty.fact.observed'), noun.observed_at && clock(noun.observed_at, true)),
      fact(t('duty.fact.class'), noun.class_code && `${noun.class_code} ${labelOf(config.classes[noun.class_code])}`), fact(t('duty.fact.channel'), noun.channel && word('desk.channel', noun.channel)),
      fact(t('duty.fact.address'), noun.address, 'long'), fact(t('duty.fact.source'), noun.source && [word('desk.channel', noun.source), noun.external_id].filter(Boolean).join(' / ')),
      fact(t('duty.fact.confidence'), noun.channel !== 'video' && Number.isFinite(noun.confidence) ? `${Math.round(noun.confidence * 100)} %` : null),
      fact(t('duty.fact.count'), noun.count > 1 ? t('duty.times', { n: noun.count }) : null), fact(t('duty.fact.grid'), noun.duty_grid),
      fact(t('duty.fact.handler'), noun.handler || noun.handler_title || (noun.handler_id && `#${noun.handler_id}`)),
      fact(t('duty.fact.hold'), noun.hold && noun.hold !== 'none' ? [word('desk.hold', noun.hold), noun.hold_until && t('duty.until', { at: clock(noun.hold_until) }), noun.hold_by, noun.hold_why].filter(Boolean).join(' · ') : null, 'long'),
      fact(t('duty.fact.owner'), noun.owner), fact(t('duty.fact.respond'), noun.respond_by && ['unack', 'rtn_unack', 'open'].includes(noun.stage) ? clock(noun.respond_by, true) : null, noun.overdue ? 'late' : ''),
      fact(t('duty.fact.verdict'), noun.verdict && [t(`duty.verdict.${noun.verdict}`), noun.verdict_by, noun.verdict_why].filter(Boolean).join(' · '), 'long'),
      fact(t('duty.fact.flapping'), noun.flapping ? t('duty.flapping_hint') : null, 'long'),
      fact(t('duty.fact.acked'), noun.acked_at && `${noun.acked_by || ''} ${clock(noun.acked_at, true)} ${noun.ack_note || ''}`, 'long'), links(noun)));
  }

  function links(noun) {
    const to = (kind, id) => id && h('button', { type: 'button', class: 'link', onclick: () => open({ kind, id, key: `${kind}:${id}`, title: '' }) }, `${word('desk.kind', kind)} ${kind === 'case' ? '' : '#'}${id}`);
    const cases = (noun.cases || []).map(one => to('case', one.number || one)), made = [to('incident', noun.incident_id), noun.incident_id && whole(noun.incident_id), to('alert', noun.alert_id), to('report', noun.report_id), to('case', noun.case_number), ...cases].filter(Boolean);
    return made.length ? fact(t('duty.fact.linked'), h('span', { class: 'links' }, made), made.length > 2 ? 'long' : '') : null;
  }

  /** What came in words; of a camera its picture stands above already. */
  function report(item, noun, seen, told) {
    const from = item.kind === 'alert' ? told || {} : noun;
    const pictures = seen ? [] : (from.media || []).filter(one => typeof one === 'string'), ended = seen ? [] : (from.pictures || []).filter(one => one.ended_at);
    parts.report.hidden = item.kind === 'incident' || (!from.text && (Boolean(seen) || item.kind !== 'report') && !pictures.length && !ended.length); // an incident's parts speak for themselves
    if (parts.report.hidden) return;
    fill(slots.report, h('p', { class: from.text ? 'report-text' : 'muted' }, from.text || t('duty.no_text')), pictures.map(one => shot(one, t('duty.snapshot'))), ended.map(endedPicture));
  }

  function photos(noun) {
    const list = (noun.media || []).filter(one => one && typeof one === 'object' && !isVoice(one));
    parts.photos.hidden = !list.length && !noun.number;
    fill(slots.photos, ['before', 'evidence', 'after'].map(role => {
      const of = list.filter(one => (one.role || 'evidence') === role);
      if (!of.length && role === 'evidence') return null;
      return h('figure', { 'data-role': role }, h('figcaption', {}, t(`duty.photo.${role}`)), of.length ? of.map(one => (one.ended_at ? endedPicture(one) : shot(String(one.media_id || one.id), t(`duty.photo.${role}`)))) : h('div', { class: 'no-photo' }, icon('image'), t('duty.photo.none')));
    }), voicesOf(noun), positionsOf(noun));
  }

  function stages(item, noun) {
    parts.stages.hidden = item.kind !== 'case';
    if (item.kind !== 'case') return;
    const at = config.case_path.indexOf(config.case_beside[noun.stage] || noun.stage);
    fill(slots.stages, h('ol', { class: 'stepper' }, config.case_path.map((stage, index) => h('li', { class: index < at || noun.stage === 'closed' ? 'past' : index === at ? 'now' : '', 'aria-current': index === at ? 'step' : null }, h('i', {}, index < at || noun.stage === 'closed' ? icon('check') : String(index + 1)), h('span', {}, word('desk.stage', stage))))),
      !config.case_path.includes(noun.stage) && h('p', { class: 'muted' }, word('desk.stage', noun.stage)));
    slots.deadline.dataset.due = noun.closed_at ? '' : noun.due_at || '';
    slots.deadline.dataset.closed = noun.closed_at || '';
    tick();
  }

  function tick() {
    for (const node of slots.facts.querySelectorAll('[data-since]')) node.textContent = span(age(node.dataset.since));
    tickSteps(slots.steps);
    if (parts.stages.hidden) return;
    const due = Date.parse(slots.deadline.dataset.due);
    const left = (due - now()) / 1000;
    slots.deadline.className = `deadline ${left < 0 ? 'late' : left < 900 ? 'soon' : ''}`;
    slots.deadline.textContent = slots.deadline.dataset.closed ? t('duty.closed_at', { at: clock(slots.deadline.dataset.closed, true) })
      : !due ? t('duty.no_deadline') : t(left < 0 ? 'duty.deadline_over' : 'duty.deadline_left', { time: countdown(left), at: clock(due) });
  }

  function runbook(noun) {
    const rule = config.rules[noun.rule];
    parts.runbook.hidden = !rule?.runbook;
    if (rule?.runbook) fill(slots.runbook, h('p', {}, rule.runbook), h('p', { class: 'muted' }, t('duty.owner', { owner: rule.owner })));
  }

  function members(item, noun, still) {
    parts.members.hidden = item.kind !== 'incident';
    if (item.kind === 'incident') drawMembers(slots.members, noun, config, open);
    const id = item.kind === 'incident' ? noun.id : noun.incident_id;
    if (parts.similar.dataset.of === String(id) && !parts.similar.hidden) return; // what is over does not change while one looks
    parts.similar.dataset.of = id;
    drawSimilar(parts.similar, slots.similar, id, still);
  }

  function place(item, noun, still) {
    const placed = Number.isFinite(noun.lon) && Number.isFinite(noun.lat) && (!noun.placement || noun.placement === 'inside');
    slots.map.hidden = !placed;
    slots['place-note'].textContent = placed ? [streetName(noun.street), noun.address, `${noun.lon.toFixed(5)}, ${noun.lat.toFixed(5)}`].filter(Boolean).join(' · ') : t(`duty.placement.${noun.placement || 'none'}`);
    if (placed) map().then(made => still() && made && onMap(made, item, noun));
    planned(item, noun, still);
    drawNearby(parts.nearby, slots.nearby, item.kind, noun, { config, still, named: nameCamera });
  }

  /** What is planned there in its time; read again for the same row, what was told stays until then. */
  function planned(item, noun, still) {
    const key = `${item.kind}:${item.id}`;
    if (parts.works.dataset.of !== key) parts.works.hidden = true;
    parts.works.dataset.of = key;
    if (Number.isFinite(noun.lon)) drawWorks(slots.works, noun, config, { still, part: parts.works });
  }

  /** Parts of an incident lie where they were told from: the map shows all of them. It moves only when another row is shown. */
  function onMap(made, item, noun) {
    const dots = item.kind === 'incident' ? partsOf(noun).filter(({ row }) => Number.isFinite(row.lon) && Number.isFinite(row.lat)) : [], key = `${item.kind}:${item.id}:${noun.lon},${noun.lat}:${dots.length}`;
    if (slots.map.dataset.shown === key && made.isFresh()) return;
    slots.map.dataset.shown = key;
    made.show(noun.lon, noun.lat, noun.drill ? 'drill' : noun.severity);
    made.dots(dots.slice(0, MOST_DOTS).map(({ row, channel }) => ({ lon: row.lon, lat: row.lat, severity: row.drill ? 'drill' : row.severity || 5, title: titled(row, titleOf(row, config.rules)), symbol: icon(SYMBOL[channel] || 'circle-dot') })));
  }

  /** A camera is told by its number until the registry's name of it is known. */
  function nameCamera(devices) {
    const eye = slots.candidate.querySelector('[data-by=camera] b'), camera = eye && devices.find(one => one.device === eye.textContent);
    if (camera?.name) fill(eye, camera.name, ' ', h('small', { class: 'muted' }, camera.device));
  }

  /** The limits that are drawn: all of the rule's where it looks at the value itself, else the one that was passed. */
  function limitsOf(noun) {
    const rule = config.rules[noun.rule], known = rule?.kind === 'threshold' ? rule.limits : null;
    return known?.length ? known.map(one => ({ value: one.above ?? one.below, severity: one.severity, label: labelOf(one) })) : noun.threshold === null || noun.threshold === undefined || rule?.kind !== 'threshold' ? [] : [{ value: noun.threshold, severity: noun.severity }];
  }

  async function trend(item, noun, still) {
    const metric = metricOf(noun);
    parts.trend.hidden = !(noun.device && metric);
    if (parts.trend.hidden) return;
    slots['trend-note'].textContent = t('desk.loading');
    const note = await drawTrend(parts.trend, { device: noun.device, metric, limits: limitsOf(noun), severity: noun.severity, since: noun.raised_at, side: sideOf(config.rules[noun.rule]?.limits?.[0]), decimals: config.metrics[metric]?.decimals, zone: config.timezone, stillWanted: still });
    if (still()) slots['trend-note'].textContent = note;
  }

  return { show, tick };
}
