"""What is not wrong with a rule and still worth a word is found, and nothing is said of a good one."""

from datetime import date, timedelta
from typing import Any

from alerts.remarks import WORDS, Told, of_city, of_words
from alerts.rules import arrange_config
from cli.rules import _SAYS
from core.config import Config
from core.facts import KnownDevice
from core.rule_config import Rule
from tests.few_rules import WORDS as FEW
from tests.few_rules import with_few

TODAY = date(2026, 11, 21)


def told(config: Config, **words: Any) -> set[tuple[str, str]]:
    rules: dict[str, Rule] = {"new": with_few(config, new={**FEW["gas-high"], **words}).rules["new"]}
    return {(one.rule, one.word) for one in of_words(rules, config, TODAY)}


def device(name: str, kind: str = "", domain: str = "emergency") -> KnownDevice:
    return KnownDevice(len(name), name, name, domain, "320404001001", None, None, None, timedelta(minutes=1), kind=kind or None)


def test_of_a_good_rule_nothing_is_said(config: Config) -> None:
    assert told(config) == set()
    assert of_words(config.rules, config, TODAY) == []


def test_a_limit_that_no_plausible_value_reaches_or_clears_is_told(config: Config) -> None:
    assert told(config, above=100, clear=40) == {("new", "unreachable")}
    assert told(config, above=50, clear=-1) == {("new", "never_clears")}
    assert told(config, above=None, below=0, clear=5) == {("new", "unreachable")}
    assert told(config, above=None, below=20, clear=120) == {("new", "never_clears")}


def test_a_rule_without_runbook_or_that_is_off_or_over_is_told(config: Config) -> None:
    rule = with_few(config).rules["gas-high"].model_copy(update={"runbook": " "})
    assert [one.word for one in of_words({"new": rule}, config, TODAY)] == ["no_runbook"]
    assert told(config, enabled=False) == {("new", "off")}
    assert told(config, valid=[{"until": "2026-11-20"}]) == {("new", "over")}
    assert told(config, valid=[{"until": "2026-11-20"}, {"hours": "08:00-18:00"}]) == set()


def test_rules_that_concern_nobody_and_rules_that_ring_twice_are_told_with_how_many(config: Config) -> None:
    city = with_few(config, kitchen={**FEW["gas-high"], "kinds": ["厨房"]}, tunnel={**FEW["crowd"], "devices": ["tunnel-*"]})
    devices = [Told(device("a", "厨房"), frozenset({"gas"})), Told(device("bb"), frozenset({"gas", "smoke"}))]
    found = {(one.rule, one.word, one.detail) for one in of_city(city.rules, arrange_config(city), devices)}
    assert ("crowd", "no_device", "crowd") in found
    assert ("tunnel", "no_device", "crowd") in found
    assert ("gas-high", "overlaps", "gas-low: 2") in found
    assert ("gas-high", "overlaps", "kitchen: 1") in found
    assert not {rule for rule, word, _ in found if word == "no_device"} & {"silent", "smoke", "gas-low", "kitchen"}


def test_every_remark_has_words_on_the_command_line() -> None:
    assert set(_SAYS) == set(WORDS)
