"""A rule's words are what somebody said, read back to the same rule, and two of them are told apart by path."""

import json
from datetime import timedelta

import pytest

from core.config import Config
from core.errors import ConfigError
from core.rule_words import check_rule, differences, line_of, read_rule, read_yaml_words, words_of, write_yaml

DEEP = {
    "kind": "threshold", "label": "积水", "label_en": "Water", "metric": "water_depth", "hold": "90s", "owner": "水利局", "reason": "限值",
    "levels": [{"above": 15, "clear": 10, "severity": 3}, {"above": 25, "severity": 1, "hold": "0s"}],
    "valid": [{"hours": "22:00-06:00", "days": ["mon"], "since": "2026-11-01", "season": ["04-15", "10-15"]}],
}  # fmt: skip


def test_every_rule_of_the_shipped_configuration_reads_back_from_its_words_as_json(config: Config) -> None:
    for name, rule in config.rules.items():
        words = json.loads(json.dumps(words_of(rule)))
        assert read_rule(name, words) == rule
        assert words_of(read_rule(name, words)) == words


def test_words_hold_what_was_said_and_no_default_and_the_same_time_is_the_same_word() -> None:
    words = words_of(read_rule("deep", DEEP))
    assert words == {**DEEP, "hold": "90s"}
    assert words_of(read_rule("deep", {**DEEP, "hold": 3600}))["hold"] == "1h"
    assert words_of(read_rule("deep", {**DEEP, "hold": "500ms"}))["hold"] == "500ms"


def test_what_people_edit_reads_back_whatever_order_the_database_gave_it() -> None:
    shuffled = dict(sorted(words_of(read_rule("deep", DEEP)).items()))
    text = write_yaml(shuffled)
    assert text.startswith("kind: threshold\nlabel: 积水\n")
    assert "days: [mon]" in text
    read, lines = read_yaml_words(text)
    assert words_of(read_rule("deep", read)) == shuffled
    assert text.splitlines()[lines["levels.1.severity"] - 1].strip() == "severity: 1"


def test_differences_are_told_by_path_and_a_withdrawn_rule_says_nothing() -> None:
    after = {**DEEP, "hold": "2m", "levels": [{"above": 15, "clear": 10, "severity": 3}, {"above": 30, "severity": 1, "hold": "0s"}]}
    assert [(one.path, one.before, one.after) for one in differences(DEEP, after)] == [("hold", "90s", "2m"), ("levels.1.above", 25, 30)]
    assert differences(DEEP, DEEP) == []
    assert {one.after for one in differences(DEEP, None)} == {None}


def test_every_fault_of_one_rule_is_told_with_path_line_and_suggestion(config: Config) -> None:
    text = "kind: threshold\nmetric: watr_depth\nlabel: 水\nlabel_en: w\nowner: o\nreason: r\nabove: 5\nclear: 9\nseverity: 3\nhodl: 1s\n"
    words, lines = read_yaml_words(text)
    rule, problems = check_rule("deep", words, config, {})
    told = {
        problem.path.removeprefix("rules.deep."): (line_of(lines, problem.path.removeprefix("rules.deep.")), str(problem))
        for problem in problems
    }
    assert rule is None
    assert told["hodl"] == (10, "rules.deep.hodl: unknown setting — did you mean 'hold'?")
    assert told["metric"] == (2, "rules.deep.metric: no metric is called 'watr_depth' — did you mean 'water_depth'?")
    assert told["clear"][0] == 8


def test_a_kind_that_nobody_knows_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError, match=r"rules\.x\.kind: no kind of rule is called 'treshold' — did you mean 'threshold'\?"):
        read_rule("x", {**DEEP, "kind": "treshold"})
    with pytest.raises(ConfigError, match=r"rules\.x\.kind: is missing"):
        read_rule("x", {"label": "x"})


@pytest.mark.parametrize("words", [None, 3, [], "text", {}])
def test_nonsense_is_a_problem_and_never_a_crash(words: object) -> None:
    with pytest.raises(ConfigError):
        read_rule("x", words)


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\t- x"])
def test_what_is_no_yaml_is_told_with_its_place(text: str) -> None:
    with pytest.raises(ConfigError, match="not YAML"):
        read_yaml_words(text)


def test_the_line_of_what_is_missing_is_the_line_of_what_it_is_missing_in() -> None:
    _, lines = read_yaml_words("levels:\n  - above: 1\n  - above: 2\n")
    assert line_of(lines, "levels.1.severity") == 3
    assert line_of(lines, "owner") is None


def test_hold_of_a_rule_is_a_time(config: Config) -> None:
    rule, problems = check_rule("deep", DEEP, config, {})
    assert problems == []
    assert rule is not None
    assert rule.hold == timedelta(seconds=90)  # type: ignore[union-attr]


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), 10**400])
def test_no_limit_is_nan_or_infinite(limit: float) -> None:
    words = {**{key: word for key, word in DEEP.items() if key != "levels"}, "severity": 3, "above": limit}
    with pytest.raises(ConfigError, match=r"finite|a valid number"):
        read_rule("deep", words)


@pytest.mark.parametrize(("field", "most"), [("label", 80), ("owner", 200), ("reason", 2000), ("runbook", 2000)])
def test_texts_of_a_rule_are_bounded(field: str, most: int) -> None:
    read_rule("deep", {**DEEP, field: "字" * most})
    with pytest.raises(ConfigError, match=field):
        read_rule("deep", {**DEEP, field: "字" * (most + 1)})


def test_a_time_of_day_is_a_word_of_a_rule() -> None:
    patrol = {"kind": "absence", "per": "street", "by": "08:30", "channels": ["collector"], "severity": 4, "label": "巡查", "label_en": "Patrol",
              "owner": "城管", "reason": "每日巡查"}  # fmt: skip
    rule = read_rule("patrol", patrol)
    assert read_rule("patrol", json.loads(json.dumps(words_of(rule)))) == rule
