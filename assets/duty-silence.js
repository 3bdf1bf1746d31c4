// Silencing from the desk: nobody is told for a while of what is like the alert that is shown. What it would hold is counted before it is
// made; what is held stays in every list. Reads and sends; whom a silence means is the server's law.

import { h, t, word, fill, icon, clock, labelOf, now, openDialog, toast, titled, titleOf, listed } from './duty-dom.js';
import { call, explain, read, Problem } from './duty-call.js';

const SPANS = [60, 240, 720, 1440, 4320, 10080]; // minutes
const WAIT_MS = 250; // between the last change and the count of what it would hold
const EVERY_MS = 30_000;

/** Whom a silence made from this alert can mean, the narrowest first: `[name, matcher]`. Pure. */
export function reachesOf({ device, rule, class_code, street, area }) {
  const place = street || area;
  return [
    device && rule && ['device_rule', { devices: [device], rules: [rule] }],
    device && ['device', { devices: [device] }],
    place && rule && ['street_rule', { rules: [rule], areas: [place] }],
    place && class_code && ['street_class', { classes: [class_code], areas: [place] }],
  ].filter(Boolean);
}

const minutesWord = n => t(n < 1440 ? 'duty.silence.hours' : 'duty.silence.days', { n: n < 1440 ? n / 60 : n / 1440 });
const said = (...words) => words.filter(Boolean).join(' · ');

/** A matcher in words: of a list the first two and how many more. */
export function matcherWords(matcher, { config, streetName }) {
  const few = (list, say = one => one) => list && (list.length > 2 ? t('duty.silence.more', { first: say(list[0]), n: list.length }) : listed(list.map(say)));
  return said(few(matcher.devices), few(matcher.rules, one => labelOf(config.rules[one]) || one), few(matcher.classes, one => labelOf(config.classes[one]) || one),
    few(matcher.domains, one => word('desk.domain', one)), few(matcher.kinds), few(matcher.gateways), few(matcher.cells), few(matcher.tags),
    few(matcher.areas, one => streetName(one) || one), matcher.severity_at_most && t('duty.silence.grave', { severity: word('desk.severity', matcher.severity_at_most) }),
    matcher.severity_at_least && t('duty.silence.mild', { severity: word('desk.severity', matcher.severity_at_least) })) || '—';
}

/** The dialog that makes a silence out of an alert; resolves to whether one was made. */
export function askSilence(alert, { config, streetName }) {
  const most = config.silence_at_most_s / 60, reaches = reachesOf(alert), spans = SPANS.filter(n => n <= most);
  const names = { device: alert.device_name || alert.device, rule: labelOf(config.rules[alert.rule]) || alert.rule, class: labelOf(config.classes[alert.class_code]) || alert.class_code, street: streetName(alert.street || alert.area) || alert.street || alert.area };
  return new Promise(resolve => {
    let made = false, timer = 0, turn = 0;
    const reach = h('fieldset', { class: 'reaches' }, h('legend', {}, t('duty.silence.whom')), reaches.map(([name], index) => h('label', { class: 'box' }, h('input', { type: 'radio', name: 'reach', value: name, checked: !index }), h('span', {}, h('b', {}, t(`duty.silence.${name}`)), h('small', {}, t(`duty.silence.${name}.of`, names))))));
    const until = h('select', { name: 'minutes' }, spans.map(n => h('option', { value: n }, minutesWord(n))));
    const why = h('textarea', { name: 'why', rows: 2, maxlength: 2000, required: true, placeholder: t('duty.silence.why_needed') });
    const preview = h('div', { class: 'preview', role: 'status' }), failed = h('p', { class: 'form-error', role: 'alert' });
    const send = h('button', { type: 'submit', class: 'primary', 'data-do': 'confirm', disabled: true }, icon('bell-off'), t('duty.act.silence'), h('kbd', {}, 'Ctrl ⏎'));
    const form = h('form', { class: 'note-form' }, h('p', { class: 'hint' }, t('duty.silence.hint')), reach, h('label', {}, h('span', {}, t('duty.silence.until')), until), h('label', {}, h('span', {}, t('duty.silence.why')), why), preview, failed,
      h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), send));
    const wish = () => ({ kind: 'silence', matcher: reaches.find(([name]) => name === form.elements.reach.value)[1], until: new Date(now() + Number(until.value) * 60e3).toISOString(), why: why.value });

    async function count() {
      const mine = ++turn;
      try {
        const { data } = await call('POST', '/silences', { body: { ...wish(), dry_run: true } });
        if (mine === turn) { drawPreview(preview, data, config); send.disabled = false; failed.textContent = ''; }
      } catch (problem) { if (mine === turn) { fill(preview); failed.textContent = reasonOf(problem); } }
    }
    function changed() {
      send.disabled = true;
      fill(preview, h('p', { class: 'muted' }, t('duty.silence.counting')));
      clearTimeout(timer);
      timer = setTimeout(count, WAIT_MS);
    }
    form.addEventListener('change', event => { if (event.target !== why) changed(); });
    form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!send.disabled) form.requestSubmit(); } });
    form.addEventListener('submit', async event => {
      event.preventDefault();
      send.disabled = true;
      const wanted = wish();
      try { await call('POST', '/silences', { body: wanted }); made = true; toast('ok', t('duty.silence.made', { at: clock(wanted.until) })); dialog.close(); } catch (problem) { failed.textContent = reasonOf(problem); send.disabled = false; }
    });
    const dialog = openDialog(`${t('duty.act.silence')} · ${titled(alert, titleOf(alert, config.rules))}`, form, 'silence');
    dialog.addEventListener('close', () => { turn += 1; clearTimeout(timer); resolve(made); });
    form.querySelector('input').focus();
    changed();
  });
}

const reasonOf = problem => (problem instanceof Problem && problem.status === 422 ? problem.body.detail || explain(problem) : explain(problem));

function drawPreview(node, { open, last_24h, rules }, config) {
  const most = 5, figure = (name, n, words) => h('div', {}, h('b', { class: 'num', 'data-figure': name, 'data-value': n, 'data-age': 0 }, n), h('span', {}, words));
  fill(node, h('div', { class: 'preview-sums' }, figure('silence-open', open, t('duty.silence.open')), figure('silence-day', last_24h, t('duty.silence.day'))),
    rules.length > 1 && h('ul', {}, rules.slice(0, most).map(one => h('li', {}, h('span', {}, labelOf(config.rules[one.rule]) || one.rule), h('span', { class: 'num' }, t('duty.silence.of_rule', { open: one.open, day: one.day })))), rules.length > most && h('li', { class: 'muted' }, t('duty.more', { n: rules.length - most }))));
}

/** Asks why, and ends the silence that holds an alert. Resolves to whether it ended; raises `Problem`. */
export async function endSilence(id, title, askNote) {
  const { etag } = await call('GET', `/silences/${id}`);
  const answer = await askNote(`${t('duty.act.unsilence')} · ${title}`, { needed: true, hint: t('duty.hint.unsilence') });
  if (!answer) return false;
  await call('POST', `/silences/${id}/acts`, { body: { act: 'end', ...answer }, etag });
  toast('ok', t('duty.silence.ended'));
  return true;
}

/** What is silenced now or will be, beside the queue: how many, and on demand which, by whom and until when. Nothing is silenced in secret. */
export function makeSilences(slot, { config, streetName, askNote }) {
  let rows = [];

  async function load() {
    try { rows = (await Promise.all(['active', 'planned'].map(state => read(`/silences?state=${state}&limit=100`)))).flatMap(one => one.silences); } catch { return; /* the next turn asks again; the head says that the line is lost */ }
    fill(slot, rows.length > 0 && h('button', { type: 'button', class: 'head-button', 'data-do': 'silences', title: t('duty.silences'), 'aria-label': `${t('duty.silences')} ${rows.length}`, onclick: open }, icon('bell-off'), h('span', { class: 'count' }, rows.length)));
  }

  async function open() {
    await load(); // what a silence holds changes by the second
    const end = async one => { dialog.close(); try { if (await endSilence(one.id, one.why, askNote)) await load(); } catch (problem) { toast('error', explain(problem), { label: t('desk.again'), go: () => end(one) }); } };
    const line = one => h('li', { 'data-id': one.id }, icon(one.kind === 'maintenance' ? 'wrench' : 'bell-off'),
      h('div', {}, h('b', {}, matcherWords(one.matcher, { config, streetName })), h('span', {}, one.why), h('small', { class: 'muted' }, said(t(`duty.silences.${one.kind}`), one.by, one.state === 'planned' && t('duty.silences.from', { at: clock(one.from) }), t('duty.until', { at: clock(one.until) })))),
      h('span', { class: 'num' }, t('duty.silences.holds', { n: one.holds })), one.acts.includes('end') && h('button', { type: 'button', onclick: () => end(one) }, icon('bell-ring'), t('duty.silences.end')));
    const dialog = openDialog(t('duty.silences'), h('ul', { class: 'silences' }, rows.length ? rows.map(line) : h('li', { class: 'muted' }, t('duty.silences.none'))), 'silences');
  }

  load();
  setInterval(load, EVERY_MS);
  return { load, open };
}
