"""Planned works as people write them, when somebody is at work, and what they have to do with what happens near."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from core.errors import Invalid
from core.text import load_texts
from core.works_config import PlannedWorksConfig
from dispatch.told_rows import Refusal
from dispatch.works import TEMPLATE, at_work, may_explain, read_work, read_works, relation, state_of

ZONE = ZoneInfo("Asia/Shanghai")
KINDS = PlannedWorksConfig().kinds
ASSETS = Path(__file__).resolve().parents[3] / "assets" / "i18n"
WHOLE = {"title": "铣刨", "kind": "road", "starts_at": "2026-11-20", "ends_at": "2026-11-30", "lon": 119.9, "lat": 31.78}
WRONG: list[dict[str, Any]] = [
    {"kind": "party"}, {"starts_at": "soon"}, {"ends_at": "2026-11-01"}, {"hours": "night"}, {"hours": "22:00-22:00"}, {"radius_m": -1},
    {"radius_m": "wide"}, {"shape": "circle"}, {"shape": "119.9 31.7; 500 90"}, {"datum": "x"}, {"lon": 400}, {"title": "a\nb"},
    {"title": "长" * 201},
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def row(**fields: Any) -> dict[str, Any]:
    work = read_work({**WHOLE, **fields}, KINDS, ZONE)
    first, last = work.hours or (None, None)
    return {"starts_at": work.starts_at, "ends_at": work.ends_at, "withdrawn_at": None, "daily_from": first, "daily_until": last}


def test_a_day_is_whole_from_its_begin_to_its_end_in_the_citys_time() -> None:
    work = read_work(WHOLE, KINDS, ZONE)
    assert (work.starts_at, work.ends_at) == (at("2026-11-20T00:00"), at("2026-12-01T00:00"))
    for written in ("2026-11-20 08:30", "2026/11/20 08:30", "2026-11-20T00:30:00+00:00", at("2026-11-20T08:30")):
        assert read_work({**WHOLE, "starts_at": written}, KINDS, ZONE).starts_at == at("2026-11-20T08:30")
    for day in ("20261120", "2026年11月20日", "2026.11.20"):
        assert read_work({**WHOLE, "starts_at": day}, KINDS, ZONE).starts_at == at("2026-11-20T00:00")


@pytest.mark.parametrize("fields", WRONG)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_work({**WHOLE, **fields}, KINDS, ZONE)


def test_a_refusal_is_told_in_every_language_and_names_what_it_fills_in() -> None:
    refusals = []
    for fields in WRONG:
        with pytest.raises(Refusal) as caught:
            read_work({**WHOLE, **fields}, KINDS, ZONE)
        refusals.append(caught.value)
    for text in load_texts(ASSETS).values():
        assert all("{" not in text(f"ledgers.file.why.{one.key}", **one.values) for one in refusals)


def test_what_is_left_out_is_not_there_and_what_is_emptied_is_empty() -> None:
    told = read_work({"note": "", "unit": "", "operator": None, "hours": "", "radius_m": 0}, KINDS, ZONE)
    assert (dict(told.told), told.hours, told.radius_m) == ({"note": "", "unit": ""}, (), 0)


def test_nightly_hours_reach_over_midnight() -> None:
    night = row(hours="22:00-06:00")
    asked = ("2026-11-21T21:59", "2026-11-21T22:00", "2026-11-22T05:59", "2026-11-22T06:00", "2026-12-01T01:00")
    assert [at_work(night, at(moment), ZONE) for moment in asked] == [False, True, True, False, False]
    day = row(hours="08:00–18:00")
    assert [at_work(day, at(moment), ZONE) for moment in ("2026-11-21T08:00", "2026-11-21T18:00")] == [True, False]


def test_a_state_follows_the_time_alone() -> None:
    span = at("2026-11-20T00:00"), at("2026-12-01T00:00")
    asked = ("2026-11-19T23:59", "2026-11-20T00:00", "2026-12-01T00:00")
    assert [state_of(*span, None, at(moment)) for moment in asked] == ["planned", "under_way", "over"]
    assert state_of(*span, at("2026-11-21T00:00"), at("2026-11-22T00:00")) == "withdrawn"


@pytest.mark.parametrize(("since", "until", "told"), [
    ("2026-11-21T12:00", "2026-11-21T13:00", "beside"), ("2026-11-21T12:00", "2026-11-21T23:00", "during"),
    ("2026-11-21T05:00", "2026-11-21T12:00", "during"), ("2026-11-21T12:00", "2026-11-23T13:00", "during"),
    ("2026-12-01T02:00", "2026-12-01T03:00", "after"), ("2026-12-01T07:00", "2026-12-01T08:00", None),
    ("2026-11-19T12:00", "2026-11-19T23:00", None), ("2026-11-19T12:00", "2026-11-20T03:00", "during"),
])  # fmt: skip
def test_what_happens_meets_a_nightly_work(since: str, until: str, told: str | None) -> None:
    assert relation(row(hours="22:00-06:00"), at(since), at(until), timedelta(hours=6), ZONE) == told


def test_a_withdrawn_one_has_to_do_with_nothing() -> None:
    gone = {**row(), "withdrawn_at": at("2026-11-20T01:00")}
    assert relation(gone, at("2026-11-21T00:00"), at("2026-11-21T01:00"), timedelta(hours=6), ZONE) is None
    assert not at_work(gone, at("2026-11-21T00:00"), ZONE)


def test_a_kind_explains_its_own_classes_only() -> None:
    road = KINDS["road"].model_copy(update={"classes": ("0301",)})
    assert [may_explain(road, code) for code in ("0301", "0501", None)] == [True, False, False]
    assert not may_explain(None, "0301")


def test_a_sheet_is_read_as_the_template_says(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(TEMPLATE))
    told = [
        "P1",
        "音乐节",
        "大型活动",
        at("2026-11-28T18:00").replace(tzinfo=None),
        at("2026-11-28T23:00").replace(tzinfo=None),
        None,
        119.9,
        31.78,
        None,
        300,
    ]
    sheet.append(told)
    sheet.append(["P1", "又一次", "大型活动", "2026-11-28", "2026-11-28"])
    sheet.append([None, "无编号", "大型活动", "2026-11-28", "2026-11-28"])
    book.save(file := tmp_path / "活动.xlsx")
    [work], refusals = read_works(file, KINDS, ZONE)
    assert (work.code, work.told["kind"], work.starts_at, work.radius_m) == ("P1", "event", at("2026-11-28T18:00"), 300.0)
    assert [(one.row, one.key) for one in refusals] == [(3, "twice"), (4, "missing")]
