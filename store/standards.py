"""Class standards in their table: taken over whole from a city's file, found for a case, listed. Decides no deadline."""

import hashlib
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


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table would change: rows as they would stand; of a changed one what it `was`, under the same names."""

    added: tuple[dict[str, Any], ...] = ()
    changed: tuple[dict[str, Any], ...] = ()
    ended: tuple[dict[str, Any], ...] = ()
    unchanged: int = 0

    @property
    def saved(self) -> Saved:
        return Saved(len(self.added), len(self.changed), len(self.ended), self.unchanged)


def compare(connection: Connection, kind: str, standards: Sequence[Standard]) -> Changes:
    """A whole table of one kind beside what stands. Ended are rows that hold and are not in it; one that comes back is changed."""
    stored = {(row["class_code"], row["condition_no"]): row for row in queries.standards_all(connection, kind=kind)}
    known = ((row["class_code"], row["condition"], row["condition_no"]) for row in stored.values())
    rows = {(one.class_code, one.condition_no): _row(one) for one in number_conditions(standards, known)}
    added = tuple(row for key, row in rows.items() if key not in stored)
    changed = tuple({**row, "was": was} for key, row in rows.items() if key in stored and (was := _differences(stored[key], row)))
    ended = tuple(row for key, row in stored.items() if key not in rows and row["ended_at"] is None)
    return Changes(added, changed, ended, len(rows) - len(added) - len(changed))


def read_version(connection: Connection, kind: str, *, lock: bool = False) -> str:
    """What stands of one kind as a word that changes with it; with `lock` nobody else changes any until this transaction ends."""
    if lock:
        queries.standards_lock(connection)
    return hashlib.sha256(repr(list(queries.standards_all(connection, kind=kind))).encode()).hexdigest()[:16]


def save(connection: Connection, kind: str, standards: Sequence[Standard], source: str, now: datetime) -> Saved:
    """Take over a whole table of one kind: what it has no more is ended, and holds again when a later table has it."""
    changes = compare(connection, kind, standards)
    take(connection, changes, source, now)
    return changes.saved


def take(connection: Connection, changes: Changes, source: str, now: datetime) -> None:
    """Write down what `compare` found, in the transaction in which it looked."""
    rows = [{**row, "stage_limits": Jsonb(row["stage_limits"]), "source": source, "now": now} for row in (*changes.added, *changes.changed)]
    if rows:
        queries.standards_save(connection, rows)
    queries.standards_end(connection, ids=[row["standard_id"] for row in changes.ended], now=now)


def _row(one: Standard) -> dict[str, Any]:
    return {
        "kind": one.kind, "class_code": one.class_code, "condition_no": one.condition_no, "big_name": one.big_name, "name": one.name,
        "condition": one.condition, "closing": one.closing, "amount": one.limit.amount, "unit": str(one.limit.unit),
        "limit_text": one.limit_text, "stage_limits": {phase: str(limit) for phase, limit in one.stage_limits.items()},
        "units": list(one.units), "authorities": list(one.authorities), "lead_unit": one.lead_unit,
    }  # fmt: skip


def _differences(stored: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """What stands and would not stand any more; `ended_at` for a row that had ended."""
    was = {name: stored[name] for name in _COMPARED if stored[name] != row[name]}
    return was | ({"ended_at": stored["ended_at"]} if stored["ended_at"] is not None else {})
