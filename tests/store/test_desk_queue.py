"""The desk's queue: late before grave before long, in pages and as counted, and the views of it one keeps."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from tests.desk import Desk, Person


def queue(person: Person, query: str = "") -> list[Any]:
    return [item["id"] for item in person.get(f"/queue{query}").json["items"]]


def test_the_queue_puts_late_before_grave_before_long_and_what_others_have_after_what_nobody_has(desk: Desk, app: Flask) -> None:
    def minutes(n: int) -> datetime:
        return desk.now - timedelta(minutes=n)

    late = desk.alert(title="late", severity=4, overdue_at=desk.now)
    short, long_ = desk.alert(title="b", raised_at=minutes(1)), desk.alert(title="c", raised_at=minutes(9))
    others = desk.alert(title="d", raised_at=minutes(30), owner_id=desk.people["duty2"], owner="duty2")
    mine = desk.alert(title="e", raised_at=minutes(5), owner_id=desk.people["duty1"], owner="duty1")
    mild, red = desk.alert(title="f", severity=3, raised_at=minutes(99)), desk.incident(severity=1)
    held = desk.alert(title="g", severity=1, hold="shelved", hold_until=desk.now)
    person = desk.sign_in(app, "duty1")
    order = [late, red, long_, mine, short, others, mild]
    assert queue(person) == order
    assert queue(person, "?held=true") == [held]
    assert queue(person, "?owner=me") == [mine]
    assert queue(person, "?owner=nobody") == [late, red, long_, mine, short, mild]
    assert queue(person, "?severity=3,4") == [late, mild]
    paged: list[int] = []
    answer = person.get("/queue?limit=2").json
    while answer["items"]:
        paged += [item["id"] for item in answer["items"]]
        answer = person.get(f"/queue?limit=2&next={answer['next']}").json if answer["next"] else {"items": []}
    assert paged == order
    counts = person.get("/queue/counts").json
    assert (counts["alert"]["open"], counts["alert"]["overdue"], counts["alert"]["by_severity"]["2"], counts["held"]["open"]) == (
        6,
        1,
        4,
        1,
    )
    assert person.get("/queue?next=WzFd").status_code == 422


def test_an_alert_of_an_open_incident_is_its_incidents_work_and_of_a_handled_one_its_own(desk: Desk, app: Flask) -> None:
    open_, handled = desk.incident(), desk.incident(stage="handling")
    desk.alert(title="a", incident_id=open_)
    alone = desk.alert(title="b", incident_id=handled)
    assert queue(desk.sign_in(app, "duty1")) == [alone, open_]


def test_a_domain_takes_reports_and_cases_by_their_class(desk: Desk, app: Flask) -> None:
    fire, water = desk.alert(title="a"), desk.alert(title="b", domain="water", class_code="0502")
    report = desk.report(class_code="0502")
    desk.report(title="火", class_code="0501")
    person = desk.sign_in(app, "duty1")
    assert {(item["kind"], item["id"]) for item in person.get("/queue?domain=water").json["items"]} == {
        ("alert", water),
        ("report", report),
    }
    assert fire not in queue(person, "?domain=water&kind=alert")
    assert person.get("/queue?domain=air").status_code == 422


def test_alerts_of_the_same_moment_are_paged_without_a_gap(desk: Desk, app: Flask) -> None:
    ids = [desk.alert(title=str(n)) for n in range(7)]
    person, paged = desk.sign_in(app, "duty1"), []
    answer = person.get("/queue?limit=3").json
    while answer["items"]:
        paged += [item["id"] for item in answer["items"]]
        answer = person.get(f"/queue?limit=3&next={answer['next']}").json if answer["next"] else {"items": []}
    assert paged == ids


def test_alerts_that_prove_the_path_are_in_no_list(desk: Desk, app: Flask) -> None:
    desk.alert(probe=True)
    person = desk.sign_in(app, "duty1")
    assert person.get("/alerts").json["alerts"] == []
    assert person.get("/queue").json["items"] == []
    assert person.get("/queue/counts").json["alert"]["open"] == 0


def test_views_are_ones_own_in_ones_own_order_and_shared_with_a_role_if_one_likes(desk: Desk, app: Flask) -> None:
    mine, other, supervisor = (desk.sign_in(app, login) for login in ("duty1", "duty2", "supervisor"))
    first = mine.post("/views", {"name": "水", "filters": {"domain": "water"}, "order": 2}).json
    shared = mine.post("/views", {"name": "红色", "filters": {"severity": "1"}, "order": 1, "role": "duty"}).json
    assert [view["name"] for view in mine.get("/views").json["views"]] == ["红色", "水"]
    assert [(view["name"], view["own"], view["author"]) for view in other.get("/views").json["views"]] == [("红色", False, "duty1")]
    assert supervisor.get("/views").json["views"] == []
    assert other.ask("DELETE", f"/views/{shared['id']}").status_code == 404
    assert mine.post("/views", {"name": "水", "filters": {}}).json["id"] == first["id"]
    assert mine.ask("DELETE", f"/views/{first['id']}").status_code == 200
    for bad in (
        {"name": "", "filters": {}},
        {"name": "x"},
        {"name": "x", "filters": {}, "role": "king"},
        {"name": "x", "filters": {}, "y": 1},
    ):
        assert mine.post("/views", bad).status_code == 422
