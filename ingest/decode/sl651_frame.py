"""The envelope of SL 651-2014: checksum, frames on a dirty stream, addresses; HEX/BCD (7E7E) and ASCII (SOH) alike.

Decides where a frame begins and ends and whether it arrived whole. What its body means is `sl651_body`'s business.
Sources: SL 651-2014 6.2 (control characters, frames), tables 16–23, annex H.3.2 (the checksum, step by step).
"""

import re
import struct
from dataclasses import dataclass

from core.errors import DecodeError
from core.model import Reason

STX, ETX, EOT, ENQ, ACK, NAK, SYN, ETB, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x16, 0x17, 0x1B
ENDS = frozenset((ETX, ETB, ENQ, ACK, NAK, EOT, ESC))
MOST = 4095 + 29  # bytes of the longest frame: 12 bits of length in ASCII; no station seen uses the 16 of table 22

# A whole head: start, addresses, password, function, direction 0 (up) or 8 (down), length, STX or SYN.
_HEX = re.compile(rb"\x7e\x7e.{9}[\x00-\x0f\x80-\x8f].[\x02\x16]", re.DOTALL)
_ASCII = re.compile(rb"\x01[0-9A-Fa-f]{18}[08][0-9A-Fa-f]{3}[\x02\x16]")
_BEGUN = re.compile(rb"(?:\x7e(?:\x7e.{0,11})?|\x01[0-9A-Fa-f]{0,22})\Z", re.DOTALL)
_ASCII_HEAD = 24
_FILLER = b"\r\n \x00\x7e"  # line ends of tests by hand; the single 7E that stations of Fujian send after the checksum
_PER_HEAD, _PER_BYTE, _FREE = 64, 4, 1 << 16  # what searching may cost, in bytes looked at: linear, whatever is sent


def _tables() -> tuple[tuple[int, ...], list[int]]:
    """The checksum's register after one more byte, and after two: two at a time halves the work."""
    one = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        one.append(value)
    steps = [(value >> 8) ^ one[value & 255] for value in range(65536)]
    return tuple(one), [(value >> 8) ^ one[value & 255] for value in steps]


_ONE, _TWO = _tables()


def checksum(data: bytes) -> int:
    """CRC-16/Modbus over everything before it, the frame's start included (SL 651-2014 annex H.3.2)."""
    register = 0xFFFF
    for word in struct.unpack_from(f"<{len(data) // 2}H", data):
        register = _TWO[register ^ word]
    if len(data) % 2:
        register = (register >> 8) ^ _ONE[(register ^ data[-1]) & 255]
    return register


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame whose checksum fits. `several`: it is part `number` of `total` (SYN); `body` is without these."""

    text: bool
    down: bool
    centre: int
    station: str
    password: str
    function: int
    several: bool
    total: int
    number: int
    body: bytes
    end: int
    crc: int


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """All frames of a stream's bytes so far, and the rest that waits for more.

    Rubbish between frames comes out as pieces of its own, so that it is refused and seen. A piece is decided by the first
    byte that can decide it, so how the stream was cut into chunks changes nothing; a frame inside a broken one is found
    when it is whole. A stream that costs more than a few looks per byte (made to be dear) is given up as rubbish.
    """
    pieces: list[bytes] = []
    start, left = 0, _PER_BYTE * len(buffer) + _FREE
    while start < len(buffer):
        if left < 0:
            pieces += [buffer[at : at + MOST] for at in range(start, len(buffer), MOST)]
            return pieces, b""
        found, cost = _first(buffer, start)
        left -= cost
        if found is None:
            return pieces, buffer[start:]
        head, end = found
        if rubbish := buffer[start:head].strip(_FILLER):
            pieces.append(rubbish)
        if end > head:
            pieces.append(buffer[head:end])
        start = end
    return pieces, b""


def _first(buffer: bytes, start: int) -> tuple[tuple[int, int] | None, int]:
    """(begin, end) of the first frame to be decided from `start` on, whole or broken, and what looking cost.

    Before its begin stands rubbish; begin = end: nothing but rubbish up to there. None: not decided yet.
    """
    best: tuple[int, int] | None = None
    whole, waits, cost = True, False, 0
    reach = start + MOST - _ASCII_HEAD
    head = _head(buffer, start, reach + _ASCII_HEAD)
    while 0 <= head < reach:
        end, cost = _end(buffer, head), cost + _PER_HEAD
        if end > len(buffer):
            waits = True
        elif (best is None or end < best[1]) and _may_end(buffer, head, end):
            cost += end - head
            best, whole = (head, end), _fits(buffer, head, end)
        head = _head(buffer, head + 1, best[1] if best else reach + _ASCII_HEAD)
    if best is not None:
        return (best if whole else (best[0], _cut(buffer, *best))), cost
    if waits or len(buffer) - start < MOST:
        return None, cost
    return (reach, reach), cost


def _head(buffer: bytes, start: int, stop: int) -> int:
    """The place of the next whole head that ends before `stop`, -1 where there is none."""
    if first := _HEX.search(buffer, start, stop):
        stop = first.start() + _ASCII_HEAD - 1
    other = _ASCII.search(buffer, start, stop)
    return other.start() if other else first.start() if first else -1


def _end(buffer: bytes, head: int) -> int:
    """Where the frame with that head ends by its own words."""
    if buffer[head] == 0x7E:
        return head + (buffer[head + 11] << 8 & 0xF00 | buffer[head + 12]) + 17
    return head + int(buffer[head + 20 : head + 23], 16) + 29


def _may_end(buffer: bytes, head: int, end: int) -> bool:
    return buffer[end - (3 if buffer[head] == 0x7E else 5)] in ENDS


def _fits(buffer: bytes, head: int, end: int) -> bool:
    if buffer[head] == 0x7E:
        return checksum(buffer[head : end - 2]) == buffer[end - 2] << 8 | buffer[end - 1]
    return b"%04X" % checksum(buffer[head : end - 4]) == buffer[end - 4 : end].upper()


def _cut(buffer: bytes, head: int, end: int) -> int:
    """Where a broken frame is cut off: a head that (perhaps) begins inside belongs to the next frame."""
    inner = _head(buffer, head + 1, end)
    begun = _BEGUN.search(buffer, max(head + 1, end - _ASCII_HEAD + 1), end)
    return min([end, *([inner] if inner > 0 else []), *([begun.start()] if begun else [])])


def parse(raw: bytes) -> Packet:
    """One frame as `split` gives it. Raises `DecodeError`: checksum (saying which mistake would fit) or undecodable."""
    text = raw[:1] == b"\x01"
    if not (_ASCII if text else _HEX).match(raw):
        raise DecodeError("no SL 651 frame: 7E7E or SOH, addresses, password, function, length, STX or SYN")
    if len(raw) != (end := _end(raw, 0)):
        raise DecodeError(f"length says {end} bytes in all, there are {len(raw)}")
    if not _may_end(raw, 0, end):
        raise DecodeError(f"no end character where the length says: {raw[end - (5 if text else 3)]:02X}")
    if not _fits(raw, 0, end):
        raise DecodeError(_misfit(raw, text), Reason.CHECKSUM)
    return _of_text(raw) if text else _of_bytes(raw)


def _misfit(raw: bytes, text: bool) -> str:
    size = 4 if text else 2
    sent = int(raw[-4:], 16) if text and re.fullmatch(rb"[0-9A-Fa-f]{4}", raw[-4:]) else int.from_bytes(raw[-2:], "big")
    expected, why = checksum(raw[:-size]), ""
    if sent == (expected & 255) << 8 | expected >> 8:
        why = " (the same with the low byte first, as Modbus sends it: firmware error)"
    elif sent == checksum(raw[1 if text else 2 : -size]):
        why = " (the checksum without the frame's start: firmware error)"
    return f"checksum {sent:04X}{why}, {expected:04X} expected"


def _of_bytes(raw: bytes) -> Packet:
    down = raw[11] >= 0x80
    address, centre = (raw[2:7], raw[7]) if down else (raw[3:8], raw[2])
    body, total, number = raw[14:-3], 0, 0
    if raw[13] == SYN:
        if len(body) < 3:
            raise DecodeError("SYN without total and number")
        total, number, body = body[0] << 4 | body[1] >> 4, (body[1] & 15) << 8 | body[2], body[3:]
    crc = raw[-2] << 8 | raw[-1]
    station, password = address.hex().upper(), raw[8:10].hex().upper()
    return Packet(False, down, centre, station, password, raw[10], raw[13] == SYN, total, number, body, raw[-3], crc)


def _of_text(raw: bytes) -> Packet:
    head = raw[1:23].decode("ascii").upper()
    down = head[18] == "8"
    address, centre = (head[:10], head[10:12]) if down else (head[2:12], head[:2])
    body, total, number = raw[24:-5], 0, 0
    if raw[23] == SYN:
        if not re.match(rb"[0-9A-Fa-f]{6}", body):
            raise DecodeError("SYN without total and number")
        total, number, body = int(body[:3], 16), int(body[3:6], 16), body[6:]
    function, crc = int(head[16:18], 16), int(raw[-4:], 16)
    return Packet(True, down, int(centre, 16), address, head[12:16], function, raw[23] == SYN, total, number, body, raw[-5], crc)
