"""Periods of evaluation: a day, week, month, quarter or year of the city, the one before (环比) and the same a year earlier (同比).

Pure. Where a day or a month begins is the city's (`core.evaluation_config.PeriodsConfig`): the hotline's month 11 may run from
10-19 12:00 to 11-19 12:00. Days of clock change are as long as they are: all arithmetic is that of the wall clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.evaluation_config import PeriodsConfig

Moment = TypeVar("Moment", date, datetime)

KINDS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """[since, until). `kind` is one of `KINDS` or "span"; `first` the day (of the calendar) that names it: 2026-11-01 for November."""

    kind: str
    first: date
    since: datetime
    until: datetime

    @property
    def label(self) -> str:
        """2026, 2026-Q4, 2026-11, 2026-W47 (its Monday's), 2026-11-21, or both ends of a span."""
        day = self.first
        week = day.isocalendar()
        names = {
            "year": f"{day:%Y}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "month": f"{day:%Y-%m}", "day": f"{day}",
            "week": f"{week.year}-W{week.week:02d}",
        }  # fmt: skip
        return names.get(self.kind, f"{self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}")

    def elapsed(self, now: datetime) -> float:
        """How much of it is over, 0 to 1."""
        return min(1.0, max(0.0, (now - self.since) / (self.until - self.since)))


def period_of(kind: str, day: date, config: PeriodsConfig, zone: ZoneInfo) -> Period:
    """The period of a kind that a day of the calendar names. Raises `Invalid` for a kind there is none of."""
    if kind not in KINDS:
        raise Invalid(f"period: one of {', '.join(KINDS)}")
    if kind == "day":
        return _between(kind, day, day, day + timedelta(days=1), config, zone)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return _between(kind, monday, monday, monday + timedelta(days=7), config, zone)
    months = _MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    start, end = (_month_start(one, config) for one in (first, shift_months(first, months)))
    return _between(kind, first, start, end, config, zone)


def span(since: datetime, until: datetime, zone: ZoneInfo) -> Period:
    """A period from one moment to another. Raises `Invalid` when it is none."""
    if since >= until:
        raise Invalid("'from' must be before 'to'")
    local = since.astimezone(zone)
    return Period("span", local.date(), local, until.astimezone(zone))


def current(kind: str, now: datetime, config: PeriodsConfig, zone: ZoneInfo) -> Period:
    """The period of a kind that a moment lies in."""
    day = now.astimezone(zone).date()
    for name in (day, day + timedelta(days=1), shift_months(day.replace(day=1), 1)):
        found = period_of(kind, name, config, zone)
        if found.since <= now < found.until:
            return found
    return period_of(kind, day, config, zone)


def before(period: Period, config: PeriodsConfig, zone: ZoneInfo) -> Period:
    """The one that ended where this begins (环比)."""
    if period.kind == "span":
        return span(period.since - (period.until - period.since), period.since, zone)
    back = shift_months(period.first, -_MONTHS[period.kind]) if period.kind in _MONTHS else period.first - timedelta(days=1)
    return period_of(period.kind, back, config, zone)


def year_before(period: Period, config: PeriodsConfig, zone: ZoneInfo) -> Period:
    """The same a year earlier (同比); of a week the one 52 weeks earlier, so that weekdays meet."""
    if period.kind == "span":
        return span(_year_back(period.since), _year_back(period.until), zone)
    day = period.first - timedelta(weeks=52) if period.kind == "week" else _year_back(period.first)
    return period_of(period.kind, day, config, zone)


def shift_months(day: date, months: int) -> date:
    """The first of the month so many months on."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _month_start(first: date, config: PeriodsConfig) -> date:
    """The day a named month begins: its first, or the 19th of the month before."""
    return first if config.month_starts == 1 else shift_months(first, -1).replace(day=config.month_starts)


def _between(kind: str, first: date, start: date, end: date, config: PeriodsConfig, zone: ZoneInfo) -> Period:
    hour, minute = (int(part) for part in config.day_starts.split(":"))
    if hour or minute:  # the day D is D-1 12:00 to D 12:00, and so for all that is made of days: their sums are the month's
        start, end = start - timedelta(days=1), end - timedelta(days=1)
    since, until = (datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone) for day in (start, end))
    return Period(kind, first, since, until)


def _year_back(day: Moment) -> Moment:
    """The same day a year earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
