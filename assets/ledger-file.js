// A file of a ledger's rows: what would become of each, and which of them are taken. The server says so; nothing is judged here.

import { h, t, icon, known } from './duty-dom.js';
import { select } from './ledger-form.js';
import { done, openUpload, saveTable } from './upload.js';

const SHOWN = 300, ORDER = ['refused', 'changed', 'created'];
const FIELD = { unit_id: 'unit', person_id: 'contact' };
const fieldWord = name => t(`ledgers.column.${FIELD[name] || name}`);
const list = names => names.map(fieldWord).join(t('morning.comma'));

/** Asks for a file and takes it at `path`; `template` are the headings of one to fill in, `kinds` what the city calls its kinds, `name` the
 *  ledger's. Resolves to whether anything was stored. */
export function takeFile({ path = '/enterprises', title = t('ledgers.file.title'), name = 'enterprises', template, datums, kinds }) {
  return new Promise(resolve => {
    let told = null, stored = false, again = null;
    const words = one => ({ ...one.values, field: one.values.field && fieldWord(one.values.field), ...(one.key === 'kind' ? { there: kinds.join(t('morning.comma')) } : {}) });
    const why = one => (one.key && known(`ledgers.file.why.${one.key}`) ? t(`ledgers.file.why.${one.key}`, words(one)) : one.why);
    const datum = select('datum', t('ledgers.file.datum'), datums.map(one => [one, one.toUpperCase()]), datums[0]);
    const good = h('input', { type: 'checkbox', 'data-do': 'good-only', onchange: () => again() });
    const headings = ['file.row', 'column.code', 'column.name', 'file.what'].map(one => t(`ledgers.${one}`));
    const report = () => saveTable(`${t(`ledgers.tab.${name}`)}-${t('ledgers.file.verdict.refused')}.csv`, [headings, ...told.rows.filter(one => one.verdict === 'refused').map(one => [one.row, one.code, one.name, why(one)])]);

    const line = one => h('tr', { 'data-verdict': one.verdict }, h('td', { class: 'num' }, one.row || ''), h('td', {}, h('b', { class: `l-verdict l-verdict-${one.verdict}` }, t(`ledgers.file.verdict.${one.verdict}`))),
      h('td', { class: 'l-wide' }, h('div', {}, h('b', {}, one.name || '—'), h('small', { class: 'num' }, one.code))), h('td', { class: 'l-why' }, one.verdict === 'refused' ? why(one) : one.changed.length ? t('ledgers.file.changes', { list: list(one.changed) }) : ''));
    const count = (counts, verdict) => h('span', { class: `l-verdict-${verdict}` }, t(`ledgers.file.verdict.${verdict}`), h('b', { class: 'num', 'data-figure': `file_${verdict}`, 'data-value': counts[verdict], 'data-age': 0 }, counts[verdict]));

    function tell(answer, redraw) {
      const { counts, rows } = told = answer, wanted = counts.created + counts.changed;
      again = redraw;
      if (!wanted && !counts.refused) return null;
      const shown = ORDER.flatMap(verdict => rows.filter(one => one.verdict === verdict));
      return {
        ready: wanted > 0 && (!counts.refused || good.checked), words: t('ledgers.file.apply', { n: wanted }),
        beside: counts.refused > 0 && [h('button', { type: 'button', class: 'quiet', 'data-do': 'report', onclick: report }, icon('file-down'), t('ledgers.file.report')), wanted > 0 && h('label', { class: 'l-tick' }, good, t('ledgers.file.good_only', { n: wanted }))],
        nodes: [h('p', { class: 'l-counts' }, [...ORDER, 'unchanged'].reverse().map(verdict => count(counts, verdict))),
          h('div', { class: 'u-scroll' }, h('table', { class: 'l-table l-takes' }, h('thead', {}, h('tr', {}, ['file.row', 'file.verdict', 'column.name', 'file.what'].map(one => h('th', { scope: 'col' }, t(`ledgers.${one}`))))), h('tbody', {}, shown.slice(0, SHOWN).map(line)))),
          shown.length > SHOWN && h('p', { class: 'muted' }, t('ledgers.file.more', { n: shown.length - SHOWN }))],
      };
    }

    openUpload({
      title, about: t('ledgers.file.hint'), path, fields: [datum], template: { name: `${t(`ledgers.tab.${name}`)}.csv`, headings: template }, name: 'ledger-file', tell, closed: () => resolve(stored),
      asked: () => ({ datum: datum.querySelector('select').value, partial: good.checked && 'true' }),
      taken: ({ counts }) => { stored = true; done(t('ledgers.file.done', counts)); },
    });
  });
}
