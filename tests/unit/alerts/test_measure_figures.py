"""What each kind of measuring rule makes of a reading: rises, folds, what is usual, standing still. Edge cases, and what is not known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alerts.measure_stuck import stood
from alerts.measure_usual import deviation
from alerts.measure_windows import fold, on_scale, rise
from core.figure import Figure
from core.measured import Baseline, Window
from core.rule_measures import DeviationRule, RateRule, StuckRule, WindowRule

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
WORDS: dict[str, Any] = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r", "metric": "m"}


def rate(**told: Any) -> RateRule:
    return RateRule(kind="rate", span=30 * MINUTE, severity=3, **WORDS, **told)


def window(**told: Any) -> WindowRule:
    return WindowRule(kind="window", **WORDS, **{"fold": "sum", "span": HOUR, **told})


def told(figure: Figure | None) -> tuple[float, bool, float] | None:
    """Value, whether it is only a bound, and how much was measured."""
    return None if figure is None else (round(figure.value, 6), figure.bound, round(figure.share, 3))


def test_a_rise_is_the_value_less_the_lowest_of_the_span_and_a_fall_less_the_highest() -> None:
    seen = Window(30, 120.0, 3.6, 4.4)
    assert told(rise(rate(above=0.3), 4.1, seen, MINUTE)) == (0.5, False, 1.0)
    assert told(rise(rate(below=-0.2), 4.1, seen, MINUTE)) == (-0.3, False, 1.0)


def test_a_value_that_only_falls_has_not_risen() -> None:
    assert rise(rate(above=0.3), 3.6, Window(30, 1.0, 3.6, 4.4), MINUTE) == Figure(0.0)
    assert rise(rate(below=-0.3), 4.4, Window(30, 1.0, 3.6, 4.4), MINUTE) == Figure(0.0)


def test_with_readings_missing_a_rise_is_at_least_what_was_seen() -> None:
    seen = Window(20, 1.0, 4.0, 4.4)
    assert told(rise(rate(above=0.3), 4.4, seen, MINUTE)) == (0.4, True, 0.667)
    assert told(rise(rate(above=0.3, complete=0.6), 4.4, seen, MINUTE)) == (0.4, False, 0.667)


def test_without_any_reading_nothing_is_known_of_a_rise() -> None:
    assert rise(rate(above=0.3), 4.4, Window(0), MINUTE) is None


def test_a_sum_with_a_gap_is_at_least_what_fell_and_a_mean_with_one_is_not_known() -> None:
    seen = Window(30, 42.0, 0.0, 4.0)
    assert fold(window(severity=3, above=30), {HOUR: seen}, MINUTE) == Figure(42.0, True, 0.5, HOUR, 42.0)
    assert fold(window(severity=3, above=30, fold="mean"), {HOUR: seen}, MINUTE) is None
    assert fold(window(severity=3, above=30, fold="mean"), {HOUR: Window(60, 42.0, 0.0, 4.0)}, MINUTE) == Figure(0.7, False, 1.0, HOUR, 0.7)


@pytest.mark.parametrize(("how", "side", "figure"), [
    ("max", {"above": 1}, 4.0), ("max", {"below": 1}, None), ("min", {"below": 1}, 0.5), ("min", {"above": 1}, None), ("sum", {"below": 1}, None),
])  # fmt: skip
def test_a_gap_leaves_only_what_it_cannot_make_smaller(how: str, side: dict[str, float], figure: float | None) -> None:
    one = fold(window(severity=3, fold=how, **side), {HOUR: Window(30, 42.0, 0.5, 4.0)}, MINUTE)
    assert (one and (one.value, one.bound)) == (figure and (figure, True))


FLASH_FLOOD: dict[str, Any] = {  # Jianghua county: mm in 1, 3, 6 and 24 h, blue to red
    "levels": [{"severity": 4, "above": 35}, {"severity": 3, "above": 45}, {"severity": 2, "above": 60}, {"severity": 1, "above": 80}],
    "further": [{"span": 3 * HOUR, "limits": (55, 75, 100, 120)}, {"span": 6 * HOUR, "limits": (70, 95, 120, 150)},
                {"span": 24 * HOUR, "limits": (100, 130, 160, 200)}],
    "each": HOUR,
}  # fmt: skip


def flood(*mm: float, hours: tuple[int, ...] = (1, 3, 6, 24)) -> Figure | None:
    one = {n * HOUR: Window(have, amount) for n, amount, have in zip((1, 3, 6, 24), mm, hours, strict=True)}
    return fold(window(**FLASH_FLOOD), one, MINUTE)


def level_of(figure: Figure | None) -> int:
    assert figure is not None
    return sum(one.is_beyond(figure.value) for one in window(**FLASH_FLOOD).limits)


@pytest.mark.parametrize(("mm", "passed"), [
    ((10, 30, 50, 90), 0), ((35, 55, 70, 100), 0), ((36, 36, 36, 36), 1), ((10, 56, 60, 60), 1), ((10, 30, 96, 96), 2), ((10, 30, 50, 161), 3),
    ((10, 121, 121, 121), 4), ((81, 81, 81, 81), 4),
])  # fmt: skip
def test_of_several_spans_the_one_that_is_passed_the_furthest_counts(mm: tuple[float, ...], passed: int) -> None:
    assert level_of(flood(*mm)) == passed


def test_the_span_that_counts_says_what_was_measured_in_it() -> None:
    one = flood(10, 30, 96, 110)
    assert one is not None
    assert (one.span, one.told, one.bound) == (6 * HOUR, 96, False)
    assert one.value == pytest.approx(45 + 1 / 25 * 15)


def test_an_hour_missing_anywhere_makes_the_whole_a_bound() -> None:
    one = flood(36, 36, 36, 36, hours=(1, 2, 5, 20))
    assert one is not None
    assert one.bound  # 2 of 3 hours are less than three quarters


def test_a_scale_is_straight_between_limits_and_in_proportion_beyond() -> None:
    assert [on_scale(amount, (50, 100), (10, 30)) for amount in (0, 25, 50, 75, 100, 200)] == [0, 5, 10, 20, 30, 60]


def usual(by: str = "spread", **told: Any) -> DeviationRule:
    return DeviationRule.model_validate({"kind": "deviation", "by": by, "severity": 3, "above": 3, **WORDS, **told})


def test_a_value_is_told_in_deviations_or_per_cent_of_what_is_usual() -> None:
    past = Baseline(50.0, 4.0, 14, date(2026, 11, 21))
    assert deviation(usual(), 62.0, past) == Figure(3.0)
    assert deviation(usual("percent"), 20.0, past) == Figure(-60.0)


@pytest.mark.parametrize("past", [None, Baseline(50.0, 4.0, 6, date(2026, 11, 21))])
def test_with_too_few_days_nothing_is_known(past: Baseline | None) -> None:
    assert deviation(usual(), 62.0, past) is None


def test_what_never_varied_has_a_least_spread_or_is_not_known() -> None:
    past = Baseline(50.0, 0.0, 14, date(2026, 11, 21))
    assert deviation(usual(), 62.0, past) is None
    assert deviation(usual(least_spread=6.0), 62.0, past) == Figure(2.0)
    assert deviation(usual("percent"), 62.0, Baseline(0.0, 0.0, 14, date(2026, 11, 21))) is None


def still(**told: Any) -> StuckRule:
    return StuckRule.model_validate({"kind": "stuck", "severity": 5, "above": "6h", **WORDS, **told})


def test_a_value_stands_still_since_it_changed_and_never_where_it_may_rest() -> None:
    assert stood(still(), 3.2, NOW, NOW - 7 * HOUR) == Figure(25200.0)
    assert stood(still(**{"except": [0]}), 0.0, NOW, NOW - 90 * HOUR) == Figure(0.0)
    assert stood(still(), 3.2, NOW, None) is None
    assert still().limits[0].limit == 21600
