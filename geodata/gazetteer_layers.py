"""A gazetteer from the demo's own schematic layers: its roads, places, and invented house numbers along the roads. All marked 示意.

A real city imports its own (`geodata.gazetteer_files`). Pure: the same layers give the same names.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.gazetteer_files import entry_of
from geodata.gazetteer_places import PlaceEntry
from geodata.locate import Locator
from geodata.metric import Floats, Plane, Shape, plane_of
from geodata.model import Layer

SOURCE = "schematic"
_EVERY_M = 50.0  # between two house numbers of one side
_ASIDE_M = 18.0


def schematic_places(layers: Iterable[Layer], locator: Locator) -> list[PlaceEntry]:
    """Named roads with house numbers every 50 m inside the district, odd on the left, and named points."""
    named = {layer.name: _named(layer) for layer in layers}
    roads, points = named.get("roads", {}), named.get("places", {})
    places = [entry_of(shape, name, "road", locator=locator, source=SOURCE, schematic=True) for name, shape in roads.items()]
    for name, shape in roads.items():
        places += _numbers(name, shape, locator)
    places += [entry_of(shape, name, "point", locator=locator, source=SOURCE, schematic=True) for name, shape in points.items()]
    return list({(place.kind, place.name, place.area): place for place in reversed(places)}.values())


def _named(layer: Layer) -> dict[str, Shape]:
    """Each name once: pieces of one road belong together."""
    pieces: dict[str, list[Shape]] = {}
    for feature in layer.collection["features"]:
        name = feature["properties"].get("name")
        if name:
            pieces.setdefault(name, []).append(shapely.geometry.shape(feature["geometry"]))
    return {name: shapely.line_merge(shapely.union_all(found)) if layer.kind == "line" else found[0] for name, found in pieces.items()}


def _numbers(name: str, shape: Shape, locator: Locator) -> Iterator[PlaceEntry]:
    """House numbers along the longest piece of a road, where it runs inside the district."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    if not parts or name.endswith(("高架", "高速", "快速路")):
        return
    longest = max(parts, key=shapely.length)
    plane = plane_of(longest.envelope.buffer(0.001))
    line = plane.shape_to_metres(longest)
    numbers = np.arange(1, 2 * int(line.length / _EVERY_M) + 1)
    lons, lats = _spots(plane, line, numbers)
    for number, lon, lat, place in zip(numbers.tolist(), lons.tolist(), lats.tolist(), locator.locate_many(lons, lats), strict=True):
        if place.cell_code is not None:
            yield PlaceEntry(f"{name}{number}号", "number", lon, lat, place.area, road=name, number=number, source=SOURCE, schematic=True)


def _spots(plane: Plane, line: shapely.LineString, numbers: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Degrees beside the line: two numbers face each other every 50 m."""
    at = _EVERY_M * ((numbers - 1) // 2) + _EVERY_M / 2
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    there = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1.0))
    ahead = there - here
    side = np.where(numbers % 2 == 1, _ASIDE_M, -_ASIDE_M)
    return plane.to_degrees(here[:, 0] - ahead[:, 1] * side, here[:, 1] + ahead[:, 0] * side)
