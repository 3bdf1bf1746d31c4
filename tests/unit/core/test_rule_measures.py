"""What rules that measure must say of themselves, and what they are refused for."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from core.rule_measures import AnyMeasure, StuckRule

READ: TypeAdapter[Any] = TypeAdapter(AnyMeasure)
WORDS: dict[str, Any] = {"label": "规则", "label_en": "rule", "owner": "o", "reason": "r", "metric": "m"}
FLOOD = {
    "kind": "window",
    "fold": "sum",
    "span": "1h",
    "each": "1h",
    "levels": [{"severity": 4, "above": 35}, {"severity": 3, "above": 45}],
}
NAMED = [{"named": "H", "severity": 2, "above": 0}, {"named": "HH", "severity": 1, "above": 0}]


@pytest.mark.parametrize("told", [
    {"kind": "rate", "span": "30m", "above": 0.3, "severity": 3}, {"kind": "rate", "span": "10m", "below": -0.1, "severity": 3},
    {"kind": "deviation", "levels": [{"severity": 4, "above": 3}, {"severity": 3, "above": 5}]},
    {"kind": "stuck", "above": "6h", "severity": 5, "except": [0]},
    {"kind": "stuck", "levels": [{"severity": 5, "above": "6h"}, {"severity": 4, "above": "1d"}]},
    {**FLOOD, "further": [{"span": "3h", "limits": [55, 75]}]},
    {"kind": "named_level", "levels": NAMED},
])  # fmt: skip
def test_a_rule_that_says_what_it_measures_is_taken_and_read_back_from_its_own_words(told: dict[str, Any]) -> None:
    rule = READ.validate_python({**told, **WORDS})
    assert READ.validate_python(rule.model_dump(exclude_unset=True)) == rule


@pytest.mark.parametrize(("told", "why"), [
    ({"kind": "rate", "span": "30m", "above": -0.3, "severity": 3}, "a rise"), ({"kind": "rate", "span": "30m", "below": 0.3, "severity": 3}, "a fall"),
    ({"kind": "rate", "span": "1s", "above": 1, "severity": 3}, "10 s to 3 days"), ({"kind": "rate", "span": "9d", "above": 1, "severity": 3}, "3 days"),
    ({"kind": "deviation", "above": 3, "severity": 3, "days": 5, "least_days": 6}, "least_days"),
    ({"kind": "stuck", "below": 3, "severity": 3}, "above"), ({"kind": "stuck", "above": "soon", "severity": 3}, "no duration"),
    ({**FLOOD, "fold": "max"}, "each"), ({**FLOOD, "each": "2h"}, "each"),
    ({**FLOOD, "further": [{"span": "3h", "limits": [55]}]}, "each of the 2 levels"),
    ({**FLOOD, "further": [{"span": "3h", "limits": [75, 55]}]}, "rise"), ({**FLOOD, "further": [{"span": "3h", "limits": [0, 55]}]}, "amounts"),
    ({"kind": "named_level", "levels": NAMED[::-1]}, "mildest"), ({"kind": "named_level", "levels": NAMED, "above": 3}, "take away"),
    ({"kind": "named_level", "levels": [{"named": "H", "severity": 2}]}, "exactly one"), ({"kind": "named_level", "levels": []}, "at least 1"),
])  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused_with_its_reason(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        READ.validate_python({**told, **WORDS})


def test_what_a_stuck_value_may_be_stands_in_its_words_as_it_is_written() -> None:
    rule = READ.validate_python({"kind": "stuck", "above": "6h", "severity": 5, "except": [0], **WORDS})
    assert isinstance(rule, StuckRule)
    assert rule.model_dump(exclude_unset=True)["except"] == (0.0,)
