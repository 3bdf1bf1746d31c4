// Decides when a screen loads anew and where it goes: pure, so that a test can ask it about a month on a wall.

/**
 * Why the page is to load anew; null: it is not. `facts`: ordered (by an admin), release and served (the page's, the server's), heap_mb,
 * age_s, quiet_s (since the last news), waited_s (since it first wanted to), reloaded_s (since the last time). `limits` in MB and seconds.
 * A city that never falls quiet does not keep it from loading for ever: it waits once as long as between two loads.
 */
export function whyReload(facts, limits) {
  if (facts.ordered) return "ordered";
  const wish = wishOf(facts, limits);
  if (!wish || facts.reloaded_s < limits.again_s) return null;
  return facts.quiet_s >= limits.quiet_s || facts.waited_s >= limits.again_s ? wish : null;
}

/** What is wrong with a page, whether or not the moment is right. */
export function wishOf({ release, served, heap_mb, age_s }, limits) {
  if (served && release && served !== release) return "release";
  if (heap_mb > limits.heap_mb) return "memory";
  return age_s > limits.age_s ? "age" : null;
}

/**
 * Where a screen goes: `{kept, address}`, null: nowhere. It moves when the key of what it is to show changes, and only then, so that whoever
 * stands before it may look around, and a reload ends where it began. `kept`: what it remembered, `here`: its address now.
 */
export function whereTo(show, kept, here) {
  if (show.key === kept?.key) return { kept, address: null };
  const wasHome = !kept || kept.why === "home";
  const left = wasHome ? here : kept.left;
  if (show.why !== "home") return { kept: { key: show.key, why: show.why, left }, address: show.address };
  return { kept: { key: show.key, why: "home", left: null }, address: show.address ?? (wasHome ? null : left) };
}

/** The words to set so that the page shows an address of its own path: those it has and the other does not are taken away. */
export function wordsTo(address, here) {
  const names = (text) => [...new URLSearchParams(text.split("?")[1] ?? "")];
  const gone = names(here).filter(([name]) => name !== "lang").map(([name]) => [name, null]);
  return { ...Object.fromEntries(gone), ...Object.fromEntries(names(address)) };
}
