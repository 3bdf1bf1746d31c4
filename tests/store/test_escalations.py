"""Escalation through the real database by time travel: each step once, a clock that no hold moves, and one voice for an incident."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from core.config import Config
from core.escalation_config import EscalationPolicy
from dispatch.escalation import choose
from store import escalations
from store.acts import Act
from tests.desk import NORTH, SOUTH, Desk, later
from tests.escalation_desk import POLICIES, change, move_incident, run, sweep, told


def test_every_step_and_round_is_told_once_at_its_moment(desk: Desk) -> None:
    desk.alert(severity=1)
    run(desk, minutes=20)
    rows = desk.rows(
        "select step, round, target, extract(epoch from told_at - due_at)::int as late from escalation_steps order by due_at, target"
    )
    assert [(row["step"], row["round"], row["target"]) for row in rows] == [
        (0, 0, "role:duty"), (1, 0, "role:supervisor@area"), (1, 1, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader"),
        (1, 2, "role:supervisor@area"),
    ]  # fmt: skip
    assert all(row["late"] <= 10 for row in rows)
    sent = desk.rows("select target, dedupe_key, severity, payload from outbox order by outbox_id")
    assert [row["target"] for row in sent][:2] == ["role:duty", f"role:supervisor@{NORTH}001"]
    assert len({row["dedupe_key"] for row in sent}) == len(sent) == 6
    assert sent[0]["payload"]["title"] == "烟感报警"


def test_the_term_is_set_with_the_alert_and_its_passing_is_marked_and_written_down(desk: Desk) -> None:
    began, alert_id = desk.now, desk.alert(severity=1)
    sweep(desk)
    [row] = desk.rows("select respond_by, overdue_at, version from alerts")
    assert (row["respond_by"], row["overdue_at"], row["version"]) == (began + timedelta(minutes=3), None, 1)
    run(desk, minutes=3)
    [row] = desk.rows("select overdue_at from alerts")
    assert row["overdue_at"] == began + timedelta(minutes=3)
    logged = desk.rows(
        "select after->>'overdue' as overdue from change_log where noun = 'alert' and key = %s order by change_id", str(alert_id)
    )
    assert [one["overdue"] for one in logged] == ["false", "true"]


@pytest.mark.parametrize("answer", [{"stage": "acked", "acked_by": "duty1"}, {"owner_id": 1, "owner": "duty1"}, {"stage": "normal"}])
def test_an_answer_ends_the_telling(desk: Desk, answer: dict[str, Any]) -> None:
    alert_id = desk.alert(severity=1)
    run(desk, minutes=1)
    if "acked_by" in answer:
        answer = {**answer, "acked_at": desk.now}
    change(desk, alert_id, **answer)
    run(desk, minutes=20)
    assert told(desk) == [(0, 0, "role:duty")]
    [row] = desk.rows("select overdue_at from alerts")
    assert row["overdue_at"] is None


def test_held_from_the_first_nobody_is_told_the_term_runs_and_after_it_only_the_last_step_reached(desk: Desk) -> None:
    alert_id = desk.alert(severity=1, hold="suppressed", hold_ref="silence:1")
    run(desk, minutes=3, seconds=30)
    assert told(desk) == []
    assert desk.rows("select 1 from alerts where overdue_at is not null")
    change(desk, alert_id, hold="none")
    sweep(desk)
    sweep(desk)
    assert told(desk) == [(1, 0, "role:supervisor@area")]
    run(desk, minutes=3)
    assert told(desk) == [
        (1, 0, "role:supervisor@area"), (1, 1, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader"), (1, 2, "role:supervisor@area"),
    ]  # fmt: skip


def test_held_between_two_steps_loses_and_delays_none(desk: Desk) -> None:
    alert_id = desk.alert(severity=1)
    run(desk, seconds=30)
    change(desk, alert_id, hold="shelved")
    run(desk, seconds=30)
    change(desk, alert_id, hold="none")
    run(desk, minutes=1)
    assert told(desk) == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]


def test_worse_chooses_the_graver_policy_and_its_nearer_term_and_who_was_told_of_the_milder_hears_of_it(desk: Desk) -> None:
    began, alert_id = desk.now, desk.alert(severity=2)
    run(desk, minutes=6)
    assert told(desk) == [(0, 0, "role:duty")]
    change(desk, alert_id, severity=1)
    run(desk, seconds=10)
    # The clock began when it rang: whoever would have been told of a red one by now is told at once.
    assert sorted(told(desk)[1:]) == [
        (0, 0, "role:duty"), (1, 2, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader"),
    ]  # fmt: skip
    said = desk.rows("select template, severity from outbox where target = 'role:duty' order by outbox_id")
    assert [(one["template"], one["severity"]) for one in said] == [("alert_escalated", 2), ("alert_worsened", 1)]
    [row] = desk.rows("select respond_by from alerts")
    assert row["respond_by"] == began + timedelta(minutes=9)


def test_worse_and_milder_again_tells_nobody_twice_of_the_same_policy(desk: Desk) -> None:
    alert_id = desk.alert(severity=2)
    run(desk, minutes=6)
    for severity in (1, 2, 1):
        change(desk, alert_id, severity=severity)
        run(desk, seconds=20)
    told_now = told(desk)
    assert len(told_now) == 5
    change(desk, alert_id, severity=2)
    run(desk, seconds=20)
    assert told(desk) == told_now
    run(desk, minutes=2)
    assert told(desk)[5:] == [(1, 0, "role:supervisor")]  # what lies ahead comes


def test_worse_after_a_hold_is_told_of(desk: Desk) -> None:
    alert_id = desk.alert(severity=3)
    run(desk, minutes=1)
    change(desk, alert_id, hold="shelved")
    run(desk, minutes=10)
    change(desk, alert_id, hold="none")
    run(desk, minutes=1)
    before = told(desk)
    change(desk, alert_id, severity=1)
    run(desk, seconds=10)
    assert sorted(told(desk)[len(before) :]) == [
        (0, 0, "role:duty"), (1, 2, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader"),
    ]  # fmt: skip


def test_what_was_born_answered_and_opens_again_begins_its_clock_then(desk: Desk) -> None:
    number = desk.insert("incidents", {"title": "内涝", "severity": 1, "stage": "handling", "area": f"{NORTH}001", "opened_at": desk.now,
                                       "updated_at": desk.now}, "incident_id")  # fmt: skip
    run(desk, minutes=30)
    move_incident(desk, number, "open")
    run(desk, minutes=2)
    assert told(desk, "incident") == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]


def test_acknowledged_and_then_worse_calls_everybody_anew(desk: Desk) -> None:
    alert_id = desk.alert(severity=2)
    run(desk, minutes=1)
    change(desk, alert_id, stage="acked", acked_at=desk.now, acked_by="duty1")
    run(desk, minutes=30)
    worse_at = desk.now
    change(desk, alert_id, stage="unack", severity=1)
    sweep(desk)
    assert told(desk) == [(0, 0, "role:duty"), (0, 0, "role:duty")]
    [row] = desk.rows("select respond_by, overdue_at from alerts")
    assert (row["respond_by"], row["overdue_at"]) == (worse_at + timedelta(minutes=3), None)
    run(desk, minutes=2)
    assert told(desk)[2:] == [(1, 0, "role:supervisor@area")]
    assert len(desk.rows("select 1 from outbox")) == 3


def test_a_probe_goes_only_to_the_probes_target_and_has_no_term(desk: Desk) -> None:
    desk.alert(severity=1, probe=True)
    run(desk, minutes=30)
    assert told(desk) == [(0, 0, "probe/all")]
    assert desk.rows("select respond_by from alerts") == [{"respond_by": None}]


def by_hand(desk: Desk, alert_id: int) -> list[tuple[int, int, str]]:
    """What was told because somebody asked."""
    before = told(desk)
    with desk.store.connection() as connection:
        act = Act("escalate", desk.scope("duty1", "duty"), later(desk, seconds=1), note="人手不够")
        escalations.escalate_now(connection, "alert", {"alert_id": alert_id}, act)
    sweep(desk)
    return [one for one in told(desk) if one not in before]


def test_by_hand_the_next_step_comes_at_once_and_not_again_at_its_moment(desk: Desk) -> None:
    alert_id = desk.alert(severity=1)
    run(desk, seconds=10)
    assert by_hand(desk, alert_id) == [(1, 0, "role:supervisor@area")]
    run(desk, minutes=3)
    assert told(desk) == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]
    [row] = desk.rows("select s.why, s.by, o.payload from escalation_steps s, outbox o where step = 1 and o.target like 'role:sup%%'")
    assert (row["why"], row["by"], row["payload"]["note"]) == ("hand", "duty1", "人手不够")
    assert by_hand(desk, alert_id) == [(2, 0, "role:leader"), (2, 0, "sms/role:leader")]
    assert by_hand(desk, alert_id) == [(1, 2, "role:supervisor@area")]  # somebody else first, then the rounds that are left
    assert by_hand(desk, alert_id) == [(-1, 0, "role:supervisor@area")]  # no cry for help is unheard
    assert by_hand(desk, alert_id) == [(-1, 1, "role:supervisor@area")]


def test_a_cry_for_help_is_heard_also_while_held_and_after_an_answer(desk: Desk) -> None:
    held, taken = desk.alert(severity=1, hold="shelved"), desk.alert(severity=1, title="2", owner_id=1, owner="duty1")
    run(desk, seconds=10)
    assert told(desk) == []
    assert by_hand(desk, held) == [(0, 0, "role:duty")]
    by_hand(desk, taken)
    assert told(desk, "alert", taken) == [(0, 0, "role:duty")]


def test_who_reads_an_alert_sees_what_was_told_and_what_will_be(desk: Desk) -> None:
    alert_id = desk.alert(severity=1)
    run(desk, minutes=2)
    thing = {"id": alert_id, "severity": 1, "class_code": "0501", "domain": "emergency", "area": f"{NORTH}001", "stage": "unack"}
    with desk.store.connection() as connection:
        shown = escalations.read_steps(connection, POLICIES, "alert", thing, desk.now)
        ended = escalations.read_steps(connection, POLICIES, "alert", {**thing, "stage": "acked"}, desk.now)
    assert (shown["policy"], [(one["step"], one["target"]) for one in shown["told"]]) == (
        "red",
        [(0, "role:duty"), (1, "role:supervisor@area")],
    )
    assert [(one["step"], one["round"]) for one in shown["due"]] == [(1, 1), (2, 0), (1, 2)]
    assert (ended["due"], len(ended["told"])) == ([], 2)


def test_the_term_stands_in_the_alert_from_its_first_moment_and_is_the_one_the_policies_say(desk: Desk) -> None:
    policies = {"gas": EscalationPolicy.model_validate({"classes": ["0504"]}), "north": EscalationPolicy.model_validate(
        {"severities": [1, 2], "areas": [NORTH], "respond_within": "7m"}), "water": EscalationPolicy.model_validate(
        {"domains": ["water"], "respond_within": "9m"}), **POLICIES}  # fmt: skip
    with desk.store.connection() as connection:
        escalations.keep_terms(connection, policies)
        escalations.keep_terms(connection, policies)
    for severity, class_code, domain, street in product((1, 2, 4), ("0504", "0501"), ("emergency", "water"), (NORTH, SOUTH)):
        known = {"severity": severity, "class_code": class_code, "domain": domain}
        alert_id = desk.alert(street, title=f"{severity}{class_code}{domain}", **known)
        chosen = choose(policies, severity, class_code, domain, f"{street}001")
        [row] = desk.rows("select respond_by, version from alerts where alert_id = %s", alert_id)
        assert chosen is not None
        assert row["respond_by"] == (desk.now + chosen[1].respond_within if chosen[1].respond_within else None), known
    later(desk, seconds=3)
    escalations.sweep(desk.store, policies, desk.now)
    assert desk.rows("select 1 from change_log where noun = 'alert'") == []  # nothing of it changed since


def test_a_city_without_policies_tells_nobody(desk: Desk) -> None:
    desk.alert(severity=1)
    later(desk, seconds=2)
    escalations.sweep(desk.store, {}, desk.now)
    assert desk.rows("select 1 from outbox") == []
    assert desk.rows("select respond_by from alerts") == [{"respond_by": None}]


def test_the_shipped_policies_tell_of_every_gravity_or_mark_its_term(config: Config) -> None:
    assert all(any(severity in policy.severities for policy in config.escalations.values()) for severity in (1, 2, 3, 4))
