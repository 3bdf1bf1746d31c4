"""Counted rows of cases and revisits for figures of evaluation, and the rows behind each figure. Which rows count is `core.row_sets`'s.

Every read takes the reader's scope; a drill is counted nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from core.model import Scope
from core.row_sets import MEASURES, RowSet, names_of
from dispatch.indicators import Tally, weight_of
from dispatch.periods import Period
from store.timescale import Connection, prefixes, queries

NOBODY = "none"  # the key of rows that belong to nobody of a dimension
Names: TypeAlias = Mapping[str, Mapping[str, str]]  # by column of a row, what its values are called
# Columns of a row that are keys, and by which dimensions they are named: an area by any level it may be of.
BELONGS: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit",), "worker": ("worker",), "grid": ("grid",), "area": ("district", "street", "community"),
}  # fmt: skip
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "cases": ("total", "unit", "district", "street", "community", "grid", "worker", "class_big", "class", "source", "rule"),
    "hotline": ("total", "unit", "district", "street", "community", "source"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of a subject are looked at: those of an area and, where given, of a unit, worker, class or source."""

    subject: str
    area: str = ""
    unit: str | None = None
    worker: str | None = None
    class_code: str | None = None
    source: str | None = None

    def columns(self, scope: Scope, period: Period, as_of: datetime) -> dict[str, Any]:
        return {
            "areas": prefixes(scope), "area": f"{self.area}%", "unit": self.unit, "worker": self.worker, "source": self.source,
            "class_code": None if self.class_code is None else f"{self.class_code}%",
            "since": period.since, "until": period.until, "as_of": as_of,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind one figure: of any of some row sets, of one key of a dimension unless that is None; a page of them."""

    rows: Sequence[tuple[RowSet, float]]
    by: str = "total"
    key: str | None = None
    after: str = ""
    limit: int = 100

    def columns(self) -> dict[str, Any]:
        return {
            "by": self.by, "keyed": self.key is not None, "key": None if self.key == NOBODY else self.key, "after": self.after,
            "limit": self.limit, "need": [one.need for one, _ in self.rows], "forbid": [one.forbid for one, _ in self.rows],
        }  # fmt: skip


def tally(connection: Connection, scope: Scope, chosen: Chosen, period: Period, by: str, as_of: datetime) -> dict[str, list[Tally]]:
    """How many rows stand in which sets, by the keys of a dimension (`NOBODY`: rows that have none)."""
    count = getattr(queries, f"indicators_{chosen.subject}_tally")
    return group(count(connection, by=by, **chosen.columns(scope, period, as_of)), chosen.subject)


def group(rows: Iterable[Mapping[str, Any]], subject: str) -> dict[str, list[Tally]]:
    """Rows of a tally query by their key."""
    found: dict[str, list[Tally]] = {}
    for row in rows:
        spans = {name: row[name] for name in MEASURES[subject] if row[name] is not None}
        found.setdefault(NOBODY if row["key"] is None else row["key"], []).append(Tally(row["sets"], row["n"], spans))
    return found


def list_rows(
    connection: Connection, scope: Scope, chosen: Chosen, period: Period, behind: Behind, as_of: datetime
) -> list[dict[str, Any]]:
    """The rows themselves, in the order of their ids, each with the sets it stands in and what it counts for."""
    find = getattr(queries, f"indicators_{chosen.subject}_rows")
    rows = list(find(connection, **chosen.columns(scope, period, as_of), **behind.columns()))
    called: dict[str, dict[str, str]] = {column: {} for column in BELONGS}
    keys = {f"{column}s": list({row[column] for row in rows} - {None}) for column in BELONGS}
    for row in queries.indicators_row_names(connection, **keys):
        called[row["belongs"]][row["key"]] = row["name"]
    return shapes(rows, chosen.subject, behind.rows, called)


def shapes(rows: Sequence[Mapping[str, Any]], subject: str, of: Sequence[tuple[RowSet, float]], called: Names) -> list[dict[str, Any]]:
    """Rows with the names of whom they belong to, the case they are of, their sets, and what they count for."""
    return [
        {
            **{name: value for name, value in row.items() if name not in MEASURES["cases"]},
            "case_number": row["id"].partition("#")[0] if subject == "cases" else None,
            **{f"{column}_name": called[column].get(row[column], row[column]) for column in BELONGS},
            **{f"{name}_s": row[name].total_seconds() if row[name] is not None else None for name in MEASURES[subject]},
            "weight": weight_of(row["sets"], of), "sets": names_of(row["sets"], subject), "mask": row["sets"],
        }
        for row in rows
    ]  # fmt: skip


def names(connection: Connection, by: str, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What units, areas, grids and workers are called, in Chinese and, where there is one, in English."""
    found = queries.indicators_names(connection, by=by, keys=[key for key in keys if key != NOBODY])
    return {row["key"]: (row["name"], row["name_en"]) for row in found}
