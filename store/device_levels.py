"""Keeps the levels that belong to devices: 警戒水位 of a gauge, 汛限水位 by season, H and HH of a detector. Withdrawn ones stay.

Decides nothing about a value: `alerts.measure_levels` does.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from core.device_levels import DeviceLevel
from core.errors import Invalid
from store.timescale import Connection, queries


def keep_levels(connection: Connection, device_id: int, levels: Sequence[DeviceLevel], now: datetime) -> int:
    """Let exactly these levels hold for a device; returns how many are new or were withdrawn.

    `metric` may be the wire's name or the city's. Raises `Invalid` for a metric nobody knows and for two numbers of one level that
    begin together.
    """
    told = queries.limits_metrics(connection, device_id=device_id, names=[one.metric for one in levels])
    metrics = {row["told"]: row["metric"] for row in told}
    wanted: dict[tuple[Any, ...], DeviceLevel] = {}
    for one in levels:
        if one.metric not in metrics:
            raise Invalid(f"levels: there is no metric '{one.metric}'; name it among the device's metrics")
        here = DeviceLevel(metrics[one.metric], one.level, one.value, one.season, one.source, one.since, one.until)
        key = (here.metric, here.level, here.season and here.season[0], here.since)
        if key in wanted:
            raise Invalid(f"levels: {here.metric} has two numbers of {here.level} that begin together")
        wanted[key] = here
    standing = read_levels(connection, [device_id]).get(device_id, ())
    gone, new = set(standing) - set(wanted.values()), set(wanted.values()) - set(standing)
    for one in gone:
        season_from, _ = one.season or (None, None)
        queries.device_levels_withdraw(
            connection, device_id=device_id, now=now, metric=one.metric, level=one.level, season_from=season_from, valid_since=one.since
        )
    for one in sorted(new, key=lambda each: (each.metric, each.value, each.level, each.season or (), each.since or date.min)):
        season_from, season_to = one.season or (None, None)
        queries.device_levels_add(
            connection, device_id=device_id, now=now, metric=one.metric, level=one.level, value=one.value, season_from=season_from,
            season_to=season_to, source=one.source, valid_since=one.since, valid_until=one.until,
        )  # fmt: skip
    return len(gone) + len(new)


def read_levels(connection: Connection, device_ids: Sequence[int]) -> dict[int, tuple[DeviceLevel, ...]]:
    """The levels of some devices, past and future ones too, as they were entered; others are left out."""
    found: dict[int, list[DeviceLevel]] = {}
    for row in queries.device_levels_read(connection, device_ids=list(device_ids)):
        found.setdefault(row["device_id"], []).append(level_of(row))
    return {device_id: tuple(levels) for device_id, levels in found.items()}


def level_of(row: dict[str, Any]) -> DeviceLevel:
    """A row as it is kept, or the same as JSON."""
    season = (row["season_from"], row["season_to"]) if row["season_from"] else None
    since, until = (_day(row[name]) for name in ("valid_since", "valid_until"))
    return DeviceLevel(row["metric"], row["level"], row["value"], season, row["source"], since, until)


def _day(told: Any) -> date | None:
    return date.fromisoformat(told) if isinstance(told, str) else told


def shown(levels: Sequence[DeviceLevel]) -> list[dict[str, Any]]:
    """Levels as `PUT /devices` takes them."""
    return [
        {"metric": one.metric, "level": one.level, "value": one.value, "season": one.season and "~".join(one.season), "source": one.source,
         "from": one.since, "to": one.until}
        for one in levels
    ]  # fmt: skip
