"""What is known of a camera besides its being a device: its number of GB/T 28181, which way it looks, and which cells it reaches.

Pure geometry: walls, trees and darkness are not asked, so a cell in reach may still be hidden. Decides nothing about who may look.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from core.errors import Invalid
from geodata.metric import Floats, Plane, Shape
from geodata.near import bearing_deg, distance_m

# GB/T 28181, appendix on identifiers: 8 digits centre (GB/T 2260), 2 industry, 3 type, 1 network, 6 serial.
GB_ID_DIGITS: Final = 20
CAMERA_TYPES: Final = {"131": "摄像机", "132": "网络摄像机"}
# GB/T 2260: the first two digits are a province's.
_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split()
)
_KIND: Final = re.compile("摄像|球机|枪机|camera|ipc", re.IGNORECASE)
# As lists write it, and as the catalogue of GB/T 28181 numbers it (DirectionType 1–8) in words.
COMPASS: Final[Mapping[str, float]] = {
    "北": 0.0, "东北": 45.0, "东": 90.0, "东南": 135.0, "南": 180.0, "西南": 225.0, "西": 270.0, "西北": 315.0,
    "n": 0.0, "ne": 45.0, "e": 90.0, "se": 135.0, "s": 180.0, "sw": 225.0, "w": 270.0, "nw": 315.0,
}  # fmt: skip
_SCHEMES: Final = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "ws", "wss", "webrtc", "srt")
_STREAM: Final = re.compile(r"([a-z]+)://[^\s/?#]+\S*", re.IGNORECASE)
_LONGEST_STREAM: Final = 1000
FARTHEST_M: Final = 20_000.0  # a watch tower in the hills; more is a slip of the pen
_STEP_DEG: Final = 5.0  # of an arc: its polygon is then 0.1 % smaller than the sector
_SLIVER: Final = 0.01  # of a cell: less is a trembling border, nobody sees anything there

FIELDS: Final = ("gb_id", "bearing", "angle", "reach_m", "stream_url")


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a camera stands (degrees, CGCS2000), which way it looks (degrees clockwise from north), how wide, how far in metres.

    Without `bearing` it turns: all round.
    """

    lon: float
    lat: float
    bearing: float | None = None
    angle: float | None = None
    reach_m: float | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What is taken for a camera of which it is not known: metres, and degrees of one that looks one way."""

    reach_m: float
    angle: float


def is_camera(kind: str | None, told: Mapping[str, Any]) -> bool:
    """Whether a device is a camera: its kind says so, or something is told of it that only cameras have."""
    return bool(kind and _KIND.search(kind)) or any(told.get(name) not in (None, "") for name in FIELDS)


def is_gb_id(text: str) -> bool:
    """Whether a name is the number of a camera by GB/T 28181."""
    digits = len(text) == GB_ID_DIGITS and text.isascii() and text.isdigit()
    return digits and text[10:13] in CAMERA_TYPES and text[:2] in _PROVINCES


def read_gb_id(value: Any) -> str | None:
    """The 20 digits of a camera. Raises `Invalid` saying which of them are wrong."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Invalid("gb_id: 20 digits as a text; a sheet keeps only 15 digits of a number")
    text = value.strip()
    if len(text) != GB_ID_DIGITS or not (text.isascii() and text.isdigit()):
        raise Invalid(f"gb_id: '{text[:40]}' has not 20 digits")
    if text[:2] not in _PROVINCES:
        raise Invalid(f"gb_id: '{text}' begins with {text[:2]}, which is no province of GB/T 2260")
    if text[10:13] not in CAMERA_TYPES:
        types = ", ".join(f"{code} {name}" for code, name in CAMERA_TYPES.items())
        raise Invalid(f"gb_id: '{text}' has the type {text[10:13]} in digits 11 to 13; cameras have {types}")
    return text


def read_stream(value: Any) -> str | None:
    """Where a picture is fetched; '' where none is said to be. What was sent is never repeated: an address often holds a password.

    Raises `Invalid`.
    """
    if value is None or value == "":
        return ""
    text = value.strip() if isinstance(value, str) else ""
    found = _STREAM.fullmatch(text)
    if not found or found[1].lower() not in _SCHEMES or len(text) > _LONGEST_STREAM or not text.isprintable():
        raise Invalid(f"stream_url: an address of {', '.join(_SCHEMES)}, of at most {_LONGEST_STREAM} letters")
    return text


def read_sight(name: str, value: Any) -> float | None:
    """`bearing` (degrees, or 东南), `angle` or `reach_m` as a number. Raises `Invalid`."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Invalid(f"{name}: a number")
    number = float(value)
    if name == "bearing":
        if not 0 <= number <= 360:
            raise Invalid("bearing: 0 to 360 degrees clockwise from north")
        return number % 360
    most = 360.0 if name == "angle" else FARTHEST_M
    if not 0 < number <= most:
        raise Invalid(f"{name}: more than 0 and at most {most:g}")
    return number


def reach(sight: Sight, plane: Plane, usual: Usual) -> Shape:
    """What a camera reaches, as a polygon in metres of the plane: a circle, or the sector it looks into."""
    east, north = plane.to_metres(np.array([sight.lon]), np.array([sight.lat]))
    far = sight.reach_m or usual.reach_m
    angle = 360.0 if sight.bearing is None else sight.angle or usual.angle
    ahead = sight.bearing or 0.0
    turns = np.radians(np.linspace(ahead - angle / 2, ahead + angle / 2, ceil(angle / _STEP_DEG) + 1))
    arc = np.column_stack([east[0] + far * np.sin(turns), north[0] + far * np.cos(turns)])
    return shapely.Polygon(arc[:-1] if angle >= 360 else np.vstack([arc, [east[0], north[0]]]))


def shares_in_reach(cells: Sequence[Shape] | NDArray[Any], sights: Sequence[Sight], plane: Plane, usual: Usual) -> Floats:
    """Of each cell (degrees) the share of its area, 0 … 1, that some camera reaches; what is less than a hundredth is none."""
    flat = plane.shapes_to_metres(np.asarray(cells, dtype=object))
    shares = np.zeros(len(flat))
    if not len(flat) or not sights:
        return shares
    reaches = np.array([reach(sight, plane, usual) for sight in sights], dtype=object)
    camera, cell = shapely.STRtree(flat).query(reaches, predicate="intersects")
    if not len(cell):
        return shares
    order = np.argsort(cell, kind="stable")
    parts, owners = shapely.intersection(flat[cell[order]], reaches[camera[order]]), cell[order]
    found, starts, counts = np.unique(owners, return_index=True, return_counts=True)
    alone = counts == 1  # most: nothing to unite
    shares[found[alone]] = shapely.area(parts[starts[alone]])
    for index, start, count in zip(found[~alone], starts[~alone], counts[~alone], strict=True):
        shares[index] = shapely.area(shapely.union_all(parts[start : start + count]))
    shares = np.minimum(shares / shapely.area(flat), 1.0)
    shares[shares < _SLIVER] = 0.0
    return shares


def plane_around(points: Sequence[tuple[float, float]]) -> Plane:
    """The plane of some points in degrees."""
    lons, lats = zip(*points, strict=True)
    return Plane(round((min(lons) + max(lons)) / 2, 2), round((min(lats) + max(lats)) / 2, 2))


def sees(sight: Sight, lon: float, lat: float, usual: Usual) -> float | None:
    """How far in metres a place is from a camera that looks at it; None where it lies beyond its reach or beside its view."""
    metres = distance_m(lon, lat, sight.lon, sight.lat)
    if metres > (sight.reach_m or usual.reach_m):
        return None
    if sight.bearing is None or metres < 1:
        return metres
    beside = abs((bearing_deg(sight.lon, sight.lat, lon, lat) - sight.bearing + 180) % 360 - 180)
    return metres if beside <= (sight.angle or usual.angle) / 2 else None
