"""Inhibitions of a configuration: what is misspelt inhibits nobody, and is told before anything starts."""

from typing import Any

import pytest

from core.checks import check_inhibitions_refer_to_known_names

CITY: dict[str, Any] = {"rules": {"silent": {}, "smoke": {}}, "classes": {"0501": {}}}


def inhibition(name: str = "one", **source: Any) -> dict[str, Any]:
    return {"name": name, "source": source, "target": {"rules": ["smoke"]}, "same": ["cell"], "reason": "x"}


@pytest.mark.parametrize(
    ("inhibitions", "paths"),
    [
        ([inhibition(rules=["silent"], classes=["0501"])], []),
        ([inhibition(rules=["silnt"])], ["inhibitions.0.source.rules"]),
        ([inhibition(classes=["0502"])], ["inhibitions.0.source.classes"]),
        ([inhibition(), inhibition("two"), inhibition()], ["inhibitions.2.name"]),
        (["nonsense", {"name": "x", "source": 3}], []),
        ("nonsense", []),
    ],
)
def test_an_inhibition_names_rules_and_classes_that_are_there_and_no_two_have_one_name(inhibitions: Any, paths: list[str]) -> None:
    assert [problem.path for problem in check_inhibitions_refer_to_known_names({**CITY, "inhibitions": inhibitions})] == paths


def test_a_misspelt_rule_is_told_with_the_one_that_was_meant() -> None:
    [problem] = check_inhibitions_refer_to_known_names({**CITY, "inhibitions": [inhibition(rules=["silnt"])]})
    assert "silent" in problem.hint
