"""Where a point lies: inside, outside, none, zero; borders and ragged edges have a rule."""

from math import inf, nan

import pytest
from shapely.geometry import Polygon, mapping

from core.model import Placement, Position
from geodata.datums import wgs84_to_gcj02
from geodata.locate import Locator
from geodata.model import Area, GridCell


def square(code: str, west: float, south: float, size: float = 0.001) -> GridCell:
    shape = Polygon([(west, south), (west + size, south), (west + size, south + size), (west, south + size)])
    return GridCell(code, code[:12], None, west + size / 2, south + size / 2, mapping(shape), 1e4, cell_id=int(code[12:]))


@pytest.fixture
def four() -> Locator:
    """Four cells in a square at 120/30, a district that reaches 100 m and 400 m beyond them."""
    cells = [square(f"320404001001{n:03d}", 120 + 0.001 * (n % 2), 30 + 0.001 * (n // 2)) for n in range(4)]
    district = Polygon([(119.999, 29.999), (120.006, 29.999), (120.006, 30.003), (119.999, 30.003)])
    return Locator.of(cells, [Area("320404", "区", "district", None, 120, 30, mapping(district))])


def test_a_point_in_a_cell_gets_its_number_code_and_community(four: Locator) -> None:
    found = four.locate(120.0015, 30.0005)
    assert (found.placement, found.cell_id, found.cell_code, found.area) == (Placement.INSIDE, 1, "320404001001001", "320404001001")


def test_a_point_on_a_border_or_corner_belongs_to_the_least_code(four: Locator) -> None:
    assert four.locate(120.001, 30.0015).cell_id == 2
    assert four.locate(120.001, 30.001).cell_id == 0


def test_missing_and_unreal_coordinates_have_no_place(four: Locator) -> None:
    for lon, lat in ((None, 30.0), (120.0, None), (nan, 30.0), (120.0, nan), (inf, 30.0), (None, None)):
        assert four.locate(lon, lat).placement is Placement.NONE


def test_a_receiver_without_a_fix_is_zero_not_outside(four: Locator) -> None:
    assert four.locate(0.0, 0.0).placement is Placement.ZERO
    assert four.locate(9e-7, -9e-7).placement is Placement.ZERO
    assert four.locate(0.0, 30.0).placement is Placement.OUTSIDE


def test_a_point_inside_the_district_but_in_no_cell_takes_the_nearest_within_150_metres(four: Locator) -> None:
    assert four.locate(120.0030, 30.0005).cell_id == 1  # 96 m east
    far = four.locate(120.0055, 30.0005)  # 340 m east: inside the district, no cell
    assert (far.placement, far.cell_id, far.area) == (Placement.INSIDE, None, "320404")


def test_a_point_outside_the_district_is_outside_even_beside_a_cell(four: Locator) -> None:
    assert four.locate(119.9985, 30.0005).placement is Placement.OUTSIDE


def test_many_are_located_as_one_by_one(four: Locator) -> None:
    lons, lats = [120.0005, nan, 0.0, 121.0, 120.003], [30.0005, 30.0, 0.0, 30.0, 30.0005]
    assert four.locate_many(lons, lats) == [four.locate(lon, lat) for lon, lat in zip(lons, lats, strict=True)]


def test_a_position_of_another_datum_is_converted_before_it_is_located(four: Locator) -> None:
    lon, lat = wgs84_to_gcj02(120.0015, 30.0005)
    place, x, y = four.place(Position(lon, lat, "gcj02"))
    assert place.cell_id == 1
    assert x == pytest.approx(120.0015, abs=1e-7)
    assert y == pytest.approx(30.0005, abs=1e-7)
    assert four.place(None) == (four.locate(None, None), None, None)


def test_an_empty_city_places_nothing() -> None:
    empty = Locator.of([])
    assert [found.placement for found in empty.locate_many([120.0, 0.0, nan], [30.0, 0.0, nan])] == [
        Placement.OUTSIDE, Placement.ZERO, Placement.NONE,
    ]  # fmt: skip
