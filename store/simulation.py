"""Writes a simulated district in bulk: metrics, devices, grid workers, and a closed history. Marks all of it simulated.

Only the simulator's seed calls this; a real city registers devices one by one (`store.devices`) and has its own past.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.config import MetricConfig
from store.credentials import hash_password
from store.timescale import Connection, queries

Row = Mapping[str, Any]
_PORTION = 2000


def save_metrics(connection: Connection, metrics: Mapping[str, MetricConfig]) -> None:
    """The catalogue of the configuration; those already there take its labels and ranges."""
    rows = [
        {"metric": name, "label": one.label, "unit": one.unit, "kind": one.kind, "min": one.min, "max": one.max}
        for name, one in metrics.items()
    ]
    queries.simulation_save_metrics(connection, rows=Jsonb(rows))


def save_wire_metrics(connection: Connection, names: Sequence[str]) -> None:
    """Names that only a wire knows (`a34004-rtd`), so that devices can map them to the city's."""
    queries.simulation_save_wire_metrics(connection, names=list(names))


def save_devices(connection: Connection, devices: Sequence[Row], metrics: Sequence[Row], now: datetime) -> None:
    """Register devices (keys as the columns) and what each measures (device, metric, name: the city's name or None)."""
    for part in _portions(devices):
        queries.simulation_save_devices(connection, rows=Jsonb(part), now=now)
    for part in _portions(metrics):
        queries.simulation_save_device_metrics(connection, rows=Jsonb(part))


def save_levels(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Levels that are the devices' own (device, metric, level, value, source); what a device has already stays."""
    queries.simulation_save_levels(connection, rows=Jsonb(list(rows)), now=now)


def watch_devices(connection: Connection, now: datetime) -> None:
    """From now on a device that says nothing rings."""
    queries.simulation_watch_devices(connection, now=now)


def add_workers(connection: Connection, workers: Sequence[Row], password: str, now: datetime) -> None:
    """Grid workers (login, area, title, name, duty_grid), all with one password: nobody but the simulator is meant to know it.

    Those who exist already get the password too, so that a lost folder does not lock the simulator out.
    """
    password_hash = hash_password(password)
    list(queries.simulation_add_workers(connection, rows=Jsonb(list(workers)), password_hash=password_hash, now=now))
    queries.simulation_set_password(connection, logins=[worker["login"] for worker in workers], password_hash=password_hash)
    queries.simulation_assign_workers(connection, rows=Jsonb(list(workers)))


def set_password(connection: Connection, login: str, password: str) -> None:
    """A new password for a simulated account that exists already."""
    queries.simulation_set_password(connection, logins=[login], password_hash=hash_password(password))


def has_history(connection: Connection) -> bool:
    return bool(queries.simulation_has_history(connection))


def add_history(connection: Connection, alerts: Sequence[Row], reports: Sequence[Row], cases: Sequence[Row]) -> None:
    """A past that is over: alerts in stage normal, reports and cases that opened nothing when they were written."""
    for part in _portions(alerts):
        queries.simulation_add_alerts(connection, rows=Jsonb(part))
    for part in _portions(reports):
        queries.simulation_add_reports(connection, rows=Jsonb(part))
    for part in _portions(cases):
        queries.simulation_add_cases(connection, rows=Jsonb(part))


def take_numbers(connection: Connection, prefix: str, count: int) -> list[str]:
    """`count` case numbers of a day; `prefix` is district and date, 14 digits."""
    if not count:
        return []
    last = queries.simulation_take_serials(connection, prefix=prefix, count=count)["serial"]
    return [f"{prefix}{serial:05d}" for serial in range(last - count + 1, last + 1)]


def _portions(rows: Sequence[Row]) -> Iterable[list[Row]]:
    for first in range(0, len(rows), _PORTION):
        yield list(rows[first : first + _PORTION])
