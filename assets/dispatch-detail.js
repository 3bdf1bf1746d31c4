// One case: who it is proposed to and why, its clocks, what was said and photographed, who did what. Reads, draws, decides nothing.

import { positionsOf, voicesOf } from './field-proof.js';
import { h, t, fill, icon, badge, word, span, clock, labelOf, titleOf, endedPicture, countdown, now, listed } from './duty-dom.js';
import { drawRecord } from './duty-record.js';
import { shot } from './duty-report.js';
import { lightMark, tickLight } from './dispatch-list.js';
import { nameOf } from './dispatch-units.js';
import { lang } from './text.js';

const fact = (label, value) => (value === null || value === undefined || value === '' ? null : h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, value)));

export function makeDetail(slots, parts, config, { streetName, unitName, open, dispatch, decide }) {
  let noun = null, mark = null, ticking = [];

  function draw(found) {
    noun = found;
    heading();
    proposal();
    requests();
    stages();
    clocks();
    said();
    photos();
    kin();
    drawRecord(slots.audit, 'case', noun);
  }

  function heading() {
    mark = lightMark(noun);
    fill(slots.heading, badge(noun.severity),
      h('div', { class: 'heading-words' }, h('h2', { title: noun.title }, titleOf(noun, config.rules)),
        h('p', {}, [noun.number, labelOf(config.classes[noun.class_code]) || noun.class_code, streetName(noun.street), noun.address].filter(Boolean).join(' · '))),
      noun.drill && h('b', { class: 'mark drill' }, t('desk.drill')), noun.simulated && h('b', { class: 'mark simulated' }, t('desk.simulated')),
      h('div', { class: 'd-state' }, h('span', { class: `stage big stage-${noun.stage}`, 'data-stage': noun.stage }, word('desk.stage', noun.stage)), mark));
  }

  /** Who is to get it, why, and one press to do it; once it is given, who has it. */
  function proposal() {
    const one = noun.proposal, may = (noun.acts || []).includes('dispatch') && noun.stage === 'registered';
    parts.proposal.hidden = !one && !noun.unit && !noun.handler;
    if (parts.proposal.hidden) return;
    parts.proposal.querySelector('h3').lastChild.textContent = t(one ? 'dispatch.part.proposal' : 'dispatch.part.has');
    if (!one) { fill(slots.proposal, holder()); return; }
    const whom = [one.lead_unit && nameOf(one.lead_unit), one.worker?.title].filter(Boolean).join(' · ') || t('dispatch.nobody');
    fill(slots.proposal, h('div', { class: `d-proposal basis-${one.basis}`, 'data-rule': one.rule || '', 'data-basis': one.basis },
      h('div', { class: 'd-whom' }, h('b', {}, whom), one.support_units.length > 0 && h('span', {}, t('dispatch.supports', { names: listed(one.support_units.map(nameOf)) }))),
      h('p', {}, icon(one.basis === 'nobody' ? 'triangle-alert' : 'lightbulb'), h('span', {}, lang() === 'en' ? one.reason_en : one.reason, one.rule && h('code', {}, one.rule))),
      may && h('div', { class: 'd-give-row' }, h('button', { type: 'button', class: 'primary', 'data-act': 'dispatch', onclick: () => dispatch() }, icon('send'), h('span', {}, t('dispatch.give', { whom })), h('kbd', {}, 'C')),
        h('button', { type: 'button', 'data-do': 'other', onclick: () => dispatch(null) }, t('dispatch.other'), h('kbd', {}, 'V')))));
  }

  function holder() {
    return h('div', { class: 'd-proposal' }, h('div', { class: 'd-whom' }, h('b', {}, [noun.unit && nameOf(noun.unit), noun.handler].filter(Boolean).join(' · ')),
      (noun.supports || []).map(one => h('span', { class: `d-support is-${one.stage}` }, icon({ done: 'check', refused: 'ban', asked: 'clock' }[one.stage]), nameOf(one), h('small', {}, t(`dispatch.support.${one.stage}`), one.note ? ` · ${one.note}` : '')))),
      noun.routed_by && h('p', {}, icon('lightbulb'), h('span', {}, t('dispatch.routed_by'), h('code', {}, noun.routed_by))));
  }

  /** 延期 and 挂账: what is asked for, with the words on it and both ways to answer. */
  function requests() {
    const rows = noun.adjustments || [], side = noun.side_acts || [];
    parts.asked.hidden = !rows.length;
    fill(slots.asked, rows.slice().reverse().map(one => {
      const waits = ['asked', 'unit_agreed'].includes(one.stage);
      return h('div', { class: `d-asked ${waits ? 'waits' : ''}`, 'data-id': one.id, 'data-stage': one.stage },
        h('p', {}, h('b', {}, t(`dispatch.adjust.${one.kind}`, { until: clock(one.until_at) })), h('span', { class: 'd-tag' }, t(`dispatch.adjust.stage.${one.stage}`)), h('span', { class: 'muted' }, `${one.asked_by || ''} ${clock(one.asked_at, true)}`)),
        h('q', {}, one.reason), one.unit_by && h('p', { class: 'muted' }, t('dispatch.adjust.unit_by', { name: one.unit_by, at: clock(one.unit_at, true) })), one.decided_by && h('p', { class: 'muted' }, `${one.decided_by} ${clock(one.decided_at, true)} ${one.decided_why || ''}`),
        waits && side.includes('agree') && h('div', { class: 'd-give-row' }, h('button', { type: 'button', class: 'primary', 'data-act': 'agree', onclick: () => decide('agree', one) }, icon('check'), t('dispatch.agree'), h('kbd', {}, 'Y')),
          side.includes('refuse') && h('button', { type: 'button', class: 'danger', 'data-act': 'refuse', onclick: () => decide('refuse', one) }, icon('ban'), t('dispatch.refuse'), h('kbd', {}, 'X'))));
    }));
  }

  function stages() {
    const off = !config.path.includes(noun.stage), ended = noun.stage === 'closed', reached = ['checked_at', 'finished_at', 'arrived_at', 'taken_at', 'dispatched_at', 'registered_at'].findIndex(name => noun[name]);
    const before = (noun.stage !== 'suspended' && config.beside[noun.stage]) || (reached < 0 ? 'accepted' : config.path[config.path.length - 2 - reached]), at = config.path.indexOf(off ? before : noun.stage), place = off ? at + 1 : at; // of a stage beside the path what was passed is drawn
    fill(slots.stages, h('ol', { class: 'stepper' }, config.path.map((stage, index) => {
      const past = index < place || ended, mine = !off && index === at && !ended;
      return h('li', { class: past ? 'past' : mine ? 'now' : '', 'aria-current': mine ? 'step' : null }, h('i', {}, past ? icon('check') : String(index + 1)), h('span', {}, word('dispatch.path', stage)));
    })), off && h('p', { class: 'd-off' }, icon('info'), word('desk.stage', noun.stage), noun.suspended_until && ` · ${t('dispatch.until', { at: clock(noun.suspended_until) })}`),
    h('p', { class: 'd-counts' }, [['send_backs', 'sent_back'], ['reworks', 'reworked'], ['extensions', 'extended'], ['suspensions', 'suspended'], ['expedites', 'expedited'], ['reminds', 'reminded'], ['reopens', 'reopened']].filter(([name]) => noun[name] > 0).map(([name, key]) => h('span', { class: 'd-tag' }, t(`dispatch.${key}`, { n: noun[name] })))));
  }

  /** Every clock with what its limit is, how much is used, and what is left in its own kind of time. */
  function clocks() {
    const rows = (noun.clocks || []).filter(one => one.state !== 'ended' || one.clock === 'total');
    ticking = [];
    parts.clocks.hidden = !rows.length && !noun.due_at;
    if (!rows.length) { fill(slots.clocks, h('p', { class: 'muted' }, noun.due_at ? t('dispatch.due', { at: clock(noun.due_at) }) : t('duty.no_deadline'))); return; }
    fill(slots.clocks, h('ol', { class: 'd-clocks' }, rows.map(one => {
      const bar = h('i', {}), left = h('b', { class: 'num' }), light = one.state === 'paused' ? 'paused' : one.state === 'ended' ? 'none' : one.light;
      ticking.push({ one, bar, left, at: now() });
      return h('li', { 'data-light': light, 'data-clock': one.clock, title: t(`dispatch.light.${light}`) }, h('span', {}, h('b', {}, word('dispatch.clock', one.clock), one.round > 1 ? ` ${one.round}` : ''), h('small', {}, `${t(`dispatch.unit.${one.unit}`, { n: one.amount })} · ${word('dispatch.basis', one.basis)}`)),
        h('span', { class: 'd-clock-bar' }, bar), left, h('small', {}, one.state === 'running' ? t('dispatch.due', { at: clock(one.due_at) }) : t(`dispatch.clock.${one.state}`)));
    })));
    tick();
  }

  /** A running clock of work hours moves only in them: between two reads its figure stands, those round the clock run on. */
  function tick() {
    if (!noun) return;
    if (mark) tickLight(mark, noun);
    for (const { one, bar, left, at } of ticking) {
      const runs = one.state === 'running' && /urgent|natural/.test(one.unit) ? (now() - at) / 1000 : 0, rest = one.remaining_s - runs, used = one.allowed_s > 0 ? 1 - rest / one.allowed_s : 1;
      bar.style.width = `${Math.max(0, Math.min(1, used)) * 100}%`;
      left.textContent = one.state === 'ended' ? '' : t(rest < 0 ? 'desk.over_by' : 'desk.left', { span: one.unit.startsWith('work') ? span(rest) : countdown(rest) });
    }
  }
  setInterval(tick, 1000);

  function said() {
    fill(slots.said, noun.text ? h('p', { class: 'report-text' }, noun.text) : h('p', { class: 'muted' }, t('duty.no_text')),
      h('dl', { class: 'facts' }, fact(t('dispatch.source'), noun.source && t(`dispatch.source.${noun.source}`)), fact(t('duty.fact.grid'), noun.duty_grid), fact(t('dispatch.component'), noun.component_code), fact(t('dispatch.opened'), clock(noun.opened_at, true)), fact(t('dispatch.condition'), noun.condition_no && `#${noun.condition_no}`),
        fact(t('dispatch.linked'), noun.incident_id && h('a', { href: `/incident/${noun.incident_id}` }, t('dispatch.incident', { id: noun.incident_id })))));
  }

  function photos() {
    const list = noun.media || [];
    parts.photos.hidden = !list.length && !(noun.positions || []).length;
    fill(slots.photos, h('div', { class: 'photos' }, ['before', 'evidence', 'after'].map(role => {
      const of = list.filter(one => (one.role || 'evidence') === role && !String(one.kind || '').startsWith('audio'));
      return of.length ? h('figure', { 'data-role': role }, h('figcaption', {}, t(`duty.photo.${role}`)), of.map(one => (one.ended_at ? endedPicture(one) : shot(String(one.media_id), t(`duty.photo.${role}`))))) : null;
    })), voicesOf(noun), positionsOf(noun));
  }

  function kin() {
    const children = noun.children || [], rows = [...(noun.parent_number ? [{ number: noun.parent_number, title: t('dispatch.parent') }] : []), ...children];
    parts.kin.hidden = !rows.length;
    fill(slots.kin, h('ul', { class: 'd-kin' }, rows.map(one => h('li', {}, h('button', { type: 'button', class: 'link', onclick: () => open(one.number) }, one.title), one.stage && h('span', { class: `stage stage-${one.stage}` }, word('desk.stage', one.stage)), h('span', { class: 'muted' }, [one.number, unitName(one.lead_unit)].filter(Boolean).join(' · '))))));
  }

  return { draw, noun: () => noun, clear() { noun = null; ticking = []; mark = null; } };
}
