"""Laws of the envelope of SL 651-2014: checksum, frames on a dirty stream, what a refusal says."""

from pathlib import Path

import pytest

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.sl651_frame import MOST, checksum, parse, split
from tests.unit.ingest.sl651_frames import ascii_frame, crc, hex_frame

BODY = "00A1261121115803"
GOOD = hex_frame(0x32, BODY)
OTHER = hex_frame(0x33, BODY)
LETTERS = ascii_frame(0x32, BODY)


def test_the_checksum_is_the_one_of_the_annex() -> None:
    for data in (b"", b"\x00", b"123456789", bytes(range(256)), bytes(range(255)), b"\xff" * 4113):
        assert checksum(data) == crc(data)
    assert checksum(b"123456789") == 0x4B37


@pytest.mark.parametrize("frame", [GOOD, LETTERS], ids=["hex", "ascii"])
def test_a_frame_is_whole_with_its_last_byte_and_not_before(frame: bytes) -> None:
    assert split(frame) == ([frame], b"")
    for cut in range(1, len(frame)):
        assert split(frame[:cut]) == ([], frame[:cut])


def test_frames_are_found_in_a_dirty_stream() -> None:
    stream = b"noise" + GOOD + b"\x7e" + LETTERS + b"\r\n" + OTHER + b"\x7e\x7e\x01" + GOOD
    assert split(stream) == ([b"noise", GOOD, LETTERS, OTHER, b"\x01", GOOD], b"")


def test_a_frame_without_its_checksum_does_not_cost_the_next() -> None:
    assert split(GOOD[:-2] + OTHER) == ([GOOD[:-2], OTHER], b"")


def test_a_frame_that_was_cut_off_does_not_cost_the_next() -> None:
    for cut in range(1, len(GOOD)):
        pieces, rest = split(GOOD[:cut] + OTHER + OTHER)
        assert pieces[-2:] == [OTHER, OTHER], cut
        assert rest == b""


def test_a_length_that_lies_does_not_cost_the_next() -> None:
    liar = GOOD[:11] + b"\x0f\xff" + GOOD[13:]
    pieces, rest = split(liar + OTHER)
    assert (pieces[-1], rest) == (OTHER, b"")


def test_a_broken_frame_comes_out_as_it_is() -> None:
    broken = GOOD[:20] + bytes((GOOD[20] ^ 1,)) + GOOD[21:]
    assert split(broken + OTHER) == ([broken, OTHER], b"")
    with pytest.raises(DecodeError, match=r"checksum [0-9A-F]{4}, [0-9A-F]{4} expected") as problem:
        parse(broken)
    assert problem.value.reason is Reason.CHECKSUM


@pytest.mark.parametrize("frame", [GOOD, LETTERS], ids=["hex", "ascii"])
def test_a_checksum_of_the_other_order_is_named(frame: bytes) -> None:
    swapped = frame[:-2] + frame[:-3:-1] if frame is GOOD else frame[:-4] + frame[-2:] + frame[-4:-2]
    with pytest.raises(DecodeError, match="low byte first"):
        parse(swapped)


def test_a_checksum_without_the_start_is_named() -> None:
    with pytest.raises(DecodeError, match="without the frame's start"):
        parse(GOOD[:-2] + crc(GOOD[2:-2]).to_bytes(2, "big"))


def test_both_encodings_say_the_same() -> None:
    one, other = parse(GOOD), parse(LETTERS)
    for packet in (one, other):
        assert (packet.centre, packet.station, packet.password, packet.function) == (1, "0062307310", "A1B2", 0x32)
        assert (packet.down, packet.total, packet.number, packet.end) == (False, 0, 0, 3)
    part = parse(hex_frame(0x36, "FFD8", end=0x17, part=(0x123, 0x045)))
    assert (part.total, part.number, part.body) == (0x123, 0x045, b"\xff\xd8")
    letters = parse(ascii_frame(0x36, "x", end=0x17, part=(0x123, 0x045)))
    assert (letters.total, letters.number, letters.body) == (0x123, 0x045, b"x")


def test_rubbish_without_end_is_given_out_in_bounded_pieces() -> None:
    pieces, rest = split(b"\x55" * 20_000)
    assert all(len(piece) <= MOST for piece in pieces)
    assert len(b"".join(pieces)) + len(rest) == 20_000
    assert len(rest) < MOST


@pytest.mark.parametrize(
    "unit",
    [b"\x7e", b"\x01", b"\x01" + b"3" * 22, b"~~" + b"\x03" * 9 + b"\x0f\x03\x02", b"~~" + b"\x03" * 9 + b"\x0f\xff\x02" + b"\x03" * 4],
)
def test_a_stream_made_to_be_dear_is_searched_in_bounded_work(unit: bytes) -> None:
    stream = unit * (300_000 // len(unit))
    pieces, rest = split(stream)
    assert len(rest) <= 3 * MOST
    assert len(pieces) < 30_000


def test_every_real_frame_of_a_right_checksum_is_found_in_one_stream(shared: Path) -> None:
    lines = (shared / "sl651" / "repo_frames.tsv").read_text().splitlines()[1:]
    frames = [bytes.fromhex(line.split("\t")[3]) for line in lines]
    pieces, _ = split(b"".join(frames))
    right = [frame for frame in frames if len(frame) > 24 and crc(frame[:-2]) == int.from_bytes(frame[-2:], "big")]
    assert len(right) == 40
    assert [piece for piece in pieces if piece in right] == right
