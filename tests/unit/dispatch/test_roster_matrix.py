"""A roster as a sheet of people and days: heads of several rows, days without months, merged grids; every cell says a shift or is a fault."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.organisation_config import OrganisationConfig
from dispatch.roster_matrix import Matrix, lay_out, read_matrix
from dispatch.roster_sheet import SheetRow, write_sheet
from geodata.tables import read_lines

CONFIG = OrganisationConfig()
TITLE: tuple[Any, ...] = ("北街道2026年11月网格员排班表",)
HEAD: tuple[Any, ...] = ("序号", "责任网格", "姓名", "日期", None, None)
DAYS: tuple[Any, ...] = (None, None, None, 28, 29, 30)
WEEK: tuple[Any, ...] = (None, None, None, "六", "日", "一")


def read(*rows: tuple[Any, ...], month: str = "", grid: str = "") -> Matrix:
    return read_matrix(enumerate(rows, 1), CONFIG, month, grid)


def faults(matrix: Matrix) -> list[str]:
    return [f"{one.feature}: {one.detail}" for one in matrix.findings]


def test_a_district_sheet_is_read_as_it_is_kept() -> None:
    found = read(
        TITLE, HEAD, DAYS, WEEK,
        (1, "g1", "王一", "白", "白班", "休"),
        (2, None, "李二", "夜班", None, "白/夜"),
        (3, "g2", "赵三", "白", "年假", "Night"),
        (None, None, "合计", 3, 1, 3),
        ("备注：白班 8 时至 20 时", None, None, None, None, None),
    )  # fmt: skip
    assert faults(found) == []
    assert found.days == [date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)]
    assert [(one.grid, one.who, one.day.day, one.shift) for one in found.cells] == [
        ("g1", "王一", 28, "day"), ("g1", "王一", 29, "day"), ("g1", "李二", 28, "night"), ("g1", "李二", 30, "day"),
        ("g1", "李二", 30, "night"), ("g2", "赵三", 28, "day"), ("g2", "赵三", 30, "night"),
    ]  # fmt: skip
    laid = {(one.grid, one.shift): one.cycle for one in lay_out(found, {"王一": 1, "李二": 2, "赵三": 3}, {"g1": "g1", "g2": "g2"})}
    assert laid == {
        ("g1", "day"): (1, 1, 2),
        ("g1", "night"): (2, None, 2),
        ("g2", "day"): (3, None, None),
        ("g2", "night"): (None, None, 3),
    }


@pytest.mark.parametrize(
    ("days", "month", "first", "last"),
    [
        ((26, 27, 30, 1), "2026-11", date(2026, 11, 26), date(2026, 12, 1)),
        (("30日", "31日", "1日"), "2026年12月", date(2026, 12, 30), date(2027, 1, 1)),
        (("12月31日", "1月1日"), "2026-12", date(2026, 12, 31), date(2027, 1, 1)),
        (("2026-11-23", "2026/11/24", "2026年11月26日"), "", date(2026, 11, 23), date(2026, 11, 26)),
        ((date(2026, 11, 1), 2, 3), "", date(2026, 11, 1), date(2026, 11, 3)),
        (("11/1\n周日", "11/2（周一）"), "2026-11", date(2026, 11, 1), date(2026, 11, 2)),
    ],
)
def test_days_go_on_over_the_end_of_a_month_and_of_a_year(days: tuple[Any, ...], month: str, first: date, last: date) -> None:
    found = read(("登录名", *days), ("w1", *["白"] * len(days)), month=month, grid="g1")
    assert (faults(found), found.days[0], found.days[-1]) == ([], first, last)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("姓名", "电话"), ("王一", "1")], "1: none of the first 15 rows has days for its columns"),
        ([(1, 2, 3)], "1: no column says who: 姓名 or 登录名"),
        ([("姓名", 1, 2)], "1: of which month are these days? Write 2026年11月 above them, or days with their year"),
        ([("2026年11月",), ("姓名", 30, 31)], "2: 2026-11-31 is no day"),
        ([("姓名", "2026-11-02", "2026-11-01")], "1: the days stand in their order, each once, and over at most 366 days"),
        ([("2026年11月",), ("姓名", 1, 2), ("王一", "白", "早")], "3: 11-02: '早' is none of day, 白班, night, 夜班, 白, 夜, 休"),
        (
            [("2026年11月",), ("姓名", 1, 2), ("王一", "白", None)],
            "3: in which duty grid? Add a column 责任网格, or name one for the whole sheet",
        ),
        ([("2026年11月",), ("姓名", 1, 2), (None, "白", None)], "3: gives shifts to nobody: the name is missing"),
        ([("2026年11月",), ("姓名", 1, 2), ("王一", None, "休")], "2: no row gives anybody a shift"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_row(rows: list[tuple[Any, ...]], said: str) -> None:
    assert faults(read(*rows)) == [said]


def test_two_for_one_shift_of_a_day_are_a_fault_of_the_later_row_and_one_named_twice_is_none() -> None:
    found = read(("2026年11月",), ("姓名", 1, 2), ("王一", "白", "白"), ("李二", "夜", "白"), ("一王", "白", None), grid="g1")
    lay_out(found, {"王一": 1, "李二": 2, "一王": 1}, {"g1": "g1"})
    assert faults(found) == ["4: 11-02: 'day' of g1 is 王一's in row 3"]


def test_what_is_written_is_read_again_as_it_was(tmp_path: Path) -> None:
    first = date(2026, 12, 30)
    rows = [
        SheetRow("g1", "一网格", "w1", "=王一", {date(2026, 12, 30): ("day", "night"), date(2027, 1, 1): ("day",)}),
        SheetRow("g1", "一网格", "w2", "李二", {date(2026, 12, 31): ("night",)}),
        SheetRow("g2", "二网格", "w3", "赵三"),
    ]
    file = tmp_path / "t.xlsx"
    file.write_bytes(write_sheet(rows, first, 3, CONFIG, "排班表 2026-12-30 – 2027-01-01", datetime(2026, 11, 22, tzinfo=UTC)))
    found = read_matrix(read_lines(file, 30), CONFIG)
    assert (faults(found), found.days) == ([], [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)])
    assert [(one.grid, one.who, one.day, one.shift) for one in found.cells] == [
        ("g1", "w1", date(2026, 12, 30), "day"), ("g1", "w1", date(2026, 12, 30), "night"), ("g1", "w1", date(2027, 1, 1), "day"),
        ("g1", "w2", date(2026, 12, 31), "night"),
    ]  # fmt: skip
