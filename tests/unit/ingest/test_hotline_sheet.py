"""Laws of 12345 tickets as an Excel sheet."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode import hotline_sheet
from ingest.decode.source import Source

HEAD = ["办件编号", "诉求主题", "诉求内容", "事项小类", "派发时间", "经度", "纬度"]
ROWS: list[list[Any]] = [
    ["T-1", "道路积水", "地铁口积水，\n行人绕行", "道路积水", datetime.fromisoformat("2026-11-21 12:00"), 119.95, 31.78],
    [20261121, "路灯不亮", None, "路灯", "2026-11-21 12:05:00", None, None],
    [None] * 7,
    [None, "缺编号", None, "暴露垃圾", "2026-11-21 12:06:00", None, None],
]


def book(rows: Sequence[Sequence[Any]], *merged: str, first: str = "") -> bytes:
    whole = Workbook()
    sheet: Any = whole.active
    if first:
        sheet.append([first])
        sheet = whole.create_sheet()
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


def read(config: Config, now: datetime, payload: bytes) -> Decoded:
    out = Decoded(frames=[Frame("http-hotline-sheet", payload, now)])
    stranger = Source("hotline-sheet", FeedConfig(kind="http", format="hotline-sheet"), config, ZoneInfo("Asia/Shanghai"))
    hotline_sheet.decode(0, out.frames[0], hotline_sheet.choose(out.frames[0], stranger), {}, out)
    return out


def test_a_sheet_is_read_by_the_feed_its_heading_fits(config: Config, now: datetime) -> None:
    decoded = read(config, now, book([HEAD, *ROWS]))
    first, second = (report for _, report in decoded.reports)
    assert (first.source, first.external_id, first.class_code, first.text) == ("hotline", "T-1", "0502", "地铁口积水，\n行人绕行")
    assert first.observed_at == datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert first.position is not None
    assert (second.external_id, second.extra["class"]) == ("20261121", "路灯")
    assert [refused.index for _, refused in decoded.rejected] == [3]


def test_titles_and_merged_headings_are_understood(config: Config, now: datetime) -> None:
    rows: list[list[Any]] = [
        ["钟楼区 12345 热线工单台账"], ["导出时间：2026-11-21"],
        ["办件编号", "诉求主题", "时间", None, "派发时间", "诉求人", None],
        [None, None, "派发时间", "办结时间", None, "诉求人", "诉求人电话"],
        ["T-1", "道路积水", None, None, "2026-11-21 12:00:00", "张三", "13800000000"],
    ]  # fmt: skip
    payload = book(rows, "A1:G1", "A2:G2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:G3")
    assert hotline_sheet.csv_of(payload).decode().splitlines()[0] == "办件编号,诉求主题,时间/派发时间,办结时间,派发时间,诉求人,诉求人电话"
    (report,) = (report for _, report in read(config, now, payload).reports)
    assert (report.external_id, report.caller) == ("T-1", {"name": "张三", "phone": "13800000000"})


def test_the_first_sheet_with_a_heading_counts(config: Config, now: datetime) -> None:
    assert len(read(config, now, book([HEAD, *ROWS], first="说明")).reports) == 2


def test_a_long_sheet_becomes_portions_that_say_the_same(config: Config, now: datetime) -> None:
    payload = book([HEAD, *ROWS])
    parts = hotline_sheet.portions(payload, 2)
    assert [first for first, _ in parts] == [0, 2]
    apart = [report for _, part in parts for _, report in read(config, now, part).reports]
    assert apart == [report for _, report in read(config, now, payload).reports]


def test_csv_passes_through(config: Config, now: datetime) -> None:
    body = "办件编号,诉求主题,派发时间\nT-9,积水,2026-11-21 12:00:00\n".encode("gb18030")
    assert [report.external_id for _, report in read(config, now, body).reports] == ["T-9"]


def packed(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (packed(bomb=b"0" * 8_000_000), Reason.TOO_LARGE),
        (packed(**{f"p{number}": b"" for number in range(1001)}), Reason.TOO_LARGE),
        (packed(a=b"not a workbook"), Reason.UNDECODABLE),
        (b"PK\x03\x04 broken", Reason.UNDECODABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", Reason.UNSUPPORTED),
    ],
)
def test_what_is_too_large_old_or_broken_is_refused_by_name(payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as refused:
        hotline_sheet.csv_of(payload)
    assert refused.value.reason is reason


def test_a_sheet_without_a_heading_is_unsupported() -> None:
    with pytest.raises(DecodeError) as refused:
        hotline_sheet.csv_of(book([["只有一句话"], [1, 2]]))
    assert refused.value.reason is Reason.UNSUPPORTED


def with_sheet(payload: bytes, change: tuple[bytes, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(*change, 1) if name.endswith("sheet1.xml") else content)
    return buffer.getvalue()


def test_entities_in_a_sheet_are_refused() -> None:
    evil = with_sheet(book([HEAD, *ROWS]), (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'))
    with pytest.raises(DecodeError, match="no readable workbook"):
        hotline_sheet.csv_of(evil)


def test_a_blank_row_said_to_be_the_last_of_a_million_costs_no_million_lines(config: Config, now: datetime) -> None:
    far = with_sheet(book([HEAD, *ROWS]), (b"</sheetData>", b'<row r="1048576" spans="1:3"></row></sheetData>'))
    assert len(read(config, now, far).reports) == len(read(config, now, book([HEAD, *ROWS])).reports)


@pytest.mark.parametrize(("number", "reason"), [(b"1048576", Reason.TOO_LARGE), (b"1", Reason.UNDECODABLE), (b"9" * 30, Reason.TOO_LARGE)])
def test_rows_that_the_reader_would_leave_out_are_told(number: bytes, reason: Reason) -> None:
    """Found by the long run of damaged frames: such a sheet ended as an empty list."""
    far = with_sheet(book([HEAD, *ROWS]), (b'<row r="3"', b'<row r="%s"' % number))
    with pytest.raises(DecodeError, match="row") as refused:
        hotline_sheet.csv_of(far)
    assert refused.value.reason is reason
