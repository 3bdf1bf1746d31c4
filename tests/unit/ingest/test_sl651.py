"""Laws of SL 651-2014: what stations say, and what they are answered."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame, Quality, Reason
from ingest.decode import sl651
from ingest.decode.source import Source, refuse
from tests.unit.ingest.sl651_frames import ascii_frame, hex_frame

Sample = Callable[[str, str], str]
STATION = "0062307310"
HEAD = "00A1261121115803"
SAID = HEAD + "F1F1" + STATION + "48F0F02611211155"
AT = datetime(2026, 11, 21, 3, 55, tzinfo=UTC)


@pytest.fixture
def source(config: Config) -> Source:
    return Source("sl651", FeedConfig(kind="tcp", format="sl651", domain="water"), config, ZoneInfo("Asia/Shanghai"))


def read(source: Source, now: datetime, payload: bytes | str, memory: Mapping[tuple[str, str], bytes] | None = None) -> Decoded:
    body = payload.encode() if isinstance(payload, str) else payload
    frame = Frame("sl651", body, now)
    out = Decoded(frames=[frame])
    wanted = {("sl651", peer) for peer in sl651.wire_keys(frame)}
    kept = {key: value for key, value in (memory or {}).items() if key in wanted}
    try:
        sl651.decode(0, frame, source, kept, out)
    except DecodeError as problem:
        refuse(out, (0, frame), source, problem.reason, str(problem))
    return out


def values(out: Decoded) -> dict[str, float | None]:
    return {reading.metric: reading.value for _, reading in out.readings}


def test_the_sample_says_what_the_page_says(source: Source, now: datetime, sample: Sample) -> None:
    out = read(source, now, sample("sl651", "timed"))
    said = {reading.metric: (reading.value, reading.quality) for _, reading in out.readings}
    assert {reading.device for _, reading in out.readings} == {STATION}
    assert {reading.observed_at for _, reading in out.readings} == {AT}
    assert [said[metric][0] for metric in ("20", "26", "39", "02", "27", "38")] == [12.5, 320.4, 3.482, -2.1, None, 12.75]
    assert (said["27"][1], said["39"][1]) == (Quality.MISSING, Quality.GOOD)
    assert said["45"][0] == 196
    assert [bit for bit in range(12) if said[f"45.{bit}"][0]] == [2, 6, 7]
    assert [answer.payload.hex().upper() for answer in out.answers] == ["7E7E006230731001A1B23280080200A126112112000004FD4F"]
    assert (out.hints[STATION].domain, out.rejected) == ("water", [])


def test_an_hour_is_twelve_readings_each_at_its_own_time(source: Source, now: datetime, sample: Sample) -> None:
    out = read(source, now, sample("sl651", "hourly"))
    rain = [(reading.observed_at, reading.value) for _, reading in out.readings if reading.metric == "f4"]
    levels = [(reading.observed_at, reading.value, reading.quality) for _, reading in out.readings if reading.metric == "f5"]
    assert [value for _, value in rain] == [0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0, None, 0.0, 0.0, 0.0, 0.3]
    assert (rain[0][0], rain[11][0]) == (datetime(2026, 11, 21, 3, 5, tzinfo=UTC), datetime(2026, 11, 21, 4, 0, tzinfo=UTC))
    assert levels[0][1:] == (3.48, Quality.GOOD)
    assert levels[7] == (datetime(2026, 11, 21, 3, 40, tzinfo=UTC), None, Quality.MISSING)
    assert values(out)["39"] == 3.564


def test_what_was_keyed_in_is_estimated(source: Source, now: datetime, sample: Sample) -> None:
    out = read(source, now, sample("sl651", "manual"))
    assert values(out) == {"39": 3.571, "27": 12.4}
    assert {(reading.quality, reading.observed_at) for _, reading in out.readings} == {(Quality.ESTIMATED, now)}


def test_the_ascii_sample_says_what_the_page_says(source: Source, now: datetime, sample: Sample) -> None:
    out = read(source, now, sample("sl651", "ascii"))
    flow = [(reading.observed_at, reading.value) for _, reading in out.readings if reading.metric == "27"]
    assert flow == [(AT.replace(minute=30), 12.1), (AT.replace(minute=40), None), (AT.replace(minute=50), 12.4)]
    assert [reading.value for _, reading in out.readings if reading.metric == "39"] == [3.482, 3.501, 3.52]
    assert out.answers[0].payload == b"\x01006230731001A1B2318010\x0200A4261121120000\x04F180"


def test_a_message_in_parts_is_read_when_the_last_came_and_confirmed_once(source: Source, now: datetime, sample: Sample) -> None:
    first = read(source, now, sample("sl651", "part1"))
    assert (first.readings, first.answers) == ([], [])
    second = read(source, now, sample("sl651", "part2"), first.memory)
    assert [reading.value for _, reading in second.readings] == [3.401, 3.422, 3.445, None]
    assert second.answers[0].payload.hex().upper() == "7E7E006230731001A1B231800B1600200200A526112112000004EDE9"
    again = read(source, now, sample("sl651", "part2"), first.memory | second.memory)
    assert (again.readings, len(again.answers)) == ([], 1)


@pytest.mark.parametrize(
    ("element", "metric", "value", "quality"),
    [
        ("3923FF003482", "39", -3.482, Quality.GOOD),
        ("2E2BFF00001234", "2e", -1.234, Quality.GOOD),
        ("3923FFFFFFFF", "39", None, Quality.MISSING),
        ("3812AAAA", "38", None, Quality.MISSING),
        ("392309999999", "39", 9999.999, Quality.OUT_OF_RANGE),
        ("091A044400", "09", 444.0, Quality.OUT_OF_RANGE),
        ("0E1A044400", "0e", 444.0, Quality.OUT_OF_RANGE),
        ("0E1A000312", "0e", 3.12, Quality.GOOD),
        ("FF01190001F4", "ff01", None, None),
        ("FF0119000124", "ff01", 12.4, Quality.GOOD),
        ("05120130", "05", 1.3, Quality.GOOD),
        ("330816", "33", 16.0, Quality.GOOD),
    ],
)
def test_numbers(source: Source, now: datetime, element: str, metric: str, value: float | None, quality: Quality | None) -> None:
    out = read(source, now, hex_frame(0x32, SAID + element + "38121275"))
    assert values(out)["38"] == 12.75
    if quality is None:
        assert [(refused.reason, refused.device) for _, refused in out.rejected] == [(Reason.TYPE, STATION)]
    else:
        assert next((reading.metric, reading.value, reading.quality) for _, reading in out.readings) == (metric, value, quality)


def test_a_body_that_breaks_off_keeps_what_came_before(source: Source, now: datetime) -> None:
    out = read(source, now, hex_frame(0x32, SAID + "2019000125" + "392300"))
    assert values(out) == {"20": 12.5}
    assert [refused.reason for _, refused in out.rejected] == [Reason.UNDECODABLE]
    assert len(out.answers) == 1  # it arrived as it was sent: repeating would bring the same


def test_several_stations_in_one_body_have_their_own_values(source: Source, now: datetime) -> None:
    other = "F1F1006230731148F0F02611211150" + "392300001000"
    out = read(source, now, hex_frame(0x32, SAID + "392300003482" + other))
    assert [(r.device, r.value) for _, r in out.readings] == [(STATION, 3.482), ("0062307311", 1.0)]
    assert set(out.hints) == {STATION, "0062307311"}


def test_a_class_without_a_time_is_no_identifier(source: Source, now: datetime) -> None:
    out = read(source, now, hex_frame(0x32, HEAD + "F1F1" + STATION + "48" + "2019000125"))
    assert [(r.metric, r.value, r.observed_at) for _, r in out.readings] == [("20", 12.5, AT.replace(minute=58, second=3))]


def test_a_time_that_is_none_leaves_the_values_without_time(source: Source, now: datetime) -> None:
    out = read(source, now, hex_frame(0x32, SAID.replace("2611211155", "2613211155") + "2019000125F460" + "00" * 12))
    assert [(r.value, r.observed_at, r.quality) for _, r in out.readings] == [(12.5, None, Quality.NO_TIME)]
    assert len(out.rejected) == 2  # the time, and the series that hangs on it


def test_a_test_is_no_real_data(source: Source, now: datetime) -> None:
    out = read(source, now, hex_frame(0x30, SAID + "2019000125"))
    assert [(r.value, r.quality) for _, r in out.readings] == [(12.5, Quality.MAINTENANCE)]


def test_a_heartbeat_proves_presence_and_is_not_answered(source: Source, now: datetime) -> None:
    out = read(source, now, hex_frame(0x2F, HEAD))
    assert [(presence.device, presence.online, presence.at) for presence in out.presences] == [(STATION, True, now)]
    assert (out.answers, out.readings, out.rejected) == ([], [], [])


def test_more_to_come_is_answered_by_ack_and_who_should_stay_by_esc(source: Source, now: datetime, config: Config) -> None:
    assert read(source, now, hex_frame(0x32, SAID, end=0x17)).answers[0].payload[-3] == 0x06
    staying = Source("sl651", source.feed.model_copy(update={"stay_online": True}), config, source.zone)
    assert read(staying, now, hex_frame(0x32, SAID)).answers[0].payload[-3] == 0x1B


def test_a_wrong_password_is_refused_without_an_answer(source: Source, now: datetime, config: Config) -> None:
    guarded = Source("sl651", source.feed.with_password("a1b3"), config, source.zone)
    out = read(guarded, now, hex_frame(0x32, SAID + "2019000125"))
    assert ([refused.reason for _, refused in out.rejected], out.answers, out.readings) == ([Reason.UNKNOWN_DEVICE], [], [])
    right = Source("sl651", source.feed.with_password("a1b2"), config, source.zone)
    assert len(read(right, now, hex_frame(0x32, SAID + "2019000125")).readings) == 1


def test_a_frame_of_a_centre_is_refused(source: Source, now: datetime, sample: Sample) -> None:
    down = read(source, now, sample("sl651", "timed")).answers[0].payload
    assert [refused.reason for _, refused in read(source, now, down).rejected] == [Reason.UNSUPPORTED]


def test_bodies_without_elements(source: Source, now: datetime) -> None:
    address = HEAD + "F1F1" + STATION
    assert values(read(source, now, hex_frame(0x4C, address + "0105"))) == {f"pump.{n}": float(n in (1, 3)) for n in range(1, 9)}
    assert values(read(source, now, hex_frame(0x4D, address + "0180")))["valve.8"] == 1.0
    gates = values(read(source, now, hex_frame(0x4E, address + "0203" + "01200085")))
    assert gates == {"gate.1": 1.0, "gate.1.opening": 120.0, "gate.2": 1.0, "gate.2.opening": 85.0}
    assert values(read(source, now, hex_frame(0x4F, address + "FF"))) == {"quota": 1.0}
    assert values(read(source, now, hex_frame(0x51, address))) == {"clock": -117.0}
    assert values(read(source, now, hex_frame(0x50, address + "0003" + "0000" * 31)))["event.1"] == 3.0
    version = read(source, now, hex_frame(0x45, address + "05" + b"V2.10".hex())).readings[0][1]
    assert (version.metric, version.text, version.value) == ("version", "V2.10", None)
    assert read(source, now, hex_frame(0x49, address + "0310BEEF")).readings == []
    broken = read(source, now, hex_frame(0x4C, address + "0205"))
    assert [refused.reason for _, refused in broken.rejected] == [Reason.UNDECODABLE]


def test_settings_keep_numbers_and_no_secret(source: Source, now: datetime) -> None:
    body = HEAD + "F1F1" + STATION + "0310BEEF" + "0F28" + b"13800".hex() + "0C0802" + "2310" + "0300" + "2823FF001250"
    out = read(source, now, hex_frame(0x41, body))
    assert values(out) == {"0c.config": 2.0, "23.config": 300.0, "28.config": -1.25}
    assert out.rejected == []


def test_an_unknown_function_may_speak_in_elements(source: Source, now: datetime) -> None:
    assert values(read(source, now, hex_frame(0xE1, SAID + "2019000125"))) == {"20": 12.5}
    assert [refused.reason for _, refused in read(source, now, hex_frame(0xE1, HEAD + "0102")).rejected] == [Reason.UNSUPPORTED]


def test_ascii_bodies(source: Source, now: datetime) -> None:
    said = "00A1261121115803ST 0062307310 H TT 2611211155 "
    out = read(source, now, ascii_frame(0x32, said + "Z -1.250 PJ M pH 7.12 XYZ 3 ZT 00000004 DRP 050A00000000FF0000000003 VT x "))
    said_ = values(out)
    assert (said_["39"], said_["20"], said_["46"], said_["xyz.sl330"], said_["45.2"]) == (-1.25, None, 7.12, 3.0, 1.0)
    assert [reading.value for _, reading in out.readings if reading.metric == "f4"][:2] == [0.5, 1.0]
    assert [refused.reason for _, refused in out.rejected] == [Reason.TYPE]
    keyed = read(source, now, ascii_frame(0x35, "00A1261121115803RGZS H 62307310 11211100 Z 3.571 CD 18.2 "))
    assert values(keyed) == {"39": 3.571, "cd.sl330": 18.2}
    assert values(read(source, now, ascii_frame(0x4C, "00A1261121115803ST 0062307310 0105 ")))["pump.3"] == 1.0
    assert values(read(source, now, ascii_frame(0x43, "00A1261121115803ST 0062307310 23 300 03 BEEF "))) == {"23.config": 300.0}
    assert read(source, now, ascii_frame(0x45, "00A1261121115803ST 0062307310 05V2.10 ")).readings[0][1].text == "V2.10"


def test_a_datagram_or_a_body_of_several_frames_is_read_in_order_and_hexadecimal_too(source: Source, now: datetime) -> None:
    frames = [hex_frame(0x32, SAID + f"20190001{n:02d}") for n in range(10, 15)]
    for payload in (b"".join(frames), b"noise" + b"\r\n".join(frames) + b"\x7e", "\n".join(each.hex() for each in frames).encode()):
        out = read(source, now, payload)
        assert [reading.value for _, reading in out.readings] == [11.0, 11.1, 11.2, 11.3, 11.4]
        assert len(out.answers) == 5
        assert [refused.raw for _, refused in out.rejected] == ([b"noise"] if payload.startswith(b"noise") else [])


def test_long_bodies_come_in_portions_and_longer_ones_are_cut_off_with_a_word(source: Source, now: datetime) -> None:
    beat = hex_frame(0x2F, HEAD)
    parts = sl651.portions(beat.hex().encode() * 25, 10)
    assert [(first, len(part) // len(beat)) for first, part in parts] == [(0, 10), (10, 10), (20, 5)]
    assert sl651.portions(beat, 10) == [(0, beat)]
    out = read(source, now, beat * (sl651.FRAMES + 5))
    assert (len(out.presences), [refused.reason for _, refused in out.rejected]) == (sl651.FRAMES, [Reason.TOO_LARGE])


def test_nothing_at_all_is_refused(source: Source, now: datetime) -> None:
    for payload in (b"", b"\r\n", b"7E", b"hello", b"7E7E0"):
        assert len(read(source, now, payload).rejected) == 1, payload
