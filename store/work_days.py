"""The city's own work days, and the calendar they make with the configuration. Decides no deadline."""

from collections.abc import Sequence
from datetime import date

from core.config import Config
from dispatch import work_calendar
from dispatch.work_calendar import OwnDays, WorkCalendar
from store.timescale import Connection, queries


def own_days(connection: Connection) -> OwnDays:
    """The table's days in order: whether each is worked."""
    return tuple((row["day"], row["works"]) for row in queries.clocks_work_days(connection))


def calendar(connection: Connection, config: Config) -> WorkCalendar:
    """The city's calendar as it stands now; the table is asked each time, the calendar kept while it says the same."""
    return work_calendar.build(config.work, config.area.timezone, own_days(connection))


def save(connection: Connection, days: Sequence[tuple[date, bool, str]]) -> None:
    """Take over a list of days, whether each is worked and why: it replaces all there was of the years it names."""
    for year in {day.year for day, _, _ in days}:
        queries.clocks_forget_work_days(connection, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    queries.clocks_save_work_day(connection, [{"day": day, "works": works, "note": note} for day, works, note in days])
