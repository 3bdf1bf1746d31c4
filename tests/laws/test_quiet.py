"""Quiet hours end: at their end nobody is quiet, whatever hours somebody chose and in whatever night the clocks change."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dispatch.quiet import quiet_until

CITY = ZoneInfo("Asia/Shanghai")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())  # noqa: DTZ001 the zone follows
def test_at_the_end_nobody_is_quiet_and_the_end_is_never_more_than_a_day_away(at: datetime, starts: time, ends: time) -> None:
    now = at.replace(tzinfo=CITY)
    until = quiet_until(now, CITY, starts, ends)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until(until, CITY, starts, ends) is None
