"""More time takes three persons, comes before the deadline or not at all, and only so often as the city says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.case_config import CasesConfig
from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch.adjustments import OPEN, TABLE, demand_ask, demand_decision, may_decide
from dispatch.case_persons import Actor

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
DUE = NOW + timedelta(hours=2)
LIMITS = CasesConfig()
UNIT = Actor("handler", 2, frozenset({3}))
DESK = Actor("dispatcher", 5)


def case(**fields: Any) -> dict[str, Any]:
    return {
        "stage": "handling",
        "due_at": DUE,
        "paused_at": None,
        "overdue_at": None,
        "extensions": 0,
        "suspensions": 0,
        "lead_unit": 3,
        **fields,
    }


def request(stage: str = "asked", **fields: Any) -> dict[str, Any]:
    return {"stage": stage, "asked_by": 1, "unit_by": None, **fields}


def test_two_extensions_and_one_suspension_and_no_more() -> None:
    later = DUE + timedelta(hours=4)
    assert demand_ask("ask_extension", case(extensions=1), later, NOW, LIMITS) == later
    with pytest.raises(IllegalAct):
        demand_ask("ask_extension", case(extensions=2), later, NOW, LIMITS)
    with pytest.raises(IllegalAct):
        demand_ask("ask_suspension", case(suspensions=1), later, NOW, LIMITS)


@pytest.mark.parametrize("act", ["ask_extension", "ask_suspension"])
def test_nothing_is_asked_for_after_the_deadline(act: str) -> None:
    for late in (case(overdue_at=NOW), case(due_at=NOW - timedelta(seconds=1)), case(due_at=None)):
        with pytest.raises(IllegalAct):
            demand_ask(act, late, NOW + timedelta(days=1), NOW, LIMITS)
    assert demand_ask(act, case(due_at=NOW), NOW + timedelta(days=1), NOW, LIMITS) == NOW + timedelta(days=1)


def test_an_extension_ends_later_and_a_suspension_within_a_year() -> None:
    for act, until in (("ask_extension", DUE), ("ask_suspension", NOW), ("ask_suspension", NOW + timedelta(days=365, seconds=1))):
        with pytest.raises(Invalid):
            demand_ask(act, case(), until, NOW, LIMITS)
    assert demand_ask("ask_suspension", case(), NOW + timedelta(days=365), NOW, LIMITS) > NOW


def test_the_unit_agrees_and_then_the_dispatcher_and_neither_is_who_asked() -> None:
    assert demand_decision("agree", request(), case(), UNIT, NOW) == "unit_agreed"
    assert demand_decision("agree", request("unit_agreed", unit_by=2), case(), DESK, NOW) == "agreed"
    for stage, actor in (
        ("asked", DESK),
        ("asked", Actor("handler", 2, frozenset({4}))),
        ("asked", Actor("handler", 1, frozenset({3}))),
        ("asked", Actor("handler", None, frozenset({3}))),
        ("unit_agreed", UNIT),
        ("unit_agreed", Actor("dispatcher", 1)),
        ("unit_agreed", Actor("supervisor", 9)),
    ):
        with pytest.raises(NotAllowed):
            demand_decision("agree", request(stage), case(), actor, NOW)
    with pytest.raises(NotAllowed, match="twice"):
        demand_decision("agree", request("unit_agreed", unit_by=5), case(), DESK, NOW)


def test_where_no_unit_leads_a_supervisor_or_a_handler_of_the_area_speaks_first() -> None:
    free = case(lead_unit=None)
    assert may_decide("agree", request(), free, Actor("supervisor", 9))
    assert may_decide("agree", request(), free, Actor("handler", 9))
    assert not may_decide("agree", request(), free, DESK)


def test_agreeing_comes_before_the_deadline_and_refusing_may_come_after() -> None:
    late = DUE + timedelta(seconds=1)
    with pytest.raises(IllegalAct):
        demand_decision("agree", request(), case(), UNIT, late)
    assert demand_decision("refuse", request(), case(), UNIT, late) == "refused"


def test_what_was_asked_in_time_stays_answerable_while_the_clock_stands() -> None:
    stands, much_later = case(stage="suspended", paused_at=NOW), DUE + timedelta(days=9)
    assert demand_decision("agree", request(), stands, UNIT, much_later) == "unit_agreed"
    with pytest.raises(IllegalAct):
        demand_decision("agree", request(), case(paused_at=NOW, overdue_at=NOW), UNIT, much_later)


def test_only_who_asked_takes_it_back() -> None:
    assert demand_decision("withdraw", request(), case(), Actor("grid_worker", 1), NOW) == "withdrawn"
    with pytest.raises(NotAllowed):
        demand_decision("withdraw", request(), case(), Actor("grid_worker", 8), NOW)


def test_what_was_decided_stays_decided() -> None:
    assert set(OPEN) == {"asked", "unit_agreed"}
    for stage in set(TABLE) - OPEN:
        with pytest.raises(IllegalAct):
            demand_decision("agree", request(stage), case(), DESK, NOW)
