"""Alerts, cases and complaints counted by one dimension, and the rows behind each count. Which rows count says the view `happenings`.

Every read takes the reader's scope; a drill is counted nowhere. What a count means is `dispatch.repeats`'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.model import Scope
from store import indicators
from store.timescale import Connection, prefixes, queries

NOBODY = indicators.NOBODY  # the key of rows that have none of a dimension
_PLACES = ("district", "street", "community", "cell", "device")
_COMMON = ("class", "class_big", "district", "street", "community", "cell", "severity", "origin", "hour", "weekday", "week_hour", "bucket")
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "alerts": (*_COMMON, "device"), "cases": (*_COMMON, "unit"), "complaints": _COMMON,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows: of a subject, in [since, until), in an area, of classes (or their beginnings) and of a unit where given.

    `by`: one of `DIMENSIONS`, or total; `edges`: of `bucket`, where each begins; `zone`: whose hours and days.
    """

    subject: str
    by: str
    since: datetime
    until: datetime
    zone: str
    area: str = ""
    classes: tuple[str, ...] = ()
    unit: int | None = None
    edges: tuple[datetime, ...] = ()

    def columns(self, scope: Scope) -> dict[str, Any]:
        return {
            "subject": self.subject, "by": self.by, "since": self.since, "until": self.until, "zone": self.zone, "unit": self.unit,
            "area": f"{self.area}%", "areas": prefixes(scope), "classes": [f"{code}%" for code in self.classes] or None,
            "edges": list(self.edges),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """`days`: on how many of the city's days; `tellers`: by how many different devices, people or cases."""

    n: int
    days: int
    tellers: int
    last_at: datetime
    simulated: bool


def tally(connection: Connection, scope: Scope, question: Question) -> dict[str, Count]:
    """Counts by key (`NOBODY`: rows that have none); of no rows there is no key."""
    if question.since >= question.until:
        return {}
    rows = queries.trends_tally(connection, **question.columns(scope))
    return {
        NOBODY if row["key"] is None else row["key"]: Count(row["n"], row["days"], row["tellers"], row["last_at"], row["simulated"])
        for row in rows
    }


def list_rows(
    connection: Connection, scope: Scope, question: Question, key: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """The rows themselves, newest first. `key` None: of all keys."""
    at, row_id = after or (question.until, "")
    columns = question.columns(scope)
    place = {"keyed": key is not None, "key": None if key == NOBODY else key, "after_at": at, "after_id": row_id, "limit": limit}
    return list(queries.trends_rows(connection, **columns, **place))


def known_since(connection: Connection, scope: Scope, subject: str) -> datetime | None:
    """When the first row happened; None: nothing ever did, so far as is known."""
    found: datetime | None = queries.trends_first(connection, subject=subject, areas=prefixes(scope))["at"]
    return found


def count_places(connection: Connection, scope: Scope, by: str, area: str) -> int | None:
    """Among how many places of a kind things could have spread; None where that is no number of like places."""
    found: int | None = queries.trends_count_places(connection, by=by, areas=prefixes(scope), area=f"{area}%")["n"]
    return found


def names(connection: Connection, by: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What keys are called: `{name, name_en, code, area, lon, lat}`, the last four of places only."""
    if by in _PLACES:
        found = queries.trends_places(connection, by=by, keys=[key for key in keys if key != NOBODY])
        return {row["key"]: {**row, "name_en": ""} for row in found}
    called = indicators.names(connection, by, keys)
    return {key: {"name": name, "name_en": name_en} for key, (name, name_en) in called.items()}
