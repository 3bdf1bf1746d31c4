"""Laws of messages in several packets: put together once, asked for when a part is missing, bounded."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, Frame, Reason
from ingest.decode import sl651
from ingest.decode.sl651_frame import checksum
from ingest.decode.sl651_parts import HOLDS, MOST_BYTES, MOST_PARTS
from ingest.decode.source import Source
from tests.unit.ingest.sl651_frames import ascii_frame, hex_frame

Memory = dict[tuple[str, str], bytes]
START = bytes.fromhex("00A1261121115803F1F1006230731048F0F02611211155F3F3")
NAK, EOT = 0x15, 0x04


@pytest.fixture
def source(config: Config) -> Source:
    return Source("sl651", FeedConfig(kind="tcp", format="sl651"), config, ZoneInfo("Asia/Shanghai"))


class Wire:
    """The memory of a feed between frames, as the store keeps it: only what is asked for is given."""

    def __init__(self, source: Source, now: datetime) -> None:
        self.source, self.now = source, now
        self.memory: Memory = {}

    def send(self, *frames: bytes) -> Decoded:
        every = [Frame("sl651", frame, self.now) for frame in frames]
        out = Decoded(frames=every)
        wanted = {("sl651", peer) for frame in every for peer in sl651.wire_keys(frame)}
        known = {key: value for key, value in self.memory.items() if key in wanted}
        for index, frame in enumerate(every):
            sl651.decode(index, frame, self.source, known, out)
        assert set(out.memory) <= wanted
        self.memory |= out.memory
        return out


@pytest.fixture
def wire(source: Source, now: datetime) -> Wire:
    return Wire(source, now)


def picture(count: int, mark: bytes = b"a") -> list[bytes]:
    """A picture in `count` parts of 40 bytes."""
    parts = [START + b"\xff\xd8" + mark, *(mark + bytes((n % 256,)) * 39 for n in range(1, count))]
    return [hex_frame(0x36, part, end=0x03 if n == count else 0x17, part=(count, n)) for n, part in enumerate(parts, 1)]


def ends(out: Decoded) -> list[tuple[int, int]]:
    """(end character, number) of each answer, whose checksum must fit."""
    for answer in out.answers:
        assert checksum(answer.payload[:-2]) == int.from_bytes(answer.payload[-2:], "big")
    return [(answer.payload[-3], int.from_bytes(answer.payload[14:17], "big") & 0xFFF) for answer in out.answers]


@pytest.mark.parametrize("count", [1, 2, 16, 17, 40])
def test_a_picture_is_whole_when_all_its_parts_came(wire: Wire, count: int) -> None:
    outs = [wire.send(frame) for frame in picture(count)]
    assert [len(out.pictures) for out in outs] == [0] * (count - 1) + [1]
    shot = outs[-1].pictures[0][1]
    assert (shot.device, shot.content[:3], len(shot.content)) == ("0062307310", b"\xff\xd8a", 3 + 40 * (count - 1))
    assert [end for out in outs for end in ends(out)] == [(EOT, count)]
    assert int.from_bytes(outs[-1].answers[0].payload[17:19], "big") == 0xA1


def test_a_batch_of_all_parts_is_put_together_as_well(wire: Wire) -> None:
    out = wire.send(*picture(20))
    assert (len(out.pictures), ends(out)) == (1, [(EOT, 20)])


def test_missing_parts_are_asked_for_one_by_one(wire: Wire) -> None:
    frames = picture(5)
    out = wire.send(frames[0], frames[2], frames[4])
    assert (out.pictures, ends(out)) == ([], [(NAK, 2)])
    second = wire.send(_again(frames[1]))
    assert (second.pictures, ends(second)) == ([], [(NAK, 4)])
    third = wire.send(_again(frames[3]))
    assert (len(third.pictures), ends(third)) == (1, [(EOT, 5)])


def test_a_first_part_asked_for_again_completes_what_is_there(wire: Wire) -> None:
    frames = picture(3)
    assert ends(wire.send(frames[1], frames[2])) == [(NAK, 1)]
    out = wire.send(_again(frames[0]))
    assert (len(out.pictures), ends(out)) == (1, [(EOT, 3)])


def test_a_last_part_that_comes_again_is_confirmed_again_and_stored_once(wire: Wire) -> None:
    frames = picture(4)
    wire.send(*frames)
    out = wire.send(frames[3])
    assert (out.pictures, ends(out)) == ([], [(EOT, 4)])
    whole = wire.send(*frames)
    assert (whole.pictures, ends(whole)) == ([], [(EOT, 4)])


def test_the_next_picture_is_another_even_where_parts_are_alike(wire: Wire) -> None:
    first, second = picture(4), picture(4)
    second[0] = hex_frame(0x36, START.replace(b"\x00\xa1", b"\x00\xa2") + b"\xff\xd8a", end=0x17, part=(4, 1))
    wire.send(*first)
    assert len(wire.send(*second).pictures) == 1


def test_parts_of_two_pictures_never_mix(wire: Wire) -> None:
    old, new = picture(3, b"o"), picture(3, b"n")
    wire.send(old[0], old[1])
    out = wire.send(new[0], new[2])
    assert (out.pictures, ends(out)) == ([], [(NAK, 2)])
    assert wire.send(_again(new[1])).pictures[0][1].content.count(b"o") == 0


def test_parts_that_are_too_old_are_forgotten(wire: Wire) -> None:
    frames = picture(2)
    wire.send(frames[0])
    wire.now += HOLDS + timedelta(seconds=1)
    assert ends(wire.send(frames[1])) == [(NAK, 1)]


def test_two_functions_of_a_station_do_not_disturb_each_other(wire: Wire) -> None:
    shot = picture(2)
    level = [
        hex_frame(0x31, START[:-2] + bytes.fromhex("0418000010392300003401"), end=0x17, part=(2, 1)),
        hex_frame(0x31, "00003402", part=(2, 2)),
    ]
    out = wire.send(shot[0], level[0], shot[1], level[1])
    assert (len(out.pictures), [reading.value for _, reading in out.readings]) == (1, [3.401, 3.402])


def test_what_is_done_leaves_nothing_but_its_card(wire: Wire) -> None:
    wire.send(*picture(40))
    assert sum(map(len, wire.memory.values())) < 400


@pytest.mark.parametrize(
    ("part", "size", "reason"),
    [
        ((0, 0), 10, Reason.UNDECODABLE),
        ((0, 1), 10, Reason.UNDECODABLE),
        ((3, 4), 10, Reason.UNDECODABLE),
        ((3, 0), 10, Reason.UNDECODABLE),
        ((MOST_PARTS + 1, 1), 10, Reason.TOO_LARGE),
        ((MOST_BYTES // 4000 + 1, 1), 4000, Reason.TOO_LARGE),
    ],
)
def test_what_cannot_be_a_part_is_refused(wire: Wire, part: tuple[int, int], size: int, reason: Reason) -> None:
    out = wire.send(hex_frame(0x36, b"\x00" * size, end=0x17, part=part))
    assert [refused.reason for _, refused in out.rejected] == [reason]
    assert (out.memory, out.answers) == ({}, [])


def test_a_message_that_is_no_picture_is_bounded_tighter(wire: Wire) -> None:
    frames = [hex_frame(0x31, b"\x00" * 4000, end=0x03 if n == 20 else 0x17, part=(20, n)) for n in range(1, 21)]
    assert [refused.reason for _, refused in wire.send(*frames).rejected] == [Reason.TOO_LARGE]


def test_the_ascii_variant_comes_in_parts_too(wire: Wire) -> None:
    body = "00A1261121115803ST 0062307310 H TT 2611211155 Z 3.482 PJ 12.5 "
    frames = [ascii_frame(0x32, body[:50], end=0x17, part=(2, 1)), ascii_frame(0x32, body[50:], part=(2, 2))]
    out = wire.send(*frames)
    assert [(reading.metric, reading.value) for _, reading in out.readings] == [("39", 3.482), ("20", 12.5)]
    assert out.answers[0].payload[23:30] == b"\x16002002"


def test_a_body_made_to_be_dear_asks_for_few_memories(now: datetime) -> None:
    frames = b"".join(hex_frame(n % 256, b"", part=(MOST_PARTS, 1), station=f"{n:010d}") for n in range(3000))
    assert len(sl651.wire_keys(Frame("sl651", frames, now))) <= 4200


def test_memory_of_another_making_is_no_error(wire: Wire) -> None:
    frames = picture(2)
    for rubbish in (b"", b"\x00", b"\xff" * 40, b"\x95\x02", b"[2]"):
        wire.memory = dict.fromkeys([("sl651", peer) for peer in sl651.wire_keys(Frame("sl651", frames[0], wire.now))], rubbish)
        assert len(wire.send(*frames).pictures) == 1


def _again(frame: bytes) -> bytes:
    """The same part as a station sends it when asked: it ends in ETX."""
    part = int.from_bytes(frame[14:17], "big")
    return hex_frame(frame[10], frame[17:-3], end=0x03, part=(part >> 12, part & 0xFFF))
