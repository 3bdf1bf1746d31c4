"""Keeps severity, title and text of incidents equal to what their parts say (`alerts.sum_up`), whoever moved the parts.

Every change of a part leaves a mark (a trigger of the tables: no writer can forget it); the leader sums up what is marked, and
an act on parts by hand does it at once. A person's word (`by_hand`) stands.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from alerts.sum_up import Count, Told, sum_up
from core.config import Config
from store import change_log
from store.timescale import Connection, queries

_MOST = 2_000
_PLACE = ("class_code", "area", "cell_id", "lon", "lat")
UNCLASSED = 4  # severity of a report that has neither its own nor a class


def follow_parts(connection: Connection, config: Config, now: datetime) -> int:
    """Bring the incidents up to date whose parts moved; returns how many changed. Those that an officer holds wait for the next round."""
    marked = [row["incident_id"] for row in queries.incident_sums_marked(connection, most=_MOST)]
    ids = [row["incident_id"] for row in queries.incident_sums_hold(connection, ids=marked)] if marked else []
    if not ids:
        return 0
    forget_marks(connection, ids)
    before = change_log.read(connection, "incident", ids)
    changed = save_sums(connection, ids, config, now)
    changed += [row["incident_id"] for row in queries.incident_sums_veil(connection, ids=ids, now=now)]
    change_log.append(connection, "incident", before, change_log.read(connection, "incident", changed), now)
    return len(changed)


def forget_marks(connection: Connection, ids: Sequence[int]) -> None:
    """Before the parts are read: what is committed after this statement began leaves a mark that stays. The leader's alone."""
    queries.incident_sums_unmark(connection, ids=list(ids))


def save_sums(connection: Connection, ids: Sequence[int], config: Config, now: datetime) -> list[int]:
    """Sum up incidents that the caller holds and logs; the ids of those that changed."""
    rows = queries.incident_sums_read(
        connection, ids=list(ids), classes=list(config.classes), severities=[known.severity for known in config.classes.values()],
        unclassed=UNCLASSED,
    )  # fmt: skip
    labels = {name: metric.label for name, metric in config.metrics.items()}
    changed = [new for row in rows if (new := _changed(row, labels, config)) is not None]
    if changed:
        queries.incident_sums_save(connection, rows=Jsonb(changed), now=now)
    return [new["incident_id"] for new in changed]


def _changed(row: dict[str, Any], labels: dict[str, str], config: Config) -> dict[str, Any] | None:
    """The row to write; None when it says already what its parts say."""
    counts = [Count(channel, metric, parts) for channel, metric, parts in row["counts"]]
    told = Told(counts, row["worst_title"], row["worst_severity"], row["since"], row["place"])
    summary = sum_up(told, labels, config.area.zone)
    title = row["title"] if "title" in row["by_hand"] or summary.title is None else summary.title
    new = {"severity": summary.severity, "title": title, "text": summary.text, "parts": summary.parts, "simulated": row["all_simulated"]}
    if not row["is_placed"] and all(row[name] == value for name, value in new.items()):
        return None
    return {"incident_id": row["incident_id"], **new, **{name: row[name] for name in _PLACE}}
