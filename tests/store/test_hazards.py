"""Hazards (隐患): found, assigned, rectified with a photo, verified by another, closed; told once when their term is over."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from store import hazards, media_sweep
from tests.desk import NORTH, Desk, Person, later, picture


@pytest.fixture
def unit(desk: Desk) -> int:
    """The drainage unit, whose one handler is worker1."""
    unit_id = int(desk.insert("units", {"code": "DR", "name": "排水公司", "name_en": "Drainage", "area": "320404"}, "unit_id"))
    with desk.store.connection() as connection:
        connection.execute("update accounts set unit_id = %s, role = 'handler' where login = 'worker1'", [unit_id])
    return unit_id


def find(person: Person, **fields: Any) -> Any:
    return person.post("/hazards", {"title": "边坡松动", "cell_code": f"{NORTH}001001", **fields})


def go(person: Person, hazard_id: int, act: str, **fields: Any) -> Any:
    return person.post(f"/hazards/{hazard_id}/acts", {"act": act, **fields})


def photograph(person: Person, hazard_id: int, role: str = "after") -> Any:
    return person.ask("POST", f"/hazards/{hazard_id}/photos?role={role}", picture(), Content_Type="image/jpeg")


def swept(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return hazards.mark_overdue(connection, desk.now)


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(row["template"], row["target"]) for row in desk.rows("select template, target from outbox order by outbox_id")]


def test_a_hazard_goes_its_whole_way_and_the_ledger_tells_who_did_what(desk: Desk, app: Flask, unit: int) -> None:
    grid, officer, worker = (desk.sign_in(app, login) for login in ("worker2", "duty1", "worker1"))
    found = find(grid, text="雨后裂缝", level="major", address="童子河北岸")
    assert (found.status_code, found.json["stage"], found.json["area"], found.json["acts"]) == (201, "found", f"{NORTH}001", [])
    hazard_id = found.json["id"]
    assigned = go(officer, hazard_id, "assign", unit="DR", measures="打桩、设围挡")
    assert (assigned.json["stage"], assigned.json["unit"], assigned.json["measures"]) == ("rectifying", "排水公司", "打桩、设围挡")
    assert assigned.json["due_at"] == (desk.now + desk.config.ledgers.major_hazard_for).isoformat()
    assert told(desk) == [("hazard_assigned", f"account:{desk.people['worker1']}")]
    assert go(worker, hazard_id, "rectify", note="已打桩").status_code == 422, "without a picture of the result"
    photograph(worker, hazard_id)
    assert go(worker, hazard_id, "rectify", note="已打桩").json["stage"] == "rectified"
    assert go(worker, hazard_id, "verify").status_code == 403, "nobody verifies what they rectified"
    assert go(grid, hazard_id, "verify").json["verified_name"] == "worker2"
    assert go(officer, hazard_id, "close").status_code == 403, "a major one is a supervisor's to close"
    closed = go(desk.sign_in(app, "supervisor"), hazard_id, "close").json
    assert (closed["stage"], closed["acts"], [one["act"] for one in closed["audit"]]) == (
        "closed", [], ["find", "assign", "add_photo", "rectify", "verify", "close"]
    )  # fmt: skip
    assert [one["role"] for one in closed["photos"]] == ["after"]
    assert worker.get(closed["photos"][0]["url"].removeprefix("/api/v1")).status_code == 200


def test_a_returned_hazard_asks_for_a_new_picture_and_for_another_verifier_again(desk: Desk, app: Flask, unit: int) -> None:
    officer, worker, grid = (desk.sign_in(app, login) for login in ("duty1", "worker1", "worker2"))
    hazard_id = find(officer, unit=unit and "DR").json["id"]
    photograph(worker, hazard_id)
    go(worker, hazard_id, "rectify", note="好了")
    later(desk, minutes=5)
    back = go(officer, hazard_id, "return", note="围挡未设")
    assert (back.json["stage"], back.json["returns"], back.json["rectified_name"]) == ("rectifying", 1, "worker1")
    assert go(worker, hazard_id, "rectify", note="真的好了").status_code == 422
    later(desk, minutes=5)
    photograph(worker, hazard_id)
    assert go(worker, hazard_id, "rectify", note="真的好了").status_code == 200
    assert go(grid, hazard_id, "verify").json["stage"] == "verified"
    assert go(officer, hazard_id, "close").json["stage"] == "closed", "a general one is the desk's to close"


def test_an_illegal_act_raises_and_changes_nothing(desk: Desk, app: Flask, unit: int) -> None:
    hazard_id = find(desk.sign_in(app, "duty1")).json["id"]
    before = desk.rows("select * from hazards")
    wrong: list[tuple[str, str, dict[str, Any], int]] = [
        ("duty1", "assign", {}, 422), ("duty1", "assign", {"unit": "nobody"}, 422), ("duty1", "assign", {"unit": "DR", "level": "vast"}, 422),
        ("worker1", "assign", {"unit": "DR"}, 403), ("worker1", "rectify", {"note": "好"}, 409), ("duty1", "close", {}, 409),
        ("duty1", "void", {"note": "重复"}, 403), ("supervisor", "void", {}, 422), ("boss", "assign", {"unit": "DR"}, 403),
    ]  # fmt: skip
    for login, act, fields, status in wrong:
        assert go(desk.sign_in(app, login), hazard_id, act, **fields).status_code == status, (login, act, fields)
    assert desk.rows("select * from hazards") == before
    assert desk.rows("select act from audit where noun = 'hazard' and act <> 'find'") == []


def test_what_cannot_be_written_down_is_not(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    wrong: list[dict[str, Any]] = [
        {"title": ""},
        {"level": "vast"},
        {"enterprise": "nobody"},
        {"cell_code": None, "lon": "x"},
        {"colour": "red"},
    ]
    assert [find(officer, **fields).status_code for fields in wrong] == [422, 422, 404, 422, 422]
    assert find(desk.sign_in(app, "boss")).status_code == 403
    assert find(desk.with_token(app, "act")).status_code == 403
    assert desk.rows("select 1 from hazards") == []


def test_a_hazard_that_nobody_put_right_is_told_once_to_owner_and_supervisors(desk: Desk, app: Flask, unit: int) -> None:
    officer = desk.sign_in(app, "duty1")
    hazard_id = find(officer, unit="DR", until=(desk.now + timedelta(hours=2)).isoformat()).json["id"]
    later(desk, hours=2)
    assert (swept(desk), swept(desk)) == (1, 0)
    assert told(desk)[1:] == [("hazard_overdue", f"account:{desk.people['worker1']}"), ("hazard_overdue", "role:supervisor")]
    officer = desk.sign_in(app, "duty1")
    assert officer.get("/hazards?overdue=true").json["hazards"][0]["id"] == hazard_id
    moved = go(officer, hazard_id, "assign", until=(desk.now + timedelta(hours=1)).isoformat())
    assert (moved.json["overdue"], moved.json["unit"]) == (False, "排水公司"), "a new term, the same owner"
    later(desk, hours=1)
    assert swept(desk) == 1


def test_the_pictures_of_an_open_hazard_are_kept(desk: Desk, app: Flask, unit: int) -> None:
    worker = desk.sign_in(app, "worker1")
    hazard_id = find(worker).json["id"]
    photograph(worker, hazard_id, "before")
    keep = timedelta(days=30)
    later(desk, days=60)
    assert media_sweep.sweep(desk.store, desk.media, keep, desk.now).ended == 0
    assert go(desk.sign_in(app, "supervisor"), hazard_id, "void", note="重复登记").status_code == 200
    later(desk, days=31)
    assert media_sweep.sweep(desk.store, desk.media, keep, desk.now).ended == 1


def test_a_hazard_is_seen_in_its_area_alone(desk: Desk, app: Flask, web_database_url: str) -> None:
    hazard_id = find(desk.sign_in(app, "duty1")).json["id"]
    south = desk.with_token(app, "read", "act", area="320404002")
    assert (south.get("/hazards").json["hazards"], south.get(f"/hazards/{hazard_id}").status_code) == ([], 404)
    with psycopg.connect(web_database_url) as web:
        web.execute("select set_config('yiping.areas', '320404002%', true)")
        assert web.execute("select count(*) from hazards").fetchone() == (0,)
