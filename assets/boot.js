// Mounts what the page asks for: every element with data-module gets that ES module's mount(root, config). Decides nothing else.

import { clearShelves } from "./field-shelves.js";
import { awaitText } from "./text.js";

const mounted = new WeakSet();

async function mount(root) {
  mounted.add(root);
  const config = JSON.parse(root.dataset.config || "{}");
  document.documentElement.lang = config.language === "en" ? "en" : "zh-CN";
  const name = root.dataset.module;
  const early = import(`./${name}`).catch(() => null); // while the texts come
  await awaitText(config.language, name.replace(/\.js$/, "").split("-")[0]);
  const module = (await early) ?? (await import(`./${name}`));
  await module.mount(root, config);
}

function look() {
  const away = document.querySelector("[data-goto]");
  if (away) {
    const on = () => location.replace(away.dataset.goto);
    if (away.dataset.goto.startsWith("/login") && navigator.onLine) clearShelves().then(on, on); // who signs in next finds nothing of the last one
    else on();
    return;
  }
  for (const root of document.querySelectorAll("[data-module]")) {
    if (!mounted.has(root)) mount(root).catch((error) => console.error("yiping: a page module failed", error));
  }
}

// From the first link of a page past its header: to what stands below it.
document.addEventListener("click", (event) => {
  const body = event.target.closest?.(".skip-link")?.closest("header")?.nextElementSibling;
  if (!body) return;
  event.preventDefault();
  body.tabIndex = -1;
  body.focus();
});

// Dash draws the page after its own start-up; until then there is nothing to mount. Only the page's root is watched,
// so that the thousands of changes a live page makes each minute do not pass through here.
const watch = new MutationObserver(look);

function follow() {
  const place = document.getElementById("page");
  if (!place) return false;
  watch.disconnect();
  watch.observe(place, { childList: true });
  look();
  return true;
}

if (!follow()) {
  const start = new MutationObserver(() => follow() && start.disconnect());
  start.observe(document.body ?? document.documentElement, { childList: true, subtree: true });
}
