"""When somebody is sent to a silent device: after its limit of listened time, not while a gateway is down, not at once after a return."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.maintenance import Silence, is_due, limit_of, limits
from alerts.rules import Rules, arrange_config
from core.config import Config, NoDataRule
from core.facts import Listening

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULE = NoDataRule(
    kind="no_data", label="失联", label_en="Silent", severity=5, class_code="0601", owner="x", reason="x",
    intervals=4, at_least=2 * MINUTE, case_after=24 * HOUR, case_after_of={"水位计": HOUR},
)  # fmt: skip
SILENCE = Silence(
    1, "silent", NOW - 24 * HOUR, 1, "d", "d", None, None, "water", "320404", 5 * MINUTE, NOW - 25 * HOUR,
    heard=Listening("city", NOW - 99 * HOUR, NOW),
)  # fmt: skip


@pytest.fixture
def rules(config: Config) -> Rules:
    return arrange_config(config.model_copy(update={"rules": {"silent": RULE}}))


def test_its_kind_says_how_long_or_the_rule_or_nobody() -> None:
    none = RULE.model_copy(update={"case_after": None})
    assert (limit_of(RULE, None), limit_of(RULE, "水位计"), limit_of(none, "x"), limit_of(none, "水位计")) == (24 * HOUR, HOUR, None, HOUR)
    assert limits(RULE) == [(None, 24 * HOUR), ("水位计", HOUR)]
    assert (limits(none), limits(none.model_copy(update={"case_after_of": {}}))) == ([("水位计", HOUR)], [])


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, True),
        ({"raised_at": NOW - 24 * HOUR + MINUTE}, False),
        ({"raised_at": NOW - HOUR, "kind": "水位计"}, True),
        ({"deaf": MINUTE}, False),
        ({"deaf": MINUTE, "raised_at": NOW - 24 * HOUR - MINUTE}, True),
        ({"heard": None}, False),
        ({"heard": Listening("city", NOW - 99 * HOUR, NOW - MINUTE)}, False),
        ({"heard": Listening("city", NOW - 3 * MINUTE, NOW)}, False),
        ({"heard": Listening("city", NOW - 4 * MINUTE, NOW)}, True),
        ({"gateway_down": True}, False),
        ({"gateway_back_at": NOW - 19 * MINUTE}, False),
        ({"gateway_back_at": NOW - 20 * MINUTE}, True),
    ],
)
def test_a_silence_is_due_when_its_alert_has_lasted_as_far_as_anybody_can_know(rules: Rules, change: dict[str, object], due: bool) -> None:
    assert is_due(replace(SILENCE, **change), RULE, rules, NOW) is due  # type: ignore[arg-type]


def test_an_alert_that_came_again_lasts_since_this_silence_outlasted_its_patience(rules: Rules) -> None:
    again = replace(SILENCE, raised_at=NOW - 72 * HOUR, silent_at=NOW - 24 * HOUR - 19 * MINUTE)
    assert not is_due(again, RULE, rules, NOW)
    assert is_due(replace(again, silent_at=NOW - 24 * HOUR - 20 * MINUTE), RULE, rules, NOW)


def test_an_alert_of_the_same_moment_as_its_silence_is_of_this_silence(rules: Rules) -> None:
    left = NOW - 24 * HOUR  # a camera whose platform said so: nobody waits for it to outlast anything
    assert is_due(replace(SILENCE, raised_at=left, silent_at=left), RULE, rules, NOW)
