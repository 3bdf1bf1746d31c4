"""A city of five plain rules, so that a test of rules does not depend on those that are shipped."""

from typing import Any

from core.config import Config
from core.rule_words import read_rule

_SAID = {"owner": "指挥中心", "reason": "试验", "runbook": "到场核实"}
WORDS: dict[str, dict[str, Any]] = {
    "crowd": {"kind": "threshold", "label": "人员聚集", "label_en": "Crowd", "metric": "crowd", "above": 350, "clear": 300, "severity": 3},
    "gas-high": {"kind": "threshold", "label": "高高报", "label_en": "Gas high-high", "metric": "gas", "above": 50, "clear": 40, "severity": 1},
    "gas-low": {"kind": "threshold", "label": "高报", "label_en": "Gas high", "metric": "gas", "above": 25, "clear": 20, "hold": "20s", "severity": 2},
    "silent": {"kind": "no_data", "label": "设备失联", "label_en": "Device silent", "intervals": 4, "at_least": "2m", "severity": 5},
    "smoke": {"kind": "threshold", "label": "烟感报警", "label_en": "Smoke", "metric": "smoke", "above": 0.5, "clear": 0.4, "hold": "0s", "severity": 2},
}  # fmt: skip


def with_few(config: Config, **more: dict[str, Any]) -> Config:
    """The configuration with these rules in place of its own; `more` by name, what they leave out is said for them."""
    rules = {name: read_rule(name, {**words, **_SAID}) for name, words in {**WORDS, **more}.items()}
    return config.model_copy(update={"rules": rules})
