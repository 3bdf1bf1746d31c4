"""Lets running clocks follow the city's work calendar: when its days or hours change, deadlines are computed anew from their start.

Each clock bears the stamp of the calendar that its moments are of, so nobody need know what changed, when, or by whom. What a changed
calendar does to a clock is `dispatch.clocks`'.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import Invalid
from dispatch import clocks
from dispatch.clocks import TOTAL, Clock, Terms
from store.acts import logged
from store.clocks import clock_of, row_of, terms_of
from store.timescale import Connection, queries

_log = structlog.get_logger(__name__)
AT_ONCE = 500


def follow_calendar(connection: Connection, config: Config, now: datetime, at_once: int = AT_ONCE) -> bool:
    """Compute the next `at_once` clocks of another calendar anew; whether there may be more.

    A case whose deadline or mark is another gets a new version, a line in its audit and a sign to screens; nobody is called for it.
    """
    terms = terms_of(connection, config)
    stale = list(queries.clocks_take_stale(connection, calendar=terms.calendar.stamp, limit=at_once))
    if not stale:
        return False
    rows = list(queries.clocks_open_of(connection, numbers=sorted({row["case_number"] for row in stale})))
    moved = [(row, old, _recomputed(terms, old, now)) for row in rows for old in [clock_of(row)]]
    told = sorted({row["case_number"] for row, old, new in moved if _differs(old, new)})
    with logged(connection, "case", told, now):
        queries.clocks_put(connection, [row_of(row["case_number"], new) for row, old, new in moved if new != old])
        whole = [_of_case(row, new) for row, old, new in moved if new.name == TOTAL and _differs(old, new)]
        if whole:
            queries.clocks_retime_cases(connection, whole)
        if told:
            queries.clocks_touch_cases(connection, numbers=told, now=now)
            queries.clocks_audit(connection, list(_lines(moved, now)))
    _log.info("calendar_followed", calendar=terms.calendar.stamp, clocks=len(stale), cases_moved=len(told))
    return len(stale) == at_once


def _recomputed(terms: Terms, clock: Clock, now: datetime) -> Clock:
    """One that the calendar cannot reach keeps its moments: it must not hold up the others."""
    try:
        return clocks.recompute(terms, clock, now)
    except Invalid as beyond:
        _log.warning("clock_not_recomputed", clock=clock.name, due_at=clock.due_at.isoformat(), why=str(beyond))
        return replace(clock, calendar=terms.calendar.stamp)


def _differs(old: Clock, new: Clock) -> bool:
    return (old.due_at, old.overdue_at) != (new.due_at, new.overdue_at)


def _of_case(row: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    return {"case_number": row["case_number"], "due_at": clock.due_at, "yellow_at": clock.yellow_at, "overdue_at": clock.overdue_at}


def _lines(moved: list[tuple[dict[str, Any], Clock, Clock]], now: datetime) -> Iterator[dict[str, Any]]:
    """What the audit keeps: which clock, from when to when, and whether a mark was taken off."""
    for row, old, new in moved:
        if _differs(old, new):
            detail: dict[str, Any] = {"clock": new.name, "from": old.due_at.isoformat(), "to": new.due_at.isoformat()}
            if old.overdue_at and not new.overdue_at:
                detail["no_longer_overdue"] = True
            yield {"now": now, "act": "retime", "case_number": row["case_number"], "area": row["area"], "detail": Jsonb(detail)}
