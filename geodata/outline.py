"""Draws the borders of regions of cells as polygons that neighbours share exactly, lightly smoothed. Never moves a cell.

All corners of the raster are nudged along the borders they lie on (Laplacian smoothing) and by less than half a cell each,
so no cell can fold; a region is the union of its nudged cells, cut at the true boundary of the district.
"""

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geodata.metric import Bools, Floats, Raster, Shape
from geodata.regions import Labels

_REACH = 0.45  # of a cell: with less than a half, corners keep their order and quads stay simple
_ROUNDS = 14


def outlines(raster: Raster, label: Labels, boundary: Polygon | MultiPolygon) -> dict[int, Polygon | MultiPolygon]:
    """The polygon (degrees) of each label ≥ 0, cut at `boundary` (degrees). `label` should reach a few cells beyond it."""
    x, y = _smoothed(raster, label)
    used = label >= 0
    quads = _quads(x, y)[used]
    flat = raster.plane.shape_to_metres(boundary)
    numbers = label[used]
    order = np.argsort(numbers, kind="stable")
    keys, starts = np.unique(numbers[order], return_index=True)
    parts = np.split(quads[order], starts[1:])
    unions = np.array([shapely.coverage_union_all(part) for part in parts])
    simple = shapely.coverage_simplify(unions, raster.size * 0.06)
    cut = shapely.intersection(simple, flat)
    return {int(key): raster.plane.shape_to_degrees(_areal(shape)) for key, shape in zip(keys, cut, strict=True)}


def _areal(shape: Shape) -> Polygon | MultiPolygon:
    """The polygons of a cut; lines and points that a cut may leave are dropped."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 1.0]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _quads(x: Floats, y: Floats) -> Floats:
    """Cells as polygons, shaped (rows, columns)."""
    near, far = slice(None, -1), slice(1, None)
    ring = [(near, near), (near, far), (far, far), (far, near)]
    corners = np.stack([np.stack([x[at], y[at]], axis=-1) for at in (*ring, ring[0])], axis=-2)
    return np.asarray(shapely.polygons(corners))


def _smoothed(raster: Raster, label: Labels) -> tuple[Floats, Floats]:
    """Corner positions after the smoothing, metres."""
    x0, y0 = raster.corners()
    across, upward = _borders(label)
    limit = _REACH * raster.size
    x, y = x0.copy(), y0.copy()
    for _ in range(_ROUNDS):
        for now, start in ((x, x0), (y, y0)):
            total, count = np.zeros_like(now), np.zeros_like(now)
            _add_neighbours(now, across, upward, total, count)
            # two borders meet: a plain corner; three: a junction, moved less; one or none: an end, left alone
            mean = np.divide(total, count, out=now.copy(), where=count >= 2)
            now += 0.5 * (mean - now)
            np.clip(now, start - limit, start + limit, out=now)
    return x, y


def _borders(label: Labels) -> tuple[Bools, Bools]:
    """Which corner-to-corner edges separate two labels: along a row (rows+1, columns) and along a column (rows, columns+1)."""
    rows, columns = label.shape
    across = np.zeros((rows + 1, columns), dtype=np.bool_)
    across[1:-1] = label[1:] != label[:-1]
    upward = np.zeros((rows, columns + 1), dtype=np.bool_)
    upward[:, 1:-1] = label[:, 1:] != label[:, :-1]
    return across, upward


def _add_neighbours(now: Floats, across: Bools, upward: Bools, total: Floats, count: Floats) -> None:
    """Adds to each corner the value of the corners its border edges lead to."""
    total[:, 1:] += now[:, :-1] * across
    count[:, 1:] += across
    total[:, :-1] += now[:, 1:] * across
    count[:, :-1] += across
    total[1:] += now[:-1] * upward
    count[1:] += upward
    total[:-1] += now[1:] * upward
    count[:-1] += upward
