"""What rules of more than one subject must say of themselves, and what they may not."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.checks import check_rules_count_known_things
from core.rule_city import ClusterRule, StandardRule
from core.rule_config import RULE_KINDS

WORDS = {"label": "聚集", "label_en": "cluster", "owner": "指挥中心", "reason": "测试"}
COUNT = {"kind": "count", "classes": ["0502"], "within": "30m", "severity": 3, "at_least": 3}
CLUSTER = {**COUNT, "kind": "cluster"}
RAIN = {"metric": "rain", "above": 16}
CALLS = {"classes": ["0502"]}
COMPOUND = {"kind": "compound", "severity": 2, "conditions": {"rain": RAIN, "calls": CALLS}}
ABSENCE = {"kind": "absence", "severity": 4, "channels": ["collector"], "by": "09:30"}
STANDARD = {"kind": "standard", "figure": "aqi_hour", "levels": [{"severity": 4, "above": 100}]}


def read(words: dict[str, Any]) -> Any:
    return RULE_KINDS[words["kind"]].model_validate({**WORDS, **words})


@pytest.mark.parametrize("words", [COUNT, CLUSTER, COMPOUND, ABSENCE, STANDARD], ids=lambda one: one["kind"])
def test_a_rule_that_was_written_down_reads_the_same_again(words: dict[str, Any]) -> None:
    rule = read(words)
    assert type(rule).model_validate(rule.model_dump(mode="json")) == rule
    assert rule.limits


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({**COUNT, "classes": []}, "what is it to count"),
        ({**COUNT, "at_least": None}, "needs 'severity' and 'at_least'"),
        ({**COUNT, "clear": 4}, "must not be more than"),
        ({**COUNT, "levels": [{"severity": 3, "at_least": 3}]}, "says it all"),
        ({"kind": "count", "classes": ["0502"], "within": "1h",
          "levels": [{"severity": 3, "at_least": 3}, {"severity": 2, "at_least": 3}]}, "mildest to the gravest"),
        ({**CLUSTER, "at_least": 1}, "one alone is no cluster"),
        ({**CLUSTER, "clear": 2}, "without effect"),
        ({**CLUSTER, "channels": ["phone"]}, "channels"),
        ({**COMPOUND, "conditions": {"rain": RAIN}}, "at least 2"),
        ({**COMPOUND, "anchor": "rain"}, "belong together"),
        ({**COMPOUND, "anchor": "water", "radius_m": 100}, "no condition is called 'water'"),
        ({**COMPOUND, "at_least": 3}, "more than there are"),
        ({**COMPOUND, "conditions": {"rain": {**RAIN, **CALLS}, "calls": CALLS}}, "is one thing"),
        ({**COMPOUND, "conditions": {"rain": {"metric": "rain"}, "calls": CALLS}}, "exactly one of 'above' and 'below'"),
        ({**ABSENCE, "every": "2h"}, "exactly one of 'by'"),
        ({**ABSENCE, "since": "10:00"}, "must be earlier"),
        ({**ABSENCE, "by": "9:30"}, "no time of day"),
        ({**ABSENCE, "per": "cell"}, "only those named in 'places'"),
        ({**STANDARD, "words": {"above": 3}}, "either 'levels'"),
        ({**STANDARD, "figure": "aqi"}, "figure"),
        ({**STANDARD, "levels": [], "words": {"above": 6}}, "severity is 1 to 5"),
        ({**STANDARD, "levels": [{"severity": 3, "above": 100}, {"severity": 4, "above": 150}]}, "mildest to the gravest"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_reason(words: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        read(words)


def test_a_count_is_passed_by_the_number_itself_and_a_cluster_is_calm_only_when_nothing_is_left() -> None:
    [limit] = read(COUNT).limits
    assert [limit.is_beyond(n) for n in (2, 3)] == [False, True]
    assert [limit.is_calm(n) for n in (2, 3)] == [True, False]
    cluster: ClusterRule = read({**CLUSTER, "at_least": None, "severity": None,
                                 "levels": [{"severity": 3, "at_least": 3}, {"severity": 1, "at_least": 9, "clear": 7}]})  # fmt: skip
    assert [limit.is_calm(1) for limit in cluster.limits] == [False, True]
    assert [limit.is_calm(0) for limit in cluster.limits] == [True, True]
    assert [limit.is_calm(7) for limit in cluster.limits] == [False, False]


def test_words_of_a_figure_are_levels_by_how_severe_they_are() -> None:
    rule: StandardRule = read({**STANDARD, "levels": [], "figure": "rain_signal_area", "words": {"blue": 4, "red": 1, "yellow": 3}})
    assert [(limit.severity, limit.limit) for limit in rule.limits] == [(4, 2.0), (3, 3.0), (1, 5.0)]


def test_a_rule_names_only_what_there_is_and_never_itself(shipped: dict[str, Any]) -> None:
    assert list(check_rules_count_known_things(shipped)) == []
    rules = {"a": {"classes": ["0599"], "rules": ["a", "smok"]}, "smoke": {"conditions": {"x": {"metric": "raim", "rules": ["smoke"]}}}}
    told = [str(problem) for problem in check_rules_count_known_things({**shipped, "rules": rules})]
    assert len(told) == 5
    for line in ("rules.a.classes: no classe is called '0599'", "does not count what it raises itself", "did you mean 'smoke'",
                 "rules.smoke.conditions.x.metric: no metric is called 'raim' — did you mean 'rain'?", "rules.smoke.conditions.x.rules"):  # fmt: skip
        assert any(line in one for one in told), line
