"""What people do with alerts, incidents and reports through the API: late writers, reasons, and what follows from an act."""

import threading
from datetime import timedelta
from typing import Any

from flask import Flask

from store.sweep import sweep
from tests.desk import NORTH, Desk


def test_two_officers_acknowledge_at_once_and_the_later_one_sees_who_was_first(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    people = [desk.sign_in(app, login) for login in ("duty1", "duty2")]
    etag = people[0].get(f"/alerts/{alert_id}").headers["ETag"]
    answers: list[Any] = [None, None]
    start = threading.Barrier(2)

    def acknowledge(index: int) -> None:
        start.wait()
        answers[index] = people[index].post(f"/alerts/{alert_id}/acts", {"act": "acknowledge", "note": "看到"}, If_Match=etag)

    threads = [threading.Thread(target=acknowledge, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = 0 if answers[0].status_code == 200 else 1
    lost = answers[1 - winner]
    assert (answers[winner].status_code, lost.status_code) == (200, 412)
    assert lost.json["present"]["acked_by"] == ("duty1", "duty2")[winner]
    assert lost.headers["ETag"] == lost.json["etag"] == answers[winner].headers["ETag"] != etag
    assert len(desk.rows("select 1 from audit where act = 'acknowledge'")) == 1


def test_without_if_match_the_second_acknowledgement_is_409_with_the_allowed_acts(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "acknowledge"}).json["stage"] == "acked"
    again = person.post(f"/alerts/{alert_id}/acts", {"act": "acknowledge"})
    assert (again.status_code, again.json["stage"], again.json["allowed"]) == (
        409,
        "acked",
        ["shelve", "take", "assign", "escalate", "comment", "judge"],
    )
    assert again.content_type == "application/problem+json"


def test_acknowledging_what_has_returned_ends_it(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert(stage="rtn_unack")
    answer = desk.sign_in(app, "duty1").post(f"/alerts/{alert_id}/acts", {"act": "acknowledge"})
    assert (answer.json["stage"], answer.json["ended_at"] is not None, answer.json["acts"]) == ("normal", True, ["comment", "judge"])


def test_shelving_needs_a_reason_and_ends_by_itself(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    until = (desk.now + timedelta(minutes=10)).isoformat()
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "until": until}).status_code == 422
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "until": until, "note": "检修"}).json["hold"] == "shelved"
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now + timedelta(minutes=10), desk.config) == 1
    assert person.get(f"/alerts/{alert_id}").json["hold"] == "none"


def test_acknowledging_an_incident_acknowledges_its_alerts(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    incident_id = desk.insert(
        "incidents",
        {"title": "积水", "severity": 3, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now},
        "incident_id",
    )
    alert_id = desk.alert(incident_id=incident_id)
    assert person.post(f"/incidents/{incident_id}/acts", {"act": "acknowledge"}).json["stage"] == "open"
    assert person.get(f"/alerts/{alert_id}").json["stage"] == "acked"
    assert person.post(f"/incidents/{incident_id}/acts", {"act": "dismiss"}).status_code == 422


def test_dismissing_a_report_clears_the_alert_it_raised(desk: Desk, app: Flask) -> None:
    person, report_id = desk.sign_in(app, "duty1"), desk.report()
    alert_id = desk.alert(subject="report:12345/t", report_id=report_id)
    assert person.post(f"/reports/{report_id}/acts", {"act": "dismiss"}).status_code == 422
    assert person.post(f"/reports/{report_id}/acts", {"act": "dismiss", "note": "误报"}).json["stage"] == "dismissed"
    assert person.get(f"/alerts/{alert_id}").json["stage"] == "normal"


def test_placing_a_report_finds_its_cell_and_classifying_takes_only_the_citys_classes(desk: Desk, app: Flask) -> None:
    person, report_id = desk.sign_in(app, "duty1"), desk.report(placement="none")
    placed = person.post(f"/reports/{report_id}/acts", {"act": "place", "lon": 119.905, "lat": 31.785}).json
    assert (placed["cell_id"], placed["area"], placed["placement"], placed["stage"]) == (1, f"{NORTH}001", "inside", "open")
    assert person.post(f"/reports/{report_id}/acts", {"act": "classify", "class_code": "9999"}).status_code == 422
    assert person.post(f"/reports/{report_id}/acts", {"act": "classify", "class_code": "0503"}).json["class_code"] == "0503"


def test_the_same_key_answers_the_same_and_another_body_is_refused(desk: Desk, app: Flask) -> None:
    person, body = desk.sign_in(app, "duty1"), {"alert_id": desk.alert()}
    first, again = (person.post("/cases", body, Idempotency_Key="k1") for _ in range(2))
    other = person.post("/cases", {"title": "x", "class_code": "0101"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json["number"] == again.json["number"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(desk.rows("select 1 from cases")) == 1
