// What rows are called in the reader's language. The city writes "place rule +others" and gives it on to incident and case;
// the labels of rules and of their levels exist in both languages, the names of places in one.

import { lang } from "./text.js";

const labelled = new WeakMap();

/** What rules and their levels are called, in both languages, the longest first: one may end in another. */
function labelsOf(rules) {
  if (!labelled.has(rules)) {
    const named = Object.values(rules).flatMap((rule) => [rule, ...(rule.limits ?? [])]).filter((one) => one.label && one.label_en);
    labelled.set(rules, named.sort((a, b) => b.label.length - a.label.length));
  }
  return labelled.get(rules);
}

/** The parts of a title that ends in the label of a rule or level, `{label, label_en, place, more}`; null for another. Pure. */
export function partsOfTitle(title, rules) {
  const [, whole, more = ""] = /^(.*?)( \+\d+)?$/s.exec(title ?? "");
  const found = labelsOf(rules).find(({ label }) => whole.endsWith(` ${label}`));
  return found ? { label: found.label, label_en: found.label_en, place: whole.slice(0, -found.label.length - 1), more } : null;
}

/** A row's title in the reader's language. */
export function titleOf(row, rules) {
  if (lang() !== "en" || !rules) return row.title;
  const parts = partsOfTitle(row.title, rules);
  if (parts) return `${parts.label_en} · ${parts.place}${parts.more}`;
  return rules[row.rule]?.label_en ? [rules[row.rule].label_en, row.device_name].filter(Boolean).join(" · ") : row.title;
}
