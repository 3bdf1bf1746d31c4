"""A shape as somebody drew or wrote it: a point, a line or a surface in degrees, from GeoJSON, from WKT, or as corners one after the other.

Turns it into our datum, says how far a place is from it and which areas it touches. Decides nothing about what it stands for.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import shape

from core.errors import Invalid
from core.model import Placement
from geodata.datums import to_cgcs2000
from geodata.locate import Locator
from geodata.metric import Shape
from geodata.near import METRES_PER_DEGREE

KINDS: Final = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
MOST_CORNERS: Final = 2000
_PAIR: Final = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$")
_STEP_M: Final = 60.0  # between the places of a shape that are asked for their area: less than a cell of 100 m
_LEVELS: Final = (12, 9, 6, 4)  # digits of a community, street, district, city


def read_shape(told: object, datum: str = "cgcs2000") -> Shape:
    """GeoJSON (an object), WKT, or corners as `lon lat; lon lat; …` (first and last the same: a surface) → degrees in CGCS2000.

    Raises `Invalid`: nothing that can be read, corners that are no degrees, too many, or a surface that crosses itself.
    """
    try:
        drawn = shape(dict(told)) if isinstance(told, Mapping) else _of_text(str(told))
    except Invalid:
        raise
    except Exception as error:  # whatever a parser of foreign words says, it is no shape
        raise Invalid(f"shape: cannot be read: {error}") from error
    if drawn.geom_type not in KINDS or drawn.is_empty:
        raise Invalid(f"shape: a {drawn.geom_type} is none of {', '.join(KINDS)}")
    corners = shapely.get_coordinates(drawn)
    if len(corners) > MOST_CORNERS:
        raise Invalid(f"shape: {len(corners)} corners; at most {MOST_CORNERS}")
    if not np.isfinite(corners).all() or (np.abs(corners) > (180.0, 90.0)).any():
        raise Invalid("shape: corners are degrees, longitude first")
    if not drawn.is_valid:
        raise Invalid(f"shape: {shapely.is_valid_reason(drawn)}")
    flat = shapely.force_2d(drawn)
    return shapely.transform(flat, lambda places: np.round([to_cgcs2000(float(lon), float(lat), datum) for lon, lat in places], 7))


def _of_text(text: str) -> Shape:
    """WKT, or corners with semicolons between."""
    pairs = [_PAIR.match(part) for part in re.split(r"[;；\n]", text.strip().strip(";；")) if part.strip()]
    if not pairs or any(pair is None for pair in pairs):
        return shapely.from_wkt(text)
    corners = [(float(pair[1]), float(pair[2])) for pair in pairs if pair]
    if len(corners) == 1:
        return shapely.Point(corners[0])
    if len(corners) > 3 and corners[0] == corners[-1]:
        return shapely.Polygon(corners)
    return shapely.LineString(corners)


def as_geojson(drawn: Shape) -> dict[str, Any]:
    """As it is stored and sent: what JSON makes of it, so that the same shape is equal before and after."""
    told: dict[str, Any] = json.loads(shapely.to_geojson(drawn))
    return told


def distance_to(drawn: Shape, lon: float, lat: float) -> float:
    """Metres from a place to the nearest of a shape (both degrees); 0 within a surface. True to some per mille over kilometres."""
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(lat)), METRES_PER_DEGREE])
    flat = shapely.transform(drawn, lambda places: (places - (lon, lat)) * scale)
    return float(shapely.distance(flat, shapely.Point(0.0, 0.0)))


def areas_along(drawn: Shape, locator: Locator) -> tuple[str, ...]:
    """The areas in which a shape's outline and one place within it lie, sorted; of what lies outside the city none."""
    dense = shapely.get_coordinates(shapely.segmentize(drawn, _STEP_M / METRES_PER_DEGREE))
    inner = drawn.representative_point()
    places = np.vstack([dense, [(inner.x, inner.y)]])
    found = locator.locate_many(places[:, 0], places[:, 1])
    return tuple(sorted({one.area for one in found if one.placement is Placement.INSIDE and one.area}))


def least_area(codes: tuple[str, ...]) -> str:
    """The code of the least area that holds all of some; "" where they have none in common."""
    for digits in _LEVELS:
        common = {code[:digits] for code in codes if len(code) >= digits}
        if len(common) == 1 and all(len(code) >= digits for code in codes):
            return common.pop()
    return ""
