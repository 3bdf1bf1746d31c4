"""Laws of GB/T 28181: character sets, the alarm that comes twice, presences."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Position, Reason
from ingest.decode.gb28181 import decode, wire_keys
from tests.video_source import Wire

Sample = Callable[[str, str], str]
DEVICE = "32040400001320000017"


@pytest.fixture
def wire(config: Config, now: datetime) -> Wire:
    return Wire(config, now, decode, wire_keys, classes={"5.6": "0404"})


@pytest.mark.parametrize("encoding", ["gb2312", "gb18030", "utf-8"])
def test_the_sample_says_what_the_page_says_in_any_character_set(wire: Wire, sample: Sample, encoding: str) -> None:
    report = wire.report(sample("gb28181", "alarm").encode(encoding))
    assert (report.external_id, report.title) == (f"{DEVICE}/5.6/20261121T040000Z", "视频识别:区域入侵")
    assert (report.class_code, report.severity, report.text, report.area) == ("0404", 2, "周界入侵", "320404")
    assert (report.position, report.observed_at) == (Position(119.95, 31.78), datetime(2026, 11, 21, 4, 0, 5, tzinfo=UTC))
    assert report.extra == {"camera": DEVICE, "type": "5.6", "method": "5", "alarm_type": "6", "priority": "2", "direction": "enter"}


def test_the_same_alarm_as_message_and_as_notify_is_one_report(wire: Wire, sample: Sample, now: datetime) -> None:
    text = sample("gb28181", "alarm")
    head = f"NOTIFY sip:32040400002000000001@3204040000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1\r\nContent-Length: {len(text)}\r\n\r\n"
    first = wire.report(text.encode("gbk"))
    second = wire.report((head + text.replace(">4711<", ">4712<")).encode("gbk"), now + timedelta(seconds=3))
    assert first == second


def test_alarms_of_other_types_times_and_devices_are_others(wire: Wire, sample: Sample) -> None:
    text = sample("gb28181", "alarm")
    others = [text.replace("<AlarmType>6", "<AlarmType>8"), text.replace("12:00:05", "12:30:05"), text.replace("0017<", "0018<")]
    assert len({wire.report(each.encode("gbk")).external_id for each in [text, *others]}) == 4


def test_a_dead_gps_and_a_plate_are_left_out(wire: Wire, sample: Sample) -> None:
    text = sample("gb28181", "alarm").replace(">119.95<", ">0.0<").replace(">31.78<", ">0<").replace("周界入侵", "苏D12345 违停")
    report = wire.report(text.encode("gbk"))
    assert (report.position, report.text) == (None, "* 违停")


def test_a_keepalive_says_who_lives_and_who_does_not(wire: Wire, sample: Sample) -> None:
    out = wire(sample("gb28181", "keepalive"))
    assert [(p.device, p.online) for p in out.presences] == [("32040400001180000001", True), ("32040400001320000018", False)]


def test_a_catalogue_tells_presences(wire: Wire) -> None:
    items = "".join(f"<Item><DeviceID>d{n}</DeviceID><Event>{word}</Event></Item>" for n, word in enumerate(["ON", "OFF", "VLOST", "ADD"]))
    out = wire(f"<Notify><CmdType>Catalog</CmdType><DeviceID>1</DeviceID><DeviceList>{items}</DeviceList></Notify>")
    assert [(p.device, p.online) for p in out.presences] == [("d0", True), ("d1", False), ("d2", False)]


def test_a_moving_camera_moves(wire: Wire) -> None:
    out = wire(
        f"<Notify><CmdType>MobilePosition</CmdType><DeviceID>{DEVICE}</DeviceID><Longitude>119.9</Longitude><Latitude>31.7</Latitude></Notify>"
    )
    assert out.hints[DEVICE].position == Position(119.9, 31.7)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<Query><CmdType>Alarm</CmdType></Query>", Reason.UNSUPPORTED),
        ("<Notify><CmdType>MediaStatus</CmdType><DeviceID>1</DeviceID></Notify>", Reason.UNSUPPORTED),
        ("<Notify><CmdType>Alarm</CmdType></Notify>", Reason.UNDECODABLE),
        ("SIP/2.0 200 OK", Reason.UNDECODABLE),
    ],
)
def test_what_is_no_notification_is_named(wire: Wire, body: str, reason: Reason) -> None:
    with pytest.raises(DecodeError) as refused:
        wire(body)
    assert refused.value.reason is reason
