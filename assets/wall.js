// Mounts the wall: one stream, one map, and the panels that draw from the same state. Decides who is told what, and when.

import { Live } from "./live.js";
import { DistrictMap } from "./map.js";
import { Air } from "./wall-air.js";
import { Figures } from "./wall-figures.js";
import { Header } from "./wall-header.js";
import { Lists } from "./wall-lists.js";
import { Trend } from "./wall-trend.js";
import { t } from "./text.js";

const DRAW_MS = 250;
const FEEDS_MS = 15_000;

export async function mount(root, config) {
  const live = new Live(config.screen);
  const panel = (name) => root.querySelector(`[data-panel="${name}"]`);
  const district = new DistrictMap(panel("map"), config, live);
  const mine = belongs(config);
  district.visible = mine;
  const context = { root, config, live, district, mine, panel };
  const [header, figures, lists, trend, air] = [new Header(context), new Figures(context), new Lists(context), new Trend(context), new Air(context)];
  let [waiting, drawnAt] = [null, -DRAW_MS];

  const draw = () => {
    waiting = null;
    drawnAt = performance.now();
    for (const part of [figures, lists, trend]) part.draw(live.state);
  };
  // At once after a pause, at most four times a second in a rush: many deltas, one drawing.
  const soon = () => (waiting ??= setTimeout(draw, Math.max(0, drawnAt + DRAW_MS - performance.now())));

  live.on("snapshot", (state) => {
    district.show(state);
    header.state(state);
    draw();
  });
  live.on("delta", (state, changes) => {
    district.change(state, changes);
    const fresh = changes.alerts.filter(({ row, before }) => !before && row.stage === "unack" && mine(row)).map(({ row }) => row);
    if (fresh.length) {
      lists.announce(fresh);
      district.announce(fresh);
    }
    soon();
  });
  live.on("link", (...link) => header.link(...link));
  live.on("status", (state) => header.state(state));
  live.on("missed", (missed) => header.missed(missed, lists));
  district.onmeasure = soon;

  everySecond(live, () => {
    header.tick();
    figures.tick(live.state);
    air.tick();
    lists.tick();
    district.tick(config.timezone);
  });
  setInterval(() => lists.askFeeds(live.state), FEEDS_MS);
  await district.start(lists.labels).catch((error) => {
    console.error("yiping: the map does not start", error);
    panel("map").classList.add("no-map");
    panel("map").querySelector(".map-canvas").textContent = t("map.failed");
  });
  await Promise.race([trend.ready, new Promise((resolve) => setTimeout(resolve, 8000))]);
  await first(live);
  draw();
  if (district.ready) await new Promise((resolve) => (district.map.once("idle", resolve), setTimeout(resolve, 4000)));
  window.yiping.ready = true;
}

/** Which alerts and cases a wall of one domain shows: an alert says its domain, a case has it from its class. That the platform was deaf concerns all. */
function belongs({ domain, classes }) {
  if (!domain) return () => true;
  return (row) => (row.domain ?? classes[row.class_code]?.domain) === domain || (row.subject ?? "").startsWith("platform/");
}

const first = (live) => (live.state.sequence >= 0 ? null : new Promise((resolve) => live.on("snapshot", resolve)));

/** On the second of the server's clock, so that all walls of a room turn together. */
function everySecond(live, act) {
  const next = () => {
    try {
      act();
    } catch (error) {
      console.error("yiping: a tick failed", error);
    }
    setTimeout(next, 1000 - (((live.now() % 1000) + 1000) % 1000) + 4);
  };
  next();
}
