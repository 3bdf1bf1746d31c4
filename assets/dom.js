// Writing figures and rows. A figure's element carries its number and age for robots, its text for people, and says when it is
// unknown or stale. Text only: nothing from the stream is ever parsed as HTML.

export const UNKNOWN = "—";

export function el(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

export const grouped = (value, decimals = 0) => value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

const rolling = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Rolls a counter to its new value in a third of a second; the attribute holds the truth at once. */
function roll(place, from, to, decimals) {
  clearInterval(rolling.get(place));
  if (still.matches || !Number.isFinite(from) || from === to || document.hidden) {
    place.textContent = grouped(to, decimals);
    return;
  }
  let step = 0;
  const steps = 6;
  const timer = setInterval(() => {
    step += 1;
    place.textContent = grouped(from + ((to - from) * step) / steps, decimals);
    if (step >= steps) clearInterval(timer);
  }, 55);
  rolling.set(place, timer);
}

/** Writes one figure. `age` in seconds; beyond `limit` it is visibly stale. `complete`: which share (0…1) of what it is made of is known.
 *  `text` overrides how the number is written. */
export function write(place, value, { age = null, limit = Infinity, decimals = 0, text = null, rolls = false, complete = null } = {}) {
  if (!place) return;
  const known = typeof value === "number" && Number.isFinite(value);
  const shown = known ? String(Number(value.toFixed(Math.max(decimals, 3)))) : "";
  const aged = age === null || !Number.isFinite(age) ? "" : String(Math.max(0, Math.round(age)));
  if (place.dataset.age !== aged) place.dataset.age = aged;
  const whole = known && complete !== null ? String(Math.round(complete * 1000) / 1000) : "";
  if ((place.dataset.complete ?? "") !== whole) place.dataset.complete = whole;
  place.classList.toggle("partial", known && complete !== null && complete < 1);
  place.classList.toggle("unknown", !known);
  place.classList.toggle("stale", known && age !== null && age > limit);
  if (place.dataset.value === shown && place.dataset.shown === (text ?? "")) return;
  const before = place.dataset.value === "" ? NaN : Number(place.dataset.value);
  place.dataset.value = shown;
  place.dataset.shown = text ?? "";
  if (!known) {
    clearInterval(rolling.get(place));
    place.textContent = text ?? UNKNOWN;
  } else if (text !== null) place.textContent = text;
  else if (rolls) roll(place, before, value, decimals);
  else place.textContent = grouped(value, decimals);
}

/** All places of a page by their figure's name; a name may stand in several panels. */
export function figuresOf(root) {
  const places = new Map();
  for (const place of root.querySelectorAll("[data-figure]")) {
    const name = place.dataset.figure;
    places.set(name, [...(places.get(name) ?? []), place]);
  }
  return (name, value, options) => {
    for (const place of places.get(name) ?? []) write(place, value, options);
  };
}

export const slotOf = (root, name) => root.querySelector(`[data-slot="${name}"]`);

export function setText(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

/** A text that its place may shorten: whole under the pointer. */
export function setWhole(place, text) {
  setText(place, text);
  if (place && place.title !== text) place.title = text;
}

/** Words of one line, each whole or not there: `parts` = [[class, text]…], what matters most first; what finds no room is not begun. */
export function setParts(place, parts) {
  const wanted = parts.filter(([, text]) => text), whole = wanted.map(([, text]) => text).join(" · ");
  if (place.title === whole && place.children.length === wanted.length) return;
  place.title = whole;
  place.classList.add("whole-words");
  place.replaceChildren(...wanted.map(([name, text]) => el("span", name, text)));
}

/** Makes a list's rows equal to `rows`, by key: rows that stay keep their element, so nothing moves that did not change. */
export function syncRows(list, rows, keyOf, make, update) {
  const old = new Map([...list.children].filter((row) => row.dataset.id).map((row) => [row.dataset.id, row]));
  const wanted = rows.map((row) => {
    const key = String(keyOf(row));
    let item = old.get(key);
    if (!item) {
      item = make(row);
      item.dataset.id = key;
    }
    old.delete(key);
    update(item, row);
    return item;
  });
  for (const item of old.values()) item.remove();
  list.querySelector(".rows-empty")?.remove();
  wanted.forEach((item, at) => {
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
  if (!wanted.length) list.append(el("li", "rows-empty", list.dataset.empty));
}
