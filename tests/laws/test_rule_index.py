"""The index of rules finds for a device exactly the rules that asking each of them would find."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import arrange
from alerts.scope import concerns
from core.facts import KnownDevice
from core.rule_config import Rule, ThresholdRule

DEVICE = KnownDevice(1, "kj-17", "海棠路下穿", "water", "320404001001", 12, 119.9, 31.8, timedelta(seconds=30))


def rule(**told: Any) -> ThresholdRule:
    fixed = {
        "kind": "threshold",
        "metric": "water_depth",
        "above": 15,
        "clear": 10,
        "severity": 3,
        "label": "l",
        "label_en": "l",
        "owner": "o",
    }
    return ThresholdRule.model_validate({**fixed, "reason": "r", **told})


words = st.sampled_from(["a", "ab", "abc", "b"])
some = st.lists(words, max_size=2, unique=True)
patterns = st.lists(st.sampled_from(["a", "ab", "*", "a*", "*b", "a*c"]), max_size=2, unique=True)
scopes = st.fixed_dictionaries(
    {
        "domains": st.lists(st.sampled_from(["water", "urban"]), max_size=1),
        "areas": some,
        "cells": some,
        "kinds": some,
        "tags": some,
        "devices": patterns,
    }
)


@given(st.lists(scopes, max_size=8), words, words, st.none() | words, st.none() | words, some, st.sampled_from(["water", "urban"]))
def test_the_index_finds_whom_asking_every_rule_would_find(
    told: list[dict[str, Any]], name: str, area: str, cell: str | None, kind: str | None, tags: list[str], domain: str
) -> None:
    device = replace(DEVICE, device=name, area=area, cell_code=cell, kind=kind, tags=tuple(tags), domain=domain)
    rules: dict[str, Rule] = {f"r{number}": rule(**scope) for number, scope in enumerate(told)}
    found = [one.name for one in arrange(rules, {}).of(device, "water_depth")]
    assert found == [name for name, one in rules.items() if isinstance(one, ThresholdRule) and concerns(one, device)]
