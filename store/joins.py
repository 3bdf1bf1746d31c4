"""Why each part is in its incident, and who took it out again. Only this module writes `incident_joins`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.timescale import Connection, queries

MACHINE = "machine"
KINDS = ("alert", "report")
_SHOWN = ("at", "by", "by_hand", "reason")
_LEFT = ("at", "left_at", "left_by", "why")


@dataclass(frozen=True, slots=True)
class Join:
    """A part that enters an incident. `subject` is under what it may come again; the reason is JSON."""

    incident_id: int
    kind: str
    part_id: int
    subject: str
    reason: Mapping[str, Any]


def add(connection: Connection, joins: Sequence[Join], now: datetime, by: str = MACHINE, *, by_hand: bool = False) -> None:
    """Write down why parts entered; `by` names the person who did it by hand."""
    rows = [
        {"incident_id": one.incident_id, "kind": one.kind, "part_id": one.part_id, "subject": one.subject, "reason": one.reason}
        for one in joins
    ]
    if rows:
        queries.joins_add(connection, rows=Jsonb(rows), now=now, by=by, by_hand=by_hand)


def leave(connection: Connection, kind: str, ids: Sequence[int], now: datetime, by: str, why: str) -> None:
    """A person takes parts out of the incident they are in: the machine never joins them to it again."""
    if ids:
        queries.joins_leave(connection, kind=kind, ids=list(ids), now=now, by=by, why=why or None)


def link(connection: Connection, incident_id: int, now: datetime, by: str, why: str, **ids: Sequence[int]) -> None:
    """A person's act put `alerts` and `reports` into an incident on the way (a case was opened, a report merged)."""
    for kind in KINDS:
        parts = list(ids.get(f"{kind}s", ()))
        if parts:
            queries.joins_leave_others(connection, kind=kind, ids=parts, incident_id=incident_id, now=now, by=by, why=why or None)
            queries.joins_link(
                connection, kind=kind, ids=parts, incident_id=incident_id, now=now, by=by, reason=Jsonb({"class": "hand", "act": why})
            )


def beside(members: Mapping[str, Any], joins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The members of an incident, each with its `join` {at, by, by_hand, reason}; `left`: parts that were taken out, by whom and why."""
    now = {(one["kind"], one["part_id"]): {name: one[name] for name in _SHOWN} for one in joins if one["left_at"] is None}
    told = {f"{kind}s": [{**row, "join": now.get((kind, row["id"]))} for row in members[f"{kind}s"]] for kind in KINDS}
    left = [
        {"kind": one["kind"], "id": one["part_id"], **{name: one[name] for name in _LEFT}} for one in joins if one["left_at"] is not None
    ]
    return {**told, "left": left}


def of_incident(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """Every join of an incident, also those that were left; oldest first."""
    return list(queries.joins_of_incident(connection, incident_id=incident_id))
