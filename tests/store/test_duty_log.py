"""The duty log (值班日志): written once, put right beside what stood there, proposed from what happened, signed with the shift."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from tests.desk import NORTH, PASSWORD, SOUTH, Desk, Person, later


def write(person: Person, text: str = "泵站值守到位", **fields: Any) -> Any:
    return person.post("/duty-log", {"text": text, **fields})


def amend(person: Person, entry_id: int, text: str, note: str = "听错了", **headers: str) -> Any:
    return person.post(f"/duty-log/{entry_id}/acts", {"act": "amend", "text": text, "note": note}, **headers)


def incident(desk: Desk, title: str = "积水", area: str = NORTH, **columns: Any) -> int:
    values = {
        "title": title,
        "severity": 2,
        "stage": "open",
        "area": f"{area}001",
        "opened_at": desk.now,
        "updated_at": desk.now,
        **columns,
    }
    return int(desk.insert("incidents", values, "incident_id"))


def origins(person: Person) -> list[str]:
    return [one["origin"] for one in person.get("/duty-log/proposals").json["proposals"]]


def test_a_line_begins_the_shift_and_says_who_wrote_it(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    made = write(person, at=(desk.now - timedelta(minutes=10)).isoformat())
    assert (made.status_code, made.json["by"], made.json["version"], made.json["acts"]) == (201, "duty1", 1, ["amend"])
    assert made.json["shift_id"] == person.get("/shifts/current").json["shift"]["id"]
    assert [one["text"] for one in desk.sign_in(app, "boss").get("/duty-log").json["entries"]] == ["泵站值守到位"]


def test_what_is_put_right_stays_to_be_read(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    entry_id = write(person, "二号泵停机").json["id"]
    amended = amend(person, entry_id, "三号泵停机")
    assert (amended.json["text"], amended.json["first_text"], amended.json["version"]) == ("三号泵停机", "二号泵停机", 2)
    assert [(one["text"], one["why"], one["by"]) for one in amended.json["amendments"]] == [("三号泵停机", "听错了", "duty1")]
    assert amend(desk.sign_in(app, "duty2"), entry_id, "x").status_code == 403
    assert amend(person, entry_id, "x", note="").status_code == 422
    assert amend(person, entry_id, "四号泵停机", If_Match='"1"').status_code == 412
    assert amend(desk.sign_in(app, "supervisor"), entry_id, "四号泵停机").json["version"] == 3


def test_the_database_itself_refuses_to_overwrite(desk: Desk, app: Flask, database_url: str) -> None:
    write(desk.sign_in(app, "duty1"))
    with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.RaiseException, match="never overwritten"):
        owner.execute("update duty_entries set text = 'x'")


def test_what_is_no_line_is_not_written(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    wrong: list[dict[str, Any]] = [{"text": " "}, {"at": "2026-01-01T00:00:00+08:00"}, {"origin": "incident/99/opened"}, {"colour": "red"}]
    assert [write(officer, **fields).status_code for fields in wrong] == [422] * len(wrong)
    assert [write(desk.sign_in(app, login)).status_code for login in ("boss", "worker1")] == [403, 403]
    assert desk.rows("select 1 from duty_entries") == []


def test_what_happened_in_the_shift_is_proposed_until_it_is_written_or_left_out(desk: Desk, app: Flask) -> None:
    before, person = incident(desk, "班前的事"), desk.sign_in(app, "duty1")
    later(desk, minutes=1)
    person.post("/shifts")
    assert origins(person) == []
    one, two = incident(desk), incident(desk, "管网抢修", drill=True)
    incident(desk, "小事", severity=4)
    desk.insert("hazards", {"title": "边坡", "level": "major", "area": SOUTH, "found_at": desk.now, "found_name": "x",
                            "updated_at": desk.now}, "hazard_id")  # fmt: skip
    assert sorted(origins(person)) == ["hazard/1/found", f"incident/{one}/opened", f"incident/{two}/opened"]
    assert f"incident/{before}/opened" not in origins(person)
    kept = write(person, "北岸积水，已派泵车", origin=f"incident/{one}/opened")
    assert (kept.json["origin"], kept.json["drill"]) == (f"incident/{one}/opened", False)
    assert write(person, "再记一次", origin=f"incident/{one}/opened").status_code == 422
    assert write(person, "", origin=f"incident/{two}/opened", left_out=True).status_code == 422, "left out for a reason"
    left = write(person, "", origin=f"incident/{two}/opened", left_out=True, why="演练，已在演练簿登记")
    assert (left.json["text"], left.json["drill"]) == ("管网抢修", True)
    assert origins(person) == ["hazard/1/found"]
    assert len(person.get("/duty-log").json["entries"]) == 1
    assert len(person.get("/duty-log?left_out=true").json["entries"]) == 2


def test_nobody_is_proposed_what_he_does_not_see(desk: Desk, app: Flask) -> None:
    north = desk.sign_in(app, "north")
    north.post("/shifts")
    incident(desk, "南边", SOUTH)
    assert origins(north) == []


def test_both_sign_for_the_log_with_the_shift(desk: Desk, app: Flask, database_url: str) -> None:
    one, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2")
    first = write(one, "泵站值守到位").json["id"]
    amend(one, first, "泵站值守两人")
    assert one.get("/duty-log").json["entries"][0]["signature"] is None
    offered = one.post("/shifts/handover", {"to": desk.people["duty2"], "note": "", "password": PASSWORD})
    assert offered.status_code == 201, offered.json
    after = write(one, "交班后接到的电话").json["id"]
    shift_id = other.get("/shifts/current").json["offers"][0]["shift_id"]
    assert other.post(f"/shifts/{shift_id}/acts", {"act": "accept", "password": PASSWORD}).status_code == 200
    told = {entry["id"]: entry["signature"] for entry in other.get("/duty-log").json["entries"]}
    assert (told[first]["from"], told[first]["to"], told[after]) == ("duty1", "duty2", None), "what came after the offer nobody signed for"
    [signature] = other.get("/duty-log/signatures").json["signatures"]
    assert (len(signature["entries"]), signature["intact"]) == (2, True)
    assert "handover/1/accepted" in origins(other)
    with psycopg.connect(database_url) as owner:
        owner.execute("alter table duty_entries disable trigger never_overwritten")
        owner.execute("update duty_entries set text = '泵站无人' where entry_id = %s", [first])
    assert other.get("/duty-log/signatures").json["signatures"][0]["intact"] is False, "whoever changes the rows is found out"


def test_a_log_is_read_in_its_area_alone(desk: Desk, app: Flask) -> None:
    write(desk.sign_in(app, "duty1"))
    write(desk.sign_in(app, "north"), "北街道的事")
    assert [one["text"] for one in desk.sign_in(app, "north").get("/duty-log").json["entries"]] == ["北街道的事"]
    assert len(desk.sign_in(app, "boss").get("/duty-log").json["entries"]) == 2
