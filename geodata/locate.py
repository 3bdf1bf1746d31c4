"""Finds the one cell a point lies in. Works for regular and irregular cells alike; decides nothing about what was found.

A point on a shared border belongs to the cell with the smallest code among those that touch it. A point inside the district
but in none of its cells (their edge is ragged where the boundary runs between) belongs to the nearest cell within 150 m.
"""

from collections.abc import Iterable, Sequence
from math import cos, isfinite, radians
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from core.model import Placement, Position
from geodata.datums import to_cgcs2000
from geodata.metric import Floats, Shape
from geodata.model import Area, GridCell, Located

ZERO_WITHIN: Final = 1e-6  # degrees around 0/0: a receiver without a fix
NEAREST_WITHIN_M: Final = 150.0
_METRES_PER_DEGREE: Final = 111_195.0  # of a great circle, mean earth radius 6,371,009 m

NOWHERE: Final = Located(Placement.NONE)
AT_ZERO: Final = Located(Placement.ZERO)
OUTSIDE: Final = Located(Placement.OUTSIDE)


class Locator:
    """Holds the spatial index of a city's cells. Built once, read by any number of threads."""

    def __init__(self, found: Sequence[Located], shapes: Sequence[Shape] | NDArray[Any], district: str, boundary: Shape | None) -> None:
        """`found[i]` is the answer for `shapes[i]` (degrees); `boundary` None: inside means in or within 150 m of a cell."""
        order = sorted(range(len(found)), key=lambda i: found[i].cell_code or "")  # so that the least index is the least code
        self._found = [found[i] for i in order]
        self._shapes: NDArray[Any] = np.array(shapes, dtype=object)[order]
        self._answers = np.array([*self._found, NOWHERE, AT_ZERO, OUTSIDE, Located(Placement.INSIDE, area=district)], dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._boundary = boundary
        if boundary is not None:
            shapely.prepare(boundary)
        bounds = shapely.total_bounds(self._shapes) if len(self._shapes) else (0.0, 0.0, 0.0, 0.0)
        self._squeeze = cos(radians(float(bounds[1] + bounds[3]) / 2))
        self._near = shapely.STRtree(self._squeezed(self._shapes))

    @classmethod
    def of(cls, cells: Iterable[GridCell], areas: Iterable[Area] = ()) -> "Locator":
        """From cells, and the areas whose widest one is the boundary."""
        cells, areas = list(cells), list(areas)
        found = [Located(Placement.INSIDE, cell.cell_id, cell.cell_code, cell.area, cell.duty_grid) for cell in cells]
        widest = [area for area in areas if len(area.code) == min(len(other.code) for other in areas)]
        boundary = shapely.union_all([shapely.geometry.shape(area.geometry) for area in widest]) if widest else None
        district = widest[0].code if widest else ""
        return cls(found, [shapely.geometry.shape(cell.geometry) for cell in cells], district, boundary)

    def __len__(self) -> int:
        return len(self._found)

    def locate(self, lon: float | None, lat: float | None) -> Located:
        """The place of one point (degrees, CGCS2000). Missing or not finite: none; 0/0: zero; else inside or outside."""
        if lon is None or lat is None or not (isfinite(lon) and isfinite(lat)):
            return NOWHERE
        return self.locate_many([lon], [lat])[0]

    def place(self, position: Position | None) -> tuple[Located, float | None, float | None]:
        """The place of a wire's position, with its degrees in our datum. Raises `Invalid` for an unknown datum."""
        if position is None or not (isfinite(position.lon) and isfinite(position.lat)):
            return NOWHERE, None, None
        lon, lat = to_cgcs2000(position.lon, position.lat, position.datum)
        return self.locate(lon, lat), lon, lat

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[Located]:
        """The places of many points (degrees, CGCS2000; NaN or None: missing), in their order."""
        lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        count = len(self._found)
        none, zero, outside, no_cell = range(count, count + 4)
        index = np.full(lon.shape, outside, dtype=np.int64)
        known = np.isfinite(lon) & np.isfinite(lat)
        index[~known] = none
        at_zero = known & (np.abs(lon) < ZERO_WITHIN) & (np.abs(lat) < ZERO_WITHIN)
        index[at_zero] = zero
        todo = np.nonzero(known & ~at_zero)[0]
        if len(todo) and count:
            index[todo] = self._in_cells(lon[todo], lat[todo], outside)
            lost = np.nonzero(index == outside)[0]
            index[lost] = self._near_cells(lon[lost], lat[lost], outside, no_cell)
        answers: list[Located] = self._answers[index].tolist()
        return answers

    def _in_cells(self, lon: Floats, lat: Floats, outside: int) -> NDArray[np.int64]:
        """Index of the least cell each point touches, `outside` where it touches none."""
        index = np.full(len(lon), outside, dtype=np.int64)
        which, cell = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        np.minimum.at(index, which, cell)
        return index

    def _near_cells(self, lon: Floats, lat: Floats, outside: int, no_cell: int) -> NDArray[np.int64]:
        """For points in no cell: the nearest one within reach if they are inside the district."""
        index = np.full(len(lon), outside, dtype=np.int64)
        if self._boundary is not None:
            inside = np.nonzero(shapely.intersects_xy(self._boundary, lon, lat))[0]
            index[inside] = no_cell
        else:
            inside = np.arange(len(lon))
        if len(inside):
            points = shapely.points(lon[inside] * self._squeeze, lat[inside])
            which, cell = self._near.query_nearest(points, max_distance=NEAREST_WITHIN_M / _METRES_PER_DEGREE)
            nearest = np.full(len(inside), len(self._found) + 4, dtype=np.int64)
            np.minimum.at(nearest, which, cell)  # equally near: the least code
            reached = nearest < len(self._found)
            index[inside[reached]] = nearest[reached]
        return index

    def _squeezed(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Shapes with longitudes shortened to the length of latitudes: distances are then true in any direction."""
        squeeze = self._squeeze
        return np.asarray(shapely.transform(shapes, lambda xy: xy * np.array([squeeze, 1.0])))
