"""HJ 212 packets → readings and the answers the standard asks for (contract "Names on the wires").

Decides times, qualities and answers. Keeps nothing but the DataTime of packets sent in several parts, in the memory of
(feed, MN). A packet that arrived broken gets no answer: the station will repeat it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from core.errors import DecodeError
from core.model import Answer, Decoded, DeviceHint, Frame, Quality, Reading
from core.model import Reason as Why
from ingest.decode.hj212_packet import BLANK, Packet, answer, is_one, parse, split
from ingest.decode.hj212_values import metric_name, qualities, value_of, values_of
from ingest.decode.source import Memory, Source, clean, name_of, refuse

# Data of a period; HJ 212 stamps them at its START. Those without a suffix have names of their own (run times, furnace means).
SUFFIX = {"2051": ".minute", "2061": ".hour", "2031": ".day", "2013": ".raw", "2062": ".check"}
PERIODIC = {"2051", "2061", "2031", "2041", "2111"}
CALIBRATION = {"2062"}  # 2025: what an instrument measured of a standard sample is no air and no water
WITHOUT_DATA = {"9011", "9012", "9013", "9014", "9015"}
# Notices of the field (2017 table 9; 2025: 9015 heartbeat) are answered by 9013.
NOTICES = {"1013", "9015"}
# Only a host may ask for these (1014: we hand out no keys); whoever asks the host is refused by 9011 QnRtn=2.
HOST_ONLY = frozenset(
    "1000 1002 1012 1014 1062 1064 1072 2012 2022 3011 3012 3013 3014 3016 3021 3022 3024".split()
)  # fmt: skip
REFUSED = "QnRtn=2"
MEMORY_HOLDS = timedelta(minutes=10)  # three tries of 10 s each per packet, and a slow modem
COMMANDS_KEPT = 8
NEW_STATIONS = 100  # whose memory one frame may begin: a body of invented MNs must not fill a table
WINDOW = 65_536  # bytes of a long body looked at in one go

_MN = re.compile(rb"(?:^|;)MN=([^;]{1,64});")
_NUMBERED = re.compile(rb";(?:PNUM|PNO)=\d")
_HEX = re.compile(rb"[0-9A-Fa-f\s]+")
_STAMP = re.compile(r"\d{12}(?:\d\d(?:\d{3})?)?", re.ASCII)


class Part(msgspec.Struct):
    """What is remembered of a packet sent in several parts."""

    total: int
    number: int
    data_time: str
    at: datetime


_parts = msgspec.json.Decoder(dict[str, Part])


def wire_keys(frame: Frame) -> set[str]:
    """The stations whose memory decoding this frame wants: those that number their packets."""
    if not _NUMBERED.search(payload := _bytes(frame.payload)):
        return set()
    return {found.decode("ascii", "replace") for found in _MN.findall(payload.replace(b"##", b";"))}


def portions(payload: bytes, most: int) -> list[tuple[int, bytes]]:
    """A long body as several of at most `most` packets each, with the place of each one's first."""
    pieces = list(_pieces(_bytes(payload)))
    if len(pieces) <= most:
        return [(0, payload)]
    return [(start, b"\r\n".join(pieces[start : start + most])) for start in range(0, len(pieces), most)]


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every packet in a frame (a TCP feed brings one each, an HTTP body any number, also as hexadecimal)."""
    at = (index, frame)
    secret: str | None = source.feed.key
    modbus: bool = source.feed.modbus_checksum
    item, before = -1, len(out.memory)
    for item, piece in enumerate(_pieces(_bytes(frame.payload))):
        try:
            packet = parse(piece, secret, modbus)
            _take_packet(at, source, memory, out, packet, piece, item)
        except DecodeError as problem:
            refuse(out, at, source, problem.reason, str(problem), piece, item)
    if item < 0:
        raise DecodeError("an empty frame")
    _demand_few(before, memory, out)


def _demand_few(before: int, memory: Memory, out: Decoded) -> None:
    """Forget the stations beyond `NEW_STATIONS` that only this frame knows: a later part of theirs must bring its own DataTime."""
    if len(out.memory) - before > NEW_STATIONS:
        new = [key for key in islice(out.memory, before, None) if key not in memory]
        for key in new[NEW_STATIONS:]:
            del out.memory[key]


def _bytes(payload: bytes) -> bytes:
    if payload[:1] != b"#" and _HEX.fullmatch(payload):
        try:
            return bytes.fromhex(payload.decode("ascii"))
        except ValueError:
            return payload
    return payload


def _pieces(payload: bytes) -> Iterator[bytes]:
    """What `split` finds, of a long body window by window, and the rest as a piece of its own."""
    if is_one(payload):  # what a TCP feed brings was split already
        yield payload.strip(BLANK)
        return
    rest = b""
    for start in range(0, len(payload), WINDOW):
        pieces, rest = split(rest + payload[start : start + WINDOW])
        yield from pieces
    if rest:
        yield rest


def _take_packet(at: tuple[int, Frame], source: Source, memory: Memory, out: Decoded, packet: Packet, raw: bytes, item: int) -> None:
    device = name_of(packet.fields.get("MN"), "MN")
    command = packet.fields.get("CN", "")
    password = source.feed.password
    if password is not None and packet.fields.get("PW") != password:
        raise DecodeError(f"station {device}: wrong password", Why.UNKNOWN_DEVICE)
    if packet.wants_answer and (reply := _answer(packet, command)):
        out.answers.append(Answer(at[1], reply))
    if device not in out.hints:
        out.hints[device] = DeviceHint(device, source.feed.domain)
    if command in HOST_ONLY or command in WITHOUT_DATA:
        return
    try:
        _take_values(at, source, memory, out, packet, device, item)
    except DecodeError as problem:
        refuse(out, at, source, problem.reason, str(problem), raw, item, device)


def _answer(packet: Packet, command: str) -> bytes | None:
    """9014 for data, 9013 for notices, 9011 for requests; nothing for answers, which would go round for ever."""
    if command in NOTICES:
        return answer(packet, "9013")
    if command in WITHOUT_DATA:
        return None
    if command in HOST_ONLY:
        return answer(packet, "9011", REFUSED)
    return answer(packet, "9014")


def _take_values(at: tuple[int, Frame], source: Source, memory: Memory, out: Decoded, packet: Packet, device: str, item: int) -> None:
    command = packet.fields.get("CN", "")
    values, stamp = values_of(packet.items)
    stamp = _remember(at[1], source, memory, out, packet, device, stamp)
    if not values:
        return
    if stamp is None and command in PERIODIC:
        raise DecodeError(f"CN={command} without DataTime: its period is unknown")
    observed_at = _time(stamp, source.zone) if stamp else None
    suffix = SUFFIX.get(command, "")
    good = Quality.CALIBRATION if command in CALIBRATION else Quality.GOOD if observed_at else Quality.NO_TIME
    index, readings, known = at[0], out.readings, qualities(packet.edition)
    for name, text, flag in values:
        try:
            value, words = value_of(text)
            quality = known.get(flag, Quality.SUSPECT) if flag else Quality.GOOD
            if quality is Quality.GOOD:
                quality = Quality.MISSING if value is None and words is None else good
            readings.append((index, Reading(device, metric_name(name, suffix), value, observed_at, quality, words)))
        except DecodeError as problem:
            refuse(out, at, source, problem.reason, f"{name}: {problem}", f"{name}={text}".encode(), item, device)


def _remember(
    frame: Frame, source: Source, memory: Memory, out: Decoded, packet: Packet, device: str, own: str | None
) -> str | None:  # fmt: skip
    """The DataTime of this packet: its own, else the one an earlier part of the same message brought."""
    total = packet.number("PNUM")
    if total < 2:
        return own
    number = packet.number("PNO")
    key, command = (source.name, device), packet.fields.get("CN", "")
    known = _recall(out.memory.get(key) or memory.get(key))
    part = known.pop(command, None)
    if own is None and part and part.total == total and part.number <= number and frame.received_at - part.at <= MEMORY_HOLDS:
        own = part.data_time
    if own is not None:
        known[command] = Part(total, number, own, frame.received_at)
        out.memory[key] = msgspec.json.encode(dict(list(known.items())[-COMMANDS_KEPT:]))
    return own


def _recall(kept: bytes | None) -> dict[str, Part]:
    try:
        return _parts.decode(kept) if kept else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


@lru_cache(maxsize=4096)  # thousands of stations speak of the same minute
def _time(digits: str, zone: ZoneInfo) -> datetime:
    """YYYYMMDDhhmm, with seconds and milliseconds or without, in the feed's zone."""
    if not _STAMP.fullmatch(digits):
        raise DecodeError(f"DataTime '{clean(digits[:40])}' is no time")
    day, clock, milliseconds = digits[:8], digits[8:14].ljust(6, "0"), int(digits[14:] or 0)
    try:
        at = datetime(
            int(day[:4]), int(day[4:6]), int(day[6:]), int(clock[:2]), int(clock[2:4]), int(clock[4:]), 1000 * milliseconds, tzinfo=zone
        )
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"DataTime '{digits}' is no time") from error
