"""A city on a plane in metres, for work on many of its points at once, and the middle of some of them. Decides nothing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.near import METRES_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Plane:
    """Distances on it are right where its scale (the cosine of a latitude) was taken: those of a city to a few per mille."""

    scale: float

    @classmethod
    def of(cls, latitudes: Iterable[float]) -> "Plane":
        """For places (degrees) around the median latitude; the same whatever their order."""
        known = sorted(latitudes)
        return cls(max(math.cos(math.radians(known[len(known) // 2])), 0.01) if known else 1.0)

    def metres(self, lon: float, lat: float) -> tuple[float, float]:
        """East and north in metres."""
        return lon * self.scale * METRES_PER_DEGREE, lat * METRES_PER_DEGREE


def median_point(points: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The medians of longitudes and of latitudes (of two the lower): a few that lie far off do not move it. At least one point."""
    known = list(points)
    middle = (len(known) - 1) // 2
    return sorted(lon for lon, _ in known)[middle], sorted(lat for _, lat in known)[middle]
