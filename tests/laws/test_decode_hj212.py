"""HJ 212: whatever happens to good packets on their way, they are read, or refused with a word; nothing else happens."""

import time
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config
from core.model import Decoded, Frame, Quality
from ingest.decode import decode, hj212, source_of, wire_keys
from ingest.decode.hj212_packet import checksum, parse, split

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
CODES = st.sampled_from(["a34004", "w01018", "LA", "O3", "011", "B01", "a05024", "ele01"])
KINDS = st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "Data"])
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3))
VALUES = st.lists(st.tuples(CODES, KINDS, NUMBERS, st.sampled_from("NFMSDCTBX")), min_size=1, max_size=12)
EDIT = st.tuples(st.integers(0, 500), st.integers(0, 3), st.binary(min_size=1, max_size=3))


def packet(values: list[tuple[str, str, float, str]], command: str = "2011", flag: int = 5) -> bytes:
    body = ";".join(f"{code}-{kind}={number!r},{code}-Flag={letter}" for code, kind, number, letter in values)
    data = f"QN=20261121120000123;ST=22;CN={command};PW=1;MN=m;Flag={flag};CP=&&DataTime=20261121120000;{body}&&".encode()
    return b"##%04d%s%04X" % (len(data), data, checksum(data))


def read(config: Config, payload: bytes) -> Decoded:
    source = source_of("hj212", config)
    assert source is not None
    frame = Frame("hj212", payload, NOW)
    out = Decoded(frames=[frame])
    hj212.decode(0, frame, source, {}, out)
    return out


@settings(max_examples=150)
@given(values=VALUES, command=st.sampled_from(["2011", "2051", "2061", "2031"]))
def test_every_value_of_a_whole_packet_is_read(config: Config, values: list[tuple[str, str, float, str]], command: str) -> None:
    out = read(config, packet(values, command))
    assert [r.value for _, r in out.readings] == [number for _, _, number, _ in values]
    assert all((r.quality is Quality.GOOD) == (flag == "N") for (_, r), flag in zip(out.readings, flags_of(values), strict=True))
    assert not out.rejected


def flags_of(values: list[tuple[str, str, float, str]]) -> list[str]:
    return [letter for *_, letter in values]


@settings(max_examples=200)
@given(values=VALUES, edits=st.lists(EDIT, min_size=1, max_size=3))
def test_a_changed_packet_is_refused_or_still_right(
    config: Config, values: list[tuple[str, str, float, str]], edits: list[tuple[int, int, bytes]]
) -> None:
    good = packet(values)
    changed = bytearray(good)
    for place, length, replacement in edits:
        changed[place : place + length] = replacement
    frames = [Frame("hj212", bytes(changed), NOW), Frame("hj212", good, NOW)]
    out = decode(frames, {("hj212", key): bytes(changed) for key in ("m",) if wire_keys(frames, config)}, config)
    assert sum(index == 1 for index, _ in out.readings) == len(values)
    told = [index for index, _ in (*out.readings, *out.rejected) if index == 0]
    assert told or parse(bytes(changed)).fields.get("CN") != "2011"
    assert not any(refused.detail.startswith("decoder error") for _, refused in out.rejected)


@settings(max_examples=150)
@given(values=VALUES, noise=st.lists(st.binary(max_size=30), min_size=4, max_size=4), cut=st.integers(0, 400))
def test_neighbours_and_half_packets_cost_nothing(values: list[tuple[str, str, float, str]], noise: list[bytes], cut: int) -> None:
    """Noise that pretends to begin a packet may swallow none of the whole ones that follow."""
    first, second = packet(values), packet(values, "2061", 9)
    stream = noise[0] + first + noise[1] + first[:cut] + noise[2] + second + noise[3] + second
    pieces, rest = split(stream)
    assert pieces.count(second) == 2
    assert pieces.count(first) >= 1
    assert len(rest) <= len(stream)


@settings(max_examples=100)
@given(data=st.binary(max_size=2000))
def test_any_bytes_in_an_envelope_are_read_or_refused(config: Config, data: bytes) -> None:
    for body in (data, b"ST=22;CN=2011;MN=m;CP=&&" + data + b"&&"):
        whole = b"##%04dA%s%04X" % (len(body) + 1, body, checksum(b"A" + body))
        start = time.thread_time()
        out = read(config, whole) if whole.strip() else Decoded()
        assert time.thread_time() - start < 2, "a millisecond is usual; a search that goes back and forth would take minutes"
        assert all(r.metric.isprintable() and "\x00" not in (r.text or "") for _, r in out.readings)
