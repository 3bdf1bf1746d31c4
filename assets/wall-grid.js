// Cuts the screen into panels as its layout says: grid, type size, and which panels there are. Knows nothing of what stands in them.

import { view } from "./view.js";

/** The layout a screen takes: the one it is told, else of those it is large enough for the one that asks for most. Pure. */
export function chooseLayout(layouts, { width, height }, wanted = "") {
  if (layouts[wanted]) return wanted;
  const fits = ([, one]) => width / height >= one.aspect && width >= one.width && height >= one.height;
  const asks = ([, a], [, b]) => b.aspect - a.aspect || b.width - a.width || b.height - a.height;
  return (Object.entries(layouts).filter(fits).sort(asks)[0] ?? Object.entries(layouts).sort(asks).at(-1) ?? [""])[0];
}

/** A layout as CSS: shares of the rest never grow with what is in them. Pure. */
export function cssOf({ columns, rows, areas, gap }) {
  const track = (one) => (one.endsWith("fr") ? `minmax(0, ${one})` : one);
  return { gridTemplateColumns: columns.map(track).join(" "), gridTemplateRows: rows.map(track).join(" "), gridTemplateAreas: areas.map((row) => `"${row}"`).join(" "), gap: `${gap}rem` };
}

export class Grid {
  #name = null;

  constructor(root, { layouts }) {
    Object.assign(this, { layouts, body: root.querySelector(".wall-grid") });
    this.fit();
    addEventListener("resize", () => this.fit());
    view.on("layout", () => this.fit());
  }

  fit() {
    const name = chooseLayout(this.layouts, { width: innerWidth, height: innerHeight }, view.get("layout"));
    if (!name || name === this.#name) return;
    this.#name = this.body.dataset.layout = name;
    const layout = this.layouts[name];
    const shown = new Set(layout.areas.flatMap((row) => row.split(/\s+/)));
    document.documentElement.style.fontSize = `calc(100vh / ${layout.lines})`;
    Object.assign(this.body.style, cssOf(layout));
    for (const panel of this.body.children) {
      panel.hidden = !shown.has(panel.dataset.panel);
      panel.style.gridArea = panel.dataset.panel;
    }
  }
}
