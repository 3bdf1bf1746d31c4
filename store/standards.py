"""Class standards in their table: taken over whole from a city's file, found for a case, listed. Decides no deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.work_config import Limit, TimeUnit, limit_of
from dispatch.standards import Standard, number_conditions
from store.timescale import Connection, queries

_COMPARED = ("big_name", "name", "closing", "amount", "unit", "limit_text", "stage_limits", "units", "authorities", "lead_unit")


@dataclass(frozen=True, slots=True)
class Saved:
    """What an import changed, in rows."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0


def find(connection: Connection, kind: str, class_code: str, condition_no: int | None = None, ended: bool = False) -> Standard | None:
    """The row of a class and condition; else the class's first, with `ended` also of a class that the table has no more.

    `lead_unit`: the table's, or the first unit it names that there is.
    """
    row = queries.standards_find(connection, kind=kind, class_code=class_code, condition_no=condition_no, ended=ended)
    if row is None and condition_no is not None:
        row = queries.standards_find(connection, kind=kind, class_code=class_code, condition_no=None, ended=ended)
    if row is None:
        return None
    return Standard(
        row["kind"], row["class_code"], row["big_name"], row["name"], row["condition"], row["closing"],
        Limit(row["amount"], TimeUnit(row["unit"])), row["limit_text"],
        {phase: limit_of(text) for phase, text in row["stage_limits"].items()},
        tuple(row["units"]), tuple(row["authorities"]), row["lead_unit"], row["condition_no"],
    )  # fmt: skip


def list_standards(
    connection: Connection, kind: str | None = None, class_code: str | None = None, ended: bool = False
) -> list[dict[str, Any]]:
    """Events before components, by class and condition; with `ended` also what the city's table has no more."""
    return list(queries.standards_list(connection, kind=kind, class_code=class_code, ended=ended))


def save(connection: Connection, kind: str, standards: Sequence[Standard], source: str, now: datetime) -> Saved:
    """Take over a whole table of one kind: what it has no more is ended, and holds again when a later table has it."""
    stored = {(row["class_code"], row["condition_no"]): row for row in queries.standards_all(connection, kind=kind)}
    known = ((row["class_code"], row["condition"], row["condition_no"]) for row in stored.values())
    rows = {(one.class_code, one.condition_no): _row(one) for one in number_conditions(standards, known)}
    fresh = [key for key in rows if key not in stored]
    changed = [key for key in rows if key in stored and (stored[key]["ended_at"] is not None or _differs(stored[key], rows[key]))]
    gone = [row["standard_id"] for key, row in stored.items() if key not in rows and row["ended_at"] is None]
    for_saving = [
        {**rows[key], "stage_limits": Jsonb(rows[key]["stage_limits"]), "source": source, "now": now} for key in (*fresh, *changed)
    ]
    if for_saving:
        queries.standards_save(connection, for_saving)
    queries.standards_end(connection, ids=gone, now=now)
    return Saved(len(fresh), len(changed), len(gone), len(rows) - len(fresh) - len(changed))


def _row(one: Standard) -> dict[str, Any]:
    return {
        "kind": one.kind, "class_code": one.class_code, "condition_no": one.condition_no, "big_name": one.big_name, "name": one.name,
        "condition": one.condition, "closing": one.closing, "amount": one.limit.amount, "unit": str(one.limit.unit),
        "limit_text": one.limit_text, "stage_limits": {phase: str(limit) for phase, limit in one.stage_limits.items()},
        "units": list(one.units), "authorities": list(one.authorities), "lead_unit": one.lead_unit,
    }  # fmt: skip


def _differs(stored: dict[str, Any], row: dict[str, Any]) -> bool:
    return any(stored[name] != row[name] for name in _COMPARED)
