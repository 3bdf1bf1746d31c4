"""What a healthy sensor measures at a place and a moment: traffic, air, noise, water, people, batteries. Pure.

Each function returns a value in the unit of `config.yaml`; what goes wrong is laid over it in `sim.city`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.chance import drift, flicker, trait
from sim.model import Site, Source
from sim.weather import Sky, rain_hour, runoff, standing_water


@dataclass(frozen=True, slots=True)
class Air:
    """The moment all sites share: the sky, the dust sources, the rivers' runoff (mm) and the district's radius (m)."""

    sky: Sky
    sources: Sequence[Source]
    runoff: float
    radius: float


def air_of(sky: Sky, sources: Sequence[Source], radius: float) -> Air:
    return Air(sky, sources, runoff(sky.showers, sky.t, radius), radius)


def traffic(hour: float, weekday: int) -> float:
    """Share of the greatest traffic, 0…1: peaks at 8 and 18 on working days, one broad hump at weekends."""
    if weekday < 5:
        peaks = math.exp(-((hour - 8.0) ** 2) / 2.2) + 0.95 * math.exp(-((hour - 18.0) ** 2) / 3.2)
        day = 0.55 / (1 + math.exp(-(hour - 6.3) * 2)) / (1 + math.exp((hour - 22) * 1.2))
        return min(1.0, 0.06 + 0.75 * peaks + day)
    return 0.08 + 0.7 * math.exp(-((hour - 15) ** 2) / 28)


def plume(source: Source, x: float, y: float, sky: Sky) -> float:
    """PM2.5 a source adds at a point: a Gaussian plume seen from above, wider and thinner down the wind."""
    dx, dy = x - source.x, y - source.y
    along = dx * math.cos(sky.wind_to) + dy * math.sin(sky.wind_to)
    across = -dx * math.sin(sky.wind_to) + dy * math.cos(sky.wind_to)
    if along < -400:
        return 0.0
    width = 260 + 0.22 * max(0.0, along)
    thin = 260 / width * math.exp(-max(0.0, along) / 5000) * (1 if along >= 0 else math.exp(along / 150))
    return source.strength * thin * math.exp(-((across / width) ** 2)) * min(1.3, 2.6 / (0.8 + sky.wind_speed))


def pm25(site: Site, air: Air) -> float:
    sky = air.sky
    works = 1.0 if 7 <= sky.hour <= 20 else 0.45
    inversion = 1 + 0.18 * math.cos(2 * math.pi * (sky.hour - 5) / 24)
    north = 1 + 0.22 * site.y / air.radius - 0.10 * site.x / air.radius
    local = sum(plume(source, site.x, site.y, sky) for source in air.sources) * works
    roads = 21 * site.road * traffic(sky.hour, sky.weekday) + 7 * site.centre
    own = 3 * (trait(site.device, "bias") - 0.5) + 1.1 * flicker(site.device + "pm", sky.t)
    return max(2.0, sky.haze * inversion * north + local + roads + own)


def pm10(site: Site, air: Air) -> float:
    dust = 1.45 + 0.35 * trait(site.device, "coarse") + (0.5 if site.kind == "dust" and 7 <= air.sky.hour <= 20 else 0)
    return pm25(site, air) * dust + 1.5 * flicker(site.device + "pm10", air.sky.t)


def noise(site: Site, air: Air) -> float:
    sky = air.sky
    base = 41 + 10 * site.road + 5 * site.centre + 5 * (trait(site.device, "loud") - 0.5)
    busy = (12 * site.road + 5) * math.sqrt(traffic(sky.hour, sky.weekday))
    return base + busy + 3 * site.bustle + 1.3 * flicker(site.device + "dB", sky.t)


def temperature(site: Site, air: Air) -> float:
    warm = 1.3 * site.centre if not 9 < air.sky.hour < 17 else 0.5 * site.centre
    return air.sky.temperature + warm + 0.6 * (trait(site.device, "t") - 0.5) + 0.1 * flicker(site.device + "t", air.sky.t)


def humidity(site: Site, air: Air) -> float:
    return min(99.0, max(15.0, air.sky.humidity - 3 * site.centre + 4 * (trait(site.device, "h") - 0.5)))


def wind_speed(site: Site, air: Air) -> float:
    return max(0.1, air.sky.wind_speed * (1 - 0.35 * site.centre) + 0.25 * flicker(site.device + "w", air.sky.t))


def rain(site: Site, air: Air) -> float:
    return rain_hour(air.sky.showers, site.x, site.y, air.sky.t)


def water_depth(site: Site, air: Air) -> float:
    """A sewer carries the first millimetres away; what is more stands in the low places, cm."""
    standing = standing_water(air.sky.showers, site.x, site.y, air.sky.t, 1500 + 1800 * trait(site.device, "drain"))
    return max(0.0, (standing - 3.0) * (0.6 + 1.5 * site.low)) + 0.3 * max(0.0, flicker(site.device + "d", air.sky.t))


def water_level(site: Site, air: Air) -> float:
    """Metres above the local datum; the canal's sluices hold it near 3.6."""
    base = 3.45 + 0.35 * trait(site.device, "bed") + 0.06 * drift("canal", air.sky.t, 6 * 3600)
    return base + 0.026 * air.runoff * (0.8 + 0.4 * trait(site.device, "narrow")) + 0.004 * flicker(site.device + "l", air.sky.t)


def dissolved_oxygen(site: Site, air: Air) -> float:
    cold = max(0.0, (22 - air.sky.temperature) * 0.09)
    light = 0.8 * math.cos(2 * math.pi * (air.sky.hour - 15) / 24)
    return max(3.4, 5.9 + cold + light + 1.4 * (trait(site.device, "do") - 0.5) + 0.08 * flicker(site.device + "do", air.sky.t))


def ammonia(site: Site, air: Air) -> float:
    return max(0.05, 0.55 + 0.7 * trait(site.device, "nh") + 0.02 * air.runoff + 0.05 * flicker(site.device + "nh", air.sky.t))


def gas(site: Site, air: Air) -> float:
    cooking = max(math.exp(-((air.sky.hour - peak) ** 2) / 0.8) for peak in (7.0, 11.7, 18.0))
    return max(0.0, 0.4 + 2.2 * trait(site.device, "gas") * cooking + 0.3 * flicker(site.device + "g", air.sky.t))


def smoke(site: Site, air: Air) -> float:
    return 0.0


def hydrant_pressure(site: Site, air: Air) -> float:
    use = 0.5 * math.exp(-((air.sky.hour - 7.5) ** 2) / 3) + math.exp(-((air.sky.hour - 19.5) ** 2) / 5)
    return 0.27 + 0.07 * trait(site.device, "main") - 0.035 * use + 0.004 * flicker(site.device + "p", air.sky.t)


def manhole_tilt(site: Site, air: Air) -> float:
    return 2.5 * trait(site.device, "set") + 0.3 * abs(flicker(site.device + "m", air.sky.t))


def bin_fill(site: Site, air: Air) -> float:
    """Filled in a day or two, emptied by the lorry at the same hour; the lorry comes before it is full."""
    period = 86400 * (1 if trait(site.device, "daily") < 0.7 else 2)
    part = (air.sky.t / period + trait(site.device, "round") * 0.4) % 1.0
    return 4 + part * (45 + 36 * trait(site.device, "used")) + 0.4 * flicker(site.device + "b", air.sky.t)


def crowd(site: Site, air: Air) -> float:
    sky = air.sky
    street = (4 + 26 * site.centre + 16 * site.road) * traffic(sky.hour, sky.weekday)
    evening = math.exp(-((sky.hour - 19.6) ** 2) / 4.5) + (0.7 * math.exp(-((sky.hour - 15) ** 2) / 10) if sky.weekday >= 5 else 0.25)
    place = 235 * site.bustle * evening * (0.75 + 0.5 * trait(site.device, f"day{int(sky.t // 86400)}")) if 6 < sky.hour < 23.5 else 3
    return max(0.0, (street + place) * (1 + 0.07 * flicker(site.device + "c", sky.t)))


def battery(site: Site, air: Air) -> float:
    """A cell lasts two to four years; a few are near their end."""
    lasts = 86400 * 365 * (2 + 2 * trait(site.device, "cell"))
    return round(100 - 92 * ((air.sky.t / lasts + trait(site.device, "fitted")) % 1.0), 0)


def gaseous(metric: str, site: Site, air: Air) -> float:
    """SO₂, NO₂, O₃ (µg/m³) and CO (mg/m³): traffic, sun and haze in the proportions of a quiet southern city."""
    jam, sun = traffic(air.sky.hour, air.sky.weekday), max(0.0, math.cos(2 * math.pi * (air.sky.hour - 14) / 24))
    values = {"so2": 7 + 0.05 * air.sky.haze, "no2": 16 + 34 * jam, "o3": 28 + 95 * sun, "co": 0.4 + 0.35 * jam + 0.004 * air.sky.haze}
    return values[metric] * (1 + 0.03 * flicker(site.device + metric, air.sky.t))


FIELD: dict[str, Callable[[Site, Air], float]] = {
    "pm25": pm25, "pm10": pm10, "noise": noise, "temperature": temperature, "humidity": humidity, "wind_speed": wind_speed,
    "rain": rain, "water_depth": water_depth, "water_level": water_level, "dissolved_oxygen": dissolved_oxygen,
    "ammonia": ammonia, "gas": gas, "smoke": smoke, "hydrant_pressure": hydrant_pressure, "manhole_tilt": manhole_tilt,
    "bin_fill": bin_fill, "crowd": crowd, "battery": battery,
}  # fmt: skip


def measure(metric: str, site: Site, air: Air) -> float:
    """The true value of a metric at a site."""
    field = FIELD.get(metric)
    return field(site, air) if field else gaseous(metric, site, air)
