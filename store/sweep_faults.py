"""A sweep's rows one by one: one that cannot be moved holds up no other, is told of once for each state of it, and is tried again later.

Decides nothing about the rows; what is done to each is its caller's.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import psycopg
import structlog

from store.timescale import Connection, queries

_log = structlog.get_logger(__name__)
_FORGOTTEN = timedelta(days=1)  # that it was tried for the last time: the thing went on by other ways


def sweep_each(connection: Connection, part: str, due: Iterable[tuple[str, int]], do: Callable[[str], object], now: datetime) -> int:
    """`do` each key of `due` (with its version) in a transaction of its own inside this one; returns how many were done.

    What failed in this version waits (10 s, then twice as long each time, an hour at most); another version is tried at once.
    Raises only when the database leaves, which is no row's fault.
    """
    due = list(due)
    if not due:
        return 0
    waiting = {(row["key"], row["version"]) for row in queries.sweep_waiting(connection, part=part, now=now)}
    done = [key for key, version in due if (key, version) not in waiting and _try(connection, part, key, version, do, now)]
    if done:
        for row in queries.sweep_mended(connection, part=part, keys=done):
            _log.info("sweep_row_mended", part=part, key=row["key"], since=row["since"].isoformat())
    return len(done)


def forget_faults(connection: Connection, now: datetime) -> int:
    """Drop what nobody has tried for a day."""
    return int(queries.sweep_forget(connection, before=now - _FORGOTTEN))


def _try(connection: Connection, part: str, key: str, version: int, do: Callable[[str], object], now: datetime) -> bool:
    try:
        with connection.transaction():
            do(key)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except Exception as fault:  # whatever it is: the next row is not guilty of it
        why = f"{type(fault).__name__}: {fault}"[:500]
        if queries.sweep_failed(connection, part=part, key=key, version=version, why=why, now=now) == 1:
            _log.exception("sweep_row_failed", part=part, key=key)
        return False
    return True
