"""A local plane in metres around a point, and the grid of cells laid on it. Decides nothing about areas.

Transverse Mercator with its meridian through the district: within 30 km of it lengths are true to 1 in 90,000.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Shape = BaseGeometry
G = TypeVar("G", bound=BaseGeometry)
_DIGITS = 7  # decimals of a degree kept: 1 cm


@dataclass(frozen=True)
class Plane:
    """Metres east and north of (lon0, lat0) on the ellipsoid of CGCS2000 (GRS80)."""

    lon0: float
    lat0: float

    @cached_property
    def _projection(self) -> pyproj.Proj:
        return pyproj.Proj(f"+proj=tmerc +lon_0={self.lon0} +lat_0={self.lat0} +k=1 +ellps=GRS80 +units=m")

    def to_metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Degrees → metres (east, north)."""
        x, y = self._projection(np.asarray(lon), np.asarray(lat))
        return np.asarray(x), np.asarray(y)

    def to_degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Metres → degrees (lon, lat), rounded to 1 cm so that neighbours share their corners exactly."""
        lon, lat = self._projection(np.asarray(x), np.asarray(y), inverse=True)
        return np.round(np.asarray(lon), _DIGITS), np.round(np.asarray(lat), _DIGITS)

    def shape_to_metres(self, shape: G) -> G:
        """A geometry in degrees → the same in metres."""
        return shapely.transform(shape, lambda xy: np.column_stack(self.to_metres(xy[:, 0], xy[:, 1])))

    def shapes_to_metres(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """An array of geometries in degrees → the same in metres, all at once."""
        return np.asarray(shapely.transform(shapes, lambda xy: np.column_stack(self.to_metres(xy[:, 0], xy[:, 1]))))

    def shape_to_degrees(self, shape: G) -> G:
        """A geometry in metres → the same in degrees."""
        return shapely.transform(shape, lambda xy: np.column_stack(self.to_degrees(xy[:, 0], xy[:, 1])))


def geojson(shape: Shape) -> dict[str, Any]:
    """A geometry as a GeoJSON mapping of plain lists, equal to itself after a journey through JSON."""
    mapping: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return mapping


def plane_of(boundary: Polygon | MultiPolygon) -> Plane:
    """The plane of a district: its centre rounded to 0.01°, so that a redrawn boundary keeps the same grid."""
    west, south, east, north = boundary.bounds
    return Plane(round((west + east) / 2, 2), round((south + north) / 2, 2))


@dataclass(frozen=True)
class Raster:
    """Square cells of `size` metres; `inside[row, column]`, row 0 the southernmost, is true where the centre lies in the district."""

    plane: Plane
    west: float
    south: float
    size: float
    inside: Bools

    def centres(self) -> tuple[Floats, Floats]:
        """Metres (x, y) of all cell centres, both shaped like `inside`."""
        rows, columns = self.inside.shape
        x = self.west + (np.arange(columns) + 0.5) * self.size
        y = self.south + (np.arange(rows) + 0.5) * self.size
        across, up = np.meshgrid(x, y)
        return across, up

    def corners(self) -> tuple[Floats, Floats]:
        """Metres (x, y) of all cell corners, shaped (rows + 1, columns + 1)."""
        rows, columns = self.inside.shape
        across, up = np.meshgrid(self.west + np.arange(columns + 1) * self.size, self.south + np.arange(rows + 1) * self.size)
        return across, up


def lay_grid(boundary: Polygon | MultiPolygon, size: float, margin: int = 5) -> Raster:
    """Cells of `size` metres over a boundary in degrees, with `margin` empty cells around it."""
    plane = plane_of(boundary)
    flat = plane.shape_to_metres(boundary)
    west, south, east, north = flat.bounds
    column, row = int(np.floor(west / size)) - margin, int(np.floor(south / size)) - margin
    columns, rows = int(np.ceil(east / size)) + margin - column, int(np.ceil(north / size)) + margin - row
    empty = Raster(plane, column * size, row * size, size, np.zeros((rows, columns), dtype=np.bool_))
    x, y = empty.centres()
    shapely.prepare(flat)
    return Raster(plane, empty.west, empty.south, size, shapely.contains_xy(flat, x, y))
