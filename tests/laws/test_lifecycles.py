"""Whatever is done in whatever order: ends stay ends, and an illegal act changes nothing and says what is allowed."""

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import lifecycle as alerts
from core.errors import IllegalAct
from dispatch import cases, incidents, reports


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


@given(st.lists(st.sampled_from(acts_of(cases)), max_size=30))
def test_a_case_never_leaves_its_end_and_an_illegal_act_changes_nothing(acts: list[str]) -> None:
    stage = "reported"
    for act in acts:
        if act not in cases.TABLE[stage]:
            with pytest.raises(IllegalAct) as refused:
                cases.advance(stage, act)
            assert refused.value.allowed == tuple(cases.TABLE[stage])
            continue
        assert stage in cases.OPEN
        stage = cases.advance(stage, act)
    assert (stage not in cases.OPEN) == (stage in {"closed", "voided"})


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
