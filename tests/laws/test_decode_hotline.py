"""Any bytes become tickets or a named refusal, as JSON, CSV or a sheet; nothing a ticket says of its caller leaks into the report."""

import io
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame
from ingest.decode import hotline_sheet, hotline_ticket
from ingest.decode.hotline_fields import COLUMNS
from ingest.decode.source import Source

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
STEPS = {"steps": "流程", "step": "环节", "step_at": "时间", "step_state": "状态"}
NAMES = st.sampled_from([*COLUMNS.values(), *STEPS.values(), "data", "rows"])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2026-11-21 12:00:00", "2026/13/45", "办结", "紧急", "是", "T-1", "119.9", "\x00", "\ud800"])
)
TREES = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8), max_leaves=25)
HEAD = list(COLUMNS.values())[:12]


def source(config: Config, form: str) -> Source:
    return Source("t", FeedConfig(kind="http", format=form, columns={**COLUMNS, **STEPS}), config, ZoneInfo("Asia/Shanghai"))


def storable(out: Decoded) -> None:
    for _, report in out.reports:
        text = json.dumps([report.external_id, report.title, report.text, report.address, report.extra, report.caller], ensure_ascii=False)
        assert "\\u0000" not in text
        text.encode("utf-8")
    for _, refused in out.rejected:
        assert refused.detail
        refused.detail.encode("utf-8")


@settings(max_examples=100, deadline=None)
@given(payload=st.binary(max_size=200) | TREES.map(lambda tree: json.dumps(tree).encode("utf-8", "surrogatepass")))
def test_any_json_becomes_tickets_or_a_named_refusal(config: Config, payload: bytes) -> None:
    out = Decoded(frames=[Frame("t", payload, NOW)])
    with suppress(DecodeError):
        hotline_ticket.decode(0, out.frames[0], source(config, "hotline-ticket"), {}, out)
    storable(out)


@pytest.fixture(scope="module")
def workbook() -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in (["台账"], HEAD, *[[f"{number}-{place}" for place in range(12)] for number in range(3)]):
        sheet.append(row)
    sheet.merge_cells("A1:L1")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_workbook_is_rows_or_a_named_refusal(config: Config, workbook: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(workbook) - 1))
    length, new = data.draw(st.integers(0, 40)), data.draw(st.binary(max_size=40))
    payload = workbook[:at] + new + workbook[at + length :]
    out = Decoded(frames=[Frame("t", payload, NOW)])
    with suppress(DecodeError):
        hotline_sheet.portions(payload, 2)
        hotline_sheet.decode(0, out.frames[0], source(config, "hotline-sheet"), {}, out)
    storable(out)


@settings(max_examples=60, deadline=None)
@given(name=st.text("张王李赵", min_size=3, max_size=6).map(lambda name: f"⟦{name}⟧"), phone=st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_who_called_is_only_in_the_caller(config: Config, name: str, phone: str) -> None:
    ticket = {"办件编号": "1", "诉求主题": "积水", "来电时间": "2026-11-21 12:00:00", "诉求人": name, "诉求人电话": phone}
    out = Decoded(frames=[Frame("t", json.dumps(ticket).encode(), NOW)])
    hotline_ticket.decode(0, out.frames[0], source(config, "hotline-ticket"), {}, out)
    ((_, report),) = out.reports
    assert report.caller == {"name": name, "phone": phone}
    assert not any(secret in f"{report.title}{report.text}{report.extra}{report.address}" for secret in (name, phone))
