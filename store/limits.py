"""Keeps what permits allow outlets and which class sections are to have, and tells what was in force on a day.

A limit that holds no more is withdrawn and stays. Decides nothing about a value: `alerts.exceedances` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.device import DeviceEntry
from core.errors import Invalid
from core.standards.permit import PermitLimit
from core.units import conversion
from store.device_levels import keep_levels
from store.timescale import Connection, queries

FIELDS = ("limits", "target_class", "levels")  # of `DeviceEntry`
_COLUMNS = {"most": "most", "least": "least", "unit": "unit", "permit": "permit", "since": "valid_since", "until": "valid_until"}


@dataclass(frozen=True, slots=True)
class Outlet:
    """A limit in force: of which device, and in the city's unit of its metric. `interval`: between two readings."""

    device: str
    area: str
    simulated: bool
    interval: timedelta
    limit: PermitLimit


def keep(connection: Connection, device_id: int, entry: DeviceEntry, now: datetime) -> None:
    """What an entry tells of limits, target and levels; what it does not tell stays. Raises `Invalid`."""
    if entry.limits is not None:
        keep_limits(connection, device_id, entry.limits, now)
    if entry.levels is not None:
        keep_levels(connection, device_id, entry.levels, now)
    if entry.target_class is not None:
        queries.limits_set_target(connection, device_id=device_id, target_class=entry.target_class or None)


def keep_limits(connection: Connection, device_id: int, limits: Sequence[PermitLimit], now: datetime) -> int:
    """Let exactly these limits hold for a device; returns how many are new or were withdrawn.

    `metric` may be the wire's name or the city's. Raises `Invalid` for a metric nobody knows, a unit that cannot become the city's,
    and two limits of one metric and average that begin together.
    """
    metrics = {row["told"]: row for row in queries.limits_metrics(connection, device_id=device_id, names=[one.metric for one in limits])}
    wanted: dict[tuple[Any, ...], PermitLimit] = {}
    for one in limits:
        row = metrics.get(one.metric)
        if row is None:
            raise Invalid(f"limits: there is no metric '{one.metric}'; name it among the device's metrics")
        if conversion(one.unit, row["unit"]) is None:
            raise Invalid(f"limits: '{one.unit}' cannot become '{row['unit']}', in which the city keeps '{row['metric']}'")
        key = (row["metric"], one.average, one.since)
        if key in wanted:
            raise Invalid(f"limits: {row['metric']} has two limits of the {one.average}'s mean that begin on the same day")
        wanted[key] = replace(one, metric=row["metric"])
    standing = read_limits(connection, [device_id]).get(device_id, ())
    gone, new = set(standing) - set(wanted.values()), set(wanted.values()) - set(standing)
    for one in gone:
        queries.limits_withdraw(connection, device_id=device_id, now=now, metric=one.metric, average=one.average, valid_since=one.since)
    for one in sorted(new, key=lambda each: (each.metric, each.average, each.since or date.min)):
        columns = {column: getattr(one, name) for name, column in _COLUMNS.items()}
        queries.limits_add(connection, device_id=device_id, now=now, metric=one.metric, average=one.average, **columns)
    return len(gone) + len(new)


def read_limits(connection: Connection, device_ids: Sequence[int]) -> dict[int, tuple[PermitLimit, ...]]:
    """The limits that hold for some devices, past and future ones too, as their permits have them; others are left out."""
    found: dict[int, list[PermitLimit]] = {}
    for row in queries.limits_read(connection, device_ids=list(device_ids)):
        found.setdefault(row["device_id"], []).append(_limit(row))
    return {device_id: tuple(limits) for device_id, limits in found.items()}


def shown(limits: Sequence[PermitLimit]) -> list[dict[str, Any]]:
    """Limits as `PUT /devices` takes them."""
    return [
        {"metric": one.metric, "average": one.average, "most": one.most, "least": one.least, "unit": one.unit, "permit": one.permit,
         "from": one.since, "to": one.until}
        for one in limits
    ]  # fmt: skip


def _limit(row: dict[str, Any]) -> PermitLimit:
    return PermitLimit(row["metric"], row["average"], **{name: row[column] for name, column in _COLUMNS.items()})


def in_force(connection: Connection, day: date) -> list[Outlet]:
    """What holds on a day, by device and metric; of two that overlap the one that began later. Drills take no part."""
    found: dict[tuple[str, str, str], Outlet] = {}
    for row in queries.limits_in_force(connection, day=day):
        limit = _limit(row)
        turn = conversion(limit.unit, row["city_unit"])
        if turn is None:
            continue  # the city keeps this metric in another unit by now: nothing can be said
        most, least = (None if side is None else float(f"{turn(side):.12g}") for side in (limit.most, limit.least))
        turned = replace(limit, most=most, least=least, unit=row["city_unit"])
        key = (row["device"], limit.metric, limit.average)
        found[key] = Outlet(row["device"], row["area"], row["simulated"], timedelta(seconds=row["interval_s"]), turned)
    return list(found.values())


def targets(connection: Connection) -> dict[str, int]:
    """The target class 1 … 5 of each device that has one."""
    return {row["device"]: row["target_class"] for row in queries.limits_targets(connection)}
