"""The nouns of the simulated city: what stands where, and what befalls it. Frozen; nothing here rolls dice.

Times are epoch seconds, lengths metres east (x) and north (y) of the district's centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of device: what it measures, how often it speaks (s), where it stands, how many of 1,000 it is."""

    name: str
    domain: str
    label: str
    metrics: tuple[str, ...]
    interval_s: float
    per_mille: float
    ground: str
    wire: str = "gateway"  # gateway, single or hj212
    at_least: int = 2
    battery: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A device on its ground. `road`, `centre`, `low` and `bustle` are 0…1: traffic near by, how central, how low, how visited."""

    device: str
    kind: str
    name: str
    area: str
    lon: float
    lat: float
    x: float
    y: float
    interval_s: float
    gateway: str = ""
    duty_grid: str = ""
    cell_id: int = 0
    road: float = 0.0
    centre: float = 0.0
    low: float = 0.0
    bustle: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A chimney or a construction site whose dust the wind carries; `strength` in µg/m³ of PM2.5 near by."""

    x: float
    y: float
    strength: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell people may call from."""

    cell_id: int
    area: str
    duty_grid: str
    lon: float
    lat: float
    weight: float


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle and the road it goes up and down: `way` are (lon, lat), degrees. `area` and `cell_id` are where it is at home."""

    device: str
    name: str
    area: str
    cell_id: int
    way: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole simulated district: what `sim.seed` made and `python -m sim` brings to life."""

    area: str
    seed: int
    timezone: str
    lon: float
    lat: float
    radius: float
    sites: tuple[Site, ...]
    sources: tuple[Source, ...]
    spots: tuple[Spot, ...]
    grids: Mapping[str, str] = field(default_factory=dict)  # duty grid → login of its worker
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something goes wrong at one device: it grows, lasts and fades; `peak` is the metric's value at its worst.

    `seen`: what a camera near by surely calls it; empty: as its kind is seen on any day.
    """

    key: str
    kind: str
    device: str
    metric: str
    starts_at: float
    grows_for: float
    lasts_for: float
    fades_for: float
    peak: float
    seen: str = ""

    @property
    def ends_at(self) -> float:
        return self.starts_at + self.grows_for + self.lasts_for + self.fades_for

    def strength(self, t: float, cured_at: float | None = None) -> float:
        """How bad it is at `t`, 0…1; from `cured_at` on it fades."""
        fade_at = self.starts_at + self.grows_for + self.lasts_for
        if cured_at is not None and self.starts_at <= cured_at < fade_at:
            return self._grown(cured_at) * max(0.0, 1 - (t - cured_at) / self.fades_for) if t > cured_at else self._grown(t)
        return self._grown(t) if t < fade_at else max(0.0, 1 - (t - fade_at) / self.fades_for)

    def _grown(self, t: float) -> float:
        return min(1.0, max(0.0, (t - self.starts_at) / self.grows_for))


@dataclass(frozen=True, slots=True)
class Outage:
    """A device says nothing for a while."""

    device: str
    starts_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody rings 12345."""

    key: str
    at: float
    class_code: str
    title: str
    text: str
    address: str
    area: str
    lon: float
    lat: float
    cell_id: int = 0
    batch: bool = False  # comes with the hourly CSV of the hotline, not at once


@dataclass(frozen=True, slots=True)
class Sighting:
    """A camera saw something, from `at` for `lasts` seconds."""

    key: str
    at: float
    lasts: float
    camera: str
    label: str
    score: float
