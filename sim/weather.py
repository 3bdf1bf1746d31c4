"""The sky over the district: temperature, wind and showers that move as cells. Pure in (seed, t): no state, no clock.

Means are those of the lower Yangtze (annual mean 16.5 °C, July 28, January 3), wind mostly from the south-east.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sim.chance import dice, drift, poisson

_HOUR = 3600.0
_LONGEST_S = 2 * _HOUR
_STEP_S = 300.0
_MEMORY_S = 6 * _HOUR


@dataclass(frozen=True, slots=True)
class Shower:
    """A moving cell of rain: `peak` mm/h in its middle, falling off over `radius` m; velocity in m/s."""

    starts_at: float
    lasts: float
    x: float
    y: float
    vx: float
    vy: float
    radius: float
    peak: float

    def rate(self, x: float, y: float, t: float) -> float:
        """Rain at a point, mm/h."""
        age = t - self.starts_at
        if not 0 < age < self.lasts:
            return 0.0
        dx, dy = x - self.x - self.vx * age, y - self.y - self.vy * age
        near = (dx * dx + dy * dy) / (self.radius * self.radius)
        return self.peak * math.sin(math.pi * age / self.lasts) * math.exp(-near) if near < 6 else 0.0


@dataclass(frozen=True, slots=True)
class Sky:
    """What is the same all over the district at one moment; `wind_to` is where the wind blows, radians from east."""

    t: float
    hour: float  # local, 0…24
    weekday: int  # Monday 0
    temperature: float
    humidity: float
    wind_speed: float
    wind_to: float
    haze: float  # regional PM2.5, µg/m³
    showers: tuple[Shower, ...]


@dataclass(frozen=True, slots=True)
class Storm:
    """A rainstorm by order: heavy cells over the middle from `starts_at`, for `lasts` seconds."""

    starts_at: float
    lasts: float


def sky_at(seed: int, t: float, offset_s: float, radius: float, storm: Storm | None = None) -> Sky:
    """The sky at `t`; `offset_s` is the local time's lead on UTC, `radius` of the district in m."""
    key = f"sky{seed}"
    local = t + offset_s
    hour = local % 86400 / _HOUR
    season = math.cos(2 * math.pi * (local / 86400 / 365.2425 - 0.545))  # warmest in the second half of July
    day = math.cos(2 * math.pi * (hour - 14.5) / 24)
    showers = showers_near(seed, t, radius, storm)
    wet = min(1.0, mean_rain(showers, t, radius) / 4)
    temperature = 16.0 + 12.3 * season + 3.6 * day + 3.0 * drift(key + "t", t, 2 * 86400) - 2.5 * wet
    humidity = 66 - 14 * day + 9 * drift(key + "h", t, 86400) + 24 * wet
    speed = max(0.3, 2.4 + 0.9 * day + 1.4 * drift(key + "w", t, 5 * _HOUR) + 2.5 * wet)
    haze = max(9.0, 30 - 9 * season + 14 * drift(key + "a", t, 30 * _HOUR) - 14 * wet)
    toward = math.radians(140 + 70 * drift(key + "d", t, 9 * _HOUR))
    weekday = int(local // 86400 + 3) % 7  # 1970-01-01 was a Thursday
    return Sky(t, hour, weekday, temperature, min(99.0, humidity), speed, toward, haze, showers)


def showers_near(seed: int, t: float, radius: float, storm: Storm | None = None) -> tuple[Shower, ...]:
    """All showers whose rain may still stand in the streets at `t`."""
    first, last = int((t - _MEMORY_S - _LONGEST_S) // _HOUR), int(t // _HOUR)
    found = [shower for hour in range(first, last + 1) for shower in _showers_of_hour(seed, hour, radius)]
    if storm and t > storm.starts_at:
        found += _storm_showers(seed, storm, radius)
    return tuple(shower for shower in found if t - _MEMORY_S < shower.starts_at + shower.lasts and shower.starts_at <= t)


def _showers_of_hour(seed: int, hour: int, radius: float) -> list[Shower]:
    roll = dice("shower", seed, hour)
    mood = drift(f"wet{seed}", hour * _HOUR, 40 * _HOUR)  # wet spells and dry ones
    return [_shower(roll, hour * _HOUR + roll.random() * _HOUR, radius, 2 + 9 * roll.random() ** 2, roll.uniform(1500, 3200))
            for _ in range(poisson(roll, max(0.05, 0.35 + 0.7 * mood)))]  # fmt: skip


def _shower(roll: Random, starts_at: float, radius: float, peak: float, size: float) -> Shower:
    lasts, speed, toward = roll.uniform(1500, 4200), roll.uniform(2.5, 6), math.radians(roll.uniform(100, 190))
    vx, vy = speed * math.cos(toward), speed * math.sin(toward)
    x, y = roll.uniform(-0.7, 0.7) * radius, roll.uniform(-0.7, 0.7) * radius
    return Shower(starts_at, lasts, x - vx * lasts / 2, y - vy * lasts / 2, vx, vy, size, peak)


def _storm_showers(seed: int, storm: Storm, radius: float) -> list[Shower]:
    """Six heavy cells one after the other, each through the middle of the district."""
    cells = []
    for n in range(6):
        roll = dice("storm", seed, n)
        lasts = storm.lasts * 0.5
        toward = math.radians(roll.uniform(120, 170))
        speed = radius / lasts
        vx, vy = speed * math.cos(toward), speed * math.sin(toward)
        x, y = roll.gauss(0, 0.3) * radius, roll.gauss(0, 0.3) * radius
        starts = storm.starts_at + n * storm.lasts * 0.1
        cells.append(Shower(starts, lasts, x - vx * lasts / 2, y - vy * lasts / 2, vx, vy, radius * 0.55, roll.uniform(28, 48)))
    return cells


def rain_rate(showers: Sequence[Shower], x: float, y: float, t: float) -> float:
    """Rain at a point, mm/h."""
    return sum(shower.rate(x, y, t) for shower in showers)


def rain_hour(showers: Sequence[Shower], x: float, y: float, t: float) -> float:
    """Rain of the last hour at a point, mm."""
    if not showers:
        return 0.0
    steps = int(_HOUR / _STEP_S)
    return sum(rain_rate(showers, x, y, t - n * _STEP_S) for n in range(steps)) / steps


def standing_water(showers: Sequence[Shower], x: float, y: float, t: float, drains_in: float) -> float:
    """Rain not yet drained at a point, mm: what fell, less what runs off with the time constant `drains_in` (s)."""
    if not showers:
        return 0.0
    return sum(
        rain_rate(showers, x, y, t - back) * math.exp(-back / drains_in) * _STEP_S / _HOUR
        for back in (n * _STEP_S for n in range(min(48, int(4 * drains_in / _STEP_S))))
    )


def mean_rain(showers: Sequence[Shower], t: float, radius: float) -> float:
    """Rain over the district, mm/h: the mean of five points."""
    half = radius / 2
    points = ((0.0, 0.0), (half, half), (half, -half), (-half, half), (-half, -half))
    return sum(rain_rate(showers, x, y, t) for x, y in points) / 5 if showers else 0.0


def runoff(showers: Sequence[Shower], t: float, radius: float, lag_s: float = 2400, drains_in: float = 7200) -> float:
    """Rain of the district that has reached the rivers and not left them, mm: later than the streets, and slower."""
    if not showers:
        return 0.0
    backs = [n * 600.0 for n in range(36)]
    return sum(mean_rain(showers, t - lag_s - back, radius) * math.exp(-back / drains_in) / 6 for back in backs)
