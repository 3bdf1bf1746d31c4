// What the API says is wrong with a rule, in the reader's language: a table of its sentences. What is not in it is shown as it came.

import { t } from './duty-dom.js';

const SAID = [
  [/^unknown setting$/, 'unknown'], [/^(is missing|Field required)$/, 'missing'], [/^remove it$/, 'remove'], [/^did you mean '(.+)'\?$/, 'meant'],
  [/^no metric is called '(.+)'$/, 'metric'], [/^no classe? is called '(.+)'$/, 'class'], [/^no kind of rule is called '(.+)'$/, 'kind'],
  [/^must be less than above \((.+)\)$/, 'less'], [/^must be greater than below \((.+)\)$/, 'greater'], [/^leave room for hysteresis$/, 'hysteresis'],
  [/^needs exactly one of 'above' and 'below'/, 'one_side'], [/^'(.+)' is no duration/, 'duration'], [/valid (number|integer)/, 'number'], [/valid string/, 'text'],
  [/greater than or equal to (\S+)$/, 'at_least'], [/less than or equal to (\S+)$/, 'at_most'], [/^not YAML: (.+)$/, 'yaml'], [/^needs 'severity' with/, 'severity'],
  [/^levels go from the mildest/, 'levels'], [/valid dictionary/, 'mapping'], [/^one of (.+)$/, 'one_of'], [/^no name for a rule$/, 'name'],
];

/** A sentence of the API, translated where it is known. */
export function said(sentence) {
  for (const [pattern, key] of SAID) {
    const match = pattern.exec(sentence || '');
    if (match) return t(`admin.said.${key}`, { word: match[1] || '' });
  }
  return sentence;
}
