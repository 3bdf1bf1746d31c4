// What figures, formulas and keys are called: values with their units, row sets in words. Pure but for the texts; no network, no DOM.

import { t, language, known, word, number, listed } from './duty-dom.js';

export const DIMENSIONS = { cases: ['unit', 'district', 'street', 'community', 'grid', 'worker', 'class_big', 'class', 'source', 'rule'], hotline: ['unit', 'district', 'street', 'community', 'source'] };
export const NOBODY = 'none';
const DECIMALS = { rate: 2, mean: 2, count: 0, score: 2 };

/** A value as people read it, with its unit; a dash where it is unknown. */
export const valueOf = (formula, value) => (value === null || value === undefined ? '—' : number(value, DECIMALS[formula.kind]));
/** The same with one decimal, where there is little room. */
export const roundedOf = (formula, value) => (value === null || value === undefined ? '—' : number(value, Math.min(1, DECIMALS[formula.kind])));
/** 2026-11 → 26-11, 2026-W47 → W47, 2026-11-21 → 11-21 */
export const periodName = label => label.replace(/^\d{4}-(W\d\d|\d\d-\d\d)$/, '$1').replace(/^20(\d\d-)/, '$1');
export const unitOf = formula => (known(`analysis.unit.${formula.kind}`) ? t(`analysis.unit.${formula.kind}`) : '');

/** The name of a row of a table: nobody's rows have a name of their own, sources are words of ours. */
export function nameOf(by, row) {
  if (by === 'total' || row.key === '') return t('analysis.total');
  if (row.key === NOBODY) return t(known(`analysis.nobody.${by}`) ? `analysis.nobody.${by}` : 'analysis.nobody');
  if (by === 'source') return word('analysis.source', row.key);
  return (language() === 'en' && row.name_en) || row.name || row.key;
}

/** A word of a list inside a sentence: English writes it small. */
export const inside = text => (language() === 'en' ? text.toLowerCase() : text);

const setName = name => word('analysis.set', name);
const gap = () => (language() === 'en' ? ' ' : '');

/** 本期应结案且已结案，除去强制结案 */
export function rowSetInWords(one) {
  const within = one.in.map(setName).join(`${gap()}${t('analysis.and')}${gap()}`) || t('analysis.every');
  const but = listed(one.not_in.map(setName));
  const weight = one.weight === 1 ? '' : ` × ${one.weight}`;
  return `${within}${but ? `${language() === 'en' ? ', ' : '，'}${t('analysis.without')}${gap()}${but}` : ''}${weight}`;
}

/** What a part of a figure is called. */
export const partName = part => t({ every: 'analysis.every_row', undecided: 'analysis.part.undecided' }[part] || (part.startsWith('deduction-') ? 'analysis.part.deduction' : `analysis.${part}`));

/** One part of a formula in words. */
export function partInWords(formula, part) {
  if (formula.kind === 'mean' && part === 'numerator') return t('analysis.mean_of', { measure: t(`analysis.measure.${formula.measure}`) });
  return (formula.sets[part] || []).map(rowSetInWords).join(` ${t('analysis.plus')} `);
}

/** How a value moved against another: better, worse or neither, by how much, in words. */
export function changeOf(formula, value, other) {
  if (value === null || other === null || value === undefined || other === undefined) return null;
  const by = Math.round((value - other) * 100) / 100;
  const towards = by === 0 || formula.good === 0 ? 'same' : by * formula.good > 0 ? 'better' : 'worse';
  return { by, towards, sign: by > 0 ? '▲' : by < 0 ? '▼' : '＝', text: `${by > 0 ? '▲' : by < 0 ? '▼' : '＝'}${number(Math.abs(by))}` };
}

/** well, poor or plain: against the indicator's target, where it has one. */
export function standing(formula, value) {
  if (value === null || value === undefined) return 'unknown';
  if (formula.target === null || formula.good === 0) return 'plain';
  return (value - formula.target) * formula.good >= 0 ? 'well' : 'poor';
}

/** Rows best first; those without a value stand behind them, and last what belongs to nobody: nobody wins by it. */
export function ranked(rows, formula) {
  const sign = formula.good < 0 ? 1 : -1;
  const value = row => row.figures[formula.code]?.value ?? null;
  return [...rows].sort((a, b) => {
    if ((a.key === NOBODY) !== (b.key === NOBODY)) return (a.key === NOBODY) - (b.key === NOBODY);
    if (value(a) === null || value(b) === null) return (value(a) === null) - (value(b) === null);
    return sign * (value(a) - value(b)) || (b.figures[formula.code].denominator ?? 0) - (a.figures[formula.code].denominator ?? 0) || a.key.localeCompare(b.key);
  });
}

/** The day (YYYY-MM-DD) that names the next period of a kind; steps may be negative. */
export function shift(kind, first, steps) {
  const day = new Date(`${first}T00:00:00Z`);
  if (kind === 'day' || kind === 'week') day.setUTCDate(day.getUTCDate() + steps * (kind === 'week' ? 7 : 1));
  else day.setUTCMonth(day.getUTCMonth() + steps * { month: 1, quarter: 3, year: 12 }[kind]);
  return day.toISOString().slice(0, 10);
}

