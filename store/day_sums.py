"""Sums the measured hours of the city's days, so that a count over a quarter reads days, and hours only of those that need it.

A day that is not summed, or whose hours were measured anew, is read hour by hour until it is: no count ever depends on these sums.
"""

from datetime import datetime, timedelta

from alerts.figures import LEAST_OF_HOUR
from core.config import Config
from core.day import Day, day_of
from store.timescale import Connection, queries

_MOST_BACK = timedelta(days=400)


def take_out(connection: Connection, hour: datetime) -> None:
    """An hour was measured anew: the sums of its day hold no more."""
    queries.day_sums_take_out(connection, hour=hour)


def sum_next(connection: Connection, config: Config, now: datetime) -> bool:
    """Sum up the newest day that is over and is not; False when there is none."""
    day = _next(connection, config, now)
    if day is None:
        return False
    queries.day_sums_lock(connection)  # who measures an hour of this day meanwhile takes it out after us
    queries.day_sums_forget(connection, since=day.start, until=day.end)
    queries.day_sums_sum(connection, since=day.start, until=day.end, enough=LEAST_OF_HOUR)
    queries.day_sums_mark(connection, since=day.start, until=day.end)
    return True


def _next(connection: Connection, config: Config, now: datetime) -> Day | None:
    zone, first = config.area.zone, queries.day_sums_first_hour(connection)
    if first is None:
        return None
    summed = {(row["day"], row["until"]) for row in queries.day_sums_list(connection)}
    day = day_of(now - config.quality.settle - timedelta(hours=1), zone)
    oldest = max(first, now - _MOST_BACK)
    while (day := day_of(day.start - timedelta(minutes=1), zone)).end > oldest:
        if (day.start, day.end) not in summed:
            return day
    return None
