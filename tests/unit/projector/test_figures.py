"""What counts and what does not: exercises, tests and proofs of the path are in no figure, whatever their stage."""

from datetime import datetime
from typing import Any

import pytest

from core.config import Config
from core.day import day_of
from projector.figures import DOMAIN_FIGURES, Tally, count_domains, count_rows


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


def test_a_domain_is_counted_as_the_city_is_and_nothing_twice(config: Config, now: datetime) -> None:
    domain_of = {code: one.domain for code, one in config.classes.items()}
    tally, day = Tally(domain_of=domain_of), day_of(now, config.area.zone)
    for number, domain in enumerate(("water", "water", "emergency")):
        tally.put("alert", shape(now, id=number, domain=domain))
    case = {"stage": "handling", "opened_at": now.isoformat(), "due_at": now.isoformat(), "overdue": True, "class_code": "0502"}
    tally.put("case", {"id": 9, "street": "320404001", "severity": 3, **case})
    tally.put("report", {"id": 8, "street": "320404001", "stage": "open", "received_at": now.isoformat(), "class_code": "0101"})
    rows = tally.by_street["320404001"]
    domains = {name: dict(zip(DOMAIN_FIGURES[3:], told, strict=True)) for name, told in count_domains(rows, day).items()}
    whole = count_rows(rows, day)
    assert {name: told["alerts_2"] for name, told in domains.items()} == {"emergency": 1, "urban": 0, "environment": 0, "water": 2}
    assert domains["water"]["cases_overdue"] == domains["water"]["due_today"] == 1
    assert domains["urban"]["reports_today"] == 1
    for name in ("unack", "cases_open", "cases_overdue", "cases_today", "reports_today"):
        assert sum(told[name] for told in domains.values()) == whole[name]


def test_a_report_without_a_class_belongs_to_no_domain_and_to_the_city(config: Config, now: datetime) -> None:
    tally, day = Tally(domain_of={}), day_of(now, config.area.zone)
    tally.put("report", {"id": 8, "street": "320404001", "stage": "open", "received_at": now.isoformat(), "class_code": None})
    rows = tally.by_street["320404001"]
    at = DOMAIN_FIGURES.index("reports_today") - 3
    assert (count_rows(rows, day)["reports_today"], {told[at] for told in count_domains(rows, day).values()}) == (1, {0})
