"""The dispatch desk's queue beyond what a live picture holds: pages of a tab, the most urgent first, and how many there are.

What is in a tab stands in `dispatch.desk_tabs`. Changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.model import Scope
from dispatch.cases import TABLE
from dispatch.desk_tabs import LIGHTS, STAGES
from store import change_log, units
from store.timescale import Connection, prefixes, queries

CURSOR = (int, str, str)  # of `Asked.after`: rank, deadline, number
_RED, _YELLOW, _GREEN, _PAUSED, _NONE = range(len(LIGHTS))
_LATE, _RUNNING, _STANDING, _NO_CLOCK, _STANDING_UNDATED = 0, 1, 3, 4, 5  # of `clock_of` in the database
_CLOCKS = [_LATE, _RUNNING, _STANDING, _NO_CLOCK, _STANDING_UNDATED]
_EVER, _NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # the latter is the deadline of what has none

Row = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where in the index cases of a light lie: `(clock, since, until)` each, with deadlines or all without."""

    rank: int
    parts: Sequence[tuple[int, datetime, datetime]]
    dated: bool = True

    def columns(self, stages: Sequence[str]) -> dict[str, Any]:
        each = [(stage, *part) for stage in stages for part in self.parts]
        of_stage, clocks, since, until = ([*column] for column in zip(*each, strict=True))
        found = {"of_stage": of_stage, "clocks": clocks, "since": since, "until": until}
        return {"by_light": True, "light": self.rank, "dated": self.dated, **found}


def _stretches(now: datetime) -> Sequence[_Stretch]:
    """In the order of the queue. What runs is red from its deadline on, whether or not anybody has marked it yet."""
    return (
        _Stretch(_RED, [(_LATE, _EVER, _NEVER), (_RUNNING, _EVER, now)]),
        *(_Stretch(rank, [(_RUNNING, now, _NEVER)]) for rank in (_YELLOW, _GREEN)),
        _Stretch(_PAUSED, [(_STANDING, _EVER, _NEVER)]),
        _Stretch(_PAUSED, [(_STANDING_UNDATED, _NEVER, _NEVER)], dated=False),
        _Stretch(_NONE, [(_NO_CLOCK, _NEVER, _NEVER)], dated=False),
    )


def read_page(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> list[Row]:
    """Red, yellow, green, then what stands still; within a light the earliest deadline. What is to be registered goes by severity instead.

    `{shape, rank, due}` each, the last two for the cursor.
    """
    shown = [rank for rank, light in enumerate(LIGHTS) if asked.light in (None, light) and (asked.tab != "overdue" or rank == _RED)]
    wanted = {**_wanted(connection, scope, now, asked), "tab": asked.tab, "stages": _stages(asked.tab)}
    few = asked.tab == "adjust" or _narrow(asked)
    queries.cases_walk(connection, sort="on" if few else "off", parallel="2" if few else "0")
    if few or asked.tab == "register":
        rows = _whole(connection, asked, wanted, shown)
    else:
        rows = _by_light(connection, asked, wanted, [stretch for stretch in _stretches(now) if stretch.rank in shown])
    queries.cases_walk(connection, sort="on", parallel="2")
    shapes = change_log.read(connection, "case", [row["number"] for row in rows])
    return [{"shape": shapes[row["number"]], "rank": row["rank"], "due": row["due"]} for row in rows if row["number"] in shapes]


def _whole(connection: Connection, asked: Asked, wanted: Mapping[str, Any], shown: Sequence[int]) -> list[Row]:
    if not shown:
        return []
    light = shown[0] if len(shown) == 1 else None
    once = {**_Stretch(_RED, [(_LATE, _EVER, _NEVER)]).columns([""]), "by_light": False, "light": light}  # where it lies is not asked
    return list(queries.case_queue_walk(connection, **{**wanted, **once, **_after(asked.after)}, limit=asked.limit))


def _by_light(connection: Connection, asked: Asked, wanted: Mapping[str, Any], stretches: Sequence[_Stretch]) -> list[Row]:
    """Stretch by stretch until the page is full: what lies behind it is not read."""
    rows: list[Row] = []
    reached = (asked.after[0], asked.after[1] >= _NEVER) if asked.after else (_RED, False)
    stages = _stages(asked.tab) or [*TABLE]
    for stretch in stretches:
        place = (stretch.rank, not stretch.dated)
        if place < reached or len(rows) >= asked.limit:
            continue
        after = _after(asked.after if place == reached else None)
        rows += queries.case_queue_walk(connection, **{**wanted, **stretch.columns(stages), **after}, limit=asked.limit - len(rows))
    return rows


def _after(cursor: Sequence[Any] | None) -> dict[str, Any]:
    return dict(zip(("after_rank", "after_due", "after_number"), cursor or (None, None, None), strict=True))


def _stages(tab: str) -> list[str] | None:
    return list(STAGES[tab]) if tab in STAGES else None


def count(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> dict[str, dict[str, int]]:
    """`{"tabs": {tab: n}, "lights": {light: n}}` of the cases that fit; tab and page of what is asked do not matter."""
    stages = {"checked" if tab == "check" else tab: list(of) for tab, of in STAGES.items()}  # no parameter may be named like a word of SQL
    wanted = {**_wanted(connection, scope, now, asked), **stages}
    if _narrow(asked):
        row = queries.case_queue_counts(connection, **wanted)
    else:
        queries.cases_walk(connection, sort="off", parallel="0")
        row = queries.case_queue_totals(connection, **wanted, of_stage=[*TABLE], clocks=_CLOCKS)
        queries.cases_walk(connection, sort="on", parallel="2")
    beside = {"overdue": row["red"], "adjust": row["adjust"], "all": row["open"]}
    return {"tabs": {tab: row[tab] for tab in STAGES} | beside, "lights": {light: row[light] for light in LIGHTS}}


def _narrow(asked: Asked) -> bool:
    """Whether so little may fit that it is found first, and sorted or grouped then: walking would read all to the end of each stretch."""
    return any(one is not None for one in (asked.text, asked.class_code, asked.source, asked.unit))


def _wanted(connection: Connection, scope: Scope, now: datetime, asked: Asked) -> dict[str, Any]:
    return {
        "areas": prefixes(scope), "area": f"{asked.area}%" if asked.area else None, "now": now, "class_code": asked.class_code,
        "source": asked.source, "light": LIGHTS.index(asked.light) if asked.light else None, "text": asked.text,
        "units": list(units.units_below(connection, asked.unit)) if asked.unit is not None else None,
    }  # fmt: skip
