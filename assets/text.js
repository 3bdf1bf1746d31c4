// Texts by key, from the same files Python reads. t("key", {n: 3}) fills {n}. A key nobody wrote is shown as itself.

const texts = new Map();
const loaded = new Map(); // file → when it is there: who asks for one that is on its way waits for it, or Chinese would come over English
let language = "zh";

function read(file) {
  if (!loaded.has(file)) loaded.set(file, take(file));
  return loaded.get(file);
}

async function take(file) {
  const answer = await fetch(new URL(`./i18n/${file}.json`, import.meta.url));
  if (!answer.ok) return; // a surface without texts of its own
  for (const [key, text] of Object.entries(await answer.json())) texts.set(key, text);
}

/** Loads the common texts and those of one surface (`duty-zh.json` holds the duty page's). */
export async function loadText(wanted, surface = "") {
  language = wanted === "en" ? "en" : "zh";
  const own = surface && surface !== "boot" ? [`${surface}-zh`] : [];
  await Promise.all(["zh", ...own].map(read));
  if (language === "en") await Promise.all(["en", ...own.map((file) => file.replace("-zh", "-en"))].map(read));
}

export function t(key, values = {}) {
  const text = texts.get(key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A title as people may see it: a drill says so before its first word. */
export const titled = (row, title = row.title) => (row.drill ? t("row.drill", { title }) : title);

export const lang = () => language;

/** The label of a configured thing, in the language of the page. */
export const label = (thing) => (language === "en" && thing?.label_en) || thing?.label || "";
