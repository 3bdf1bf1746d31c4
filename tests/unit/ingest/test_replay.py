"""Files and recordings as parcels: each on the wire it came by, in the order of its receipt, under a guessed or a given format."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Config
from core.errors import Invalid
from core.model import Frame
from ingest.decode.formats import FORMATS
from ingest.decode.hj212_check import checksum
from ingest.record import line_of
from ingest.replay import READERS, Parcel, format_of, read
from ingest.replay_recording import Moved, Span, recorded, shifted, span
from ingest.replay_stations import expects_answer
from ingest.replay_wires import offset_s
from ingest.shift import by
from tests.unit.ingest.sl651_frames import hex_frame

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TELEMETRY = Frame("city", b'{"ts":"2026-11-21T12:00:00+08:00","values":{"pm25":35}}', AT, "city/320404/environment/d/telemetry")
BODY = Frame("http-readings", b"[]", AT + SECOND, "/api/v1/readings")
CHIRP = Frame("http-chirpstack", b"{}", AT + 2 * SECOND, "/api/v1/feeds/chirpstack?event=up")
OPEN311 = Frame("http-reports", b"{}", AT + 3 * SECOND, "/open311/v2/requests.json")
DATA = b"QN=20261121120000123;ST=22;CN=2011;PW=1;MN=m;Flag=5;CP=&&DataTime=20261121120000;a34004-Rtd=1&&"
HJ212 = Frame("hj212", b"##%04d%s%04X" % (len(DATA), DATA, checksum(DATA)), AT + 4 * SECOND)
SL651 = Frame("sl651", hex_frame(0x32, "00A1261121120000F1F1006230731048F0F02611211200"), AT + 5 * SECOND)
DATAGRAM = replace(SL651, feed="sl651-udp", received_at=AT + 6 * SECOND)
ALL = [TELEMETRY, BODY, CHIRP, OPEN311, HJ212, SL651, DATAGRAM]


def record(path: Path, frames: list[Frame]) -> Path:
    path.write_bytes(b"".join(map(line_of, frames)))
    return path


def test_every_frame_goes_back_to_the_wire_it_came_by(tmp_path: Path, config: Config) -> None:
    parcels = list(recorded([record(tmp_path / "a.jsonl", ALL)], config))
    assert [(parcel.wire, parcel.address) for parcel in parcels] == [
        ("mqtt", "city/320404/environment/d/telemetry"),
        ("http", "/readings"),
        ("http", "/feeds/chirpstack?event=up"),
        ("http", "/feeds/http-reports"),
        ("tcp", "hj212"),
        ("tcp", "sl651"),
        ("udp", "sl651"),
    ]
    assert [parcel.at for parcel in parcels] == [frame.received_at for frame in ALL]
    assert [parcel.payload for parcel in parcels] == [frame.payload + b"\r\n" * (frame is HJ212) for frame in ALL]


def test_frames_of_stations_may_go_to_the_api_instead(tmp_path: Path, config: Config) -> None:
    parcels = recorded([record(tmp_path / "a.jsonl", [TELEMETRY, HJ212, DATAGRAM])], config, over="http")
    assert [(parcel.wire, parcel.address) for parcel in parcels] == [
        ("mqtt", TELEMETRY.topic),
        ("http", "/feeds/hj212"),
        ("http", "/feeds/sl651-udp"),
    ]


def test_recordings_are_one_replay_in_the_order_of_receipt(tmp_path: Path, config: Config) -> None:
    paths = [record(tmp_path / "b.jsonl", ALL[1::2]), record(tmp_path / "a.jsonl", ALL[::2])]
    assert [parcel.frame for parcel in recorded(paths, config)] == ALL
    assert span(paths) == Span(7, AT, AT + 6 * SECOND)
    assert [offset_s(AT, frame.received_at, 10) for frame in ALL] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_a_frame_of_which_nobody_knows_how_it_came_is_said(tmp_path: Path, config: Config) -> None:
    path = record(tmp_path / "a.jsonl", [replace(HJ212, feed="stranger")])
    with pytest.raises(Invalid, match="stranger"):
        list(recorded([path], config))


def test_no_recording_is_said_with_its_line_and_a_torn_end_is_left_out(tmp_path: Path, config: Config) -> None:
    path = record(tmp_path / "a.jsonl", ALL)
    path.write_bytes(path.read_bytes()[:-9])
    assert span([path]).frames == len(list(recorded([path], config))) == len(ALL) - 1
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n{}\n")
    with pytest.raises(Invalid, match="line 2"):
        span([path])
    path.write_bytes(b"")
    with pytest.raises(Invalid, match="no recorded frame"):
        span([path])


def test_shifted_parcels_are_counted_and_what_has_no_stamp_is_sent_as_it_was(tmp_path: Path, config: Config) -> None:
    moved = Moved()
    parcels = list(shifted(recorded([record(tmp_path / "a.jsonl", ALL)], config), config, by(timedelta(days=1)), moved))
    assert b"2026-11-22T12:00:00+08:00" in parcels[0].payload
    assert b"DataTime=20261122120000" in parcels[4].payload
    assert parcels[4].payload.endswith(b"\r\n")
    assert [parcel.payload for parcel in parcels[1:4]] == [BODY.payload, CHIRP.payload, OPEN311.payload]
    assert (moved.stamps, moved.frames_as_they_were) == (7, 3)


def test_a_recording_is_told_from_all_others_by_its_first_line(tmp_path: Path) -> None:
    prsa = replace(BODY, payload=b'{"station":1,"PM2.5":2,"after":1,"camera":2,"topic":"x"}' + b" " * 9000)
    assert format_of(record(tmp_path / "a.csv", [prsa])) == "recording"
    other = tmp_path / "b.jsonl"
    other.write_text(json.dumps({"topic": "city/1", "payload": {}}))
    assert format_of(other) == "native"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_body_of_any_format_can_be_sent_from_a_plain_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"\x00\xff")
    if form not in READERS:
        assert list(read(path, form)) == [Parcel("http", f"/feeds/{form}", b"\x00\xff")]


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="sparkplug"):
        read(tmp_path, "sparkplugs")


@pytest.mark.parametrize(
    ("form", "payload", "answered"),
    [
        ("hj212", HJ212.payload, True),
        ("hj212", HJ212.payload.replace(b"Rtd=1", b"Rtd=2"), False),
        ("sl651", SL651.payload, True),
        ("sl651", SL651.payload[:-1], False),
        ("sl651", hex_frame(0x2F, "00A1261121120000"), False),
        ("sl651", hex_frame(0x36, "00A1261121120000", 0x17, (2, 1)), False),
        ("sl651", hex_frame(0x36, "00A1261121120000", 0x03, (2, 2)), True),
    ],
)
def test_an_answer_is_waited_for_where_one_is_owed(form: str, payload: bytes, answered: bool) -> None:
    assert expects_answer(form, payload) is answered
