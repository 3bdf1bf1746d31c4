"""The alert's table is lawful: every way ends in `normal`, nothing leaves it, machines and people have their own acts."""

import pytest

from alerts.lifecycle import HOLDS, OPEN, ROLES, SIDE, TABLE, VERDICTS, act_of_verdict, advance, advance_hold, allowed_acts, demand_verdict
from core.errors import IllegalAct, Invalid

ACTS = sorted({act for table in (TABLE, HOLDS, SIDE) for acts in table.values() for act in acts} | {"nonsense"})
HUMAN_ROLES = ["duty", "dispatcher", "supervisor"]


def test_every_act_leads_to_a_stage_or_hold_of_its_table() -> None:
    for table in (TABLE, HOLDS):
        assert {after for acts in table.values() for after in acts.values()} <= set(table)
    assert set(SIDE) == set(TABLE)


def test_what_is_said_of_an_alert_moves_it_nowhere() -> None:
    assert all(after == stage for stage, acts in SIDE.items() for after in acts.values())
    assert set(SIDE["normal"]) == {"comment", "judge"}


def test_what_was_acknowledged_is_open_again_when_it_worsens_or_its_officer_goes_home() -> None:
    assert {advance("acked", "worsen"), advance("acked", "lapse"), advance("unack", "worsen")} == {"unack"}
    with pytest.raises(IllegalAct):
        advance("rtn_unack", "lapse")


@pytest.mark.parametrize(("stage", "reported", "follows"), [
    ("unack", False, "acknowledge"), ("acked", False, None), ("rtn_unack", False, "acknowledge"), ("normal", False, None),
    ("unack", True, "clear"), ("acked", True, "clear"), ("rtn_unack", True, "clear"), ("normal", True, None),
])  # fmt: skip
def test_what_was_nothing_is_seen_and_ends_only_where_no_reading_would_end_it(stage: str, reported: bool, follows: str | None) -> None:
    assert {act_of_verdict(stage, verdict, reported) for verdict in ("false_alarm", "test")} == {follows}
    assert act_of_verdict(stage, "real", reported) is None


def test_calling_something_nothing_takes_a_reason() -> None:
    assert [demand_verdict(verdict, "why") for verdict in VERDICTS] == list(VERDICTS)
    assert demand_verdict("real", "") == "real"
    for verdict, note in (("false_alarm", " "), ("test", ""), ("maybe", "why"), (None, "why")):
        with pytest.raises(Invalid):
            demand_verdict(verdict, note)


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
            assert not {"raise", "return", "clear", "suppress", "worsen", "lapse"} & set(allowed_acts(stage, role))


def test_readers_get_no_act_and_an_ended_alert_can_only_be_spoken_of() -> None:
    assert all(allowed_acts(stage, role) == () for stage in TABLE for role in ("leader", "wall", "auditor", "admin"))
    assert {role: allowed_acts("normal", role, "shelved") for role in HUMAN_ROLES} == {
        "duty": ("comment", "judge"), "dispatcher": ("comment",), "supervisor": ("comment", "judge"),
    }  # fmt: skip


def test_a_hold_is_left_by_the_act_that_undoes_it() -> None:
    assert advance_hold(advance_hold("none", "shelve"), "unshelve") == "none"
    assert allowed_acts("unack", "duty", "shelved")[:2] == ("acknowledge", "unshelve")
    with pytest.raises(IllegalAct):
        advance_hold("shelved", "shelve")


def test_every_act_of_a_role_is_in_a_table() -> None:
    assert set(ROLES) <= set(ACTS)
