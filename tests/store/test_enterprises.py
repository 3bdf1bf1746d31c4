"""Enterprises and sites: written down by code, their risk with its history, points for a map, contacts masked, files in and out."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from openpyxl import Workbook, load_workbook

from cli.import_enterprises import enterprises as command
from tests.desk import NORTH, SOUTH, Desk, Person

CODE = "91320404MA1XXXX001"


def put(person: Person, code: str = CODE, **fields: Any) -> Any:
    told = {"name": "某某冷库", "kind": "ammonia", "lon": 119.905, "lat": 31.785, **fields}
    return person.ask("PUT", f"/enterprises/{code}", told)


def go(person: Person, act: str, code: str = CODE, **fields: Any) -> Any:
    return person.post(f"/enterprises/{code}/acts", {"act": act, **fields})


def test_an_enterprise_is_written_down_once_and_changed_by_what_is_told(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    made = put(officer, risk="橙", why="液氨存量 5 吨")
    assert (made.status_code, made.json["area"], made.json["risk"]) == (201, f"{NORTH}001", 2)
    address = {"address": "童子河路 8 号"}
    blind = officer.ask("PUT", f"/enterprises/{CODE}", address)
    assert (blind.status_code, blind.json["etag"]) == (428, made.headers["ETag"]), "who never looked would undo what another wrote"
    changed = officer.ask("PUT", f"/enterprises/{CODE}", address, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json["name"], changed.json["address"]) == (200, "某某冷库", "童子河路 8 号")
    assert [one["act"] for one in changed.json["audit"]] == ["add", "change"]
    again = officer.ask("PUT", f"/enterprises/{CODE}", address, If_Match=changed.headers["ETag"])
    assert again.json["version"] == changed.json["version"]


def test_a_risk_has_a_history_with_who_when_and_why(desk: Desk, app: Flask) -> None:
    officer, boss = desk.sign_in(app, "duty1"), desk.sign_in(app, "supervisor")
    put(officer, risk="黄", why="初评")
    assert go(officer, "set_risk", risk="红").status_code == 422, "why?"
    assert go(boss, "set_risk", risk="红", note="检查发现泄漏").json["risk"] == 1
    assert go(boss, "set_risk", risk="red", note="再评").status_code == 422, "it is red already"
    assert go(desk.sign_in(app, "boss"), "set_risk", risk="蓝", note="x").status_code == 403
    told = officer.get(f"/enterprises/{CODE}").json["risks"]
    assert [(one["by"], one["before"], one["after"], one["why"]) for one in told] == [
        ("supervisor", 3, 1, "检查发现泄漏"), ("duty1", None, 3, "初评")
    ]  # fmt: skip


def test_a_map_is_given_points(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    put(officer, risk=1, why="初评")
    put(officer, "B", area=SOUTH, lon=None, lat=None)
    answer = officer.get("/enterprises?format=geojson")
    assert answer.content_type == "application/geo+json"
    [point] = answer.json["features"]
    assert (point["geometry"]["coordinates"], point["properties"]["risk"], point["properties"]["kind"]) == ([119.905, 31.785], 1, "ammonia")
    assert officer.get("/enterprises?format=geojson&risk=2").json["features"] == []


def test_contacts_are_masked_in_lists_and_each_look_is_audited(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    made = put(officer, contact="张三丰", phone="13812345678")
    assert [(one["contact"], one["phone"]) for one in officer.get("/enterprises").json["enterprises"]] == [("张**", "138****5678")]
    full = officer.get(f"/enterprises/{CODE}/contact")
    assert (full.json, full.headers["Cache-Control"]) == ({"contact": "张三丰", "phone": "13812345678"}, "no-store")
    assert len(desk.rows("select 1 from audit where act = 'read_contact' and key = %s", CODE)) == 1
    assert officer.ask("PUT", f"/enterprises/{CODE}", {"phone": "13900000000"}, If_Match=made.headers["ETag"]).status_code == 200
    assert officer.get(f"/enterprises/{CODE}/contact").json == {"contact": "张三丰", "phone": "13900000000"}
    assert "1381" not in str(desk.rows("select detail from audit"))


def test_what_is_no_enterprise_is_refused_whole(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    wrong: list[dict[str, Any]] = [
        {"kind": "bakery"}, {"risk": "purple"}, {"lon": 400}, {"name": "a\nb"}, {"colour": "red"}, {"unit": "nobody"},
        {"area": "north", "lon": None},
    ]  # fmt: skip
    assert [put(officer, **fields).status_code for fields in wrong] == [422] * len(wrong)
    assert desk.rows("select 1 from enterprises") == []


def test_an_enterprise_of_another_street_is_neither_seen_nor_taken_over(desk: Desk, app: Flask) -> None:
    put(desk.sign_in(app, "duty1"), area=SOUTH, lon=None, lat=None)
    north = desk.sign_in(app, "north")
    assert north.get("/enterprises").json["enterprises"] == []
    assert north.get(f"/enterprises/{CODE}").status_code == 404
    assert put(north).status_code == 422


def test_its_open_hazards_are_counted_and_an_ended_one_leaves_the_list(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    put(officer)
    officer.post("/hazards", {"title": "氨味", "area": NORTH, "enterprise": CODE})
    assert officer.get("/enterprises").json["enterprises"][0]["hazards"] == 1
    assert len(officer.get(f"/hazards?enterprise={CODE}").json["hazards"]) == 1
    assert go(officer, "end", note="已搬迁").json["acts"] == ["reopen"]
    assert officer.get("/enterprises").json["enterprises"] == []
    assert len(officer.get("/enterprises?ended=true").json["enterprises"]) == 1


def test_the_code_tables_are_told(desk: Desk, app: Flask) -> None:
    told = desk.sign_in(app, "boss").get("/codes").json
    assert (len(told["emergencies"]), told["emergencies"][0]["level"], len(told["enterprise_kinds"])) == (16, "I", 6)
    assert [one["group"] for one in told["enterprise_kinds"]] == ["site"] * 3 + ["enterprise"] * 3
    assert told["hazard_levels"] == ["general", "major"]


@contextmanager
def environment(desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[CliRunner]:
    monkeypatch.setenv("YIPING_DATABASE_URL", url)
    yield CliRunner()


def test_a_sheet_is_taken_with_a_verdict_on_each_row(
    desk: Desk, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:  # fmt: skip
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["企业风险台账"], ["统一社会信用代码", "企业名称", "企业类型", "风险等级", "经度", "纬度", "联系人", "联系电话"],
        ["E1", "甲粉尘厂", "涉爆粉尘作业场所", "红", 119.905, 31.785, "李四", "13811112222"],
        ["E2", "乙厂", "面包房", "黄", "", "", "", ""], ["E3", "丙船厂", "shipyard", "", 119.905, 31.705, "", ""],
    ):  # fmt: skip
        page.append(row)
    book.save(tmp_path / "e.xlsx")
    with environment(desk, monkeypatch, database_url) as runner:
        whole = runner.invoke(command, [str(tmp_path / "e.xlsx")])
        assert (whole.exit_code, "面包房" in whole.output, desk.rows("select 1 from enterprises")) == (1, True, [])
        part = runner.invoke(command, [str(tmp_path / "e.xlsx"), "--partial"])
        assert part.exit_code == 1
        again = runner.invoke(command, [str(tmp_path / "e.xlsx"), "--partial"])
    assert "2 created" in part.output
    assert "2 unchanged" in again.output
    rows = desk.rows("select code, kind, risk, area from enterprises order by code")
    assert [tuple(row.values()) for row in rows] == [("E1", "dust", 1, f"{NORTH}001"), ("E3", "shipyard", None, f"{SOUTH}001")]
    assert len(desk.rows("select 1 from enterprise_risks")) == 1


SHEET = (
    "编码,企业名称,企业类型,风险等级,经度,纬度,监管单位\nE1,甲,涉氨制冷企业,红,119.905,31.785,\n"
    "E2,乙,面包房,,,,\nE3,丙,shipyard,,119.905,31.705,没有的单位\nE4,丁,dust,蓝,119.905,31.705,\n"
)


def send(person: Person, text: str, **params: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in {"file": "e.csv", **params}.items())
    return person.post(f"/enterprises?{asked}", text.encode("gb18030"))


def test_a_file_is_looked_at_before_it_is_taken_and_each_refused_row_says_why(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    put(officer, "E4", name="旧名", lon=119.905, lat=31.705)
    audits = len(desk.rows("select 1 from audit"))
    looked = send(officer, SHEET)
    assert (looked.status_code, looked.json["applied"]) == (200, False)
    assert looked.json["counts"] == {"created": 1, "changed": 1, "unchanged": 0, "refused": 2}
    told = [(one["row"], one["verdict"], one["key"], one["changed"]) for one in looked.json["rows"]]
    assert told == [
        (2, "created", "", []), (3, "refused", "kind", []), (4, "refused", "unit", []), (5, "changed", "", ["name", "kind", "risk"])
    ]  # fmt: skip
    assert send(officer, SHEET, apply="true").json["applied"] is False, "all rows or none"
    assert (len(desk.rows("select 1 from enterprises")), len(desk.rows("select 1 from audit"))) == (1, audits)
    part = send(officer, SHEET, apply="true", partial="true").json
    assert (part["applied"], part["counts"]) == (True, looked.json["counts"])
    assert [tuple(row.values()) for row in desk.rows("select code, name, risk from enterprises order by code")] == [
        ("E1", "甲", 1),
        ("E4", "丁", 4),
    ]
    assert send(officer, SHEET, apply="true", partial="true").json["counts"]["unchanged"] == 2


def test_a_file_is_for_who_keeps_the_ledger_and_within_bounds(desk: Desk, app: Flask) -> None:
    officer, boss, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "boss"), desk.sign_in(app, "north")
    assert send(boss, SHEET).status_code == 403
    assert [one["key"] for one in send(north, SHEET).json["rows"]] == ["", "kind", "unit", "outside"]
    long = "编码,企业名称\n" + "".join(f"E{n},x\n" for n in range(2001))
    wrong = [
        send(officer, SHEET, file="e.doc"),
        send(officer, SHEET, datum="mars"),
        send(officer, "a,b\n1,2\n"),
        send(officer, long),
        send(officer, ""),
    ]
    assert [one.status_code for one in wrong] == [422] * 5


def test_nobody_undoes_what_another_wrote_in_the_meantime(desk: Desk, app: Flask) -> None:
    one, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "supervisor")
    etag = put(one).headers["ETag"]
    assert other.ask("PUT", f"/enterprises/{CODE}", {"name": "新名"}, If_Match=etag).status_code == 200
    late = one.ask("PUT", f"/enterprises/{CODE}", {"name": "别名"}, If_Match=etag)
    assert (late.status_code, late.json["present"]["name"], late.json["last"]["actor"]) == (412, "新名", "supervisor")
    assert one.post(f"/enterprises/{CODE}/acts", {"act": "end", "note": "x"}, If_Match=etag).status_code == 412


def test_who_may_call_is_told_and_nobody_else_is_offered_it(desk: Desk, app: Flask) -> None:
    put(desk.sign_in(app, "duty1"), phone="13812345678")
    put(desk.sign_in(app, "duty1"), "B")
    assert [one["may_call"] for one in desk.sign_in(app, "boss").get("/enterprises").json["enterprises"]] == [False, True]
    assert [one["may_call"] for one in desk.sign_in(app, "auditor").get("/enterprises").json["enterprises"]] == [False, False]
    assert desk.sign_in(app, "auditor").get(f"/enterprises/{CODE}/contact").status_code == 403


def test_a_ledger_leaves_as_csv_and_excel_with_masks_and_without_formulas(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    put(officer, contact="张三丰", phone="13812345678", note="=1+1 找老王 13987654321", risk="红", why="初评")
    answer = officer.get("/ledgers/enterprises.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["联系人"], row["电话"], row["风险"], row["类型"]) == ("张**", "138****5678", "红", "涉氨制冷企业")
    assert row["备注"] == "'=1+1 找老王 139****4321"
    sheet = load_workbook(io.BytesIO(officer.get("/ledgers/enterprises.xlsx?lang=en").data)).worksheets[0]
    heads, cells = ([cell.value for cell in line] for line in sheet.iter_rows())
    told = dict(zip(heads, cells, strict=True))
    assert (told["Name"], told["Risk"], told["Note"]) == ("某某冷库", "Red", "=1+1 找老王 139****4321")
    assert sheet.cell(2, heads.index("Note") + 1).data_type == "s"
    assert [officer.get(f"/ledgers/{name}.{form}").status_code for name in ("orders", "hazards", "duty-log", "morning-report") for form in (
        "csv", "xlsx")] == [200] * 8  # fmt: skip
    assert [officer.get(f"/ledgers/{file}").status_code for file in ("nothing.csv", "orders.pdf", "orders")] == [404] * 3
    assert len(desk.rows("select 1 from audit where act = 'export'")) == 10


def test_whom_to_call_is_for_those_who_keep_the_ledger_and_the_leader(desk: Desk, app: Flask) -> None:
    put(desk.sign_in(app, "duty1"), contact="张三丰", phone="13812345678")
    for login, status in (("worker1", 403), ("wall", 403), ("auditor", 403), ("boss", 200), ("supervisor", 200)):
        assert desk.sign_in(app, login).get(f"/enterprises/{CODE}/contact").status_code == status, login
    assert len(desk.rows("select 1 from audit where act = 'read_contact'")) == 2
