"""Laws of Hikvision's alerts: XML, JSON, multipart with pictures, and the platform's events."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Channel, Position, Reason
from ingest.decode.hikvision import decode, wire_keys
from tests.video_source import Wire

Sample = Callable[[str, str], str]
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) + b"\r\n--\r\nend"
CAMERA = "02:00:5e:10:00:01-1"


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, wire_keys, classes={"fielddetection:human": "0404", "192515": "0501", "VMD": "0404"})


def alert(kind: str, state: str, at: str, more: str = "", channel: int = 1) -> str:
    return (
        '<EventNotificationAlert version="2.0" xmlns="urn:psialliance-org"><macAddress>02:00:5e:10:00:01</macAddress>'
        f"<channelID>{channel}</channelID><dateTime>{at}</dateTime><eventType>{kind}</eventType><eventState>{state}</eventState>{more}</EventNotificationAlert>"
    )


def multipart(*parts: tuple[str, str, bytes], line: bytes = b"\r\n", closed: bool = True) -> bytes:
    body = b""
    for name, media, content in parts:
        head = [b"--boundary", f'Content-Disposition: form-data; name="{name}"'.encode(), f"Content-Type: {media}".encode(), b""]
        body += line.join(head) + line + content + line
    return body + (b"--boundary--" + line if closed else b"")


def test_the_sample_says_what_the_page_says(wire: Wire, sample: Sample) -> None:
    report = wire.report(sample("hikvision", "alert"))
    assert (report.source, report.channel, report.title, report.class_code) == ("cam", Channel.VIDEO, "视频识别:区域入侵", "0404")
    assert report.external_id == f"{CAMERA}/fielddetection/20261121T040000Z"
    assert report.observed_at == datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC)
    assert report.extra == {"camera": CAMERA, "type": "fielddetection", "channel_name": "河堤东", "target": "human", "region": "2"}
    assert not report.ended


def test_the_platforms_event_says_what_the_page_says(wire: Wire, sample: Sample) -> None:
    report = wire.report(sample("hikvision", "platform"))
    assert (report.external_id, report.title, report.class_code) == ("YP-DEMO-0001", "视频识别:火点", "0501")
    assert (report.position, report.media) == (Position(119.95, 31.78), ("http://10.20.0.2/pic/1",))
    assert report.extra == {"camera": "cam-17", "type": "192515", "channel_name": "北门", "level": "3"}


def test_json_says_the_same_as_xml(wire: Wire) -> None:
    body = {"ipAddress": "10.0.0.1", "macAddress": "02:00:5e:10:00:01", "channelID": 1, "dateTime": "2026-11-21T12:00:05+08:00",
            "eventType": "fielddetection", "eventState": "active", "fielddetection": [{"detectionTarget": "human", "regionID": 2}]}  # fmt: skip
    report = wire.report(json.dumps({"EventNotificationAlert": body}))
    assert (report.external_id, report.class_code) == (f"{CAMERA}/fielddetection/20261121T040000Z", "0404")
    assert report.extra == {"camera": CAMERA, "type": "fielddetection", "target": "human", "region": "2"}


def test_repetitions_duration_and_stop_are_one_report(wire: Wire) -> None:
    first = wire.report(alert("VMD", "active", "2026-11-21T12:00:50+08:00", "<detectionTarget>human</detectionTarget>"))
    going = wire.report(alert("VMD", "active", "2026-11-21T12:01:20+08:00"))
    related = "<DurationList><Duration><relationEvent>VMD</relationEvent></Duration></DurationList>"
    lasting = wire.report(alert("duration", "active", "2026-11-21T12:02:10+08:00", related))
    over = wire.report(alert("VMD", "inactive", "2026-11-21T12:40:00+08:00"))
    assert {report.external_id for report in (first, going, lasting, over)} == {f"{CAMERA}/VMD/20261121T040000Z"}
    assert first == going == lasting  # nothing new is said: nothing is changed
    assert (over.ended, over.extra["ended_at"], over.extra["target"]) == (True, "2026-11-21T04:40:00+00:00", "human")
    assert over.observed_at == first.observed_at


def test_a_new_event_after_a_pause_is_a_new_report(wire: Wire) -> None:
    first = wire.report(alert("VMD", "active", "2026-11-21T12:00:50+08:00"))
    second = wire.report(alert("VMD", "active", "2026-11-21T12:02:10+08:00"))
    assert first.external_id != second.external_id


def test_two_channels_of_a_recorder_are_two_cameras(wire: Wire) -> None:
    reports = [wire.report(alert("VMD", "active", "2026-11-21T12:00:00+08:00", channel=channel)) for channel in (33, 34)]
    assert [report.extra["camera"] for report in reports] == ["02:00:5e:10:00:01-33", "02:00:5e:10:00:01-34"]


def test_a_heartbeat_is_a_presence_and_the_end_of_a_loss_is_not(wire: Wire) -> None:
    beat = wire(alert("videoloss", "inactive", "2026-11-21T12:00:00+08:00"))
    assert (beat.reports, beat.rejected, [(p.device, p.online) for p in beat.presences]) == ([], [], [(CAMERA, True)])
    lost = wire.report(alert("videoloss", "active", "2026-11-21T12:00:10+08:00"))
    back = wire.report(alert("videoloss", "inactive", "2026-11-21T12:05:00+08:00"))
    assert (lost.external_id, back.ended) == (back.external_id, True)
    assert wire(alert("videoloss", "inactive", "2026-11-21T12:10:00+08:00")).reports == []


@pytest.mark.parametrize("line", [b"\r\n", b"\n"])
@pytest.mark.parametrize("closed", [True, False])
def test_pictures_go_with_their_alert_and_close_ups_stay_outside(wire: Wire, line: bytes, closed: bool) -> None:
    xml = alert("fielddetection", "active", "2026-11-21T12:00:05+08:00").encode()
    body = multipart(("a.xml", "application/xml", xml), ("intrusionImage", "image/jpeg", JPEG), ("faceImage", "image/jpeg", JPEG),
                     line=line, closed=closed)  # fmt: skip
    out = wire(body)
    assert [(picture.content, picture.external_id) for _, picture in out.pictures] == [(JPEG, out.reports[0][1].external_id)]


def test_of_a_plate_only_the_fact_stays(wire: Wire) -> None:
    xml = alert("ANPR", "active", "2026-11-21T12:00:05+08:00", "<ANPR><licensePlate>苏D12345</licensePlate></ANPR>").encode()
    body = multipart(("anpr.xml", "application/xml", xml), ("licensePlatePicture.jpg", "image/jpeg", JPEG), ("pic1", "image/jpeg", JPEG))
    out = wire(body)
    assert (out.reports[0][1].extra["recognised"], out.pictures) == ("plate", [])
    assert "苏D12345" not in str(out.reports) + str(out.memory)


def test_a_broken_part_never_costs_its_neighbours(wire: Wire) -> None:
    good = alert("VMD", "active", "2026-11-21T12:00:05+08:00").encode()
    out = wire(multipart(("a", "application/xml", b"<broken"), ("b", "application/xml", good)))
    assert (len(out.reports), [(r.reason, r.index) for _, r in out.rejected]) == (1, [(Reason.UNDECODABLE, 0)])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<other/>", Reason.UNSUPPORTED),
        ("{}", Reason.UNSUPPORTED),
        ("<EventNotificationAlert/>", Reason.UNDECODABLE),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', Reason.UNDECODABLE),
        (alert("VMD", "active", "yesterday"), Reason.UNDECODABLE),
        ("<a>" * 100_000, Reason.TOO_LARGE),
        ("[" * 100_000, Reason.TOO_LARGE),
    ],
)
def test_what_is_no_alert_is_named(wire: Wire, body: str, reason: Reason) -> None:
    with pytest.raises(DecodeError) as refused:
        wire(body)
    assert refused.value.reason is reason


def test_a_camera_without_offset_is_in_the_feeds_zone_and_without_time_in_the_present(wire: Wire, now: datetime) -> None:
    assert wire.report(alert("VMD", "active", "2026-11-21T12:00:05")).observed_at == now + timedelta(seconds=5)
    assert wire.report(alert("PIR", "active", "")).observed_at == now


def test_cameras_of_the_configuration_are_found_by_channel_name(config: Config, now: datetime) -> None:
    wire = Wire(config, now, decode, wire_keys, cameras={"河堤东": (119.9, 31.7)})
    report = wire.report(alert("VMD", "active", "2026-11-21T12:00:05+08:00", "<channelName>河堤东</channelName>"))
    assert report.position == Position(119.9, 31.7)
