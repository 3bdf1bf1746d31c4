"""Quiet hours by the clock of the city, over midnight too."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dispatch.quiet import quiet_until

CITY = ZoneInfo("Asia/Shanghai")
NIGHT = (time(22), time(7))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY).astimezone(UTC)


def test_a_night_ends_in_the_morning_whichever_side_of_midnight_it_is() -> None:
    assert quiet_until(local(21, 23), CITY, *NIGHT) == local(22, 7)
    assert quiet_until(local(22, 3), CITY, *NIGHT) == local(22, 7)
    assert quiet_until(local(22, 7), CITY, *NIGHT) is None
    assert quiet_until(local(21, 21, 59), CITY, *NIGHT) is None


def test_a_rest_at_noon_lies_within_a_day_and_the_same_hour_twice_is_never() -> None:
    assert quiet_until(local(21, 12, 30), CITY, time(12), time(14)) == local(21, 14)
    assert quiet_until(local(21, 15), CITY, time(12), time(14)) is None
    assert quiet_until(local(21, 12), CITY, time(12), time(12)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())  # noqa: DTZ001 the zone follows
def test_at_the_end_nobody_is_quiet_and_the_end_is_never_more_than_a_day_away(at: datetime, starts: time, ends: time) -> None:
    now = at.replace(tzinfo=CITY)
    until = quiet_until(now, CITY, starts, ends)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until(until, CITY, starts, ends) is None
