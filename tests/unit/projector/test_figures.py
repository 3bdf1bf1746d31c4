"""What counts and what does not: exercises, tests and proofs of the path are in no figure, whatever their stage."""

from datetime import datetime
from typing import Any

import pytest

from core.config import Config
from core.day import day_of
from projector.figures import Tally, count_rows


def shape(now: datetime, **columns: Any) -> dict[str, Any]:
    told = {
        "id": 1, "street": "320404001", "severity": 2, "stage": "unack", "hold": "none", "rule": "smoke", "raised_at": now.isoformat(),
        "drill": False, "probe": False, "verdict": None,
    }  # fmt: skip
    return {**told, **columns}


def count(config: Config, now: datetime, *shapes: dict[str, Any]) -> Any:
    tally = Tally()
    for one in shapes:
        tally.put("alert", one)
    return count_rows(tally.by_street["320404001"], day_of(now, config.area.zone))


@pytest.mark.parametrize("why", [{"drill": True}, {"probe": True}, {"verdict": "test"}])
def test_what_is_not_meant_counts_nowhere(config: Config, now: datetime, why: dict[str, Any]) -> None:
    answered = {"stage": "normal", "acked_at": now.isoformat()}
    counted = count(config, now, shape(now, **why), shape(now, id=2, **answered, **why))
    assert (counted["alerts"]["2"], counted["unack"], counted["response_s"]) == (0, 0, [0.0, 0])


@pytest.mark.parametrize("verdict", [None, "real", "false_alarm"])
def test_what_was_taken_for_real_counts_also_when_it_was_nothing(config: Config, now: datetime, verdict: str | None) -> None:
    assert count(config, now, shape(now, verdict=verdict))["alerts"]["2"] == 1


def test_a_verdict_of_a_test_takes_it_out_of_what_was_counted(config: Config, now: datetime) -> None:
    assert count(config, now, shape(now), shape(now, verdict="test"))["unack"] == 0
