"""Tables sent over HTTP: bounded while they are read, for those alone who keep the whole city, taken by whoever saw what stands."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from api import sent_table
from tests.desk import NORTH, Desk, Person

STANDARDS = "大类代码,大类名称,小类代码,小类名称,立案条件,结案条件,处置时限\n01,市容,01,乱堆,占道,清理,{limit}\n"
DAYS = "日期,是否上班,说明\n{day},休,市庆\n"


def send(person: Person, path: str, body: str, etag: str | None = None, **query: str) -> Any:
    headers = {"If_Match": etag} if etag else {}
    return person.post(f"{path}?{urlencode(query)}", body.encode(), **headers)


@pytest.fixture
def street_admin(desk: Desk, app: Flask) -> Person:
    desk.insert(
        "accounts", {"login": "street", "password_hash": "x", "role": "admin", "areas": [NORTH], "title": "街道管理员"}, "account_id"
    )
    return desk.sign_in(app, "street")


def test_an_admin_of_a_part_changes_nothing_that_holds_for_the_whole_city(desk: Desk, app: Flask, street_admin: Person) -> None:
    city = desk.sign_in(app, "admin")
    assert city.post("/routing", {"rule": "water", "label": "积水", "on_shift": True}).status_code == 201
    rule = {"label": "我的", "on_shift": True, "why": "x"}
    year = street_admin.get("/work-days/2026")
    answers = [
        send(street_admin, "/standards/table", STANDARDS.format(limit="1天"), kind="event", file="a.csv"),
        send(street_admin, "/work-days/table", DAYS.format(day="2026-03-02"), file="a.csv"),
        street_admin.ask("PUT", "/work-days/2026", {"days": [], "why": "x"}, If_Match=year.headers["ETag"]),
        street_admin.post("/routing", {"rule": "mine", **rule}),
        street_admin.ask("PUT", "/routing/water", rule, If_Match='"1"'),
        street_admin.ask("DELETE", "/routing/water", {"why": "x"}, If_Match='"1"'),
        street_admin.ask("PUT", "/catalogue/forest_cover", {"label": "森林覆盖率", "group": "other", "why": "x"}),
        send(street_admin, "/catalogue/table", "编码,名称\nforest_cover,森林覆盖率\n", kind="definitions", file="a.csv"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 8
    assert all("whole city" in answer.json["detail"] for answer in answers)
    assert [street_admin.get(path).status_code for path in ("/standards", "/work-days/2026", "/routing/water")] == [200] * 3


def test_a_table_is_taken_by_whoever_saw_what_stands_and_says_why(desk: Desk, app: Flask) -> None:
    admin = desk.sign_in(app, "admin")
    for path, first, second, query in (
        ("/standards/table", STANDARDS.format(limit="1天"), STANDARDS.format(limit="2天"), {"kind": "event", "file": "a.csv"}),
        ("/work-days/table", DAYS.format(day="2026-03-02"), DAYS.format(day="2026-03-03"), {"file": "a.csv"}),
    ):
        seen, also = send(admin, path, first, **query).headers["ETag"], send(admin, path, second, **query).headers["ETag"]
        taken = {**query, "apply": "true", "why": "市里批准"}
        assert send(admin, path, first, **taken).status_code == 428, "who never looked"
        assert send(admin, path, first, seen, **query, apply="true").status_code == 422, "without a reason"
        assert send(admin, path, first, seen, **taken).json["applied"]
        late = send(admin, path, second, also, **taken)
        assert (late.status_code, late.headers["ETag"]) == (412, send(admin, path, second, **query).headers["ETag"]), "another was quicker"
        assert send(admin, path, second, late.headers["ETag"], **taken).json["applied"]
    lines = desk.rows("select note, detail from audit where noun in ('standards', 'work_days')")
    assert [(line["note"], line["detail"]["file"]) for line in lines] == [("市里批准", "a.csv")] * 4


def test_a_table_has_an_end_and_a_name_of_any_length(desk: Desk, app: Flask) -> None:
    admin = desk.sign_in(app, "admin")
    name = "立案处置结案标准" * 24 + ".csv"
    assert send(admin, "/standards/table", STANDARDS.format(limit="1天"), kind="event", file=name).status_code == 200
    most = sent_table.MOST_ROWS
    row = STANDARDS.format(limit="1天").splitlines()[1] + "\n"
    for path, body, query in (
        ("/standards/table", STANDARDS.format(limit="1天") + row * most, {"kind": "event"}),
        ("/work-days/table", DAYS.format(day="2026-03-02") * (most + 1), {}),
        ("/rosters/sheet", "责任网格,姓名,1,2,3\n" + "g1,worker1,白,白,白\n" * most, {"month": "2026-12"}),
    ):
        told = send(admin, path, body, file="a.csv", **query)
        assert (told.status_code, f"more than {most} rows" in told.json["detail"]) == (422, True), path


def test_days_no_calendar_reaches_are_faults_of_their_row(desk: Desk, app: Flask) -> None:
    admin = desk.sign_in(app, "admin")
    for day in ("9999-12-31", "1999-01-01"):
        told = send(admin, "/work-days/table", DAYS.format(day=day), file="a.csv")
        assert (told.status_code, [one["row"] for one in told.json["faults"]]) == (200, [2]), day


def test_who_may_not_is_refused_before_the_file_is_read(desk: Desk, app: Flask) -> None:
    wall = desk.sign_in(app, "worker1")
    for path in ("/enterprises", "/rosters/sheet"):
        assert send(wall, path, "no heading", file="a.csv").status_code == 403, path
