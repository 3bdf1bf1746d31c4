"""The case's table is lawful: it ends, ends stay ends, and whoever handles neither checks nor closes."""

import pytest

from core.errors import Invalid, NotAllowed
from dispatch.cases import (
    HANDLING_ACTS,
    OPEN,
    ROLES,
    TABLE,
    allowed_acts,
    allowed_to,
    demand_evidence,
    demand_person,
    demand_role,
)

ACTS = sorted({act for acts in TABLE.values() for act in acts} | {"nonsense"})
ALL_ROLES = ("wall", "leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor")


def test_every_act_leads_to_a_stage_of_the_table_and_has_its_roles() -> None:
    assert {stage for acts in TABLE.values() for stage in acts.values()} <= set(TABLE)
    assert set(ROLES) == set(ACTS) - {"nonsense"}


def test_from_every_open_stage_the_case_can_still_be_closed() -> None:
    reaches = {"closed"}
    while True:
        more = {stage for stage, acts in TABLE.items() if reaches & set(acts.values())} | reaches
        if more == reaches:
            break
        reaches = more
    assert reaches >= OPEN


@pytest.mark.parametrize("role", ALL_ROLES)
def test_no_role_both_handles_and_closes(role: str) -> None:
    acts = {act for act, roles in ROLES.items() if role in roles}
    assert not (acts & HANDLING_ACTS and "close" in acts)


def test_supervision_does_not_handle_and_readers_do_nothing() -> None:
    assert not any(role in ROLES[act] for act in HANDLING_ACTS for role in ("supervisor", "duty", "dispatcher"))
    assert all(allowed_acts(stage, role) == () for stage in TABLE for role in ("leader", "wall", "admin", "auditor", "security_admin"))


def test_nobody_checks_what_they_handled() -> None:
    assert "check" not in allowed_to("finished", "grid_worker", 7, 7, True)
    assert "check" in allowed_to("finished", "grid_worker", 8, 7, False)
    with pytest.raises(NotAllowed):
        demand_person("check", 7, 7, True)


def test_a_case_dispatched_to_one_is_not_handled_by_another_and_never_by_a_system() -> None:
    assert allowed_to("dispatched", "grid_worker", 8, 7, False) == ()
    assert allowed_to("dispatched", "grid_worker", 7, 7, False) == ("take", "send_back")
    assert "take" in allowed_to("dispatched", "handler", 9, None, False)
    with pytest.raises(NotAllowed):
        demand_person("take", None, None, False)


def test_the_role_is_told_what_it_may() -> None:
    with pytest.raises(NotAllowed, match="close"):
        demand_role("take", "checked", "supervisor")


@pytest.mark.parametrize(("act", "note", "photos"), [("send_back", " ", 0), ("rework", "", 0), ("void", "", 0), ("finish", "done", 0)])
def test_what_needs_evidence_is_refused_without(act: str, note: str, photos: int) -> None:
    with pytest.raises(Invalid):
        demand_evidence(act, note, photos)


def test_with_evidence_it_passes() -> None:
    demand_evidence("finish", "", 1)
    demand_evidence("void", "重复", 0)
