"""What the five units mean, told with days of the Chinese calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import Invalid
from core.work_config import Limit, SeasonConfig, TimeUnit, WorkConfig
from dispatch.work_calendar import KNOWN, build, unknown_years

ZONE = "Asia/Shanghai"
PLAIN = build(WorkConfig(), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        (3, TimeUnit.WORK_DAYS, "2026-11-25 16:40"),  # Friday's last 50 minutes, Monday, Tuesday, and Wednesday until 16:40
        (4, TimeUnit.WORK_HOURS, "2026-11-23 13:40"),  # 50 minutes, Monday morning, and 10 minutes after its noon
        (2, TimeUnit.URGENT_HOURS, "2026-11-20 18:40"),
        (1, TimeUnit.URGENT_DAYS, "2026-11-21 16:40"),
        (5, TimeUnit.NATURAL_DAYS, "2026-11-25 16:40"),
    ],
)
def test_from_a_friday_at_16_40(amount: int, unit: TimeUnit, due: str) -> None:
    assert PLAIN.add(at("2026-11-20 16:40"), Limit(amount, unit)) == at(due)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-09-30 16:40", 1, "2026-10-08 16:40"),  # 1 to 7 October are holidays
        ("2026-10-09 16:40", 1, "2026-10-10 16:40"),  # a Saturday that is worked for them
        ("2026-02-13 17:00", 2, "2026-02-24 17:00"),  # worked on Saturday the 14th, then Spring Festival until the 23rd
        ("2026-11-21 12:00", 1, "2026-11-23 17:30"),  # a Saturday: the whole Monday, until its end and not until Tuesday's beginning
        ("2026-11-20 12:30", 1, "2026-11-23 12:00"),  # at noon: the afternoon and the next morning
        ("2027-05-03 10:00", 1, "2027-05-04 10:00"),  # a year the library does not know: weekends only
    ],
)
def test_holidays_make_up_days_and_moments_outside_office_hours(start: str, amount: int, due: str) -> None:
    assert PLAIN.add(at(start), Limit(amount, TimeUnit.WORK_DAYS)) == at(due)


def test_the_citys_own_table_goes_before_the_countrys_calendar() -> None:
    own = build(WorkConfig(), ZONE, ((date(2026, 10, 8), False), (date(2026, 10, 11), True)))
    assert own.add(at("2026-09-30 16:40"), Limit(2, TimeUnit.WORK_DAYS)) == at("2026-10-10 16:40")
    assert own.works(at("2026-10-11 09:00"))
    assert not own.works(at("2026-10-11 12:00"))


def test_a_city_may_keep_no_public_holidays() -> None:
    weekends = build(WorkConfig(holidays="weekends"), ZONE)
    assert weekends.add(at("2026-09-30 16:40"), Limit(1, TimeUnit.WORK_DAYS)) == at("2026-10-01 16:40")


def test_a_season_has_its_own_hours_and_the_year_may_turn_in_it() -> None:
    winter = SeasonConfig(since="11-01", until="02-28", hours=("09:30-12:30", "13:30-17:30"))
    calendar = build(WorkConfig(seasons=(winter,)), ZONE)
    assert [calendar.works(at(f"{day} 09:15")) for day in ("2026-10-30", "2026-11-02", "2026-01-05", "2026-03-02")] == [
        True,
        False,
        False,
        True,
    ]


def test_years_of_which_only_weekends_are_known_are_named() -> None:
    last = KNOWN[1]
    assert unknown_years("china", (), last, last + 2) == [last + 1, last + 2]
    assert unknown_years("china", ((date(last + 1, 1, 1), False),), last, last + 2) == [last + 2]
    assert unknown_years("weekends", (), last, last + 2) == []


def test_beyond_its_years_the_calendar_says_so() -> None:
    with pytest.raises(Invalid, match="2049"):
        PLAIN.add(at("2049-12-30 10:00"), Limit(20, TimeUnit.WORK_DAYS))
    with pytest.raises(Invalid, match="beyond"):
        PLAIN.add(at("2010-12-30 10:00"), Limit(20, TimeUnit.WORK_DAYS))
