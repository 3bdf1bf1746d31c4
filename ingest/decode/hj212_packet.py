"""The envelope of HJ 212 (2005, 2017, 2025): packets on a dirty stream, fields, answers.

Decides where a packet begins and ends and whether it arrived whole. What its data mean is `hj212`'s business.
Sources: HJ/T 212-2005, HJ 212-2017 6.3 and appendix A, HJ 212-2025 (in force 2026-01-01).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import DecodeError
from ingest.decode.hj212_check import checksum, checksum_modbus, fits_modbus, mismatch
from ingest.decode.hj212_sm4 import BRACED, looks_enciphered, opened, unbraced

MAX_DATA = 9999  # what four digits can say; the standard allows 1024, devices send more
MAX_PACKET = 2 + 4 + MAX_DATA + 4
BLANK = b"\r\n \t\x00"
ENDS_TRIED = 16  # places at which a packet of wrong length may end: keeps the search linear in any rubbish
HEADS_TRIED = 8  # packets that may claim the same end

_HEAD = re.compile(rb"##(\d{4}|\d{2,3})(?=[A-Za-z])")
_MARK = re.compile(rb"##(\d{4}|\d{2,3})(?=[A-Za-z])|&&([0-9A-Fa-f]{4})")
_HEAD_BEGUN = re.compile(rb"#(?:#\d{0,4})?\Z")
_CHECK = re.compile(rb"&&[0-9A-Fa-f]{4}")

Group = list[tuple[str, str]]
Head = tuple[int, int, int]  # where a packet begins, where its data begin, where its length says that it ends
NO_HEADS: list[Head] = []


@dataclass(slots=True)
class Packet:
    """One packet whose checksum fits. `items` are the groups between `;`, each a list of (key, value)."""

    fields: dict[str, str]
    items: list[Group]

    @property
    def flag(self) -> int:
        """Bit 0 answer wanted, bit 1 packet numbers, bits 2–7 version; 0 where a 2005 device sends none."""
        return self.number("Flag") & 0xFF

    @property
    def edition(self) -> int:
        """2005, 2017 or 2025 by the version bits; surface-water stations said 2025 in 2018 already, so little may hang on it."""
        return {0: 2005, 1: 2017}.get(self.flag >> 2, 2025)

    @property
    def wants_answer(self) -> bool:
        return bool(self.flag & 1)

    @property
    def resent(self) -> bool:
        """RF=1 (2025): data sent again because an answer was missing. Nothing more hangs on it: the store swallows what it has."""
        return self.fields.get("RF") == "1"

    def number(self, key: str) -> int:
        """Flag, PNUM or PNO, 0 where absent or no number."""
        value = self.fields.get(key, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """All packets of a stream's bytes so far, and the rest that waits for more (at most two packets long).

    What lies between packets comes out as pieces of its own, so that it is refused and seen. How the stream was cut into
    chunks changes no packet: each is decided by the byte that ends it. Linear: every end is tried with the packets that
    declare it, and with the last one begun.
    """
    pieces: list[bytes] = []
    start, tries = 0, 0
    due: dict[int, list[Head]] = {}
    last: Head | None = None
    for mark in _MARK.finditer(buffer):
        end = mark.end()
        if mark.lastindex == 1:
            tries, last = 0, (mark.start(), end, end + int(mark[1]) + 4)
            if (known := due.get(last[2])) is None:
                due[last[2]] = [last]
            elif len(known) < HEADS_TRIED:
                known.append(last)
            continue
        heads = due.pop(end, NO_HEADS)
        if not heads and last is None:
            continue
        tries += 1
        near = last if last and last not in heads and tries <= ENDS_TRIED and end - last[0] <= MAX_PACKET else None
        begin = _begin(buffer, end, heads, near)
        if begin is not None:
            pieces += [buffer[start:begin], buffer[begin:end]]
            start, last = end, None
            due.clear()
        elif last and last[2] <= end:
            last = None  # neither its length nor its checksum fits
    waiting = _waiting(buffer, due, last)
    done = _rubbish(buffer, start, waiting)
    pieces.append(buffer[start:done])
    return [piece for each in pieces if (piece := each.strip(BLANK))], buffer[done:].lstrip(BLANK)


def is_one(buffer: bytes) -> bool:
    """Whether these bytes are one packet of the length it declares, with no other begun inside."""
    head = _HEAD.match(buffer)
    return head is not None and head.end() + int(head[1]) + 4 == len(buffer.rstrip(BLANK)) and buffer.find(b"##", 2) < 0


def _begin(buffer: bytes, end: int, heads: Sequence[Head], near: Head | None) -> int | None:
    """Where the packet that ends at `end` begins: its length and checksum fit, or its checksum, or its length."""
    sent = int(buffer[end - 4 : end], 16)
    for begin, data, _ in heads:
        if checksum(buffer[data : end - 4]) == sent:
            return begin
    if near:
        begin, place, due = near
        data_here = buffer[place : end - 4]
        if checksum(data_here) == sent or (BRACED in data_here and place + len(unbraced(data_here)) + 4 == due):
            return begin
    return heads[0][0] if heads else None


def _waiting(buffer: bytes, due: dict[int, list[Head]], last: Head | None) -> int:
    """Where the first packet stands that more bytes may still complete; the buffer's length when there is none."""
    size = len(buffer)
    begun = _HEAD_BEGUN.search(buffer, max(0, size - 6))
    places = [heads[0][0] for end, heads in due.items() if end > size]
    places += [last[0]] if last and size - last[0] <= MAX_PACKET else []
    return min([*places, begun.start() if begun else size])


def _rubbish(buffer: bytes, start: int, waiting: int) -> int:
    """The end of what belongs to no packet and is said now: whole lines, or more than a packet may have."""
    return waiting if waiting - start >= MAX_PACKET else max(start, buffer.rfind(b"\n", start, waiting) + 1)


def parse(raw: bytes, secret: str | None = None, modbus: bool = False) -> Packet:
    """One packet as `split` gives it; `secret` holds the SM4 keys, `modbus` believes the checksum of faulty firmware.

    Raises `DecodeError`: checksum (saying when Modbus would fit), unsupported (enciphered without a key) or undecodable.
    """
    raw = raw.strip(BLANK)
    head = _HEAD.match(raw)
    if head is None or not _CHECK.fullmatch(raw, len(raw) - 6):
        raise DecodeError("no HJ 212 packet: ##, length, data ending in &&, checksum")
    data, sent, length = raw[head.end() : -4], int(raw[-4:], 16), int(head[1])
    if checksum(data) != sent:
        data = unbraced(data)
        if looks_enciphered(data):
            if length != len(data):
                raise _wrong_length(data, length)
            data = opened(data, sent, secret)
        elif not (modbus and fits_modbus(data, sent)):
            raise mismatch(data, sent)
    text = text_of(data)
    if length != len(data) and length != len(text):  # some count characters, not bytes
        raise _wrong_length(data, length)
    return _fields(text)


def _wrong_length(data: bytes, length: int) -> DecodeError:
    return DecodeError(f"length says {length}, there are {len(data)} bytes")


def text_of(data: bytes) -> str:
    """The data segment as text: UTF-8 by the standard, GB18030 from older devices."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DecodeError("data neither in UTF-8 nor in GB18030")


def _fields(text: str) -> Packet:
    head, mark, region = text.partition("CP=&&")
    if not mark or not region.endswith("&&"):
        raise DecodeError("no CP=&&…&&")
    groups = (_pairs(group) for group in region[:-2].split(";"))
    return Packet(dict(_pairs(head.replace(";", ","))), [group for group in groups if group])


def _pairs(text: str) -> Group:
    found = []
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals and (key := key.strip()):
            found.append((key, value.strip()))
    return found


def answer(packet: Packet, command: str, content: str = "") -> bytes:
    """What the host sends back: ST=91, the same QN, PW and MN, with the right length and checksum.

    Flag=4, as 2017 and 2025 ask. A device of 2005 gets Flag=0 and looks for the QN (and for data their CN) inside CP.
    """
    own = packet.fields
    number, flag = own.get("QN", ""), 4
    if packet.edition == 2005:
        flag = 0
        parts = [f"QN={number}" if number else "", f"CN={own.get('CN', '')}" if command == "9014" else "", content]
        content = ";".join(part for part in parts if part)
    start = f"QN={number};" if number else ""
    data = f"{start}ST=91;CN={command};PW={own.get('PW', '')};MN={own.get('MN', '')};Flag={flag};CP=&&{content}&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, checksum(data))


__all__ = ["BLANK", "MAX_DATA", "MAX_PACKET", "Group", "Packet"]
__all__ += ["answer", "checksum", "checksum_modbus", "is_one", "parse", "split", "text_of"]
