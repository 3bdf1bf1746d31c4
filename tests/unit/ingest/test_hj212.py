"""Laws of HJ 212: envelope, names, times, qualities, answers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from core.config import Config
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode import decode, wire_keys
from ingest.decode.hj212_packet import checksum, checksum_modbus, parse, split

Sample = Callable[[str, str], str]


def read(config: Config, now: datetime, payload: str | bytes, memory: dict[tuple[str, str], bytes] | None = None) -> Decoded:
    body = payload.encode() if isinstance(payload, str) else payload
    return decode([Frame("hj212", body, now)], memory or {}, config)


def packet(data: str) -> str:
    return f"##{len(data.encode()):04}{data}{checksum(data.encode()):04X}\r\n"


def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("hj212", "realtime"))
    assert [(r.metric, r.value, r.quality) for _, r in decoded.readings] == [
        ("a34004-rtd", 41.5, Quality.GOOD), ("a34002-rtd", 97.0, Quality.CALIBRATION),
        ("la-rtd", 66.2, Quality.GOOD), ("a01001-rtd", None, Quality.MISSING),
    ]  # fmt: skip
    assert {r.observed_at for _, r in decoded.readings} == {datetime(2026, 11, 21, 4, tzinfo=UTC)}
    assert decoded.hints["YPDEMO0000000001"].domain == "environment"
    answer = parse(decoded.answers[0].payload)
    assert answer.fields == {"QN": "20261121120000123", "ST": "91", "CN": "9014", "PW": "123456", "MN": "YPDEMO0000000001", "Flag": "4"}


@pytest.mark.parametrize(("command", "suffix"), [("2051", ".minute"), ("2061", ".hour"), ("2031", ".day"), ("2011", "")])
def test_period_data_carry_their_period_and_its_start(config: Config, now: datetime, command: str, suffix: str) -> None:
    decoded = read(config, now, packet(f"ST=22;CN={command};MN=m;CP=&&DataTime=20261121110000;a34004-Avg=1.5&&"))
    reading = decoded.readings[0][1]
    assert (reading.metric, reading.observed_at) == (f"a34004-avg{suffix}", datetime(2026, 11, 21, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("command", "flag", "answer"),
    [
        ("2011", 5, "9014"),
        ("2011", 4, None),
        ("3020", 9, "9014"),
        ("9015", 9, "9013"),
        ("1013", 5, "9013"),
        ("1062", 5, "9011"),
        ("9014", 5, None),
    ],
)
def test_answers_follow_the_command_and_the_flag(config: Config, now: datetime, command: str, flag: int, answer: str | None) -> None:
    decoded = read(config, now, packet(f"QN=20261121120000123;ST=22;CN={command};PW=1;MN=m;Flag={flag};CP=&&&&"))
    assert [parse(each.payload).fields["CN"] for each in decoded.answers] == ([answer] if answer else [])


def test_later_parts_take_the_time_of_the_first(config: Config, now: datetime, sample: Sample) -> None:
    first = read(config, now, sample("hj212", "part1"))
    frame = Frame("hj212", sample("hj212", "part2").encode(), now)
    assert wire_keys([frame], config) == {("hj212", "YPDEMO0000000001")} == set(first.memory)
    second = decode([frame], first.memory, config)
    assert [(r.metric, r.observed_at, r.quality) for _, r in second.readings] == [
        ("a34002-avg.hour", datetime(2026, 11, 21, 3, tzinfo=UTC), Quality.FAULT)
    ]
    assert len(second.answers) == 1


def test_a_part_whose_first_never_came_is_refused_not_guessed(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("hj212", "part2"))
    assert not decoded.readings
    assert "DataTime" in decoded.rejected[0][1].detail


def test_parts_in_one_batch_know_of_each_other(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("hj212", "part1") + "\r\n" + sample("hj212", "part2"))
    assert len(decoded.readings) == 3
    assert not decoded.rejected


def test_a_modbus_checksum_is_refused_and_named(config: Config, now: datetime) -> None:
    data = b"ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;a-Rtd=1&&"
    decoded = read(config, now, b"##%04d%s%04X" % (len(data), data, checksum_modbus(data)))
    refused = decoded.rejected[0][1]
    assert refused.reason is Reason.CHECKSUM
    assert "Modbus" in refused.detail
    assert not decoded.answers


def test_a_wrong_length_is_refused(config: Config, now: datetime) -> None:
    whole = packet("ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;a-Rtd=1&&")
    assert read(config, now, "##0099" + whole[6:]).rejected[0][1].reason is Reason.UNDECODABLE


@pytest.mark.parametrize("value", ["abc", "NaN", "1_0", "inf", "--"])
def test_a_bad_value_never_costs_its_neighbours(config: Config, now: datetime, value: str) -> None:
    decoded = read(config, now, packet(f"ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;a-Rtd={value};b-Rtd=2&&"))
    assert [r.metric for _, r in decoded.readings] == ["b-rtd"]
    assert decoded.rejected[0][1].reason is Reason.TYPE


def test_what_the_field_sends_is_tolerated(config: Config, now: datetime) -> None:
    data = "ST=39;CN=2011;MN=190720099;CP=&&DataTime=20261121110000500;LA-Rtd-Rtd=71.0,LA-Rtd-Flag=D;O3-Rtd=1;&&"
    frame = f"##{len(data)}{data}{checksum(data.encode()):04x}\n"
    decoded = read(config, now, frame)
    assert [(r.metric, r.quality) for _, r in decoded.readings] == [("la-rtd", Quality.FAULT), ("o3-rtd", Quality.GOOD)]
    assert decoded.readings[0][1].observed_at == datetime(2026, 11, 21, 3, 0, 0, 500_000, tzinfo=UTC)


def test_hexadecimal_bodies_are_read(config: Config, now: datetime, sample: Sample) -> None:
    assert len(read(config, now, sample("hj212", "realtime").encode().hex()).readings) == 4


def test_a_wrong_password_is_refused_without_answer(config: Config, now: datetime, sample: Sample) -> None:
    feeds = config.feeds | {"hj212": config.feeds["hj212"].with_password("654321")}
    decoded = read(config.model_copy(update={"feeds": feeds}), now, sample("hj212", "realtime"))
    assert (len(decoded.readings), len(decoded.answers), len(decoded.rejected)) == (0, 0, 1)


def test_packets_are_found_on_a_dirty_stream(sample: Sample) -> None:
    whole = sample("hj212", "realtime").encode()
    pieces, rest = split(b"\x00noise" + whole + b"\r\n" + whole[:50] + whole + b"\n##0123QN=")
    assert pieces.count(whole) == 2
    assert rest == b"##0123QN="


# How many readings each of the sixteen frames of others carries, counted by eye.
COUNTS = (5, 7, 7, 7, 11, 2, 11, 1, 0, 0, 1, 3, 3, 12, 0, 1)


def test_frames_of_others_decode_with_all_their_values(config: Config, now: datetime, shared: Path) -> None:
    lines = (shared / "hj212" / "frames_good.jsonl").read_text(encoding="utf-8").splitlines()
    decoded = [read(config, now, json.loads(line)["frame"]) for line in lines]
    assert tuple(len(each.readings) for each in decoded) == COUNTS
    assert not any(each.rejected for each in decoded)


def test_frames_of_others_with_a_wrong_checksum_are_kept_as_rejected(config: Config, now: datetime, shared: Path) -> None:
    book = yaml.safe_load((shared.parent / "reference" / "hj212_frames.yaml").read_text(encoding="utf-8"))
    for frame in book["frames"]:
        decoded = read(config, now, frame["frame"])
        raw = frame["frame"].strip().encode()
        assert [(refused.reason, refused.raw) for _, refused in decoded.rejected] == (
            [] if frame["crc_ok"] else [(Reason.CHECKSUM, raw)]
        ), frame["name"]
