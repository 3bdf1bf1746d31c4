// What the cockpit asks the server for beside the live picture: the score, the catalogue, the rankings, and what changed since I left.
// Each has its own pace and fails alone; a figure that was read once stays with its age when the next reading fails.

import { h, t, fill, now } from './duty-dom.js';
import { read, explain } from './duty-call.js';
import { drawScore, drawDomains } from './cockpit-score.js';
import { drawGroups, GROUPS } from './cockpit-catalogue.js';
import { makeSince, drawSince } from './cockpit-since.js';
import { noAnswer } from './no-answer.js';
import { makeRanks } from './cockpit-ranks.js';

const SCORE_MS = 60_000;
const CATALOGUE_MS = 300_000;

export function startSlow(slots, config, pictureOf) {
  let score = null, catalogue = null, since = null;
  const say = (names, problem) => names.forEach(name => { fill(slots[`${name}-note`], h('span', { class: 'grave' }, explain(problem))); });
  const showRanks = makeRanks(slots), readSince = makeSince();
  const draw = () => {
    if (score) drawScore(slots, score);
    drawDomains(slots.domains, score, pictureOf(), config);
    if (since) drawSince(slots, since, score?.signs || [], config.rules);
  };
  async function readScore() {
    try { score = await read('/vital-scores'); draw(); } catch (problem) { say(['score'], problem); }
  }
  async function readCatalogue() {
    try { catalogue = await read('/catalogue'); drawGroups(slots, catalogue, config); } catch (problem) { say(GROUPS, problem); }
  }
  async function lookBack() {
    try { since = await readSince(now()); draw(); } catch (problem) { noAnswer([slots.since], problem, lookBack); }
  }
  for (const name of ['score', 'since', 'risks', ...GROUPS]) fill(slots[name], h('p', { class: 'muted' }, t('desk.loading')));
  // The first of them goes alone: what it costs to open a connection is paid once, and the figures above come first.
  readScore().then(() => Promise.all([lookBack(), readCatalogue(), showRanks()]));
  setInterval(() => { if (!document.hidden) { readScore(); lookBack(); } }, SCORE_MS);
  setInterval(() => { if (!document.hidden) { readCatalogue(); showRanks(); } }, CATALOGUE_MS);
  return () => drawDomains(slots.domains, score, pictureOf(), config);
}
