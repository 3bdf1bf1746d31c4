// To whom instead of the proposal: units and their people in one list, with who is on shift, load and distance; by keyboard from the search
// field alone. Asks and draws; whoever called sends.

import { h, t, fill, icon, number, clock, openDialog, titled } from './duty-dom.js';
import { read } from './duty-call.js';
import { metres } from './incident-parts.js';
import { nameOf, unitNameOf } from './dispatch-units.js';
import { lang } from './text.js';

const TYPED_MS = 200;
const MOST_FOUND = 40;
const load = ({ open, overdue }) => h('span', { class: 'd-whom-load num', title: t('dispatch.whom.load', { open, overdue }) }, number(open), overdue > 0 && h('b', { class: 'late' }, t('dispatch.whom.late', { n: number(overdue) })));
const keyOf = row => (row.person ? `p${row.person.account}` : row.unit ? `u${row.unit.unit_id}` : 'all');

/** Resolves to `{unit?, worker?, supports?, note?}`, or null where it was left. `tree`: the units in their order; `unit`: the one meant already. */
export function askOther(one, tree, unit = null) {
  return new Promise(resolve => {
    const wanted = unit?.unit_id ?? one.proposal?.lead_unit?.unit ?? one.lead_unit ?? null, opened = new Set(), people = new Map(), asking = new Set();
    let found = [], words = '', active = 'all', chosen = { unit: tree.find(each => each.unit_id === wanted) || null }, timer = 0, rows = [], answer = null, moved = false;
    const search = h('input', { type: 'search', name: 'search', autocomplete: 'off', placeholder: t('dispatch.whom.search'), 'aria-label': t('dispatch.whom.search'), role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'whom-list', oninput: typed, onkeydown: steer });
    const list = h('ol', { class: 'd-whom-list', id: 'whom-list', role: 'listbox', 'aria-label': t('dispatch.lead_unit') }), summary = h('p', { class: 'd-whom-sum', 'aria-live': 'polite' });
    const own = new Set((one.proposal?.support_units || []).map(each => each.unit));
    const supports = tree.filter(each => each.depth > 0).map(each => h('label', { class: 'box' }, h('input', { type: 'checkbox', name: 'supports', value: each.unit_id, checked: own.has(each.unit_id) }), h('span', {}, nameOf(each))));
    const note = h('textarea', { name: 'note', rows: 2, maxlength: 2000, placeholder: t('duty.note_optional') });
    const form = h('form', { method: 'dialog', class: 'note-form d-whom-form' }, one.proposal?.reason && h('p', { class: 'hint' }, t('dispatch.other_hint')), h('label', { class: 'd-search' }, icon('search'), search), list, summary,
      supports.length > 1 && h('details', { open: own.size > 0 }, h('summary', {}, t('dispatch.supports_which')), h('div', { class: 'd-whom-supports' }, supports)), h('label', {}, h('span', {}, t('duty.note')), note),
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary', 'data-do': 'confirm' }, t('duty.do_it'), h('kbd', {}, 'Ctrl ⏎'))));
    form.addEventListener('submit', () => { answer = said(); });
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); } });
    const dialog = openDialog(t('dispatch.other_title', { title: titled(one) }), form, 'whom');
    dialog.addEventListener('close', () => { clearTimeout(timer); resolve(answer); });
    active = chosen.unit ? keyOf(chosen) : 'all';
    if (chosen.unit) open(chosen.unit.unit_id);
    draw(true);
    search.focus();

    function said() {
      const also = [...form.querySelectorAll('[name=supports]:checked')].map(box => Number(box.value)), { unit: lead, person } = chosen, of = person ? person.unit : lead?.unit_id;
      return { ...(of ? { unit: of } : {}), ...(person ? { worker: person.account } : {}), ...(also.length ? { supports: also } : {}), ...(note.value.trim() ? { note: note.value.trim() } : {}) };
    }

    async function ask(query) {
      const { candidates, more } = await read(`/cases/${encodeURIComponent(one.number)}/candidates?${new URLSearchParams(query)}`);
      return Object.assign(candidates, { more });
    }

    /** The people of a unit, read when it is first looked into. */
    async function open(id) {
      opened.add(id);
      if (people.has(id) || asking.has(id)) return;
      asking.add(id);
      try { people.set(id, await ask({ unit: id })); } catch { opened.delete(id); }
      asking.delete(id);
      draw();
    }

    function typed() {
      words = search.value.trim().toLowerCase();
      clearTimeout(timer);
      found = [];
      draw(true);
      const mine = words;
      if (mine) timer = setTimeout(async () => { const some = await ask({ q: mine, limit: MOST_FOUND }).catch(() => []); if (mine === words) { found = some; draw(true); } }, TYPED_MS);
    }

    /** What stands in the list: without words the tree with the units looked into, with words what fits them. */
    function listed() {
      if (words) return [...tree.filter(each => `${each.name} ${each.name_en}`.toLowerCase().includes(words)).map(each => ({ unit: each })), ...found.map(person => ({ person }))];
      return [{}, ...tree.flatMap(each => [{ unit: each, depth: each.depth }, ...(opened.has(each.unit_id) ? (people.get(each.unit_id) || []).map(person => ({ person, depth: each.depth + 1 })) : [])])];
    }

    /** Whether there are more than are listed. Hoisted like all it stands among: the list is drawn before this line is reached. */
    function cut() { return words ? found.more : [...opened].some(id => people.get(id)?.more); }

    function draw(again = false) {
      rows = listed();
      if (!rows.some(row => keyOf(row) === active) || (again && words)) active = rows.length ? keyOf(rows[0]) : '';
      fill(list, rows.length ? rows.map(drawn) : h('li', { class: 'd-none' }, t('dispatch.whom.none')), rows.length > 0 && cut() && h('li', { class: 'd-none', role: 'presentation' }, t('dispatch.whom.more')));
      search.setAttribute('aria-activedescendant', active && `whom-${active}`);
      list.querySelector('.active')?.scrollIntoView({ block: moved ? 'nearest' : 'center' }); // until somebody walks, the unit meant with its people beneath it
      fill(summary, icon('send'), h('span', {}, t('dispatch.give', { whom: wordsOf(chosen) })));
    }

    function wordsOf({ unit: lead, person }) { return person ? [unitNameOf(person), person.title].filter(Boolean).join(' · ') : lead ? nameOf(lead) : t('dispatch.nobody'); }

    function drawn(row) {
      const key = keyOf(row), node = h('li', { id: `whom-${key}`, role: 'option', 'data-key': key, class: [key === active ? 'active' : '', row.person ? 'd-whom-person' : 'd-whom-unit'].join(' ').trim(), 'aria-selected': String(key === keyOf(chosen)), onclick: () => { active = key; choose(row); search.focus(); } }, row.person ? ofPerson(row.person) : ofUnit(row.unit));
      node.style.setProperty('--depth', row.depth || 0);
      return node;
    }

    function ofUnit(each) {
      if (!each) return [icon('users'), h('b', {}, t('dispatch.nobody'))];
      const open = opened.has(each.unit_id), note = asking.has(each.unit_id) ? t('desk.loading') : open && people.get(each.unit_id)?.length === 0 ? t('dispatch.whom.empty') : '';
      return [icon(open && !words ? 'chevron-down' : 'building-2'), h('b', {}, nameOf(each)), note && h('small', {}, note), load(each.below)];
    }

    function ofPerson(each) {
      const post = (lang() === 'en' && each.post_en) || each.post, tag = (look, key, title) => h('span', { class: `d-tag ${look}`, title }, t(`dispatch.whom.${key}`)), { on_shift: shift } = each;
      return [icon('user'), h('b', {}, each.title), h('small', {}, [words && unitNameOf(each), post].filter(Boolean).join(' · ')),
        shift ? tag('good', shift.via === 'substitution' ? 'stand_in' : 'on_shift', shift.duty_grid) : each.at_desk && tag('good', 'at_desk'), each.sent_back && tag('bad', 'sent_back'),
        each.distance_m !== null && h('span', { class: 'd-whom-far num', title: t('dispatch.whom.seen', { at: clock(each.seen_at) }) }, metres(each.distance_m)), load(each)];
    }

    function choose(row) {
      moved = true;
      chosen = row;
      if (row.unit) open(row.unit.unit_id);
      draw();
    }

    /** Up and down through the list, right and left into a unit and out of it, Enter takes. */
    function steer(event) {
      const at = rows.findIndex(row => keyOf(row) === active), row = rows[at];
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (step && rows.length) active = keyOf(rows[Math.max(0, Math.min(rows.length - 1, at + step))]);
      else if (event.key === 'Enter') { if (row) choose(row); }
      else if (event.key === 'ArrowRight' && !words && row?.unit) open(row.unit.unit_id);
      else if (event.key === 'ArrowLeft' && !words && row?.unit) opened.delete(row.unit.unit_id);
      else return;
      moved = true;
      event.preventDefault();
      draw();
    }
  });
}
