"""Periods: they tile the calendar, meet their neighbours, and find the year before."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.errors import Invalid
from core.evaluation_config import PeriodsConfig
from dispatch.periods import KINDS, before, current, period_of, span, year_before

ZONE = ZoneInfo("Asia/Shanghai")
PLAIN, HOTLINE = PeriodsConfig(), PeriodsConfig(month_starts=19, day_starts="12:00")


@pytest.mark.parametrize("config", [PLAIN, HOTLINE])
@pytest.mark.parametrize("kind", KINDS)
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, config: PeriodsConfig) -> None:
    period = period_of(kind, date(2028, 3, 31), config, ZONE)
    for _ in range(60):
        previous = before(period, config, ZONE)
        assert (previous.until, previous.kind) == (period.since, kind)
        period = previous


@pytest.mark.parametrize("config", [PLAIN, HOTLINE])
@pytest.mark.parametrize("kind", KINDS)
def test_every_moment_lies_in_the_current_period(kind: str, config: PeriodsConfig) -> None:
    now = datetime(2026, 10, 1, 0, 30, tzinfo=ZONE)
    for _ in range(120):
        now += timedelta(hours=31)
        period = current(kind, now, config, ZONE)
        assert period.since <= now < period.until, (kind, now, period)


def test_the_hotlines_day_runs_from_noon_to_noon_and_its_month_is_made_of_such_days() -> None:
    day = period_of("day", date(2026, 11, 21), HOTLINE, ZONE)
    assert (day.since.isoformat(), day.until.isoformat()) == ("2026-11-20T12:00:00+08:00", "2026-11-21T12:00:00+08:00")
    month = period_of("month", date(2026, 11, 1), HOTLINE, ZONE)
    first, last = (period_of("day", name, HOTLINE, ZONE) for name in (date(2026, 10, 19), date(2026, 11, 18)))
    assert (month.label, month.since, month.until) == ("2026-11", first.since, last.until)


def test_a_year_earlier_is_the_same_period_and_weekdays_meet() -> None:
    assert year_before(period_of("month", date(2026, 2, 1), PLAIN, ZONE), PLAIN, ZONE).label == "2025-02"
    assert year_before(period_of("day", date(2028, 2, 29), PLAIN, ZONE), PLAIN, ZONE).label == "2027-02-28"
    week = period_of("week", date(2026, 11, 21), PLAIN, ZONE)
    assert year_before(week, PLAIN, ZONE).since == week.since - timedelta(weeks=52)
    two = span(datetime(2026, 11, 3, tzinfo=ZONE), datetime(2026, 11, 5, tzinfo=ZONE), ZONE)
    assert (before(two, PLAIN, ZONE).until, year_before(two, PLAIN, ZONE).since.year) == (two.since, 2025)


def test_labels_and_shares_of_time() -> None:
    labels = [period_of(kind, date(2026, 11, 21), PLAIN, ZONE).label for kind in KINDS]
    assert labels == ["2026-11-21", "2026-W47", "2026-11", "2026-Q4", "2026"]
    day = period_of("day", date(2026, 11, 21), PLAIN, ZONE)
    assert [day.elapsed(day.since + timedelta(hours=hours)) for hours in (-1, 6, 24, 99)] == [0, 0.25, 1, 1]


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(Invalid):
        period_of("decade", date(2026, 1, 1), PLAIN, ZONE)
    with pytest.raises(Invalid):
        span(datetime(2026, 1, 2, tzinfo=ZONE), datetime(2026, 1, 2, tzinfo=ZONE), ZONE)
