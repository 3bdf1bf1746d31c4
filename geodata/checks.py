"""Judges imported polygons: what is wrong with one, where they overlap or leave gaps, whether their datum is another one.

Reports figures, decides nothing: taking or refusing is `geodata.importing`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geodata.datums import from_cgcs2000, to_cgcs2000
from geodata.metric import Plane, Shape, plane_of

Verdict = Literal["refused", "repaired", "warning"]

_SLIVER_M2 = 1.0  # overlaps below a square metre are digitising noise
_LOSS = 0.01  # a repair may not change more than a hundredth of the area


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell about a feature; `feature` counts from 1 as the file does, None: the whole file."""

    verdict: Verdict
    reason: str
    detail: str
    feature: int | None = None
    code: str | None = None


def mended(shape: Shape | None) -> tuple[Polygon | MultiPolygon | None, str]:
    """A valid polygon and what was mended (empty: nothing), or None and why there is none."""
    if shape is None or shape.is_empty:
        return None, "no geometry"
    if not isinstance(shape, (Polygon, MultiPolygon)):
        return None, f"{shape.geom_type} where a polygon is needed"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None, "coordinates that are not numbers"
    if shape.is_valid:
        return shape, ""
    why = shapely.is_valid_reason(shape)
    parts = [part for part in shapely.get_parts(shapely.make_valid(shape)) if isinstance(part, (Polygon, MultiPolygon)) and part.area > 0]
    whole = shapely.union_all(parts)
    if not isinstance(whole, (Polygon, MultiPolygon)) or whole.is_empty:
        return None, f"cannot be repaired: {why}"
    if abs(whole.area - abs(shape.area)) > _LOSS * whole.area and shape.area > 0:
        return None, f"a repair would change its area by {abs(whole.area / shape.area - 1):.0%}: {why}"
    return whole, why


@dataclass(frozen=True, slots=True)
class Tiling:
    """How well polygons tile: square metres of overlaps and of holes between them, and the worst overlapping pairs (indices)."""

    area_m2: float
    overlap_m2: float
    gap_m2: float
    pairs: tuple[tuple[int, int, float], ...]


def tiling(shapes: Sequence[Shape]) -> Tiling:
    """Overlaps and gaps of polygons in degrees. A gap is a hole in their union; the ragged outer edge is none."""
    if not shapes:
        return Tiling(0.0, 0.0, 0.0, ())
    flat = plane_around(shapes).shapes_to_metres(np.array(shapes, dtype=object))
    first, second = shapely.STRtree(flat).query(flat, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    shared = shapely.area(shapely.intersection(flat[first], flat[second]))
    found = [(int(a), int(b), float(s)) for a, b, s in zip(first, second, shared, strict=True) if s > _SLIVER_M2]
    pairs = sorted(found, key=lambda pair: -pair[2])
    union = shapely.union_all(flat, grid_size=0.02)
    holes = sum(Polygon(ring).area for part in shapely.get_parts(union) if isinstance(part, Polygon) for ring in part.interiors)
    return Tiling(float(union.area), sum(pair[2] for pair in pairs), float(holes), tuple(pairs))


def plane_around(shapes: Sequence[Shape]) -> Plane:
    """The local plane of any geometries in degrees."""
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return plane_of(shapely.box(west, south, east, north))


def suspicion(shapes: Sequence[Shape], boundary: Shape, read_as: str = "cgcs2000") -> str:
    """Why these polygons (degrees), read as a datum, seem to be in another or in another place than `boundary`; empty: all well.

    The shift between datums is 300–1,300 m: too little to leave a district, enough to fit it worse than a conversion does.
    """
    if not shapes:
        return ""
    union = shapely.union_all(np.array(shapes, dtype=object), grid_size=1e-6)
    if not union.intersects(boundary):
        return "nothing lies in the district: wrong file, wrong coordinate system, or longitude and latitude swapped"
    as_is = _outside(union, boundary)
    raw = shapely.transform(union, lambda xy: np.array([from_cgcs2000(float(x), float(y), read_as) for x, y in xy]))
    fits = {datum: _outside(converted(raw, datum), boundary) for datum in ("cgcs2000", "gcj02", "bd09") if datum != read_as}
    best = min(fits, key=lambda datum: fits[datum])
    if fits[best] < as_is - 0.01 and fits[best] < 0.7 * as_is:
        return f"{as_is:.1%} lies outside the district, {fits[best]:.1%} if read as {best}: try --datum {best}"
    return f"{as_is:.0%} lies outside the district" if as_is > 0.25 else ""


def _outside(shape: Shape, boundary: Shape) -> float:
    return float(shape.difference(boundary).area / max(shape.area, 1e-18))


def converted(shape: Any, datum: str) -> Any:
    """A geometry of another datum in CGCS2000 degrees."""
    if datum in ("cgcs2000", "wgs84"):
        return shape
    return shapely.transform(shape, lambda xy: np.array([to_cgcs2000(float(x), float(y), datum) for x, y in xy]))
