"""Our own MQTT topics (contract §2): telemetry, gateway, status and report under `city/{area}/…`.

Decides what a topic and its JSON mean. Whole messages are read by one compiled decoder; only a message that does not
fit is taken apart element by element, so that one bad element never costs its neighbours.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import DOMAINS, Channel, Decoded, DeviceHint, Frame, Presence, Quality, Reading, Reason
from ingest.decode.report_body import decode_reports
from ingest.decode.source import NAME_LIMIT, Memory, Source, json_bytes, json_of, name_of, number_of, position_of, quality_of, time_of
from ingest.decode.source import refuse as put_aside

Value = bool | float | str | None
AREA_DIGITS = (4, 6, 9, 12)
ELEMENTS = 100_000  # of a list that does not fit as a whole: no honest one has as many, for each takes 40 bytes
TOPICS_KEPT = 1 << 18  # parsed topics remembered: a quarter of a million devices per worker, some 60 MB at most
retained = ("/status",)  # endings of topics whose last message the broker keeps


class Telemetry(msgspec.Struct, gc=False):
    """One message of one device; in a gateway's list it names its device."""

    values: dict[str, Value]
    ts: str | float | None = None
    quality: dict[str, str] | None = None
    at: dict[str, Any] | None = None
    device: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic says. `hint` is ready for telemetry, where the topic names the device."""

    kind: str
    area: str
    name: str
    hint: DeviceHint | None = None


_telemetry = msgspec.json.Decoder(Telemetry | list[Telemetry])


@lru_cache(maxsize=TOPICS_KEPT)
def address_of(topic: str, city: str) -> Address:
    """Take a topic apart. Raises `DecodeError`, with reason area for one that is not of this city."""
    levels = topic.split("/")
    if len(levels) < 4 or levels[0] != "city":
        raise DecodeError(f"topic '{topic[:200]}' is none of ours", Reason.UNSUPPORTED)
    area = levels[1]
    if not (area.isascii() and area.isdigit() and len(area) in AREA_DIGITS):
        raise DecodeError(f"'{area[:40]}' is no area code of 6, 9 or 12 digits", Reason.AREA)
    if not (area.startswith(city) or city.startswith(area)):
        raise DecodeError(f"area {area} is not within {city}", Reason.AREA)
    if len(levels) == 4 and levels[2] == "report":
        return Address("report", area, levels[3])
    if len(levels) != 5:
        raise DecodeError(f"topic '{topic[:200]}' is none of ours", Reason.UNSUPPORTED)
    _, _, domain, device, kind = levels
    name_of(device, "device")
    if kind == "telemetry" and domain == "gateway":
        return Address("gateway", area, device)
    if kind not in ("telemetry", "status"):
        raise DecodeError(f"topic '{topic[:200]}' is none of ours", Reason.UNSUPPORTED)
    if domain not in DOMAINS and domain != "gateway":
        raise DecodeError(f"domain '{domain[:40]}' is none of {', '.join(DOMAINS)}")
    return Address(kind, area, device, DeviceHint(device, domain if domain in DOMAINS else None, area))


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Decode one message of ours by its topic. Raises `DecodeError` when nothing of it can be used."""
    address = address_of(frame.topic, source.config.area.code)
    if address.kind == "status":
        out.presences.append(Presence(address.name, _online(frame.payload), frame.received_at))
        if address.hint:
            out.hints.setdefault(address.name, address.hint)
    elif address.kind == "report":
        decode_reports(index, frame, source, out, channel=_channel(address.name), area=address.area)
    else:
        _decode_telemetry(index, frame, source, out, address)


def _decode_telemetry(index: int, frame: Frame, source: Source, out: Decoded, address: Address) -> None:
    try:
        message = _telemetry.decode(frame.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _decode_piecewise(index, frame, source, out, address)
        return
    if isinstance(message, Telemetry):
        message = [message]
    elif not message:
        raise DecodeError("an empty list")
    for item, telemetry in enumerate(message):
        try:
            _take(index, source, out, address, telemetry)
        except DecodeError:
            _take_pieces(item, (index, frame), source, out, address, msgspec.to_builtins(telemetry))


def _take(index: int, source: Source, out: Decoded, address: Address, telemetry: Telemetry) -> None:
    """The whole of one message, or nothing: raises `DecodeError` before anything was added."""
    hint = address.hint if address.hint and telemetry.at is None else _hint(address, telemetry, source)
    device = hint.device
    observed_at = time_of(telemetry.ts, source.zone)
    usual = Quality.NO_TIME if observed_at is None else Quality.GOOD
    words, values = telemetry.quality, telemetry.values
    readings = []
    for metric, value in values.items():
        quality = usual
        if words is not None and metric in words:
            quality = quality_of(words[metric])
            if quality is Quality.GOOD:
                quality = usual
        if not metric or len(metric) > NAME_LIMIT or not metric.isprintable():
            raise DecodeError(f"'{metric[:40]}' is no metric")
        if value.__class__ is float:
            readings.append((index, Reading(device, metric, value, observed_at, quality)))
        elif isinstance(value, str):
            if "\x00" in value:
                raise DecodeError("a NUL character in a text")
            readings.append((index, Reading(device, metric, None, observed_at, quality, value)))
        elif value is None:
            readings.append((index, Reading(device, metric, None, observed_at, quality if quality is not usual else Quality.MISSING)))
        else:
            readings.append((index, Reading(device, metric, float(value), observed_at, quality)))
    if not readings:
        raise DecodeError("no values")
    out.readings += readings
    if device not in out.hints or hint.position:
        out.hints[device] = hint


def _hint(address: Address, telemetry: Telemetry, source: Source) -> DeviceHint:
    """Who speaks, and where it is: the topic's device, or in a gateway's list the element's own."""
    hint = address.hint
    if hint is None:
        domain = telemetry.domain if telemetry.domain in DOMAINS else source.feed.domain
        hint = _hint_behind(address.name, address.area, telemetry.device, domain)
    at = telemetry.at
    if not at:
        return hint
    return replace(hint, position=position_of(at.get("lon"), at.get("lat"), at.get("datum"), source))


@lru_cache(maxsize=TOPICS_KEPT)
def _hint_behind(gateway: str, area: str, device: str | None, domain: str) -> DeviceHint:
    return DeviceHint(name_of(device, "device"), domain, area, None, gateway)


def _decode_piecewise(index: int, frame: Frame, source: Source, out: Decoded, address: Address) -> None:
    whole = json_of(frame.payload)
    if isinstance(whole, list) and len(whole) > ELEMENTS:
        raise DecodeError(f"{len(whole)} elements, {ELEMENTS} allowed", Reason.TOO_LARGE)
    for item, element in enumerate(whole if isinstance(whole, list) else [whole]):
        _take_pieces(item, (index, frame), source, out, address, element)


def _take_pieces(item: int, at: tuple[int, Frame], source: Source, out: Decoded, address: Address, element: object) -> None:
    """One element that does not fit: keep every value that does, refuse each other one with its place in the list."""

    def refuse(problem: DecodeError, part: object) -> None:
        device = address.name if address.hint else None
        put_aside(out, at, source, problem.reason, str(problem), json_bytes(part), item, device)

    try:
        whole = _envelope_of(element, address, source)
    except DecodeError as problem:
        refuse(problem, element)
        return
    try:
        _hint(address, whole, source)
    except DecodeError as problem:
        refuse(problem, {"at": whole.at})
        whole.at = None
    for metric, value in element["values"].items() if isinstance(element, dict) else ():
        try:
            whole.values = {metric: value if isinstance(value, str) else number_of(value)}
            _take(at[0], source, out, address, whole)
        except DecodeError as problem:
            refuse(problem, {metric: value})


def _envelope_of(element: object, address: Address, source: Source) -> Telemetry:
    """What surrounds the values of an element; nothing of it can be used without. Raises `DecodeError`."""
    if not isinstance(element, dict) or not isinstance(element.get("values"), dict) or not element["values"]:
        raise DecodeError("an object with 'values' belongs here")
    stamp, words, place = element.get("ts"), element.get("quality"), element.get("at")
    if not isinstance(stamp, str | int | float | None):
        raise DecodeError("'ts' is no time")
    time_of(stamp, source.zone)
    device, domain = element.get("device"), element.get("domain")
    if not address.hint:
        device = name_of(device, "device")
    return Telemetry({}, stamp, words if isinstance(words, dict) else None, place if isinstance(place, dict) else None, device, domain)


def _online(payload: bytes) -> bool:
    word = payload.strip().strip(b'"').lower()
    if word in (b"online", b"offline"):
        return word == b"online"
    raise DecodeError("a status is 'online' or 'offline'")


def _channel(word: str) -> Channel:
    try:
        return Channel(word)
    except ValueError as error:
        raise DecodeError(f"channel '{word[:40]}' is none of {', '.join(Channel)}") from error
