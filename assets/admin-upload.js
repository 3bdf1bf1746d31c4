// A table by file: chosen, sent to be checked, told what it would change, taken only then. Decides nothing: the API checks and takes.

import { h, t, fill, icon, number, openDialog, toast } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { saidOfTable } from './admin-upload-said.js';

const SHOWN = 100;
const TIMEOUT_MS = 60_000;

/** `asked()`: further parameters of the call; `tell(answer)`: what it would change, as nodes; `taken(answer)` after it was taken; `reasoned`: taken
 *  with a reason only. What was told is taken by whoever saw it: where another was quicker it is told again. */
export function openUpload({ title, about, path, fields = [], asked = () => ({}), tell, taken, name, reasoned = false }) {
  let file = null, turn = 0, seen = null, ready = false;
  const place = h('div', { class: 'u-report', 'aria-live': 'polite' });
  const input = h('input', { type: 'file', accept: '.csv,.xlsx', 'data-do': 'file', onchange: () => { file = input.files[0] || null; chosen.textContent = file?.name || t('upload.file'); look(); } });
  const chosen = h('b', {}, t('upload.file'));
  const why = reasoned && h('input', { maxlength: 500, required: true, placeholder: t('upload.why'), 'aria-label': t('upload.why'), 'data-do': 'why', oninput: () => allow() });
  const allow = () => { apply.disabled = !ready || (reasoned && !why.value.trim()); };
  const apply = h('button', { type: 'button', class: 'primary', 'data-act': 'apply', disabled: true, onclick: () => send(true) }, icon('check'), t('upload.apply'));
  const dialog = openDialog(title, h('div', { class: 'note-form u-form' }, about && h('p', { class: 'hint' }, about), fields,
    h('label', { class: 'u-file' }, icon('upload'), chosen, input, h('small', {}, t('upload.kinds'))), place, why,
    h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), apply)), name);
  dialog.classList.add('u-dialog');
  for (const field of fields) field.addEventListener?.('change', () => look());

  const look = () => (file ? send(false) : undefined);

  async function send(take) {
    const mine = ++turn;
    ready = false;
    allow();
    if (!take) fill(place, h('p', { class: 'muted' }, icon('timer'), t('upload.looking')));
    const query = new URLSearchParams({ file: file.name, ...Object.fromEntries(Object.entries(asked()).filter(([, value]) => value !== '' && value !== false)), ...(take ? { apply: 'true', ...(reasoned ? { why: why.value.trim() } : {}) } : {}) });
    try {
      const { data, etag } = await call('POST', `${path}?${query}`, { body: new Blob([await file.arrayBuffer()], { type: 'application/octet-stream' }), timeout: TIMEOUT_MS, ...(take && seen ? { etag: seen } : {}) });
      if (mine !== turn) return;
      seen = etag;
      if (data.applied) { dialog.close(); taken(data); return; }
      report(data);
    } catch (problem) {
      if (mine === turn && take && problem.status === 412) { toast('error', t('upload.stale')); await send(false); return; }
      if (mine === turn) fill(place, h('p', { class: 'form-error', role: 'alert' }, problem.body?.detail ? saidOfTable(problem.body.detail) : explain(problem)));
    }
  }

  function report(data) {
    if (data.faults.length) return fill(place, faults(data));
    const told = tell(data);
    ready = told !== null;
    allow();
    return fill(place, told ?? h('p', { class: 'a-well' }, icon('circle-check'), t('upload.nothing')));
  }

  return dialog;
}

/** Every fault by its row and column; with one of them nothing is taken. */
function faults(data) {
  const all = data.counts?.faults ?? data.faults.length;
  return [h('p', { class: 'u-bad', role: 'alert' }, icon('circle-alert'), h('b', {}, t('upload.faults', { n: number(all) })), h('span', {}, t('upload.mend'))),
    h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-faults' }, h('thead', {}, h('tr', {}, ['row', 'column', 'text'].map(key => h('th', { scope: 'col' }, t(`upload.${key}`))))),
      h('tbody', {}, data.faults.slice(0, SHOWN).map(one => h('tr', {}, h('td', { class: 'num' }, one.row ?? '—'), h('td', {}, one.column || ''), h('td', {}, saidOfTable(one.text))))))),
    all > SHOWN && h('p', { class: 'muted' }, t('upload.more', { n: number(all - SHOWN) }))];
}

/** Sums of a change as a row of figures. */
export const sums = counts => h('div', { class: 'u-sums' }, ['added', 'changed', 'ended', 'unchanged'].map(key => h('div', { class: `u-${key}`, 'data-sum': key }, h('b', { class: 'num' }, number(counts[key])), h('span', {}, t(`upload.${key}`)))));

export const done = words => toast('ok', words);
