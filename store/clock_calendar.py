"""Lets running clocks follow the city's work calendar: when its days or hours change, deadlines are computed anew from their start.

Each clock bears the stamp of the calendar that its moments are of, so nobody need know what changed, when, or by whom. What a changed
calendar does to a clock is `dispatch.clocks`'.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from core.config import Config
from dispatch.clocks import TOTAL, Clock
from store.acts import logged
from store.clock_sweep import differs, tell_retimed
from store.clocks import clock_of, recomputed, row_of, terms_of
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
    moved = [(row, old, recomputed(terms, old, now)) for row in rows for old in [clock_of(row)]]
    told = sorted({row["case_number"] for row, old, new in moved if differs(old, new)})
    with logged(connection, "case", told, now):
        queries.clocks_put(connection, [row_of(row["case_number"], new) for row, old, new in moved if new != old])
        whole = [_of_case(row, new) for row, old, new in moved if new.name == TOTAL and differs(old, new)]
        if whole:
            queries.clocks_retime_cases(connection, whole)
        if told:
            queries.clocks_touch_cases(connection, numbers=told, now=now)
            tell_retimed(connection, moved, now)
    _log.info("calendar_followed", calendar=terms.calendar.stamp, clocks=len(stale), cases_moved=len(told))
    return len(stale) == at_once


def _of_case(row: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    return {"case_number": row["case_number"], "due_at": clock.due_at, "yellow_at": clock.yellow_at, "overdue_at": clock.overdue_at}
