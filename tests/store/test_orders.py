"""Expedite orders (督办): issued by a leader in the case's own transaction, answered by whoever handles, told once when nobody did."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from store import orders
from tests.desk import NORTH, Desk, Person, later


@pytest.fixture
def number(desk: Desk, app: Flask) -> str:
    """A case of the northern street, dispatched to its grid worker."""
    person = desk.sign_in(app, "duty1")
    made = person.post("/cases", {"class_code": "0502", "title": "路面积水", "cell_code": f"{NORTH}001001", "dispatch": True})
    assert made.status_code == 201, made.json
    return str(made.json["number"])


def issue(person: Person, number: str, **fields: Any) -> Any:
    return person.post("/orders", {"case": number, "text": "今日内排除积水并反馈", **fields})


def go(person: Person, order_id: int, act: str, **fields: Any) -> Any:
    return person.post(f"/orders/{order_id}/acts", {"act": act, **fields})


def swept(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return orders.mark_overdue(connection, desk.now)


def told(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.rows("select template, target from outbox where template like 'order%%' order by outbox_id")
    return [(row["template"], row["target"]) for row in rows]


def test_an_order_is_counted_on_its_case_and_stands_in_both_audits(desk: Desk, app: Flask, number: str) -> None:
    boss = desk.sign_in(app, "boss")
    made = issue(boss, number)
    assert (made.status_code, made.json["stage"], made.json["acts"], made.json["overdue"]) == (201, "issued", ["withdraw"], False)
    assert made.json["due_at"] == (desk.now + desk.config.ledgers.order_for).isoformat()
    case = boss.get(f"/cases/{number}").json
    assert case["expedites"] == 1
    assert [one["act"] for one in case["audit"]][-1] == "expedite"
    assert [one["act"] for one in boss.get(f"/orders/{made.json['id']}").json["audit"]] == ["issue"]
    assert [one["case_number"] for one in boss.get(f"/orders?case={number}").json["orders"]] == [number]


def test_an_order_that_cannot_be_issued_leaves_the_case_uncounted(desk: Desk, app: Flask, number: str) -> None:
    boss, past = desk.sign_in(app, "boss"), (desk.now - timedelta(hours=1)).isoformat()
    assert [issue(boss, number, **fields).status_code for fields in ({"text": " "}, {"due_at": past}, {"text": 3})] == [422] * 3
    assert [issue(desk.sign_in(app, login), number).status_code for login in ("dispatcher", "worker1")] == [403, 403]
    assert issue(desk.with_token(app, "act"), number).status_code == 403
    assert issue(boss, "0" * 19).status_code == 404
    assert desk.rows("select expedites from cases") == [{"expedites": 0}]
    assert desk.rows("select 1 from expedite_orders") == []


def test_answered_returned_answered_again_and_closed(desk: Desk, app: Flask, number: str) -> None:
    boss, worker = desk.sign_in(app, "boss"), desk.sign_in(app, "worker1")
    order_id = issue(boss, number).json["id"]
    assert worker.get(f"/orders/{order_id}").json["acts"] == ["feedback"]
    assert go(worker, order_id, "feedback").status_code == 422, "an answer says something"
    answered = go(worker, order_id, "feedback", note="已架设水泵")
    assert (answered.json["stage"], answered.json["feedback"], answered.json["fed_back_name"]) == ("fed_back", "已架设水泵", "worker1")
    later(desk, minutes=20)
    until = (desk.now + timedelta(hours=3)).isoformat()
    returned = go(boss, order_id, "return", note="仍有积水", until=until)
    assert returned.status_code == 200, returned.json
    assert (returned.json["stage"], returned.json["returns"], returned.json["due_at"]) == ("issued", 1, until)
    go(worker, order_id, "feedback", note="已排干")
    closed = go(boss, order_id, "close")
    assert (closed.json["stage"], closed.json["acts"], closed.json["ended_at"]) == ("closed", [], desk.now.isoformat())
    boss_id, worker_id = (f"account:{desk.people[login]}" for login in ("boss", "worker1"))
    assert told(desk) == [("order_fed_back", boss_id), ("order_returned", worker_id), ("order_fed_back", boss_id)]


def test_an_illegal_act_raises_and_changes_nothing(desk: Desk, app: Flask, number: str) -> None:
    order_id = issue(desk.sign_in(app, "boss"), number).json["id"]
    before = desk.rows("select * from expedite_orders")
    for login, act, status in (
        ("worker1", "close", 409), ("worker2", "feedback", 403), ("boss", "feedback", 403), ("worker1", "withdraw", 403),
        ("boss", "return", 409), ("boss", "nonsense", 409),
    ):  # fmt: skip
        assert go(desk.sign_in(app, login), order_id, act, note="试试").status_code == status, (login, act)
        assert desk.rows("select * from expedite_orders") == before


def test_a_stale_version_is_told_who_was_faster(desk: Desk, app: Flask, number: str) -> None:
    boss, worker = desk.sign_in(app, "boss"), desk.sign_in(app, "worker1")
    order_id = issue(boss, number).json["id"]
    go(worker, order_id, "feedback", note="已处理")
    late = boss.post(f"/orders/{order_id}/acts", {"act": "withdraw", "note": "误发"}, If_Match='"1"')
    assert (late.status_code, late.json["present"]["stage"], late.json["last"]["act"]) == (412, "fed_back", "feedback")


def test_an_order_that_nobody_answered_is_told_once_to_both_sides(desk: Desk, app: Flask, number: str) -> None:
    boss, worker = desk.sign_in(app, "boss"), desk.sign_in(app, "worker1")
    order_id = issue(boss, number).json["id"]
    assert swept(desk) == 0
    later(desk, hours=24)
    assert (swept(desk), swept(desk)) == (1, 0)
    sides = [("order_overdue", f"account:{desk.people[login]}") for login in ("worker1", "boss")]
    assert told(desk) == sides
    boss, worker = desk.sign_in(app, "boss"), desk.sign_in(app, "worker1")  # their sessions are over too
    assert boss.get("/orders?overdue=true").json["orders"][0]["overdue"] is True
    go(worker, order_id, "feedback", note="迟了")
    go(boss, order_id, "return", note="再报", until=(desk.now + timedelta(hours=1)).isoformat())
    later(desk, hours=2)
    assert (swept(desk), swept(desk)) == (1, 0), "a new term may be missed anew"


def test_two_processes_tell_an_overdue_order_once(desk: Desk, app: Flask, number: str) -> None:
    issue(desk.sign_in(app, "boss"), number)
    later(desk, hours=24)
    with desk.store.connection() as one, desk.store.connection() as other:
        assert (orders.mark_overdue(one, desk.now), orders.mark_overdue(other, desk.now)) == (1, 0)
    assert (swept(desk), len(told(desk))) == (0, 2)


def test_a_case_that_ended_takes_an_order_only_when_it_is_opened_again(desk: Desk, app: Flask, number: str) -> None:
    supervisor = desk.sign_in(app, "supervisor")
    before = issue(supervisor, number).json["id"]
    assert supervisor.post(f"/cases/{number}/acts", {"act": "force_close", "note": "已由市政处理"}).status_code == 200
    assert issue(supervisor, number).status_code == 409
    again = supervisor.post(f"/cases/{number}/acts", {"act": "reopen", "note": "市民再次反映"})
    assert (again.status_code, again.json["stage"]) == (200, "registered")
    assert issue(supervisor, number).status_code == 201
    shown = supervisor.get(f"/orders/{before}").json
    assert (shown["stage"], shown["case_stage"], shown["reopens"]) == ("issued", "registered", 1), "an order outlives the end of its case"


def test_a_late_answer_is_late_although_the_sweep_never_saw_it(desk: Desk, app: Flask, number: str) -> None:
    order_id = issue(desk.sign_in(app, "boss"), number).json["id"]
    later(desk, hours=25)
    assert go(desk.sign_in(app, "worker1"), order_id, "feedback", note="才完成").json["overdue"] is True
    assert swept(desk) == 0


def test_an_order_is_seen_where_its_case_is(desk: Desk, app: Flask, number: str, web_database_url: str) -> None:
    issue(desk.sign_in(app, "boss"), number)
    south = desk.with_token(app, "read", area="320404002")
    assert south.get("/orders").json["orders"] == []
    with psycopg.connect(web_database_url) as web:
        assert web.execute("select count(*) from expedite_orders").fetchone() == (0,)
        web.execute("select set_config('yiping.areas', '320404001%', true)")
        assert web.execute("select count(*) from expedite_orders").fetchone() == (1,)


def test_an_order_is_issued_for_the_case_as_it_was_seen(desk: Desk, app: Flask, number: str) -> None:
    body = {"act": "expedite", "note": "今日办结"}
    late = desk.sign_in(app, "boss").ask("POST", f"/cases/{number}/acts", body, If_Match='"1"')
    assert late.status_code == 412, late.json
    assert desk.rows("select 1 from expedite_orders") == []


def test_who_is_offered_an_order_may_issue_it(desk: Desk, app: Flask, number: str) -> None:
    for login in ("boss", "supervisor", "duty1", "dispatcher"):
        person = desk.sign_in(app, login)
        offered = "expedite" in person.get(f"/cases/{number}").json["side_acts"]
        assert (issue(person, number).status_code == 201) is offered is (login in {"boss", "supervisor"}), login


def test_nobody_is_late_with_an_order_on_a_case_that_has_ended(desk: Desk, app: Flask, number: str) -> None:
    supervisor = desk.sign_in(app, "supervisor")
    issue(supervisor, number)
    assert supervisor.post(f"/cases/{number}/acts", {"act": "force_close", "note": "已由市政处理"}).status_code == 200
    later(desk, hours=24)
    assert (swept(desk), told(desk)) == (0, [])
