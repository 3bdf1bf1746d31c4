"""A rule played over what was stored rings as it would have rung, and its sums are those of its rings."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.backtest import Counted, Player, Ring, play, rules_of, why_not
from alerts.backtest_sums import Real, compare, sum_up
from core.config import Config
from core.facts import KnownDevice, MetricInfo, StateMoved
from core.model import Quality
from core.rule_parts import MetricRule
from core.rule_words import read_rule

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ZONE = ZoneInfo("Asia/Shanghai")
METRIC = MetricInfo(1, "water_depth", "积水", "cm")
DEVICE = KnownDevice(1, "d", "水位计", "water", "320404001001", None, None, None, MINUTE)
WORDS = {
    "kind": "threshold", "metric": "water_depth", "above": 15, "clear": 10, "severity": 3, "hold": "2m", "label": "积水", "label_en": "Water",
    "owner": "水利局", "reason": "限值",
}  # fmt: skip


def rule_of(**words: Any) -> Any:
    rule = read_rule("deep", {key: value for key, value in {**WORDS, **words}.items() if value is not None})
    assert isinstance(rule, MetricRule)
    return rule


def states(now: datetime, *values: float | None, step: timedelta = MINUTE, quality: Quality = Quality.GOOD) -> list[StateMoved]:
    return [StateMoved(DEVICE, METRIC, value, quality, now + n * step) for n, value in enumerate(values)]


def rung(config: Config, now: datetime, rule: Any, told: list[StateMoved], patience: timedelta = HOUR) -> list[tuple[float, float | None]]:
    rings = play(rules_of("deep", rule, config), rule, told, patience, told[-1].observed_at + MINUTE)
    return [((ring.since - now) / MINUTE, None if ring.until is None else (ring.until - now) / MINUTE) for ring in rings]


def test_it_rings_when_its_hold_is_over_and_returns_beyond_its_clearing_point(config: Config, now: datetime) -> None:
    assert rung(config, now, rule_of(), states(now, 5, 20, 20, 20, 12, 9, 20, 5)) == [(3, 5)]
    assert rung(config, now, rule_of(hold="0s"), states(now, 5, 20, 12, 9, 20)) == [(1, 3), (4, None)]


def test_what_falls_due_between_two_readings_rings_when_it_was_due(config: Config, now: datetime) -> None:
    assert rung(config, now, rule_of(), states(now, 20, 20, step=10 * MINUTE)) == [(2, None)]


def test_a_device_that_says_nothing_for_longer_than_its_patience_begins_nothing(config: Config, now: datetime) -> None:
    assert rung(config, now, rule_of(hold="5m"), states(now, 20, 5, step=10 * MINUTE), patience=3 * MINUTE) == []
    assert rung(config, now, rule_of(hold="2m"), states(now, 20, 5, step=10 * MINUTE), patience=3 * MINUTE) == [(2, 10)]


def test_values_that_cannot_be_trusted_or_are_missing_neither_ring_nor_clear(config: Config, now: datetime) -> None:
    bad = states(now, 30, 30, 30, 30, quality=Quality.SUSPECT)
    assert rung(config, now, rule_of(), bad) == []
    assert rung(config, now, rule_of(hold="0s"), states(now, 20, None, None)) == [(0, None)]


def test_a_rule_rings_only_in_its_valid_times_and_goes_on_after_them(config: Config, now: datetime) -> None:
    noon = rule_of(hold="0s", valid=[{"hours": "12:00-12:03"}])  # now is noon in Changzhou
    assert rung(config, now, noon, states(now, 5, 20, 20, 20, 20, 5, 20, 20)) == [(1, 5)]


def test_levels_worsen_the_same_ring(config: Config, now: datetime) -> None:
    levels = [{"above": 15, "clear": 10, "severity": 3}, {"above": 25, "severity": 1}]
    rule = rule_of(above=None, clear=None, severity=None, hold="0s", levels=levels)
    player = Player(rules_of("deep", rule, config), rule, HOUR, Counted())
    rings = [ring for state in states(now, 5, 20, 30, 20, 5) for ring in player.take(state)]
    assert [(ring.severity, ring.value, ring.until and (ring.until - ring.since) / MINUTE) for ring in rings] == [(1, 20, 3)]
    assert (player.counted.worsened, player.counted.readings) == (1, 5)


def test_what_comes_and_goes_is_damped_as_it_is_live(config: Config, now: datetime) -> None:
    flips = states(now, *[20, 5] * 12)
    rings = rung(config, now, rule_of(hold="0s"), flips)
    assert len(rings) == config.flapping.times


def test_a_value_that_stands_still_is_found_in_what_was_stored(config: Config, now: datetime) -> None:
    stuck = rule_of(kind="stuck", above="5m", clear=None, hold=None)
    assert [since for since, _ in rung(config, now, stuck, states(now, *[7.0] * 10))] == [6]


def test_a_rise_within_a_span_is_found_in_what_was_stored(config: Config, now: datetime) -> None:
    rate = rule_of(kind="rate", above=10, clear=5, span="10m", hold="0s")
    slow, fast = [float(n) / 2 for n in range(30)], [float(n) / 2 for n in range(15)] + [20.0 + n for n in range(15)]
    assert rung(config, now, rate, states(now, *slow)) == []
    assert [since for since, _ in rung(config, now, rate, states(now, *fast))] == [15]


def test_kinds_that_cannot_be_played_say_so(config: Config) -> None:
    assert "cannot be backtested yet" in (why_not(config.rules["silent"]) or "")
    assert "'report'" in (why_not(config.rules["hotline-urgent"]) or "")
    assert why_not(rule_of()) is None
    assert "cannot be backtested yet" in (why_not(rule_of(kind="deviation")) or "")


def ring(now: datetime, since: float, length: float | None, device: str = "d", severity: int = 3) -> Ring:
    began = now + since * MINUTE
    return Ring(device, began, None if length is None else began + length * MINUTE, severity, 20.0)


def test_sums_are_those_of_the_rings(now: datetime) -> None:
    rings = [ring(now, 0, 1), ring(now, 60, 3, "e"), ring(now, 90, 2), ring(now, 23 * 60, None, "e", 1)]
    sums = sum_up(rings, now, now + timedelta(days=1), ZONE)
    assert (sums.rings, sums.open, sums.devices) == (4, 1, 2)
    assert (sums.total_s, sums.median_s, sums.p95_s, sums.longest_s) == (66 * 60, 120, 3600, 3600)
    assert sums.by_severity == {1: 1, 3: 3}
    assert {hour: count for hour, count in enumerate(sums.by_hour) if count} == {11: 1, 12: 1, 13: 2}
    assert sums.by_day == [("2026-11-21", 3), ("2026-11-22", 1)]
    assert sums.top == [("d", 2, 180.0), ("e", 2, 63 * 60)]


def test_nothing_rang_is_no_division_by_nothing(now: datetime) -> None:
    sums = sum_up([], now, now + HOUR, ZONE)
    assert (sums.rings, sums.total_s, sums.median_s, sums.p95_s, sums.top) == (0, 0, None, None, [])
    assert compare([], [], now).false_share is None


def test_rings_are_held_against_what_rang_and_what_people_said_of_it(now: datetime) -> None:
    rings = [ring(now, 0, 5), ring(now, 100, 5), ring(now, 200, 5, "e")]
    alerts = [
        Real("d", now + 4 * MINUTE, now + 9 * MINUTE, "false_alarm"),
        Real("d", now + 106 * MINUTE, None, "real"),
        Real("e", now + 300 * MINUTE, now + 301 * MINUTE, "real"),
        Real("f", now, now + MINUTE, "false_alarm"),
        Real("f", now, now + MINUTE, None),
        Real("f", now, now + MINUTE, "test"),
    ]
    found = compare(rings, alerts, now + 10 * HOUR)
    assert (found.real, found.matched, found.unmatched) == (6, 2, 1)
    assert (found.judged, found.false, found.false_share) == (2, 1, 0.5)
    assert (found.missed, found.missed_real, found.missed_false) == (4, 1, 1)


@pytest.mark.parametrize("order", [1, -1])
def test_an_older_reading_is_not_looked_at_after_a_newer_one(config: Config, now: datetime, order: int) -> None:
    rule = rule_of(hold="0s")
    told = states(now, 5, 20, 5, 20)
    rings = play(rules_of("deep", rule, config), rule, [told[1], told[0], told[2]][::order] if order == 1 else told[:3], HOUR, now + HOUR)
    assert [(one.since - now) / MINUTE for one in rings] == [1]
