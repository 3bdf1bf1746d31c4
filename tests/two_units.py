"""The small city with two units and their people: cases that are given out, taken, finished; and one act on a case."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.desk import NORTH, Desk, Person, picture


@pytest.fixture
def people(desk: Desk) -> dict[str, Person]:
    """The small city with two units: the drains (worker1 and two handlers) and the roads (one handler)."""
    with desk.store.connection() as connection:
        units = {
            code: connection.execute(
                "insert into units (code, name, area) values (%s, %s, %s) returning unit_id", [code, name, NORTH]
            ).fetchone() or {}
            for code, name in (("drain", "排水所"), ("road", "市政所"))
        }  # fmt: skip
        for login, unit in (("handler1", "drain"), ("handler2", "drain"), ("handler3", "road")):
            row = connection.execute(
                "insert into accounts (login, password_hash, role, areas, title, unit_id) values (%s, 'x', 'handler', %s, %s, %s) "
                "returning account_id",
                [login, [NORTH], login, units[unit]["unit_id"]],
            ).fetchone()
            desk.people[login] = (row or {})["account_id"]
        connection.execute("update accounts set unit_id = %s where login = 'worker1'", [units["drain"]["unit_id"]])
        connection.execute("update accounts set areas = '{320404}' where login = 'worker2'")
    app = desk.app()
    logins = ("duty1", "supervisor", "dispatcher", "worker1", "worker2", "handler1", "handler2", "handler3", "boss")
    return {login: desk.sign_in(app, login) for login in logins}


def act(person: Person, number: str, name: str, status: int = 200, **fields: Any) -> Any:
    answer = person.post(f"/cases/{number}/acts", {"act": name, **fields})
    assert answer.status_code == status, answer.text
    return answer.json


def given_out(desk: Desk, people: dict[str, Person], **fields: Any) -> str:
    """A case that the drains lead and worker1 has, of a class with a deadline of many hours."""
    body = {"title": "路面积水", "class_code": "0101", "cell_code": "320404001001001", "dispatch": True}
    answer = people["duty1"].post("/cases", {**body, "unit": "drain", "worker": "worker1", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json["number"])


def in_hand(desk: Desk, people: dict[str, Person], **fields: Any) -> str:
    number = given_out(desk, people, **fields)
    act(people["worker1"], number, "take")
    return number


def until(desk: Desk, case: dict[str, Any], **span: float) -> str:
    return (datetime.fromisoformat(case["due_at"]) + timedelta(**span)).isoformat()


def read(people: dict[str, Person], number: str, login: str = "duty1") -> dict[str, Any]:
    return dict(people[login].get(f"/cases/{number}").json)


def finish(people: dict[str, Person], number: str) -> None:
    act(people["worker1"], number, "arrive")
    assert people["worker1"].post(f"/media?case={number}&role=after", picture()).status_code == 201
    act(people["worker1"], number, "finish")
