"""Ends reports that said themselves when they end: a warning's expiry is its stated end, not a silence.

Nothing else ends by time. Its alert returns as for any ending: acknowledged ones are over, the others wait to be seen.
"""

from datetime import datetime

from core.changes import AlertReturned, Change
from store.acts import logged
from store.save import save
from store.timescale import Connection, queries

_AT_ONCE = 200  # the next second takes the rest


def end_expired(connection: Connection, now: datetime) -> int:
    """End what was to end by `now`; `ended_at` becomes its stated end. Returns how many."""
    due = list(queries.reports_expired(connection, now=now, limit=_AT_ONCE))
    if not due:
        return 0
    ids = [row["report_id"] for row in due]
    with logged(connection, "report", ids, now):
        queries.reports_expire(connection, ids=ids, now=now)
    rung = queries.reports_rung(connection, subjects=[f"report:{row['source']}/{row['external_id']}" for row in due])
    changes: list[Change] = [AlertReturned(row["alert_id"], now, None) for row in rung]
    save(connection, changes, now)
    return len(due)
