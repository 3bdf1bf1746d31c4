// What is wrong with the looks of the page as it stands: a list of [kind, what]. Reads the page, changes nothing.
// Cut off, beyond the edge, written over another text, covered, too small to read, empty without a word.
({ smallest, scrolls }) => {
  const faults = new Map();
  const words = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);
  const place = (node) => {
    const panel = node.closest("[data-panel]")?.dataset.panel;
    const own = node.tagName.toLowerCase() + [...node.classList].map((name) => `.${name}`).join("").slice(0, 50);
    return panel ? `${own} in ${panel}` : own;
  };
  const tell = (kind, node, text) => {
    const key = `${kind} ${place(node)}`;
    if (!faults.has(key)) faults.set(key, [kind, `${place(node)} “${words(text)}”`]);
  };
  const meet = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
  const wide = (r) => r.right - r.left, high = (r) => r.bottom - r.top;

  /** What a box shows: itself without borders and scroll bars. */
  function within(box) {
    const edge = box.getBoundingClientRect(), { clientLeft, clientTop, clientWidth, clientHeight, offsetWidth = clientWidth, offsetHeight = clientHeight } = box;
    const after = offsetWidth - clientLeft - clientWidth, below = offsetHeight - clientTop - clientHeight;
    return { left: edge.left + clientLeft, top: edge.top + clientTop, right: edge.right - after, bottom: edge.bottom - below };
  }

  /** What ancestors leave of a box: `cut` by those that hide what overflows, `view` by those that scroll, too. */
  function clip(node, box) {
    let cut = box, view = box, ellipsis = false, reachable = false, scrolled = {}, position = getComputedStyle(node).position, own = true;
    for (let at = node; at && at !== document.documentElement; at = at.parentElement, own = false) {
      const how = getComputedStyle(at);
      if (!own && position === "absolute" && how.position === "static") continue;
      const inner = within(at);
      if (at.clientWidth && how.display !== "inline") for (const [axis, low, end] of [["overflowX", "left", "right"], ["overflowY", "top", "bottom"]]) {
        if (how[axis] === "visible" || at === document.body) continue;
        const less = { ...view, [low]: Math.max(view[low], inner[low]), [end]: Math.min(view[end], inner[end]) };
        view = less;
        if (how[axis] === "hidden" || how[axis] === "clip") {
          if (!scrolled[axis]) cut = meet(cut, { ...cut, [low]: inner[low], [end]: inner[end] });
          if ((how.textOverflow === "ellipsis" && !/flex|grid/.test(how.display)) || how.webkitLineClamp !== "none") ellipsis = true;
        } else reachable = scrolled[axis] = true; // what a box shows by scrolling no outer one cuts off
      }
      if (how.position === "fixed") break;
      if (!own || how.position !== "static") position = how.position;
      if (reachable && wide(view) <= 0) break;
    }
    return { cut, view, ellipsis, reachable };
  }

  const opaque = (node) => {
    if (!node.checkVisibility({ opacityProperty: true })) return false;
    const how = getComputedStyle(node), alpha = how.backgroundColor.match(/rgba?\([^)]*?(?:[,/]\s*([\d.]+))?\)$/);
    return node.tagName === "CANVAS" || node.tagName === "IMG" || how.backgroundImage.startsWith("url") ||
      (how.backgroundColor.startsWith("rgba") ? Number(alpha?.[1] ?? 1) > 0.8 : how.backgroundColor !== "transparent");
  };
  const aside = (node) => node.closest(".maplibregl-marker, dialog, [role=dialog], [role=menu], [role=tooltip], .toast, .sr-only");
  /** What lies over a text at its middle: an opaque box that is none of its own. */
  function cover(node, box) {
    for (const top of document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)) {
      if (top === node || node.contains(top) || top.contains(node)) return null;
      if (opaque(top)) return top;
    }
    return null;
  }

  const modal = document.querySelector("dialog:modal");
  const shown = [];
  const walk = document.createTreeWalker(modal ?? document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, node = text.parentElement;
    if (!text.data.trim() || !node || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|TITLE)$/.test(node.tagName) || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const how = getComputedStyle(node);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      const box = { left, top, right, bottom };
      if (wide(box) < 1 || high(box) < 1) continue;
      const { cut, view, ellipsis, reachable } = clip(node, box);
      if (wide(cut) <= 1 || high(cut) <= 1) continue; // not shown at all: a row below a list's end
      const lost = wide(box) - wide(cut), low = high(box) - high(cut);
      if (lost > 2 && !ellipsis) tell("cut off", node, text.data);
      else if (ellipsis && lost > 0.01 && !node.closest("[title], [aria-label]:not([data-panel]):not(main)")) tell("shortened, and nowhere whole", node, text.data); // by the least bit: the sign for it takes the room of two more
      else if (low > high(box) * 0.3 && !ellipsis) tell("cut off", node, text.data);
      if (wide(view) <= 1 || high(view) <= 1) continue;
      if (!reachable && (view.right > innerWidth + 1 || view.left < -1 || (!scrolls && view.bottom > innerHeight + 1))) tell("beyond the edge", node, text.data);
      if (Number.parseFloat(how.fontSize) < smallest - 0.01) tell(`smaller than ${smallest} px (${Number.parseFloat(how.fontSize).toFixed(1)})`, node, text.data);
      if (view.top > innerHeight || view.bottom < 0) continue;
      const over = !aside(node) && how.pointerEvents !== "none" ? cover(node, view) : null;
      if (over && !aside(over) && !reachable) tell(`covered by ${place(over)}`, node, text.data);
      else if (!over) shown.push({ node, text: text.data, box: { left: view.left + 1, right: view.right - 1, top: view.top + high(box) * 0.22, bottom: view.bottom - high(box) * 0.22 } });
    }
  }
  shown.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < shown.length; i += 1)
    for (let j = i + 1; j < shown.length && shown[j].box.top < shown[i].box.bottom; j += 1) {
      const [a, b] = [shown[i], shown[j]], both = meet(a.box, b.box);
      if (a.node === b.node || (a.node.closest(".maplibregl-marker") && b.node.closest(".maplibregl-marker")) || wide(both) < 3 || high(both) < 3 || a.node.contains(b.node) || b.node.contains(a.node) || Boolean(aside(a.node)) !== Boolean(aside(b.node))) continue;
      tell(`written over “${words(b.text)}” of ${place(b.node)}`, a.node, a.text);
    }

  for (const panel of document.querySelectorAll("[data-panel], .panel")) {
    const box = panel.getBoundingClientRect();
    if (wide(box) < 60 || high(box) < 60 || !panel.checkVisibility()) continue;
    const said = panel.innerText, titles = [...panel.querySelectorAll("h1, h2, h3")].map((one) => one.innerText);
    const rest = titles.reduce((left, title) => left.replace(title, ""), said).trim();
    if (!rest && ![...panel.querySelectorAll("canvas, img, svg, input, textarea, select, video, button")].some((one) => one.checkVisibility() && one.getBoundingClientRect().width > 8))
      tell("empty without a word", panel, said);
  }
  for (const node of [document.scrollingElement, ...(modal ?? document.body).querySelectorAll("*")]) {
    if (node.scrollWidth <= node.clientWidth + 1 || !node.clientWidth || /^(TEXTAREA|INPUT)$/.test(node.tagName)) continue;
    const how = getComputedStyle(node).overflowX;
    const kept = [...node.querySelectorAll("th")].some((one) => getComputedStyle(one).position === "sticky" && getComputedStyle(one).left !== "auto");
    if (kept) continue; // a table whose first column stays may be wider than its place
    if (node === document.scrollingElement || how === "auto" || how === "scroll") tell("scrolls sideways", node, `${node.scrollWidth} > ${node.clientWidth}`);
  }
  if (!scrolls && document.scrollingElement.scrollHeight > innerHeight + 1) tell("scrolls", document.scrollingElement, `${document.scrollingElement.scrollHeight} > ${innerHeight}`);
  for (const picture of document.images) if (picture.checkVisibility() && picture.complete && !picture.naturalWidth) tell("picture did not come", picture, picture.getAttribute("src") || "");
  return [...faults.values()];
}
