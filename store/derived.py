"""Derives the figures of measured hours and of whole days, and keeps every version of them.

An hour that was measured anew is derived anew: what differs becomes the next version, what does not leaves no trace.
How a figure is made `alerts.figures`, `alerts.exceedances` and `alerts.signals` decide, what it is made of `store.derived_inputs` reads.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from alerts import exceedances, figures, signals
from alerts.figures import Figure, Measured, Subject
from core.config import Config
from core.day import Day, day_of
from core.model import Scope
from core.standards import weather
from core.standards.level import RiverLimits
from core.units import conversion
from store import derived_inputs as inputs
from store import hours, limits
from store.derived_inputs import Device, Inputs
from store.lists import Filter
from store.timescale import Connection, queries

HOUR = hours.HOUR
_AIR_DAY = {"aqi_hour": "aqi_day", "aqi_hour_area": "aqi_day_area"}
_LEAST_OF_A_STATION = 2  # pollutants: a dust monitor alone is no air station


def derive_next(connection: Connection, config: Config, now: datetime) -> bool:
    """Derive the oldest hour that is due; False when none is. A day that is over with it is put down to be summed up."""
    due = hours.next_due(connection, "derive", now)
    if due is None:
        return False
    hour, _ = due
    known = inputs.read(connection, config, hour)
    save(connection, [*_of_devices(config, known), *_of_areas(config, known)], hour + HOUR, now)
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
    rows = queries.derived_hourly(connection, figures=[*_AIR_DAY, "water_class_hour", "dust_hour"], since=day.start, until=day.end)
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        told.setdefault((row["figure"], row["subject"]), []).append(row)
    targets = limits.targets(connection)
    made = _permits_of_day(connection, config, day)
    for (figure, name), its in told.items():
        subject = Subject(name, its[0]["area"], its[0]["simulated"])
        if figure in _AIR_DAY:
            means = {row["since"]: row["of"]["values"] for row in its}
            local = day.start.astimezone(config.area.zone).date()
            made.append(figures.air_of_day(_AIR_DAY[figure], subject, means, day.start, day.end, local))
        elif figure == "dust_hour":
            made += _dust_of_day(config, subject, its, day)
        else:
            made += _with_target(_water_of_day(subject, its, day), targets)
    save(connection, made, day.end, now)
    hours.finish(connection, "day", due[0], now)
    return True


def _water_of_day(subject: Subject, its: Sequence[Mapping[str, Any]], day: Day) -> Figure:
    interval = timedelta(seconds=its[-1]["interval_s"])
    return figures.water_of_day(subject, [row["of"]["values"] for row in its], its[-1]["of"]["body"], interval, day.start, day.end)


def _with_target(section: Figure, targets: Mapping[str, int]) -> list[Figure]:
    """A section's class, and where it has a target what it is against it."""
    target = targets.get(section.subject.name)
    return [section] if target is None else [section, exceedances.target_of(section, target)]


def _dust_of_day(config: Config, site: Subject, its: Sequence[Mapping[str, Any]], day: Day) -> list[Figure]:
    """By the rule that is in force now; hours judged by another one are not counted together with it."""
    rules = inputs.dust_rules(config)
    same = [row["of"] for row in its if [rule.limit for rule in rules] == row["of"]["limits"]]
    return [exceedances.dust_of_day(site, rules, same, day.start, day.end)] if rules else []


def _permits_of_day(connection: Connection, config: Config, day: Day) -> list[Figure]:
    local = day.start.astimezone(config.area.zone).date()
    outlets = [one for one in limits.in_force(connection, local) if one.limit.average == "day"]
    if not outlets:
        return []
    found: dict[tuple[str, str], list[Measured]] = {}
    names = {"devices": sorted({one.device for one in outlets}), "metrics": sorted({one.limit.metric for one in outlets})}
    for row in queries.derived_of_day(connection, since=day.start, until=day.end, **names):
        found.setdefault((row["device"], row["metric"]), []).append(Measured(row["expected"], row["good"], row["sum"]))
    return [
        exceedances.permit_of_day(
            Subject(one.device, one.area, one.simulated), one.limit, found.get((one.device, one.limit.metric), []), one.interval,
            day.start, day.end,
        )
        for one in outlets
    ]  # fmt: skip


def _named(device: Device, names: Mapping[str, str]) -> dict[str, Measured]:
    """What a device measured, by what a standard calls it."""
    return {name: device.now[metric] for name, metric in names.items() if metric in device.now}


def _of_devices(config: Config, known: Inputs) -> list[Figure]:
    wanted, zone, hour = config.derived, config.area.zone, known.hour
    made = []
    for device in known.devices.values():
        subject, name = device.subject, device.subject.name
        air, water = _named(device, wanted.air), _named(device, wanted.water)
        if len(air) >= _LEAST_OF_A_STATION:
            made.append(figures.air_of_hour(subject, air, hour, zone))
        if water:
            section = figures.water_of_hour(subject, water, hour, "lake" if name in wanted.lakes else "river")
            made += _with_target(section, known.targets)
        if wanted.noise in device.now:
            made.append(figures.noise_of_hour(subject, device.now[wanted.noise], hour, zone, wanted.zones.get(name, wanted.zone)))
        if wanted.rain in device.now:
            made += figures.rain_sums(subject, _fallen(config, device), hour + HOUR)
        if wanted.level in device.now and name in wanted.rivers:
            river = RiverLimits(**wanted.rivers[name].model_dump())
            made.append(figures.river_of_hour(subject, device.now[wanted.level], hour, river))
    return [*made, *_against_limits(config, known)]


def _fallen(config: Config, device: Device) -> dict[datetime, float | None]:
    return {at: figures.fallen(one, config.derived.rain_is == "hour") for at, one in device.rain.items()}


def _against_limits(config: Config, known: Inputs) -> list[Figure]:
    """Outlets against their permits, building sites against their region's rule."""
    made = []
    for one in known.outlets:
        device = known.devices.get(one.device)
        measured = device.now.get(one.limit.metric) if device else None
        subject = Subject(one.device, one.area, one.simulated)
        made.append(exceedances.permit_of_hour(subject, one.limit, measured or Measured(0, 0), known.hour))
    rules = inputs.dust_rules(config)
    background = _background(config, known)
    for name, averages in known.sites.items():
        made.append(exceedances.dust_of_hour(known.devices[name].subject, rules, averages, known.hour, background))
    return made


def _background(config: Config, known: Inputs) -> float | None:
    """The city's mean of PM10 in µg/m³, away from building sites; none where its unit cannot become that."""
    metric = config.derived.dust.pm10
    means = [
        turn(mean)
        for one in known.devices.values()
        if not inputs.is_site(config, one) and metric in one.now and (mean := one.now[metric].mean) is not None
        if (turn := conversion(one.units[metric], inputs.DUST_UNIT))
    ]
    return sum(means) / len(means) if means else None


def _of_areas(config: Config, known: Inputs) -> list[Figure]:
    """Of the city and each street that has a station: the air's index, and the warning signals its stations ask for."""
    stations = [(one.subject, air) for one in known.devices.values() if len(air := _named(one, config.derived.air)) >= _LEAST_OF_A_STATION]
    asked = _asked(config, known)
    made = []
    for code in known.codes:
        inside = [(subject, air) for subject, air in stations if subject.area.startswith(code)]
        if inside:
            area = Subject(code, code, any(subject.simulated for subject, _ in inside))
            made.append(figures.air_of_area(area, [air for _, air in inside], known.hour, config.area.zone))
        for figure, every in asked.items():
            near = [(subject, one) for subject, one in every if subject.area.startswith(code)]
            if near:
                area = Subject(code, code, any(subject.simulated for subject, _ in near))
                made.append(signals.of_area(figure, area, [one for _, one in near], known.hour, known.hour + HOUR))
    return made


def _asked(config: Config, known: Inputs) -> dict[str, list[tuple[Subject, signals.Asked]]]:
    """What each station asks for, by figure."""
    wanted, zone, until = config.derived, config.area.zone, known.hour + HOUR
    own = [weather.Signal(one.colour, one.window, one.amount) for one in wanted.rain_signals] or weather.RAINSTORM
    today = known.hour.astimezone(zone).date()
    so_far = round((until - day_of(known.hour, zone).start) / HOUR)
    found: dict[str, list[tuple[Subject, signals.Asked]]] = {"rain_signal_area": [], "wind_signal_area": [], "heat_signal_area": []}
    for name, one in known.devices.items():
        if wanted.rain in one.now:
            found["rain_signal_area"].append((one.subject, signals.rain_asked(name, _fallen(config, one), until, own)))
        if wanted.wind in one.now:
            found["wind_signal_area"].append((one.subject, signals.wind_asked(name, one.now[wanted.wind])))
        if name in known.highest:
            found["heat_signal_area"].append((one.subject, signals.heat_asked(name, known.highest[name], today, so_far)))
    return found


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
