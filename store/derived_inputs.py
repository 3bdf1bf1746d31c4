"""Reads what the figures of an hour are made of: measured hours, averages of building sites, highest temperatures, limits in force.

Decides which devices stand for what, as the configuration says. Makes no figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerts import figures
from alerts.figures import Measured, Subject
from alerts.signals import DayHighest
from core.config import Config
from core.day import day_of
from core.standards import dust, weather
from core.units import conversion
from store import hours, limits
from store.limits import Outlet
from store.quality import GOOD
from store.timescale import Connection, queries

HOUR = hours.HOUR
RAIN_BACK = max(figures.WINDOWS) - 1
_LEAST_OF_AVERAGE = 0.75
DUST_UNIT = "ug/m3"


@dataclass(slots=True)
class Device:
    """What a device measured. `now`, with its `units`: by the city's metric, of the hour asked for; `rain`: by the start of the hour."""

    subject: Subject
    kind: str | None = None
    now: dict[str, Measured] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    rain: dict[datetime, Measured] = field(default_factory=dict)


@dataclass(slots=True)
class Inputs:
    """All that is known of an hour. `codes`: the areas figures are made for."""

    hour: datetime
    devices: dict[str, Device]
    codes: Sequence[str]
    outlets: Sequence[Outlet]
    targets: Mapping[str, int]
    sites: Mapping[str, Sequence[float | None]]
    highest: Mapping[str, Mapping[date, DayHighest]]


def read(connection: Connection, config: Config, hour: datetime) -> Inputs:
    """What the figures of an hour need; devices of drills are left out."""
    local = hour.astimezone(config.area.zone).date()
    outlets = [one for one in limits.in_force(connection, local) if one.limit.average == "hour"]
    devices = _devices(connection, config, hour, {one.limit.metric for one in outlets})
    codes = sorted({config.area.code, *(row["code"] for row in queries.derived_areas(connection))})
    sites = _sites(connection, config, hour, devices)
    return Inputs(hour, devices, codes, outlets, limits.targets(connection), sites, _highest(connection, config, hour, devices))


def _devices(connection: Connection, config: Config, hour: datetime, limited: set[str]) -> dict[str, Device]:
    wanted = config.derived
    metrics = {*wanted.air.values(), *wanted.water.values(), wanted.noise, wanted.level, wanted.rain, wanted.wind, *limited}
    devices: dict[str, Device] = {}
    rows = [
        *queries.derived_inputs(connection, since=hour, until=hour + HOUR, metrics=sorted(metrics)),
        *queries.derived_inputs(connection, since=hour - RAIN_BACK * HOUR, until=hour, metrics=[wanted.rain]),
    ]
    for row in rows:
        device = devices.setdefault(row["device"], Device(Subject(row["device"], row["area"], row["simulated"]), row["kind"]))
        measured = Measured(row["expected"], row["good"], row["sum"], row["energy"], row["last"], row["high"])
        if row["metric"] == wanted.rain:
            device.rain[row["hour"]] = measured
        if row["hour"] == hour:
            device.now[row["metric"]] = measured
            device.units[row["metric"]] = row["unit"]
    return devices


def is_site(config: Config, device: Device) -> bool:
    """Whether a device stands at a building site."""
    return device.kind in config.derived.dust.kinds or device.subject.name in config.derived.dust.devices


def dust_rules(config: Config) -> tuple[dust.DustRule, ...]:
    """The rules of the city's region; empty where none is chosen."""
    return dust.RULES[config.derived.dust.rule] if config.derived.dust.rule else ()


def _sites(connection: Connection, config: Config, hour: datetime, devices: dict[str, Device]) -> dict[str, list[float | None]]:
    """Averages of each site in µg/m³; None where fewer than three quarters of its readings came."""
    rules, wanted = dust_rules(config), config.derived.dust
    if not rules:
        return {}
    averaging, metric = rules[0].averaging, wanted.tsp if rules[0].pollutant == "tsp" else wanted.pm10
    found: dict[str, list[float | None]] = {}
    rows = queries.derived_averages(
        connection, metric=metric, since=hour, averaging=averaging, intervals=round(HOUR / averaging), good=GOOD,
        kinds=list(wanted.kinds), devices=list(wanted.devices),
    )  # fmt: skip
    for row in rows:
        devices.setdefault(row["device"], Device(Subject(row["device"], row["area"], row["simulated"])))
        turn = conversion(row["unit"], DUST_UNIT)
        promised = averaging / timedelta(seconds=row["interval_s"])
        enough = row["good"] > 0 and row["good"] >= promised * _LEAST_OF_AVERAGE
        found.setdefault(row["device"], []).append(turn(row["mean"]) if turn and enough else None)
    return found


def _highest(connection: Connection, config: Config, hour: datetime, devices: dict[str, Device]) -> dict[str, dict[date, DayHighest]]:
    """By device and the city's day: today until the end of the hour; the two days before only where it is hot."""
    zone, metric = config.area.zone, config.derived.temperature
    today, until = day_of(hour, zone).start, hour + HOUR
    asked = {"metric": metric, "zone": zone.key}
    rows = list(queries.derived_highest(connection, **asked, since=today, until=until, devices=None))
    hot = [row["device"] for row in rows if row["highest"] >= weather.HOT]
    if hot:
        before = day_of(day_of(today - HOUR, zone).start - HOUR, zone).start
        rows += queries.derived_highest(connection, **asked, since=before, until=today, devices=hot)
    found: dict[str, dict[date, DayHighest]] = {}
    for row in rows:
        devices.setdefault(row["device"], Device(Subject(row["device"], row["area"], row["simulated"])))
        found.setdefault(row["device"], {})[row["day"]] = DayHighest(row["highest"], row["hours"])
    return found
