"""Shifting: it can be taken back byte by byte, and what is read afterwards is what was read before, moved."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config
from core.model import Frame, Reading
from ingest.decode import decode, source_of
from ingest.decode.hj212_check import checksum
from ingest.shift import by, mapping, shift
from tests.unit.ingest.sl651_frames import ascii_frame, hex_frame

NOW = datetime(2026, 11, 21, 4, 0, 30, tzinfo=UTC)
SECONDS = st.integers(-400 * 86_400, 400 * 86_400).map(lambda number: timedelta(seconds=number))
MINUTES = st.integers(-400 * 1440, 400 * 1440).map(lambda number: timedelta(minutes=number))
MOMENTS = st.integers(-47 * 3600, 47 * 3600).map(lambda number: NOW.replace(second=0) + timedelta(seconds=number))
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3))
VALUES = st.dictionaries(
    st.sampled_from(["pm25", "wd", "uptime", "ts", "date"]), NUMBERS | st.none() | st.sampled_from(["东", "1"]), min_size=1
)


def local(at: datetime, form: str) -> str:
    return (at + timedelta(hours=8)).strftime(form)


SPELLINGS = st.sampled_from(
    [
        lambda at: int(at.timestamp() * 1000),
        lambda at: at.timestamp() * 1000,
        lambda at: at.isoformat(),
        lambda at: at.isoformat().replace("+00:00", "Z"),
        lambda at: at.isoformat(timespec="microseconds"),
        lambda at: local(at, "%Y-%m-%dT%H:%M:%S+08:00"),
        lambda at: local(at, "%Y-%m-%d %H:%M:%S"),
    ]
)
NATIVE = st.builds(
    lambda at, spell, values: json.dumps([{"device": "d", "ts": spell(at), "values": values}], ensure_ascii=False).encode(),
    MOMENTS, SPELLINGS, VALUES,
)  # fmt: skip
READINGS = st.builds(
    lambda at, spell, value: json.dumps({"readings": [{"device": "d", "metric": "m", "value": value, "observed_at": spell(at)}]}).encode(),
    MOMENTS, SPELLINGS, NUMBERS,
)  # fmt: skip


def _hj212(at: datetime, command: str, number: float, thousandth: int) -> bytes:
    data = (
        f"QN={local(at, '%Y%m%d%H%M%S')}{thousandth:03};ST=22;CN={command};PW=1;MN=m;Flag=5;"
        f"CP=&&DataTime={local(at, '%Y%m%d%H%M%S')};a34004-Rtd={number!r},a34004-Flag=N&&"
    ).encode()
    return b"##%04d%s%04X" % (len(data), data, checksum(data))


HJ212 = st.builds(_hj212, MOMENTS, st.sampled_from(["2011", "2051", "2061", "2031"]), NUMBERS, st.integers(0, 999))
LEVELS = st.integers(0, 99_999_999)


def _series(sent: datetime, seen: datetime, level: int) -> bytes:
    head = f"00A1{local(sent, '%y%m%d%H%M%S')}F1F1006230731048F0F0{local(seen, '%y%m%d%H%M')}"
    return hex_frame(0x34, f"{head}F460{'05' * 12}3923{level:08d}")


def _letters(sent: datetime, seen: datetime, level: int) -> bytes:
    return ascii_frame(0x32, f"00A1{local(sent, '%y%m%d%H%M%S')}ST 0062307310 H TT {local(seen, '%y%m%d%H%M')} Z {level} ")


SL651 = st.builds(_series, MOMENTS, MOMENTS, LEVELS) | st.builds(_letters, MOMENTS, MOMENTS, LEVELS)
TICKETS = st.builds(
    lambda at, text: f"办件编号,派发时间,诉求主题,事项小类\r\nA1,{local(at, '%Y-%m-%d %H:%M:%S')},\"{text}\",井盖缺损\r\n".encode(),
    MOMENTS, st.text("a,井\n", min_size=1, max_size=8).map(lambda text: f"x{text}x"),
)  # fmt: skip
CAMERA = st.builds(
    lambda at, parts: json.dumps(
        {"type": "end", "after": {"id": f"{at.timestamp()}-x", "camera": "c", "label": "fire", "start_time": at.timestamp() + parts / 1e6}}
    ).encode(),
    MOMENTS, st.integers(0, 999_999),
)  # fmt: skip

FINE = (
    st.tuples(st.just("city"), NATIVE, SECONDS)
    | st.tuples(st.just("http-readings"), READINGS, SECONDS)
    | st.tuples(st.just("hj212"), HJ212, SECONDS)
    | st.tuples(st.just("sl651"), SL651, MINUTES)
    | st.tuples(st.just("hotline"), TICKETS, SECONDS)
    | st.tuples(st.just("frigate"), CAMERA, SECONDS)
)


def frame(feed: str, payload: bytes) -> Frame:
    return Frame(feed, payload, NOW, "city/320404/gateway/g/telemetry" if feed == "city" else "frigate/events" if feed == "frigate" else "")


def moved(config: Config, one: Frame, delta: timedelta) -> Frame:
    source = source_of(one.feed, config)
    assert source is not None
    result = shift(one, source, by(delta))
    assert result.moved
    return replace(one, payload=result.payload, received_at=one.received_at + delta)


def later(reading: Reading, delta: timedelta) -> Reading:
    return replace(reading, observed_at=reading.observed_at + delta if reading.observed_at else None)


@settings(max_examples=300)
@given(said=FINE)
def test_a_shift_is_taken_back_byte_by_byte(config: Config, said: tuple[str, bytes, timedelta]) -> None:
    feed, payload, delta = said
    one = frame(feed, payload)
    assert moved(config, moved(config, one, delta), -delta) == one


@settings(max_examples=300)
@given(said=FINE)
def test_a_shifted_frame_says_the_same_later(config: Config, said: tuple[str, bytes, timedelta]) -> None:
    feed, payload, delta = said
    one = frame(feed, payload)
    before, after = decode([one], {}, config), decode([moved(config, one, delta)], {}, config)
    assert not before.rejected
    assert not after.rejected
    assert before.readings or before.reports
    assert [(i, later(reading, delta)) for i, reading in before.readings] == after.readings
    assert [(i, replace(report, observed_at=report.observed_at + delta)) for i, report in before.reports] == after.reports


@settings(max_examples=200)
@given(payload=st.binary(max_size=300), feed=st.sampled_from(["city", "hj212", "sl651", "hotline", "frigate", "cap", "dahua", "senml"]))
def test_any_bytes_come_through(config: Config, payload: bytes, feed: str) -> None:
    source = source_of(feed, config)
    assert source is not None
    result = shift(Frame(feed, payload, NOW), source, by(timedelta(days=1)))
    assert result.moved or result.payload == payload


@settings(max_examples=200)
@given(
    offsets=st.lists(st.integers(0, 86_400_000), min_size=2, max_size=8).map(sorted),
    lags=st.lists(st.integers(0, 7_200_000), min_size=8, max_size=8),
    speed=st.sampled_from([0.0, 0.5, 1.0, 3.0, 10.0, 250.0]),
)
def test_a_replay_keeps_order_and_never_runs_ahead(offsets: list[int], lags: list[int], speed: float) -> None:
    first = NOW - timedelta(days=9)
    received = [first + timedelta(milliseconds=offset) for offset in offsets]
    now = NOW + timedelta(milliseconds=517)
    move = mapping(received[0], received[-1], now, speed)
    stamps = sorted(at - timedelta(milliseconds=lag) for at, lag in zip(received, lags, strict=False))
    assert [move(at) for at in stamps] == sorted(move(at) for at in stamps)
    for at in received:
        assert move(at) <= (now + (at - received[0]) / speed if speed else now)
