"""Devices as people register and read them. Adoption from a first message is `store.registry`'s."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from core.codes.hj212 import described
from core.device import DeviceEntry, MetricEntry
from core.errors import Invalid, NotAllowed, NotFound
from core.model import QUALITY_OF_CODE, Scope
from core.standards import water
from core.units import conversion
from dispatch import cases as case_life
from store import cameras, device_levels, limits
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_ENDED = sorted(set(case_life.TABLE) - case_life.OPEN)


def register(connection: Connection, entry: DeviceEntry, now: datetime) -> bool:
    """Register a device or change it; True when it is new. Metrics not named stay.

    Raises `NotAllowed` outside the scope, `Invalid` for a unit that cannot become the city's, a name that is another's, or a drill
    that is not over.
    """
    cameras.check_names(connection, entry)
    units = check_units(connection, entry)
    columns = {name: getattr(entry, name) for name in DeviceEntry.__slots__ if name not in ("metrics", "stream_url", *limits.FIELDS)}
    columns["tags"] = list(entry.tags)
    try:
        row = queries.devices_register(connection, now=now, camera=cameras.is_one(entry), **columns)
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed(f"the device '{entry.device}' is outside your area") from error
    except psycopg.errors.UniqueViolation as error:  # of a device that the caller does not see
        raise Invalid(f"gb_id: '{entry.gb_id}' is another camera's") from error
    if row is None:
        raise Invalid(f"drill: an alert of '{entry.device}' stands, which stays what it is: end it first, or register another name")
    kinds = {city_name(wire, one): one.kind for wire, one in entry.metrics.items()} | {
        wire: one.kind for wire, one in entry.metrics.items()
    }
    names = sorted(units)
    labels = [known.label if (known := described(name)) else name for name in names]
    queries.devices_add_metrics(
        connection, metrics=names, labels=labels, units=[units[name] for name in names], kinds=[kinds[name] for name in names]
    )
    for name, one in entry.metrics.items():
        queries.devices_set_metric(
            connection, device_id=row["device_id"], metric=name, unit=one.unit, min=one.min, max=one.max, name=one.name
        )
    # A device that is registered and never speaks must ring too.
    queries.devices_watch(connection, device_id=row["device_id"], attention_at=now + timedelta(seconds=entry.interval_s))
    cameras.keep(connection, row["device_id"], entry)
    limits.keep(connection, row["device_id"], entry, now)
    return bool(row["created"])


def check_units(connection: Connection, entry: DeviceEntry) -> dict[str, str]:
    """The unit of every metric an entry names, the wire's and the city's: the catalogue's, else the first told here.

    Raises `Invalid` where a device measures in a unit that cannot become the city's: its values could only be refused.
    """
    cities = {wire: city_name(wire, one) for wire, one in entry.metrics.items()}
    units = {row["metric"]: row["unit"] for row in queries.devices_catalogue(connection, metrics=sorted({*cities, *cities.values()}))}
    for wire, one in entry.metrics.items():
        city = cities[wire]
        for name in (wire, city):
            known = described(name)
            units[name] = units.get(name) or (known.unit if known else "") or one.unit
        if one.kind == "number" and conversion(one.unit, units[city]) is None:
            raise Invalid(f"metrics.{wire}.unit: '{one.unit}' cannot become '{units[city]}', in which the city keeps '{city}'")
    return units


def registered(connection: Connection, names: Sequence[str]) -> dict[str, tuple[DeviceEntry, bool]]:
    """What is registered of some devices, as `register` takes it, and whether somebody confirmed it; unknown ones are left out."""
    rows = list(queries.devices_entries(connection, devices=list(names)))
    metrics: dict[int, dict[str, MetricEntry]] = {}
    for one in queries.devices_metrics(connection, device_ids=[row["device_id"] for row in rows]):
        entry = MetricEntry(one["unit"], one["min"], one["max"], one["name"], one["kind"] or "number")
        metrics.setdefault(one["device_id"], {})[one["metric"]] = entry
    ids = [row["device_id"] for row in rows]
    permits, levels = limits.read_limits(connection, ids), device_levels.read_levels(connection, ids)
    told = {
        row["device_id"]: {**{k: v for k, v in row.items() if k not in ("device_id", "verified")}, "tags": tuple(row["tags"])}
        for row in rows
    }
    return {
        row["device"]: (
            DeviceEntry(
                **told[row["device_id"]],
                limits=permits.get(row["device_id"], ()),
                levels=levels.get(row["device_id"], ()),
                metrics=metrics.get(row["device_id"], {}),
            ),
            row["verified"],
        )
        for row in rows
    }


def city_name(wire: str, entry: MetricEntry) -> str:
    """The city's name of what a wire calls otherwise."""
    return entry.name or wire


def list_devices(connection: Connection, scope: Scope, wanted: Filter, after_id: int = 0) -> list[dict[str, Any]]:
    """By number, ascending: a page stays where it is while devices are added."""
    columns = wanted.columns(scope, "domain", "cell", "gateway", "owner", "kind", "state", "tagged", "search")
    rows = [_with_target(row) for row in queries.devices_list(connection, **columns, after_id=after_id, ended=_ENDED)]
    return _with_case(connection, rows)


def _with_case(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The open case of a device that was silent too long, else None."""
    found = queries.devices_in_maintenance(connection, device_ids=[row["id"] for row in rows], ended=_ENDED)
    cases = {row["device_id"]: row["case_number"] for row in found}
    return [{**row, "maintenance_case": cases.get(row["id"])} for row in rows]


def _with_target(row: dict[str, Any]) -> dict[str, Any]:
    """The target class as people call it."""
    return {**row, "target_class": row["target_class"] and water.CLASSES[row["target_class"] - 1]}


def summarise(connection: Connection, scope: Scope, wanted: Filter) -> dict[str, Any]:
    """How many devices are offline (silent, or said so) of all, by owner and by kind; `rate` is offline / devices, 0..1.

    `behind_gateway` of them are silent only because their gateway is; of `in_maintenance` the case is open.
    A part without devices is not there.
    """
    found: dict[str, list[dict[str, Any]]] = {"all": [], "owner": [], "kind": []}
    for row in queries.devices_summary(connection, **wanted.columns(scope, "domain"), ended=_ENDED):
        part = found[row.pop("part")]
        part.append({**row, "rate": row["offline"] / row["devices"] if row["devices"] else None})
    [whole] = found["all"]
    return {
        **{name: value for name, value in whole.items() if name != "name"},
        **{f"by_{part}": [{part: row.pop("name"), **row} for row in found[part]] for part in ("owner", "kind")},
    }


def get_device(connection: Connection, scope: Scope, device: str) -> dict[str, Any]:
    """One device with its metrics' entries and latest values. Raises `NotFound`."""
    row = queries.devices_get(connection, device=device, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no device '{device}'")
    entries = {entry["metric"]: _shown_metric(entry) for entry in queries.devices_metrics(connection, device_ids=[row["id"]])}
    [row] = _with_case(connection, [_with_target(row)])
    row["limits"] = limits.shown(limits.read_limits(connection, [row["id"]]).get(row["id"], ()))
    row["levels"] = device_levels.shown(device_levels.read_levels(connection, [row["id"]]).get(row["id"], ()))
    return {**row, "metrics": entries, "values": latest_values(connection, [row["id"]]).get(row["id"], [])}


def _shown_metric(row: Mapping[str, Any]) -> dict[str, Any]:
    """A metric's entry as in `PUT /devices`, whole: the city's unit and range where the device has none, the range in the device's unit.

    `stored_unit` is that of its values.
    """
    unit, stored = row["unit"] or row["city_unit"] or "", row["city_unit"] or ""
    back = conversion(stored, unit)
    low, high = (
        own if own is not None else float(f"{back(city):.12g}") if city is not None and back else None
        for own, city in ((row["min"], row["city_min"]), (row["max"], row["city_max"]))
    )
    kind, label = row["kind"] or "number", row["label"] or row["metric"]
    return {"unit": unit, "min": low, "max": high, "name": row["name"], "kind": kind, "label": label, "stored_unit": stored}


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
