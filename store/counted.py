"""Rows of ours counted for the catalogue: devices and cells as they stand, reports, alerts, orders, hazards and patrols of a period.

Which rows those are says the view `counted_rows` (migration 0045); every read takes the reader's scope.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from core.model import Scope
from dispatch.periods import Period
from store.timescale import Connection, prefixes, queries

_EVER = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
PARTS = {"numerator": True, "missing": False, "denominator": None}  # which rows of a share: that count, that do not, all


def tally(
    connection: Connection, scope: Scope, measures: Iterable[str], area: str, period: Period | None, as_of: datetime
) -> dict[str, tuple[int, int]]:
    """(numerator, denominator) by measure; one of which there are no rows is left out."""
    rows = queries.counted_tally(connection, measures=list(measures), **_place(scope, area, period, as_of))
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in rows}


def by_street(
    connection: Connection, scope: Scope, measure: str, area: str, period: Period | None, as_of: datetime
) -> list[dict[str, Any]]:
    """[street, name, numerator, denominator], also of rows that lie in none (street '')."""
    return list(queries.counted_by_street(connection, measure=measure, **_place(scope, area, period, as_of)))


def list_rows(
    connection: Connection, scope: Scope, measure: str, area: str, period: Period | None, as_of: datetime,
    *, part: str = "numerator", after: str = "", limit: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows themselves in the order of their ids; `hit`: counts in the numerator."""
    place = _place(scope, area, period, as_of)
    return list(queries.counted_list(connection, measure=measure, hit=PARTS[part], after=after, limit=limit, **place))


def _place(scope: Scope, area: str, period: Period | None, as_of: datetime) -> dict[str, Any]:
    since, until = (period.since, period.until) if period else _EVER
    return {"areas": prefixes(scope), "area": f"{area}%", "since": since, "until": until, "as_of": as_of}
