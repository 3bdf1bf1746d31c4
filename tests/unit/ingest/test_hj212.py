"""Laws of HJ 212: envelope, names, times, qualities, answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode import decode, wire_keys
from ingest.decode.hj212 import portions
from ingest.decode.hj212_packet import checksum, checksum_modbus, parse

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


def test_data_sent_again_are_stored_like_any_late_packet(config: Config, now: datetime, sample: Sample) -> None:
    text = sample("hj212", "resent")
    decoded = read(config, now, text)
    assert parse(text.encode()).resent
    assert [(r.metric, r.value, r.observed_at) for _, r in decoded.readings] == [
        (f"a34004-{kind}.minute", value, datetime(2026, 11, 21, 3, 30, tzinfo=UTC))
        for kind, value in (("avg", 39), ("min", 31), ("max", 47))
    ]
    assert parse(decoded.answers[0].payload).fields["CN"] == "9014"


def test_a_device_of_2005_is_answered_as_that_edition_asks(config: Config, now: datetime, sample: Sample) -> None:
    decoded = read(config, now, sample("hj212", "edition2005"))
    assert [(r.metric, r.value, r.quality) for _, r in decoded.readings] == [
        ("011-rtd", 41.2, Quality.ESTIMATED), ("b01-rtd", 12.5, Quality.GOOD), ("001-rtd", 7.2, Quality.GOOD),
    ]  # fmt: skip
    answer = parse(decoded.answers[0].payload)
    assert (answer.fields["CN"], answer.fields["Flag"], answer.fields["QN"]) == ("9014", "0", "20261121120000000")
    assert answer.items == [[("QN", "20261121120000000")], [("CN", "2011")]]
    refused = read(config, now, packet("QN=1;ST=32;CN=1072;PW=1;MN=m;Flag=1;CP=&&&&")).answers[0].payload
    assert b"CP=&&QN=1;QnRtn=2&&" in refused


FLAGS = {"N": "good", "F": "maintenance", "M": "maintenance", "S": "estimated", "D": "fault", "C": "calibration", "T": "out_of_range",
         "B": "fault", "P": "fault", "n": "good", "X": "suspect", "": "good"}  # fmt: skip


@pytest.mark.parametrize(("flag", "quality"), FLAGS.items())
def test_every_data_flag_has_its_quality(config: Config, now: datetime, flag: str, quality: str) -> None:
    data = f"ST=22;CN=2011;MN=m;Flag=4;CP=&&DataTime=20261121110000;a34004-Rtd=1,a34004-Flag={flag};b-Rtd=2&&"
    assert [r.quality.value for _, r in read(config, now, packet(data)).readings] == [quality, "good"]


@pytest.mark.parametrize(("flag", "quality"), [("0", "calibration"), ("1", "good"), ("2", "suspect"), ("3", "good")])
def test_numbered_flags_belong_to_2005_only(config: Config, now: datetime, flag: str, quality: str) -> None:
    data = f"CP=&&DataTime=20261121110000;a34004-Rtd=1,a34004-Flag={flag}&&"
    assert read(config, now, packet("ST=22;CN=2011;MN=m;Flag=0;" + data)).readings[0][1].quality.value == quality
    assert read(config, now, packet("ST=22;CN=2011;MN=m;Flag=4;" + data)).readings[0][1].quality is Quality.SUSPECT


@pytest.mark.parametrize(
    "shape", ["a-Rtd=1,a-Flag=D", "a-Rtd=1;a-Flag=D", "a-Rtd=1;Flag=D", "a-Flag=D,a-Rtd=1", "a-Rtd=1,Flag=D", "a-Rtd=1,a-flag=D"]
)
def test_a_flag_is_found_wherever_devices_put_it(config: Config, now: datetime, shape: str) -> None:
    readings = read(config, now, packet(f"ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;b-Rtd=2,b-Flag=N;{shape};c-Rtd=3&&")).readings
    assert [r.quality for _, r in readings] == [Quality.GOOD, Quality.FAULT, Quality.GOOD]


@pytest.mark.parametrize("command", ["2051", "2061", "2031", "2041", "2111"])
def test_a_period_without_its_time_is_refused_not_guessed(config: Config, now: datetime, command: str) -> None:
    decoded = read(config, now, packet(f"QN=1;ST=22;CN={command};MN=m;Flag=5;CP=&&a-Avg=1&&"))
    assert not decoded.readings
    assert "DataTime" in decoded.rejected[0][1].detail


def test_real_time_data_without_a_time_get_that_of_receipt(config: Config, now: datetime) -> None:
    reading = read(config, now, packet("ST=22;CN=2011;MN=m;CP=&&a-Rtd=1&&")).readings[0][1]
    assert (reading.observed_at, reading.quality) == (None, Quality.NO_TIME)


@pytest.mark.parametrize(
    ("digits", "at"),
    [
        ("202611211105", datetime(2026, 11, 21, 3, 5, tzinfo=UTC)),
        ("20261121110507", datetime(2026, 11, 21, 3, 5, 7, tzinfo=UTC)),
        ("20261121110507250", datetime(2026, 11, 21, 3, 5, 7, 250_000, tzinfo=UTC)),
    ],
)
def test_times_of_12_14_and_17_digits_are_read(config: Config, now: datetime, digits: str, at: datetime) -> None:
    assert read(config, now, packet(f"ST=22;CN=2011;MN=m;CP=&&DataTime={digits};a-Rtd=1&&")).readings[0][1].observed_at == at


@pytest.mark.parametrize("digits", ["20261321110000", "2026-11-21", "20260230110000", "", "１２３４５６７８９０１２３４", "9" * 17])
def test_what_is_no_time_is_refused(config: Config, now: datetime, digits: str) -> None:
    decoded = read(config, now, packet(f"ST=22;CN=2051;MN=m;CP=&&DataTime={digits};a-Avg=1&&"))
    assert (len(decoded.readings), len(decoded.rejected)) == (0, 1)


def test_the_codes_of_2025_have_their_places(config: Config, now: datetime) -> None:
    body = "ST=31;CN={};MN=m;Flag=8;CP=&&DataTime=20261121110000;a21026-Rtd=1,a21026-Flag=N&&"
    found = {code: read(config, now, packet(body.format(code))).readings[0][1] for code in ("2013", "2062", "2052", "2111")}
    assert {code: (r.metric, r.quality) for code, r in found.items()} == {
        "2013": ("a21026-rtd.raw", Quality.GOOD), "2062": ("a21026-rtd.check", Quality.CALIBRATION),
        "2052": ("a21026-rtd", Quality.GOOD), "2111": ("a21026-rtd", Quality.GOOD),
    }  # fmt: skip


def test_information_carries_its_factor_and_its_words(config: Config, now: datetime) -> None:
    data = "ST=32;CN=3020;MN=m;Flag=8;CP=&&DataTime=20261121110000;PolId=w01018,i11001-Info=//清洗管路//;PolId=w21003,i13004-Info=168.0&&"
    assert [(r.metric, r.value, r.text) for _, r in read(config, now, packet(data)).readings] == [
        ("w01018-i11001-info", None, "清洗管路"), ("w21003-i13004-info", 168.0, None),
    ]  # fmt: skip


def test_a_serial_number_is_text_even_when_it_looks_like_a_number(config: Config, now: datetime) -> None:
    data = "ST=32;CN=3019;MN=m;Flag=8;CP=&&DataTime=20261121110000;PolId=w01018;w01018-SN=010000&&"
    assert [(r.metric, r.value, r.text) for _, r in read(config, now, packet(data)).readings] == [("w01018-sn", None, "010000")]


def test_a_length_that_counts_characters_and_gb18030_are_accepted(config: Config, now: datetime) -> None:
    text = "ST=32;CN=3020;MN=m;CP=&&DataTime=20261121110000;PolId=w01018,i11001-Info=//清洗管路//&&"
    for encoding in ("utf-8", "gb18030"):
        data = text.encode(encoding)
        for length in (len(text), len(data)):
            frame = b"##%04d%s%04X\r\n" % (length, data, checksum(data))
            assert [r.text for _, r in read(config, now, frame + b"##0010x").readings] == ["清洗管路"], (encoding, length)


def test_old_parts_lend_no_time(config: Config, now: datetime, sample: Sample) -> None:
    first = read(config, now, sample("hj212", "part1"))
    late = Frame("hj212", sample("hj212", "part2").encode(), now + timedelta(minutes=11))
    assert not decode([late], first.memory, config).readings


def test_modbus_in_either_byte_order_is_named(config: Config, now: datetime) -> None:
    data = b"ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;a-Rtd=1&&"
    check = checksum_modbus(data)
    for sent in (check, (check & 0xFF) << 8 | check >> 8):
        refused = read(config, now, b"##%04d%s%04X" % (len(data), data, sent)).rejected[0][1]
        assert (refused.reason, "Modbus" in refused.detail) == (Reason.CHECKSUM, True)
        assert parse(b"##%04d%s%04X" % (len(data), data, sent), modbus=True).fields["MN"] == "m"
    wrong = read(config, now, b"##%04d%s%04X" % (len(data), data, check ^ 0x0F0F)).rejected[0][1]
    assert "Modbus" not in wrong.detail


def test_answers_never_answer_answers(config: Config, now: datetime) -> None:
    for command in ("9011", "9012", "9013", "9014"):
        decoded = read(config, now, packet(f"QN=1;ST=91;CN={command};PW=1;MN=m;Flag=9;CP=&&QnRtn=1&&"))
        assert (decoded.answers, decoded.readings, decoded.rejected) == ([], [], [])


def test_a_long_body_comes_in_portions(config: Config, now: datetime) -> None:
    body = "".join(packet(f"ST=22;CN=2011;MN=m{n};CP=&&DataTime=20261121110000;a-Rtd={n}&&") for n in range(25)).encode()
    parts = portions(body, 10)
    assert [start for start, _ in parts] == [0, 10, 20]
    values = [r.value for _, part in parts for _, r in read(config, now, part).readings]
    assert values == list(range(25))
    assert portions(body, 25) == [(0, body)]
