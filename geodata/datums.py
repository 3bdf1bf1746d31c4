"""Turns GCJ-02 and BD-09 into what we store (CGCS2000, equal to WGS-84 at our accuracy) and back.

The inverse is iterated: the usual one-step inverse is off by up to 2.3 m. Never guesses a datum.
Sources: GCJ-02/BD-09 as published in wandergis/coordTransform (MIT); ellipsoid of Krasovsky 1940.
"""

from collections.abc import Callable, Mapping
from math import atan2, cos, pi, radians, sin, sqrt
from typing import Final, get_args

from core.errors import Invalid
from core.setting import Datum

DATUMS: Final[tuple[str, ...]] = get_args(Datum)

_A: Final = 6378245.0  # semi-major axis, metres
_EE: Final = 0.006693421622965943  # first eccentricity squared
_X_PI: Final = pi * 3000.0 / 180.0
# Where the published algorithm shifts at all; outside, GCJ-02 is WGS-84.
_WEST, _EAST, _SOUTH, _NORTH = 73.66, 135.05, 3.86, 53.55
_CLOSE: Final = 1e-9  # degrees: 0.1 mm, well below the centimetre that is promised


def in_china(lon: float, lat: float) -> bool:
    """Whether the GCJ-02 shift applies: a rough box, as in the published algorithm."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _wave(x: float) -> float:
    """The short waves both series share, metres before scaling."""
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 offset at a WGS-84 point, degrees (lon, lat)."""
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + _wave(x)
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + _wave(x)
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = radians(lat)
    magic = 1.0 - _EE * sin(phi) ** 2
    root_magic = sqrt(magic)
    d_lat = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * root_magic) * pi)
    d_lon = east * 180.0 / (_A / root_magic * cos(phi) * pi)
    return d_lon, d_lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat); outside China the point itself."""
    if not in_china(lon, lat):
        return lon, lat
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat), true to less than 1 cm; outside China the point itself.

    A fixed-point iteration on the offset: it contracts by about a thousand per step, so three steps do.
    """
    if not in_china(lon, lat):
        return lon, lat
    at_lon, at_lat = lon, lat
    for _ in range(12):
        d_lon, d_lat = _shift(at_lon, at_lat)
        next_lon, next_lat = lon - d_lon, lat - d_lat
        done = abs(next_lon - at_lon) < _CLOSE and abs(next_lat - at_lat) < _CLOSE
        at_lon, at_lat = next_lon, next_lat
        if done:
            break
    return at_lon, at_lat


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat). Baidu shifts everywhere, also outside China."""
    z = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _X_PI)
    theta = atan2(lat, lon) + 0.000003 * cos(lon * _X_PI)
    return z * cos(theta) + 0.0065, z * sin(theta) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat), true to less than 1 cm: iterated like `gcj02_to_wgs84`."""
    at_lon, at_lat = lon - 0.0065, lat - 0.006
    for _ in range(24):
        got_lon, got_lat = gcj02_to_bd09(at_lon, at_lat)
        off_lon, off_lat = got_lon - lon, got_lat - lat
        at_lon, at_lat = at_lon - off_lon, at_lat - off_lat
        if abs(off_lon) < _CLOSE and abs(off_lat) < _CLOSE:
            break
    return at_lon, at_lat


def wgs84_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat)."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out (lon, lat), true to less than 1 cm."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_cgcs2000(lon: float, lat: float, datum: str = "cgcs2000") -> tuple[float, float]:
    """A point of any datum of `DATUMS` as CGCS2000 degrees (lon, lat).

    0/0 is returned as it is: it is the sign of a receiver without a fix, and must stay recognisable.
    Raises `Invalid` for a datum that is not known.
    """
    if lon == 0 and lat == 0:
        return lon, lat
    return _shifted(lon, lat, datum, {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84})


def from_cgcs2000(lon: float, lat: float, datum: str = "cgcs2000") -> tuple[float, float]:
    """A stored point in another datum, degrees (lon, lat). Raises `Invalid` for a datum that is not known."""
    return _shifted(lon, lat, datum, {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09})


def _shifted(lon: float, lat: float, datum: str, ways: Mapping[str, Callable[[float, float], tuple[float, float]]]) -> tuple[float, float]:
    """By the way of a datum; those without one are ours, or as good as ours."""
    if datum not in DATUMS:
        raise Invalid(f"datum '{datum}' is not known; known: {', '.join(DATUMS)}")
    return ways[datum](lon, lat) if datum in ways else (lon, lat)
