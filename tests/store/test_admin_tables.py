"""What an admin keeps by table and form: standards and calendar told before they are taken, rosters as sheets, rules tried on past cases."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from openpyxl import Workbook, load_workbook

from cli.import_ import import_
from cli.roster_sheet import export
from tests.desk import NORTH, SOUTH, Desk, Person
from tests.store.test_routing import case

STANDARDS = "大类代码,大类名称,小类代码,小类名称,立案条件,结案条件,处置时限\n01,市容,01,乱堆,占道,清理,{limit}\n01,市容,02,垃圾,{condition},清运,1天\n"


@pytest.fixture
def admin(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "admin")


def send(person: Person, path: str, body: str | bytes, etag: str | None = None, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return person.post(f"{path}?{asked}", body.encode() if isinstance(body, str) else body, **({"If_Match": etag} if etag else {}))


def test_a_table_of_standards_tells_what_it_changes_before_it_is_taken_and_a_fault_takes_nothing(
    desk: Desk, app: Flask, admin: Person
) -> None:
    first = STANDARDS.format(limit="4小时", condition="未清")
    told = send(admin, "/standards/table", first, kind="event", file="a.csv")
    looked, seen = told.json, told.headers["ETag"]
    assert (looked["applied"], looked["counts"]) == (False, {"faults": 0, "added": 2, "changed": 0, "ended": 0, "unchanged": 0})
    assert admin.get("/standards").json["standards"] == []
    assert send(admin, "/standards/table", first, seen, kind="event", file="a.csv", apply="true", why="x").json["applied"]
    told = send(admin, "/standards/table", STANDARDS.format(limit="2紧急工作时", condition="满溢"), kind="event", file="b.csv").json
    assert told["counts"] == {"faults": 0, "added": 1, "changed": 1, "ended": 1, "unchanged": 0}
    [changed], [ended] = told["changed"], told["ended"]
    assert (changed["class_code"], changed["amount"], changed["unit"], changed["was"]["amount"], changed["was"]["unit"]) == (
        "0101",
        2,
        "urgent_hours",
        4,
        "work_hours",
    )
    assert ended["condition"] == "未清"
    refused = send(admin, "/standards/table", STANDARDS.format(limit="很快", condition=""), kind="event", file="c.csv", apply="true").json
    assert (refused["applied"], [(one["row"], one["column"]) for one in refused["faults"]]) == (False, [(2, "处置时限"), (3, "立案条件")])
    assert len(admin.get("/standards").json["standards"]) == 2
    [line] = desk.rows("select actor, act, detail from audit where noun = 'standards'")
    assert (line["act"], line["detail"]["file"], line["detail"]["added"]) == ("import", "a.csv", 2)
    for name, body, query in (("x.exe", "a", {"kind": "event"}), ("x.csv", "", {"kind": "event"}), ("x.csv", "a", {"kind": "beides"})):
        assert send(admin, "/standards/table", body, file=name, **query).status_code == 422
    assert send(desk.sign_in(app, "duty1"), "/standards/table", first, kind="event", file="a.csv").status_code == 403


def test_a_year_is_corrected_by_whoever_saw_it_and_says_why_each_day_is_what_it_is(desk: Desk, app: Flask, admin: Person) -> None:
    seen = admin.get("/work-days/2026")
    assert (len(seen.json["days"]), seen.json["own"]) == (365, 0)
    wish = {"days": [{"day": "2026-11-21", "works": True, "note": "创城"}, {"day": "2026-11-23", "works": False}], "why": "创建文明城市"}
    assert admin.ask("PUT", "/work-days/2026", wish).status_code == 428
    saved = admin.ask("PUT", "/work-days/2026", wish, If_Match=seen.headers["ETag"])
    days = {one["day"]: one for one in saved.json["days"]}
    assert (days["2026-11-21"]["works"], days["2026-11-21"]["why"], days["2026-11-21"]["else_works"], days["2026-11-21"]["note"]) == (
        True,
        "own",
        False,
        "创城",
    )
    assert admin.ask("PUT", "/work-days/2026", {"days": [], "why": "x"}, If_Match=seen.headers["ETag"]).status_code == 412
    told = send(admin, "/work-days/table", "日期,是否上班,说明\n2026-11-21,班,创城\n2027-01-04,休,市庆\n", file="d.csv").json
    assert (told["applied"], told["years"]["2026"], told["years"]["2027"]["said"][0]["day"]) == (
        False, {"said": [], "unsaid": [{"day": "2026-11-23", "works": False}]}, "2027-01-04",
    )  # fmt: skip
    bare = admin.ask("PUT", "/work-days/2026", {"days": [], "why": "撤销"}, If_Match=saved.headers["ETag"])
    assert (bare.json["own"], [line["note"] for line in bare.json["history"]]) == (0, ["撤销", "创建文明城市"])
    for body, word in (({"days": [{"day": "2025-01-01", "works": True}], "why": "x"}, "not of 2026"), ({"days": [], "why": " "}, "why"),
                       ({"days": [{"day": "2026-01-01", "works": True}] * 2, "why": "x"}, "twice")):  # fmt: skip
        assert word in admin.ask("PUT", "/work-days/2026", body, If_Match="*").json["detail"]
    assert desk.sign_in(app, "duty1").ask("PUT", "/work-days/2026", wish, If_Match=bare.headers["ETag"]).status_code == 403


def test_a_rule_is_tried_on_past_cases_and_nothing_of_it_is_kept(desk: Desk, app: Flask, admin: Person) -> None:
    for code, name in (("drains", "排水所"), ("street", "北街道办")):
        desk.insert("units", {"code": code, "name": name, "area": "320404"}, "unit_id")
    ids = {row["code"]: row["unit_id"] for row in desk.rows("select code, unit_id from units")}
    case(desk, "1", lead_unit=ids["street"])
    case(desk, "2", lead_unit=ids["drains"], opened_at=desk.now - timedelta(hours=1))
    case(desk, "3", class_code="0501", opened_at=desk.now - timedelta(hours=2))
    case(desk, "4", drill=True)
    words = {"label": "积水", "classes": ["0502"], "lead_unit": "drains"}
    told = admin.post("/routing/water/trial", {"words": words}).json
    assert [(row["number"], row["before"]["basis"], row["after"]["unit"] == ids["drains"], row["ruled"], row["changed"]) for row in told["cases"]] == [
        ("1", "duty_grid", True, True, True), ("2", "duty_grid", True, True, True), ("3", "duty_grid", False, False, False),
    ]  # fmt: skip
    assert (told["looked"], told["ruled"], told["given"], told["agreed_before"], told["agreed_after"]) == (3, 2, 2, 0, 1)
    assert (desk.rows("select 1 from routing_rules"), desk.rows("select 1 from audit where noun = 'routing'")) == ([], [])
    assert admin.post("/routing", {"rule": "water", **words}).status_code == 201
    without = admin.post("/routing/water/trial", {"words": None, "last": 1}).json
    assert (without["looked"], without["changed"], without["cases"][0]["after"]["basis"]) == (1, 1, "duty_grid")
    assert admin.get("/routing/water").json["withdrawn"] is False
    assert "no unit" in admin.post("/routing/water/trial", {"words": {**words, "lead_unit": "nobody"}}).json["detail"]
    assert admin.post("/routing/water/trial", {"words": words, "last": 0}).status_code == 422
    assert admin.post("/routing/nosuch/trial", {"words": None}).status_code == 404
    assert desk.sign_in(app, "duty1").post("/routing/water/trial", {"words": words}).status_code == 403


def test_a_rule_says_when_it_was_last_used(desk: Desk, admin: Person) -> None:
    assert admin.post("/routing", {"rule": "all", "label": "全部", "on_shift": True}).status_code == 201
    assert admin.get("/routing").json["rules"][0]["last_used_at"] is None
    case(desk)
    route = {"case_number": "1", "area": NORTH, "at": desk.now - timedelta(days=200), "basis": "rule", "rule": "all"}
    desk.insert("case_routes", route, "route_id")
    [told] = admin.get("/routing").json["rules"]
    assert (told["last_used_at"] is not None, told["dispatched"]) == (True, 0), "used long ago, counted no more"


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("北街道 2026年12月排班表",), ("责任网格", "姓名", 1, 2, 3), *rows):
        book.active.append(row)
    book.active.merge_cells("A1:E1")
    book.save(out)
    return out.getvalue()


def served(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.rows("select duty_grid, shift, since, until, cycle from rosters where until > since order by duty_grid, shift, since")
    return [tuple(row.values()) for row in rows]


def test_a_sheet_becomes_rosters_all_or_none_and_comes_out_as_it_went_in(desk: Desk, app: Flask) -> None:
    keeper = desk.sign_in(app, "dispatcher")
    one, two = desk.people["worker1"], desk.people["worker2"]
    body = sheet(("g1", "worker1", "白", None, "白"), (None, "worker2", "夜", "白", None))
    looked = send(keeper, "/rosters/sheet", body, file="r.xlsx").json
    assert (looked["applied"], looked["counts"]["faults"], looked["from"], looked["to"], served(desk)) == (
        False,
        0,
        "2026-12-01",
        "2026-12-03",
        [],
    )
    assert looked["laid"] == [
        {"duty_grid": "g1", "shift": "day", "served": 3, "days": 3, "stands": False},
        {"duty_grid": "g1", "shift": "night", "served": 1, "days": 3, "stands": False},
    ]
    assert send(keeper, "/rosters/sheet", body, file="r.xlsx", apply="true").json["applied"]
    kept = [
        ("g1", "day", date(2026, 12, 1), date(2026, 12, 4), [one, two, one]),
        ("g1", "night", date(2026, 12, 1), date(2026, 12, 4), [two, None, None]),
    ]
    assert served(desk) == kept
    again = send(keeper, "/rosters/sheet", body, file="r.xlsx", apply="true").json
    assert (again["applied"], again["ended"], [one["stands"] for one in again["laid"]], served(desk)) == (True, 0, [True, True], kept), (
        "as it stands"
    )
    other = sheet(("g1", "worker2", None, "白", None))
    taken = send(keeper, "/rosters/sheet", other, file="r.xlsx", apply="true").json
    assert (taken["applied"], [one["row"] for one in taken["faults"]], "'replace' ends it" in taken["faults"][0]["text"]) == (
        False,
        [3],
        True,
    )
    assert send(keeper, "/rosters/sheet", other, file="r.xlsx", replace="true").json["ended"] == 1
    out = keeper.get("/rosters.xlsx?from=2026-12-01&days=3")
    assert load_workbook(io.BytesIO(out.data)).active.cell(4, 3).value == "worker1"  # type: ignore[union-attr]
    back = send(keeper, "/rosters/sheet", out.data, file="out.xlsx", apply="true", replace="true").json
    assert (back["applied"], back["ended"], served(desk)) == (True, 0, kept)
    for row, words in ((("g9", "worker1", "白"), "no duty grid is called 'g9'"), (("g1", "甲", "白"), "nobody who works in the field"), (("g1", "duty1", "白"), "nobody"),
                       (("g1", "worker1", "早"), "none of")):  # fmt: skip
        told = send(keeper, "/rosters/sheet", sheet(row), file="r.xlsx", apply="true", replace="true").json
        assert (told["applied"], [fault["row"] for fault in told["faults"]], words in told["faults"][0]["text"]) == (False, [3], True), told
    assert served(desk) == kept
    officer = desk.sign_in(app, "duty1")
    assert [send(officer, "/rosters/sheet", body, file="r.xlsx").status_code, officer.get("/rosters.xlsx").status_code] == [403, 403]


def test_two_of_one_name_are_told_apart_by_login_and_nobody_serves_where_they_do_not_work(desk: Desk, app: Flask) -> None:
    with desk.store.connection() as connection:
        connection.execute("update accounts set title = '王一' where login like 'worker%%'")
        connection.execute("update accounts set areas = %s where login = 'worker2'", [[SOUTH]])
    keeper = desk.sign_in(app, "dispatcher")
    [fault] = send(keeper, "/rosters/sheet", sheet(("g1", "王一", "白")), file="r.xlsx").json["faults"]
    assert "people are called '王一': write the login" in fault["text"]
    [fault] = send(keeper, "/rosters/sheet", sheet(("g1", "worker2", "白")), file="r.xlsx").json["faults"]
    assert fault["text"] == "does not work in g1"


def test_the_command_line_takes_and_gives_the_same_sheet(
    desk: Desk, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    file, out = tmp_path / "r.xlsx", tmp_path / "out.xlsx"
    file.write_bytes(sheet(("g1", "worker1", "白", None, "白"), (None, "worker2", "夜", "白", None)))
    run = CliRunner()
    done = run.invoke(import_, ["roster-sheet", str(file), "--dry-run"], env={"COLUMNS": "200"})
    assert (done.exit_code, "this was a dry run" in done.output, served(desk)) == (0, True, []), done.output
    done = run.invoke(import_, ["roster-sheet", str(file)], env={"COLUMNS": "200"})
    kept = served(desk)
    assert (done.exit_code, "stored" in done.output, len(kept)) == (0, True, 2), done.output
    assert run.invoke(export, ["roster-sheet", str(out), "--from", "2026-12-01", "--days", "3"]).exit_code == 0
    done = run.invoke(import_, ["roster-sheet", str(out)], env={"COLUMNS": "200"})
    assert (done.exit_code, "2 shifts as they stand" in done.output, served(desk)) == (0, True, kept), done.output
    file.write_bytes(sheet(("g1", "worker2", "白", None, None)))
    done = run.invoke(import_, ["roster-sheet", str(file)], env={"COLUMNS": "200"})
    assert (done.exit_code, "nothing was stored: mend the file" in done.output) == (1, True), done.output
    done = run.invoke(import_, ["roster-sheet", str(file), "--replace"], env={"COLUMNS": "200"})
    assert (done.exit_code, [row[4] for row in served(desk) if row[1] == "day"]) == (0, [[desk.people["worker2"], None, None]]), done.output
