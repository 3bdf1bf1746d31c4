"""What an alert can be about, by the kind of its rule."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts.subjects import may_own
from core.rule_config import Rule

READ: TypeAdapter[Any] = TypeAdapter(Rule)
WORDS = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r"}
THRESHOLD = {"kind": "threshold", "metric": "gas", "above": 1, "severity": 2}
SILENCE = {"kind": "no_data", "intervals": 4, "at_least": "2m", "severity": 5}
REPORT = {"kind": "report", "channels": ["video"], "severity": 2}
COUNT = {"kind": "count", "per": "street", "classes": ["0502"], "within": "30m", "at_least": 3, "severity": 3}
CLUSTER = {"kind": "cluster", "classes": ["0502"], "within": "30m", "radius_m": 500, "at_least": 3, "severity": 3}
STANDARD = {"kind": "standard", "figure": "aqi_hour", "levels": [{"severity": 4, "above": 100}]}
SUBJECTS = (
    ("d/gas", "d", "gas"),
    ("d", "d", None),
    ("report:city/1", None, None),
    ("area:320404001", None, None),
    ("cluster:alert-1", None, None),
)


@pytest.mark.parametrize(("rule", "owned"), [
    (THRESHOLD, {"d/gas"}), (SILENCE, {"d"}), (REPORT, {"report:city/1"}), (CLUSTER, {"cluster:alert-1"}),
    (COUNT, {"area:320404001", "report:city/1", "cluster:alert-1"}),  # which of these it counts its own kind settles
])  # fmt: skip
def test_a_kind_owns_what_it_can_be_about(rule: dict[str, Any], owned: set[str]) -> None:
    read = READ.validate_python({**WORDS, **rule})
    assert {subject for subject, device, metric in SUBJECTS if may_own(read, subject, device, metric)} == owned


def test_a_figure_may_be_of_a_device_or_of_an_area() -> None:
    standard = READ.validate_python({**WORDS, **STANDARD})
    assert may_own(standard, "air-1/aqi_hour", "air-1", None)
    assert may_own(standard, "area:320404/aqi_hour_area", None, None)
    assert not may_own(standard, "d/gas", "d", "gas")
