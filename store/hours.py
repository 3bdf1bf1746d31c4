"""Remembers which hours wait to be measured and derived: each once when it is over, and again when late data came.

Kept in the database, so that a leader that dies leaves nothing undone. Decides nothing about what an hour is worth.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from core.quality_config import QualityConfig
from store.timescale import Connection, queries

Work = Literal["measure", "derive", "day"]
HOUR = timedelta(hours=1)
MARK_FOR = timedelta(days=14)  # later than this, data are history: they change no hour any more
_CATCH_UP = 48  # hours, after jobs were away


def hour_of(at: datetime) -> datetime:
    """The start of the hour a moment lies in. Hours are those of UTC; zones that are half an hour off are not served."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def schedule(connection: Connection, config: QualityConfig, now: datetime) -> int:
    """Let the hours that are over be measured; returns how many. On the first call it begins with the hour before."""
    until = hour_of(now - config.settle)
    seen: datetime | None = queries.hours_seen(connection)
    since = max(seen or until - HOUR, until - _CATCH_UP * HOUR)
    hours = [since + n * HOUR for n in range((until - since) // HOUR)]
    if hours:
        add(connection, "measure", hours, HOUR + config.settle)
        queries.hours_see(connection, until=until)
    return len(hours)


def add(connection: Connection, work: Work, hours: Sequence[datetime], after: timedelta = timedelta(0)) -> None:
    """Put work down, due `after` the start of its hour."""
    queries.hours_add(connection, work=work, hours=list(hours), after=after)


def mark_late(connection: Connection, buckets: Sequence[datetime], now: datetime, again: timedelta = timedelta(minutes=30)) -> None:
    """Readings came into these roll-up buckets: hours already measured are measured again, at most every `again`."""
    queries.hours_mark(connection, buckets=list(buckets), since=now - MARK_FOR, due_at=now + again)


def next_due(connection: Connection, work: Work, now: datetime) -> tuple[datetime, int] | None:
    """The oldest hour that is due and where its work goes on; locked."""
    row: dict[str, Any] | None = queries.hours_next(connection, work=work, now=now)
    return (row["at"], row["after_id"]) if row else None


def advance(connection: Connection, work: Work, at: datetime, after_id: int) -> None:
    queries.hours_advance(connection, work=work, at=at, after_id=after_id)


def finish(connection: Connection, work: Work, at: datetime, again_at: datetime) -> None:
    """The work is done, unless it was marked meanwhile: then it is due again."""
    if not queries.hours_repeat(connection, work=work, at=at, due_at=again_at):
        queries.hours_done(connection, work=work, at=at)


def waits(connection: Connection, until: datetime, now: datetime) -> bool:
    """Whether some hour before `until` is due and not done."""
    return bool(queries.hours_waiting(connection, until=until, now=now))
