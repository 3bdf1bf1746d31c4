"""What somebody sends through any door is refused with words, never a fault of ours, and no door leads round two people or an area."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.config import Config
from tests.desk import NORTH, PASSWORD, SOUTH, Desk, Person, open_desk


@pytest.fixture
def desk(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Desk]:
    """A city where red and orange take two."""
    two = config.duty.two_person.model_copy(update={"severities": (1, 2)})
    asked = config.model_copy(update={"duty": config.duty.model_copy(update={"two_person": two})})
    with open_desk(asked, database_url, web_database_url, now, tmp_path) as opened:
        yield opened


def raw(person: Person, method: str, path: str, body: str) -> Any:
    headers = {"Content-Type": "application/json", "X-Yiping-Csrf": person.csrf}
    return person.client.open(f"/api/v1{path}", method=method, data=body.encode(), headers=headers)


def incident(desk: Desk, **columns: Any) -> int:
    values = {"title": "火", "severity": 4, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    return int(desk.insert("incidents", {**values, **columns}, "incident_id"))


@pytest.mark.parametrize("word", ['"\\ud800"', "1e999", '"a\\u001b[2J"', '"gate\\u202egnp"', "[" * 60 + "]" * 60])
def test_what_nobody_takes_is_refused_at_every_door(desk: Desk, app: Flask, word: str) -> None:
    officer, alert_id, incident_id = desk.sign_in(app, "duty1"), desk.alert(severity=4), incident(desk)
    until = (desk.now + timedelta(hours=1)).isoformat()
    bodies = {
        f"/alerts/{alert_id}/acts": '{"act":"comment","note":%s}', f"/incidents/{incident_id}/acts": '{"act":"retitle","title":%s}',
        "/views": '{"name":%s,"filters":{}}', "/silences": '{"matcher":{"rules":["a"]},"until":"' + until + '","why":%s}',
    }  # fmt: skip
    for path, body in bodies.items():
        answer = raw(officer, "POST", path, body % word)
        assert (answer.status_code, answer.json["type"]) == (422, "urn:yiping:problem:invalid"), path
    admin = desk.sign_in(app, "admin")
    assert raw(admin, "PUT", "/rules/mine?check=true", '{"why":"w","body":{"reason":' + word + "}}").status_code == 422


def test_a_title_is_one_line_and_a_note_may_have_several(desk: Desk, app: Flask) -> None:
    officer, incident_id = desk.sign_in(app, "duty1"), incident(desk)
    assert officer.post(f"/incidents/{incident_id}/acts", {"act": "retitle", "title": "a\nb"}).status_code == 422
    assert officer.post("/views", {"name": "a\tb", "filters": {}}).status_code == 422
    assert officer.post(f"/incidents/{incident_id}/acts", {"act": "comment", "note": "a\nb"}).status_code == 200


def test_what_two_people_shelve_nobody_silences_alone(desk: Desk, app: Flask) -> None:
    officer, supervisor = desk.sign_in(app, "duty1"), desk.sign_in(app, "supervisor")
    until = (desk.now + timedelta(hours=1)).isoformat()

    def silence(person: Person, **matcher: Any) -> Any:
        return person.post("/silences", {"matcher": {"rules": ["smoke"], **matcher}, "until": until, "why": "检修"})

    refused = silence(officer)
    assert (refused.status_code, "severity_at_least" in refused.json["detail"]) == (422, True)
    assert silence(officer, severity_at_most=2).status_code == silence(officer, severity_at_least=2).status_code == 422
    assert silence(officer, severity_at_least=3).status_code == silence(supervisor).status_code == 201


def test_to_dismiss_a_report_whose_alert_is_grave_takes_two_people(desk: Desk, app: Flask) -> None:
    officer, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2")
    report_id = desk.report(severity=1)
    alert_id = desk.alert(severity=1, report_id=report_id, title="r")
    dismiss = {"act": "dismiss", "note": "误报"}
    waits = officer.post(f"/reports/{report_id}/acts", dismiss)
    assert (waits.status_code, waits.json["approval"]["noun"], waits.json["approval"]["act"]) == (202, "alert", "judge")
    assert officer.get(f"/reports/{report_id}").json["stage"] == "open"
    assert officer.get(f"/alerts/{alert_id}").json["verdict"] is None
    assert officer.post(f"/reports/{report_id}/acts", dismiss).status_code == 409, "it waits already"
    assert officer.post(f"/reports/{report_id}/acts", {"act": "dismiss"}).status_code == 422, "without a reason nothing is asked for"
    other.post(f"/approvals/{waits.json['approval']['id']}/acts", {"act": "approve"})
    assert officer.get(f"/alerts/{alert_id}").json["verdict"] == "false_alarm"
    assert officer.post(f"/reports/{report_id}/acts", dismiss).json["stage"] == "dismissed"
    mild = desk.report(title="b")
    desk.alert(severity=3, report_id=mild, title="m")
    assert officer.post(f"/reports/{mild}/acts", dismiss).json["stage"] == "dismissed"


@pytest.mark.parametrize("change", ["disabled_at = now()", "role = 'leader'"])
def test_what_somebody_asked_for_who_may_no_longer_act_lapses(desk: Desk, app: Flask, change: str) -> None:
    officer, other, alert_id = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2"), desk.alert(severity=1)
    asked = officer.post(f"/alerts/{alert_id}/acts", {"act": "judge", "verdict": "test", "note": "试"}).json["approval"]
    desk.rows(f"update accounts set {change} where login = 'duty1' returning 1")
    decided = other.post(f"/approvals/{asked['id']}/acts", {"act": "approve"}).json
    assert (decided["stage"], decided["why"].partition(" ")[0]) == ("lapsed", "duty1")
    assert other.get(f"/alerts/{alert_id}").json["verdict"] is None


def test_an_offer_shows_what_the_successor_may_see_and_counts_the_rest(desk: Desk, app: Flask) -> None:
    officer, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "north")
    mine, secret = desk.alert(severity=3, title="北"), desk.alert(SOUTH, severity=3, title="南街秘密")
    for alert_id in (mine, secret):
        officer.post(f"/alerts/{alert_id}/acts", {"act": "take"})
    officer.post("/shifts/handover", {"to": desk.people["north"], "note": "x", "password": PASSWORD})
    [offer] = north.get("/shifts/current").json["offers"]
    assert ([item["title"] for item in offer["items"]], offer["beyond"]) == (["北"], 1)
    signed = north.post(f"/shifts/{offer['shift_id']}/acts", {"act": "accept", "password": PASSWORD})
    assert signed.json["moved"] == [{"noun": "alert", "id": str(mine)}], "the whole list was signed, and its hash holds"


def test_a_storm_of_the_city_is_told_in_full_to_who_sees_it_all(desk: Desk, app: Flask) -> None:
    values = {"area": "320404", "began_at": desk.now - timedelta(hours=2), "ended_at": desk.now, "arrivals": 5, "capacity": 3}
    desk.insert("storms", {**values, "report": json.dumps({"top": [{"title": "南街秘密"}]})}, "storm_id")
    desk.alert(SOUTH, severity=3)
    city, part = (desk.sign_in(app, login).get("/storm") for login in ("duty1", "north"))
    assert (city.json["scope"], city.json["arrivals"], city.json["last"][0]["arrivals"]) == ("city", 1, 5)
    assert (part.json["scope"], part.json["arrivals"], part.json["capacity"]) == ("part", 0, None)
    assert "秘密" not in part.get_data(as_text=True)
    assert set(part.json["last"][0]) == {"id", "began_at", "ended_at"}


def test_views_are_shared_with_ones_own_role_and_say_what_the_desk_can_filter(desk: Desk, app: Flask) -> None:
    worker, supervisor = desk.sign_in(app, "worker1"), desk.sign_in(app, "supervisor")

    def share(person: Person, **fields: Any) -> int:
        return int(person.post("/views", {"name": "看", "filters": {"text": "x"}, **fields}).status_code)

    assert (share(worker, role="supervisor"), share(worker, role="grid_worker")) == (403, 201)
    assert (share(supervisor, role="duty"), share(supervisor, role="leader")) == (201, 403)
    for filters in ({"colour": "red"}, {"text": 3}, {"text": "x" * 201}, {"severity": [1]}, {"text": {"a": "b"}}):
        assert share(worker, filters=filters) == 422
    assert [share(worker, order=order) for order in (-1, 1000, 10**30, True)] == [422] * 4


def test_a_page_of_notices_is_bounded(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    assert {officer.get(f"/notices?limit={limit}").status_code for limit in (-1, 0, 99999999999)} == {422}
    assert officer.post("/notices/acts", {"act": "see", "ids": [True]}).status_code == 422


def test_what_is_missing_or_misspelt_is_named(desk: Desk, app: Flask) -> None:
    officer, admin = desk.sign_in(app, "duty1"), desk.sign_in(app, "admin")
    until = (desk.now + timedelta(hours=1)).isoformat()

    def said(answer: Any) -> str:
        assert answer.status_code == 422
        return str(answer.json["detail"])

    assert "'to' is missing" in said(officer.post("/shifts/handover", {"password": PASSWORD}))
    for matcher, word in (
        ([1], "matcher: an object"),
        ("x", "matcher: an object"),
        ({"rulez": ["a"]}, "matcher.rulez"),
        ({"devices": ["*" * 9]}, "stars"),
    ):
        assert word in said(officer.post("/silences", {"matcher": matcher, "until": until, "why": "x"}))
    assert "future" in said(admin.post("/rules/smoke/backtest", {"from": (desk.now + timedelta(days=1)).isoformat()}))
