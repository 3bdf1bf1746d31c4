"""ThingsBoard's MQTT APIs: of gateways (`v1/gateway/…`) and of devices (`v1/devices/{device}/…`).

Decides which device a message speaks of. Never answers: requests for attributes and commands are not ours.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Presence, Reason
from ingest.decode.iot_values import MOST, Bad, Said, Told, device_of, gather, leaves, moment, place, raw_of, told
from ingest.decode.source import Memory, Source

ME = "me"  # a device's own name for itself: only its account tells who that is


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message by its topic; over HTTP `{topic, payload}` or a list of such. Raises `DecodeError`."""
    gather(told(frame, lambda topic, body: _speak(topic, body, frame, source)), (index, frame), source, out)


def _speak(topic: str, body: Any, frame: Frame, source: Source) -> Iterator[Told]:
    match topic.split("/"):
        case ["v1", "gateway", "telemetry" | "attributes" as kind] if isinstance(body, dict):
            for name, part in body.items():
                yield from _of(name, part, kind, source)
        case ["v1", "gateway", "connect" | "disconnect" as kind] if isinstance(body, dict):
            yield Presence(device_of(body.get("device")), kind == "connect", frame.received_at)
        case ["v1", "devices", name, "telemetry" | "attributes" as kind]:
            yield from _of(_named(name, source), body, kind, source)
        case ["v1", "gateway", "telemetry" | "attributes" | "connect" | "disconnect"]:
            raise DecodeError(f"an object belongs here, not {type(body).__name__}")
        case _:
            raise DecodeError(f"topic '{topic[:200]}' brings no values", Reason.UNSUPPORTED)


def _named(name: str, source: Source) -> str:
    named = source.feed.columns.get(ME, "") if name == ME else name
    if not named:
        problem = "'me' names no device: use v1/gateway/telemetry, v1/devices/{device}/telemetry, or columns.me of the feed"
        raise DecodeError(problem, Reason.UNKNOWN_DEVICE)
    return named


def _of(name: str, part: object, kind: str, source: Source) -> Iterator[Told]:
    """Everything one device says; a bad name or element costs only itself."""
    try:
        device = device_of(name)
    except DecodeError as problem:
        yield Bad(problem, raw_of(part))
        return
    if kind == "attributes":
        yield from _attributes(device, part, source)
        return
    for element in islice(part, MOST + 1) if isinstance(part, list) else [part]:
        try:
            at, values = _element(element, source)
        except DecodeError as problem:
            yield Bad(problem, raw_of(element), device)
            continue
        for metric, value in leaves(values):
            yield Said(device, metric, value, at)


def _element(element: object, source: Source) -> tuple[datetime | None, dict[str, Any]]:
    """`{"ts": ms, "values": {…}}`, or the bare values. Raises `DecodeError`."""
    if not isinstance(element, dict):
        raise DecodeError(f"an object belongs here, not {type(element).__name__}")
    values = element.get("values")
    if "ts" in element and isinstance(values, dict):
        return moment(element["ts"], source), values
    return None, element


def _attributes(device: str, part: object, source: Source) -> Iterator[Told]:
    """What a device says of itself: its place, and values without a time."""
    if not isinstance(part, dict):
        yield Bad(DecodeError(f"an object belongs here, not {type(part).__name__}"), raw_of(part), device)
        return
    yield from place(source, device, part.get("longitude"), part.get("latitude"))
    for metric, value in leaves({key: value for key, value in part.items() if key not in ("longitude", "latitude")}):
        yield Said(device, metric, value, None)
