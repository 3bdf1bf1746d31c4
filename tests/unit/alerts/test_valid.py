"""When a rule may ring, by the city's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.valid import begins_next, may_ring
from core.rule_parts import ValidTimes

ZONE = ZoneInfo("Asia/Shanghai")


def at(word: str) -> datetime:
    return datetime.fromisoformat(word).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("valid", "moment", "holds"), [
    ({}, "2026-11-21T03:00", True),
    ({"hours": "07:00-21:00"}, "2026-11-21T06:59", False), ({"hours": "07:00-21:00"}, "2026-11-21T07:00", True),
    ({"hours": "07:00-21:00"}, "2026-11-21T21:00", False),
    ({"hours": "22:00-06:00"}, "2026-11-21T23:00", True), ({"hours": "22:00-06:00"}, "2026-11-21T05:59", True),
    ({"hours": "22:00-06:00"}, "2026-11-21T06:00", False), ({"hours": "18:00-24:00"}, "2026-11-21T23:59", True),
    ({"days": ["sat"]}, "2026-11-21T12:00", True), ({"days": ["mon", "fri"]}, "2026-11-21T12:00", False),
    ({"days": ["fri"], "hours": "22:00-06:00"}, "2026-11-21T03:00", True),  # the night that began on Friday
    ({"days": ["sat"], "hours": "22:00-06:00"}, "2026-11-21T03:00", False),
    ({"season": ["04-15", "07-15"]}, "2026-07-15T23:59", True), ({"season": ["04-15", "07-15"]}, "2026-07-16T00:00", False),
    ({"season": ["11-01", "02-28"]}, "2026-01-05T12:00", True), ({"season": ["11-01", "02-28"]}, "2026-03-01T12:00", False),
    ({"since": "2026-11-21"}, "2026-11-20T23:59", False), ({"until": "2026-11-21"}, "2026-11-21T23:59", True),
    ({"until": "2026-11-21"}, "2026-11-22T00:00", False),
])  # fmt: skip
def test_a_span_holds_as_written_ends_excluded_for_hours_and_included_for_days(valid: dict[str, object], moment: str, holds: bool) -> None:
    assert may_ring([ValidTimes.model_validate(valid)], at(moment), ZONE) is holds


def test_one_of_several_spans_suffices_and_none_is_always() -> None:
    spans = [ValidTimes(hours="07:00-08:00"), ValidTimes(hours="17:00-18:00")]
    assert [may_ring(spans, at(f"2026-11-21T{hour}:30"), ZONE) for hour in ("07", "12", "17")] == [True, False, True]
    assert may_ring([], at("2026-11-21T03:00"), ZONE)


def test_the_hours_are_the_citys_and_not_the_servers() -> None:
    assert may_ring([ValidTimes(hours="07:00-08:00")], datetime.fromisoformat("2026-11-20T23:30:00+00:00"), ZONE)


@pytest.mark.parametrize(("valid", "after", "begins"), [
    ({"hours": "13:00-20:00"}, "2026-11-21T12:00", "2026-11-21T13:00"), ({"hours": "13:00-20:00"}, "2026-11-21T20:00", "2026-11-22T13:00"),
    ({"days": ["sat"]}, "2026-11-22T10:00", "2026-11-28T00:00"), ({"days": ["fri"], "hours": "22:00-06:00"}, "2026-11-21T07:00", "2026-11-27T22:00"),
    ({"season": ["04-15", "07-15"]}, "2026-04-12T12:00", "2026-04-15T00:00"),
    ({"season": ["04-15", "07-15"]}, "2026-11-21T12:00", "2026-11-28T12:00"),  # in none of the next days: asked again in a week
])  # fmt: skip
def test_the_next_moment_to_ring_is_when_a_span_begins(valid: dict[str, object], after: str, begins: str) -> None:
    assert begins_next([ValidTimes.model_validate(valid)], at(after), ZONE) == at(begins)
