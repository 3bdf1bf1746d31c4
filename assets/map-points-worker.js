// The points of one layer, beside the page's own thread: fetches columns and states, judges, clusters, and cuts tiles. The page says which
// layer and area, which alerts there are, and whether states are known at all; it hears what to tell and when tiles became others.

import { Clusters, DEEPEST, SHALLOWEST } from "./map-points-clusters.js";
import { PointColumns } from "./map-points-columns.js";
import { unstep } from "./cell-ground.js";
import { pointTile } from "./map-points-tile.js";

const AGAIN_MS = 30_000; // states are asked for again
const SOON_MS = 5_000; // after a failure
const OLD_MS = 120_000; // states nobody could renew are unknown

let wanted = null; // { layer, area, live }
let alerts = new Map();
let clusters = null;
let heard = -Infinity; // when the states last came
let timer = null;
let turn = 0;

async function ask(path) {
  const answer = await fetch(`/api/v1/map/points/${wanted.layer}${path}${wanted.area ? `?area=${wanted.area}` : ""}`, { credentials: "same-origin", signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

/** Points once, states again and again; points anew when the states are of others. */
async function look() {
  clearTimeout(timer);
  const mine = (turn += 1);
  try {
    const states = await ask("/states");
    if (mine !== turn) return;
    if (clusters?.columns.version !== states.version) {
      const points = await ask("");
      if (mine !== turn) return;
      clusters = new Clusters(new PointColumns(points));
      if (points.version !== states.version) return void (timer = setTimeout(look, 0)); // one came between the two
    }
    heard = performance.now();
    judge(unstep(states.unknown), true);
    timer = setTimeout(look, AGAIN_MS);
  } catch (error) {
    if (mine !== turn) return;
    if (clusters) judge(null, true);
    postMessage({ failed: error.message, without: !clusters });
    timer = setTimeout(look, SOON_MS);
  }
}

function judge(unknown, whole = false) {
  if (!clusters) return;
  const known = wanted.live && performance.now() - heard < OLD_MS;
  const changed = clusters.columns.judge({ unknown, known, alerts });
  if (changed) clusters.judge();
  if (changed || whole) postMessage({ told: { ...clusters.columns.tally(), known }, kinds: clusters.columns.kinds, changed: changed || whole });
}

/** What a feature of a tile is: how many points, and the zoom at which it falls apart; where it does not (null), which points stand there. */
function what({ zoom, number, most }) {
  if (!clusters || number >= clusters.level(zoom).many) return null;
  const { codes, rank, drill, kinds, kind } = clusters.columns;
  const count = clusters.level(zoom).count[number];
  const opens = count > 1 ? clusters.opensAt(zoom, number) : null;
  const inside = opens === null ? clusters.points(zoom, number, most) : [];
  return { count, opens, points: inside.map((at) => ({ code: codes[at], rank: rank[at], drill: Boolean(drill[at]), kind: kinds[kind[at]] })) };
}

const ACTS = {
  /** { layer, area, live } */
  show(given) {
    if (wanted && (wanted.layer !== given.layer || wanted.area !== given.area)) clusters = null;
    wanted = given;
    look();
  },
  alerts(given) {
    alerts = new Map(given);
    judge(null);
  },
  tile({ tile }) {
    if (!clusters) return new ArrayBuffer(0);
    const level = Math.max(SHALLOWEST, Math.min(DEEPEST, tile[0]));
    return pointTile(clusters.level(level), level, clusters.columns, tile).buffer;
  },
  what,
};

addEventListener("message", ({ data: { act, id, given } }) => {
  const answer = ACTS[act](given);
  if (id) postMessage({ id, answer }, answer instanceof ArrayBuffer ? [answer] : []);
});
postMessage({ here: true }); // its files came: nobody begins it anew
