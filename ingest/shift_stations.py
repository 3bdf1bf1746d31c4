"""Stamps in packets of stations: HJ 212 (QN, DataTime, …) and SL 651 (times of sending and of observation), checksums made right again.

Decides where they stand. A packet that came broken, or enciphered, stays as it was: its fault is part of the recording.
Lengths stay right by themselves: digits are replaced by as many digits.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from core.errors import DecodeError
from ingest.decode import hj212_packet, sl651_frame
from ingest.decode.hj212_check import checksum, checksum_modbus
from ingest.decode.sl651 import HEARTBEAT
from ingest.decode.sl651_body import HEAD, groups
from ingest.decode.sl651_elements import OBSERVED
from ingest.decode.sl651_frame import Packet
from ingest.decode.sl651_functions import COMMANDS
from ingest.decode.sl651_text import HEAD as TEXT_HEAD
from ingest.shift_stamps import Stamps

_HJ_HEAD = re.compile(rb"##\d{2,4}(?=[A-Za-z])")
_HJ_STAMP = re.compile(rb"((?:^|[;,&-])(?:QN|[A-Za-z]{0,20}Time)=)(\d{17}|\d{14}|\d{12})(?=[;,&])")
_TT = re.compile(rb"(?:^|(?<= ))TT (\d{12}|\d{10})(?= |\Z)")
_AS_IT_IS = re.compile(rb"(?:^|(?<= ))(?:PIC|RGZS) ")
_HEX = re.compile(rb"[0-9A-F]+|[0-9a-f]+")

Shift = Callable[[bytes, Stamps], bytes]


def shift_hj212(payload: bytes, stamps: Stamps) -> bytes:
    """Every whole packet of a body; hexadecimal bodies too."""
    return _in_hex(payload, stamps, lambda body, own: _pieces(body, own, hj212_packet.split, _hj212))


def shift_sl651(payload: bytes, stamps: Stamps) -> bytes:
    """Every whole frame of a body; hexadecimal bodies too."""
    return _in_hex(payload, stamps, lambda body, own: _pieces(body, own, sl651_frame.split, _sl651))


def _in_hex(payload: bytes, stamps: Stamps, shift: Shift) -> bytes:
    text = payload.strip()
    if len(text) % 2 or not _HEX.fullmatch(text):
        return shift(payload, stamps)
    moved = shift(bytes.fromhex(text.decode()), stamps).hex()
    return payload.replace(text, (moved if text.lower() == text else moved.upper()).encode(), 1)


def _pieces(payload: bytes, stamps: Stamps, split: Callable[[bytes], tuple[list[bytes], bytes]], shift: Shift) -> bytes:
    pieces, rest = split(payload)
    done: list[bytes] = []
    place = 0
    for piece in [*pieces, rest]:
        if (at := payload.find(piece, place)) >= 0:
            done += [payload[place:at], shift(piece, stamps)]
            place = at + len(piece)
    return b"".join(done) + payload[place:]


def _hj212(raw: bytes, stamps: Stamps) -> bytes:
    head = _HJ_HEAD.match(raw)
    if head is None or not re.fullmatch(rb"[0-9A-Fa-f]{4}", raw[-4:]):
        return raw
    data = raw[head.end() : -4]
    if (check := _check_of(data, int(raw[-4:], 16))) is None:
        return raw
    data = _HJ_STAMP.sub(lambda found: found[1] + _moved(found[2], stamps), data)
    return head[0] + data + _in_case(check(data), raw[-4:])


def _check_of(data: bytes, sent: int) -> Callable[[bytes], int] | None:
    """The checksum that this sender computes: the standard's, Modbus, or Modbus with the low byte first."""
    ways: tuple[Callable[[bytes], int], ...] = (checksum, checksum_modbus, lambda data: _swapped(checksum_modbus(data)))
    return next((way for way in ways if way(data) == sent), None)


def _swapped(word: int) -> int:
    return (word & 0xFF) << 8 | word >> 8


def _in_case(check: int, before: bytes) -> bytes:
    return b"%04x" % check if before != before.upper() else b"%04X" % check


def _moved(digits: bytes, stamps: Stamps, century: str = "") -> bytes:
    new = stamps.text(century + digits.decode())
    return digits if new is None else new[len(century) :].encode()


def _sl651(raw: bytes, stamps: Stamps) -> bytes:
    try:
        packet = sl651_frame.parse(raw)
    except DecodeError:
        return raw
    if packet.several and packet.number != 1:
        return raw  # its times stand in the first part
    start, end = (24, 5) if packet.text else (14, 3)
    start += (6 if packet.text else 3) if packet.several else 0
    body = _letters(raw[start:-end], packet, stamps) if packet.text else _bytes(raw[start:-end], packet, stamps)
    if packet.text:
        frame = raw[:start] + body + raw[-5:-4]
        return frame + _in_case(sl651_frame.checksum(frame), raw[-4:])
    frame = raw[:start] + body + raw[-3:-2]
    return frame + sl651_frame.checksum(frame).to_bytes(2, "big")


def _letters(body: bytes, packet: Packet, stamps: Stamps) -> bytes:
    if len(body) < TEXT_HEAD:
        return body
    said = body[TEXT_HEAD:]
    found = _AS_IT_IS.search(said)
    words = said[: found.start() if found else len(said)]
    moved = _TT.sub(lambda one: b"TT " + _moved(one[1], stamps, "20"), words)
    return body[:4] + _moved(body[4:TEXT_HEAD], stamps, "20") + moved + said[len(words) :]


def _bytes(body: bytes, packet: Packet, stamps: Stamps) -> bytes:
    if len(body) < HEAD:
        return body
    done = bytearray(body)
    done[2:HEAD] = _moved_bcd(body[2:HEAD], stamps)
    if packet.function == HEARTBEAT or packet.function in COMMANDS:
        return bytes(done)
    place = HEAD
    with suppress(DecodeError, IndexError):  # what comes before a break is moved, as it is read
        for guide, _, _, data in groups(body, packet.function):
            size = 2 if guide != 0xFF else 3
            place += body[place] != guide  # the class of a station stands after its address
            if guide == OBSERVED:
                done[place + size : place + size + len(data)] = _moved_bcd(data, stamps)
            place += size + len(data)
    return bytes(done)


def _moved_bcd(data: bytes, stamps: Stamps) -> bytes:
    digits = data.hex()
    return bytes.fromhex(_moved(digits.encode(), stamps, "20").decode()) if digits.isdecimal() else data
