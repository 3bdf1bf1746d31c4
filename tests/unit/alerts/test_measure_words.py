"""How much a rule was passed by, as titles say it; and what rules ask of the past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts import measure_words
from alerts.measures import measure_of
from alerts.rules import arrange
from alerts.wanted import wanted
from core.facts import KnownDevice, MetricInfo, Moved, StateMoved
from core.figure import Figure
from core.model import Quality
from core.rule_config import Rule

READ: TypeAdapter[Any] = TypeAdapter(Rule)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LEVEL = MetricInfo(7, "water_level", "河道水位", "m")
NAMED = [{"named": "警戒水位", "severity": 4, "above": -0.3}, {"named": "警戒水位", "severity": 3, "above": 0}]


def rule(**told: Any) -> Any:
    return READ.validate_python({"label": "规则", "label_en": "rule", "owner": "o", "reason": "r", "metric": "water_level", **told})


def state(value: float | None = 4.1, metric: MetricInfo = LEVEL, quality: Quality = Quality.GOOD, **own: float) -> StateMoved:
    device = KnownDevice(3, "d", "站", "water", "320404", None, None, None, timedelta(minutes=1), levels={"water_level": own})
    return StateMoved(device, metric, value, quality, NOW)


@pytest.mark.parametrize(("told", "level", "figure", "words"), [
    ({"kind": "rate", "span": "30m", "above": 0.3, "severity": 3}, 0, Figure(0.42), "规则 +0.42 m/30min"),
    ({"kind": "rate", "span": "30m", "below": -0.3, "severity": 3}, 0, Figure(-0.42, True, 0.5), "规则 -0.42 m/30min(完整度 50%)"),
    ({"kind": "deviation", "by": "percent", "below": -50, "severity": 3}, 0, Figure(-61.7), "规则 较同期 -62%"),
    ({"kind": "stuck", "above": "6h", "severity": 5}, 0, Figure(90_000.0), "规则 4.10 m 1 d 1 h 不变"),
    ({"kind": "window", "fold": "mean", "span": "90m", "above": 3, "severity": 3}, 0, Figure(3.456), "规则 1 h 30 min 3.46 m"),
    ({"kind": "named_level", "levels": NAMED}, 0, Figure(4.1), "接近警戒水位 差 0.20 m"),
    ({"kind": "named_level", "levels": NAMED}, 1, Figure(5.7), "超警戒 1.40 m"),
])  # fmt: skip
def test_a_title_says_by_how_much(told: dict[str, Any], level: int, figure: Figure, words: str) -> None:
    one = rule(**told)
    assert measure_of(one).label(one, level, figure, state(警戒水位=4.3)) == words


@pytest.mark.parametrize(("span", "words"), [
    (timedelta(0), "0 s"), (timedelta(seconds=59), "59 s"), (timedelta(hours=1), "1 h"), (timedelta(days=2, hours=3, minutes=4), "2 d 3 h"),
])  # fmt: skip
def test_a_span_is_told_by_its_two_greatest_units(span: timedelta, words: str) -> None:
    assert measure_words.span_told(span) == words


def test_only_rules_that_look_back_ask_and_only_of_values_they_go_by() -> None:
    rise, plain = rule(kind="rate", span="30m", above=0.3, severity=3), rule(kind="threshold", above=9, severity=3)
    rules = arrange({"rise": rise, "plain": plain}, {})
    asked = wanted(rules, Moved(states=[state()]))
    assert [(one.key.until, one.key.span, one.anyhow) for one in asked.windows] == [(NOW, timedelta(minutes=30), False)]
    assert [one.anyhow for one in wanted(rules, Moved(due_waits=[state()])).windows] == [True]
    assert not wanted(rules, Moved(states=[state(None), state(quality=Quality.SUSPECT), state(metric=MetricInfo(8, "flow", "", ""))]))
    assert not wanted(arrange({"plain": plain}, {}), Moved(states=[state()]))


def test_a_rule_of_several_spans_asks_for_each() -> None:
    rain = rule(
        kind="window", metric="rain", fold="sum", span="1h", each="1h", above=35, severity=4, further=[{"span": "3h", "limits": [55]}]
    )
    asked = wanted(arrange({"rain": rain}, {}), Moved(states=[state(metric=MetricInfo(9, "rain", "", "mm"))])).windows
    assert [(one.key.span, one.key.each) for one in asked] == [(n * timedelta(hours=1), timedelta(hours=1)) for n in (1, 3)]
    assert {one.interval for one in asked} == {timedelta(minutes=1)}
