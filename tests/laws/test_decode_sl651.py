"""SL 651-2014: any bytes are readings or refused; no chunking and no broken neighbour costs a frame."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Config, FeedConfig
from core.errors import DecodeError
from core.model import Decoded, Frame
from ingest.decode import sl651
from ingest.decode.sl651_frame import parse, split
from ingest.decode.source import Source
from tests.unit.ingest.sl651_frames import ascii_frame, hex_frame

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HEAD = bytes.fromhex("00A1261121115803")
SAID = HEAD + bytes.fromhex("F1F1006230731048F0F02611211155")
FUNCTIONS = st.integers(0x2F, 0x52) | st.integers(0, 255)
PARTS = st.none() | st.tuples(st.integers(0, 40), st.integers(0, 40)) | st.tuples(st.integers(0, 4095), st.integers(0, 4095))
ENDS = st.sampled_from([0x03, 0x17, 0x05, 0x04, 0x1B])
GROUPS = st.lists(
    st.sampled_from(
        [bytes.fromhex(word) for word in "2019000125 3923FF003482 4520000000C4 F460 F5C0 0418000005 FF0119 F2F2 F3F3 F1F1 F0F0".split()]
    )
    | st.binary(max_size=12),
    max_size=12,
).map(b"".join)
BODIES = st.builds(bytes.__add__, st.sampled_from([HEAD, SAID, b"", HEAD[:5]]), GROUPS)
WORDS = st.text("STPJZQDRNHMRGZSIC 0123456789.-FA", max_size=80)
FRAMES = st.builds(hex_frame, FUNCTIONS, BODIES, ENDS, PARTS) | st.builds(
    ascii_frame,
    FUNCTIONS,
    st.builds(str.__add__, st.sampled_from(["00A1261121115803", "00A1261121115803ST 0062307310 ", ""]), WORDS),
    ENDS,
    PARTS,
)
NOISE = st.binary(max_size=30) | st.sampled_from([b"\x7e", b"\x7e\x7e", b"\x01", b"\x0101", HEAD, hex_frame(0x32, SAID)[:-3], b"\r\n"])


def decoded(config: Config, payload: bytes, memory: bytes = b"") -> Decoded:
    source = Source("sl651", FeedConfig(kind="tcp", format="sl651"), config, ZoneInfo("Asia/Shanghai"))
    frame = Frame("sl651", payload, NOW)
    out = Decoded(frames=[frame])
    known = {("sl651", peer): memory for peer in sl651.wire_keys(frame)} if memory else {}
    try:
        sl651.decode(0, frame, source, known, out)
    except DecodeError:
        assert (out.readings, out.answers) == ([], [])
    return out


@settings(max_examples=80)
@given(payload=st.binary(max_size=200) | st.lists(FRAMES | NOISE, max_size=4).map(b"".join), memory=st.binary(max_size=40))
def test_any_bytes_are_readings_or_refused(config: Config, payload: bytes, memory: bytes) -> None:
    out = decoded(config, payload, memory)
    for _, reading in out.readings:
        assert (reading.device + reading.metric + (reading.text or "")).replace("\ufffd", "").isprintable()
        assert reading.value is None or math.isfinite(reading.value)
    assert all(parse(answer.payload).down for answer in out.answers)


@settings(max_examples=80)
@given(frame=FRAMES, place=st.integers(0, 400), change=st.integers(1, 255))
def test_a_changed_byte_never_passes_for_a_reading(config: Config, frame: bytes, place: int, change: int) -> None:
    place %= len(frame)
    mutated = frame[:place] + bytes((frame[place] ^ change,)) + frame[place + 1 :]
    assert decoded(config, mutated).readings == [] or mutated.upper() == frame.upper()


@settings(max_examples=80)
@given(parts=st.lists(FRAMES | NOISE, max_size=6), cuts=st.lists(st.integers(0, 600), max_size=8))
def test_any_chunking_finds_the_same_frames(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    found: list[bytes] = []
    rest, start = b"", 0
    for end in [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]:
        pieces, rest = split(rest + stream[start:end])
        found += pieces
        start = end
    assert (found, rest) == split(stream)


@settings(max_examples=60)
@given(noise=st.lists(NOISE, min_size=5, max_size=5), values=st.lists(st.integers(0, 999999), min_size=4, max_size=4))
def test_every_whole_frame_is_found_among_noise(noise: list[bytes], values: list[int]) -> None:
    frames = [hex_frame(0x32, SAID + bytes.fromhex(f"2619{value:06d}")) for value in values]
    stream = b"".join(part for pair in zip(noise, [*frames, b""], strict=True) for part in pair)
    pieces, _ = split(stream)
    assert [piece for piece in pieces if piece in frames] == frames
