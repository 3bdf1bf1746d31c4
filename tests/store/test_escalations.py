"""Escalation through the real database by time travel: each step once, a clock that no hold moves, and one voice for an incident."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from core.config import Config
from core.escalation_config import EscalationPolicy
from dispatch.escalation import choose
from store import escalations
from store.acts import Act
from store.timescale import Store
from tests.desk import NORTH, SOUTH, Desk, later
from tests.patience import Stopwatch, until

POLICIES = {
    "red": EscalationPolicy.model_validate({"severities": [1], "respond_within": "3m", "stop_on": ["acknowledge", "take"], "steps": [
        {"after": "0s", "targets": ["role:duty"]},
        {"after": "2m", "targets": ["role:supervisor@area"], "repeat": 2, "every": "2m"},
        {"after": "5m", "targets": ["role:leader", "sms/role:leader"]},
    ]}),
    "others": EscalationPolicy.model_validate({"respond_within": "10m", "steps": [
        {"after": "0s", "targets": ["role:duty"]}, {"after": "8m", "targets": ["role:supervisor"]},
    ]}),
}  # fmt: skip


def sweep(desk: Desk) -> int:
    return escalations.sweep(desk.store, POLICIES, desk.now)


def told(desk: Desk, noun: str = "alert", key: int | None = None) -> list[tuple[int, int, str]]:
    """In the order of telling."""
    where = "" if key is None else f"and id = {key}"
    rows = desk.rows(
        f"select step, round, target from escalation_steps where noun = %s {where} order by told_at, step, round, target", noun
    )
    return [(row["step"], row["round"], row["target"]) for row in rows]


def run(desk: Desk, **span: float) -> None:
    """Second by second would be the same: the sweep is asked every ten."""
    end = desk.now + timedelta(**span)
    while desk.now < end:
        desk.now = min(desk.now + timedelta(seconds=10), end)
        sweep(desk)


def change(desk: Desk, alert_id: int, **columns: Any) -> None:
    names = ", ".join(f"{name} = %s" for name in columns)
    with desk.store.connection() as connection:
        connection.execute(f"update alerts set {names}, updated_at = %s where alert_id = %s", [*columns.values(), desk.now, alert_id])


def incident(desk: Desk, *alerts: int, severity: int = 1) -> int:
    number = desk.insert(
        "incidents", {"title": "内涝", "severity": severity, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now},
        "incident_id",
    )  # fmt: skip
    for alert_id in alerts:
        change(desk, alert_id, incident_id=number)
    return int(number)


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


def move_incident(desk: Desk, number: int, stage: str) -> None:
    with desk.store.connection() as connection:
        connection.execute("update incidents set stage = %s, updated_at = %s where incident_id = %s", [stage, desk.now, number])


def test_an_incident_that_is_over_speaks_for_none_of_its_alerts_any_more(desk: Desk) -> None:
    alert_id = desk.alert(severity=2, stage="acked", acked_at=desk.now, acked_by="duty1")
    number = incident(desk, alert_id, severity=2)
    run(desk, minutes=1)
    move_incident(desk, number, "closed")
    run(desk, minutes=5)
    assert told(desk) == []
    change(desk, alert_id, stage="unack", severity=1)
    run(desk, minutes=2)
    assert told(desk) == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]


def test_what_nobody_answered_in_an_incident_speaks_for_itself_when_that_is_handled(desk: Desk) -> None:
    alerts = [desk.alert(severity=2, title=title) for title in "ab"]
    number = incident(desk, *alerts, severity=2)
    run(desk, minutes=9)
    move_incident(desk, number, "handling")
    with desk.store.connection() as worker:  # who holds one of them delays the other by nothing
        worker.execute("select from escalations where noun = 'alert' and id = %s for update", [alerts[0]])
        run(desk, seconds=10)
        assert told(desk) == [(1, 0, "role:supervisor")]
    run(desk, seconds=10)
    assert told(desk) == [(1, 0, "role:supervisor")] * 2
    assert desk.rows("select 1 from escalations where look_at is not null and look_at <= %s", desk.now) == []
    change(desk, alerts[0], stage="acked", acked_at=desk.now)
    change(desk, alerts[0], stage="unack")
    run(desk, minutes=1)
    assert told(desk, "alert", alerts[0])[1:] == [(0, 0, "role:duty")]


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


def test_twenty_alerts_of_an_incident_are_one_message_and_the_split_one_speaks_for_itself(desk: Desk) -> None:
    alerts = [desk.alert(severity=1, title=f"水位{n}") for n in range(20)]
    number = incident(desk, *alerts)
    run(desk, minutes=1)
    assert told(desk) == []
    assert told(desk, "incident") == [(0, 0, "role:duty")]
    run(desk, minutes=1)
    assert told(desk, "incident")[1:] == [(1, 0, "role:supervisor@area")]
    assert len(desk.rows("select 1 from alerts where respond_by is not null")) == 20
    change(desk, alerts[0], incident_id=None)
    run(desk, seconds=10)
    assert told(desk) == [(1, 0, "role:supervisor@area")]
    assert told(desk, "incident", number) == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]


def test_an_incident_acknowledged_is_silent_until_it_becomes_graver(desk: Desk) -> None:
    number = incident(desk, severity=2)
    run(desk, minutes=1)
    act = {"at": desk.now, "actor": "duty1", "role": "duty", "act": "acknowledge", "noun": "incident", "key": str(number)}
    desk.insert("audit", act, "audit_id")
    run(desk, minutes=20)
    assert told(desk, "incident") == [(0, 0, "role:duty")]
    assert desk.rows("select 1 from incidents where overdue_at is null")
    with desk.store.connection() as connection:
        connection.execute("update incidents set severity = 1, updated_at = %s", [desk.now])
    run(desk, minutes=2)
    assert told(desk, "incident")[1:] == [(0, 0, "role:duty"), (1, 0, "role:supervisor@area")]


def test_an_incident_is_held_while_all_that_is_open_in_it_is(desk: Desk) -> None:
    alerts = [desk.alert(severity=1, title=f"水位{n}", hold="suppressed") for n in range(2)]
    incident(desk, *alerts)
    run(desk, minutes=3)
    assert told(desk, "incident") == []
    change(desk, alerts[0], hold="none")
    run(desk, seconds=10)
    assert told(desk, "incident") == [(1, 0, "role:supervisor@area")]


def test_two_leaders_at_once_tell_nobody_twice(desk: Desk, database_url: str) -> None:
    for n in range(30):
        desk.alert(severity=1, title=str(n))
    later(desk, seconds=2)
    stores, start = [Store(database_url), Store(database_url)], threading.Barrier(2)

    def lead(store: Store) -> None:
        start.wait()
        for _ in range(3):
            escalations.sweep(store, POLICIES, desk.now)

    threads = [threading.Thread(target=lead, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    sweep(desk)
    assert len(told(desk)) == 30
    assert len(desk.rows("select 1 from outbox")) == 30


def test_a_leader_that_dies_in_the_middle_leaves_neither_mark_nor_message(desk: Desk) -> None:
    desk.alert(severity=1)
    later(desk, seconds=2)

    def die_in_the_middle() -> None:
        with desk.store.connection() as connection:
            assert escalations.sweep_due(connection, POLICIES, desk.now) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die_in_the_middle()
    assert desk.rows("select 1 from outbox") == desk.rows("select 1 from escalation_steps") == []
    sweep(desk)
    assert len(desk.rows("select 1 from outbox")) == 1


def test_a_leader_that_comes_back_late_tells_each_step_once(desk: Desk) -> None:
    desk.alert(severity=1)
    later(desk, minutes=30)
    sweep(desk)
    assert told(desk) == [(0, 0, "role:duty"), (1, 2, "role:supervisor@area"), (2, 0, "role:leader"), (2, 0, "sms/role:leader")]


def test_what_an_officer_holds_is_met_again_and_nobody_waits(desk: Desk) -> None:
    alert_id = desk.alert(severity=1)
    later(desk, seconds=2)
    with desk.store.connection() as officer:
        officer.execute("select 1 from alerts where alert_id = %s for update", [alert_id])
        assert sweep(desk) == 0
    assert sweep(desk) == 1


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


def test_with_a_hundred_thousand_open_a_sweep_with_nothing_due_reads_nothing(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            "insert into escalations (noun, id, since, look_at) select 'alert', i, %s, %s from generate_series(1, 100000) i",
            [desk.now, desk.now + timedelta(minutes=5)],
        )
        connection.execute("analyze escalations")
    watch = Stopwatch()
    assert sweep(desk) == 0
    watch.within(0.05, "a sweep")


def test_a_storm_is_looked_at_in_portions_that_hold_no_one_long(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            """insert into alerts (rule, subject, domain, class_code, severity, stage, title, area, observed_at, raised_at, updated_at)
               select 'r', i::text, 'water', '0502', 1, 'unack', 't', %s, %s, %s, %s from generate_series(1, 1000) i""",
            [f"{SOUTH}001", desk.now, desk.now, desk.now],
        )
    later(desk, seconds=3)
    watch = Stopwatch()
    with desk.store.connection() as connection:
        assert escalations.sweep_due(connection, POLICIES, desk.now) == escalations.AT_ONCE
    watch.within(1.0, "a portion")
    assert sweep(desk) == 1000 - escalations.AT_ONCE
    assert len(desk.rows("select 1 from outbox")) == 1000


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


def test_processes_that_start_at_the_same_moment_keep_the_same_terms(desk: Desk) -> None:
    with ThreadPoolExecutor(1) as pool:
        with desk.store.connection() as first:
            escalations.keep_terms(first, POLICIES)
            second = pool.submit(_keep_terms, desk)
            until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the second waits for the first")
        second.result(20)
    assert len(desk.rows("select 1 from escalation_terms")) == len(POLICIES)


def _keep_terms(desk: Desk) -> None:
    with desk.store.connection() as connection:
        escalations.keep_terms(connection, POLICIES)
