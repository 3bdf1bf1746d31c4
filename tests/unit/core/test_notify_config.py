"""Escalation, channels and the proof in the configuration: a target that leads nowhere is told before the night it is needed."""

import copy
from typing import Any

import pytest

from core.config import parse
from core.errors import ConfigError


@pytest.fixture
def shipped(shipped: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in shipped.items() if key != "rules_files"}


def problems(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ConfigError) as refused:
        parse(raw, "test")
    return {problem.path: f"{problem}" for problem in refused.value.problems}


def test_a_channel_that_nobody_configured_is_named_with_its_neighbour(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["escalations"]["red"]["steps"][0]["targets"] = ["smss/role:duty"]
    assert "did you mean 'sms'?" in problems(raw)["escalations.red.steps.0.targets"]


def test_the_channels_of_the_house_are_not_configured(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["notify"]["channels"]["screen"] = {"kind": "log", "label": "x", "label_en": "x"}
    assert "a channel of the house" in problems(raw)["notify.channels"]


def test_a_proof_needs_the_rule_that_rings_for_it(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    del raw["rules"]["path"]
    assert "no rule looks at the metric 'probe'" in problems(raw)["probe.every"]
    raw["probe"]["every"] = "0s"
    parse(raw, "test")


def test_people_who_are_told_one_by_one_are_named(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["notify"]["channels"]["mail"] = {"kind": "smtp", "label": "x", "label_en": "x", "sender": "a@b.example"}
    raw["escalations"]["red"]["steps"][0]["targets"] = ["mail/all"]
    assert "one by one" in problems(raw)["escalations.red.steps.0.targets"]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"channels": {"a": {"kind": "log", "label": "x", "label_en": "x", "fallback": "b"}}}, "no channel"),
        ({"channels": {n: {"kind": "log", "label": "x", "label_en": "x", "fallback": m} for n, m in (("a", "b"), ("b", "a"))}}, "leads back"),
        ({"copies": [{"templates": ["case_*"], "channels": ["sms"]}]}, "one by one"),
    ],
)  # fmt: skip
def test_fallbacks_and_copies_lead_to_people(shipped: dict[str, Any], part: dict[str, Any], why: str) -> None:
    raw = copy.deepcopy(shipped)
    raw["notify"] |= part
    raw["escalations"] = {}
    assert why in problems(raw)["notify"]


def test_a_secret_does_not_stand_here(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["notify"]["channels"]["sms"]["url"] = "https://gateway.invalid"
    assert "notify.channels.sms.url" in problems(raw)
