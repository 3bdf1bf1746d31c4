"""When a rule may ring: days, hours, weekdays and seasons of the city's own clock. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.rule_parts import ValidTimes

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def may_ring(valid: Sequence[ValidTimes], at: datetime, zone: ZoneInfo) -> bool:
    """Whether one of the spans holds `at`; where none is named, always."""
    if not valid:
        return True
    there = at.astimezone(zone)
    return any(_holds(span, there) for span in valid)


def begins_next(valid: Sequence[ValidTimes], after: datetime, zone: ZoneInfo) -> datetime:
    """When it may ring next, if none of the spans holds now; a week from now where none begins in it: then it is to be asked again."""
    clocks = {time(0)} | {time.fromisoformat(span.hours.partition("-")[0]) for span in valid if span.hours}
    today, a_week = after.astimezone(zone).date(), after + timedelta(weeks=1)
    edges = (datetime.combine(today + timedelta(days=n), clock, zone) for n in range(9) for clock in sorted(clocks))
    return next((edge for edge in edges if after < edge < a_week and may_ring(valid, edge, zone)), a_week)


def _holds(span: ValidTimes, there: datetime) -> bool:
    """Over midnight the hours belong to the day they began on: `fri 22:00-06:00` holds on Saturday morning."""
    day = there.date()
    if span.hours is not None:
        begins, ends = (_minutes(word) for word in span.hours.split("-"))
        minute = there.hour * 60 + there.minute
        over_midnight = ends <= begins
        if not (begins <= minute < ends if not over_midnight else minute >= begins or minute < ends):
            return False
        if over_midnight and minute < ends:
            day = date.fromordinal(day.toordinal() - 1)
    if (span.since and day < span.since) or (span.until and day > span.until):
        return False
    if span.days and _DAYS[day.weekday()] not in span.days:
        return False
    return span.season is None or _in_season(span.season, f"{day:%m-%d}")


def _in_season(season: tuple[str, str], day: str) -> bool:
    first, last = season
    return first <= day <= last if first <= last else day >= first or day <= last


def _minutes(word: str) -> int:
    """Of a time of day; 24:00 is the end of it."""
    if word == "24:00":
        return 24 * 60
    at = time.fromisoformat(word)
    return at.hour * 60 + at.minute
