"""The areas of a CAP 1.2 warning (OASIS CAP 1.2, 3.2.4): polygons and circles → one place and one shape; their codes.

Decides what stands for a warned area on the map. CAP writes latitude before longitude, shapes here (RFC 7946) the other way round.
A polygon that cannot be read costs only itself.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from core.model import Position
from ingest.decode.source import NAME_LIMIT, clean
from ingest.decode.xml_source import said

POINTS_KEPT = 2_000  # of all polygons of a warning: a province at 500 m
CODES_KEPT = 200
CIRCLES_KEPT = 20

Point = tuple[float, float]  # longitude, latitude in WGS-84 degrees
Ring = list[Point]


@dataclass(slots=True)
class Areas:
    """What was read; `refused` counts polygons and circles that are none, or that are beyond what is kept."""

    names: list[str] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    circles: list[tuple[Point, float]] = field(default_factory=list)  # centre, radius in metres
    codes: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0

    @property
    def position(self) -> Position | None:
        """The centre of gravity of the largest polygon, else the centre of the largest circle."""
        if self.rings:
            _, centre = max((_gravity(ring) for ring in self.rings), key=lambda found: found[0])
            return Position(*centre, "wgs84")
        if self.circles:
            centre, _ = max(self.circles, key=lambda circle: circle[1])
            return Position(*centre, "wgs84")
        return None

    @property
    def geometry(self) -> dict[str, Any] | None:
        """GeoJSON of the polygons."""
        if not self.rings:
            return None
        if len(self.rings) == 1:
            return {"type": "Polygon", "coordinates": [self.rings[0]]}
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in self.rings]}


def areas_of(elements: Sequence[Element]) -> Areas:
    """The `area` elements of a warning as one."""
    found = Areas()
    room = POINTS_KEPT
    for element in elements:
        if name := said(element, "areaDesc"):
            found.names.append(name)
        for polygon in element.findall("polygon"):
            ring = _ring(polygon.text or "", room)
            if ring is None:
                found.refused += 1
            else:
                found.rings.append(ring)
                room -= len(ring)
        for circle in element.findall("circle"):
            _take_circle(circle.text or "", found)
        for code in element.findall("geocode"):
            name, value = said(code, "valueName"), said(code, "value")
            if value and len(found.codes) < CODES_KEPT:
                found.codes.append((clean(name[:NAME_LIMIT]), clean(value[:NAME_LIMIT])))
    return found


def area_of_codes(codes: Iterable[str], city: str) -> str | None:
    """Our area where a code is of it, or of what holds it: 320400, 320000 and 320404000000 are heard in 320404."""
    for code in codes:
        digits = code[:-6] if len(code) == 12 and code.endswith("000000") else code
        if not (digits.isascii() and digits.isdigit() and len(digits) in (6, 9, 12)):
            continue
        if digits.startswith(city):
            return digits
        held_by = digits[: next((end for end in (2, 4) if not digits[end:].strip("0")), 6)]
        if city.startswith(held_by):
            return city
    return None


def _ring(text: str, room: int) -> Ring | None:
    """`lat,lon lat,lon …`, four at least and the last like the first; one left open is closed. None for what is no polygon."""
    words = text.split(None, room + 1)
    points = [_point(word) for word in words]
    if not 3 <= len(points) <= room or None in points:
        return None
    ring = [point for point in points if point is not None]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return ring if len(ring) >= 4 else None


def _point(word: str) -> Point | None:
    lat, comma, lon = word[:60].partition(",")
    try:
        point = float(lon.partition(",")[0]), float(lat)  # a third number would be a height
    except ValueError:
        return None
    return point if comma and abs(point[0]) <= 180 and abs(point[1]) <= 90 else None


def _take_circle(text: str, found: Areas) -> None:
    """`lat,lon radius` in kilometres; 0 is a point."""
    centre, _, radius = text.strip()[:120].partition(" ")
    point = _point(centre)
    try:
        metres = float(radius or 0) * 1000
    except ValueError:
        metres = math.nan
    if point is None or not 0 <= metres <= 20_040_000 or len(found.circles) >= CIRCLES_KEPT:
        found.refused += 1
    else:
        found.circles.append((point, metres))


def _gravity(ring: Ring) -> tuple[float, Point]:
    """Area in square degrees and centre of gravity (shoelace formula); of a ring without area the mean of its points.

    Worked out from the first point on: numbers far from zero would cost the digits of a small ring.
    """
    (x0, y0), twice, east, north = ring[0], 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice += cross
        east += cross * (x1 + x2 - 2 * x0)
        north += cross * (y1 + y2 - 2 * y0)
    if abs(twice) > 1e-12:
        centre = x0 + east / (3 * twice), y0 + north / (3 * twice)
        if abs(centre[0]) <= 180 and abs(centre[1]) <= 90:  # one that crosses itself may have its centre anywhere
            return abs(twice) / 2, centre
    points = ring[:-1]
    return 0.0, (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
