"""Whether the cells of a city are the squares of one regular grid, and how its columns and rows lie on the map. Decides nothing else.

A grid is laid in metres of some projection that nobody tells us; on the map it is turned, and a little bent. So it is found, not assumed:
columns and rows are counted from the middle outwards, and two polynomials of the second degree say where they are (a few centimetres off
over thirty kilometres).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CORNERS = 4
_LEAST_CELLS = 4
_WORST = 0.06  # of a cell's side: what an own corner may lie beside the grid's; beyond it the cells are irregular
_FIRST_RING, _GROWTH = 12.0, 1.8  # cells: how far from the middle columns are counted at first, and how much further each time
_SIDE_AT_MOST = 4096  # columns or rows: what every graphics card takes
_FITTED = 20_000  # corners that the polynomials are fitted to; all are held against them
_EMPTY_AT_MOST = 40  # places for one cell: beyond it the "grid" is a few far-off villages


@dataclass(frozen=True, slots=True)
class Lattice:
    """`place` of each cell is row × columns + column, row 0 the southernmost.

    `origin` is the middle on the square of Web Mercator (0…1, y to the south). With u, v the columns and rows from `middle`,
    x = origin[0] + Σ x[k]·b[k] and y likewise over b = (1, u, v, u², uv, v²); a cell reaches half a unit to each side.
    """

    columns: int
    rows: int
    middle: tuple[float, float]
    origin: tuple[float, float]
    x: tuple[float, ...]
    y: tuple[float, ...]
    place: Ints


def find_lattice(shapes: NDArray[Any]) -> Lattice | None:
    """The grid that polygons in degrees (CGCS2000) form; None where they form none, or are too few to tell."""
    if len(shapes) < _LEAST_CELLS or not np.all(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON):
        return None
    if not np.all(shapely.get_num_coordinates(shapes) == _CORNERS + 1):
        return None
    corners = _mercator(shapely.get_coordinates(shapes).reshape(-1, _CORNERS + 1, 2)[:, :_CORNERS])
    middles = corners.mean(axis=1)
    origin = np.median(middles, axis=0)
    side = float(np.median(np.hypot(*np.moveaxis(np.roll(corners, -1, axis=1) - corners, 2, 0))))
    if not side > 0:
        return None
    numbers = _count_outwards((middles - origin) / side, (corners - origin) / side)
    return None if numbers is None else _lattice(numbers, corners, origin)


def _mercator(degrees: Floats) -> Floats:
    """Degrees → the square of Web Mercator."""
    lon, lat = degrees[..., 0], np.radians(degrees[..., 1])
    return np.stack([lon / 360 + 0.5, 0.5 - np.log(np.tan(math.pi / 4 + lat / 2)) / (2 * math.pi)], axis=-1)


def _count_outwards(middles: Floats, corners: Floats) -> Ints | None:
    """Column and row of every cell, from the one nearest the middle; both arrays are in sides of a cell, y to the south."""
    edges = (np.roll(corners, -1, axis=1) - corners).reshape(-1, 2)
    east, north = (_usual(edges[np.argsort(-key)[: len(edges) // 4]]) for key in (edges @ (1.0, 0.0), edges @ (0.0, -1.0)))
    frame = np.column_stack([east, north])
    if abs(np.linalg.det(frame)) < 0.1:
        return None
    start = middles[np.argmin(np.hypot(*middles.T))]
    away = middles - start
    numbers, reach, reverse = away @ np.linalg.inv(frame).T, _FIRST_RING, None
    distance = np.hypot(*away.T)
    while True:
        near = distance <= reach
        if reverse is not None:
            numbers = _basis(away) @ reverse
        counted = np.round(numbers)
        if np.abs(numbers - counted)[near].max(initial=0) > 0.3:
            return None
        if near.all():
            return np.asarray(counted, dtype=np.int64)
        if near.sum() >= 6:
            reverse = np.linalg.lstsq(_basis(away[near]), counted[near], rcond=None)[0]
        reach *= _GROWTH


def _usual(edges: Floats) -> Floats:
    return np.asarray(np.median(edges, axis=0))


def _basis(at: Floats) -> Floats:
    u, v = at[..., 0], at[..., 1]
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1)


def _lattice(numbers: Ints, corners: Floats, origin: Floats) -> Lattice | None:
    numbers = numbers - numbers.min(axis=0)
    columns, rows = (int(n) + 1 for n in numbers.max(axis=0))
    place = numbers[:, 1] * columns + numbers[:, 0]
    if max(columns, rows) > _SIDE_AT_MOST or columns * rows > _EMPTY_AT_MOST * len(numbers) or len(np.unique(place)) < len(place):
        return None
    middle = np.array([columns / 2, rows / 2])
    at = numbers + 0.5 - middle
    offsets = _offsets(corners, at)
    if offsets is None:
        return None
    basis = _basis((at[:, None, :] + offsets).reshape(-1, 2))
    found = (corners - origin).reshape(-1, 2)
    some = slice(None, None, 1 + len(found) // _FITTED)
    terms = np.linalg.lstsq(basis[some], found[some], rcond=None)[0]
    worst = np.abs(basis @ terms - found).max()
    side = math.hypot(*terms[1])
    if worst > _WORST * side:
        return None
    x, y = (tuple(float(term) for term in terms[:, axis]) for axis in (0, 1))
    return Lattice(columns, rows, (columns / 2, rows / 2), (float(origin[0]), float(origin[1])), x, y, place)


def _offsets(corners: Floats, at: Floats) -> Floats | None:
    """Which corner of its cell each corner is, as ±½; None where they are not the four of a square."""
    middles = corners.mean(axis=1)
    terms = np.linalg.lstsq(_basis(at), middles, rcond=None)[0]
    signs = (corners - middles[:, None, :]) @ np.linalg.inv(terms[1:3])
    offsets = np.sign(signs) / 2
    square = np.all(offsets.sum(axis=1) == 0) and np.all(offsets.prod(axis=2).sum(axis=1) == 0)
    return offsets if square and np.all(np.abs(signs - offsets) < 2 * _WORST) else None
