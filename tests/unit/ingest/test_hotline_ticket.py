"""Laws of 12345 tickets as JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Position, Reason, Report
from ingest.decode import hotline_ticket
from ingest.decode.source import Source

Sample = Callable[[str, str], str]
PLAIN = {"external_id": "no", "title": "title", "observed_at": "at"}


def read(config: Config, now: datetime, payload: str | bytes, **feed: Any) -> Decoded:
    body = payload.encode() if isinstance(payload, str) else payload
    settings = FeedConfig(kind="http", format="hotline-ticket", timezone="Asia/Shanghai", **({"classes": {"井盖缺损": "0503"}} | feed))
    out = Decoded(frames=[Frame("tickets", body, now)])
    hotline_ticket.decode(0, out.frames[0], Source("tickets", settings, config, ZoneInfo("Asia/Shanghai")), {}, out)
    return out


def one(config: Config, now: datetime, ticket: dict[str, Any], **feed: Any) -> Report:
    body = json.dumps({"no": "1", "title": "t", "at": "2026-11-21 12:00:00"} | ticket)
    extra = {name: name for name in ticket if name not in PLAIN.values()}
    return read(config, now, body, columns=PLAIN | extra, **feed).reports[0][1]


def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("hotline-ticket", "ticket"))
    first, second = (report for _, report in decoded.reports)
    assert (first.source, first.external_id, first.channel, first.title) == (
        "tickets",
        "YP20261121000017",
        Channel.HOTLINE,
        "小区门口井盖破损",
    )
    assert (first.class_code, first.severity, first.ended, first.position) == ("0503", 3, False, Position(119.95, 31.78))
    assert first.observed_at == datetime(2026, 11, 21, 3, 40, 5, tzinfo=UTC)
    assert first.caller == {"name": "李四", "phone": "13900000000"}
    assert first.extra["category"] == ["城市管理", "市政设施", "井盖缺损"]
    assert (first.extra["dispatched_at"], first.extra["due_at"]) == ("2026-11-21T03:52:00+00:00", "2026-11-22T03:52:00+00:00")
    assert (first.extra["appeal_type"], first.extra["via"], first.extra["upper_no"], first.extra["unit"]) == (
        "投诉",
        "微信",
        "S-88",
        "城市管理局",
    )
    assert (second.ended, second.severity, second.extra["ended_at"]) == (True, None, "2026-11-21T00:15:00+00:00")
    assert (second.extra["reached"], second.extra["solved"], second.extra["confidential"]) == (True, True, True)
    assert (second.extra["satisfaction"], second.extra["result"]) == ("basically_satisfied", "已告知")
    assert [(refused.index, refused.detail) for _, refused in decoded.rejected] == [(2, "办件编号 is empty")]


def test_who_called_stands_nowhere_but_in_the_caller(config: Config, now: datetime, sample: Sample) -> None:
    report = read(config, now, sample("hotline-ticket", "ticket")).reports[0][1]
    assert not any(secret in f"{report.extra}{report.title}{report.text}{report.address}" for secret in ("李四", "13900000000"))


@pytest.mark.parametrize(
    "wrap", [lambda t: t, lambda t: [t], lambda t: {"tickets": [t]}, lambda t: {"data": {"rows": [t]}}, lambda t: {"data": t}]
)
def test_one_ticket_is_found_in_any_wrapper(config: Config, now: datetime, wrap: Callable[[Any], Any]) -> None:
    body = json.dumps(wrap({"no": 17, "title": "t", "at": "2026-11-21 12:00:00"}))
    assert [report.external_id for _, report in read(config, now, body, columns=PLAIN).reports] == ["17"]


def test_a_ticket_that_has_a_list_of_its_own_is_no_wrapper(config: Config, now: datetime) -> None:
    body = json.dumps({"no": "1", "title": "t", "at": "2026-11-21 12:00:00", "items": [{"a": 1}]})
    assert len(read(config, now, body, columns=PLAIN).reports) == 1


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026/1/5 9:03", datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
        ("2026年1月5日 9时3分", datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
        ("20260105090300", datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
        ("2026-01-05T01:03:00Z", datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 4, 16, tzinfo=UTC)),
        (1767574980, datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
        (1767574980000, datetime(2026, 1, 5, 1, 3, tzinfo=UTC)),
    ],
)
def test_times_in_the_usual_spellings_are_local_unless_they_say_otherwise(config: Config, now: datetime, stamp: Any, utc: datetime) -> None:
    assert one(config, now, {"at": stamp}).observed_at == utc


def test_a_bad_time_beside_the_matter_costs_only_itself(config: Config, now: datetime) -> None:
    report = one(config, now, {"due_at": "2026-13-45 12:00:00"})
    assert "due_at" not in report.extra
    assert report.extra["due_at_refused"].startswith("'2026-13-45")


@pytest.mark.parametrize(
    ("state", "ended"), [("已办结", True), ("结案", True), ("未办结", False), ("办理中", False), ("作废", True), ("", False)]
)
def test_only_a_state_that_means_the_end_ends_a_ticket(config: Config, now: datetime, state: str, ended: bool) -> None:
    assert one(config, now, {"state": state}).ended is ended


def test_the_narrowest_category_the_feed_knows_is_the_class(config: Config, now: datetime) -> None:
    classes = {"市政设施": "0503", "占道经营": "0401"}
    path = {"category1": "城市管理", "category2": "市政设施", "class": "窨井"}
    assert one(config, now, path, classes=classes).class_code == "0503"
    unknown = one(config, now, {"category1": "民政", "class": "殡葬"}, classes=classes)
    assert (unknown.class_code, unknown.extra["class"], unknown.extra["category"]) == (None, "殡葬", ["民政", "殡葬"])


def test_stages_are_kept_and_the_last_one_may_end_it(config: Config, now: datetime) -> None:
    steps = [{"s": "受理", "t": "2026-11-20 09:00:00", "u": "受理组"}, {"s": "结案", "t": "2026-11-20 15:00:00"}]
    columns = {"external_id": "a.b", "steps": "c.d", "step": "s", "step_at": "t", "step_unit": "u"}
    report = read(config, now, json.dumps({"a": {"b": "9"}, "c": {"d": steps}}), columns=columns).reports[0][1]
    assert report.extra["steps"][0] == {"step": "受理", "at": "2026-11-20T01:00:00+00:00", "unit": "受理组"}
    assert (report.ended, report.extra["ended_at"]) == (True, "2026-11-20T07:00:00+00:00")
    assert report.observed_at == datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_fields_that_no_key_names_are_not_read(config: Config, now: datetime) -> None:
    body = json.dumps({"no": "1", "title": "t", "at": "2026-11-21 12:00:00", "id_card": "320404199001010000"})
    assert "320404199001010000" not in str(read(config, now, body, columns=PLAIN).reports)


def test_more_tickets_than_a_body_may_have_are_refused_whole(config: Config, now: datetime) -> None:
    few = config.model_copy(update={"ingest": config.ingest.model_copy(update={"max_reports": 2})})
    with pytest.raises(DecodeError) as refused:
        read(few, now, json.dumps([{}, {}, {}]))
    assert refused.value.reason is Reason.TOO_LARGE
