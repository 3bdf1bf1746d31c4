// Texts by key, from the same files Python reads. t("key", {n: 3}) fills {n}. A key nobody wrote is shown as itself.

const texts = new Map();
const loaded = new Map(); // file → when it is there: who asks for one that is on its way waits for it, or Chinese would come over English
let language = "zh";
const AGAIN_MS = 5_000;

/** What did not come is asked for again by whoever wants it next. */
function read(file) {
  if (!loaded.has(file)) {
    const coming = take(file);
    loaded.set(file, coming);
    coming.catch(() => loaded.delete(file));
  }
  return loaded.get(file);
}

async function take(file) {
  const answer = await fetch(new URL(`./i18n/${file}.json`, import.meta.url));
  if (answer.status === 404) return; // a surface without texts of its own
  if (!answer.ok) throw new Error(`texts ${file}: HTTP ${answer.status}`);
  for (const [key, text] of Object.entries(await answer.json())) texts.set(key, text);
}

/** Loads the common texts and those of one surface (`duty-zh.json` holds the duty page's). */
export async function loadText(wanted, surface = "") {
  language = wanted === "en" ? "en" : "zh";
  const own = surface && surface !== "boot" ? [`${surface}-zh`] : [];
  await Promise.all(["zh", ...own].map(read));
  if (language === "en") await Promise.all(["en", ...own.map((file) => file.replace("-zh", "-en"))].map(read));
}

/** The texts of what a page opens by itself, asked for until they are there: nobody stands before a wall to reload it. */
export async function awaitText(wanted, surface) {
  for (;;) {
    try {
      return await loadText(wanted, surface);
    } catch (error) {
      console.warn(`yiping: the texts of ${surface} do not come:`, error.message);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

export function t(key, values = {}) {
  const text = texts.get(key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A title as people may see it: a drill says so before its first word. */
export const titled = (row, title = row.title) => (row.drill ? t("row.drill", { title }) : title);

export const lang = () => language;

/** Words of a list behind each other, as the language of the page joins them; `mark` is the Chinese mark between them. */
const ENGLISH = { "、": ", ", "，": ", ", "；": "; ", "：": ": " };
export const listed = (words, mark = "、") => words.join(language === "en" ? ENGLISH[mark] : mark);

/** The label of a configured thing, in the language of the page. */
export const label = (thing) => (language === "en" && thing?.label_en) || thing?.label || "";
