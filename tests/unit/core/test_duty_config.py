"""What a city says of its desk is checked like everything else, and nothing takes two people unless it says so."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from core.config import Config
from core.duty_config import DutyConfig


def test_as_shipped_a_shift_lasts_twelve_hours_and_nothing_takes_two(config: Config) -> None:
    assert config.duty.shift_for == timedelta(hours=12)
    assert not any(config.duty.two_person.asks(act, 1) for act in config.duty.two_person.acts)


@pytest.mark.parametrize(
    "wrong",
    [{"shift_hours": 0}, {"shift_hours": 49}, {"two_person": {"severities": [6]}}, {"two_person": {"acts": ["acknowledge"]}}, {"shift": 8}],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DutyConfig.model_validate(wrong)
