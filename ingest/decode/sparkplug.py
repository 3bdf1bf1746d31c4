"""Sparkplug B 3.0 (`spBv1.0/{group}/{kind}/{node}[/{device}]`): births, data, deaths.

Decides which device and quantity a metric is, by the names its birth left in the wire memory. Never publishes: that a
new birth is wanted is said in the refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from core.errors import DecodeError
from core.model import Decoded, DeviceHint, Frame, Presence, Quality, Reason
from ingest.decode.iot_values import MOST, Bad, Said, Told, device_of, gather, seconds
from ingest.decode.source import Memory, Source
from ingest.decode.sparkplug_memory import SEQUENCES, Names, Session, born, follow, names_of, remember_device, session_of
from ingest.decode.sparkplug_payload import Metric, metric_of, parse, value_of

NAMESPACE = "spBv1.0"
KINDS = {"NBIRTH": False, "NDATA": False, "NDEATH": False, "DBIRTH": True, "DDATA": True, "DDEATH": True}  # kind: of a device?
BIRTH_SEQUENCE = "bdSeq"
CONTROLS = ("Node Control/", "Device Control/")  # what may be written there, not what was measured
STALE = 500  # 6.4.10; the other qualities are those of OPC
GOOD_FROM, UNCERTAIN_FROM = 192, 64


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic says. `peer` and `names` are keys of memory: no level of a topic holds a `/`."""

    kind: str
    peer: str
    names: str
    node: str
    device: str | None

    @property
    def speaker(self) -> str:
        return self.device or self.node

    @property
    def gateway(self) -> str | None:
        return self.node if self.device else None


def address_of(topic: str) -> Address:
    """Raises `DecodeError` (unsupported) for commands, states of hosts and anything else."""
    levels = topic.split("/") if len(topic) <= 600 else []
    kind = levels[2] if len(levels) > 3 else ""
    if kind not in KINDS or levels[0] != NAMESPACE or len(levels) != 4 + KINDS[kind]:
        raise DecodeError(f"topic '{topic[:200]}' brings no values", Reason.UNSUPPORTED)
    node, peer = device_of(f"{levels[1]}:{levels[3]}", "node"), f"{levels[1]}/{levels[3]}"
    device = levels[4] if KINDS[kind] else None
    return Address(kind, peer, f"{peer}/{device or ''}", node, device_of(f"{node}:{device}") if device is not None else None)


def wire_keys(frame: Frame) -> set[str]:
    """The node's session, and the names of who speaks."""
    try:
        address = address_of(frame.topic)
    except DecodeError:
        return set()
    return {address.peer} if address.kind.endswith("DEATH") else {address.peer, address.names}


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message. Raises `DecodeError`; with reason conflict for the death of a session that is over."""
    address = address_of(frame.topic)
    payload = parse("Payload", frame.payload)
    session = session_of((source.name, address.peer), memory, out)
    metrics, bad = _metrics(payload)
    if address.kind == "NDEATH":
        told = _node_death(address, session, metrics, frame)
    elif address.kind == "DDEATH":
        told = _device_death(address, session, payload, frame)
    elif address.kind.endswith("BIRTH"):
        names = born(metrics)
        out.memory[source.name, address.names] = msgspec.json.encode(names)
        told = _birth(address, session, payload, metrics, names, frame, source)
    else:
        names = names_of((source.name, address.names), memory, out)
        told = _data(address, session, payload, metrics, names, frame)
    said = [*told, *bad]
    out.memory[source.name, address.peer] = msgspec.json.encode(session)
    gather(said, (index, frame), source, out, address.gateway)


def _metrics(payload: Any) -> tuple[list[Metric], list[Bad]]:
    """One more than a frame may bring, so that the limit is told."""
    metrics, bad = [], []
    for raw in payload.metrics[: MOST + 1]:
        try:
            metrics.append(metric_of(raw))
        except DecodeError as problem:
            bad.append(Bad(problem, raw))
    return metrics, bad


def _birth(
    address: Address, session: Session, payload: Any, metrics: list[Metric], names: Names, frame: Frame, source: Source
) -> Iterator[Told]:
    if address.device:
        remember_device(session, address.device)
        yield from follow(session, payload.seq)
    else:
        session.number, session.sequence = _number(metrics), payload.seq % SEQUENCES
    yield DeviceHint(address.speaker, source.feed.domain, None, None, address.gateway)
    yield Presence(address.speaker, True, frame.received_at)
    yield from _values(address, payload, metrics, names, frame)


def _data(address: Address, session: Session, payload: Any, metrics: list[Metric], names: Names, frame: Frame) -> Iterator[Told]:
    yield from follow(session, payload.seq)
    yield from _values(address, payload, metrics, names, frame)


def _device_death(address: Address, session: Session, payload: Any, frame: Frame) -> Iterator[Told]:
    yield from follow(session, payload.seq)
    yield Presence(address.speaker, False, frame.received_at)


def _node_death(address: Address, session: Session, metrics: list[Metric], frame: Frame) -> Iterator[Told]:
    """The node and all behind it are gone, unless this is the will of a session that a later birth has replaced."""
    number = _number(metrics)
    if session.number is not None and number is not None and number != session.number:
        raise DecodeError(f"bdSeq {number} ends a session that is over; the present one is {session.number}", Reason.CONFLICT)
    session.sequence = None
    for device in (address.node, *session.devices):
        yield Presence(device, False, frame.received_at)


def _number(metrics: list[Metric]) -> int | None:
    return next((m.value for m in metrics if m.name == BIRTH_SEQUENCE and type(m.value) is int), None)


def _values(address: Address, payload: Any, metrics: list[Metric], names: Names, frame: Frame) -> Iterator[Told]:
    unknown: list[int | None] = []
    for metric in metrics:
        name = metric.name or (names.aliases.get(metric.alias) if metric.alias is not None else None)
        if not name:
            unknown.append(metric.alias)
        elif name != BIRTH_SEQUENCE and not name.startswith(CONTROLS):
            try:
                yield _value(address.speaker, name, metric, names.types.get(name), payload)
            except DecodeError as problem:
                yield Bad(DecodeError(f"{name[:80]}: {problem}", problem.reason), str(metric.value).encode()[:200], address.speaker)
    if unknown:
        listed = ", ".join(map(str, unknown[:10]))
        why = f"{len(unknown)} metric(s) by an alias no birth has named ({listed}): a rebirth is wanted"
        yield Bad(DecodeError(why), frame.payload, address.speaker)


def _value(device: str, name: str, metric: Metric, born_as: int | None, payload: Any) -> Said:
    value = None if metric.null else value_of(metric.value, metric.datatype or born_as)
    return Said(device, name, value, _time(metric, payload), _quality(metric))


def _time(metric: Metric, payload: Any) -> datetime | None:
    """The metric's own milliseconds, else those of the message, which say nothing of a value from before. Raises `DecodeError`."""
    if metric.historical and not metric.timestamp:
        raise DecodeError("a historical value without its time")
    stamp = metric.timestamp or payload.timestamp
    return seconds(stamp / 1000) if stamp else None


def _quality(metric: Metric) -> Quality | None:
    code = metric.quality
    if metric.null and code is None:
        return Quality.MISSING
    if code is None or GOOD_FROM <= code < STALE:
        return None
    return Quality.SUSPECT if code >= UNCERTAIN_FROM else Quality.FAULT
