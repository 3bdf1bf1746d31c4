"""Derives the figures of measured hours and of whole days, and keeps every version of them.

An hour that was measured anew is derived anew: what differs becomes the next version, what does not leaves no trace.
How a figure is made `alerts.figures` decides.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from alerts import figures
from alerts.figures import Figure, Measured, Subject
from core.config import Config
from core.day import day_of
from core.model import Scope
from core.standards.level import RiverLimits
from store import hours
from store.lists import Filter
from store.timescale import Connection, queries

HOUR = hours.HOUR
_RAIN_BACK = max(figures.WINDOWS) - 1
_AIR_DAY = {"aqi_hour": "aqi_day", "aqi_hour_area": "aqi_day_area"}
_LEAST_OF_A_STATION = 2  # pollutants: a dust monitor alone is no air station


@dataclass(slots=True)
class _Device:
    subject: Subject
    now: dict[str, Measured] = field(default_factory=dict)  # by the city's metric, of the hour asked for
    rain: dict[datetime, Measured] = field(default_factory=dict)


def derive_next(connection: Connection, config: Config, now: datetime) -> bool:
    """Derive the oldest hour that is due; False when none is. A day that is over with it is put down to be summed up."""
    due = hours.next_due(connection, "derive", now)
    if due is None:
        return False
    hour, _ = due
    devices = _read(connection, config, hour)
    made = [*_of_devices(config, hour, devices.values()), *_of_areas(connection, config, hour, devices.values())]
    save(connection, made, hour + HOUR, now)
    hours.finish(connection, "derive", hour, now)
    day = day_of(hour, config.area.zone)
    if day.end + config.quality.settle <= now:
        hours.add(connection, "day", [day.start], day.end - day.start)
    return True


def sum_up_next(connection: Connection, config: Config, now: datetime) -> bool:
    """Sum up the oldest day that is due and of which no hour waits; False when there is none."""
    due = hours.next_due(connection, "day", now)
    if due is None:
        return False
    day = day_of(due[0], config.area.zone)
    if hours.waits(connection, day.end, now):
        return False
    rows = queries.derived_hourly(connection, figures=[*_AIR_DAY, "water_class_hour"], since=day.start, until=day.end)
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        told.setdefault((row["figure"], row["subject"]), []).append(row)
    made = []
    for (figure, name), its in told.items():
        subject = Subject(name, its[0]["area"], its[0]["simulated"])
        if figure in _AIR_DAY:
            means = {row["since"]: row["of"]["values"] for row in its}
            local = day.start.astimezone(config.area.zone).date()
            made.append(figures.air_of_day(_AIR_DAY[figure], subject, means, day.start, day.end, local))
        else:
            made.append(figures.water_of_day(subject, [row["of"]["values"] for row in its], its[-1]["of"]["body"], day.start, day.end))
    save(connection, made, day.end, now)
    hours.finish(connection, "day", due[0], now)
    return True


def _read(connection: Connection, config: Config, hour: datetime) -> dict[str, _Device]:
    wanted = config.derived
    metrics = [*wanted.air.values(), *wanted.water.values(), wanted.noise, wanted.level]
    devices: dict[str, _Device] = {}
    rows = [
        *queries.derived_inputs(connection, since=hour, until=hour + HOUR, metrics=sorted({*metrics, wanted.rain})),
        *queries.derived_inputs(connection, since=hour - _RAIN_BACK * HOUR, until=hour, metrics=[wanted.rain]),
    ]
    for row in rows:
        device = devices.setdefault(row["device"], _Device(Subject(row["device"], row["area"], row["simulated"])))
        measured = Measured(row["expected"], row["good"], row["sum"], row["energy"], row["last"])
        if row["metric"] == wanted.rain:
            device.rain[row["hour"]] = measured
        if row["hour"] == hour:
            device.now[row["metric"]] = measured
    return devices


def _named(device: _Device, names: Mapping[str, str]) -> dict[str, Measured]:
    """What a device measured, by what a standard calls it."""
    return {name: device.now[metric] for name, metric in names.items() if metric in device.now}


def _of_devices(config: Config, hour: datetime, devices: Iterable[_Device]) -> list[Figure]:
    wanted, zone = config.derived, config.area.zone
    made = []
    for device in devices:
        subject, name = device.subject, device.subject.name
        air, water = _named(device, wanted.air), _named(device, wanted.water)
        if len(air) >= _LEAST_OF_A_STATION:
            made.append(figures.air_of_hour(subject, air, hour, zone))
        if water:
            made.append(figures.water_of_hour(subject, water, hour, "lake" if name in wanted.lakes else "river"))
        if wanted.noise in device.now:
            made.append(figures.noise_of_hour(subject, device.now[wanted.noise], hour, zone, wanted.zones.get(name, wanted.zone)))
        if wanted.rain in device.now:
            fallen = {at: figures.fallen(one, wanted.rain_is == "hour") for at, one in device.rain.items()}
            made += figures.rain_sums(subject, fallen, hour + HOUR)
        if wanted.level in device.now and name in wanted.rivers:
            limits = RiverLimits(**wanted.rivers[name].model_dump())
            made.append(figures.river_of_hour(subject, device.now[wanted.level], hour, limits))
    return made


def _of_areas(connection: Connection, config: Config, hour: datetime, devices: Iterable[_Device]) -> list[Figure]:
    """Of the city and each street that has a station."""
    stations = [(one.subject, air) for one in devices if len(air := _named(one, config.derived.air)) >= _LEAST_OF_A_STATION]
    codes = {config.area.code, *(row["code"] for row in queries.derived_areas(connection))}
    made = []
    for code in sorted(codes):
        inside = [(subject, air) for subject, air in stations if subject.area.startswith(code)]
        if inside:
            area = Subject(code, code, any(subject.simulated for subject, _ in inside))
            made.append(figures.air_of_area(area, [air for _, air in inside], hour, config.area.zone))
    return made


def save(connection: Connection, made: Sequence[Figure], at: datetime, now: datetime) -> int:
    """Keep figures that end at `at`; those that stand already as they are leave no trace. Returns how many were added."""
    names = sorted({one.figure for one in made})
    standing = {(row["figure"], row["subject"]): row for row in queries.derived_standing(connection, at=at, figures=names)} if made else {}
    rows = []
    for one in made:
        before = standing.get((one.figure, one.subject.name))
        row = {"value": one.value, "text": one.text, "reason": one.reason, "standard": one.standard, "of": json.loads(json.dumps(one.of))}
        if before is None or any(before[name] != value for name, value in row.items()):
            rows.append(row | {
                "figure": one.figure, "subject": one.subject.name, "since": one.since.isoformat(), "at": one.at.isoformat(),
                "version": before["version"] + 1 if before else 1, "area": one.subject.area, "simulated": one.subject.simulated,
            })  # fmt: skip
    if rows:
        queries.derived_add(connection, rows=Jsonb(rows), now=now)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures a reader wants, as of when, and where the last page ended (at, figure, subject)."""

    filter: Filter
    as_of: datetime
    after: tuple[datetime, str, str] | None = None


def list_figures(connection: Connection, scope: Scope, asked: Asked) -> list[dict[str, Any]]:
    """The newest figures first, each in the version that held at `as_of`."""
    columns = asked.filter.columns(scope, "figure", "subject")
    after = asked.after or (columns["until"] + timedelta(days=1), "", "")
    return list(
        queries.derived_list(
            connection, **columns, as_of=asked.as_of, after_at=after[0], after_figure=after[1], after_subject=after[2]
        )
    )  # fmt: skip


def forget_old(connection: Connection, before: datetime) -> int:
    """Drop figures older than the memory of what was done."""
    return int(queries.derived_forget(connection, before=before))
