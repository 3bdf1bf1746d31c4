"""What makes a past incident like a present one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.similar import Happening, rank

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
METRE = 1 / 111_320


def past(number: int, *, days: float = 0, hours: float = 0, metres: float = 0, code: str = "0502") -> Happening:
    return Happening(number, code, 119.9, 31.8 + metres * METRE, NOW - timedelta(days=days, hours=hours))


def order(*others: Happening) -> list[int]:
    return [like.incident_id for like in rank(past(0), others, ZONE)]


def test_the_same_place_season_hour_and_class_come_first() -> None:
    assert order(past(1, metres=800), past(2, days=180), past(3, hours=11), past(4, code="0505"), past(5, days=365)) == [5, 4, 1, 3, 2]


def test_a_year_and_a_day_are_circles() -> None:
    [like] = rank(Happening(0, "0502", 119.9, 31.8, datetime(2026, 1, 2, 15, 30, tzinfo=UTC)),
                  [Happening(1, "0502", 119.9, 31.8, datetime(2024, 12, 30, 16, 30, tzinfo=UTC))], ZONE)  # fmt: skip
    assert (like.season_days <= 4, like.hours) == (True, 1.0)


def test_an_incident_is_not_like_itself() -> None:
    assert order(past(0), past(1)) == [1]


def test_of_equals_the_later_comes_first() -> None:
    assert order(past(1, days=730.5), past(2, days=365.25)) == [2, 1]
