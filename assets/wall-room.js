// What fits on a wall, which has no scroll bar, no half rows and nobody who hovers over a shortened word. Measures boxes and says what found no room;
// decides nothing about what stands in them.

import { el, setText } from "./dom.js";
import { t } from "./text.js";

const MOST = 1.5; // a row may grow by half to fill its list

/** As many rows as fit whole, each as high as lets them fill the list. A list that is not shown holds none. */
function room(list, rows) {
  if (!list.clientHeight) return [];
  const style = getComputedStyle(list);
  const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const least = parseFloat(style.getPropertyValue("--row")) * unit;
  const gap = parseFloat(style.rowGap) || 0;
  const columns = Math.max(1, style.gridTemplateColumns.split(" ").length);
  const lines = Math.max(1, Math.floor((list.clientHeight + gap) / (least + gap)));
  const filled = Math.min(lines, Math.max(1, Math.ceil(rows.length / columns)));
  const height = `${Math.floor(Math.min((list.clientHeight - gap * (filled - 1)) / filled, least * MOST))}px`;
  if (list.style.gridAutoRows !== height) list.style.gridAutoRows = height;
  return rows.slice(0, lines * columns);
}

/** The rows that fit, in their order; the panel's title says of how many they are when others found no room. */
export function fitted(list, rows) {
  const shown = room(list, rows), title = list.closest("[data-panel]")?.querySelector("h2");
  const cut = shown.length < rows.length && list.clientHeight ? t("list.cut", { shown: shown.length, all: rows.length }) : "";
  if (title) setText(title.querySelector(".list-cut") ?? title.appendChild(el("small", "list-cut")), cut);
  return shown;
}

/** Whether what stands in a box is wider than it, by however little: a fraction of a pixel, which `scrollWidth` rounds away, costs two characters. */
export function spills(box) {
  if (box.scrollWidth > box.clientWidth) return true;
  const inside = document.createRange();
  inside.selectNodeContents(box);
  return inside.getBoundingClientRect().width > box.getBoundingClientRect().width + 0.01;
}
