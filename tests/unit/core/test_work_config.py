"""Settings of working time: what is understood, and what is refused with a word of how to write it."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.work_config import Limit, TimeUnit, WorkConfig, limit_of


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("30m", Limit(0.5, TimeUnit.URGENT_HOURS)),
        ("24h", Limit(1, TimeUnit.NATURAL_DAYS)),
        ("3 work_days", Limit(3, TimeUnit.WORK_DAYS)),
        ("1.5 work_hours", Limit(1.5, TimeUnit.WORK_HOURS)),
        ("2 urgent_days", Limit(2, TimeUnit.URGENT_DAYS)),
    ],
)
def test_a_limit_is_a_duration_or_an_amount_of_a_unit(text: str, limit: Limit) -> None:
    assert limit_of(text) == limit
    assert limit_of(str(limit)) == limit


@pytest.mark.parametrize("text", ["", "3", "3 days", "0 work_days", "4000 work_days", "-1h", "three work_days"])
def test_anything_else_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match="limit"):
        limit_of(text)


@pytest.mark.parametrize(
    "given",
    [
        {"hours": ["9-12"]},
        {"hours": ["12:00-09:00"]},
        {"hours": ["09:00-12:60"]},
        {"hours": ["09:00-25:00"]},
        {"hours": []},
        {"hours": ["13:00-17:00", "09:00-12:00"]},
        {"hours": ["09:00-12:00", "11:00-17:00"]},
        {"seasons": [{"since": "05-01", "until": "09-30", "hours": ["09:00-12:00"]}]},  # not as long as the others
        {"seasons": [{"since": "05-32", "until": "09-30", "hours": ["09:00-12:00", "13:30-17:30"]}]},
        {"limits": {"lunch": "1h"}},
        {"limits": {"accept": "soon"}},
        {"counts_from": "close"},
        {"yellow_at": 1.0},
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WorkConfig.model_validate(given)


def test_a_configuration_reads_as_it_was_written() -> None:
    work = WorkConfig.model_validate({"limits": {"register": "2 work_hours", "pre_check": None}})
    assert WorkConfig.model_validate_json(work.model_dump_json(by_alias=True)) == work
    assert {phase: str(limit) for phase, limit in work.limits.given.items()} == {
        "register": "2 work_hours",
        "post_check": "0.5 urgent_hours",
    }
