"""A storm begins when more arrives than a desk can take, ends by itself after calm, and never flickers in between."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import load as isa
from alerts.storm import Load, Storm, capacity, judge, reached, worth
from core.storm_config import StormConfig, StormStep

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CONFIG = StormConfig()


def test_it_begins_above_what_the_officers_on_shift_can_take() -> None:
    assert judge(None, Load(20, 2), CONFIG, NOON) is None
    assert judge(None, Load(21, 2), CONFIG, NOON) == "begin"
    assert judge(None, Load(21, 3), CONFIG, NOON) is None


def test_with_nobody_on_shift_the_configured_officers_are_counted() -> None:
    assert capacity(Load(0, 0), CONFIG) == 20


def test_it_ends_only_after_a_span_of_calm() -> None:
    storm = Storm(1, NOON, None)
    assert judge(storm, Load(15, 2), CONFIG, NOON) is None
    assert judge(storm, Load(9, 2), CONFIG, NOON) == "calm"
    calm = Storm(1, NOON, NOON)
    assert judge(calm, Load(9, 2), CONFIG, NOON + 4 * MINUTE) is None
    assert judge(calm, Load(12, 2), CONFIG, NOON + 4 * MINUTE) == "again"
    assert judge(calm, Load(9, 2), CONFIG, NOON + 5 * MINUTE) == "end"


def test_a_group_weighs_by_its_number_and_never_less_than_its_worst() -> None:
    assert [worth(count, 4, CONFIG) for count in (1, 19, 20, 49, 50)] == [4, 4, 2, 2, 1]
    assert worth(20, 1, CONFIG) == 1
    assert [reached(count, CONFIG) for count in (19, 20, 50)] == [0, 1, 2]


def test_steps_must_go_up() -> None:
    with pytest.raises(ValueError, match="more severe"):
        StormConfig(steps=(StormStep(count=20, severity=1), StormStep(count=50, severity=2)))


def ring(minute: float, subject: str = "a", severity: int = 3) -> isa.Ring:
    return isa.Ring(NOON + minute * MINUTE, "r", subject, severity, subject)


def test_an_hour_of_thirty_rings_is_five_in_ten_minutes() -> None:
    found = isa.figures([ring(2 * n, f"s{n}") for n in range(30)], 1, NOON, NOON + 60 * MINUTE, 2, CONFIG)
    assert (found["per_10_min"], found["per_10_min_officer"], found["peak_10_min"], found["flood_percent"], found["stale"]) == (
        5.0,
        2.5,
        5,
        0.0,
        1,
    )


def test_a_span_above_ten_for_each_officer_is_flood() -> None:
    found = isa.figures([ring(0.1 * n, f"s{n}") for n in range(21)], 0, NOON, NOON + 60 * MINUTE, 2, CONFIG)
    assert found["flood_percent"] == pytest.approx(16.7)


def test_three_rings_within_a_minute_chatter_and_the_top_says_its_share() -> None:
    rings = [ring(0, "a"), ring(0.5, "a"), ring(1, "a"), ring(0, "b"), ring(2, "b"), ring(4, "b"), ring(9, "c", 1)]
    found = isa.figures(rings, 0, NOON, NOON + 10 * MINUTE, 1, CONFIG)
    assert [one["subject"] for one in found["chattering"]] == ["a"]
    assert [(one["subject"], one["count"]) for one in found["top"]] == [("a", 3), ("b", 3), ("c", 1)]
    assert found["top_percent"] == 100.0
    assert found["severities"]["1"] == 1


def test_nothing_that_rang_is_no_load() -> None:
    found = isa.figures([], 0, NOON, NOON + MINUTE, 1, CONFIG)
    assert (found["rings"], found["per_10_min"], found["flood_percent"], found["top"]) == (0, 0.0, 0.0, [])
