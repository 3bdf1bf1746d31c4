"""SenML packs (RFC 8428), JSON or CBOR: base fields resolved, each record a reading.

Decides what of a record's name is the device and what the quantity, and how times close to zero are meant. Keeps nothing
between packs.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, place, raw_of, seconds, tree_of
from ingest.decode.senml_cbor import records
from ingest.decode.source import Memory, Source, number_of

VERSION = 10  # RFC 8428 4.4
RELATIVE = 2**28  # seconds: 4.5.3, below it a time is counted from now
LABELS = {"bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"}
OWN = LABELS - {"bn", "bt", "bu", "bv", "bs", "bver"}
# A record whose name is the device alone is called by its unit (IANA SenML units).
QUANTITIES = {"Cel": "temperature", "%RH": "humidity", "%EL": "battery", "lon": "lon", "lat": "lat", "V": "voltage", "A": "current",
              "W": "power", "Pa": "pressure", "m/s": "velocity", "lx": "illuminance", "dBW": "signal", "pH": "ph"}  # fmt: skip
_URN = re.compile(r"(urn:dev:[^:/]+:[^:/_]+)[:/_](.+)", re.DOTALL)
_ENDS = ":/_.- "


@dataclass(slots=True)
class Base:
    """The base fields in force."""

    name: str = ""
    time: float = 0.0
    unit: str | None = None
    value: float | None = None
    sum: float | None = None


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One pack. Raises `DecodeError`, as unsupported for a newer version or a label that must be understood."""
    gather(_pack(_records(frame.payload), frame, source), (index, frame), source, out)


def _records(payload: bytes) -> Iterator[Any]:
    if payload.lstrip()[:1] not in (b"[", b"{"):
        yield from records(payload)
        return
    tree = tree_of(payload)
    yield from tree if isinstance(tree, list) else [tree]


def _pack(pack: Iterator[Any], frame: Frame, source: Source) -> Iterator[Told]:
    base, lon = Base(), {}
    for record in pack:
        try:
            _check(record)
            _rebase(base, record)
            for said in _record(base, record, frame.received_at):
                yield said
                if said.metric == "lon":
                    lon = {said.device: said}
                elif said.metric == "lat" and (east := lon.get(said.device)) and east.observed_at == said.observed_at:
                    yield from place(source, said.device, east.value, said.value)
        except DecodeError as problem:
            if problem.reason is Reason.UNSUPPORTED:
                raise
            yield Bad(problem, raw_of(record))


def _check(record: object) -> None:
    if not isinstance(record, dict):
        raise DecodeError(f"a record belongs here, not {type(record).__name__}")
    unknown = next((label for label in record if isinstance(label, str) and label.endswith("_") and label not in LABELS), None)
    if unknown:
        raise DecodeError(f"label '{unknown[:40]}' must be understood, and is not", Reason.UNSUPPORTED)
    version = record.get("bver", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise DecodeError(f"version {str(version)[:20]} is newer than {VERSION}", Reason.UNSUPPORTED)


def _rebase(base: Base, record: dict[str, Any]) -> None:
    """Base fields hold from their record on (4.1). A wrong one costs its record."""
    if "bn" in record:
        base.name = _text(record, "bn") or ""
    if "bu" in record:
        base.unit = _text(record, "bu")
    if "bt" in record:
        base.time = _number(record, "bt") or 0.0
    if "bv" in record:
        base.value = _number(record, "bv")
    if "bs" in record:
        base.sum = _number(record, "bs")


def _record(base: Base, record: dict[str, Any], now: datetime) -> Iterator[Said]:
    """The value of a record, and its sum under the quantity's name with `-sum`."""
    if not OWN & record.keys():
        return
    name, unit = _text(record, "n") or "", _text(record, "u") or base.unit
    device, metric = _split(base.name, name, unit)
    at = _time(base.time + (_number(record, "t") or 0.0), now)
    kinds = [label for label in ("v", "vb", "vs", "vd") if label in record]
    if len(kinds) > 1:
        raise DecodeError(f"more than one value: {', '.join(kinds)}")
    total = _number(record, "s")
    if kinds and kinds != ["v"]:
        yield Said(device, metric, _other(record, kinds[0]), at)
    elif kinds or base.value is not None:
        yield Said(device, metric, (base.value or 0.0) + (_number(record, "v") or 0.0), at)
    elif total is None and base.sum is None:
        raise DecodeError("neither value nor sum")
    if total is not None or base.sum is not None:
        yield Said(device, f"{metric}-sum", (base.sum or 0.0) + (total or 0.0), at)


def _other(record: dict[str, Any], label: str) -> object:
    """A truth value, a text, or data as base64url, as the label says."""
    value = record[label]
    if label == "vb" and isinstance(value, bool):
        return value
    if label == "vd" and isinstance(value, bytes):
        return urlsafe_b64encode(value).rstrip(b"=").decode()
    if label in ("vs", "vd") and isinstance(value, str):
        return value
    raise DecodeError(f"{type(value).__name__} in '{label}'", Reason.TYPE)


def _split(base: str, name: str, unit: str | None) -> tuple[str, str]:
    """Device and quantity: base name and name where both are there, else what follows `urn:dev:{type}:{id}` or the last `/`.

    A name that is the device alone gets its quantity from the unit.
    """
    quantity = QUANTITIES.get(unit or "", unit or "value")
    if base.strip(_ENDS) and name.strip(_ENDS):
        return device_of(base.rstrip(_ENDS)), name.strip(_ENDS)
    whole = base + name
    if len(whole) < 1000 and (parts := _URN.fullmatch(whole)):
        return device_of(parts[1]), parts[2].strip(_ENDS) or quantity
    device, _, metric = whole.rpartition("/")
    if device and metric:
        return device_of(device), metric
    return device_of(whole.rstrip(_ENDS), "name"), quantity


def _time(stamp: float, now: datetime) -> datetime | None:
    """Epoch seconds, or seconds from now. Zero is no time: the sensor has no clock, and the time of receipt is taken."""
    if abs(stamp) >= RELATIVE:
        return seconds(stamp)
    return now + timedelta(seconds=stamp) if stamp else None


def _number(record: dict[str, Any], label: str) -> float | None:
    value = record.get(label)
    if isinstance(value, bool):
        raise DecodeError(f"a truth value in '{label}'", Reason.TYPE)
    return number_of(value)


def _text(record: dict[str, Any], label: str) -> str | None:
    value = record.get(label)
    if value is not None and not isinstance(value, str):
        raise DecodeError(f"{type(value).__name__} in '{label}'", Reason.TYPE)
    return value
