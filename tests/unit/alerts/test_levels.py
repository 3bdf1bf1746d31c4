"""A figure against limits: which is passed now, what has yet to last, and what changes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from alerts.levels import Moment, Ruling, judge
from core.facts import CALM, Wait
from core.figure import Figure
from core.rule_parts import Level

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMITS = (
    Level(severity=3, above=15, clear=10, hold=60 * SECOND),
    Level(severity=2, above=25, clear=20, hold=20 * SECOND),
    Level(severity=1, above=40, clear=30, hold=0 * SECOND),
)
AT_ONCE = tuple(level.model_copy(update={"hold": 0 * SECOND}) for level in LIMITS)
DOWN = (Level(severity=3, below=5, clear=6, hold=0 * SECOND), Level(severity=1, below=2, clear=3, hold=0 * SECOND))


def waits(**since: int) -> Mapping[int, Wait]:
    """Level → how many seconds ago it was passed."""
    hold = {"calm": 600, "mild": 60, "grave": 20}
    levels = {"calm": CALM, "mild": 0, "grave": 1}
    return {
        levels[name]: Wait("r", "s", NOW - ago * SECOND, NOW + (hold[name] - ago) * SECOND, 0.0, levels[name])
        for name, ago in since.items()
    }  # fmt: skip


def rule(value: float, level: int = CALM, stood: Mapping[int, Wait] | None = None, *, due: bool = False, **told: object) -> Ruling:
    limits = told.pop("limits", LIMITS)
    figure = Figure(value, bound=bool(told.pop("bound", False)))
    return judge(limits, figure, level, stood or {}, Moment(NOW, NOW, due), **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "level", "waiting"), [
    (15.0, CALM, set()), (15.1, CALM, {0}), (26.0, CALM, {0, 1}), (40.0, CALM, {0, 1}), (40.1, 2, set()),
])  # fmt: skip
def test_each_limit_waits_for_its_own_time_and_one_without_rings_at_once(value: float, level: int, waiting: set[int]) -> None:
    assert rule(value) == Ruling(level, frozenset(waiting))


def test_a_graver_limit_rings_when_its_own_time_is_over_whatever_the_milder_waits_for() -> None:
    assert rule(30, stood=waits(mild=20, grave=20)) == Ruling(1)
    assert rule(30, stood=waits(mild=60, grave=5)) == Ruling(0, frozenset({1}))


def test_a_wait_is_over_when_its_value_falls_below_the_limit_though_not_to_clear() -> None:
    assert rule(22, stood=waits(mild=10, grave=10)) == Ruling(CALM, frozenset({0}))
    assert rule(14, stood=waits(mild=10)) == Ruling(CALM)


def test_a_wait_that_is_due_rings_without_another_reading_and_one_that_is_not_goes_on() -> None:
    assert rule(30, stood=waits(mild=20, grave=20), due=True) == Ruling(1)
    assert rule(20, stood=waits(mild=59), due=True) == Ruling(CALM, frozenset({0}))


@pytest.mark.parametrize(("value", "level"), [(41, 2), (31, 2), (30, 1), (21, 1), (20, 0), (11, 0), (10, CALM), (-9, CALM)])
def test_each_level_is_left_only_beyond_its_own_clearing_point(value: float, level: int) -> None:
    assert rule(value, 2).level == level


@pytest.mark.parametrize(
    ("value", "level", "then"), [(4.9, CALM, 0), (1.9, CALM, 1), (2.9, 1, 1), (3.0, 1, 0), (5.9, 0, 0), (6.0, 0, CALM)]
)
def test_limits_below_are_the_same_upside_down(value: float, level: int, then: int) -> None:
    assert rule(value, level, limits=DOWN).level == then


def test_a_rule_that_has_fewer_limits_than_when_it_rang_goes_on_at_its_gravest() -> None:
    assert rule(18, 2, limits=LIMITS[:1]) == Ruling(0)
    assert rule(5, 2, limits=LIMITS[:1]) == Ruling(CALM)


def test_outside_its_valid_times_a_rule_begins_nothing_and_goes_on_with_what_rings() -> None:
    assert rule(99, may_ring=False) == Ruling(CALM)
    assert rule(99, stood=waits(mild=60), may_ring=False) == Ruling(CALM)
    assert rule(99, 0, may_ring=False) == Ruling(2)
    assert rule(5, 2, may_ring=False) == Ruling(CALM)


def test_a_bound_rings_and_worsens_and_neither_returns_nor_eases() -> None:
    assert rule(41, bound=True) == Ruling(2)
    assert rule(41, 0, bound=True) == Ruling(2)
    assert rule(12, 1, bound=True) == rule(0, 1, bound=True) == Ruling(1)


def test_what_flaps_is_over_only_after_a_while_of_calm() -> None:
    calm = 600 * SECOND
    assert rule(5, 2, calm=calm) == Ruling(0, frozenset({CALM})), "it eases and waits"
    assert rule(5, 0, waits(calm=599), calm=calm) == Ruling(0, frozenset({CALM}))
    assert rule(5, 0, waits(calm=600), calm=calm) == Ruling(CALM)
    assert rule(5, 0, waits(calm=600), calm=calm, due=True) == Ruling(CALM)


def test_between_limit_and_clearing_point_calm_goes_on_and_beyond_the_limit_it_is_over() -> None:
    calm = 600 * SECOND
    assert rule(14, 0, waits(calm=30), calm=calm, limits=AT_ONCE) == Ruling(0, frozenset({CALM}))
    assert rule(14, 0, calm=calm, limits=AT_ONCE) == Ruling(0), "it begins only below the clearing point"
    assert rule(16, 0, waits(calm=30), calm=calm, limits=AT_ONCE) == Ruling(0)
    assert rule(26, 0, waits(calm=30), calm=calm, limits=AT_ONCE) == Ruling(1)
