"""The dispatch desk's queue beyond what a live picture holds: pages of a tab, the most urgent first, and how many there are.

What is in a tab stands in `dispatch.desk_tabs`. Changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.model import Scope
from dispatch.desk_tabs import LIGHTS, STAGES
from store import units
from store.timescale import Connection, prefixes, queries

CURSOR = (int, str, str)  # of `Asked.after`: rank, deadline, number


@dataclass(frozen=True, slots=True)
class Asked:
    """A tab of the desk and what its rows must be. `unit`: those below it too; `text`: part of number, title or address, small letters."""

    tab: str = "all"
    area: str = ""
    class_code: str | None = None
    source: str | None = None
    light: str | None = None
    unit: int | None = None
    text: str | None = None
    after: Sequence[Any] | None = None
    limit: int = 100


def read_page(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> list[dict[str, Any]]:
    """Red, yellow, green, then what stands still; within a light the earliest deadline. What is to be registered goes by severity instead.

    `{shape, rank, due}` each, the last two for the cursor.
    """
    rank, due, number = asked.after or (None, None, None)
    return list(queries.case_queue_page(
        connection, **_wanted(connection, scope, now, asked), tab=asked.tab, stages=_stages(asked.tab), limit=asked.limit,
        after_rank=rank, after_due=due, after_number=number,
    ))  # fmt: skip


def _stages(tab: str) -> list[str] | None:
    return list(STAGES[tab]) if tab in STAGES else None


def count(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> dict[str, dict[str, int]]:
    """`{"tabs": {tab: n}, "lights": {light: n}}` of the cases that fit; tab and page of what is asked do not matter."""
    stages = {"checked" if tab == "check" else tab: list(of) for tab, of in STAGES.items()}  # no parameter may be named like a word of SQL
    row = queries.case_queue_counts(connection, **_wanted(connection, scope, now, asked), **stages)
    beside = {"overdue": row["red"], "adjust": row["adjust"], "all": row["open"]}
    return {"tabs": {tab: row[tab] for tab in STAGES} | beside, "lights": {light: row[light] for light in LIGHTS}}


def _wanted(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> dict[str, Any]:
    return {
        "areas": prefixes(scope), "area": f"{asked.area}%", "now": now, "class_code": asked.class_code, "source": asked.source,
        "light": LIGHTS.index(asked.light) if asked.light else None, "text": asked.text,
        "units": list(units.units_below(connection, asked.unit)) if asked.unit is not None else None,
    }  # fmt: skip
