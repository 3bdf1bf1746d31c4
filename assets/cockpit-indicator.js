// Behind one indicator: its formula, source, owner and versions, its course, its streets, and the very rows or values it was made of.

import { h, t, word, fill, icon, number, clock, labelOf, openDialog, known, titleOf } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { sparkline } from './cockpit-lines.js';
import { figure, inLanguage, unitOf, changed, expediteButton } from './cockpit-figure.js';
import { fact } from './cockpit-score.js';

const PAGE = 100;
// Of the lines below, column by column.
const VALUE_HEADS = ['period', 'value', 'revision', 'source', 'by', 'when', 'note'];
const COUNTED_HEADS = ['title', 'area', 'when', 'state'];
const CASE_HEADS = ['title', 'area', 'stage', 'due'];

/** The words of a formula: those written for people, else its named row sets. */
export function formulaOf(card) {
  const words = inLanguage(card, 'formula');
  if (words || !card.says) return words || '—';
  const rows = part => (card.says.sets[part] || []).map(one => [one.in.map(name => setName(name)).join(' & '), one.not_in.length ? `− ${one.not_in.map(name => setName(name)).join(' − ')}` : '', one.weight !== 1 && `× ${one.weight}`].filter(Boolean).join(' ')).join(' + ');
  if (card.says.kind === 'score') return card.says.parts.map(part => `${part.indicator} × ${part.weight}`).join(' + ');
  return `(${rows('numerator')}) ÷ (${rows('denominator')})`;
}
const setName = name => (known(`analysis.set.${name}`) ? t(`analysis.set.${name}`) : name);

export async function openIndicator(card, config) {
  const body = h('div', { class: 'indicator' }, h('p', { class: 'muted' }, t('desk.loading')));
  openDialog(labelOf(card), body, 'indicator').classList.add('wide');
  try {
    const whole = await read(`/catalogue/${card.code}`);
    const place = h('div', { class: 'behind' });
    fill(body, facts(whole), course(whole), whole.streets?.length > 1 && streets(whole), versions(whole), choices(whole, place, config), place);
    body.querySelector('[data-open]')?.click();
  } catch (problem) { fill(body, h('p', { class: 'muted' }, explain(problem))); }
}

function facts(card) {
  const { value, numerator, denominator, label, undecided } = card.figure;
  const complete = denominator ? (undecided ? t('cockpit.undecided', { n: number(undecided), share: number(100 * (1 - undecided / denominator), 1) }) : t('cockpit.decided')) : '';
  return h('dl', { class: 'facts' },
    fact('cockpit.col.value', figure(`of-${card.code}`, value, card.decimals, 0), ' ', value !== null && unitOf(card), ' ', changed(card, 'before', value, card.before), changed(card, 'year_before', value, card.year_before)),
    fact('cockpit.period', label || t('cockpit.period.now'), ' · ', word('cockpit.kind', card.period)),
    fact('cockpit.formula', formulaOf(card)), fact('cockpit.formula_id', h('code', {}, card.formula_id)),
    numerator !== null && fact('cockpit.parts', h('span', { class: 'num' }, `${number(numerator)}${denominator ? ` ÷ ${number(denominator)}` : ''}`), complete && ` · ${complete}`),
    fact('cockpit.source', t(`cockpit.source.${card.source}`), card.figure.source && card.source === 'imported' && ` · ${card.figure.source}`, card.figure.at && ` · ${clock(card.figure.at)}`),
    fact('cockpit.owner', inLanguage(card, 'owner') || t('cockpit.owner.none')), fact('cockpit.target', card.target === null ? t('cockpit.target.none') : `${number(card.target)} ${unitOf(card)}`));
}

function course(card) {
  const told = card.course.filter(one => one.value !== null);
  if (told.length < 2) return h('p', { class: 'muted' }, t('cockpit.course.short'));
  return h('figure', { class: 'course' }, sparkline(told.map(one => [Date.parse(one.from), one.value])), h('figcaption', {}, h('span', {}, `${told[0].label} · ${number(told[0].value, card.decimals)}`), h('span', {}, t('cockpit.course.n', { n: told.length })), h('span', {}, `${told.at(-1).label} · ${number(told.at(-1).value, card.decimals)}`)));
}

const streets = card => h('details', {}, h('summary', {}, t('cockpit.streets')), h('table', { class: 'rows' }, h('tbody', {}, card.streets.map(one => h('tr', { 'data-id': one.street || '-' }, h('th', { scope: 'row' }, one.name || t('cockpit.street.none')), h('td', { class: 'num' }, `${number(one.numerator)} / ${number(one.denominator)}`), h('td', { class: 'num' }, one.denominator ? `${number((100 * one.numerator) / one.denominator, 1)}%` : '—'))))));

const versions = card => h('details', {}, h('summary', {}, t('cockpit.versions', { n: card.versions.length })), h('table', { class: 'rows' }, h('tbody', {}, card.versions.map(one => h('tr', {}, h('th', { scope: 'row' }, `v${one.version}`), h('td', {}, t(`cockpit.origin.${one.origin}`)), h('td', {}, one.by), h('td', { class: 'num' }, clock(one.at)), h('td', {}, one.body.target === null ? '' : `${t('cockpit.target')} ${number(one.body.target)}`), h('td', {}, one.why))))));

/** The parts a figure can open; of what others compute the values they gave. */
function choices(card, place, config) {
  const parts = card.source === 'imported' ? ['values'] : card.parts.filter(part => ['numerator', 'denominator', 'missing', 'undecided'].includes(part));
  return h('div', { class: 'parts', role: 'group' }, parts.map(part => h('button', { type: 'button', 'data-open': part, 'aria-pressed': 'false', onclick: event => {
    for (const one of event.currentTarget.parentNode.children) one.setAttribute('aria-pressed', String(one === event.currentTarget));
    list(card, part, place, config);
  } }, t(`cockpit.part.${part}`))));
}

async function list(card, part, place, config) {
  const values = part === 'values', counted = card.source === 'counted', acts = config.issues && !values && (!counted || card.of === 'found_first');
  const heads = [...(values ? VALUE_HEADS : counted ? COUNTED_HEADS : CASE_HEADS), ...(acts ? ['act'] : [])];
  const table = h('tbody', {}), more = h('button', { type: 'button', class: 'quiet', hidden: true }, t('cockpit.more'));
  fill(place, h('table', { class: 'rows' }, h('thead', {}, h('tr', {}, heads.map(head => h('th', { scope: 'col' }, t(`cockpit.col.${head}`))))), table), more);
  async function page(next) {
    more.hidden = true;
    try {
      const told = await read(`${card.rows}${values ? '' : `&part=${part}`}&limit=${PAGE}${next ? `&next=${encodeURIComponent(next)}` : ''}`), rows = values ? told.values : told.rows;
      table.append(...rows.map(row => line(card, row, values, config)));
      if (!table.children.length) fill(place, h('p', { class: 'muted none' }, icon('inbox'), t('cockpit.rows.none')));
      more.hidden = !told.next;
      more.onclick = () => page(told.next);
    } catch (problem) { fill(place, h('p', { class: 'muted' }, explain(problem))); }
  }
  await page('');
}

function line(card, row, values, config) {
  if (values) return h('tr', { 'data-id': row.id }, h('th', { scope: 'row' }, row.first), h('td', { class: 'num' }, `${number(row.value, card.decimals)} ${unitOf(card)}`), h('td', {}, row.revision > 1 ? t('cockpit.revision', { n: row.revision }) : ''), h('td', {}, row.source), h('td', {}, row.by), h('td', { class: 'num' }, clock(row.at)), h('td', {}, row.note));
  if (card.source === 'counted') return h('tr', { 'data-id': row.id }, h('td', {}, titleOf(row, config.rules)), h('td', {}, row.area_name || '—'), h('td', { class: 'num' }, row.at ? clock(row.at) : ''), h('td', { class: row.hit ? '' : 'grave' }, t(row.hit ? 'cockpit.hit' : 'cockpit.missed')), h('td', {}, card.of === 'found_first' && expediteButton(row, config)));
  const open = row.case_number && !['closed', 'force_closed', 'voided', 'declined'].includes(row.stage);
  return h('tr', { 'data-id': row.id }, h('td', {}, titleOf(row, config.rules)), h('td', {}, row.area_name || '—'), h('td', {}, word('desk.stage', row.stage)), h('td', { class: 'num' }, row.due_at ? clock(row.due_at) : ''), h('td', {}, open && expediteButton({ ...row, number: row.case_number }, config)));
}
