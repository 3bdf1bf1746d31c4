"""HJ 212 packets → readings, presences and the answers the standard asks for (contract "Names on the wires").

Decides names, times, qualities and answers. Keeps nothing but the DataTime of packets sent in several parts, in the
memory of (feed, MN). A packet that arrived broken gets no answer: the station will repeat it.
"""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from core.errors import DecodeError
from core.model import Answer, Decoded, DeviceHint, Frame, Quality, Reading, Reason
from ingest.decode.hj212_packet import Packet, answer, parse, split
from ingest.decode.source import Memory, Source, clean, name_of, quality_of, refuse

# Period data; HJ 212 stamps them at the START of their period.
SUFFIX = {"2051": ".minute", "2061": ".hour", "2031": ".day"}
PERIODIC = {*SUFFIX, "2041"}
WITHOUT_TIME = {"9011", "9012", "9013", "9014", "9015"}
# Notices of the field (HJ 212-2017 table 9, 2025: 9015 heartbeat) are answered by 9013.
NOTICES = {"1013", "9015"}
# Only the host may ask for these; whoever asks the host is refused by 9011 QnRtn=2.
HOST_ONLY = {"1000", "1012", "1062", "1064", "1072", "2012", "2022", "3011", "3012", "3013", "3014", "3016", "3018", "3021"}
NOT_VALUES = {"flag", "eflag", "sampletime", "datatime", "polid", "restarttime", "systemtime", "begintime", "endtime"}
MEMORY_HOLDS = timedelta(minutes=10)  # three tries of 10 s each per packet, and a slow modem
COMMANDS_KEPT = 8

_MN = re.compile(rb"(?:^|;)MN=([^;]{1,64});")
_NUMBERED = re.compile(rb";(?:PNUM|PNO)=\d")
_HEX = re.compile(rb"[0-9A-Fa-f\s]+")


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


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every packet in a frame (a TCP feed brings one each, an HTTP body any number, also as hexadecimal)."""
    pieces, rest = split(_bytes(frame.payload))
    pieces += [rest] if rest.strip() else []
    if not pieces:
        raise DecodeError("an empty frame")
    for item, piece in enumerate(pieces):
        try:
            _decode_packet(index, frame, source, memory, out, piece, item)
        except DecodeError as problem:
            refuse(out, (index, frame), source, problem.reason, str(problem), piece, item)


def _bytes(payload: bytes) -> bytes:
    if payload[:1] != b"#" and _HEX.fullmatch(payload):
        try:
            return bytes.fromhex(payload.decode("ascii"))
        except ValueError:
            return payload
    return payload


def _decode_packet(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded, raw: bytes, item: int) -> None:
    packet = parse(raw)
    device = name_of(packet.fields.get("MN"), "MN")
    command = packet.fields.get("CN", "")
    if source.feed.password is not None and packet.fields.get("PW") != source.feed.password:
        raise DecodeError(f"station {device}: wrong password", Reason.UNKNOWN_DEVICE)
    reply = _answer(packet, command)
    if reply:
        out.answers.append(Answer(frame, reply))
    if device not in out.hints:
        out.hints[device] = DeviceHint(device, source.feed.domain)
    if command in HOST_ONLY or command in WITHOUT_TIME:
        return
    try:
        _take_values((index, frame), source, memory, out, packet, device, raw, item)
    except DecodeError as problem:
        refuse(out, (index, frame), source, problem.reason, str(problem), raw, item, device)


def _answer(packet: Packet, command: str) -> bytes | None:
    """9014 for data, 9013 for notices, 9011 for requests; none where Flag does not ask for one."""
    if not packet.wants_answer or command in WITHOUT_TIME - NOTICES:
        return None
    if command in NOTICES:
        return answer(packet, "9013")
    if command in HOST_ONLY:
        return answer(packet, "9011", "QnRtn=2")
    return answer(packet, "9014")


def _take_values(
    at: tuple[int, Frame], source: Source, memory: Memory, out: Decoded, packet: Packet, device: str, raw: bytes, item: int
) -> None:
    values = list(_values(packet))
    stamp = _remember(at[1], source, memory, out, packet, device)
    if not values:
        return
    command = packet.fields.get("CN", "")
    if stamp is None and command in PERIODIC:
        raise DecodeError(f"CN={command} without DataTime: its period is unknown")
    observed_at = _time(stamp, source) if stamp else None
    suffix = SUFFIX.get(command, "")
    for name, text, flag in values:
        try:
            quality = quality_of(flag) if flag else Quality.GOOD
            value, words = _value(text)
            if value is None and words is None and quality is Quality.GOOD:
                quality = Quality.MISSING
            elif observed_at is None and quality is Quality.GOOD:
                quality = Quality.NO_TIME
            metric = name_of(name.lower() + suffix, "metric")
            out.readings.append((at[0], Reading(device, metric, value, observed_at, quality, words)))
        except DecodeError as problem:
            refuse(out, at, source, problem.reason, f"{name}: {problem}", f"{name}={text}".encode(), item, device)


def _values(packet: Packet) -> Iterator[tuple[str, str, str]]:
    """(name, value, flag) of everything in CP that is a value.

    `a-Rtd=1,a-Flag=N` is the rule; `a-Rtd=1;Flag=N` and `LA-Rtd-Rtd=1` occur. PolId puts its factor before what follows.
    """
    factor = ""
    pending: list[tuple[str, str, str]] = []
    for group in packet.items:
        flags = {code.split("-")[0]: value for code, value in group if code.lower().endswith("flag") and not code.lower().endswith("eflag")}
        bare = flags.get("Flag") or flags.get("flag")
        if bare and len(group) == 1:  # a flag that stands alone speaks of the group before it
            pending = [(name, value, flag or bare) for name, value, flag in pending]
            continue
        yield from pending
        pending = []
        for key, value in group:
            code, *kinds = key.split("-")
            kind = kinds[-1] if kinds else ""
            if key.lower() == "polid":
                factor = value
            elif (kind or code).lower() not in NOT_VALUES:
                name = f"{code}-{kind}" if kind else code
                if factor and kind.lower() in ("info", "sn"):
                    name = f"{factor}-{name}"
                pending.append((name, value, flags.get(code) or bare or ""))
    yield from pending


def _value(text: str) -> tuple[float | None, str | None]:
    """A number, or the text of an information item (`//清洗管路//`); empty is null."""
    if text == "" or text.upper() == "NULL":
        return None, None
    if text.startswith("//") and text.endswith("//") and len(text) >= 4:
        return None, clean(text[2:-2])
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number, None
    raise DecodeError(f"'{clean(text[:60])}' is no number", Reason.TYPE)


def _remember(frame: Frame, source: Source, memory: Memory, out: Decoded, packet: Packet, device: str) -> str | None:
    """The DataTime of this packet: its own, else the one an earlier part of the same message brought."""
    own = next((value for group in packet.items for key, value in group if key.lower() == "datatime"), None)
    total, number = packet.number("PNUM"), packet.number("PNO")
    if total < 2:
        return own
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
    except msgspec.DecodeError:
        return {}


def _time(digits: str, source: Source) -> datetime:
    """YYYYMMDDhhmmss, with or without milliseconds, in the feed's zone."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in (12, 14, 17)):
        raise DecodeError(f"DataTime '{clean(digits[:40])}' is no time")
    try:
        at = datetime.strptime(digits[:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=source.zone)
        return (at + timedelta(milliseconds=int(digits[14:] or 0))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"DataTime '{digits}' is no time") from error
