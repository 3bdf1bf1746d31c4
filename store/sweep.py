"""What falls due without anybody acting: clocks of cases, suspensions, shelvings, approvals and shifts at their end.

The leader calls it each second. Due times are columns; this only asks for those that have passed. The clock is a parameter.
"""

from datetime import datetime

from core.config import Config
from store import approvals, cases, clock_sweep, shifts
from store.alerts import end_shelving
from store.expiry import end_expired
from store.timescale import Connection


def sweep(connection: Connection, now: datetime, config: Config) -> int:
    """Mark what fell due by `now`, each once however often it is asked; returns how many things moved."""
    # Reports first and their alerts after them, as the workers lock them; the others wait for nobody.
    ended = (
        end_expired(connection, now)
        + clock_sweep.sweep(connection, now)
        + cases.sweep(connection, now, config)
        + end_shelving(connection, now)
    )
    return ended + approvals.expire(connection, now) + shifts.sweep(connection, config.duty.shift_for, now)
