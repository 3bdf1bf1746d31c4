"""The case's table is lawful: it ends, ends stay ends, no stage is left out without a reason, and who handles neither checks nor closes."""

from itertools import pairwise

import pytest

from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch.cases import (
    ENDED,
    HANDLING_ACTS,
    KEPT,
    OPEN,
    PATH,
    ROLES,
    ROLES_IN,
    SIDE,
    TABLE,
    advance,
    allowed_acts,
    allowed_side_acts,
    demand_evidence,
    demand_role,
    needs_note,
    roles_of,
    skipped,
    waits_for,
)

ACTS = {act for acts in (*TABLE.values(), *SIDE.values()) for act in acts}
MOVES = [(stage, act, after) for stage, acts in TABLE.items() for act, after in acts.items()]
ALL_ROLES = ("wall", "leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor")


def test_every_act_leads_to_a_stage_of_the_table_and_has_its_roles() -> None:
    assert {after for _, _, after in MOVES} <= set(TABLE)
    assert set(ROLES) == ACTS
    assert {act for act, roles in ROLES.items() if not roles} == {"suspend"}
    assert all(act in TABLE[stage] for stage, act in ROLES_IN)


def test_an_act_either_moves_a_case_or_stands_beside_its_stage() -> None:
    assert all(not TABLE[stage].keys() & SIDE[stage].keys() for stage in TABLE)
    assert all(advance(stage, act) == stage for stage, acts in SIDE.items() for act in acts)


def test_from_every_open_stage_the_case_can_still_be_closed() -> None:
    reaches = {"closed"}
    while True:
        more = {stage for stage, acts in TABLE.items() if reaches & set(acts.values())} | reaches
        if more == reaches:
            break
        reaches = more
    assert reaches >= OPEN
    assert not reaches & {"voided", "declined"}


def test_an_end_is_left_only_by_reopening_and_only_by_a_supervisor() -> None:
    assert {(stage, act) for stage in ENDED for act in TABLE[stage]} == {("closed", "reopen"), ("force_closed", "reopen")}
    assert ROLES["reopen"] == {"supervisor"}


@pytest.mark.parametrize("role", ALL_ROLES)
def test_no_role_both_handles_and_closes(role: str) -> None:
    acts = {act for stage in TABLE for act in (*allowed_acts(stage, role), *allowed_side_acts(stage, role))}
    assert not (acts & (HANDLING_ACTS | {"feedback"}) and acts & {"close", "force_close", "reopen"})


def test_supervision_does_not_handle_and_readers_do_nothing_but_a_leader_expedites() -> None:
    assert not any(role in ROLES[act] for act in HANDLING_ACTS for role in ("supervisor", "duty", "dispatcher"))
    assert all(allowed_acts(stage, role) == () for stage in TABLE for role in ("leader", "wall", "admin", "auditor", "security_admin"))
    beside = {(role, act) for stage in TABLE for role in ("leader", "wall", "admin", "auditor") for act in allowed_side_acts(stage, role)}
    assert beside == {("leader", "expedite")}


def test_the_main_path_leaves_nothing_out() -> None:
    ways = {(stage, after) for stage, _, after in MOVES}
    assert all(pair in ways and skipped(*pair) == () for pair in pairwise(PATH))


@pytest.mark.parametrize(("stage", "act", "after"), MOVES)
def test_what_leaves_out_a_stage_is_not_done_without_a_reason(stage: str, act: str, after: str) -> None:
    left_out = skipped(stage, after)
    assert needs_note(act, stage, after) or not left_out
    if left_out:
        with pytest.raises(Invalid, match=left_out[0]):
            demand_evidence(act, " ", 1, left_out)


def test_only_a_supervisor_leaves_out_work() -> None:
    by_others = {
        (stage, act) for stage, act, after in MOVES if skipped(stage, after) for role in ALL_ROLES
        if role in roles_of(stage, act) and role != "supervisor"
    }  # fmt: skip
    assert by_others == {("reported", "register")}  # duty: accepting and registering at once leaves out no work


def test_a_suspended_case_goes_on_where_it_stood() -> None:
    assert [advance("suspended", "resume", kept) for kept in KEPT] == list(KEPT)
    assert skipped("suspended", "force_closed", "on_site") == ("finished", "checked")
    with pytest.raises(IllegalAct):
        advance("suspended", "finish", "on_site")


@pytest.mark.parametrize(
    ("role", "stages"),
    [
        ("duty", {"reported", "pre_checking", "accepted", "registered", "finished", "fed_back", "checking", "checked"}),
        ("dispatcher", {"registered"}),
        ("grid_worker", {"pre_checking", "dispatched", "handling", "on_site", "finished", "fed_back", "checking"}),
        ("leader", set()),
    ],
)
def test_a_case_waits_for_whoever_can_carry_it_on(role: str, stages: set[str]) -> None:
    assert {stage for stage in TABLE if waits_for(stage, role)} == stages


def test_the_role_is_told_what_it_may() -> None:
    with pytest.raises(NotAllowed, match="close"):
        demand_role("take", "checked", "supervisor")
    with pytest.raises(NotAllowed):
        demand_role("check", "handling", "duty")


@pytest.mark.parametrize(("act", "note", "photos"), [("send_back", " ", 0), ("rework", "", 0), ("void", "", 0), ("finish", "done", 0)])
def test_what_needs_evidence_is_refused_without(act: str, note: str, photos: int) -> None:
    with pytest.raises(Invalid):
        demand_evidence(act, note, photos)


def test_with_evidence_it_passes() -> None:
    demand_evidence("finish", "", 1)
    demand_evidence("void", "重复", 0)
