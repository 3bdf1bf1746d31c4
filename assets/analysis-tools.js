// The tools that trends, hot spots and exceedances share: what is asked stands in the address; tabs, a period to step through, choices.

import { h, t, icon, clock, number, age } from './duty-dom.js';
import { shift } from './analysis-words.js';

/** What is asked, from the address: only names of `defaults`. `keep()` writes it back without what is the default. */
export function addressState(defaults) {
  const asked = new URLSearchParams(location.search), state = { ...defaults };
  for (const name of Object.keys(defaults)) if (asked.has(name)) state[name] = asked.get(name);
  const keep = () => {
    const kept = Object.entries(state).filter(([name, value]) => value !== defaults[name] && value !== '');
    history.replaceState(null, '', `${location.pathname}${kept.length ? `?${new URLSearchParams(kept)}` : ''}`);
  };
  return { state, keep };
}

/** Figures tell how old they are: by the moment the server counted them. `at()`: that moment. */
export function keepAges(root, at) {
  const show = () => { for (const node of at() ? root.querySelectorAll('[data-figure]') : []) node.dataset.age = Math.max(0, Math.round(age(at()))); };
  setInterval(show, 10_000);
  return show;
}

/** The words of a request: what is empty is left out. */
export const words = asked => new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '' && value !== null && value !== undefined)).toString();

/** What is chosen shows at once, whether its answer comes or not. `of`: the texts that name the choice. */
export function tabs(name, options, value, pick, of = 'trends') {
  const mark = chosen => buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(options[index][0] === chosen)));
  const buttons = options.map(([key, text]) => h('button', { type: 'button', 'data-choice': `${name}-${key}`, onclick: () => { mark(key); pick(key); } }, text));
  mark(value);
  return h('div', { class: 'an-tabs', role: 'group', 'aria-label': t(`${of}.${name}`) }, buttons);
}

export const select = (name, options, value, pick) => h('label', { class: 'an-select' }, h('span', {}, t(`trends.${name}`)),
  h('select', { 'data-field': name, 'aria-label': t(`trends.${name}`), onchange: event => pick(event.target.value) }, options.map(([key, text]) => h('option', { value: key, selected: key === value }, text))));

/** The period told, with a step to either side. `told`: `{period, label, first, from, ends}`. */
export function stepper(told, go) {
  const button = (name, symbol, steps) => h('button', { type: 'button', class: 'quiet', 'data-do': name, title: t(`analysis.${name}`), 'aria-label': t(`analysis.${name}`), onclick: () => go(shift(told.period, told.first, steps)) }, icon(symbol));
  return h('div', { class: 'an-period' }, button('earlier', 'chevron-left', -1), h('b', { class: 'num', title: t('analysis.span', { from: clock(told.from), to: clock(told.ends) }) }, told.label), button('later', 'chevron-right', 1));
}

/** As of when, and how much of the period is over. */
export const standing = told => h('span', { class: 'an-note' }, t('analysis.as_of', { at: clock(told.as_of, true) }), h('br', {}),
  told.elapsed >= 1 ? t('analysis.over') : told.elapsed > 0 ? t('analysis.elapsed', { percent: number(100 * told.elapsed, 0) }) : t('analysis.future'));

/** Tools whose figures did not come: what they told of those of before (the period's name, as of when, files) goes; what can be chosen stays. */
export function unsaid(tools) {
  for (const said of tools.querySelectorAll('.an-acts, .an-note, .an-period b')) said.replaceChildren();
}

const SIGN = { more: '▲', less: '▼', chance: '≈', few: '·', unknown: '' };
/** What a comparison says: a sign, the other count, and in words whether it can be told from chance. */
export function verdict(compared, name, open) {
  const said = t(`trends.change.${compared.change}`), value = compared.n === null || compared.n === undefined ? '—' : number(compared.n);
  const attributes = { class: `an-verdict an-verdict-${compared.change}`, title: `${t(`analysis.${name}`)} ${value} · ${said}`, 'data-change': compared.change };
  const text = [SIGN[compared.change] && h('i', { 'aria-hidden': 'true' }, SIGN[compared.change]), h('span', { class: 'num' }, value), h('span', { class: 'an-hidden' }, said)];
  return compared.n && open ? h('button', { type: 'button', ...attributes, onclick: open }, text) : h('span', attributes, text);
}

/** A count as a button that opens its rows; what is unknown or nought opens nothing and says so. */
export function count(value, figure, open, { text, kind = 'an-figure num' } = {}) {
  const attributes = { class: `${kind} ${value === null || value === undefined ? 'unknown' : ''}`, 'data-figure': figure, 'data-value': value ?? '' };
  return h(value ? 'button' : 'span', { ...attributes, ...(value ? { type: 'button', onclick: open } : {}) }, h('b', {}, text ?? (value === null || value === undefined ? '—' : number(value))));
}

/** A bar as wide as its share of the greatest. */
export function track(value, most, mark) {
  const bar = h('i', {}), tick = h('u', {});
  bar.style.setProperty('width', `${most > 0 && value ? Math.max(0.5, (100 * value) / most) : 0}%`);
  if (mark) tick.style.setProperty('left', `${Math.min(100, most > 0 ? (100 * mark) / most : 0)}%`);
  return h('span', { class: 'an-track', 'aria-hidden': 'true' }, bar, mark ? tick : null);
}

const TOP = 86, FEW = 16; // percent of the room that the greatest bar takes, its number stands above; so many bars all have theirs

/** Counts in the course of time as bars, each a button that opens its rows; a thin mark is the period before. Unknown is no bar. */
export function bars(rows, { value, before, label, title, open, name }) {
  const most = Math.max(1, ...rows.map(row => Math.max(value(row) ?? 0, before?.(row) ?? 0))), each = Math.ceil(rows.length / 12);
  return h('ol', { class: 'an-bars', 'data-most': most }, rows.map((row, index) => {
    const n = value(row), then = before?.(row), bar = h('i', {}), mark = h('u', {});
    bar.style.setProperty('height', `${(TOP * (n ?? 0)) / most}%`);
    mark.style.setProperty('bottom', `${(TOP * (then ?? 0)) / most}%`);
    const told = n > 0 && (rows.length <= FEW || n === most) && h('b', { class: 'an-bar-n num' }, number(n));
    if (told) told.style.setProperty('bottom', `${(TOP * n) / most}%`);
    const body = [h('span', { class: 'an-bar-room' }, bar, then ? mark : null, told), h('small', {}, index % each === 0 ? label(row) : '')];
    const attributes = { title: title(row), 'aria-label': title(row), 'data-figure': `${name}:${row.key}`, 'data-value': n ?? '', class: n === null ? 'unknown' : null };
    return h('li', {}, n ? h('button', { type: 'button', ...attributes, onclick: () => open(row) }, body) : h('span', { ...attributes, role: 'img' }, body));
  }));
}
