"""Laws of AI platforms' JSON: only what a path names becomes a report."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Position, Reason
from ingest.decode.ai_events import decode, follow, wire_keys
from tests.video_source import Wire

COLUMNS = {"items": "data.alarms", "external_id": "alarm.id", "camera": "device.code", "class": "alarm.type", "observed_at": "alarm.time",
           "state": "alarm.status", "confidence": "alarm.score", "picture": "images.url", "address": "^data.site"}  # fmt: skip
JPEG = b"\xff\xd8\xff\xe0picture"


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    settings = {"columns": COLUMNS, "time_format": "%Y-%m-%d %H:%M:%S", "classes": {"garbage": "0101", "881": "0501"}}
    return Wire(config, now, decode, wire_keys, **settings)


def plain(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, wire_keys)


def test_the_sample_says_what_the_page_says(wire: Wire, sample: Callable[[str, str], str]) -> None:
    first, second = (report for _, report in wire(sample("ai-events", "body")).reports)
    assert (first.external_id, first.title, first.class_code, first.confidence) == ("A-1", "视频识别:暴露垃圾", "0101", 0.91)
    assert (first.observed_at, first.address) == (datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC), "怀德桥")
    assert (first.media, first.extra) == (("http://10.20.0.4/1.jpg",), {"camera": "cam-17", "type": "garbage"})
    assert (second.external_id, second.title, second.class_code, second.confidence) == ("A-2", "视频识别:消防隐患", "0501", 0.77)


@pytest.mark.parametrize(
    "stamp", ["2026-11-21T12:00:05+08:00", "2026-11-21 12:00:05", "20261121120005", 1795233605, 1795233605000, "1795233605"]
)
def test_usual_names_and_times_need_no_paths(config: Config, now: datetime, stamp: Any) -> None:
    body = {"eventId": 7, "alarmType": "smoke", "deviceCode": "c1", "timestamp": stamp, "longitude": 119.9, "latitude": "31.7"}
    report = plain(config, now).report(json.dumps({"code": 0, "data": body}))
    assert (report.external_id, report.observed_at) == ("7", datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC))
    assert report.position == Position(119.9, 31.7)


def test_without_an_id_start_and_stop_are_one_report(config: Config, now: datetime) -> None:
    body = {"type": "crowd", "camera": "c1", "time": "2026-11-21 12:00:05", "state": "start"}
    wire = plain(config, now)
    start = wire.report(json.dumps(body))
    stop = wire.report(json.dumps({**body, "time": "2026-11-21 13:00:05", "state": "结束"}))
    assert (start.external_id, stop.ended) == (stop.external_id, True)


def test_pictures_in_base64_become_pictures(config: Config, now: datetime) -> None:
    text = base64.b64encode(JPEG).decode()
    body = {"type": "a", "camera": "c", "id": 1, "picture": [text, f"data:image/jpeg;base64,{text}", "no picture", 5, "/api/pic/1"]}
    out = plain(config, now)(json.dumps([body]))
    assert [(picture.content, picture.external_id) for _, picture in out.pictures] == [(JPEG, "1"), (JPEG, "1")]
    assert out.reports[0][1].media == ("/api/pic/1",)


def test_what_no_path_names_is_not_stored(wire: Wire) -> None:
    event = {
        "alarm": {"id": "1", "type": "garbage", "time": "2026-11-21 12:00:05", "plate": "苏D12345"},
        "name": "张三",
        "device": {"code": "c"},
    }
    text = str(wire(json.dumps({"data": {"alarms": [event]}})).reports)
    assert "苏D12345" not in text
    assert "张三" not in text


def test_a_broken_event_never_costs_its_neighbours(wire: Wire) -> None:
    good = {"alarm": {"id": "1", "type": "garbage", "time": "2026-11-21 12:00:05"}, "device": {"code": "c"}}
    out = wire(json.dumps({"data": {"alarms": [good, {"alarm": {}}, 5, {"alarm": {"type": "x", "time": "noon"}}]}}))
    assert (len(out.reports), [refused.index for _, refused in out.rejected]) == (1, [1, 2, 3])


def test_paths_that_lead_nowhere_are_named(wire: Wire) -> None:
    for body in ("{}", '{"data": {"alarms": []}}', "5"):
        with pytest.raises(DecodeError) as refused:
            wire(body)
        assert refused.value.reason in (Reason.UNSUPPORTED, Reason.UNDECODABLE)


@pytest.mark.parametrize(
    ("path", "found"), [("a.b", [1, 2]), ("a.1.b", [2]), ("a.9.b", []), ("c", ["x"]), ("c.d", []), ("a", [[{"b": 1}, {"b": 2}]])]
)
def test_a_path_goes_down_by_names_and_places(path: str, found: list[Any]) -> None:
    assert follow({"a": [{"b": 1}, {"b": 2}], "c": "x"}, path) == found
