"""Weather warning signals as measured: the colour that rain, wind or heat in an area alone would ask for, station by station.

Decides the most severe colour of an area and who measured it. It is no forecast and replaces no issued signal; rain that
did fall asks for its colour although an hour is missing, and nothing is called calm that was not measured. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from alerts.figures import HOUR, Figure, Measured, Subject
from core.standards import rain, weather

_STANDARD = "CMA order 16"
_LEAST = 0.75  # of the hours of a day so far, for the highest temperature to be called the highest


@dataclass(frozen=True, slots=True)
class Asked:
    """What one station asks for: a colour, nothing (None), or it cannot tell (`missing` says what it lacks)."""

    station: str
    colour: str | None = None
    missing: str | None = None
    of: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DayHighest:
    """The highest temperature (℃) of a station's day and in how many of its hours it was measured."""

    highest: float
    hours: int


def of_area(figure: str, area: Subject, asked: Sequence[Asked], since: datetime, until: datetime) -> Figure:
    """The most severe colour of an area's stations: value 1 (red) … 4 (blue), 0 where none is asked for."""
    telling = [one for one in asked if one.missing is None]
    of = {"stations": len(telling), "missing": {one.station: one.missing for one in asked if one.missing is not None}}
    common = (figure, area, since, until, _STANDARD)
    if not telling:
        return Figure(*common, reason="missing " + ", ".join(f"{one.station} ({one.missing})" for one in asked), of=of)
    severity, worst = min(((weather.COLOURS[one.colour] if one.colour else 9, one) for one in telling), key=lambda each: each[0])
    if worst.colour is None:
        return Figure(*common, 0.0, "none", of=of)
    return Figure(*common, float(severity), worst.colour, of={**of, "by": worst.station, **(worst.of or {})})


def rain_asked(
    station: str, hours: Mapping[datetime, float | None], until: datetime, signals: Sequence[weather.Signal] = weather.RAINSTORM
) -> Asked:
    """By what fell in each signal's window until a full hour; `hours` by their start. A gap leaves at least what fell."""
    windows = sorted({signal.window for signal in signals})
    sums = rain.sums([(at + HOUR, mm) for at, mm in hours.items()], until, HOUR, windows)
    fallen = {one.window: one.mm for one in sums}
    colour = weather.rain_signal(fallen, signals)
    gaps = [f"{one.completeness * (one.window / HOUR):.0f}/{one.window / HOUR:.0f} h" for one in sums if one.completeness < 1]
    if colour is None and gaps:
        return Asked(station, missing=f"rain {gaps[0]}")
    return Asked(station, colour, of={"mm": {f"{window / HOUR:.0f}h": mm for window, mm in fallen.items()}, "gaps": gaps})


def wind_asked(station: str, measured: Measured) -> Asked:
    """By the hour's mean wind and its strongest reading (m/s). A gust that blew counts although half of the hour is missing."""
    high = None if measured.high is None else max(0.0, measured.high)
    mean = None if measured.mean is None else max(0.0, measured.mean)
    colour = weather.wind_signal(mean, high)
    if colour is None and not measured.enough:
        return Asked(station, missing=f"wind {measured.told}")
    return Asked(station, colour, of={"mean": mean and round(mean, 1), "gust": high})


def heat_asked(station: str, days: Mapping[date, DayHighest], today: date, hours_so_far: int) -> Asked:
    """By the highest temperatures of today until now and of the two days before. What is missing of a day cannot make it cooler."""
    now, before = days.get(today), [days.get(today - timedelta(days=n)) for n in (1, 2)]
    if now is None:
        return Asked(station, missing="temperature 0 h")
    told = [one.highest for one in before if one is not None]
    colour = weather.heat_signal(now.highest, told if len(told) == len(before) else ())
    of = {"highest": now.highest, "before": [one and one.highest for one in before]}
    if colour is None and now.hours < hours_so_far * _LEAST:
        return Asked(station, missing=f"temperature {now.hours}/{hours_so_far} h")
    unsure = [one is None or (one.highest < weather.HOT and one.hours < 24 * _LEAST) for one in before]
    cool = any(one is not None and one.highest < weather.HOT and one.hours >= 24 * _LEAST for one in before)
    if colour is None and now.highest >= weather.HOT and any(unsure) and not cool:
        return Asked(station, missing="temperature of the days before")
    return Asked(station, colour, of=of)
