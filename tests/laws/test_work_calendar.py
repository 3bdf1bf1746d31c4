"""Laws of working time: adding and taking away are the identity, more time ends later, and a minute walk comes to the same."""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday
from hypothesis import given, settings
from hypothesis import strategies as st

from core.work_config import Limit, SeasonConfig, TimeUnit, WorkConfig
from dispatch.work_calendar import WorkCalendar, build

ZONE = "Asia/Shanghai"
OWN = ((date(2025, 10, 9), False), (date(2025, 10, 12), True))  # a city's own day off, and a Sunday it works
SUMMER = SeasonConfig(since="05-01", until="09-30", hours=("08:30-11:30", "14:30-18:30"))
CALENDARS = (
    build(WorkConfig(), ZONE, OWN),
    build(WorkConfig(seasons=(SUMMER,)), ZONE, OWN),
    build(WorkConfig(hours=("22:00-24:00", "06:15-07:00")[::-1]), "Europe/Berlin", OWN),
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1095)).map(lambda since: datetime(2024, 1, 1, tzinfo=UTC) + since)
LIMITS = st.builds(Limit, st.one_of(st.integers(1, 60), st.floats(0.01, 60)), st.sampled_from(TimeUnit))


def working(calendar: WorkCalendar, at: datetime) -> datetime:
    """The moment itself when it works, else the first that does after it."""
    if calendar.works(at):
        return at
    tick = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    begin = calendar.begins[bisect_right(calendar.begins, tick)]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=begin)


@given(st.sampled_from(CALENDARS), MOMENTS, LIMITS)
def test_adding_a_limit_and_taking_it_away_again_is_the_identity_on_working_moments(
    calendar: WorkCalendar, at: datetime, limit: Limit
) -> None:
    start = working(calendar, at)
    assert calendar.subtract(calendar.add(start, limit), limit) == start


@given(st.sampled_from(CALENDARS), MOMENTS, LIMITS)
def test_what_was_added_lies_between(calendar: WorkCalendar, at: datetime, limit: Limit) -> None:
    end = calendar.add(at, limit)
    assert end > at
    assert calendar.between(at, end, limit.unit) == calendar.span(limit)
    assert calendar.between(end, at, limit.unit) == -calendar.span(limit)


@given(st.sampled_from(CALENDARS), MOMENTS, MOMENTS, LIMITS, LIMITS)
def test_who_starts_later_or_has_more_time_never_ends_earlier(
    calendar: WorkCalendar, one: datetime, other: datetime, limit: Limit, more: Limit
) -> None:
    early, late = sorted((one, other))
    assert calendar.add(early, limit) <= calendar.add(late, limit)
    less, much = sorted((limit.amount, more.amount))
    assert calendar.add(early, Limit(less, limit.unit)) <= calendar.add(early, Limit(much, limit.unit))


@given(st.sampled_from(CALENDARS), MOMENTS, LIMITS, LIMITS)
def test_time_given_in_two_parts_ends_as_time_given_at_once(calendar: WorkCalendar, at: datetime, limit: Limit, more: Limit) -> None:
    first, second = calendar.span(limit), calendar.span(Limit(more.amount, limit.unit))
    assert calendar.advance(calendar.advance(at, first, limit.unit), second, limit.unit) == calendar.advance(at, first + second, limit.unit)


class Walk:
    """Every minute of some years, asked of the country's calendar one by one: how many were worked before each."""

    def __init__(self, first: int, last: int) -> None:
        self.zone, self.begin = ZoneInfo(ZONE), datetime(first, 1, 1, tzinfo=ZoneInfo(ZONE))
        own, hours = dict(OWN), ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
        a_day = bytes(any(begin <= minute < end for begin, end in hours) for minute in range(24 * 60))
        day, minutes = self.begin.date(), bytearray()
        while day.year <= last:
            minutes += a_day if own.get(day, is_workday(day)) else bytes(24 * 60)
            day += timedelta(days=1)
        self.minutes = bytes(minutes)

    def walk(self, start: datetime, minutes: int) -> datetime:
        """Minute by minute until so many were worked; whole stretches of rest are stepped over, which a walker would do as well."""
        at = (start - self.begin) // timedelta(minutes=1)
        while minutes:
            at = self.minutes.index(1, at) + 1
            minutes -= 1
        return self.begin + timedelta(minutes=at)


def test_ten_thousand_limits_across_holidays_and_make_up_days_come_to_what_a_minute_walk_finds() -> None:
    chance, walk, calendar = random.Random(5), Walk(2023, 2026), CALENDARS[0]
    for _ in range(10_000):
        start = walk.begin + timedelta(minutes=chance.randrange(3 * 365 * 24 * 60))
        unit = chance.choice((TimeUnit.WORK_HOURS, TimeUnit.WORK_DAYS))
        amount = chance.randint(1, 40) if unit is TimeUnit.WORK_HOURS else chance.randint(1, 8)
        minutes = amount * (60 if unit is TimeUnit.WORK_HOURS else 7 * 60)
        assert calendar.add(start, Limit(amount, unit)) == walk.walk(start, minutes), (start, amount, unit)


@settings(max_examples=20)
@given(MOMENTS, st.integers(1, 60))
def test_urgent_and_natural_time_knows_no_night_and_no_holiday(at: datetime, amount: int) -> None:
    for calendar in CALENDARS:
        assert calendar.add(at, Limit(amount, TimeUnit.URGENT_HOURS)) - at == timedelta(hours=amount)
        for unit in (TimeUnit.URGENT_DAYS, TimeUnit.NATURAL_DAYS):
            assert calendar.add(at, Limit(amount, unit)) - at == timedelta(days=amount)
