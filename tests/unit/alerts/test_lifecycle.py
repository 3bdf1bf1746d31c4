"""The alert's table is lawful: every way ends in `normal`, nothing leaves it, machines and people have their own acts."""

import pytest

from alerts.lifecycle import HOLDS, OPEN, ROLES, TABLE, advance, advance_hold, allowed_acts
from core.errors import IllegalAct

ACTS = sorted({act for acts in TABLE.values() for act in acts} | {act for acts in HOLDS.values() for act in acts} | {"nonsense"})
HUMAN_ROLES = ["duty", "dispatcher", "supervisor"]


def test_every_act_leads_to_a_stage_or_hold_of_its_table() -> None:
    for table in (TABLE, HOLDS):
        assert {after for acts in table.values() for after in acts.values()} <= set(table)


def test_silence_has_no_act() -> None:
    assert "silent" not in ACTS


@pytest.mark.parametrize(("stage", "after"), [("unack", "acked"), ("rtn_unack", "normal")])
def test_acknowledging_leads_where_the_condition_is(stage: str, after: str) -> None:
    assert advance(stage, "acknowledge") == after


def test_a_condition_that_ends_unseen_waits_to_be_seen() -> None:
    assert advance("unack", "return") == "rtn_unack"
    assert advance("rtn_unack", "raise") == "unack"
    assert advance("acked", "return") == "normal"


def test_people_never_get_the_machines_acts() -> None:
    for role in [*HUMAN_ROLES, "admin", "wall", "leader"]:
        for stage in OPEN:
            assert not {"raise", "return", "clear", "suppress"} & set(allowed_acts(stage, role))


def test_readers_get_no_act_and_an_ended_alert_gives_none() -> None:
    assert all(allowed_acts(stage, role) == () for stage in TABLE for role in ("leader", "wall", "auditor", "admin"))
    assert all(allowed_acts("normal", role) == () for role in HUMAN_ROLES)


def test_a_hold_is_left_by_the_act_that_undoes_it() -> None:
    assert advance_hold(advance_hold("none", "shelve"), "unshelve") == "none"
    assert allowed_acts("unack", "duty", "shelved") == ("acknowledge", "unshelve")
    with pytest.raises(IllegalAct):
        advance_hold("shelved", "shelve")


def test_every_act_of_a_role_is_in_a_table() -> None:
    assert set(ROLES) <= set(ACTS)
