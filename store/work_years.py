"""The city's own work days by year, as an administrator reads and changes them. What a clock makes of them is `store.work_days`'."""

from collections.abc import Sequence
from datetime import date

from dispatch.day_tables import Day
from store import work_days
from store.timescale import Connection, queries


def of_year(connection: Connection, year: int, *, lock: bool = False) -> list[Day]:
    """A year's corrections in order; with `lock` nobody else changes any until this transaction ends."""
    if lock:
        queries.work_days_lock(connection)
    rows = queries.work_days_of_year(connection, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    return [(row["day"], row["works"], row["note"]) for row in rows]


def save(connection: Connection, year: int, days: Sequence[Day]) -> None:
    """These and no others hold in that year."""
    if days:
        work_days.save(connection, days)
    else:
        queries.clocks_forget_work_days(connection, since=date(year, 1, 1), until=date(year + 1, 1, 1))
