// The tools of a map: search, rulers, what is around; one open at a time, in one card. Mounts the area path and the basemap beside them.

import { el } from "./dom.js";
import { AreaPath } from "./map-area.js";
import { Around } from "./map-around.js";
import { Basemap } from "./map-basemap.js";
import { Ruler } from "./map-measure.js";
import { Search } from "./map-search.js";
import { Shapes } from "./map-shapes.js";
import { awaitText, lang, t } from "./text.js";
import { view } from "./view.js";

/** What a `DistrictMap` is told to `add`: the path of areas before the map is opened, the tools when it is drawn. */
export class MapTools {
  #begun = null;

  constructor(basemaps) {
    this.basemaps = basemaps;
  }

  before(district) {
    return (this.#begun ??= awaitText(lang(), "tools").then(() => (this.area = new AreaPath(district))));
  }

  async opened(district) {
    await this.before(district);
    this.area.attach(district.map);
    this.basemap = new Basemap(district, district.gl, this.basemaps);
    this.tools = new Tools(district);
  }
}

class Tools {
  constructor(district) {
    const { panel, map } = district;
    Object.assign(this, { district, panel, rail: panel.querySelector('[data-slot="map-tools"]'), card: panel.querySelector('[data-slot="tool-card"]') });
    const given = { map, shapes: new Shapes(district), tools: this };
    const made = [new Search(given), new Ruler("line", given), new Ruler("surface", given), new Around(given)];
    this.known = new Map(made.map((tool) => [tool.name, tool]));
    for (const button of this.rail?.querySelectorAll("[data-tool]") ?? []) button.addEventListener("click", () => this.toggle(button.dataset.tool));
    addEventListener("keydown", (event) => this.#key(event));
    if (view.get("around")) this.open("around");
  }

  toggle(name) {
    if (this.district.tool === name) this.shut();
    else this.open(name);
  }

  open(name) {
    this.shut();
    const tool = this.known.get(name);
    this.district.tool = name; // while it is set, a click on the map is the tool's
    this.panel.dataset.tool = name;
    const body = el("div", "tool-body");
    this.card.replaceChildren(this.#head(name), body);
    this.card.hidden = false;
    this.#press(name);
    tool.open(body);
  }

  shut() {
    const name = this.district.tool;
    if (!name) return;
    this.district.tool = null;
    delete this.panel.dataset.tool;
    this.known.get(name).close();
    this.card.hidden = true;
    this.card.replaceChildren();
    this.#press(null);
    this.rail?.querySelector(`[data-tool="${name}"]`)?.focus({ preventScroll: true });
  }

  #press(name) {
    for (const button of this.rail?.querySelectorAll("[data-tool]") ?? []) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  }

  #head(name) {
    const head = el("header");
    const shut = el("button", "shut", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", t("tools.close"));
    shut.addEventListener("click", () => this.shut());
    head.append(el("strong", "", t(`tools.${name}`)), shut);
    return head;
  }

  #key(event) {
    if (!this.district.tool) return;
    if (event.key === "Escape") this.shut();
    else if (/^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(event.target.tagName) || !this.known.get(this.district.tool).key(event.key)) return;
    event.preventDefault();
  }
}
