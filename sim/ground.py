"""The ground devices are put on: cells, roads, water and places of a district in metres. Measures; places nothing.

Reads what `geodata` made (schematic for the demo, surveyed for a real city); a missing layer only makes it barer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.metric import Floats, Plane
from geodata.model import City, Layer

# How much each class of road is heard and smelt, and how many metres far.
_LOUD = {1: (1.0, 130.0), 2: (0.8, 80.0), 3: (0.4, 45.0)}
# How many people a place draws; what is not listed draws few.
_DRAW = {"station": 1.0, "stadium": 1.0, "square": 0.95, "mall": 0.9, "market": 0.6, "park": 0.55, "hospital": 0.5, "school": 0.35}
_SAMPLE_M = 45.0
_CENTRE_M = 2600.0


@dataclass(frozen=True)
class Ground:
    """Everything in metres of `plane`, whose origin is the district's middle; `centre` is where most people are."""

    plane: Plane
    centre: tuple[float, float]
    radius: float
    cells: Floats  # (n, 2)
    roads: NDArray[Any]  # shapely lines
    road_class: NDArray[np.int64]
    road_name: list[str]
    water: NDArray[Any]
    water_name: list[str]
    places: Floats  # (n, 2)
    place_name: list[str]
    place_draw: Floats
    weight: Floats  # of each cell: how dense the city is there

    def density(self, x: Floats, y: Floats) -> Floats:
        """How densely built a point is, 0…1."""
        away = np.hypot(x - self.centre[0], y - self.centre[1])
        return np.asarray(0.05 + 0.95 * np.exp(-((away / _CENTRE_M) ** 1.3)))

    def traffic_near(self, x: Floats, y: Floats) -> Floats:
        """How much of a road's noise and fumes reaches a point, 0…1."""
        points, most = _points(x, y), np.zeros(len(x))
        for kind, (loud, reach) in _LOUD.items():
            lines = self.roads[self.road_class == kind]
            if len(lines):
                most = np.maximum(most, loud * np.exp(-_distance(lines, points) / reach))
        return most

    def water_near(self, x: Floats, y: Floats, reach: float = 350.0) -> Floats:
        """1 at the water's edge, falling off over `reach` metres."""
        return np.exp(-_distance(self.water, _points(x, y)) / reach) if len(self.water) else np.zeros(len(x))

    def bustle(self, x: Floats, y: Floats) -> Floats:
        """How much the nearest public place draws people to a point, 0…1."""
        if not len(self.places):
            return np.zeros(len(x))
        away = np.hypot(x[:, None] - self.places[:, 0], y[:, None] - self.places[:, 1])
        return np.asarray((self.place_draw * np.exp(-((away / 190) ** 2))).max(axis=1))

    def along_roads(self) -> tuple[Floats, NDArray[np.int64]]:
        """Points every 45 m along all roads, and the road each lies on."""
        return self._inside(*_along(self.roads))

    def along_water(self) -> tuple[Floats, NDArray[np.int64]]:
        """Points every 45 m along all banks."""
        banks = np.empty(len(self.water), dtype=object)
        banks[:] = [line.boundary if line.geom_type.endswith("Polygon") else line for line in self.water]
        return self._inside(*_along(banks))

    def crossings(self) -> tuple[Floats, NDArray[np.int64]]:
        """Where two roads meet, and one of the two."""
        if not len(self.roads):
            return np.zeros((0, 2)), np.zeros(0, dtype=np.int64)
        left, right = shapely.STRtree(self.roads).query(self.roads, predicate="intersects")
        keep = left < right
        meets = shapely.intersection(self.roads[left[keep]], self.roads[right[keep]])
        points = shapely.centroid(meets)
        found = ~shapely.is_empty(points)
        xy = np.column_stack([shapely.get_x(points[found]), shapely.get_y(points[found])])
        _, first = np.unique(np.round(xy / 15), axis=0, return_index=True)
        return self._inside(xy[first], left[keep][found][first])

    def _inside(self, points: Floats, owner: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Those that lie in a cell; roads and rivers go on beyond the district."""
        away = _distance(_points(*self.cells.T), _points(*points.T)) if len(points) else np.zeros(0)
        return points[away < 60], owner[away < 60]


def _points(x: Floats, y: Floats) -> NDArray[Any]:
    return np.atleast_1d(np.asarray(shapely.points(x, y), dtype=object))


def _distance(shapes: NDArray[Any], points: NDArray[Any]) -> Floats:
    tree = shapely.STRtree(shapes)
    nearest = tree.nearest(points)
    return np.asarray(shapely.distance(shapes[nearest], points))


def _along(lines: NDArray[Any]) -> tuple[Floats, NDArray[np.int64]]:
    points, owners = [], []
    for index, line in enumerate(lines):
        steps = np.arange(_SAMPLE_M / 2, shapely.length(line), _SAMPLE_M)
        for part in shapely.get_parts(line):
            inside = steps[steps < shapely.length(part)]
            at = shapely.line_interpolate_point(part, inside)
            points.append(np.column_stack([shapely.get_x(at), shapely.get_y(at)]))
            owners += [index] * len(inside)
    return (np.concatenate(points) if points else np.zeros((0, 2))), np.array(owners, dtype=np.int64)


def survey(city: City, layers: Sequence[Layer], centre: tuple[float, float]) -> Ground:
    """The ground of a city; `centre` in degrees."""
    lons, lats = np.array([cell.lon for cell in city.cells]), np.array([cell.lat for cell in city.cells])
    plane = Plane(float(lons.mean()), float(lats.mean()))
    x, y = plane.to_metres(lons, lats)
    by_name = {layer.name: layer.collection for layer in layers}
    roads, water, places = (_features(by_name.get(name), plane) for name in ("roads", "water", "places"))
    middle = plane.to_metres(np.array([centre[0]]), np.array([centre[1]]))
    points = shapely.centroid(places[0]) if len(places[0]) else np.array([], dtype=object)
    ground = Ground(
        plane=plane, centre=(float(middle[0][0]), float(middle[1][0])), radius=float(np.percentile(np.hypot(x, y), 95)),
        cells=np.column_stack([x, y]), roads=roads[0], road_class=np.array([int(p.get("class", 3)) for p in roads[1]], dtype=np.int64),
        road_name=[str(p.get("name") or "") for p in roads[1]], water=water[0], water_name=[str(p.get("name") or "") for p in water[1]],
        places=np.column_stack([shapely.get_x(points), shapely.get_y(points)]), place_name=[str(p.get("name") or "") for p in places[1]],
        place_draw=np.array([_DRAW.get(str(p.get("kind")), 0.3) for p in places[1]]), weight=np.ones(len(x)),
    )  # fmt: skip
    ground.weight[:] = ground.density(x, y)
    return ground


def _features(collection: Mapping[str, Any] | None, plane: Plane) -> tuple[NDArray[Any], list[Mapping[str, Any]]]:
    features = list(collection["features"]) if collection else []
    shapes = [plane.shape_to_metres(shapely.from_geojson(json.dumps(feature["geometry"]))) for feature in features]
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array, [feature["properties"] for feature in features]
