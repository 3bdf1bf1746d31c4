// A table by file: chosen or dropped, sent to be checked, told what it would change, taken only then. The one dialog for it on all pages.
// Decides nothing: the API checks and takes.

import { h, t, fill, icon, language, number, openDialog, toast } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { loadText } from './text.js';
import { saidOfTable } from './upload-said.js';

const SHOWN = 100;
const TIMEOUT_MS = 60_000;

/** `asked()`: further parameters of the call; `tell(answer)`: what it would change, as nodes, or `{nodes, ready, words, beside}` (whether it may be
 *  taken, the words of the button, what stands beside it); null: nothing. `taken(answer)` after it was taken, `closed()` at the end whatever
 *  became of it; `reasoned`: taken with a reason only; `template`: `{name, headings}` of a file to fill in. What was told is taken by whoever
 *  saw it: where another was quicker it is told again. */
export async function openUpload({ title, about, path, fields = [], asked = () => ({}), tell, taken, closed, name, reasoned = false, template }) {
  await loadText(language(), 'upload');
  let file = null, turn = 0, seen = null, ready = false;
  const place = h('div', { class: 'u-report', 'aria-live': 'polite' }), beside = h('span', { class: 'u-beside' }), words = h('span', {}, t('upload.apply'));
  const input = h('input', { type: 'file', accept: '.csv,.txt,.xlsx,.xlsm', 'data-do': 'file', onchange: () => take(input.files[0]) });
  const chosen = h('b', {}, t('upload.file'));
  const drop = h('label', { class: 'u-file' }, icon('upload'), chosen, input, h('small', {}, t('upload.kinds')));
  const why = reasoned && h('input', { maxlength: 500, required: true, placeholder: t('upload.why'), 'aria-label': t('upload.why'), 'data-do': 'why', oninput: () => allow() });
  const allow = () => { apply.disabled = !ready || (reasoned && !why.value.trim()); };
  const apply = h('button', { type: 'button', class: 'primary', 'data-act': 'apply', disabled: true, onclick: () => send(true) }, icon('check'), words);
  const dialog = openDialog(title, h('div', { class: 'note-form u-form' }, about && h('p', { class: 'hint' }, about), fields, drop,
    template && h('button', { type: 'button', class: 'quiet u-template', 'data-do': 'template', onclick: () => saveTable(template.name, [template.headings]) }, icon('file-down'), t('upload.template')), place, why,
    h('footer', {}, beside, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), apply)), name);
  dialog.classList.add('u-dialog');
  if (closed) dialog.addEventListener('close', closed);
  for (const field of fields) field.addEventListener?.('change', () => look());
  for (const over of ['dragover', 'dragleave', 'drop']) drop.addEventListener(over, event => { event.preventDefault(); drop.classList.toggle('over', over === 'dragover'); if (over === 'drop') take(event.dataTransfer.files[0]); });

  const look = () => (file ? send(false) : undefined);

  function take(one) {
    file = one || file;
    chosen.textContent = file?.name || t('upload.file');
    return look();
  }

  async function send(applying) {
    const mine = ++turn;
    ready = false;
    allow();
    if (!applying) { fill(beside); words.textContent = t('upload.apply'); fill(place, h('p', { class: 'muted' }, icon('timer'), t('upload.looking'))); }
    const query = new URLSearchParams({ file: file.name, ...Object.fromEntries(Object.entries(asked()).filter(([, value]) => value !== '' && value !== false)), ...(applying ? { apply: 'true', ...(reasoned ? { why: why.value.trim() } : {}) } : {}) });
    try {
      const { data, etag } = await call('POST', `${path}?${query}`, { body: new Blob([await file.arrayBuffer()], { type: 'application/octet-stream' }), timeout: TIMEOUT_MS, ...(applying && seen ? { etag: seen } : {}) });
      if (mine !== turn) return;
      seen = etag;
      if (data.applied) { dialog.close(); taken(data); return; }
      if (applying) toast('error', t('upload.stale'));
      report(data);
    } catch (problem) {
      if (mine === turn && applying && problem.status === 412) { toast('error', t('upload.stale')); await send(false); return; }
      if (mine === turn) fill(place, h('p', { class: 'form-error', role: 'alert' }, problem.body?.detail ? saidOfTable(problem.body.detail) : explain(problem)));
    }
  }

  function report(data) {
    fill(beside);
    if (data.faults?.length) return fill(place, faults(data));
    const told = tell(data, () => report(data)), { nodes, ...more } = told?.nodes ? told : { nodes: told };
    ready = told !== null && more.ready !== false;
    words.textContent = more.words || t('upload.apply');
    fill(beside, more.beside);
    allow();
    return fill(place, nodes ?? h('p', { class: 'a-well' }, icon('circle-check'), t('upload.nothing')));
  }
}

/** Every fault by its row and column; with one of them nothing is taken. */
function faults(data) {
  const all = data.counts?.faults ?? data.faults.length;
  return [h('p', { class: 'u-bad', role: 'alert' }, icon('circle-alert'), h('b', {}, t('upload.faults', { n: number(all) })), h('span', {}, t('upload.mend'))),
    h('div', { class: 'u-scroll' }, h('table', { class: 'a-table u-faults' }, h('thead', {}, h('tr', {}, ['row', 'column', 'text'].map(key => h('th', { scope: 'col' }, t(`upload.${key}`))))),
      h('tbody', {}, data.faults.slice(0, SHOWN).map(one => h('tr', {}, h('td', { class: 'num' }, one.row ?? '—'), h('td', {}, one.column || ''), h('td', {}, saidOfTable(one.text))))))),
    all > SHOWN && h('p', { class: 'muted' }, t('upload.more', { n: number(all - SHOWN) }))];
}

const cell = value => `"${String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

/** Offers some rows as a CSV that spreadsheets open, headings first. */
export function saveTable(name, rows) {
  const link = h('a', { download: name, href: URL.createObjectURL(new Blob([`\ufeff${rows.map(row => row.map(cell).join(',')).join('\r\n')}\r\n`], { type: 'text/csv' })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Sums of a change as a row of figures. */
export const sums = counts => h('div', { class: 'u-sums' }, ['added', 'changed', 'ended', 'unchanged'].map(key => h('div', { class: `u-${key}`, 'data-sum': key }, h('b', { class: 'num' }, number(counts[key])), h('span', {}, t(`upload.${key}`)))));

export const done = words => toast('ok', words);
