"""Laws of places: every point in exactly one cell; every datum there and back; any regions whole and balanced."""

from functools import cache
from math import cos, hypot, radians

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, shape

from core.model import Placement
from geodata.boundary import Division, Names
from geodata.datums import DATUMS, from_cgcs2000, to_cgcs2000
from geodata.locate import Locator
from geodata.metric import plane_of
from geodata.model import City
from geodata.partition import partition_district
from geodata.regions import Sites, balanced, joined, pieces, spread_sites

BOUNDARY = Polygon([(119.900, 31.790), (119.922, 31.793), (119.921, 31.809), (119.912, 31.803), (119.903, 31.811), (119.9003, 31.80)])
longitudes = st.floats(119.898, 119.924)
latitudes = st.floats(31.788, 31.813)


@cache
def city() -> tuple[City, Locator]:
    streets = tuple(
        (Division(f"32040400{s}", f"{s}号街道"), tuple(Division(f"32040400{s}00{c}", f"{s}{c}社区") for c in (1, 2, 3))) for s in (1, 2)
    )
    made = partition_district(Names("320404", "小区", streets), BOUNDARY, (119.91, 31.80))
    return made, Locator.of(made.cells, made.areas)


@given(st.floats(73.7, 135.0), st.floats(3.9, 53.5), st.sampled_from(DATUMS))
def test_every_datum_there_and_back_is_true_to_a_centimetre(lon: float, lat: float, datum: str) -> None:
    there = from_cgcs2000(lon, lat, datum)
    back = to_cgcs2000(*there, datum)
    inside = all(73.67 < x < 135.04 and 3.87 < y < 53.54 for x, y in (there, (lon, lat)))
    if inside:  # at the very edge of the box the shifted point may fall outside it, where there is no way back
        assert hypot((back[0] - lon) * cos(radians(lat)), back[1] - lat) * 111_195 < 0.01


@given(longitudes, latitudes)
def test_every_point_inside_the_city_is_in_exactly_one_cell(lon: float, lat: float) -> None:
    made, locator = city()
    found = locator.locate(lon, lat)
    point = shapely.Point(lon, lat)
    holding = sorted(cell.cell_code for cell in made.cells if shape(cell.geometry).intersects(point))
    if holding:
        assert found.placement is Placement.INSIDE
        assert found.cell_code == holding[0]
    elif BOUNDARY.intersects(point):
        assert found.placement is Placement.INSIDE
        assert found.cell_code is not None
    else:
        assert found.placement is Placement.OUTSIDE
        assert found.cell_code is None


@given(st.integers(0, 10_000), st.sampled_from(["corner", "edge"]), st.floats(0, 1))
def test_a_point_on_a_border_is_in_the_least_of_the_cells_it_touches(pick: int, where: str, along: float) -> None:
    made, locator = city()
    ring = made.cells[pick % len(made.cells)].geometry["coordinates"][0]
    start, end = ring[pick % 4], ring[pick % 4 + 1]
    t = 0.0 if where == "corner" else along
    lon, lat = start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])
    touching = [cell.cell_code for cell in made.cells if shape(cell.geometry).intersects(shapely.Point(lon, lat))]
    assert locator.locate(lon, lat).cell_code == (min(touching) if touching else locator.locate(lon, lat).cell_code)
    assert locator.locate(lon, lat).placement is Placement.INSIDE or not BOUNDARY.intersects(shapely.Point(lon, lat))


@given(st.lists(st.tuples(longitudes | st.just(float("nan")), latitudes | st.just(0.0)), max_size=20))
def test_many_are_located_as_each_alone(points: list[tuple[float, float]]) -> None:
    locator = city()[1]
    many = locator.locate_many([lon for lon, _ in points], [lat for _, lat in points])
    assert many == [locator.locate(lon, lat) for lon, lat in points]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 9))
def test_regions_are_whole_and_as_large_as_wanted(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    inside = np.zeros((34, 44), dtype=np.bool_)
    inside[1:-1, 1:-1] = True
    rows, columns = np.nonzero(inside)
    points = np.column_stack([columns, rows]).astype(np.float64)
    label = np.full(inside.shape, -1, dtype=np.int32)
    label[inside] = balanced(points, Sites(spread_sites(points, count, rng), np.full(count, 1 / count)))
    label = joined(label)
    assert len(np.unique(pieces(label))) == count + 1
    sizes = np.bincount(label[inside], minlength=count)
    assert sizes.min() > 0.6 * len(points) / count
    assert sizes.max() < 1.4 * len(points) / count


@given(longitudes, latitudes)
def test_the_plane_there_and_back_is_true_to_two_centimetres(lon: float, lat: float) -> None:
    plane = plane_of(BOUNDARY)
    x, y = plane.to_metres(np.array(lon), np.array(lat))
    back_lon, back_lat = plane.to_degrees(x, y)
    assert abs(float(back_lon) - lon) < 2e-7
    assert abs(float(back_lat) - lat) < 2e-7


def test_every_cell_finds_itself(zhonglou: City) -> None:
    locator = Locator.of(zhonglou.cells, zhonglou.areas)
    found = locator.locate_many([cell.lon for cell in zhonglou.cells], [cell.lat for cell in zhonglou.cells])
    assert [place.cell_code for place in found] == [cell.cell_code for cell in zhonglou.cells]
