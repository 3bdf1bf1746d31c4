"""Stamps moved: in their own spelling, only where a stamp stands, only near the receipt; nothing else in the frame changes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.model import Frame
from ingest.decode import source_of
from ingest.decode.hj212_check import checksum, checksum_modbus
from ingest.decode.source import Source
from ingest.shift import by, mapping, shift
from ingest.shift_stamps import Stamps
from tests.unit.ingest.sl651_frames import ascii_frame, hex_frame

NOW = datetime(2026, 11, 21, 4, 0, 30, tzinfo=UTC)  # 12:00:30 in Changzhou
HOUR = by(timedelta(hours=1))
ZONE = ZoneInfo("Asia/Shanghai")


def moved(config: Config, payload: str | bytes, form: str, delta: timedelta = timedelta(hours=1), **settings: Any) -> tuple[bytes, int]:
    body = payload.encode() if isinstance(payload, str) else payload
    feed = FeedConfig(kind="http", format=form, **settings)
    result = shift(Frame("f", body, NOW), Source("f", feed, config, ZoneInfo(feed.timezone or "Asia/Shanghai")), by(delta))
    return result.payload, result.moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-11-21T12:00:00", "2026-11-21T13:00:00"),
        ("2026-11-21 23:30", "2026-11-22 00:30"),
        ("2026-11-21T04:00:00Z", "2026-11-21T05:00:00Z"),
        ("2026-11-21T04:00:00.123456789Z", "2026-11-21T05:00:00.123456789Z"),
        ("2026-11-21T12:00:00,5+08:00", "2026-11-21T13:00:00,5+08:00"),
        ("2026-11-21T12:00:00+0800", "2026-11-21T13:00:00+0800"),
        ("2026-11-21T12:00:00+8:00", "2026-11-21T13:00:00+8:00"),
        ("2026-11-20T20:00:00-08:00", "2026-11-20T21:00:00-08:00"),
        ("2026-11-21T03:00:00Z/2026-11-21T04:00:00Z", "2026-11-21T04:00:00Z/2026-11-21T05:00:00Z"),
        ("20261121120000", "20261121130000"),
        ("20261121120000123", "20261121130000123"),
        ("202611211200", "202611211300"),
        ("20261121T040000Z", "20261121T050000Z"),
        ("1795233600", "1795237200"),
        ("1795233600123", "1795237200123"),
        ("1795233600.475377", "1795237200.475377"),
    ],
)
def test_a_stamp_keeps_its_spelling(before: str, after: str) -> None:
    stamps = Stamps(HOUR, NOW, ZONE)
    assert stamps.text(before) == after
    assert stamps.moved == 1 + before.count("/")
    assert Stamps(by(-timedelta(hours=1)), NOW, ZONE).text(after) == before


@pytest.mark.parametrize(
    "text", ["2026-11-18T12:00:00", "2026-11-24 12:00", "20261318000000", "2026-13-01 00:00", "1495233600", "35.5", ""]
)
def test_what_is_no_stamp_or_of_another_day_stays(text: str) -> None:
    assert Stamps(HOUR, NOW, ZONE).text(text) is None


def test_what_a_spelling_cannot_hold_is_cut_off_never_rounded_up() -> None:
    stamps = Stamps(by(timedelta(seconds=59.9)), NOW, ZONE)
    assert stamps.text("2026-11-21 12:00") == "2026-11-21 12:00"
    assert stamps.text("2026-11-21 12:00:00") == "2026-11-21 12:00:59"
    assert stamps.text("1795233600") == "1795233659"


def test_a_day_of_other_hours_moves_by_time_not_by_the_wall() -> None:
    """New York sets its clocks back on 1 November 2026 at two."""
    stamps = Stamps(by(timedelta(hours=12)), datetime(2026, 11, 1, 0, 0, tzinfo=UTC), ZoneInfo("America/New_York"))
    assert stamps.text("2026-10-31 20:00:00") == "2026-11-01 07:00:00"


def test_json_keeps_its_bytes_but_for_times(config: Config) -> None:
    body = """{"ts" : 1795233600000,\t"values":{"pm25":35.50,"wd":"东"}, "id":"20261121120000",
      "external_id": "2026-11-21 12:00:00", "batch":1795233600, "list":["2026-11-21T12:00:00+08:00", 1795233600],
      "\\u65f6\\u95f4":"20261121120000","note":"自 2026-11-21 12:00:00 起"}"""
    after = body.replace("1795233600000", "1795237200000").replace("12:00:00+08", "13:00:00+08")
    after = after.replace('95f4":"20261121120000', '95f4":"20261121130000')
    assert moved(config, body, "native") == (after.encode(), 3)


def test_xml_moves_elements_and_attributes_but_no_identifier(config: Config) -> None:
    body = """<?xml version="1.0"?><alert><identifier>20261121120000</identifier><tt:Message UtcTime="2026-11-21T04:00:00Z">
      <sent> 2026-11-21T12:00:00+08:00 </sent><cap:expires>2026-11-22T12:00:00+08:00</cap:expires></tt:Message></alert>"""
    after = body.replace("04:00:00Z", "05:00:00Z").replace("T12:00:00", "T13:00:00")
    assert moved(config, body, "cap") == (after.encode(), 3)


def test_multipart_keeps_its_picture_and_its_lengths(config: Config) -> None:
    picture = bytes(range(256)) * 40
    head = b"--b\r\nContent-Type: text/plain\r\nContent-Length: 42\r\n\r\nEvents[0].Time=2026-11-21 12:00:00\r\nid=2026-11-21 12:00:00\r\n--b\r\n\r\n"
    after, count = moved(config, head + picture + b"\r\n--b--\r\n", "dahua")
    assert (after, count) == (head.replace(b"12:00", b"13:00", 1) + picture + b"\r\n--b--\r\n", 1)


def test_csv_moves_the_columns_of_times_by_the_feeds_own_pattern(config: Config) -> None:
    source = source_of("nyc311", config)
    assert source is not None
    body = (
        "\ufeffUnique Key,Created Date,Closed Date,Descriptor\r\n"
        '20261121120000,11/20/2026 11:00:03 PM,"11/21/2026 01:00:00 AM","said ""2026-11-20 23:00:00"",\r\nloud"\r\n'
        "2,05/01/2022 01:00:00 AM,,2026-11-20 23:00:00\r\n"
    )
    result = shift(Frame("nyc311", body.encode(), NOW), source, HOUR)
    after = body.replace("11/20/2026 11:00:03 PM", "11/21/2026 12:00:03 AM").replace('01:00:00 AM"', '02:00:00 AM"')
    assert (result.payload, result.moved) == (after.encode(), 2)


def test_a_chinese_ticket_list_in_gb18030_keeps_its_bytes(config: Config) -> None:
    source = source_of("hotline", config)
    assert source is not None
    body = "办件编号,派发时间,诉求主题\nA1,2026-11-21 11:59:00,井盖缺损\n".encode("gb18030")
    assert shift(Frame("hotline", body, NOW), source, HOUR).payload == body.replace(b"11:59", b"12:59")


def test_a_feed_that_writes_epoch_seconds_is_moved_in_its_own_columns(config: Config) -> None:
    columns = {"device": "sn", "observed_at": "when", "pm25": "v"}
    assert moved(config, "sn,when,v\n1795233600,1795233600,1795233600\n", "mapped", columns=columns, time_format="s") == (
        b"sn,when,v\n1795233600,1795237200,1795233600\n",
        1,
    )
    assert moved(config, '{"sn":1795233600,"when":1795233600,"v":1}', "mapped", columns=columns, time_format="s")[1] == 1


def packet(data: str, check: Any = checksum) -> bytes:
    return b"##%04d%s%04X" % (len(data), data.encode(), check(data.encode()))


@pytest.mark.parametrize("check", [checksum, checksum_modbus])
def test_hj212_moves_request_and_data_times_and_its_checksum_is_right(config: Config, check: Any) -> None:
    data = "QN=20261121120001123;ST=22;CN=2011;PW=1;MN=20261121120000;Flag=5;CP=&&DataTime=20261121120000;a-SampleTime=20261121115900,a-Rtd=20261121120000&&"
    after = "QN=20261121130001123;ST=22;CN=2011;PW=1;MN=20261121120000;Flag=5;CP=&&DataTime=20261121130000;a-SampleTime=20261121125900,a-Rtd=20261121120000&&"
    assert moved(config, packet(data, check) + b"\r\n", "hj212") == (packet(after, check) + b"\r\n", 3)
    assert moved(config, packet(data, check).hex().upper(), "hj212") == (packet(after, check).hex().upper().encode(), 3)


def test_a_broken_packet_stays_broken_among_its_neighbours(config: Config) -> None:
    good = packet("QN=20261121120001123;CN=2011;MN=m;CP=&&DataTime=20261121120000;a-Rtd=1&&")
    broken = good.replace(b"a-Rtd=1", b"a-Rtd=2")
    after, count = moved(config, broken + b"\r\n" + good, "hj212")
    assert after.startswith(broken + b"\r\n")
    assert (len(after), count) == (2 * len(good) + 2, 2)


@pytest.mark.parametrize("part", [None, (2, 1)])
def test_sl651_moves_sending_and_every_observation_in_both_spellings(config: Config, part: tuple[int, int] | None) -> None:
    body = "00A1 261121120005 F1F10062307310 48 F0F02611211200 F460 {} 3923 00003482 F1F10062307311 F0F02611211155 2619000125"
    body = body.format("00" * 12)
    after = body.replace("261121120005", "261121130005").replace("2611211200", "2611211300", 1).replace("2611211155", "2611211255")
    assert moved(config, hex_frame(0x34, body, part=part), "sl651") == (hex_frame(0x34, after, part=part), 3)
    text = "00A1261121120005ST 0062307310 H TT 2611211200 Z 34.82 "
    after = text.replace("2611211200", "2611211300")
    assert moved(config, ascii_frame(0x32, text, part=part), "sl651") == (ascii_frame(0x32, after, part=part), 2)


def test_later_parts_broken_frames_and_bare_numbers_of_sl651_stay(config: Config) -> None:
    for frame in (hex_frame(0x36, "261121120005", part=(3, 2)), hex_frame(0x32, "00A1261121120005")[:-1] + b"\x00", b"\x7e\x7e"):
        assert moved(config, frame, "sl651") == (frame, 0)


FIRST = NOW - timedelta(days=3, seconds=0.4)
LAST = FIRST + timedelta(hours=2)
BEGUN = NOW + timedelta(seconds=0.7)


@pytest.mark.parametrize("speed", [0, 0.5, 1, 10, 1000])
def test_what_was_not_ahead_of_its_receipt_is_not_ahead_of_its_sending(speed: float) -> None:
    move = mapping(FIRST, LAST, BEGUN, speed)
    for at in (FIRST, FIRST + timedelta(minutes=7), LAST):
        sent = BEGUN + (at - FIRST) / speed if speed else BEGUN
        assert move(at) <= sent
        assert sent - move(at) < timedelta(seconds=1) or not speed
        assert move(at - timedelta(minutes=1)) < move(at)
    assert BEGUN - move(LAST if speed == 0 else FIRST) < timedelta(seconds=1)


def test_a_series_moves_as_a_whole_when_a_replay_is_faster(config: Config) -> None:
    """Its later values are counted from the first: pulled together with it they would run ahead of the clock."""
    frame = Frame("sl651", hex_frame(0x31, "00A1 261121120000 F1F10062307310 48 F0F02611211105 0418000005"), NOW)
    source = source_of("sl651", config)
    assert source is not None
    now = NOW + timedelta(days=1)
    result = shift(frame, source, mapping(NOW - timedelta(minutes=50), NOW, now, 10))
    assert b"\xf0\xf0\x26\x11\x22\x11\x09" in result.payload or b"\xf0\xf0\x26\x11\x22\x11\x10" in result.payload


def test_a_pack_of_senml_moves_as_a_whole(config: Config) -> None:
    body = json.dumps([{"bn": "a/", "bt": 1795233600, "n": "x", "v": 1}, {"n": "x", "t": 5, "v": 2}])
    assert moved(config, body, "senml") == (body.replace("1795233600", "1795237200").encode(), 1)
