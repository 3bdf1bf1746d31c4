"""`yiping import classes` and `work-days`: whole tables or nothing, a second import changes nothing, what vanished is ended."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook
from psycopg.rows import dict_row

from cli.import_ import import_
from tests.desk import Desk

HEAD = ("大类代码", "大类名称", "小类代码", "小类名称", "处置单位", "主管部门", "立案条件", "结案条件", "处置时限")
ROWS: list[tuple[Any, ...]] = [
    ("01", "市容环境", "01", "乱堆物料", "环卫中心、街办", "城管局", "占用人行道", "清理", "4小时"),
    (None, None, None, None, None, None, "占用盲道", None, "2紧急工作时"),
    (None, None, 2, "暴露垃圾", "环卫中心", None, "未入容器", "清运", "1天"),
]


class Town:
    """A database, and the command line before it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def bring(self, *arguments: str) -> Result:
        return CliRunner().invoke(import_, arguments)

    def classes(self, rows: list[tuple[Any, ...]], *options: str) -> Result:
        """As a spreadsheet with a title line and merged cells."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["立案、处置和结案标准"])
        sheet.merge_cells("A1:I1")
        for row in (HEAD, *rows):
            sheet.append(row)
        for column in "ABCDEF":
            sheet.merge_cells(f"{column}3:{column}4")
        book.save(self.folder / "事件.xlsx")
        return self.bring("classes", str(self.folder / "事件.xlsx"), *options)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def stored(self) -> list[tuple[Any, ...]]:
        query = "select class_code, condition_no, condition, amount, unit, ended_at is not null as ended from class_standards order by 1, 2"
        return [tuple(row.values()) for row in self.rows(query)]


@pytest.fixture
def town(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    return Town(database_url, tmp_path)


def test_a_sheet_with_merged_cells_is_taken_whole_and_a_second_time_changes_nothing(town: Town) -> None:
    assert "2 event classes, 3 conditions taken · 3 new, 0 changed, 0 ended, 0 unchanged" in town.classes(ROWS).output
    assert town.stored() == [
        ("0101", 1, "占用人行道", 4.0, "work_hours", False),
        ("0101", 2, "占用盲道", 2.0, "urgent_hours", False),
        ("0102", 1, "未入容器", 1.0, "work_days", False),
    ]
    assert "0 new, 0 changed, 0 ended, 3 unchanged" in town.classes(ROWS).output


def test_what_vanished_is_ended_and_what_comes_back_holds_again_under_its_number(town: Town) -> None:
    town.classes(ROWS)
    without = [(*ROWS[0][:6], "占用盲道", "清理", "1紧急工作时"), (None,) * 6 + ("占用绿地", "清理", "1天")]
    assert "1 new, 1 changed, 2 ended" in town.classes(without).output
    assert town.stored() == [
        ("0101", 1, "占用人行道", 4.0, "work_hours", True),
        ("0101", 2, "占用盲道", 1.0, "urgent_hours", False),
        ("0101", 3, "占用绿地", 1.0, "work_days", False),
        ("0102", 1, "未入容器", 1.0, "work_days", True),
    ]
    assert "0 new, 3 changed, 1 ended" in town.classes(ROWS).output
    assert [row[:3] for row in town.stored() if not row[5]] == [("0101", 1, "占用人行道"), ("0101", 2, "占用盲道"), ("0102", 1, "未入容器")]


def test_one_row_that_cannot_be_read_refuses_the_whole_table_by_its_row_and_column(town: Town) -> None:
    answer = town.classes([*ROWS, (None,) * 6 + ("路面积水", "排除", "尽快")])
    assert answer.exit_code == 1
    assert [word in answer.output for word in ("6", "处置时限", "尽快", "nothing was taken")] == [True] * 4
    assert town.stored() == []


def test_a_dry_run_stores_nothing(town: Town) -> None:
    assert "3 conditions would be taken · 3 new" in town.classes(ROWS, "--dry-run").output
    assert town.stored() == []


def test_a_file_that_does_not_say_what_it_is_of_must_be_told(town: Town) -> None:
    (town.folder / "table.csv").write_text("大类代码,小类代码\n", encoding="utf-8")
    assert town.bring("classes", str(town.folder / "table.csv")).exit_code == 2


def test_a_real_citys_tables_are_taken_whole(town: Town, shared: Path) -> None:
    for name, told in (("事件", "98 event classes, 144 conditions"), ("部件", "92 component classes, 375 conditions")):
        answer = town.bring("classes", str(shared / "citizen" / f"yuncheng_standard_{name}.csv"))
        assert (answer.exit_code, told in answer.output) == (0, True), answer.output
    assert town.rows("select kind, count(distinct class_code) as n from class_standards group by kind order by kind") == [
        {"kind": "component", "n": 92}, {"kind": "event", "n": 98},
    ]  # fmt: skip


def test_own_work_days_replace_those_of_the_years_they_name(town: Town) -> None:
    file = town.folder / "days.csv"
    file.write_text("日期,是否上班,说明\n2027-01-01,休,元旦\n2027年1月2日,班,调休\n", encoding="utf-8")
    assert "2 days taken: 1 worked, 1 off" in town.bring("work-days", str(file)).output
    file.write_text("日期,是否上班\n2027/2/6,休\n", encoding="utf-8")
    town.bring("work-days", str(file))
    assert [str(row["day"]) for row in town.rows("select day from work_days")] == ["2027-02-06"]
    file.write_text("日期,是否上班\n2027-02-30,休\n2027-03-01,?\n2027-03-02,班\n2027-03-02,休\n", encoding="utf-8")
    answer = town.bring("work-days", str(file))
    assert (answer.exit_code, answer.output.count("日期"), answer.output.count("是否上班")) == (1, 2, 1)
    assert len(town.rows("select day from work_days")) == 1


def test_systems_read_standards_and_work_time(town: Town, desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    town.classes(ROWS)
    found = person.get("/standards?class_code=0101").json["standards"]
    assert [(one["condition_no"], one["limit_text"], one["units"], one["lead_unit"]) for one in found] == [
        (1, "4小时", ["环卫中心", "街办"], None), (2, "2紧急工作时", ["环卫中心", "街办"], None),
    ]  # fmt: skip
    desk.insert("units", {"code": "u9", "name": "街办", "area": "320404"}, "unit_id")
    assert {one["lead_unit"] for one in person.get("/standards?class_code=0101").json["standards"]} == {"u9"}
    town.classes(ROWS[:2])
    assert [len(person.get(f"/standards{query}").json["standards"]) for query in ("", "?ended=true", "?kind=component")] == [2, 3, 0]
    assert person.get("/standards?kind=road").status_code == 422
    time = person.get("/work-time").json
    assert (time["hours"], time["day_s"], time["own_days"]) == (["09:00-12:00", "13:30-17:30"], 7 * 3600, [])
    assert desk.now.year + 1 in time["unknown_years"]
