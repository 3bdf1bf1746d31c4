"""Settings of evaluation: shipped formulas are those that were published, a city's own stand beside them, mistakes are explained."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.config import problems_of
from core.evaluation_config import SHIPPED, EvaluationConfig, IndicatorConfig

RATE = {"label": "甲", "label_en": "A", "numerator": "due & closed", "denominator": "due"}


def test_the_shipped_formulas_are_those_of_the_sources() -> None:
    config = EvaluationConfig()
    assert {"archive_rate", "in_time_archive_rate", "in_time_archive_rate_b", "archive_rate_c", "rework_rate", "register_rate", "in_time_dispose_rate",
            "misdispatch_rate", "handling_hours", "overdue_closed", "score"} <= set(config.of("cases"))  # fmt: skip
    assert set(config.of("hotline")) == {"response_rate", "solve_rate", "satisfy_rate", "hotline_score"}
    score = SHIPPED["score"]
    assert [(part.indicator, part.weight, part.inverse) for part in score.parts] == [
        ("in_time_archive_rate", 0.5, False), ("archive_rate", 0.3, False), ("rework_rate", 0.1, True),
    ]  # fmt: skip
    assert (score.base, [one.each for one in score.deductions]) == (10, [0.5, 1])
    assert [one.weight for one in SHIPPED["satisfy_rate"].numerator or ()] == [1, 0.9]
    assert [part.weight for part in SHIPPED["hotline_score"].parts] == [0.1, 0.5, 0.4]
    assert (config.hotline.month_starts, config.hotline.day_starts, config.cases.month_starts) == (19, "12:00", 1)


def test_a_city_hides_changes_and_adds_indicators() -> None:
    own = {"archive_rate": {**RATE, "target": 99}, "forced_rate": {**RATE, "numerator": "due & forced"}}
    config = EvaluationConfig.model_validate({"indicators": own, "hidden": ["archive_rate_c"]})
    shown = config.of("cases")
    assert (shown["archive_rate"].target, "archive_rate_c" in shown, "forced_rate" in shown) == (99, False, True)


def test_a_formula_id_changes_with_what_is_counted_and_with_nothing_else() -> None:
    one = IndicatorConfig.model_validate(RATE)
    renamed = IndicatorConfig.model_validate({**RATE, "label": "乙", "target": 90, "good": -1})
    other = IndicatorConfig.model_validate({**RATE, "denominator": "due - void"})
    assert one.formula_id("a") == renamed.formula_id("a") != other.formula_id("a")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"indicators": {"a": {**RATE, "numerator": "due & closd"}}}, "did you mean 'closed'"),
        ({"indicators": {"a": {**RATE, "denominator": None}}}, "needs 'denominator'"),
        ({"indicators": {"a": {**RATE, "measure": "handling"}}}, "without effect"),
        ({"indicators": {"a": {**RATE, "kind": "mean", "numerator": None, "measure": "waiting"}}}, "taking, handling, closing"),
        ({"indicators": {"a": {"label": "甲", "label_en": "A", "kind": "score", "parts": [{"indicator": "luck", "weight": 1}]}}}, "'luck' is no indicator"),
        ({"indicators": {"a": {"label": "甲", "label_en": "A", "kind": "score", "parts": [{"indicator": "handling_hours", "weight": 1}]}}}, "must be a rate"),
        ({"hidden": ["archive_rate"]}, "its part 'archive_rate'"),
        ({"hidden": ["luck"]}, "no indicator is called 'luck'"),
        ({"hotline": {"day_starts": "noon"}}, "write 12:00"),
    ],
)  # fmt: skip
def test_mistakes_are_explained(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as found:
        EvaluationConfig.model_validate(wrong)
    assert any(told in str(problem) for problem in problems_of(found.value, EvaluationConfig))
