"""Whose task it is: the worker's, else the unit's, else anybody's of the area; and never does one check what they handled."""

from typing import Any

import pytest

from core.errors import NotAllowed
from dispatch.case_persons import Actor, allowed_beside, allowed_to, demand_person


def case(stage: str, handler_id: int | None = None, lead_unit: int | None = None, collector_id: int | None = None) -> dict[str, Any]:
    return {"stage": stage, "handler_id": handler_id, "lead_unit": lead_unit, "collector_id": collector_id}


def worker(account_id: int | None, *units: int, role: str = "grid_worker", has_handled: bool = False) -> Actor:
    return Actor(role, account_id, frozenset(units), has_handled)


def test_nobody_checks_or_closes_what_they_handled() -> None:
    assert "check" not in allowed_to(case("finished", 7), worker(7, has_handled=True))
    assert "check" in allowed_to(case("finished", 7), worker(8))
    for act in ("check", "close", "force_close"):
        with pytest.raises(NotAllowed):
            demand_person(act, case("finished", 7), Actor("supervisor", 7, has_handled=True))


def test_a_case_dispatched_to_one_is_not_handled_by_another_and_never_by_a_system() -> None:
    assert allowed_to(case("dispatched", 7), worker(8)) == ()
    assert allowed_to(case("dispatched", 7), worker(7)) == ("take", "send_back")
    assert "take" in allowed_to(case("dispatched"), worker(9, role="handler"))
    with pytest.raises(NotAllowed):
        demand_person("take", case("dispatched"), worker(None))


def test_a_case_of_a_unit_is_taken_by_its_people_only() -> None:
    assert "take" in allowed_to(case("dispatched", None, 3), worker(8, 3, 1))
    assert "take" not in allowed_to(case("dispatched", None, 3), worker(8, 4, 1))


def test_who_is_named_to_look_is_the_only_collector_who_does_and_the_desk_may_still() -> None:
    for stage, acts in (("checking", {"check", "rework"}), ("pre_checking", {"pass_pre_check", "fail_pre_check"})):
        named = case(stage, 7, collector_id=8)
        assert acts <= set(allowed_to(named, worker(8)))
        assert not acts & set(allowed_to(named, worker(9)))
        assert acts <= set(allowed_to(case(stage, 7), worker(9)))
        assert acts <= set(allowed_to(named, Actor("supervisor", 5)))
        with pytest.raises(NotAllowed, match="another collector"):
            demand_person(min(acts), named, worker(9))


def test_who_handled_it_is_sent_to_look_in_vain() -> None:
    assert allowed_to(case("checking", 7), worker(8, has_handled=True)) == ()
    with pytest.raises(NotAllowed, match="handled"):
        demand_person("rework", case("checking", 7), worker(8, has_handled=True))


def test_inside_the_unit_a_handler_hands_on_and_sends_back_what_is_another_ones_task() -> None:
    assert allowed_to(case("dispatched", 7, 3), worker(8, 3, role="handler")) == ("send_back", "dispatch")
    assert allowed_to(case("dispatched", 7, 3), worker(8, 4, role="handler")) == ()
    assert "dispatch" not in allowed_to(case("dispatched"), worker(8, 4, role="handler"))


def test_time_is_asked_for_by_the_worker_and_by_the_handlers_of_the_unit() -> None:
    asked = "ask_extension"
    assert asked in allowed_beside(case("handling", 7, 3), worker(7, 3))
    assert asked in allowed_beside(case("handling", 7, 3), worker(8, 3, role="handler"))
    assert asked not in allowed_beside(case("handling", 7, 3), worker(8, 3))
    assert asked not in allowed_beside(case("handling", 7, 3), worker(8, 4, role="handler"))
