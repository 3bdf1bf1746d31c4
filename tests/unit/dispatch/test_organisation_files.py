"""Units, people and rosters as cities write them: Chinese headings, labels for codes, patterns in letters; each fault by its row."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from core.organisation import PersonEntry, PostEntry, UnitEntry
from core.organisation_config import OrganisationConfig
from dispatch.organisation_files import RosterRow, read_people, read_rosters, read_units

CONFIG = OrganisationConfig()


def csv(folder: Path, *lines: str) -> Path:
    file = folder / "t.csv"
    file.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return file


def sheet(folder: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def test_a_unit_is_read_by_its_labels_with_its_posts(tmp_path: Path) -> None:
    found = read_units(
        csv(tmp_path, "单位编码,单位名称,类型,层级,上级单位,区域,岗位", "N,北街道,街道(镇),镇(街道),CMD,320404001,网格员 4；班长 网格员 1;派遣员",
            "CMD,指挥中心,command,1,,3204,"), CONFIG,
    )  # fmt: skip
    assert found.findings == ()
    posts = (PostEntry("网格员", "grid_worker", 4), PostEntry("班长", "grid_worker", 1), PostEntry("派遣员", "dispatcher", 1))
    assert list(found.taken.values()) == [
        UnitEntry("N", "北街道", "street", 3, "320404001", "CMD", "", posts), UnitEntry("CMD", "指挥中心", "command", 1, "3204"),
    ]  # fmt: skip


def test_numbers_of_sheets_are_logins_and_telephones(tmp_path: Path) -> None:
    found = read_people(
        sheet(tmp_path, ("一街道人员表",), ("登录名", "姓名", "手机", "角色", "单位", "岗位", "区域", "责任网格"),
              (1001, "王一", 19900000001, "网格员", "N", "网格员", 320404001, "g1"))
    )  # fmt: skip
    assert found.taken == {3: PersonEntry("1001", "grid_worker", ("320404001",), "", "N", "网格员", "王一", "19900000001", "g1")}


def test_a_pattern_is_written_in_letters_or_words_and_the_last_day_is_of_it(tmp_path: Path) -> None:
    found = read_rosters(
        sheet(tmp_path, ("责任网格", "人员", "规律", "错开", "开始日期", "结束日期", "班次"),
              ("g1", "a、b、c", "白白夜夜休休", 2, date(2026, 11, 23), "2026年12月31日", None), ("g2", "a", None, None, "2026/11/23", None, "夜班"),
              ("g3", "a b", "白班 休", None, "2026-11-23", None, None)), CONFIG,
    )  # fmt: skip
    assert found.findings == ()
    first = date(2026, 11, 23)
    assert list(found.taken.values()) == [
        RosterRow("g1", ("a", "b", "c"), ("day", "day", "night", "night", "", ""), first, date(2027, 1, 1), None, 2),
        RosterRow("g2", ("a",), ("night",), first), RosterRow("g3", ("a", "b"), ("day", ""), first),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("g1,,白班,2026-11-23,", "people: is empty"), ("g1,a,晚班,2026-11-23,", "'晚班' is none of 白班, 夜班, 休"),
        ("g1,a b,白班,2026-11-23,", "needs a pattern"), ("g1,a,白班,下周,", "since: '下周' is no day"),
        ("g1,a,白班,2026-13-01,", "is no day"), ("g1,a,白班,2026-11-23,2026-11-01", "last: 2026-11-01 is before"), (",a,白班,2026-11-23,", "duty_grid: is empty"),
    ],
)  # fmt: skip
def test_a_row_that_says_nothing_is_told_with_its_number(tmp_path: Path, row: str, words: str) -> None:
    found = read_rosters(csv(tmp_path, "责任网格,人员,班次,开始日期,结束日期", row), CONFIG)
    assert (found.taken, found.findings[0].feature) == ({}, 2)
    assert words in found.findings[0].detail


def test_what_stands_twice_is_refused_with_the_row_of_the_first(tmp_path: Path) -> None:
    found = read_people(csv(tmp_path, "登录名,角色,区域,血型", "a,网格员,320404,A", "a,网格员,320404,B", "b,国王,320404,"))
    assert [(finding.feature, finding.detail) for finding in found.findings] == [
        (None, "column '血型' is not known and was not read"), (3, "login: 'a' stands in row 2 already"),
        (4, found.findings[2].detail),
    ]  # fmt: skip
    assert "'国王' is none of" in found.findings[2].detail
