// What is said of a planned work in the same words everywhere: its kind, its state, its span and hours. Draws; asks nobody.

import { h, t, clock, dayOf, yearOf, icon, labelOf, now, word } from './duty-dom.js';

export const SYMBOL = { road: 'construction', pipes: 'shovel', building: 'building-2', demolition: 'hard-hat', power: 'zap', water: 'droplet', upkeep: 'wrench', event: 'users' };
export const symbolOf = row => SYMBOL[row.kind] || 'construction';
export const kindOf = (config, row) => labelOf(config.work_kinds?.[row.kind]) || row.kind;
/** From when to when; whole days as their first and last day, and the year where it is not this one. */
export const spanOf = row => {
  const here = yearOf(now()), whole = [row.starts_at, row.ends_at].every(at => clock(at).endsWith('00:00'));
  const one = ms => (yearOf(ms) === here ? '' : `${yearOf(ms)}/`) + (whole ? dayOf(ms) : clock(ms));
  return `${one(Date.parse(row.starts_at))} – ${one(Date.parse(row.ends_at) - (whole ? 1 : 0))}`;
};
export const hoursOf = row => (row.hours ? t('works.hours', { hours: row.hours }) : '');
/** 施工中 while somebody is at work, 时段外 within the span but outside its hours. */
export const stateWord = row => (row.state === 'under_way' ? t(row.at_work ? 'works.at_work' : 'works.off_hours') : word('works.state', row.state));
export const stateOf = row => h('span', { class: `stage w-state w-state-${row.state}${row.state === 'under_way' && !row.at_work ? ' w-off' : ''}`, 'data-state': row.state }, icon(row.state === 'under_way' ? 'construction' : row.state === 'planned' ? 'calendar-clock' : row.state === 'over' ? 'check' : 'ban'), stateWord(row));
