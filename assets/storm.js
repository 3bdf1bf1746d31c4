// A storm told as a summary: open alerts by street and class, the gravest and the largest on top. Nothing is left out: a group counts
// every row it stands for. Pure: no DOM, no network, no clock.

/** Rows → one row a street and class: `{id, severity, street, class_code, raised_at (newest), since (oldest), folded, waiting}`. Drills stay apart. */
export function groupRows(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = `storm:${row.street ?? ""}:${row.class_code ?? ""}${row.drill ? ":drill" : ""}`;
    const group = groups.get(key) ?? groups.set(key, { id: key, street: row.street ?? "", class_code: row.class_code ?? "", drill: Boolean(row.drill), severity: 5, raised_at: row.raised_at, since: row.raised_at, waiting: 0, stage: "acked", folded: [] }).get(key);
    group.folded.push(row);
    group.severity = Math.min(group.severity, row.severity ?? 5);
    if (row.raised_at > group.raised_at) group.raised_at = row.raised_at;
    if (row.raised_at < group.since) group.since = row.raised_at;
    if ((row.stage === "unack" || row.stage === "rtn_unack") && (row.hold ?? "none") === "none") { group.waiting += 1; group.stage = "unack"; }
  }
  return [...groups.values()].sort((a, b) => a.severity - b.severity || b.folded.length - a.folded.length || (a.id < b.id ? -1 : 1));
}
