"""What is near what, on the plane around it: metres between two places, and places found by tile. Decides nothing.

Good to a few per mille over some kilometres; areas and lengths that are told to people are `geodata.metric`'s.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Generic, TypeVar

METRES_PER_DEGREE = 111_320.0  # of latitude

T = TypeVar("T")


def distance_m(lon: float | None, lat: float | None, other_lon: float | None, other_lat: float | None) -> float:
    """Metres between two places in degrees; infinite where one is unknown."""
    if lon is None or lat is None or other_lon is None or other_lat is None:
        return math.inf
    east = (lon - other_lon) * math.cos(math.radians(other_lat))
    return math.hypot(east, lat - other_lat) * METRES_PER_DEGREE


def bearing_deg(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Which way one looks from a place to another: degrees clockwise from north, 0 to 360."""
    east = (to_lon - lon) * math.cos(math.radians(lat))
    return math.degrees(math.atan2(east, to_lat - lat)) % 360


def circle(lon: float, lat: float, radius_m: float, corners: int = 64) -> list[list[float]]:
    """A closed ring around a place, [lon, lat] in degrees, against the clock."""
    tall = radius_m / METRES_PER_DEGREE
    wide = tall / max(math.cos(math.radians(lat)), 0.01)
    turns = [2 * math.pi * n / corners for n in range(corners)]
    ring = [[round(lon + wide * math.cos(turn), 6), round(lat + tall * math.sin(turn), 6)] for turn in turns]
    return [*ring, ring[0]]


class Tiles(Generic[T]):
    """Things by tile of one reach in metres: what is within it of a place is in the tiles around. `key` keeps kinds apart."""

    def __init__(self, reach_m: float) -> None:
        self._degrees = reach_m / METRES_PER_DEGREE
        self._tiles: dict[tuple[object, int, int], list[T]] = defaultdict(list)

    def add(self, lon: float, lat: float, thing: T, key: object = None) -> None:
        column, row = self._tile(lon, lat)
        self._tiles[key, column, row].append(thing)

    def near(self, lon: float, lat: float, key: object = None) -> Iterator[T]:
        """All that may be within reach, and some that are not."""
        column, row = self._tile(lon, lat)
        # A degree of longitude is shorter than one of latitude: to 60° north two tiles to each side suffice.
        for east in (-2, -1, 0, 1, 2):
            for north in (-1, 0, 1):
                yield from self._tiles.get((key, column + east, row + north), ())

    def _tile(self, lon: float, lat: float) -> tuple[int, int]:
        return math.floor(lon / self._degrees), math.floor(lat / self._degrees)
