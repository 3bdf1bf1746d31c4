"""Whatever is done in whatever order: ends stay ends, and an illegal act changes nothing and says what is allowed."""

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import lifecycle as alerts
from core.errors import IllegalAct, NotAllowed
from dispatch import cases, hazards, incidents, orders, reports


def acts_of(table: ModuleType) -> list[str]:
    return sorted({act for acts in table.TABLE.values() for act in acts} | {"nonsense"})


@given(st.lists(st.sampled_from(sorted({*acts_of(alerts), *(act for acts in alerts.HOLDS.values() for act in acts)})), max_size=12))
def test_a_normal_alert_never_comes_back_and_an_illegal_act_changes_nothing(acts: list[str]) -> None:
    stage, ended = "unack", False
    for act in acts:
        if act not in alerts.TABLE[stage]:
            with pytest.raises(IllegalAct) as refused:
                alerts.advance(stage, act)
            assert (refused.value.stage, set(refused.value.allowed)) == (stage, set(alerts.TABLE[stage]))
            continue
        assert not ended
        stage = alerts.advance(stage, act)
        ended = stage == "normal"


CASE_ACTS = sorted({*acts_of(cases), *(act for acts in cases.SIDE.values() for act in acts)})
ROLES = ("duty", "supervisor", "dispatcher", "handler", "grid_worker", "leader", "system")


@given(st.lists(st.tuples(st.sampled_from(CASE_ACTS), st.sampled_from(ROLES)), max_size=40))
def test_a_case_leaves_its_end_only_when_a_supervisor_reopens_it_and_an_illegal_act_changes_nothing(acts: list[tuple[str, str]]) -> None:
    stage, kept = "reported", None
    for act, role in acts:
        if act not in cases.TABLE[stage] and act not in cases.SIDE[stage]:
            with pytest.raises(IllegalAct) as refused:
                cases.advance(stage, act, kept)
            assert refused.value.allowed == tuple(cases.TABLE[stage])
            continue
        if role not in cases.roles_of(stage, act):
            with pytest.raises(NotAllowed):
                cases.demand_role(act, stage, role)
            continue
        before, stage = stage, cases.advance(stage, act, kept)
        assert before in cases.OPEN or stage == before or (act, role, stage) == ("reopen", "supervisor", "registered")
        assert before not in {"voided", "declined"} or stage == before
        kept = before if stage == "suspended" else None if before == "suspended" else kept
    assert (stage in cases.OPEN) == (stage not in cases.ENDED)


@given(st.lists(st.sampled_from(CASE_ACTS), max_size=60))
def test_a_case_comes_to_its_close_through_every_stage_of_the_path_or_by_an_act_that_gives_a_reason(acts: list[str]) -> None:
    stage, seen, reasons = "reported", {"reported"}, set[str]()
    for act in acts:
        if act not in cases.TABLE[stage]:
            continue
        after = cases.advance(stage, act)
        reasons |= set(cases.skipped(stage, after))
        stage = after
        seen.add(stage)
        if stage in {"closed", "force_closed"}:
            assert set(cases.PATH[:-1]) <= seen | reasons


@pytest.mark.parametrize("table", [reports, incidents])
@given(data=st.data())
def test_reports_and_incidents_never_leave_their_ends(table: ModuleType, data: st.DataObject) -> None:
    stage = "open"
    for act in data.draw(st.lists(st.sampled_from(acts_of(table)), max_size=15)):
        before = stage
        try:
            stage = table.advance(stage, act)
        except IllegalAct:
            continue
        assert before in table.OPEN


@pytest.mark.parametrize(
    ("table", "first", "ends"), [(orders, "issued", {"closed", "withdrawn"}), (hazards, "found", {"closed", "voided"})]
)
@given(data=st.data())
def test_orders_and_hazards_never_leave_their_ends_and_an_illegal_act_says_what_is_allowed(
    table: ModuleType, first: str, ends: set[str], data: st.DataObject
) -> None:
    stage = first
    for act in data.draw(st.lists(st.sampled_from(acts_of(table)), max_size=20)):
        if act not in table.TABLE[stage]:
            with pytest.raises(IllegalAct) as refused:
                table.advance(stage, act)
            assert refused.value.allowed == tuple(table.TABLE[stage])
            continue
        assert stage in table.OPEN
        stage = table.advance(stage, act)
    assert (stage in ends) == (stage not in table.OPEN)
