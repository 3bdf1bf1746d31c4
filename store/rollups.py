"""Roll-ups of readings, and the end of what is kept no longer. Recomputing a bucket twice gives the same rows.

A writer that found its bucket already marked leaves no trace of its own; so marks taken are computed only once every
transaction that could have seen them is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog

from core.config import RetentionConfig
from store import hours, idempotency
from store.live_rows import forget_deltas
from store.timescale import Connection, queries

_log = structlog.get_logger(__name__)
BUCKET = timedelta(minutes=5)
_MOST_BUCKETS = 12  # in one transaction: an hour
_MOST_ROWS = 10_000
_OUTBOX_FOR = timedelta(days=30)
_PROCESS_FOR = timedelta(days=1)  # a process that ended is still named this long
_FEED_SILENT_FOR = timedelta(seconds=30)


class _Taken(msgspec.Struct):
    """Marks taken from the table and not yet computed; kept in the database so that no crash loses one."""

    buckets: list[datetime]
    frontier: str | None = None


def take_dirty(connection: Connection, now: datetime) -> int:
    """Move the marks of buckets that are over into our keeping; returns how many wait. Commit before `compute_dirty`."""
    taken = _recall(connection)
    buckets = {row["bucket"] for row in queries.rollups_take_dirty(connection, ended=now - BUCKET)}
    if buckets:
        taken = _Taken(sorted(buckets | set(taken.buckets)))
        _remember(connection, taken, now)
    return len(taken.buckets)


def compute_dirty(connection: Connection, now: datetime) -> int:
    """Recompute some of the waiting buckets, oldest first; 0 when none waits or a writer is still under way."""
    taken = _recall(connection)
    if not taken.buckets:
        return 0
    if taken.frontier is None:
        _remember(connection, _Taken(taken.buckets, queries.rollups_frontier(connection)), now)
        return 0
    if not queries.rollups_passed(connection, frontier=taken.frontier):
        return 0
    due, rest = taken.buckets[:_MOST_BUCKETS], taken.buckets[_MOST_BUCKETS:]
    _compute(connection, due)
    hours.mark_late(connection, due, now)
    _remember(connection, _Taken(rest, taken.frontier if rest else None), now)
    return len(due)


def _compute(connection: Connection, due: Sequence[datetime]) -> None:
    """All at once; when their data break the sum, each alone, so that a bad one costs only itself and is not tried for ever."""
    try:
        with connection.transaction():
            queries.rollups_clear(connection, buckets=list(due))
            queries.rollups_compute(connection, buckets=list(due))
    except psycopg.DataError as flaw:
        if len(due) == 1:
            _log.error("rollup_left_out", bucket=due[0].isoformat(), why=str(flaw).strip())
            return
        for bucket in due:
            _compute(connection, [bucket])


def _recall(connection: Connection) -> _Taken:
    row = queries.rollups_recall(connection)
    return msgspec.msgpack.decode(bytes(row["memory"]), type=_Taken) if row else _Taken([])


def _remember(connection: Connection, taken: _Taken, now: datetime) -> None:
    queries.rollups_remember(connection, memory=msgspec.msgpack.encode(taken), now=now)


def read(
    connection: Connection, metric: str, since: datetime, until: datetime, streets: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Rows {bucket, street, count, sum, min, max} of a metric, oldest first; `streets` None: all."""
    rows = queries.rollups_read(connection, metric=metric, since=since, until=until)
    return [row for row in rows if streets is None or row["street"] in streets]


def forget_old(connection: Connection, retention: RetentionConfig, now: datetime) -> dict[str, int]:
    """Drop what is older than the configuration keeps it; returns rows (of readings: chunks) by table. Large heaps go in portions."""
    return {
        "readings": len(list(queries.retention_drop_readings(connection, before=now - retention.readings))),
        "rejected": int(queries.retention_rejected(connection, before=now - retention.rejected, most=_MOST_ROWS)),
        "audit": int(queries.retention_audit(connection, before=now - retention.audit, most=_MOST_ROWS)),
        "change_log": int(queries.retention_changes(connection, before=now - retention.audit, most=_MOST_ROWS)),
        "sessions": int(queries.retention_sessions(connection, now=now)),
        "outbox": int(queries.retention_outbox(connection, before=now - _OUTBOX_FOR)),
        "idempotency": idempotency.purge(connection, now),
        "feed_health": int(queries.retention_feed_health(connection, before=now - _PROCESS_FOR)),
    }


def forget_live(connection: Connection, retention: RetentionConfig, now: datetime) -> int:
    """Drop deltas older than a screen may resume from."""
    return forget_deltas(connection, now - retention.live)


def mark_silent_feeds(connection: Connection, now: datetime) -> int:
    """A feed whose worker says nothing is stopped, whatever it said last."""
    return int(queries.feed_health_stale(connection, before=now - _FEED_SILENT_FOR, now=now))
