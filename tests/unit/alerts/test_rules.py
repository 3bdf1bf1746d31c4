"""Whom a rule concerns, and that a device finds all of its rules and no other, however many there are."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.rules import arrange
from alerts.scope import concerns
from core.facts import KnownDevice
from core.names import fits
from core.rule_config import Rule, ThresholdRule

DEVICE = KnownDevice(
    1, "kj-17", "海棠路下穿", "water", "320404001001", 12, 119.9, 31.8, timedelta(seconds=30), kind="积水计", tags=("下穿", "学校"),
    cell_code="C0012",
)  # fmt: skip


def rule(metric: str = "water_depth", **told: Any) -> ThresholdRule:
    fixed = {"kind": "threshold", "metric": metric, "above": 15, "clear": 10, "severity": 3, "label": "l", "label_en": "l", "owner": "o"}
    return ThresholdRule.model_validate({**fixed, "reason": "r", **told})


@pytest.mark.parametrize(("scope", "concerned"), [
    ({}, True),
    ({"domains": ["water"]}, True), ({"domains": ["urban"]}, False),
    ({"areas": ["320404001"]}, True), ({"areas": ["320404002", "320404001001"]}, True), ({"areas": ["320404002"]}, False),
    ({"cells": ["C0012"]}, True), ({"cells": ["C0013"]}, False),
    ({"kinds": ["积水计"]}, True), ({"kinds": ["水位计"]}, False),
    ({"tags": ["学校", "医院"]}, True), ({"tags": ["医院"]}, False),
    ({"devices": ["kj-*"]}, True), ({"devices": ["*-17"]}, True), ({"devices": ["k*1*"]}, True), ({"devices": ["kj-17"]}, True),
    ({"devices": ["kj-1"]}, False), ({"devices": ["kj-*8"]}, False), ({"devices": ["KJ-*"]}, False),
    ({"domains": ["water"], "tags": ["学校"], "devices": ["kj-*"]}, True),
    ({"domains": ["water"], "tags": ["医院"], "devices": ["kj-*"]}, False),
])  # fmt: skip
def test_all_scopes_that_are_named_must_fit_and_one_word_of_each_suffices(scope: dict[str, Any], concerned: bool) -> None:
    ours = rule(**scope)
    assert concerns(ours, DEVICE) is concerned
    assert bool(arrange({"r": ours}, {}).of(DEVICE, "water_depth")) is concerned


def test_a_star_stands_for_any_letters_and_everything_else_for_itself() -> None:
    assert fits("a.b*", "a.bc")
    assert not fits("a.b*", "axbc")


def test_rules_are_found_in_the_order_of_the_configuration_and_disabled_ones_not_at_all() -> None:
    rules: dict[str, Rule] = {
        "tagged": rule(tags=["学校"]), "off": rule(enabled=False), "every": rule(), "named": rule(devices=["kj-17"]), "other": rule("pm25"),
    }  # fmt: skip
    arranged = arrange(rules, {})
    assert [one.name for one in arranged.of(DEVICE, "water_depth")] == ["tagged", "every", "named"]
    assert arranged.of(DEVICE, "noise") == ()
    assert arranged.names == rules.keys() - {"off"}
    assert arranged.metrics == {"water_depth", "pm25"}


def test_a_device_that_was_changed_is_asked_for_anew() -> None:
    arranged = arrange({"school": rule(tags=["学校"])}, {})
    assert arranged.of(DEVICE, "water_depth")
    assert not arranged.of(replace(DEVICE, tags=()), "water_depth")
    assert arranged.of(replace(DEVICE, name="另一个名字"), "water_depth")


def test_rules_whose_names_differ_only_at_their_end_are_not_asked_of_each_device() -> None:
    rules: dict[str, Rule] = {f"r{number:02}": rule(devices=[f"kj-*{number:02}"]) for number in range(100)}
    filed = arrange(rules, {}).filed["water_depth"]
    assert max(len(under) for under in filed.under.values()) == 1
    assert len(filed.spans) == 1
    assert [one.name for one in filed.concern(replace(DEVICE, device="kj-1117")).standing] == ["r17"]


def test_a_name_is_as_long_as_both_ends_of_the_pattern_it_fits() -> None:
    assert not arrange({"r": rule(devices=["kj-1*17"])}, {}).of(DEVICE, "water_depth")
