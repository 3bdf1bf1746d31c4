"""SL 651-2014 frames → readings, pictures, presences and the confirmations the standard asks for (docs/protocols/sl651.md).

Decides who is meant, what is answered and how far a function's values can be trusted. A frame that arrived broken gets no
answer: the station will repeat it. Keeps nothing but the parts of messages sent in several packets (`sl651_parts`).
"""

import re
from collections.abc import Iterator

from core.errors import DecodeError
from core.model import Answer, Decoded, DeviceHint, Frame, Picture, Presence, Quality, Reading, Reason
from ingest.decode.sl651_answer import answer
from ingest.decode.sl651_body import HEAD, read_bytes
from ingest.decode.sl651_elements import About, Flaw, Item, when
from ingest.decode.sl651_frame import ACK, EOT, ESC, ETB, ETX, NAK, Packet, parse, split
from ingest.decode.sl651_functions import COMMANDS, read_command
from ingest.decode.sl651_parts import BLOCK, MOST_PARTS, gather, keys_of, serial_of
from ingest.decode.sl651_text import HEAD as TEXT_HEAD
from ingest.decode.sl651_text import read_text
from ingest.decode.source import Memory, Source, refuse

HEARTBEAT = 0x2F
TEST = 0x30  # 6.6.4.3: never among the real data; kept as maintenance
PICTURES = 0x36
REPORTS = frozenset((*range(0x30, 0x3B), *range(0x40, 0x45), 0x46, 0x4B))  # bodies of elements
FRAMES = 2000  # of one body; longer ones come in `portions`
VALUES = 20_000  # of one body
FLAWS = 64  # of one message: what has more is no message of this standard
BODY = 1 << 16  # bytes of a message in several parts that is no picture
_KEYS = 4096  # memories one body may ask for

_HEX = re.compile(rb"[0-9A-Fa-f\s]+")
_SEVERAL = re.compile(rb"\x7e\x7e.(.{5})..(.)[\x00-\x0f].\x16(..)|\x01..(.{10}).{4}(..)0...\x16([0-9A-Fa-f]{3})", re.DOTALL)


def wire_keys(frame: Frame) -> set[str]:
    """The stations whose memory decoding this frame wants: those that send a message in several packets."""
    keys: set[str] = set()
    for found in _SEVERAL.finditer(_bytes(frame.payload)):
        station, function, total = found[1], found[2], found[3]
        if station is not None:
            keys.update(keys_of(station.hex().upper(), function[0], int.from_bytes(total, "big") >> 4))
        elif re.fullmatch(rb"[0-9A-Fa-f]{12}", found[4] + found[5]):
            keys.update(keys_of(found[4].decode().upper(), int(found[5], 16), int(found[6], 16)))
        if len(keys) > _KEYS - MOST_PARTS // BLOCK:
            break  # a body made to be dear: what is asked for no more counts as missing, and is asked of the station again
    return keys


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A long body as several of at most `most` frames each, with the place of its first one; a short one as it is."""
    pieces = _pieces(payload)
    if len(pieces) <= most:
        return [(0, payload)]
    return [(first, b"".join(pieces[first : first + most])) for first in range(0, len(pieces), most)]


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every frame in a body (a TCP feed brings one each, a datagram or an HTTP body several, also in hexadecimal)."""
    pieces = _pieces(frame.payload)
    if not pieces:
        raise DecodeError("an empty frame")
    room = len(out.readings) + len(out.rejected) + VALUES
    for item, piece in enumerate(pieces):
        if item >= FRAMES or len(out.readings) + len(out.rejected) >= room:
            rest = b"".join(pieces[item:])
            refuse(out, (index, frame), source, Reason.TOO_LARGE, f"more than {FRAMES} frames or {VALUES} values", rest, item)
            break
        try:
            _frame((index, frame), source, memory, out, piece, item)
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), piece, item)


def _bytes(payload: bytes) -> bytes:
    if _HEX.fullmatch(payload):
        try:
            return bytes.fromhex(payload.decode("ascii"))
        except ValueError:
            return payload
    return payload


def _pieces(payload: bytes) -> list[bytes]:
    pieces, rest = split(_bytes(payload))
    return [*pieces, rest] if rest.strip(b"\r\n \x00\x7e") else pieces


def _frame(at: tuple[int, Frame], source: Source, memory: Memory, out: Decoded, raw: bytes, item: int) -> None:
    packet, frame = parse(raw), at[1]
    if packet.down:
        raise DecodeError("a frame of a centre, not of a station", Reason.UNSUPPORTED)
    if source.feed.password is not None and packet.password != source.feed.password.upper():
        raise DecodeError(f"station {packet.station}: wrong password", Reason.UNKNOWN_DEVICE)
    _greet(packet.station, source, out)
    body: bytes | None = packet.body
    if packet.several:
        gathered = gather(packet, frame, source, memory, out)
        body = gathered.body
        if body is not None or (gathered.again and packet.end == ETX):
            _answer(packet, EOT, gathered.serial, packet.total, frame, source, out)
        elif gathered.missing:
            _answer(packet, NAK, gathered.serial, gathered.missing, frame, source, out)
    elif packet.function != HEARTBEAT and packet.end in (ETX, ETB):
        _answer(packet, EOT if packet.end == ETX else ACK, serial_of(packet), 0, frame, source, out)
    if body is None:
        return
    try:
        _take(at, source, out, packet, body, raw, item)
    except DecodeError as problem:
        refuse(out, at, source, problem.reason, str(problem), raw, item, packet.station)


def _greet(station: str, source: Source, out: Decoded) -> None:
    if station not in out.hints:
        out.hints[station] = DeviceHint(station, source.feed.domain)


def _answer(packet: Packet, end: int, serial: int, number: int, frame: Frame, source: Source, out: Decoded) -> None:
    """M1 asks for no answer, but nothing in a frame tells M1 from M2: a station of M1 hears none."""
    if end == EOT and source.feed.stay_online:
        end = ESC
    out.answers.append(Answer(frame, answer(packet, end, serial, frame.received_at.astimezone(source.zone), number)))


def _take(at: tuple[int, Frame], source: Source, out: Decoded, packet: Packet, body: bytes, raw: bytes, item: int) -> None:
    """What the body says; a frame that says nothing proves that its station is there."""
    index, frame = at
    if packet.function != PICTURES and len(body) > BODY:
        raise DecodeError(f"{len(body)} bytes in all, {BODY} allowed", Reason.TOO_LARGE)
    said, flaws, most = False, 0, len(out.readings) + VALUES
    for one in _items(packet, body, _about(packet, body, frame, source)):
        said = True
        if type(one) is Reading:
            if one.device not in out.hints:
                _greet(one.device, source, out)
            out.readings.append((index, one))
            if len(out.readings) >= most:
                raise DecodeError(f"more than {VALUES} values in one message", Reason.TOO_LARGE)
        elif isinstance(one, Flaw):
            refuse(out, at, source, one.reason, one.detail, one.raw, item, one.device)
            flaws += 1
            if flaws >= FLAWS:
                raise DecodeError(f"{FLAWS} parts cannot be read, the rest is left alone")
        elif isinstance(one, Picture):
            _greet(one.device or packet.station, source, out)
            out.pictures.append((index, one))
    if not said:
        out.presences.append(Presence(packet.station, True, frame.received_at))


def _items(packet: Packet, body: bytes, about: About) -> Iterator[Item]:
    """The reader that the function asks for; an unknown function may speak in elements too."""
    function = packet.function
    if function == HEARTBEAT:
        return iter(())
    if function in COMMANDS:
        return read_command(body, packet.text, about)
    known = body[TEXT_HEAD : TEXT_HEAD + 3] == b"ST " if packet.text else body[HEAD : HEAD + 2] == b"\xf1\xf1"
    if function not in REPORTS and not known:
        raise DecodeError(f"function {function:02X} of a private form", Reason.UNSUPPORTED)
    return read_text(body, about) if packet.text else read_bytes(body, about)


def _about(packet: Packet, body: bytes, frame: Frame, source: Source) -> About:
    """Raises `DecodeError` when not even serial and time of sending are there."""
    if len(body) < (TEXT_HEAD if packet.text else HEAD):
        raise DecodeError("the body ends before serial and time of sending")
    stamp = body[4:TEXT_HEAD].decode("ascii", "replace") if packet.text else body[2:HEAD].hex()
    quality = Quality.MAINTENANCE if packet.function == TEST else Quality.GOOD
    return About(packet.function, packet.station, when(stamp, source.zone), frame.received_at, source.zone, quality)
