"""Derived figures of an hour or a day: AQI, water class, noise against its limit, sums of rain, state of a river level.

Decides which measured hours make a figure, and why there is none. Never turns a missing value into zero; the standards
themselves stand in `core.standards`. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.standards import air, level, noise, rain, water
from core.standards.digits import significant

HOUR = timedelta(hours=1)
# GB 3095-2012 table 4: an hour's mean needs 45 minutes; a section's or a level's figure is held to the same.
LEAST_OF_HOUR = 0.75
# HJ 75-2017 and HJ 356-2019: a day's mean of a continuous monitor needs 20 hours; of a slower one the same share of what it can tell.
LEAST_OF_DAY = 20 / 24
_OF_WATER = 6  # significant digits of a mean, by which class and target both are told
WINDOWS = (1, 3, 6, 12, 24)  # hours of rain


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric in an hour: `good` of `expected` readings came and can be trusted; `high` is the highest of these.

    `energy`: sum of 10^(L/10), of sound levels.
    """

    expected: float
    good: int
    sum: float | None = None
    energy: float | None = None
    last: float | None = None
    high: float | None = None

    @property
    def enough(self) -> bool:
        return self.good > 0 and self.good >= self.expected * LEAST_OF_HOUR - 1e-9

    @property
    def mean(self) -> float | None:
        return self.sum / self.good if self.enough and self.sum is not None else None

    @property
    def told(self) -> str:
        return f"{self.good}/{self.expected:.0f}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is of: a device, or an area by its code."""

    name: str
    area: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None: there is none, for `reason`. Covers [since, at). `of`: the inputs it was computed from, JSON-able."""

    figure: str
    subject: Subject
    since: datetime
    at: datetime
    standard: str
    value: float | None = None
    text: str | None = None
    reason: str | None = None
    of: Mapping[str, Any] = field(default_factory=dict)


Hours = Mapping[str, Measured]  # by what a standard calls it, not by the city's metric


def air_of_hour(subject: Subject, measured: Hours, hour: datetime, zone: ZoneInfo) -> Figure:
    """AQI of a station's hour; pollutants without 45 minutes of readings are missing."""
    means = {name: one.mean for name, one in measured.items()}
    why = {name: measured[name].told if name in measured else "none" for name in air.POLLUTANTS if means.get(name) is None}
    return _air("aqi_hour", subject, means, why, hour, hour + HOUR, hour.astimezone(zone).date())


def air_of_area(area: Subject, stations: Sequence[Hours], hour: datetime, zone: ZoneInfo) -> Figure:
    """AQI of an area's hour from the means of its stations (HJ 663: the mean of stations, pollutant by pollutant)."""
    means: dict[str, float | None] = {}
    counts = {}
    for name in air.POLLUTANTS:
        found = [mean for one in stations if name in one and (mean := one[name].mean) is not None]
        means[name] = sum(found) / len(found) if found else None
        counts[name] = len(found)
    why = {name: "no station" for name, mean in means.items() if mean is None}
    figure = _air("aqi_hour_area", area, means, why, hour, hour + HOUR, hour.astimezone(zone).date())
    return _with(figure, stations=counts)


def air_of_day(figure: str, subject: Subject, hours: Mapping[datetime, Mapping[str, float | None]], since: datetime, until: datetime,
               day: date) -> Figure:  # fmt: skip
    """AQI of a day [since, until) from its hourly means, by start of hour.

    GB 3095-2012 table 4: a day's mean needs 20 hours; of ozone the largest mean of 8 hours counts, each of at least 6, and of the
    windows that end from 8 h to 24 h at least 14 (HJ 663-2013), unless what is there already passes the limit of 160 µg/m³.
    """
    means: dict[str, float | None] = {}
    why = {}
    for name in air.POLLUTANTS:
        values = {at: value for at, one in hours.items() if (value := one.get(name)) is not None}
        if name == "o3":
            means[name], told = _largest_of_8_hours(values, since, until)
        else:
            means[name] = sum(values.values()) / len(values) if len(values) >= 20 else None
            told = f"{len(values)}/24 h"
        if means[name] is None:
            why[name] = told
    return _air(figure, subject, means, why, since, until, day, "day")


def _largest_of_8_hours(values: Mapping[datetime, float], since: datetime, until: datetime) -> tuple[float | None, str]:
    means = []
    for end in range(8, round((until - since) / HOUR) + 1):
        window = [values[at] for at in (since + n * HOUR for n in range(end - 8, end)) if at in values]
        if len(window) >= 6:
            means.append(sum(window) / len(window))
    largest = max(means, default=None)
    enough = len(means) >= 14 or (largest is not None and largest > 160)
    return (largest if enough else None), f"{len(means)}/17 x 8 h"


def _air(figure: str, subject: Subject, means: Mapping[str, float | None], why: Mapping[str, str], since: datetime, at: datetime, day: date,
         period: air.Period = "hour") -> Figure:  # fmt: skip
    index = air.air_index(means, day, period)
    of = {
        "values": {name: None if (mean := means.get(name)) is None else round(mean, 3) for name in air.POLLUTANTS},
        "iaqi": dict(index.iaqi), "missing": dict(why), "level": index.level,
    }  # fmt: skip
    if index.aqi is None:
        reason = "missing " + ", ".join(f"{name} ({told})" for name, told in why.items())
        return Figure(figure, subject, since, at, index.standard, reason=reason, of=of)
    return Figure(figure, subject, since, at, index.standard, float(index.aqi), ",".join(index.primary), of=of)


def possible_hours(interval: timedelta, since: datetime, until: datetime) -> int:
    """How many hours of [since, until) a device with a reading each `interval` can tell of, at least one."""
    return max(1, round((until - since) / max(interval, HOUR)))


def class_of_water(figure: str, subject: Subject, values: Mapping[str, float | None], body: water.Body, since: datetime, at: datetime,
                   why: Mapping[str, str]) -> Figure:  # fmt: skip
    """GB 3838 class of a section from the means of [since, at); an indicator it has but did not measure makes it no class."""
    values = {name: None if value is None else significant(value, _OF_WATER) for name, value in values.items()}
    of = {"values": values, "body": body, "missing": dict(why)}
    found = None if why else water.water_class(values, body)
    if found is None:
        reason = "missing " + (", ".join(f"{name} ({told})" for name, told in why.items()) or "every indicator that counts")
        return Figure(figure, subject, since, at, "GB 3838-2002", reason=reason, of=of)
    return Figure(
        figure, subject, since, at, "GB 3838-2002", float(found.number), found.name, of={**of, "by": found.by, "classes": dict(found.of)}
    )


def water_of_hour(subject: Subject, measured: Hours, hour: datetime, body: water.Body) -> Figure:
    """Class of a section's hour."""
    why = {name: one.told for name, one in measured.items() if one.mean is None}
    return class_of_water("water_class_hour", subject, {name: one.mean for name, one in measured.items()}, body, hour, hour + HOUR, why)


def water_of_day(
    subject: Subject, hours: Sequence[Mapping[str, float | None]], body: water.Body, interval: timedelta, since: datetime, until: datetime
) -> Figure:
    """Class of a day from its hourly means; it needs 20 of them, of a section that is read every few hours the same share of what it
    can tell. `interval`: between two readings of the device.
    """
    values: dict[str, float | None] = {}
    why = {}
    possible = possible_hours(interval, since, until)
    for name in sorted({name for one in hours for name in one}):
        found = [value for one in hours if (value := one.get(name)) is not None]
        values[name] = sum(found) / len(found) if len(found) >= possible * LEAST_OF_DAY else None
        if values[name] is None:
            why[name] = f"{len(found)}/{possible} h"
    return class_of_water("water_class_day", subject, values, body, since, until, why)


def noise_of_hour(subject: Subject, measured: Measured, hour: datetime, zone: ZoneInfo, place: str) -> Figure:
    """Leq of an hour (the mean of energies, not of levels) against the limit of its zone at that time of day."""
    at = hour.astimezone(zone).time()
    limit = noise.limit(at, place)
    of: dict[str, Any] = {"zone": place, "night": noise.is_night(at), "limit": limit, "readings": measured.told}
    if not measured.enough or not measured.energy:
        return Figure("noise_hour", subject, hour, hour + HOUR, "GB 3096-2008", reason=f"missing noise ({measured.told})", of=of)
    leq = round(10 * math.log10(measured.energy / measured.good), 1)
    return Figure("noise_hour", subject, hour, hour + HOUR, "GB 3096-2008", leq, "above" if leq > limit else "within", of=of)


def fallen(measured: Measured, each_is_hour: bool) -> float | None:
    """Rain of an hour in mm: the last reading where each tells the hour before it, else their sum. None without enough of them."""
    if not measured.enough:
        return None
    return measured.last if each_is_hour else measured.sum


def rain_sums(subject: Subject, hours: Mapping[datetime, float | None], until: datetime) -> list[Figure]:
    """Rain of the last 1, 3, 6, 12 and 24 hours until a full hour; `hours` by their start. One hour missing: no sum over it."""
    ended = [(at + HOUR, mm) for at, mm in hours.items()]
    figures = []
    for one in rain.sums(ended, until, HOUR, [n * HOUR for n in WINDOWS]):
        n = round(one.window / HOUR)
        have = round(one.completeness * n)
        common = (f"rain_{n}h", subject, until - one.window, until, "GB/T 28592")
        if have < n:
            figures.append(Figure(*common, reason=f"missing rain ({have}/{n} h)", of={"hours": have}))
        else:
            figures.append(Figure(*common, one.mm, rain.grade(one.mm) if n == 24 else None, of={"hours": have}))
    return figures


def river_of_hour(subject: Subject, measured: Measured, hour: datetime, limits: level.RiverLimits) -> Figure:
    """State of the last level of an hour; the value is metres above the limit that decided, below the next one when negative."""
    of = {"level": measured.last, "limits": {name: getattr(limits, name) for name in level.RiverLimits.__slots__}}
    common = ("river_state", subject, hour, hour + HOUR, "SL 323")
    if measured.last is None:
        return Figure(*common, reason=f"missing water_level ({measured.told})", of=of)
    state = level.river_state(measured.last, limits)
    if state.above is None:
        return Figure(*common, reason="no limit is configured", of=of)
    return Figure(*common, state.above, state.state, of=of)


def _with(figure: Figure, **more: Any) -> Figure:
    return Figure(
        figure.figure, figure.subject, figure.since, figure.at, figure.standard, figure.value, figure.text, figure.reason,
        {**figure.of, **more},
    )  # fmt: skip
