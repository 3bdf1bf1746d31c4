"""Readings that people kept in sheets: numbers, times of the city, and rows that say nothing told with their number."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from core.errors import Invalid
from ingest.reading_files import read_readings

ZONE = ZoneInfo("Asia/Shanghai")
NOON = "2026-11-21T04:00:00+00:00"


def sheet(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_a_chinese_spreadsheet_is_read_in_the_citys_time(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text("设备编号,监测项目,监测值,监测时间,数据质量,备注\nd1,pm25,35.5,2026/11/21 12:00,正常,x\n", encoding=encoding)
    rows = read_readings(path, ZONE)
    assert rows.taken == [(2, {"device": "d1", "metric": "pm25", "value": 35.5, "observed_at": NOON, "quality": "good"})]
    assert (rows.refused, rows.unread) == ([], ["备注"])


def test_a_sheet_with_a_title_keeps_the_rows_numbers_and_its_own_kinds_of_cells(tmp_path: Path) -> None:
    heading = ("device", "metric", "value", "observed_at")
    at = datetime(2026, 11, 21, 12)  # noqa: DTZ001
    path = sheet(
        tmp_path / "r.xlsx", ("十一月人工监测",), heading, (3204, "noise", 61, at), (), ("d2", "state", "open", "2026-11-21T12:00:00+08:00")
    )
    assert read_readings(path, ZONE).taken == [
        (3, {"device": "3204", "metric": "noise", "value": 61, "observed_at": NOON}),
        (5, {"device": "d2", "metric": "state", "value": "open", "observed_at": NOON}),
    ]


@pytest.mark.parametrize(
    "written", ["2026-11-21 12:00", "2026-11-21T12:00:00+08:00", "2026年11月21日 12时00分", "2026/11/21 12:00:00", "2026-11-21T04:00:00Z"]
)
def test_times_as_people_write_them_are_one_moment(tmp_path: Path, written: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"device,metric,value,observed_at\nd,m,1,{written}\n", encoding="utf-8")
    assert [element["observed_at"] for _, element in read_readings(path, ZONE).taken] == [NOON]


def test_rows_that_say_nothing_are_refused_with_their_number_and_their_neighbours_stay(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = ["d,m,1,2026-11-21 12:00,", ",m,1,2026-11-21 12:00,", "d,m,1,,", "d,m,1,gestern,", "d,m,nan,2026-11-21 12:00,", "d,m,1,2026-11-21 12:00,schön",
             "d,m,,2026-11-21 12:00,M", "d,m,1,2026/2/30 12:00,"]  # fmt: skip
    path.write_text("device,metric,value,observed_at,quality\n" + "\n".join(lines), encoding="utf-8")
    rows = read_readings(path, ZONE)
    assert [number for number, _ in rows.taken] == [2, 8]
    assert rows.taken[1][1]["value"] is None
    assert [number for number, _ in rows.refused] == [3, 4, 5, 6, 7, 9]


def test_a_file_without_a_column_for_devices_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Invalid, match="no column 'device'"):
        read_readings(tmp_path / "r.csv", ZONE)
