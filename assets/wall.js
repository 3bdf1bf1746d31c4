// Mounts the wall: one stream, one map, and the panels that draw from the same state, narrowed to the area and domain this wall shows.
// Decides who is told what, and when.

import { narrow } from "./area.js";
import { belongs, ofDomain } from "./domain.js";
import { Live } from "./live.js";
import { MapLayers } from "./map-layers.js";
import { MapTools } from "./map-tools.js";
import { DistrictMap } from "./map.js";
import { mountScreen } from "./screen.js";
import { t } from "./text.js";
import { view } from "./view.js";
import { Air } from "./wall-air.js";
import { Cameras } from "./wall-cameras.js";
import { Classes } from "./wall-classes.js";
import { Figures } from "./wall-figures.js";
import { Grid } from "./wall-grid.js";
import { Header } from "./wall-header.js";
import { Incidents } from "./wall-incidents.js";
import { Lists } from "./wall-lists.js";
import { Trend } from "./wall-trend.js";
import { Weather } from "./wall-weather.js";

const DRAW_MS = 250;
const FEEDS_MS = 15_000;
const WHOLE_MS = 10_000; // so long the page waits for its whole map before it says that it stands
const FIGURES_FIRST_MS = 1_000; // so long the map waits for the first figures

export const mount = (root, config) => mountOn(root, config, new Live(config.screen));

/** The panels on what has the face of `Live`: the stream, or the recording. */
export async function mountOn(root, config, live) {
  document.documentElement.dataset.theme = config.theme;
  const grid = new Grid(root, config); // before the map: it takes its type size from the layout
  const panel = (name) => root.querySelector(`[data-panel="${name}"]`);
  const district = new DistrictMap(panel("map"), config, live);
  const mine = belongs(config.domain, config.classes);
  district.visible = mine;
  const context = { root, config, live, district, mine, panel };
  const lists = (context.lists = new Lists(context));
  const [header, figures] = [new Header(context), new Figures(context)];
  const parts = [figures, lists, new Incidents(context), new Weather(context), new Classes(context), new Trend(context)];
  const air = root.querySelector('[data-vital="aqi"]') ? new Air(context) : null;
  const areaOf = (id) => district.cells?.ground.areaOf(id) ?? "";
  const part = (state) => narrow(state, view.get("area"), areaOf, Number(view.get("cell")) || null);
  const seen = () => part(live.state);
  const shown = () => part(ofDomain(live.state, config.domain, mine));
  let [waiting, drawnAt] = [null, -DRAW_MS];

  const draw = () => {
    waiting = null;
    drawnAt = performance.now();
    const state = shown();
    for (const part of parts) part.draw(state);
    grid.body.dataset.sequence = state.sequence; // what is drawn, for robots and for the wall's own word of itself
  };
  // At once after a pause, at most four times a second in a rush: many deltas, one drawing.
  const soon = () => (waiting ??= setTimeout(draw, Math.max(0, drawnAt + DRAW_MS - performance.now())));

  live.on("snapshot", (state) => {
    district.show(seen());
    header.state(state);
    draw();
  });
  live.on("delta", (state, changes) => {
    district.change(seen(), changes);
    const fresh = changes.alerts.filter(({ row, before }) => !before && row.stage === "unack" && mine(row) && view.sees(row.area)).map(({ row }) => row);
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
  district.add(new MapTools(config.basemaps));
  district.add(new MapLayers(config.layers ?? []));
  for (const word of ["area", "cell"]) view.on(word, () => live.state.sequence >= 0 && district.show(seen()));
  for (const word of ["area", "cell", "layout"]) view.on(word, soon);
  addEventListener("resize", soon);

  everySecond(live, () => {
    header.tick();
    figures.tick(live.state);
    air?.tick();
    for (const part of parts) if (part !== figures) part.tick?.();
    district.tick(config.timezone);
  });
  setInterval(() => lists.askFeeds(live.state), FEEDS_MS);
  if (live instanceof Live) mountScreen(context).catch((error) => console.error("yiping: control of the screen does not start", error));
  const begun = Promise.race([first(live), new Promise((resolve) => setTimeout(resolve, FIGURES_FIRST_MS))]);
  await district.start(lists.labels, begun).catch((error) => {
    console.error("yiping: the map does not start", error);
    panel("map").classList.add("no-map");
    panel("map").querySelector(".map-canvas").textContent = t("map.failed");
  });
  await first(live);
  draw();
  if (district.ready) await whole(district.map);
  window.yiping.ready = true;
  if (panel("cameras")) new Cameras(context, live instanceof Live);
}

const first = (live) => (live.state.sequence >= 0 ? null : new Promise((resolve) => live.on("snapshot", resolve)));

/** Until nothing of the map is on its way, which is marked in the page's own record of time. */
const whole = (map) =>
  new Promise((resolve) => {
    map.once("idle", () => resolve(performance.mark("map whole")));
    setTimeout(resolve, WHOLE_MS);
  });

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
