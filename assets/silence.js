// How silence is told: quietly, and as one thing where it is one. A silent device says that nothing is known there, not that something
// happened: it is counted apart from the signals, folded in the lists and small on the map. Pure: no DOM, no network, no clock.

/** Whether an alert only says that a device is silent, by the kind of its rule; an acknowledged or held one is still one. */
export const isSilence = (row, rules) => rules?.[row.rule]?.kind === "no_data";

/** Whether an alert or report is a signal: a mere notice (severity 5) is none. */
export const isSignal = (row) => (row.severity ?? 4) <= 4;

/** A silence whose device speaks again and that nobody has acknowledged. */
export const isBack = (row) => row.stage === "rtn_unack";

/** Several silences of one rule in one street become one row: the newest of them, with `folded` = all of them, the newest first.
 *  Drills and those that are back stay apart. Other rows, and a silence that is alone, stay as they are; so does their order. */
export function foldSilences(rows, rules) {
  const groups = new Map();
  for (const row of rows) {
    if (!isSilence(row, rules)) continue;
    const key = `${row.rule}:${row.street ?? ""}${row.drill ? ":drill" : ""}${isBack(row) ? ":back" : ""}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const shown = new Map();
  for (const [key, members] of groups) {
    if (members.length < 2) continue;
    members.sort((a, b) => (a.raised_at < b.raised_at ? 1 : a.raised_at > b.raised_at ? -1 : b.id - a.id));
    const waits = members.filter((row) => row.stage !== "acked");
    const fold = { ...members[0], ...(waits[0] ?? {}), id: `fold:${key}`, folded: members, waiting: waits.length };
    for (const row of members) shown.set(row.id, fold);
  }
  if (!shown.size) return rows;
  const told = new Set();
  return rows.flatMap((row) => {
    const fold = shown.get(row.id);
    if (!fold) return row;
    return told.has(fold) ? [] : (told.add(fold), fold);
  });
}

/** The silences that get a mark of their own on the map: one a cell, and none where the cell itself is grey, for that says it already.
 *  `classes`: cell → class of the measure shown, -1 unknown. A silent device without a cell keeps its mark. */
export function silenceMarks(alerts, rules, classes) {
  const cells = new Set();
  return alerts.filter((row) => {
    if (!isSilence(row, rules) || isBack(row)) return false;
    if (row.cell_id === null || row.cell_id === undefined) return true;
    if (classes?.get(row.cell_id) === -1 || cells.has(row.cell_id)) return false;
    cells.add(row.cell_id);
    return true;
  });
}
