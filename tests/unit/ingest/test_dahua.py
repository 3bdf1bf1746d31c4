"""Laws of Dahua's streams: text, lines, JSON; Start and Stop are one report."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Reason
from ingest.decode.dahua import decode, wire_keys
from tests.video_source import Wire

JPEG = b"\xff\xd8\xff\xe0picture"


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, wire_keys, classes={"CrossRegionDetection:Human": "0404", "890": "0101"})


def test_the_sample_says_what_the_page_says(wire: Wire, sample: Callable[[str, str], str], now: datetime) -> None:
    out = wire(sample("dahua", "stream"))
    report = out.reports[0][1]
    assert [(p.device, p.online) for p in out.presences] == [("cam", True)]
    assert (report.external_id, report.title) == ("cam-2/CrossRegionDetection/20261121T040000Z", "视频识别:区域入侵")
    assert (report.class_code, report.confidence) == ("0404", 0.87)
    assert report.observed_at == datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC)
    assert report.extra == {"camera": "cam-2", "type": "CrossRegionDetection", "target": "Human", "rule": "堤防"}


def test_start_and_stop_share_one_report_without_a_time_of_their_own(wire: Wire, now: datetime) -> None:
    text = 'Code=VideoMotion;action={};index=0;data={{\n   "Id" : [ 0 ],\n   "RegionName" : [ "Region1" ]\n}}\n\r\n'
    start = wire.report(text.format("Start"))
    stop = wire.report(text.format("Stop"), now + timedelta(minutes=7))
    again = wire.report(text.format("Stop"), now + timedelta(minutes=7, seconds=20))
    assert start.external_id == stop.external_id == again.external_id == "cam-1/VideoMotion/20261121T040000Z"
    assert (start.ended, stop.ended, stop.extra["ended_at"]) == (False, True, (now + timedelta(minutes=7)).isoformat())
    assert again == stop


def test_a_restless_camera_is_one_candidate_a_minute(wire: Wire, now: datetime) -> None:
    ids = {
        wire.report("Code=VideoMotion;action=Pulse;index=0", now + timedelta(seconds=seconds)).external_id for seconds in range(0, 180, 10)
    }
    assert len(ids) == 3


def test_the_snapshot_stream_brings_its_picture(wire: Wire) -> None:
    lines = (
        "Events[0].EventBaseInfo.Code=CrossRegionDetection\r\nEvents[0].EventBaseInfo.Action=Pulse\r\nEvents[0].EventBaseInfo.Index=1\r\n"
    )
    lines += "Events[0].UTC=1795233605\r\nEvents[0].Object.ObjectType=Human\r\nEvents[0].TrafficCar.PlateNumber=苏D12345\r\n"
    body = b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + lines.encode() + b"--b\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG + b"\r\n"
    out = wire(body)
    assert out.reports[0][1].external_id == "cam-2/CrossRegionDetection/20261121T040000Z"
    assert [picture.content for _, picture in out.pictures] == [JPEG]
    assert "苏D12345" not in str(out.reports)


@pytest.mark.parametrize("key", ["Code", "code"])
def test_json_in_any_case_and_the_platforms_numbers(wire: Wire, key: str) -> None:
    body = {"name": "东门", key: 890, "Action": "Pulse", "Index": "0", "Data": {"UTC": 1795233605, "Object": {"Confidence": 204}}}
    report = wire.report(json.dumps(body))
    assert (report.extra["camera"], report.title, report.class_code, report.confidence) == ("东门", "视频识别:暴露垃圾", "0101", 0.8)


def test_of_a_face_only_the_fact_stays(wire: Wire) -> None:
    data = {"Name": "张三", "Candidates": [{"Person": {"Name": "张三"}}], "UTC": 1795233605}
    body = f"--b\r\n\r\nCode=FaceRecognition;action=Pulse;index=0;data={json.dumps(data, ensure_ascii=False)}\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"
    out = wire(body.encode() + JPEG + b"\r\n--b--\r\n")
    assert (out.reports[0][1].extra["recognised"], out.pictures) == ("face", [])
    assert "张三" not in str(out.reports) + str(out.memory)


def test_unreadable_data_never_cost_the_event_nor_its_neighbours(wire: Wire) -> None:
    out = wire('Code=VideoBlind;action=Start;index=0;data={"a": }\nCode=VideoLoss;action=Start;index=1\nCode= ;action=Stop;index=2\n')
    assert [report.title for _, report in out.reports] == ["视频识别:视频遮挡", "视频识别:视频丢失"]
    assert [(refused.reason, refused.index) for _, refused in out.rejected] == [(Reason.UNDECODABLE, 2)]


def test_what_is_no_event_is_named(wire: Wire) -> None:
    assert wire("Heartbeat").presences
    assert wire("Code=TimeChange;action=Pulse;index=0").reports == []
    for body, reason in (("hello", Reason.UNSUPPORTED), ("Code=A;action=Start;index=0\n" * 1000, Reason.TOO_LARGE)):
        with pytest.raises(DecodeError) as refused:
            wire(body)
        assert refused.value.reason is reason
