"""Tasmota's telemetry: `tele/{topic}/SENSOR|STATE|RESULT|LWT`, flattened to `{sensor}-{quantity}`.

Decides times, units and names. Keeps no network's name and no card's number: they are nobody's measurement.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeGuard

from core.errors import DecodeError
from core.model import Decoded, Frame, Presence, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, moment, raw_of, seconds, spoken, told
from ingest.decode.source import Memory, Source

PREFIXES = ("tele", "stat")
PRIVATE = {"data", "mac"}  # what a card holds, whose telephone went by
MOST = 1e300  # beyond it nothing can be reckoned
CLOCK_SET = 2000  # before its first NTP answer a device counts from 1970
ABOUT = {"time", "epoch", "tempunit", "pressureunit", "speedunit"}  # of the message, not of the city
HECTOPASCALS = {"mmHg": 1.333224, "inHg": 33.86389, "kPa": 10.0, "psi": 68.94757}
FAHRENHEIT = ("temperature", "dewpoint")
PRESSURES = ("pressure", "seapressure")
retained = ("/LWT",)  # endings of topics whose last message the broker keeps


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message by its topic; over HTTP `{topic, payload}` or a list of such. Raises `DecodeError`."""
    gather(told(frame, lambda topic, body: _speak(topic, body, frame, source)), (index, frame), source, out)


def _speak(topic: str, body: Any, frame: Frame, source: Source) -> Iterator[Told]:
    levels = topic.split("/")
    prefix = next((level for level in levels if level in PREFIXES), "")
    kind, names = levels[-1], [level for level in levels[:-1] if level != prefix]
    if not prefix or not names or kind not in ("SENSOR", "STATE", "RESULT", "LWT"):
        raise DecodeError(f"topic '{topic[:200]}' brings no values", Reason.UNSUPPORTED)
    device = device_of(":".join(names))
    if kind == "LWT":
        if body not in ("Online", "Offline"):
            raise DecodeError("LWT is 'Online' or 'Offline'")
        yield Presence(device, body == "Online", frame.received_at)
    elif isinstance(body, dict):
        yield from _values(device, body, kind == "STATE", source)
    else:
        raise DecodeError(f"an object belongs here, not {type(body).__name__}")


def _values(device: str, body: dict[str, Any], numbers_only: bool, source: Source) -> Iterator[Told]:
    try:
        at = _time(body, source)
    except DecodeError as problem:
        yield Bad(problem, raw_of(body.get("Time")), device)
        at = None
    fahrenheit, pressure = body.get("TempUnit") == "F", HECTOPASCALS.get(str(body.get("PressureUnit"))[:8])
    for name, value in leaves({step: part for step, part in body.items() if step.lower() not in ABOUT}):
        quantity = name.rpartition("-")[2].lower()
        value = value if quantity.endswith("received") else spoken(value)
        if quantity == "uid":
            yield Said(device, f"{name[:-3]}read", True, at)  # that a card was read, never whose
        elif isinstance(value, str) and (numbers_only or not value.strip() or quantity in PRIVATE):
            continue
        elif _is_storable(value) and fahrenheit and quantity in FAHRENHEIT:
            yield Said(device, name, round((value - 32) / 1.8, 2), at)
        elif _is_storable(value) and pressure and quantity in PRESSURES:
            yield Said(device, name, round(value * pressure, 2), at)
        else:
            yield Said(device, name, value, at)


def _is_storable(value: object) -> TypeGuard[float]:
    """A number that can be reckoned with; others go on as they are, to be refused by name."""
    return isinstance(value, int | float) and -MOST <= value <= MOST


def _time(body: dict[str, Any], source: Source) -> datetime | None:
    """`Epoch` where it is, else `Time`, which is local without offset; a clock that was never set tells nothing."""
    at = seconds(body["Epoch"]) if "Epoch" in body else moment(body.get("Time"), source)
    return at if at and at.year >= CLOCK_SET else None
