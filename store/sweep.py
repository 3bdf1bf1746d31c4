"""What falls due without anybody acting: reports, clocks of cases, suspensions, shelvings, approvals and shifts at their end.

The leader calls each part each second, in a transaction of its own: one that fails holds up no other. Due times are columns; this only
asks for those that have passed. The clock is a parameter.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from core.config import Config
from store import adjustments, alerts, approvals, case_sweep, clock_sweep, expiry, shifts
from store.timescale import Connection

PARTS: Mapping[str, Callable[[Connection, datetime, Config], int]] = {
    "expiry": lambda connection, now, _: expiry.end_expired(connection, now),
    "clocks": lambda connection, now, _: clock_sweep.sweep(connection, now),
    "suspensions": case_sweep.end_suspensions,
    "requests": lambda connection, now, _: adjustments.lapse_late(connection, now),
    "shelvings": lambda connection, now, _: alerts.end_shelving(connection, now),
    "approvals": lambda connection, now, _: approvals.expire(connection, now),
    "shifts": lambda connection, now, config: shifts.sweep(connection, config.duty.shift_for, now),
}


def sweep(connection: Connection, now: datetime, config: Config) -> int:
    """All parts at one moment, each once however often it is asked; returns how many things moved."""
    return sum(part(connection, now, config) for part in PARTS.values())
