"""ChirpStack 4 events (JSON) of LoRaWAN devices: uplinks, joins, states, acknowledgements, logs, places.

Decides what an event's fields are called here. Never reads `data`: payloads are decoded by the codec of the device's
profile, in ChirpStack.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.errors import DecodeError
from core.model import Decoded, Frame, Presence, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, moment, object_of, part_of, place, raw_of
from ingest.decode.source import Memory, Source

# An event's own field → its kind, for bodies that come without topic or `?event=`: the first that is there decides.
SHAPES = {
    "integrationName": "integration", "location": "location", "margin": "status", "batteryLevel": "status", "acknowledged": "ack",
    "level": "log", "downlinkId": "txack", "queueItemId": "ack",
    "object": "up", "rxInfo": "up", "data": "up", "fPort": "up", "devAddr": "join",
}  # fmt: skip
BATTERY_UNKNOWN = ("batteryLevelUnavailable", "externalPowerSource")


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One event. Raises `DecodeError`: unsupported for what is no event of a device."""
    event = object_of(frame.payload)
    info = part_of(event, "deviceInfo")
    if not info:
        raise DecodeError("no deviceInfo: not an event of ChirpStack 4 as JSON", Reason.UNSUPPORTED)
    device = device_of(info.get("devEui"), "devEui").lower()
    speak = EVENTS.get(kind := _kind(frame.topic, event))
    if speak is None:
        raise DecodeError(f"event '{kind[:40]}' is none of {', '.join(EVENTS)}", Reason.UNSUPPORTED)
    gather(speak(device, event, moment(event.get("time"), source), frame, source), (index, frame), source, out)


def _kind(topic: str, event: dict[str, Any]) -> str:
    """By topic `application/+/device/+/event/{kind}`, by `?event={kind}`, else by the fields."""
    levels = topic.split("/")
    if len(levels) >= 2 and levels[-2] == "event":
        return levels[-1]
    if "?" in topic and (asked := parse_qs(urlsplit(topic[:500]).query).get("event")):
        return asked[0]
    return next((kind for field, kind in SHAPES.items() if field in event), "without a kind")


def _up(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    """The decoded object, and how well the best gateway heard it."""
    best = best_heard(event.get("rxInfo"))
    gateway = best.get("gatewayId")
    if isinstance(gateway, str) and gateway:
        yield from place(source, device, None, None, device_of(gateway, "gatewayId"))
    for signal in ("rssi", "snr"):
        if signal in best:
            yield Said(device, signal, best[signal], at)
    if "object" in event and event["object"] is not None:
        for name, value in leaves(event["object"]):
            yield Said(device, name or "value", value, at)
    elif event.get("data"):
        problem = DecodeError("no codec has decoded 'data': choose one in the device profile", Reason.UNSUPPORTED)
        yield Bad(problem, raw_of(event["data"]), device)


def best_heard(heard: object) -> dict[str, Any]:
    """Of the gateways that heard an uplink, the one that heard it loudest."""
    known = [each for each in heard[:100] if isinstance(each, dict)] if isinstance(heard, list) else []
    return max(known, key=lambda each: each["rssi"] if isinstance(each.get("rssi"), int | float) else -1e9, default={})


def _join(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    yield Presence(device, True, at or frame.received_at)


def _status(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    """Battery in per cent and link margin in dB, as the device answered DevStatusReq."""
    if "batteryLevel" in event and not any(event.get(word) for word in BATTERY_UNKNOWN):
        yield Said(device, "battery", event["batteryLevel"], at)
    if "externalPowerSource" in event:
        yield Said(device, "external-power", event["externalPowerSource"], at)
    if "margin" in event:
        yield Said(device, "margin", event["margin"], at)


def _ack(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    yield Said(device, "downlink-acknowledged", bool(event.get("acknowledged", False)), at)


def _txack(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    yield Said(device, "downlink-counter", event.get("fCntDown", 0), at)


def _log(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    words = [str(event.get(word, ""))[:200] for word in ("level", "code", "description")]
    yield Said(device, "log", " ".join(word for word in words if word), at)


def _location(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    where = part_of(event, "location")
    yield from place(source, device, where.get("longitude"), where.get("latitude"))


def _integration(device: str, event: dict[str, Any], at: datetime | None, frame: Frame, source: Source) -> Iterator[Told]:
    for name, value in leaves(event.get("object")):
        yield Said(device, name or "value", value, at)


EVENTS = {
    "up": _up, "join": _join, "status": _status, "ack": _ack, "txack": _txack, "log": _log,
    "location": _location, "integration": _integration,
}  # fmt: skip
