"""One voice for an incident: its alerts are one message, and who leaves it speaks for itself."""

from tests.desk import Desk
from tests.escalation_desk import change, incident, move_incident, run, told


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
