"""How dense what happened lies: a Gaussian kernel over places, in happenings per square kilometre, on a grid the browser stretches.

Silverman, Density Estimation (1986), 4.2: f(x) = Σ w / (2πσ²) · exp(−d²/2σ²); its integral is the number of happenings. Pure.
Rows lie evenly in Web Mercator, so that a picture of the grid fits the map without bending.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIGMA_M = 250.0
MOST_SIDE = 256  # columns or rows
REACH = 3.0  # sigmas beyond the outermost place
FAR_M = 60_000.0  # from the middle of all: a slip of somebody's keyboard, not a place of the city
FEWEST = 5.0  # the top of the scale is never below so many happenings at one spot, or a single one would look like a hot spot
_CHUNK = 2_000
_METRES_PER_DEGREE = 111_320.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """`per_km2[row, column]`, the first row northernmost; box (west, south, east, north) in degrees; `left_out`: what lies too far away."""

    box: tuple[float, float, float, float]
    per_km2: Floats
    left_out: int


def peak_per_km2(sigma_m: float = SIGMA_M) -> float:
    """What a single happening makes at its own place."""
    return 1e6 / (2 * math.pi * sigma_m**2)


def density(lon: ArrayLike, lat: ArrayLike, weight: ArrayLike, sigma_m: float = SIGMA_M) -> Grid | None:
    """The field over places in degrees; None where there is none."""
    x, y, w = np.asarray(lon, float), np.asarray(lat, float), np.asarray(weight, float)
    if not len(x):
        return None
    squeeze = math.cos(math.radians(float(np.median(y))))
    east, north = (x - np.median(x)) * _METRES_PER_DEGREE * squeeze, (y - np.median(y)) * _METRES_PER_DEGREE
    near = np.hypot(east, north) <= FAR_M
    x, y, w, left = x[near], y[near], w[near], int(w[~near].sum())
    if not len(x):
        return None
    reach = REACH * sigma_m / _METRES_PER_DEGREE
    west, right, south, top = x.min() - reach / squeeze, x.max() + reach / squeeze, y.min() - reach, y.max() + reach
    columns = _steps((right - west) * _METRES_PER_DEGREE * squeeze, sigma_m)
    rows = _steps((top - south) * _METRES_PER_DEGREE, sigma_m)
    xs = west + (np.arange(columns) + 0.5) * (right - west) / columns
    ys = _latitudes(south, top, rows)
    field = np.zeros((rows, columns))
    sigma_lat, sigma_lon = sigma_m / _METRES_PER_DEGREE, sigma_m / _METRES_PER_DEGREE / squeeze
    for first in range(0, len(x), _CHUNK):
        part = slice(first, first + _CHUNK)
        across = np.exp(-0.5 * ((xs[None, :] - x[part, None]) / sigma_lon) ** 2)
        along = np.exp(-0.5 * ((ys[None, :] - y[part, None]) / sigma_lat) ** 2)
        field += along.T @ (across * w[part, None])
    return Grid((float(west), float(south), float(right), float(top)), field * peak_per_km2(sigma_m), left)


def _steps(metres: float, sigma_m: float) -> int:
    return max(2, min(MOST_SIDE, round(metres / (sigma_m / 3))))


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def _latitudes(south: float, north: float, rows: int) -> Floats:
    """Of the middles of the rows, northernmost first."""
    low, high = _mercator(south), _mercator(north)
    middles = high - (np.arange(rows) + 0.5) * (high - low) / rows
    return np.degrees(np.arctan(np.sinh(middles)))


def top_of(grid: Grid, sigma_m: float = SIGMA_M) -> float:
    """The end of the scale, happenings per km²: a round number not below the densest place."""
    densest = max(float(grid.per_km2.max()), FEWEST * peak_per_km2(sigma_m))
    unit = 10.0 ** math.floor(math.log10(densest))
    return float(next(step * unit for step in (1, 2, 3, 5, 10) if step * unit >= densest * 0.999))


def pack(grid: Grid, top: float) -> bytes:
    """A byte a place, row by row: 0 is none, 255 the top of the scale."""
    return np.round(np.clip(grid.per_km2 / top, 0, 1) * 255).astype(np.uint8).tobytes()
