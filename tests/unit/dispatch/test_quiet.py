"""Quiet hours by the clock of the city, over midnight too."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

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
