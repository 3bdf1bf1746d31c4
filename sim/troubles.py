"""What goes wrong in a district, how often and for how long: Poisson processes, the same for the same seed. Pure.

Calibrated so that a district of 5,000 devices at rest has 15–40 open alerts, seldom a red one; `speed` multiplies how
often things happen and divides how long they take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sim.chance import dice, poisson
from sim.model import Outage, Trouble

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Ailment:
    """One kind of trouble: which kinds of device, the metric, how many a day, minutes to grow, last and fade, worst values."""

    name: str
    kinds: tuple[str, ...]
    metric: str
    per_day: float
    grows: tuple[float, float]
    lasts: tuple[float, float]
    fades: tuple[float, float]
    peak: tuple[float, float]
    hours: tuple[float, float] = (0, 24)


AILMENTS: tuple[Ailment, ...] = (
    Ailment("gas leak", ("gas",), "gas", 12, (3, 12), (10, 35), (5, 15), (27, 68)),
    Ailment("smoke", ("smoke",), "smoke", 16, (0.2, 0.5), (6, 30), (0.5, 1), (1, 1)),
    Ailment("manhole", ("manhole",), "manhole_tilt", 22, (0.3, 1), (60, 200), (0.3, 1), (24, 70)),
    Ailment("full bin", ("bin",), "bin_fill", 54, (20, 60), (60, 220), (1, 2), (94, 100), (6, 24)),
    Ailment("crowd", ("camera",), "crowd", 6, (20, 50), (15, 60), (20, 40), (360, 520), (9, 22)),
    Ailment("site dust", ("dust", "air"), "pm10", 12, (5, 15), (20, 80), (10, 30), (265, 480), (7, 19)),
    Ailment("loud works", ("noise", "dust"), "noise", 32, (0.5, 2), (15, 80), (0.5, 2), (76.5, 86), (6, 24)),
    Ailment("low pressure", ("hydrant",), "hydrant_pressure", 14, (5, 20), (60, 240), (10, 20), (0.06, 0.13)),
    Ailment("starved water", ("quality",), "dissolved_oxygen", 2.5, (40, 90), (60, 240), (60, 120), (0.9, 1.8)),
    Ailment("blocked drain", ("pond",), "water_depth", 2.5, (8, 25), (20, 60), (20, 50), (16, 29)),
)
_LONGEST_S = 8 * _HOUR

OUTAGES_PER_DAY = 150.0
GATEWAY_DROPS_PER_DAY = 3.0


def troubles_of_hour(
    seed: int, hour: int, sites: Mapping[str, Sequence[str]], devices: int, speed: float, offset_s: float
) -> list[Trouble]:
    """The troubles that begin in one hour (epoch hours); `sites` lists the devices of each kind."""
    found = []
    for ailment in AILMENTS:
        pool = [device for kind in ailment.kinds for device in sites.get(kind, ())]
        roll = dice("trouble", seed, ailment.name, hour)
        local = (hour + offset_s / _HOUR) % 24
        if not pool or not ailment.hours[0] <= local < ailment.hours[1]:
            continue
        open_hours = ailment.hours[1] - ailment.hours[0]
        mean = ailment.per_day / open_hours * devices / 5000 * speed
        found += [_trouble(roll, ailment, pool, hour, n, speed) for n in range(poisson(roll, mean))]
    return found


def _trouble(roll: Random, ailment: Ailment, pool: Sequence[str], hour: int, n: int, speed: float) -> Trouble:
    grows, lasts, fades = (roll.uniform(*span) * 60 / speed for span in (ailment.grows, ailment.lasts, ailment.fades))
    starts_at = hour * _HOUR + roll.random() * _HOUR
    peak = roll.uniform(*ailment.peak)
    return Trouble(f"{ailment.name}-{hour}-{n}", ailment.name, roll.choice(pool), ailment.metric, starts_at, grows, lasts, fades, peak)


def troubles_at(seed: int, t: float, sites: Mapping[str, Sequence[str]], devices: int, speed: float, offset_s: float) -> list[Trouble]:
    """Those that are under way at `t` or begin within the present hour."""
    hours = range(int((t - _LONGEST_S / max(1.0, speed)) // _HOUR), int(t // _HOUR) + 1)
    found = (trouble for hour in hours for trouble in troubles_of_hour(seed, hour, sites, devices, speed, offset_s))
    return [trouble for trouble in found if trouble.ends_at > t]


def outages_at(seed: int, t: float, devices: Sequence[str], groups: Mapping[str, Sequence[str]], speed: float) -> list[Outage]:
    """Devices that say nothing at `t` or will stop within the hour: a few for hours, and now and then part of a gateway."""
    found = []
    for hour in range(int((t - 12 * _HOUR) // _HOUR), int(t // _HOUR) + 1):
        roll = dice("outage", seed, hour)
        for _ in range(poisson(roll, OUTAGES_PER_DAY / 24 * len(devices) / 5000 * speed)):
            starts_at = hour * _HOUR + roll.random() * _HOUR
            lasts = min(12 * _HOUR, 900 + roll.expovariate(1 / (2.6 * _HOUR))) / speed
            found.append(Outage(roll.choice(devices), starts_at, starts_at + lasts))
        for _ in range(poisson(roll, GATEWAY_DROPS_PER_DAY / 24 * speed)):
            starts_at = hour * _HOUR + roll.random() * _HOUR
            group = groups[roll.choice(sorted(groups))] if groups else ()
            ends_at = starts_at + roll.uniform(600, 1500) / speed
            found += [Outage(device, starts_at, ends_at) for device in roll.sample(list(group), min(len(group), roll.randint(4, 9)))]
    return [outage for outage in found if outage.ends_at > t]


def opening_scene(sites: Mapping[str, Sequence[str]], seed: int, now: float) -> list[Trouble]:
    """What the first minutes of a fresh demo show: a gas leak that turns red, a moved manhole, loud works, a full bin."""
    roll = dice("scene", seed)
    scene = (("gas", "gas leak", "gas", 45, 60, 900, 64.0), ("manhole", "manhole", "manhole_tilt", 20, 10, 4000, 46.0),
             ("noise", "loud works", "noise", 10, 20, 1500, 81.0), ("bin", "full bin", "bin_fill", 5, 60, 5400, 97.0))  # fmt: skip
    return [
        Trouble(f"scene-{kind}", name, roll.choice(sites[kind]), metric, now + after, grows, lasts, 300.0, peak)
        for kind, name, metric, after, grows, lasts, peak in scene
        if sites.get(kind)
    ]
