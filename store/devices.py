"""Devices as people register and read them. Adoption from a first message is `store.registry`'s."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from core.errors import NotAllowed, NotFound
from core.model import QUALITY_OF_CODE, Scope
from store.lists import Filter
from store.timescale import Connection, prefixes, queries


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """What a device measures: its unit and plausible range, and the city's `name` where the wire has another."""

    unit: str = ""
    min: float | None = None
    max: float | None = None
    name: str | None = None
    kind: str = "number"


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A device to register, already placed: `area` is its community where the place is inside the city."""

    device: str
    name: str
    domain: str
    area: str
    placement: str
    cell_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    interval_s: float = 300.0
    model: str | None = None
    gateway: str | None = None
    simulated: bool = False
    drill: bool = False
    metrics: Mapping[str, MetricEntry] = field(default_factory=dict)


def register(connection: Connection, entry: DeviceEntry, now: datetime) -> bool:
    """Register a device or change it; True when it is new. Metrics not named stay. Raises `NotAllowed` outside the scope."""
    columns = {name: getattr(entry, name) for name in DeviceEntry.__slots__ if name != "metrics"}
    try:
        row = queries.devices_register(connection, now=now, **columns)
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed(f"the device '{entry.device}' is outside your area") from error
    metrics = list(entry.metrics.items())
    queries.devices_add_metrics(
        connection, metrics=[name for name, _ in metrics], units=[one.unit for _, one in metrics], kinds=[one.kind for _, one in metrics]
    )
    for name, one in metrics:
        queries.devices_set_metric(
            connection, device_id=row["device_id"], metric=name, unit=one.unit, min=one.min, max=one.max, name=one.name
        )
    # A device that is registered and never speaks must ring too.
    queries.devices_watch(connection, device_id=row["device_id"], attention_at=now + timedelta(seconds=entry.interval_s))
    return bool(row["created"])


def list_devices(connection: Connection, scope: Scope, wanted: Filter, after_id: int = 0) -> list[dict[str, Any]]:
    """By number, ascending: a page stays where it is while devices are added."""
    columns = wanted.columns(scope, "domain", "cell", "gateway", "state")
    return list(queries.devices_list(connection, **columns, after_id=after_id))


def get_device(connection: Connection, scope: Scope, device: str) -> dict[str, Any]:
    """One device with its metrics' entries and latest values. Raises `NotFound`."""
    row = queries.devices_get(connection, device=device, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no device '{device}'")
    entries = {
        entry.pop("metric"): entry for entry in list(queries.devices_metrics(connection, device_ids=[row["id"]])) if entry.pop("device_id")
    }
    return {**row, "metrics": entries, "values": latest_values(connection, [row["id"]]).get(row["id"], [])}


def latest_values(connection: Connection, device_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The latest state of every metric of some devices, each with its own age."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in queries.devices_states(connection, device_ids=list(device_ids)):
        found.setdefault(row.pop("device_id"), []).append({**row, "quality": QUALITY_OF_CODE[row["quality"]]})
    return found


def cell_of_code(connection: Connection, cell_code: str) -> dict[str, Any]:
    """A grid cell by its code. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.devices_cell_of_code(connection, cell_code=cell_code)
    if row is None:
        raise NotFound(f"no cell '{cell_code}'")
    return row
