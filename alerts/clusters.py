"""Where signals lie close together: groups of at least so many within a radius, the same whatever the order of the points. Pure.

Laws kept here: no new group has fewer than `least` points round its centre; of any `least` points in a circle of half the radius all belong
to groups; no point of a group lies more than three radii from its centre, so that a row of neighbours never chains half a city into one.
Centres that were known before come first, and their groups grow before another begins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely

from geodata.plane import Plane, median_point

_SHIFTS = 8  # steps by which a new centre goes to where its points are densest
_EDGE = 1 + 1e-9  # what lies on the edge lies within, however it is rounded
_FREE = -1


class Point(NamedTuple):
    """A signal's place in degrees. `order`: its rank among all, the same for the same signals."""

    lon: float
    lat: float
    order: int
    source: str = ""


@dataclass(slots=True)
class Group:
    """`known`: which of the known centres it is; None: a new one. `core` lies within the radius of the centre (lon, lat)."""

    lon: float
    lat: float
    known: int | None = None
    core: list[Point] = field(default_factory=list)
    fringe: list[Point] = field(default_factory=list)

    @property
    def points(self) -> list[Point]:
        return sorted((*self.core, *self.fringe), key=_order)


@dataclass(frozen=True, slots=True)
class Measure:
    """How near (metres) how many of how many different sources must lie."""

    radius_m: float
    least: int
    sources: int = 1


def group(points: Iterable[Point], measure: Measure, known: Sequence[tuple[float, float]] = ()) -> list[Group]:
    """Groups of points; those round known centres (lon, lat) first and in their order, also when they are empty.

    A known centre that lies within half the radius of an earlier one is the same group by now, and begins none.
    """
    search = _Search(sorted(points, key=_order), measure, known)
    search.round_known()
    search.grow(search.taken(), search.free())
    for number in search.lay_out():
        while search.owner[number] == _FREE and (core := search.begin(number)):
            search.grow(core, search.free_near(core))
    search.grow(search.taken(), search.free())  # what touches any point of a group: who stands in a crowd is not left alone
    return search.groups


class _Search:
    """Points on a plane in metres, and which group each belongs to."""

    def __init__(self, points: Sequence[Point], measure: Measure, known: Sequence[tuple[float, float]]) -> None:
        self._points, self._measure, self._most = points, measure, (measure.radius_m * _EDGE) ** 2
        self._plane = Plane.of(point.lat for point in points)
        self._xy = [self._plane.metres(point.lon, point.lat) for point in points]
        self._shapes: Any = shapely.points(np.array(self._xy, np.float64).reshape(-1, 2))
        self.groups = [Group(*place, known=number) for number, place in enumerate(known)]
        self.owner = [_FREE] * len(points)
        self._tiles: dict[tuple[int, int], list[int]] = {}

    def round_known(self) -> None:
        """Each point within the radius of a known centre goes to the nearest."""
        if not self.groups:
            return
        places: Any = shapely.points(np.array([self._plane.metres(one.lon, one.lat) for one in self.groups]))
        apart = _apart(places, self._measure.radius_m / 2)
        for point, number in self._nearest(places[apart], apart, self.free()):
            self.owner[point] = number
            self.groups[number].core.append(self._points[point])

    def free(self) -> list[int]:
        return [number for number, owner in enumerate(self.owner) if owner == _FREE]

    def taken(self) -> list[int]:
        return [number for number, owner in enumerate(self.owner) if owner != _FREE]

    def _nearest(self, sources: Any, numbers: Sequence[int], free: Sequence[int]) -> list[tuple[int, int]]:
        """Which of these lie within the radius of a source, in their order, each with the group of the nearest."""
        if not len(sources) or not free:
            return []
        radius = self._measure.radius_m * _EDGE
        found, nearest = shapely.STRtree(sources).query_nearest(self._shapes[free], max_distance=radius, all_matches=False)
        return [(free[one], numbers[other]) for one, other in sorted(zip(found.tolist(), nearest.tolist(), strict=True))]

    def lay_out(self) -> list[int]:
        """The free points by tile of one radius; returns, in their order, those around which there may be enough."""
        free = self.free()
        for number in free:
            self._tiles.setdefault(self._tile(*self._xy[number]), []).append(number)
        counts = {tile: len(here) for tile, here in self._tiles.items()}
        enough = {tile for tile in counts if sum(counts.get(one, 0) for one in _round(*tile)) >= self._measure.least}
        return sorted(number for tile in enough for number in self._tiles[tile])

    def _tile(self, x: float, y: float) -> tuple[int, int]:
        return int(x // self._measure.radius_m), int(y // self._measure.radius_m)

    def _around(self, x: float, y: float) -> list[int]:
        """The free points within the radius, in their order."""
        near = [number for tile in _round(*self._tile(x, y)) if tile in self._tiles for number in self._tiles[tile]]
        if len(near) < self._measure.least:
            return []
        xy, owner, most = self._xy, self.owner, self._most
        return sorted(n for n in near if owner[n] == _FREE and (xy[n][0] - x) ** 2 + (xy[n][1] - y) ** 2 <= most)

    def free_near(self, core: Sequence[int]) -> list[int]:
        """The free points of the tiles around a core, in their order."""
        tiles = {tile for number in core for tile in _round(*self._tile(*self._xy[number]))}
        return sorted(number for tile in tiles & self._tiles.keys() for number in self._tiles[tile] if self.owner[number] == _FREE)

    def begin(self, seed: int) -> list[int]:
        """A new group round a point if enough lies around it; its centre goes towards their median as long as more lies around there."""
        (lon, lat), best = self._points[seed][:2], self._around(*self._xy[seed])
        if not self._suffices(best):
            return []
        for _ in range(_SHIFTS):
            there = median_point(self._points[number][:2] for number in best)
            core = self._around(*self._plane.metres(*there))
            if len(core) <= len(best) or not self._suffices(core):
                break
            (lon, lat), best = there, core
        for number in best:
            self.owner[number] = len(self.groups)
        self.groups.append(Group(lon, lat, core=[self._points[number] for number in best]))
        return best

    def _suffices(self, core: Sequence[int]) -> bool:
        enough, sources = len(core) >= self._measure.least, self._measure.sources
        return enough and (sources <= 1 or len({self._points[number].source for number in core}) >= sources)

    def grow(self, members: Sequence[int], free: Sequence[int]) -> None:
        """The groups of these points take in what lies within the radius of one: once, not from neighbour to neighbour."""
        for point, number in self._nearest(self._shapes[members], [self.owner[one] for one in members], free):
            self.owner[point] = number
            self.groups[number].fringe.append(self._points[point])


def _round(column: int, row: int) -> list[tuple[int, int]]:
    """A tile and the eight around it."""
    return [(column + east, row + north) for east in (-1, 0, 1) for north in (-1, 0, 1)]


def _apart(places: Any, metres: float) -> list[int]:
    """The numbers of those that do not lie within a distance of an earlier one that stays."""
    near: dict[int, list[int]] = {}
    for one, other in zip(*shapely.STRtree(places).query(places, predicate="dwithin", distance=metres).tolist(), strict=True):
        near.setdefault(one, []).append(other)
    stay: set[int] = set()
    for number in range(len(places)):
        if stay.isdisjoint(near.get(number, ())):
            stay.add(number)
    return sorted(stay)


def _order(point: Point) -> int:
    return point.order
