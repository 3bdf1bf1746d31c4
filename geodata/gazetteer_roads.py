"""Spots on roads: between known house numbers, and where two roads meet. Degrees in, degrees out; never a wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

import shapely

from geodata.gazetteer_places import PlaceEntry

_MEET_M = 60.0  # two middles of roads that meet lie no farther apart: a wide junction
_METRES_PER_DEGREE = 111_195.0
_BETWEEN, _BEYOND, _SOMEWHERE = 0.85, 0.55, 0.5
_GAP = 100  # numbers between two known ones that make a guess half as good


@dataclass(frozen=True, slots=True)
class RoadSpot:
    """A guessed point on a road, what it is worth, and how it was guessed."""

    lon: float
    lat: float
    worth: float
    reason: str


def along(known: Mapping[int, PlaceEntry], number: int, road: PlaceEntry) -> RoadSpot:
    """Where a house number would stand: between its neighbours of the same side, beyond the last one, else the road's middle."""
    side = sorted(n for n in known if n % 2 == number % 2) or sorted(known)
    below, above = [n for n in side if n < number], [n for n in side if n > number]
    if below and above:
        low, high = known[below[-1]], known[above[0]]
        part = (number - below[-1]) / (above[0] - below[-1])
        worth = _BETWEEN * _GAP / (_GAP + (above[0] - below[-1]))
        return RoadSpot(low.lon + part * (high.lon - low.lon), low.lat + part * (high.lat - low.lat), worth, "between_numbers")
    if side:
        nearest = known[below[-1] if below else above[0]]
        gap = abs(number - (nearest.number or 0))
        return RoadSpot(nearest.lon, nearest.lat, _BEYOND * _GAP / (_GAP + gap), "beyond_numbers")
    return RoadSpot(road.lon, road.lat, 0.35 + (_SOMEWHERE - 0.2) * 120.0 / (120.0 + road.reach_m), "road_only")


def crossing(one: PlaceEntry, two: PlaceEntry) -> tuple[float, float] | None:
    """Longitude and latitude where two roads meet; None where they do not, or a course is not known."""
    if not one.line or not two.line or one is two:
        return None
    return _meeting(one.line, two.line)


Course = tuple[tuple[tuple[float, float], ...], ...]


@lru_cache(maxsize=4096)
def _meeting(one: Course, two: Course) -> tuple[float, float] | None:
    first, second = _shape(one), _shape(two)
    met = first.intersection(second)
    if not met.is_empty:
        point = shapely.get_parts(met)[0].representative_point()
        return float(point.x), float(point.y)
    line = shapely.shortest_line(first, second)
    (x1, y1), (x2, y2) = shapely.get_coordinates(line)
    east, north = (x2 - x1) * cos(radians(y1)) * _METRES_PER_DEGREE, (y2 - y1) * _METRES_PER_DEGREE
    return ((float(x1 + x2) / 2, float(y1 + y2) / 2)) if (east**2 + north**2) ** 0.5 <= _MEET_M else None


@lru_cache(maxsize=1024)
def _shape(course: Course) -> shapely.MultiLineString:
    return shapely.MultiLineString([part for part in course if len(part) > 1])
