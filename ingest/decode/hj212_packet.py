"""The envelope of HJ 212 (2005, 2017, 2025): checksum, packets on a dirty stream, fields, answers.

Decides where a packet begins and ends and whether it arrived whole. What its data mean is `hj212`'s business.
Sources: HJ 212-2017 6.3 and appendix A, HJ 212-2025 (in force 2026-01-01).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import DecodeError
from core.model import Reason

MAX_DATA = 9999  # what four digits can say; the standard allows 1024, devices send more
MAX_PACKET = 2 + 4 + MAX_DATA + 4

_HEAD = re.compile(rb"##(\d{4}|\d{2,3})(?=[A-Za-z])")
_HEAD_BEGUN = re.compile(rb"#(?:#\d{0,4})?\Z")
_END = re.compile(rb"&&([0-9A-Fa-f]{4})")
_PACKET = re.compile(rb"##(\d{2,4})([A-Za-z].*&&)([0-9A-Fa-f]{4})", re.DOTALL)
_FIELDS = re.compile(rb"(.*?;?)CP=&&(.*)&&", re.DOTALL)
_BLANK = b"\r\n \t\x00"


def _table(width: int = 256) -> tuple[int, ...]:
    rows = []
    for value in range(width):
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        rows.append(value)
    return tuple(rows)


_TABLE = _table()


def checksum(data: bytes) -> int:
    """The CRC of HJ 212 appendix A. Not Modbus: each byte meets the *high* byte of the register."""
    register = 0xFFFF
    for byte in data:
        register = _TABLE[(register >> 8) ^ byte]
    return register


def checksum_modbus(data: bytes) -> int:
    """CRC-16/Modbus, which some firmware sends by mistake: computed only to say so."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet whose checksum fits. `items` are the groups between `;`, each a list of (key, value)."""

    fields: dict[str, str]
    items: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def flag(self) -> int:
        """Bit 0 answer wanted, bit 1 packet numbers, bits 2–7 version; 0 where a 2005 device sends none."""
        value = self.fields.get("Flag", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else 0

    @property
    def wants_answer(self) -> bool:
        return bool(self.flag & 1)

    def number(self, key: str) -> int:
        """PNUM or PNO, 0 where absent or no number."""
        value = self.fields.get(key, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """All packets of a stream's bytes so far, and the rest that waits for more.

    Rubbish between packets comes out as pieces of its own, so that it is refused and seen. How the stream was cut
    into chunks changes nothing: a piece is decided by the first byte that can decide it.
    """
    pieces: list[bytes] = []
    while True:
        buffer = buffer.lstrip(_BLANK)
        length = _piece(buffer) if buffer else 0
        if not length:
            return pieces, buffer
        pieces.append(buffer[:length].rstrip(_BLANK))
        buffer = buffer[length:]


def _piece(buffer: bytes) -> int:
    """Length of the first packet or piece of rubbish; 0: not decided yet."""
    head = _HEAD.match(buffer)
    if head is None:
        return _rubbish(buffer, 0 if _HEAD_BEGUN.match(buffer) else 1)
    declared = head.end() + int(head[1]) + 4
    for end in _ends(buffer, head.end(), declared):
        if checksum(buffer[head.end() : end - 4]) == int(buffer[end - 4 : end], 16):
            return end
        inner = _inner(buffer, head.end(), end)
        if inner:
            return inner
    if len(buffer) < declared:
        return 0
    if _END.fullmatch(buffer, declared - 6, declared):
        return declared
    return _rubbish(buffer, head.end(), past_packet=True)


def _ends(buffer: bytes, start: int, declared: int) -> Iterator[int]:
    """Where a packet from `start` might end, in order, up to the end its length declares."""
    position = start
    while (found := _END.search(buffer, position, declared)) is not None:
        yield found.end()
        position = found.start() + 1


def _inner(buffer: bytes, start: int, end: int) -> int:
    """A whole packet that ends at `end` but began later: the start before it was cut off. Its place, or 0."""
    for head in _HEAD.finditer(buffer, start, end):
        whole = head.end() + int(head[1]) + 4 == end
        if whole and checksum(buffer[head.end() : end - 4]) == int(buffer[end - 4 : end], 16):
            return head.start()
    return 0


def _rubbish(buffer: bytes, start: int, past_packet: bool = False) -> int:
    """Length of what belongs to no packet: up to the next `##`, the end of the line, or the most a packet may have."""
    for place in range(start, min(len(buffer), MAX_PACKET)):
        if buffer[place] == 10:
            return place + 1
        if place and buffer[place : place + 2] == b"##" and (not past_packet or buffer[place + 2 : place + 3].isdigit()):
            return place
    return MAX_PACKET if len(buffer) > MAX_PACKET else 0


def parse(raw: bytes) -> Packet:
    """One packet as `split` gives it. Raises `DecodeError`: checksum (saying when Modbus would fit) or undecodable."""
    found = _PACKET.fullmatch(raw.strip(_BLANK))
    if found is None:
        raise DecodeError("no HJ 212 packet: ##, length, data ending in &&, checksum")
    data, sent = found[2], int(found[3], 16)
    if (expected := checksum(data)) != sent:
        modbus = " (the CRC-16/Modbus of the same data: firmware error)" if checksum_modbus(data) == sent else ""
        raise DecodeError(f"checksum {found[3].decode().upper()}{modbus}, {expected:04X} expected", Reason.CHECKSUM)
    text = text_of(data)
    if int(found[1]) not in (len(data), len(text)):  # some count characters, not bytes
        raise DecodeError(f"length says {int(found[1])}, there are {len(data)} bytes")
    return _fields(data)


def text_of(data: bytes) -> str:
    """The data segment as text: UTF-8 by the standard, GB18030 from older devices."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DecodeError("data neither in UTF-8 nor in GB18030")


def _fields(data: bytes) -> Packet:
    found = _FIELDS.fullmatch(data)
    if found is None:
        raise DecodeError("no CP=&&…&&")
    fields = dict(_pairs(text_of(found[1]).replace(";", ",")))
    groups = (tuple(_pairs(group)) for group in text_of(found[2]).split(";"))
    return Packet(fields, tuple(group for group in groups if group))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals and key.strip():
            yield key.strip(), value.strip()


def answer(packet: Packet, command: str, content: str = "") -> bytes:
    """What the host sends back: ST=91, the same QN, PW and MN, Flag=4, with the right length and checksum."""
    echoed = {key: packet.fields.get(key, "") for key in ("QN", "PW", "MN")}
    start = f"QN={echoed['QN']};" if echoed["QN"] else ""
    data = f"{start}ST=91;CN={command};PW={echoed['PW']};MN={echoed['MN']};Flag=4;CP=&&{content}&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, checksum(data))
