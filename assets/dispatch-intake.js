// The intake form: a call, a leader's word, a transfer or a visitor becomes a case. While it is typed it asks what is known there
// already, what component is meant and who would get it. The caller's data are sent apart and never kept in the browser.

import { h, t, fill, icon, badge, word, span, age, clock, labelOf, toast, titled } from './duty-dom.js';
import { call, explain, newKey, read } from './duty-call.js';
import { askNote } from './duty-fields.js';
import { metres } from './incident-parts.js';
import { nameOf } from './dispatch-units.js';
import { lang } from './text.js';

const TYPED_MS = 350;
const COMPONENTS_WITHIN_M = 60;
const query = fields => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '')).toString();

export function makeIntake(slots, config, { map, opened, open, closed, streetName }) {
  let place = null, component = null, timer = 0, asking = 0, seeking = 0, key = '', sending = false, form = null, way = config.ways[0], standards = [], hits = [], classes = null, limitsKnown = false;
  const find = name => form.querySelector(`[data-field=${name}]`), value = name => find(name).value.trim();

  function show() {
    if (!form) build(); else if (!limitsKnown) fillClasses().then(classChosen);
    slots.intake.hidden = false;
    slots.card.hidden = true;
    slots.nothing.hidden = true;
    key = newKey();
    map()?.show(place && { ...place, severity: 5 });
    map()?.pick((lon, lat) => setPlace({ lon, lat, name: '', confidence: null }));
    find('text').focus();
  }

  function hide() {
    slots.intake.hidden = true;
    map()?.pick(null);
    map()?.near([], null, 0);
  }

  function reset() {
    form = null;
    place = component = null;
    hits = [];
  }

  const field = (name, label, node, note) => { node.dataset.field = name; return h('label', { class: `d-field d-field-${name}` }, h('span', {}, label), node, note); };

  function build() {
    form = h('form', { class: 'd-form', autocomplete: 'off', onsubmit: event => { event.preventDefault(); send(config.at_once); } },
      h('header', {}, h('h2', {}, icon('phone-call'), t('dispatch.new')), h('button', { type: 'button', class: 'quiet', 'aria-label': t('desk.close'), onclick: leave }, icon('x'), h('kbd', {}, 'Esc'))),
      h('div', { class: 'd-form-body' },
        h('div', { class: 'd-ways', role: 'radiogroup', 'aria-label': t('dispatch.source') }, config.ways.map((one, at) => h('label', {}, h('input', { type: 'radio', name: 'way', value: one.way, checked: at === 0, onchange: () => { way = one; changed(); } }), icon(one.icon), h('span', {}, t(`dispatch.way.${one.way}`))))),
        field('text', t('dispatch.what'), h('textarea', { rows: 2, maxlength: 2000, required: true, placeholder: t('dispatch.what_hint') })),
        h('div', { class: 'd-pair' }, field('class_code', t('duty.class'), h('select', { required: true, onchange: classChosen }, h('option', { value: '' }, t('dispatch.choose_class')))),
          field('condition_no', t('dispatch.condition'), h('select', { onchange: changed }, h('option', { value: '' }, '—')))),
        h('p', { class: 'd-limit', 'data-field': 'limit' }),
        field('address', t('duty.fact.address'), h('input', { maxlength: 200, placeholder: t('dispatch.address_hint'), oninput: addressTyped, onkeydown: addressKey, role: 'combobox', 'aria-expanded': 'false' }), h('ol', { class: 'd-hits', 'data-field': 'hits', hidden: true })),
        h('p', { class: 'd-place', 'data-field': 'place' }),
        h('div', { class: 'd-components', 'data-field': 'components' }),
        h('fieldset', { class: 'd-caller' }, h('legend', {}, icon('lock'), t('dispatch.caller'), h('small', {}, t('dispatch.caller_hint'))),
          h('div', { class: 'd-pair' }, field('caller_name', t('dispatch.caller_name'), h('input', { maxlength: 100 })), field('caller_phone', t('dispatch.caller_phone'), h('input', { maxlength: 40, inputmode: 'tel' }))))),
      h('section', { class: 'd-known', 'data-field': 'known', 'aria-live': 'polite' }),
      h('footer', { class: 'acts' }, h('p', { class: 'd-to', 'data-field': 'to' }),
        config.at_once && h('button', { type: 'submit', class: 'primary', 'data-act': 'open_dispatch' }, icon('send'), h('span', {}, t('dispatch.open_dispatch')), h('kbd', {}, 'Ctrl ⏎')),
        h('button', { type: 'button', class: config.at_once ? '' : 'primary', 'data-act': 'open', onclick: () => send(false) }, icon('inbox'), h('span', {}, t('dispatch.open_only')), !config.at_once && h('kbd', {}, 'Ctrl ⏎'))));
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(config.at_once); } });
    find('text').addEventListener('input', () => { sizeOf(find('text')); });
    fill(slots.intake, form);
    fillClasses();
    tellPlace();
    tellKnown(null);
  }

  const sizeOf = node => { node.style.height = 'auto'; node.style.height = `${Math.min(160, node.scrollHeight + 2)}px`; };

  /** The standard's conditions of a class with their limits; without a standard the class's own limit. */
  function classChosen() {
    standards = classes?.get(value('class_code'))?.conditions || [];
    fill(find('condition_no'), standards.length ? standards.map(one => h('option', { value: one.condition_no }, one.condition)) : h('option', { value: '' }, '—'));
    find('condition_no').disabled = standards.length < 2;
    changed();
  }

  /** Every class the city knows, by group, with the conditions of its standard; read once, and again at each opening until it could be read. */
  async function readClasses() {
    const rows = await read('/standards?kind=event').then(data => data.standards || []).catch(() => null);
    limitsKnown = Boolean(rows);
    const found = new Map(Object.entries(config.classes).map(([code, one]) => [code, { code, group: one.group, label: labelOf(one), conditions: [] }]));
    for (const row of rows || []) {
      if (!found.has(row.class_code)) found.set(row.class_code, { code: row.class_code, group: row.big_name, label: row.name, conditions: [] });
      found.get(row.class_code).conditions.push(row);
    }
    return found;
  }

  async function fillClasses() {
    if (!limitsKnown) classes = await readClasses();
    const groups = Object.entries(Object.groupBy([...classes.values()].sort((a, b) => (a.code < b.code ? -1 : 1)), one => one.group || ''));
    const chosen = value('class_code');
    fill(find('class_code'), h('option', { value: '' }, t('dispatch.choose_class')), groups.map(([group, rows]) => h('optgroup', { label: group }, rows.map(one => h('option', { value: one.code, selected: one.code === chosen }, `${one.code} ${one.label}`)))));
  }

  function tellLimit() {
    const code = value('class_code'), one = standards.find(each => String(each.condition_no) === value('condition_no')) || standards[0], known = config.classes[code];
    fill(find('limit'), !code ? null : one ? [icon('timer'), h('b', {}, t(`dispatch.unit.${one.unit}`, { n: one.amount })), h('span', {}, one.closing ? t('dispatch.closing', { what: one.closing }) : '')]
      : limitsKnown ? [icon('timer'), h('b', {}, span(known?.deadline_s)), h('span', {}, t('dispatch.limit_class'))] : [icon('cloud-off'), h('span', {}, t('dispatch.limit_unknown'))]);
  }

  function addressTyped() {
    clearTimeout(timer);
    place = place?.confidence === null ? place : null; // a place taken on the map stays; one that the address gave goes with it
    timer = setTimeout(suggest, TYPED_MS);
  }

  async function suggest() {
    const address = value('address'), mine = ++asking;
    hits = [];
    if (address.length > 1) {
      try {
        const found = await read(`/gazetteer/matches?${query({ address, limit: 5 })}`);
        if (mine !== asking) return;
        hits = found.matches || [];
        if (hits[0]?.confidence >= found.place_from && place?.confidence !== null) place = { ...hits[0], sure: true };
      } catch { /* the list stays empty; the map still takes a press */ }
    }
    const list = find('hits');
    list.hidden = !hits.length;
    find('address').setAttribute('aria-expanded', String(hits.length > 0));
    fill(list, hits.map(hit => h('li', {}, h('button', { type: 'button', class: 'quiet', onclick: () => { setPlace(hit); list.hidden = true; } }, icon('map-pin'), h('span', {}, hit.name, h('small', {}, ` ${streetName((hit.area || '').slice(0, 9))}`)), h('b', { class: 'num' }, `${Math.round(hit.confidence * 100)} %`)))));
    tellPlace();
    changed();
  }

  function addressKey(event) {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) { event.preventDefault(); if (hits.length && !find('hits').hidden) { setPlace(hits[0]); find('hits').hidden = true; } }
  }

  function setPlace(one) {
    place = one;
    tellPlace();
    changed();
  }

  function tellPlace() {
    fill(find('place'), place ? [icon('map-pin'), h('b', {}, place.name || t('dispatch.on_map')), h('span', {}, [streetName((place.area || '').slice(0, 9)), `${place.lon.toFixed(5)}, ${place.lat.toFixed(5)}`].filter(Boolean).join(' · ')), place.sure && h('span', { class: 'd-tag' }, t('dispatch.by_address'))] : [icon('map-pin-off'), h('span', {}, t('dispatch.no_place'))]);
    map()?.show(place ? { ...place, severity: config.classes[value('class_code')]?.severity || 5 } : null);
  }

  /** Something that decides what is known and who gets it has changed. */
  function changed() {
    tellLimit();
    clearTimeout(timer);
    timer = setTimeout(() => { known(); near(); proposal(); }, TYPED_MS / 2);
  }

  const where = () => (place ? { lon: place.lon.toFixed(7), lat: place.lat.toFixed(7) } : {});

  async function known() {
    const mine = ++seeking, asked = { ...where(), class_code: value('class_code'), address: value('address'), source: way.source };
    if (!place && asked.address.length < 4) return tellKnown(null);
    try {
      const found = await read(`/cases/known?${query(asked)}`);
      if (mine === seeking) tellKnown(found);
    } catch (problem) { if (mine === seeking) fill(find('known'), h('p', { class: 'd-known-none' }, icon('cloud-off'), explain(problem))); }
  }

  function tellKnown(found) {
    const rows = found?.known || [];
    form.dataset.known = rows.length;
    map()?.near(rows, place, found && place ? found.radius_m : 0);
    fill(find('known'), h('h3', {}, icon(rows.length ? 'triangle-alert' : 'radio-tower'), rows.length ? t('dispatch.known', { n: rows.length }) : t(found ? 'dispatch.known_none' : 'dispatch.known_wait'), found && h('small', {}, t('dispatch.within', { m: metres(found.radius_m) }))),
      rows.length > 0 && h('ol', {}, rows.map(row => h('li', { 'data-id': row.number, 'data-kind': row.kind, class: row.same_class ? 'same' : '' }, badge(row.severity),
        h('div', {}, h('b', {}, titled(row)), h('p', {}, [row.kind === 'case' ? `${t('dispatch.in_hand')} ${row.number}` : `${word('desk.kind', row.kind)} #${row.number}`, word('desk.stage', row.stage), row.unit || row.person, t('dispatch.for_so_long', { span: span(age(row.since)) })].filter(Boolean).join(' · ')),
          h('p', {}, [row.distance_m === null ? t('dispatch.same_address') : metres(row.distance_m), labelOf(config.classes[row.class_code]), row.due_at && t('dispatch.due', { at: clock(row.due_at) })].filter(Boolean).join(' · '))),
        h('span', { class: 'd-known-acts' }, row.kind === 'case' && h('button', { type: 'button', class: 'quiet', onclick: () => open(row.number) }, t('dispatch.look')), h('button', { type: 'button', 'data-act': 'join', onclick: () => join(row) }, icon('git-merge'), t(row.kind === 'report' ? 'dispatch.open_on' : 'dispatch.join')))))));
  }

  /** What stands there: the owner of a component is who mends it. */
  async function near() {
    const node = find('components');
    if (!place) { component = null; fill(node); return; }
    const mine = place;
    let rows = [];
    try { rows = (await read(`/components?${query({ near: `${place.lon},${place.lat}`, radius_m: COMPONENTS_WITHIN_M, limit: 6 })}`)).components || []; } catch { /* no census, or none for us */ }
    if (mine !== place) return;
    if (component && !rows.some(one => one.code === component.code)) component = null;
    fill(node, rows.length > 0 && [h('span', {}, t('dispatch.components')), rows.map(one => h('button', { type: 'button', class: 'd-chip', 'aria-pressed': String(component?.code === one.code), 'data-component': one.code, title: `${one.code} · ${one.owner || t('dispatch.no_owner')}`, onclick: () => { component = component?.code === one.code ? null : one; near(); proposal(); } }, one.name || one.class_code, h('small', {}, `${metres(one.distance_m)} · ${one.owner || t('dispatch.no_owner')}`)))]);
  }

  async function proposal() {
    const node = find('to'), code = value('class_code'), mine = `${code}${place?.lon}${place?.lat}${component?.code}`;
    node.dataset.of = mine;
    if (!code || !place) { fill(node); return; }
    try {
      const one = await read(`/routing/proposal?${query({ class_code: code, ...where(), component: component?.code, condition_no: value('condition_no') })}`);
      if (node.dataset.of !== mine) return;
      const whom = [one.lead_unit && nameOf(one.lead_unit), one.worker?.title].filter(Boolean).join(' · ') || t('dispatch.nobody');
      fill(node, icon('send'), h('span', {}, t('dispatch.would_go'), h('b', {}, whom), h('small', {}, lang() === 'en' ? one.reason_en : one.reason)));
    } catch { fill(node); }
  }

  const caller = () => Object.fromEntries([['name', value('caller_name')], ['phone', value('caller_phone')]].filter(([, said]) => said));
  /** Where and what; without an address the first words of what was said. */
  const titleOf = () => {
    const where = value('address') || place?.name, label = classes?.get(value('class_code'))?.label || '';
    return (where ? `${where} ${label}` : value('text').split(/[，。；！？,.;!?\n]/)[0] || label).trim().slice(0, 60);
  };
  const said = () => ({ source: way.source, text: value('text'), ...(value('address') ? { address: value('address') } : {}), ...(place ? { lon: place.lon, lat: place.lat } : {}), ...(Object.keys(caller()).length ? { caller: caller() } : {}) });

  /** Another caller for what is in hand; a report nobody took up becomes the case itself. */
  async function join(row) {
    if (row.kind === 'report') return post({ report_id: Number(row.number), class_code: value('class_code') || row.class_code, ...(config.at_once ? { dispatch: true } : {}) });
    const answer = await askNote(t('dispatch.join_title', { title: row.title }), { hint: t('dispatch.join_hint') });
    if (!answer) return;
    await sent(async () => {
      await call('POST', `/incidents/${row.incident_id}/reports`, { body: { ...said(), ...answer }, key });
      toast('ok', t('dispatch.joined', { title: row.title }));
      return row.kind === 'case' ? row.number : null;
    });
  }

  async function send(dispatch) {
    if (!form.reportValidity()) return;
    if (!place && !value('address')) { find('address').focus(); toast('info', t('dispatch.need_place')); return; }
    await post({ title: titleOf(), class_code: value('class_code'), ...said(), ...(value('condition_no') ? { condition_no: Number(value('condition_no')) } : {}), ...(component ? { component_code: component.code } : {}), ...(dispatch ? { dispatch: true } : {}) });
  }

  const post = body => sent(async () => {
    const { data } = await call('POST', '/cases', { body, key });
    toast('ok', t(body.dispatch ? 'dispatch.opened_dispatched' : 'dispatch.opened_only', { number: data.number }));
    return data.number;
  });

  /** Once: the same key again is the same case, however often the button is pressed. */
  async function sent(go) {
    if (sending) return;
    sending = true;
    form.classList.add('busy');
    try {
      const number = await go();
      reset();
      hide();
      opened(number);
    } catch (problem) {
      if (!problem.offline) key = newKey(); // refused: what is sent next is another wish
      toast('error', explain(problem), { label: t('desk.again'), go: () => sent(go) });
    } finally {
      sending = false;
      form?.classList.remove('busy');
    }
  }

  /** What was typed stays until it is sent or the form is emptied. */
  function leave() {
    hide();
    closed();
  }

  return { show, hide, leave, shown: () => !slots.intake.hidden, reset };
}
