// The grid worker's phone: my tasks, one task, its acts, photos. Works without a network: what is done waits in the phone and goes in order.

import { begin, h, t, word, fill, icon, badge, clock, span, now, countdown, toast, openDialog, endedPicture } from './duty-dom.js';
import { read } from './duty-call.js';
import { loadText } from './text.js';
import { follow, leave } from './duty-head.js';
import { makeOutgoing } from './field-outgoing.js';
import { keepPage, shrink, whereAmI, distanceText } from './field-phone.js';
import { keepTasks, keptTasks } from './field-store.js';

const MINE = ['dispatched', 'handling', 'on_site'];
const NEXT = { dispatched: 'take', handling: 'arrive', on_site: 'finish', finished: 'check' };
const AFTER = { take: 'handling', arrive: 'on_site', finish: 'finished', send_back: 'registered', check: 'checked' };

export async function mount(root, config) {
  await begin(config);
  await loadText(config.language, 'field');
  const slots = Object.fromEntries([...root.querySelectorAll('[data-slot]')].map(node => [node.dataset.slot, node]));
  const back = root.querySelector('[data-do=back]');
  let tasks = [], opened = null, details = new Map(), here = null, picture = null, known = null, drawn = '', ahead = new Map();

  const outgoing = makeOutgoing(config.account, state => { waiting(state); }, settled);
  await outgoing.start();
  for (const [number, name] of outgoing.acts()) ahead.set(number, AFTER[name]);
  const mine = row => MINE.includes(row.stage) && (row.handler_id === config.account || (!row.handler_id && row.stage === 'dispatched'));

  /** What the worker did but the server does not know yet is shown as done: the phone's own stage goes ahead of the server's. */
  const stageOf = row => ahead.get(row.number) || row.stage;

  function take(rows) {
    tasks = rows.filter(row => mine(row) || ahead.has(row.number)).sort((a, b) => Number(stageOf(a) === 'finished') - Number(stageOf(b) === 'finished') || time(a.due_at) - time(b.due_at));
    keepTasks(config.account, tasks);
    if (known) for (const row of tasks) if (!known.has(row.number)) arrived(row);
    known = new Set(tasks.map(row => row.number));
    if (shape() !== drawn) draw(); // deltas come four times a second: a button made anew under a thumb loses the tap
  }
  const shape = () => JSON.stringify([tasks, [...ahead]]);
  const time = at => (at ? Date.parse(at) : Infinity);

  function arrived(row) {
    navigator.vibrate?.([200, 100, 200]);
    toast('info', t('field.new', { title: row.title }), { label: t('field.look'), go: () => open(row.number) });
  }

  function draw() {
    drawn = shape();
    slots.title.textContent = opened ? '' : `${t('field.tasks')} ${tasks.length || ''}`;
    back.hidden = !opened;
    slots.list.hidden = Boolean(opened);
    slots.one.hidden = !opened;
    if (opened) return drawOne();
    fill(slots.tasks, tasks.length ? tasks.map(card) : h('li', { class: 'field-empty' }, icon('circle-check'), h('b', {}, t('field.none')), h('span', {}, t('field.none_hint'))));
    return tick();
  }

  function card(row) {
    const stage = stageOf(row);
    return h('li', { class: 'task-card', 'data-id': row.number, 'data-stage': stage, onclick: () => open(row.number) },
      h('div', { class: 'task-top' }, badge(row.severity), h('strong', {}, row.title), row.drill && h('b', { class: 'mark drill' }, t('desk.drill')), h('span', { class: `stage stage-${stage}` }, word('desk.stage', stage))),
      h('p', { class: 'task-place' }, icon('map-pin'), h('span', {}, row.address || t('field.place_unknown'))),
      h('div', { class: 'task-bottom' }, h('span', { class: 'left num', 'data-due': stage === 'finished' ? '' : row.due_at || '' }), h('span', { class: 'muted' }, distanceText(here, row))));
  }

  async function open(number) {
    opened = number;
    history.pushState({ number }, '', `#${number}`);
    root.querySelector('.field-one').scrollTop = 0;
    draw();
    await refresh(number);
    locate();
  }

  async function refresh(number) {
    try { details.set(number, await read(`/cases/${encodeURIComponent(number)}`)); } catch { /* without a network the list's row must do */ }
    if (opened === number) drawOne();
  }

  const locate = async () => { const found = await whereAmI(); if (found) { here = found; if (opened) drawOne(); else draw(); } };

  function drawOne() {
    const row = { ...tasks.find(one => one.number === opened), ...details.get(opened) };
    if (!row.number) return close();
    const stage = stageOf(row);
    const draft = slots.task.querySelector('textarea')?.value ?? '', typing = document.activeElement?.tagName === 'TEXTAREA';
    const rule = config.rules[row.rule];
    fill(slots.task,
      h('div', { class: `clock-card ${row.due_at ? '' : 'none'}` }, stage === 'finished' ? h('b', { class: 'handed' }, icon('circle-check'), t('field.finished_note')) : [h('span', { class: 'left-word' }), h('b', { class: 'left big num', 'data-due': row.due_at || '' }), h('span', { class: 'due' }, row.due_at ? t('field.due', { at: clock(row.due_at) }) : t('field.no_deadline'))]),
      h('div', { class: 'one-title' }, badge(row.severity), h('h2', {}, row.title), row.drill && h('b', { class: 'mark drill' }, t('desk.drill'))),
      h('div', { class: 'one-place' }, icon('map-pin'), h('div', {}, h('b', {}, row.address || (row.lon ? `${row.lon.toFixed(5)}, ${row.lat.toFixed(5)}` : t('field.place_unknown'))), h('span', {}, [distanceText(here, row), row.duty_grid && `${t('field.grid')} ${row.duty_grid}`].filter(Boolean).join(' · '))),
        row.lon && h('a', { class: 'route', href: `geo:${row.lat},${row.lon}?q=${row.lat},${row.lon}` }, icon('navigation'), t('field.navigate'))),
      row.text && h('p', { class: 'one-text' }, row.text),
      steps(stage), rule?.runbook && h('p', { class: 'one-runbook' }, rule.runbook), photos(row, stage),
      stage === 'on_site' && h('label', { class: 'one-note' }, h('span', {}, t('field.note')), h('textarea', { rows: 2, maxlength: 500, placeholder: t('field.note_hint') })),
      h('p', { class: 'one-number num' }, [row.number, t('field.opened', { at: clock(row.opened_at) })].join(' · ')));
    const note = slots.task.querySelector('textarea');
    if (note) { note.value = draft; if (typing) note.focus(); }
    acts(row, stage);
    return tick();
  }

  const steps = stage => { const path = ['dispatched', 'handling', 'on_site', 'finished'], at = path.indexOf(stage); return h('ol', { class: 'one-steps', 'aria-label': t('field.stage') }, path.map((one, index) => h('li', { class: index < at ? 'past' : index === at ? 'now' : '' }, word('desk.stage', one)))); };

  function photos(row, stage) {
    const media = (row.media || []).filter(one => one && typeof one === 'object');
    const unsent = outgoing.photosOf(row.number);
    const figure = (src, caption) => h('figure', {}, h('img', { src, alt: caption }), h('figcaption', {}, caption));
    const shots = [...media.map(one => (one.ended_at ? endedPicture(one) : figure(`/api/v1/media/${one.media_id}`, t(one.role === 'after' ? 'field.photo_after' : 'field.photo_before')))), ...unsent.map(one => figure(one.url, `${t('field.photo_after')} · ${t('field.pending')}`))];
    return h('div', { class: 'one-photos' }, shots.length ? shots : stage !== 'on_site' && h('div', { class: 'no-photo' }, icon('image'), t('field.no_photo')));
  }

  const hasPhoto = row => (row.media || []).some(one => one.role === 'after') || outgoing.photosOf(row.number).length > 0;

  function acts(row, stage) {
    const allowed = row.acts && !ahead.has(row.number) ? row.acts : MINE.includes(stage) ? [NEXT[stage], 'send_back'] : [];
    const main = NEXT[stage];
    const button = (name, look, symbol) => h('button', { type: 'button', class: look, 'data-act': name, 'aria-label': t(`field.${name}`), onclick: () => run(row, name) }, icon(symbol), h('span', {}, t(`field.${name}`)));
    const ready = stage !== 'on_site' || hasPhoto(row);
    const camera = stage === 'on_site' && h('label', { class: `camera ${ready ? 'second' : 'main'}`, 'data-act': 'photo' }, icon('camera'), t(ready ? 'field.more_photo' : 'field.take_photo'), h('input', { type: 'file', accept: 'image/*', capture: 'environment', onchange: event => photo(row, event.target) }));
    fill(slots.acts, stage === 'finished' && !allowed.includes('check') ? null : [
      allowed.includes('send_back') && stage !== 'finished' && button('send_back', 'side', 'corner-up-left'), camera,
      allowed.includes(main) && (main !== 'finish' || ready) && button(main, 'main', { take: 'hand', arrive: 'map-pinned', finish: 'check-check', check: 'badge-check' }[main])]);
  }

  async function photo(row, input) {
    const file = input.files[0];
    if (!file) return;
    try {
      const blob = await shrink(file);
      await outgoing.add({ path: `/media?case=${encodeURIComponent(row.number)}&role=after`, number: row.number, blob });
      toast('ok', t('field.photo_saved'));
    } catch { toast('error', t('field.photo_failed')); }
    drawOne();
  }

  async function run(row, name) {
    const note = slots.task.querySelector('textarea')?.value.trim() || '';
    const fields = name === 'send_back' ? await askWhy() : name === 'finish' && note ? { note } : {};
    if (!fields) return;
    if (name === 'arrive') { const found = await whereAmI(4000); if (found) { here = found; Object.assign(fields, { lon: found.lon, lat: found.lat, datum: 'wgs84' }); } }
    ahead.set(row.number, AFTER[name]);
    await outgoing.add({ path: `/cases/${encodeURIComponent(row.number)}/acts`, number: row.number, body: { act: name, ...fields } });
    toast('ok', navigator.onLine ? t(`field.done.${name}`) : t('field.kept'));
    if (name === 'send_back' || name === 'check') close(); else draw();
  }

  function askWhy() {
    return new Promise(resolve => {
      let answer = null;
      const area = h('textarea', { name: 'note', rows: 3, required: true, maxlength: 500, placeholder: t('field.note_needed') });
      const form = h('form', { method: 'dialog' }, area, h('button', { type: 'submit', class: 'main' }, t('field.send_back')));
      form.addEventListener('submit', () => { answer = { note: area.value.trim() }; });
      const dialog = openDialog(t('field.send_back'), form, 'note');
      dialog.addEventListener('close', () => resolve(answer));
      area.focus();
    });
  }

  /** One message of the queue was answered: the server's stage counts again once nothing of that task waits. */
  async function settled(item, problem) {
    if (problem) toast('error', t('field.refused', { act: item.body ? word('desk.act', item.body.act) : t('field.photos'), why: problem.message }));
    if (outgoing.waitingFor(item.number)) return;
    await refresh(item.number);
    ahead.delete(item.number);
    const row = details.get(item.number);
    if (row) tasks = tasks.map(one => (one.number === row.number ? { ...one, ...row } : one)).filter(one => mine(one) || one.number === opened);
    draw();
  }

  function waiting({ count, sending }) {
    if (slots.waiting.dataset.value === `${count}${sending}`) return;
    slots.waiting.dataset.value = `${count}${sending}`;
    slots.waiting.dataset.count = count;
    fill(slots.waiting, count > 0 && [icon(sending ? 'upload' : 'cloud-off'), h('b', { 'data-figure': 'outgoing', 'data-value': count, 'data-age': 0 }, t('field.waiting', { n: count })), h('span', {}, sending ? t('field.sending') : t('field.waiting_hint'))]);
  }

  function close() { opened = null; if (location.hash) history.replaceState(null, '', location.pathname); draw(); }

  function tick() {
    for (const node of root.querySelectorAll('[data-due]')) {
      const left = node.dataset.due ? (Date.parse(node.dataset.due) - now()) / 1000 : NaN;
      node.textContent = Number.isNaN(left) ? '' : node.classList.contains('big') ? countdown(left) : t(left < 0 ? 'desk.over_by' : 'desk.left', { span: span(left) });
      const look = left < 0 ? 'late' : left < 900 ? 'soon' : '';
      node.classList.toggle('late', look === 'late');
      node.classList.toggle('soon', look === 'soon');
      const cardOf = node.closest('.clock-card');
      if (cardOf) { cardOf.dataset.look = look; cardOf.querySelector('.left-word').textContent = Number.isNaN(left) ? '' : t(left < 0 ? 'field.over' : 'field.left'); }
    }
  }

  const menu = () => {
    const dialog = openDialog(config.name || t('field.more'), h('div', { class: 'field-menu-list' },
      h('p', { class: 'muted' }, word('desk.role', config.role)), h('a', { class: 'side', href: `?lang=${config.language === 'en' ? 'zh' : 'en'}` }, icon('languages'), t('desk.other_language')),
      h('button', { type: 'button', class: 'side', 'data-do': 'leave', onclick: () => { if (!outgoing.count() || confirm(t('field.leave_waiting', { n: outgoing.count() }))) leave(); } }, icon('log-out'), t('desk.leave'))), 'menu');
    return dialog;
  };
  back.addEventListener('click', close);
  addEventListener('popstate', () => { opened = null; draw(); });
  root.querySelector('[data-do=menu]').addEventListener('click', menu);

  tasks = keptTasks(config.account);
  known = tasks.length ? new Set(tasks.map(row => row.number)) : null;
  if (location.hash.length > 10) opened = location.hash.slice(1);
  draw();
  follow(config, { root, marks: slots.marks, connection: slots.connection }, state => { picture = state; take([...picture.cases.values()]); outgoing.wake(); if (opened && details.has(opened) && picture.cases.get(opened)?.version > details.get(opened).version) refresh(opened); });
  setInterval(tick, 1000);
  navigator.permissions?.query({ name: 'geolocation' }).then(state => state.state === 'granted' && locate()).catch(() => null);
  keepPage().catch(() => null);
}
