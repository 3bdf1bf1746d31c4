// What the API says is wrong in a table, in the reader's language: a list of its sentences. What is not in it is shown as it came.

import { t } from './duty-dom.js';

const SAID = [
  [/^is empty$/, 'empty'], [/^'(.*)' is no limit; write (.+)$/, 'limit'], [/^'(.*)' and '(.*)' are no codes of two digits each$/, 'codes'], [/^the same condition of class (\S+) stands in row (\d+)$/, 'twice'],
  [/^'(.*)' is no day; write/, 'day'], [/^(\S+) stands here twice$/, 'day_twice'], [/^'(.*)' is neither/, 'works'], [/^no duty grid is called '(.*)'$/, 'grid'], [/^(\d+) duty grids are called '(.*)'/, 'grids'],
  [/^nobody who works in the field is called '(.*)'$/, 'nobody'], [/^(\d+) people are called '(.*)'/, 'people'], [/^does not work in (.+)$/, 'elsewhere'], [/^(\S+): '(.*)' is none of (.+?)(?:, and (\d+) more)?$/, 'shift'],
  [/^in which duty grid\?/, 'which_grid'], [/^gives shifts to nobody/, 'no_name'], [/^no row gives anybody a shift$/, 'no_shift'], [/^none of the first (\d+) rows has days/, 'no_days'], [/^no column says who/, 'no_person'], [/^of which month are these days/, 'month'],
  [/^(\S+): '(.*)' of (\S+) is (.+)'s in row (\d+)$/, 'both'], [/^the days stand in their order/, 'order'], [/^(\S+): the shift '(.*)' is served by (.+?) since (\S+)/, 'taken'], [/no column '(.+?)'; one of the first/, 'heading'], [/cannot be read as CSV/, 'unreadable'], [/^file: '(.*)' is no name of a \.csv or \.xlsx$/, 'kind'],
  [/^(\S+) is beyond the calendar, which reaches from (\d+) to (\d+)$/, 'day_beyond'], [/more than (\d+) rows; split it/, 'too_many'],
];

/** A sentence of the API, translated where it is known; `{1}` … are its parts. */
export function saidOfTable(sentence) {
  for (const [pattern, key] of SAID) {
    const match = pattern.exec(sentence || '');
    if (match) return t(`upload.said.${key}`, Object.fromEntries([...match].map((part, n) => [n, part ?? ''])));
  }
  return sentence;
}
