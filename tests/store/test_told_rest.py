"""What people and screens read of escalation, notices, ways out and the proof of the path, over HTTP."""

from typing import Any

from flask import Flask
from psycopg.types.json import Jsonb

from core.escalation_config import SCREEN
from delivery import deliver_inside
from store import escalations, notices
from store.timescale import queries
from tests.desk import NORTH, Desk, later


def sweep(desk: Desk) -> None:
    escalations.sweep(desk.store, desk.config.escalations, desk.now)
    deliver_inside(desk.store, SCREEN, notices.put, desk.config.notify, desk.now)


def test_an_alert_and_an_incident_show_who_was_told_and_who_will_be(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert(severity=1)
    columns = {"title": "内涝", "severity": 1, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    number = desk.insert("incidents", columns, "incident_id")
    later(desk, seconds=3)
    sweep(desk)
    person = desk.sign_in(app, "duty1")
    for path in (f"/alerts/{alert_id}", f"/incidents/{number}"):
        shown: dict[str, Any] = person.get(path).json["escalation"]
        assert (shown["policy"], shown["quiet"]) == ("red", False)
        assert [(one["step"], one["target"], one["why"], one["sent_at"] is not None) for one in shown["told"]] == [
            (0, "role:duty", "due", True)
        ]
        assert [one["step"] for one in shown["due"]] == [1, 1, 2, 1]


def test_who_is_told_reads_it_and_nobody_else_does(desk: Desk, app: Flask) -> None:
    desk.alert(severity=1)
    later(desk, seconds=3)
    sweep(desk)
    duty, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "supervisor")
    [notice] = duty.get("/notices?unseen=true").json["notices"]
    assert (notice["title"], notice["template"], notice["items"][0]["step"]) == ("烟感报警", "alert_escalated", 0)
    assert other.get("/notices").json["notices"] == []
    assert other.post("/notices/acts", {"act": "see", "ids": [notice["id"]]}).json == {"seen": 0}
    assert duty.post("/notices/acts", {"act": "see", "ids": [notice["id"]]}).json == {"seen": 1}
    assert duty.get("/notices?unseen=true").json["notices"] == []
    assert [one["seen"] for one in duty.get("/notices").json["notices"]] == [True]
    assert duty.post("/notices/acts", {"act": "see", "ids": ["x"]}).status_code == 422
    assert desk.with_token(app, "read").get("/notices").status_code == 403


def test_a_way_out_that_stands_still_is_among_the_feeds_and_the_path_is_told(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    with desk.store.connection() as connection:
        queries.outbox_add(
            connection,
            now=desk.now,
            dedupe_key="k",
            target="sms/role:duty",
            template="alert_escalated",
            payload=Jsonb({"area": NORTH}),
            severity=2,
        )
    assert [row["state"] for row in person.get("/feeds").json["feeds"] if row["feed"] == "notify-sms"] == ["connected"]
    later(desk, minutes=2)
    told = person.get("/feeds").json
    [row] = [row for row in told["feeds"] if row["feed"] == "notify-sms"]
    assert (row["state"], row["label"], row["accepted"]) == ("waiting", "短信网关", 0)
    assert told["path"] == {"ok": False, "seconds": None, "at": None, "failed": 0}
    path = person.get("/probe").json
    assert (path["last"], path["age_s"], path["legs"]["whole"]) == (None, None, None)
    assert desk.with_token(app, "screen", view="/wall").get("/probe").status_code == 200
