"""Whom a case could be given to: who handles there, those on shift and near before others, never whoever sent it back first."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask

from store.rosters import on_shift
from tests.desk import NORTH, SOUTH, Desk, Person

HERE = {"lon": 119.905, "lat": 31.785}


@pytest.fixture
def crew(desk: Desk) -> dict[str, int]:
    """A unit with three handlers in the north, one of the south, and a case."""
    with desk.store.connection() as connection:
        unit = connection.execute(
            "insert into units (code, name, name_en, area) values ('drain', '排水所', 'Drainage', %s) returning unit_id", [NORTH]
        ).fetchone()
    assert unit is not None
    found = {"unit": unit["unit_id"]}
    for login, area in (("wang", NORTH), ("li", NORTH), ("zhao", NORTH), ("south", SOUTH)):
        row = {
            "login": login,
            "password_hash": "x",
            "role": "handler",
            "areas": [area],
            "title": f"{login} 师傅",
            "unit_id": unit["unit_id"],
        }
        found[login] = desk.insert("accounts", row, "account_id")
    case(desk, "1")
    return found


def case(desk: Desk, number: str, **fields: Any) -> None:
    row = {"case_number": number, "title": "积水", "class_code": "0502", "severity": 3, "stage": "registered", "area": f"{NORTH}001", "cell_id": 1,
           "opened_at": desk.now, "updated_at": desk.now, **HERE, **fields}  # fmt: skip
    desk.insert("cases", row, "case_number")


def candidates(person: Person, query: str = "") -> list[dict[str, Any]]:
    answer = person.get(f"/cases/1/candidates?{query}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["candidates"])


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["title"].split()[0] for row in rows]


def test_of_a_unit_those_who_work_there_with_their_load(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    for number, stage, late in (("2", "handling", True), ("3", "dispatched", False), ("4", "finished", False)):
        case(desk, number, stage=stage, handler_id=crew["li"], overdue_at=desk.now if late else None)
    case(desk, "5", stage="closed", handler_id=crew["wang"], closed_at=desk.now)
    rows = candidates(desk.sign_in(app, "dispatcher"), f"unit={crew['unit']}")
    assert titles(rows) == ["wang", "zhao", "li"], "who has less to do comes first; nobody of the south"
    assert [(row["open"], row["overdue"]) for row in rows] == [(0, 0), (0, 0), (2, 1)], "what is finished waits for others"
    assert all("login" not in row and "lon" not in row for row in rows)


def test_who_is_on_shift_goes_before_who_is_near_and_whoever_sent_it_back_is_last(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    roster = {"duty_grid": "g1", "area": f"{NORTH}001", "shift": "日班", "starts": time(0), "ends": time(23, 59), "zone": "Asia/Shanghai", "since": date(2026, 1, 1),
              "anchor": date(2026, 1, 1), "cycle": [crew["zhao"]], "made_by": "t", "made_at": desk.now}  # fmt: skip
    desk.insert("rosters", roster, "roster_id")
    for login, minutes in (("li", 30), ("zhao", 60 * 20)):
        fix = {
            "account_id": crew[login],
            "area": f"{NORTH}001",
            "act": "arrive",
            "done_at": desk.now - timedelta(minutes=minutes),
            "received_at": desk.now,
            **HERE,
        }
        desk.insert("field_positions", fix, "position_id")
    back = {
        "case_number": "1",
        "area": f"{NORTH}001",
        "at": desk.now,
        "basis": "person",
        "worker_id": crew["wang"],
        "sent_back_at": desk.now,
    }
    desk.insert("case_routes", back, "route_id")
    rows = candidates(desk.sign_in(app, "dispatcher"), f"unit={crew['unit']}")
    assert titles(rows) == ["zhao", "li", "wang"]
    assert [row["on_shift"] for row in rows] == [{"duty_grid": "g1", "via": "roster"}, None, None]
    assert [row["distance_m"] for row in rows] == [None, 0, None], "where somebody was yesterday is not told"
    assert [row["sent_back"] for row in rows] == [False, False, True]


def rostered(desk: Desk, account: int) -> None:
    roster = {"duty_grid": "g1", "area": f"{NORTH}001", "shift": "日班", "starts": time(0), "ends": time(23, 59), "zone": "Asia/Shanghai", "since": date(2026, 1, 1),
              "anchor": date(2026, 1, 1), "cycle": [account], "made_by": "t", "made_at": desk.now}  # fmt: skip
    desk.insert("rosters", roster, "roster_id")


def test_the_worker_of_a_grid_that_somebody_else_serves_now_is_not_on_shift_whoever_is_asked_for(
    desk: Desk, app: Flask, crew: dict[str, int]
) -> None:
    person = desk.sign_in(app, "dispatcher")
    assert [row["on_shift"] for row in candidates(person, "q=worker1")] == [{"duty_grid": "g1", "via": "standing"}]
    rostered(desk, crew["zhao"])
    assert [row["on_shift"] for row in candidates(person, "q=worker1")] == [None]
    assert [row["on_shift"] for row in candidates(person, "q=zhao")] == [{"duty_grid": "g1", "via": "roster"}]
    with desk.store.connection() as connection:
        connection.execute("update accounts set disabled_at = now() where account_id = %s", [crew["zhao"]])
        told = on_shift(connection, "g1", desk.now)
    assert told is not None
    assert (told["account_id"], told["via"]) == (desk.people["worker1"], "standing")
    assert [row["on_shift"] for row in candidates(person, "q=worker1")] == [{"duty_grid": "g1", "via": "standing"}]


def test_the_list_is_cut_after_it_is_ranked_and_says_so(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    rostered(desk, crew["zhao"])
    for number in ("2", "3"):
        case(desk, number, stage="handling", handler_id=crew["zhao"])
    person = desk.sign_in(app, "dispatcher")
    told = person.get(f"/cases/1/candidates?unit={crew['unit']}&limit=1").json
    assert (titles(told["candidates"]), told["more"]) == (["zhao"], True)
    told = person.get(f"/cases/1/candidates?unit={crew['unit']}&limit=3").json
    assert (len(told["candidates"]), told["more"]) == (3, False)


def test_a_stand_in_is_on_shift_in_place_of_who_is_away(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    desk.insert("substitutions", {"area": f"{NORTH}001", "for_id": desk.people["worker1"], "stand_in_id": crew["li"], "since": desk.now - timedelta(hours=1),
                                  "until": desk.now + timedelta(hours=1), "why": "病假", "made_by": "t", "made_at": desk.now}, "substitution_id")  # fmt: skip
    on = {title: row["on_shift"] for row in candidates(desk.sign_in(app, "dispatcher")) for title in titles([row])}
    assert on["li"] == {"duty_grid": "g1", "via": "substitution"}
    assert on["worker1"] is None
    assert on["worker2"] is None


def test_words_find_people_and_their_unit(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    person = desk.sign_in(app, "dispatcher")
    assert titles(candidates(person, "q=zhao")) == ["zhao"]
    assert titles(candidates(person, "q=drainage")) == ["li", "wang", "zhao"]
    assert candidates(person, "q=nobody") == []


def test_the_one_chosen_can_be_given_the_case_by_number(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    person = desk.sign_in(app, "dispatcher")
    one = candidates(person, "q=zhao")[0]
    answer = person.post(
        "/cases/1/acts", {"act": "dispatch", "unit": one["unit"], "worker": one["account"]}, If_Match='"1"', Idempotency_Key="k" * 16
    )
    assert answer.status_code == 200, answer.json
    assert (answer.json["handler"], answer.json["unit"]["unit_id"]) == ("zhao 师傅", crew["unit"])


def test_a_case_of_another_area_has_no_candidates_for_us(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    case(desk, "9", area=f"{SOUTH}001", cell_id=2)
    assert desk.sign_in(app, "north").get("/cases/9/candidates").status_code == 404


def test_where_people_are_is_told_to_those_only_who_give_out_work(desk: Desk, app: Flask, crew: dict[str, int]) -> None:
    asked = {
        login: desk.sign_in(app, login).get("/cases/1/candidates").status_code
        for login in ("duty1", "dispatcher", "supervisor", "worker1", "boss", "auditor")
    }
    assert asked == {"duty1": 200, "dispatcher": 200, "supervisor": 200, "worker1": 403, "boss": 403, "auditor": 403}
