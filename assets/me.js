// My account, from any desk: how I am reached and when not, a message to try it, the browsers that ring, my password. Addresses come masked
// and are sent only when they change; what is right decides the API.

import { h, t, fill, icon, clock, labelOf, openDialog, toast, word, language } from './duty-dom.js';
import { call, read, explain, Problem } from './duty-call.js';
import { loadText } from './text.js';

const ROBOTS = ['wecom', 'dingtalk', 'feishu'];
const LOOK = { sms: 'smartphone', smtp: 'message-square', push: 'bell' };

/** Opens the dialog over whatever desk is open. */
export async function openMe() {
  await loadText(language(), 'me');
  const body = h('div', { class: 'me-form' }, h('p', { class: 'muted' }, t('me.loading')));
  const dialog = openDialog(t('me.title'), body, 'me');
  try {
    const [mine, push] = await Promise.all([read('/people/me/contacts'), read('/push').catch(() => ({ browsers: [] }))]);
    draw(body, mine, push.browsers || []);
    body.querySelector('input')?.focus();
  } catch (problem) { fill(body, h('p', { class: 'form-error', role: 'alert' }, explain(problem))); }
  return dialog;
}

function draw(body, mine, browsers) {
  const again = async () => { const [one, push] = await Promise.all([read('/people/me/contacts'), read('/push').catch(() => ({ browsers: [] }))]); draw(body, one, push.browsers || []); };
  fill(body, h('header', { class: 'me-who' }, icon('user'), h('b', {}, mine.title), h('span', { class: 'muted' }, mine.login)),
    reachForm(mine, again), waysOf(mine), browsersOf(browsers, again), passwordForm());
}

/** One address: empty keeps what is known, the button forgets it. */
function address(name, label, known, type = 'text') {
  const input = h('input', { name, type, maxlength: 200, autocomplete: 'off', placeholder: known ? t('me.known', { value: known }) : t('me.none') });
  const forget = known && h('button', { type: 'button', class: 'quiet', 'data-forget': name, onclick: () => {
    const going = input.dataset.forget !== '1';
    Object.assign(input, { disabled: going, value: '', placeholder: going ? t('me.cleared') : t('me.known', { value: known }) });
    input.dataset.forget = going ? '1' : '';
    forget.textContent = t(going ? 'me.keep' : 'me.clear');
  } }, t('me.clear'));
  return h('label', { class: 'me-address' }, h('span', {}, label), input, forget);
}

/** What the form changes, by the API's names; an address that was left empty is not in it. */
export function changesOf(form, mine) {
  const wanted = {}, told = name => { const input = form.elements[name]; return input.dataset.forget === '1' ? null : input.value.trim() || undefined; };
  for (const name of ['phone', 'mail']) if (told(name) !== undefined) wanted[name] = told(name);
  const robots = Object.fromEntries(ROBOTS.map(name => [name, told(name)]).filter(([, value]) => value !== undefined));
  if (Object.keys(robots).length) wanted.robots = robots;
  if (form.elements.language.value !== mine.language) wanted.language = form.elements.language.value;
  const hours = { city: [null, null], never: ['00:00', '00:00'], own: [form.elements.quiet_from.value, form.elements.quiet_to.value] }[form.elements.quiet.value];
  const before = mine.quiet_from && mine.quiet_from === mine.quiet_to ? ['00:00', '00:00'] : [mine.quiet_from, mine.quiet_to];
  if (hours[0] !== before[0] || hours[1] !== before[1]) Object.assign(wanted, { quiet_from: hours[0], quiet_to: hours[1] });
  return wanted;
}

function reachForm(mine, again) {
  const kind = !mine.quiet_from ? 'city' : mine.quiet_from === mine.quiet_to ? 'never' : 'own', error = h('p', { class: 'form-error', role: 'alert' });
  const own = h('span', { class: 'me-hours' }, t('me.quiet.from'), h('input', { type: 'time', name: 'quiet_from', value: kind === 'own' ? mine.quiet_from : '22:00', 'aria-label': t('me.quiet.from') }), t('me.quiet.to'), h('input', { type: 'time', name: 'quiet_to', value: kind === 'own' ? mine.quiet_to : '07:00', 'aria-label': t('me.quiet.to') }));
  const choice = (value, words, more) => h('label', { class: 'me-choice' }, h('input', { type: 'radio', name: 'quiet', value, checked: value === kind }), h('span', {}, words), more);
  const form = h('form', { class: 'note-form', 'data-panel': 'me-reach' },
    h('h3', {}, t('me.reach')), h('p', { class: 'hint' }, t('me.reach_hint')),
    address('phone', t('me.phone'), mine.phone, 'tel'), address('mail', t('me.mail'), mine.mail, 'email'), ROBOTS.map(name => address(name, t(`me.${name}`), mine.robots[name])),
    h('label', { class: 'me-address' }, h('span', {}, t('me.language')), h('select', { name: 'language' }, ['zh', 'en'].map(one => h('option', { value: one, selected: one === mine.language }, t(`me.language.${one}`))))),
    h('h3', {}, t('me.quiet')), h('p', { class: 'hint' }, t('me.quiet.hint', { level: word('desk.severity', mine.passes) })),
    h('div', { class: 'me-choices', role: 'radiogroup', 'aria-label': t('me.quiet') }, choice('city', mine.city_quiet ? t('me.quiet.city', mine.city_quiet) : t('me.quiet.city_none')), choice('own', t('me.quiet.own'), own), choice('never', t('me.quiet.never'))),
    error, h('footer', {}, h('button', { type: 'submit', class: 'primary', 'data-do': 'save' }, t('me.save'))));
  own.addEventListener('focusin', () => { form.elements.quiet.value = 'own'; });
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const wanted = changesOf(form, mine);
    if (!Object.keys(wanted).length) { toast('info', t('me.nothing')); return; }
    try { await call('PUT', '/people/me/contacts', { body: wanted }); toast('ok', t('me.saved')); await again(); } catch (problem) { error.textContent = explain(problem); }
  });
  return form;
}

const waysOf = mine => h('section', { 'data-panel': 'me-ways' }, h('h3', {}, t('me.ways')), mine.channels.length === 0 ? h('p', { class: 'muted' }, t('me.ways.none'))
  : h('ul', { class: 'me-ways' }, mine.channels.map(one => h('li', { 'data-way': one.name, 'data-reaches': String(one.reaches) }, icon(LOOK[one.kind]), h('b', {}, labelOf(one)), h('span', { class: one.reaches ? 'me-yes' : 'me-no' }, icon(one.reaches ? 'circle-check' : 'circle-alert'), t(one.reaches ? 'me.way.yes' : `me.way.${one.kind}`)),
    one.reaches && h('button', { type: 'button', 'data-do': 'try', onclick: () => tryOut(one.name) }, t('me.try'))))), h('p', { class: 'hint' }, t('me.way.desk')));

async function tryOut(channel) {
  try {
    const { data } = await call('POST', '/people/me/contacts/tries', { body: { channel } });
    toast(data.queued ? 'ok' : 'info', t(data.queued ? 'me.tried' : 'me.tried_already'));
  } catch (problem) { toast('error', explain(problem)); }
}

const browsersOf = (browsers, again) => browsers.length > 0 && h('section', { 'data-panel': 'me-browsers' }, h('h3', {}, t('me.browsers')), h('ul', { class: 'me-ways' }, browsers.map(one => h('li', {}, icon('bell'), h('span', {}, t('me.browser', { host: new URL(one.endpoint).host, at: clock(one.created_at) })),
  h('button', { type: 'button', class: 'quiet', onclick: async () => { try { await call('POST', '/push', { body: { act: 'unsubscribe', endpoint: one.endpoint } }); toast('ok', t('me.browser.ended')); await again(); } catch (problem) { toast('error', explain(problem)); } } }, t('me.browser.end'))))));

function passwordForm() {
  const error = h('p', { class: 'form-error', role: 'alert' });
  const secret = (name, autocomplete) => h('label', { class: 'me-address' }, h('span', {}, t(`me.password.${name}`)), h('input', { type: 'password', name, autocomplete, required: true, maxlength: 200 }));
  const form = h('form', { class: 'note-form', 'data-panel': 'me-password' }, h('p', { class: 'hint' }, t('me.password.hint')), secret('old', 'current-password'), secret('new', 'new-password'), secret('again', 'new-password'), error,
    h('footer', {}, h('button', { type: 'submit', class: 'primary', 'data-do': 'password' }, t('me.password.save'))));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const { old, new: fresh, again } = form.elements;
    error.textContent = '';
    if (fresh.value !== again.value) { error.textContent = t('me.password.differ'); again.focus(); return; }
    try {
      await call('PUT', '/people/me/password', { body: { old: old.value, new: fresh.value } });
      form.reset();
      form.closest('details').open = false;
      toast('ok', t('me.password.saved'));
    } catch (problem) {
      const known = problem instanceof Problem ? { 403: 'me.password.wrong', 429: 'me.password.locked', 422: 'me.password.weak' }[problem.status] : null;
      error.textContent = known ? t(known, { detail: problem.body.detail || '' }) : explain(problem);
      old.focus();
    }
  });
  return h('details', { class: 'me-password' }, h('summary', {}, icon('lock'), t('me.password')), form);
}
