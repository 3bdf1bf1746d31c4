// A file of enterprises: chosen, looked at row by row, and only then taken. The server says what would become of each row; nothing is judged here.

import { h, t, fill, icon, known, openDialog, toast } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { select } from './ledger-form.js';
import { empty } from './ledger-table.js';

const SHOWN = 300, ORDER = ['refused', 'changed', 'created', 'unchanged'];
const FIELD = { unit_id: 'unit', person_id: 'contact' };
const fieldWord = name => t(`ledgers.column.${FIELD[name] || name}`);
const list = names => names.map(fieldWord).join(t('morning.comma'));
const cell = value => `"${String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

/** Offers some rows as a CSV that spreadsheets open, headings first. */
function save(name, rows) {
  const link = h('a', { download: name, href: URL.createObjectURL(new Blob([`\ufeff${rows.map(row => row.map(cell).join(',')).join('\r\n')}\r\n`], { type: 'text/csv' })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Asks for a file and takes it; `template` are the headings of one to fill in, `kinds` what the city calls its kinds. Resolves to whether
 *  anything was stored. */
export function takeFile({ template, datums, kinds }) {
  return new Promise(resolve => {
    let file = null, told = null, stored = false;
    const words = one => ({ ...one.values, field: one.values.field && fieldWord(one.values.field), ...(one.key === 'kind' ? { there: kinds.join(t('morning.comma')) } : {}) });
    const why = one => (one.key && known(`ledgers.file.why.${one.key}`) ? t(`ledgers.file.why.${one.key}`, words(one)) : one.why);
    const body = h('div', { class: 'l-taking' }), dialog = openDialog(t('ledgers.file.title'), body, 'ledger-file');
    dialog.addEventListener('close', () => resolve(stored));
    const datum = select('datum', t('ledgers.file.datum'), datums.map(one => [one, one.toUpperCase()]), datums[0]);
    const good = h('input', { type: 'checkbox', 'data-do': 'good-only', onchange: () => draw() });
    begin();

    function begin() {
      const input = h('input', { type: 'file', accept: '.csv,.txt,.xlsx,.xlsm', 'data-do': 'file', onchange: event => look(event.target.files[0]) });
      const drop = h('label', { class: 'l-drop' }, icon('upload'), h('b', {}, t('ledgers.file.choose')), input);
      drop.addEventListener('dragover', event => { event.preventDefault(); drop.classList.add('over'); });
      drop.addEventListener('dragleave', () => drop.classList.remove('over'));
      drop.addEventListener('drop', event => { event.preventDefault(); look(event.dataTransfer.files[0]); });
      fill(body, h('p', { class: 'hint' }, t('ledgers.file.hint')), drop,
        h('div', { class: 'l-taking-row' }, datum, h('button', { type: 'button', class: 'quiet', 'data-do': 'template', onclick: () => save(`${t('ledgers.tab.enterprises')}.csv`, [template]) }, icon('file-down'), t('ledgers.file.template'))));
      input.focus();
    }

    const send = extra => call('POST', `/enterprises?${new URLSearchParams({ file: file.name, datum: datum.querySelector('select').value, ...extra })}`, { body: new Blob([file], { type: 'application/octet-stream' }), timeout: 60_000 }).then(answer => answer.data);

    async function look(chosen) {
      if (!chosen) return;
      file = chosen;
      good.checked = false;
      fill(body, h('p', { class: 'muted', role: 'status' }, t('ledgers.file.reading', { name: file.name })));
      try { told = await send({}); draw(); } catch (problem) { begin(); body.prepend(h('p', { class: 'l-refused', role: 'alert' }, icon('circle-alert'), explain(problem))); }
    }

    function draw() {
      const { counts, rows } = told, wanted = counts.created + counts.changed, blocked = counts.refused > 0 && !good.checked;
      const shown = ORDER.flatMap(verdict => rows.filter(one => one.verdict === verdict && verdict !== 'unchanged'));
      const line = one => h('tr', { 'data-verdict': one.verdict }, h('td', { class: 'num' }, one.row || ''), h('td', {}, h('b', { class: `l-verdict l-verdict-${one.verdict}` }, t(`ledgers.file.verdict.${one.verdict}`))),
        h('td', { class: 'l-wide' }, h('div', {}, h('b', {}, one.name || '—'), h('small', { class: 'num' }, one.code))), h('td', { class: 'l-why' }, one.verdict === 'refused' ? why(one) : one.changed.length ? t('ledgers.file.changes', { list: list(one.changed) }) : ''));
      fill(body,
        h('p', { class: 'l-taking-row' }, h('b', {}, file.name), h('button', { type: 'button', class: 'quiet', 'data-do': 'again', onclick: begin }, icon('repeat'), t('ledgers.file.again'))),
        h('p', { class: 'l-counts' }, ['created', 'changed', 'unchanged', 'refused'].map(verdict => h('span', { class: `l-verdict-${verdict}` }, t(`ledgers.file.verdict.${verdict}`), h('b', { class: 'num', 'data-figure': `file_${verdict}`, 'data-value': counts[verdict], 'data-age': 0 }, counts[verdict])))),
        h('div', { class: 'l-taking-list' }, shown.length ? h('table', { class: 'l-table' }, h('thead', {}, h('tr', {}, ['file.row', 'file.verdict', 'column.name', 'file.what'].map(one => h('th', { scope: 'col' }, t(`ledgers.${one}`))))), h('tbody', {}, shown.slice(0, SHOWN).map(line))) : empty('circle-check', t('ledgers.file.nothing')),
          shown.length > SHOWN && h('p', { class: 'muted' }, t('ledgers.file.more', { n: shown.length - SHOWN }))),
        h('footer', {}, counts.refused > 0 && h('button', { type: 'button', class: 'quiet', 'data-do': 'report', onclick: report }, icon('file-down'), t('ledgers.file.report')),
          counts.refused > 0 && wanted > 0 && h('label', { class: 'l-tick' }, good, t('ledgers.file.good_only', { n: wanted })),
          h('button', { type: 'button', class: 'primary', 'data-do': 'apply', disabled: !wanted || blocked, onclick: apply }, icon('check'), t('ledgers.file.apply', { n: wanted }))));
    }

    const report = () => save(`${file.name.replace(/\.\w+$/, '')}-${t('ledgers.file.verdict.refused')}.csv`, [['file.row', 'column.code', 'column.name', 'file.what'].map(one => t(`ledgers.${one}`)), ...told.rows.filter(one => one.verdict === 'refused').map(one => [one.row, one.code, one.name, why(one)])]);

    async function apply(event) {
      event.target.closest('button').disabled = true;
      try {
        told = await send({ apply: true, ...(good.checked ? { partial: true } : {}) });
        stored = told.applied;
        if (!stored) { toast('error', t('ledgers.file.refused_now')); draw(); return; }
        toast('ok', t('ledgers.file.done', told.counts));
        dialog.close();
      } catch (problem) { toast('error', explain(problem)); draw(); }
    }
  });
}
