"""A regular grid is found whatever projection it was laid in, and nothing else is taken for one."""

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geodata.lattice import Lattice, find_lattice

SIDE = 100.0
LOCAL = "+proj=tmerc +lon_0=119.9 +lat_0=31.8 +ellps=GRS80"
ZONE = "+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80"  # CGCS2000, three degrees wide: its north is 1.5° off here


def cells(columns: int, rows: int, projection: str = LOCAL, turn: float = 0.0, holes: int = 0) -> NDArray[np.object_]:
    """Squares around (119.9, 31.8), by row; every `holes`-th is left out."""
    plane = pyproj.Proj(projection)
    x0, y0 = plane(119.9, 31.8)
    column, row = (part.ravel() for part in np.meshgrid(np.arange(columns) - columns / 2, np.arange(rows) - rows / 2))
    kept = np.arange(len(column)) % holes != 1 if holes else np.ones(len(column), dtype=bool)
    dx = (column[kept, None] + np.array([0, 1, 1, 0])) * SIDE
    dy = (row[kept, None] + np.array([0, 0, 1, 1])) * SIDE
    x, y = x0 + dx * np.cos(turn) - dy * np.sin(turn), y0 + dx * np.sin(turn) + dy * np.cos(turn)
    lon, lat = plane(x, y, inverse=True)
    return np.array(shapely.polygons(np.round(np.stack([lon, lat], axis=2), 7)))


def found(shapes: NDArray[np.object_]) -> Lattice:
    lattice = find_lattice(shapes)
    assert lattice is not None
    return lattice


def mercator(lon: float, lat: float) -> tuple[float, float]:
    return lon / 360 + 0.5, 0.5 - np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)


@pytest.mark.parametrize(("projection", "turn"), [(LOCAL, 0.0), (ZONE, 0.0), (LOCAL, 0.3), (LOCAL, -0.6)])
def test_every_square_has_its_column_and_row_and_lies_where_the_lattice_says(projection: str, turn: float) -> None:
    shapes = cells(40, 24, projection, turn, holes=7)
    lattice = found(shapes)
    assert (lattice.columns, lattice.rows) == (40, 24)
    assert len(set(lattice.place.tolist())) == len(shapes)
    u = lattice.place % 40 + 0.5 - lattice.middle[0]
    v = lattice.place // 40 + 0.5 - lattice.middle[1]
    basis = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    wanted = np.array([mercator(lon, lat) for lon, lat in middles])
    at = np.column_stack([basis @ lattice.x + lattice.origin[0], basis @ lattice.y + lattice.origin[1]])
    side = np.hypot(lattice.x[1], lattice.y[1])
    assert np.abs(at - wanted).max() < 0.01 * side


def test_rows_count_from_the_south_and_columns_from_the_west() -> None:
    assert found(cells(5, 4)).place.tolist() == list(range(20))


def test_a_grid_of_thirty_kilometres_bends_and_is_still_one() -> None:
    lattice = found(cells(300, 300, ZONE)[::7])
    assert (lattice.columns, lattice.rows) == (300, 300)


def test_what_is_no_grid_is_none() -> None:
    shapes = cells(12, 12)
    corners = shapely.get_coordinates(shapes).reshape(-1, 5, 2)
    trembling = corners + 0.0003 * np.sin(corners * 1e7)
    assert find_lattice(np.array(shapely.polygons(trembling))) is None
    assert find_lattice(shapes[:3]) is None, "too few to tell"
    strangers = {"round": shapely.Point(119.9, 31.8).buffer(0.001), "twice": shapes[0], "far": shapely.box(120.5, 31.8, 120.501, 31.801)}
    for name, stranger in strangers.items():
        assert find_lattice(np.array([*shapes, stranger])) is None, name
    assert find_lattice(np.array([], dtype=object)) is None
