"""Shapes as people write and draw them: read in every form, told in metres, and placed in the areas they touch."""

import pytest
import shapely

from core.errors import Invalid
from core.model import Placement
from geodata.drawn_shape import areas_along, as_geojson, distance_to, least_area, read_shape
from geodata.locate import Locator
from geodata.model import Located

LINE = {"type": "LineString", "coordinates": [[119.9, 31.78], [119.91, 31.78]]}


@pytest.mark.parametrize("told", [LINE, "119.9 31.78; 119.91 31.78", "119.9,31.78;119.91,31.78;", "LINESTRING (119.9 31.78, 119.91 31.78)",
                                  "119.9，31.78；119.91，31.78"])  # fmt: skip
def test_one_shape_has_many_spellings(told: object) -> None:
    assert as_geojson(read_shape(told)) == LINE


def test_corners_that_close_are_a_surface_and_one_is_a_point() -> None:
    assert read_shape("119.9 31.78; 119.91 31.78; 119.91 31.79; 119.9 31.78").geom_type == "Polygon"
    assert read_shape("119.9 31.78").geom_type == "Point"


@pytest.mark.parametrize("told", [
    "", "here", "31.78 119.9; 31.78 119.91", {"type": "Circle"}, {"type": "Point", "coordinates": []}, "POINT EMPTY",
    "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "POINT (inf 3)", {"type": "Point", "coordinates": ["a", "b"]},
    {"type": "LineString", "coordinates": [[0, 0]] * 2001}, {"type": "GeometryCollection", "geometries": []},
])  # fmt: skip
def test_what_is_no_shape_is_refused(told: object) -> None:
    with pytest.raises(Invalid):
        read_shape(told)


def test_a_shape_of_another_datum_lies_where_the_city_does() -> None:
    moved = read_shape("119.9 31.78", "gcj02")
    assert 300 < distance_to(moved, 119.9, 31.78) < 700


def test_metres_are_true_east_and_north() -> None:
    point = read_shape("119.9 31.78")
    assert distance_to(point, 119.9, 31.79) == pytest.approx(1113, abs=3)
    assert distance_to(point, 119.91, 31.78) == pytest.approx(946, abs=3)
    square = read_shape("119.90 31.78; 119.92 31.78; 119.92 31.80; 119.90 31.80; 119.90 31.78")
    assert distance_to(square, 119.91, 31.79) == 0


def test_a_long_line_touches_every_area_it_crosses() -> None:
    found = [Located(Placement.INSIDE, number, str(number), f"32040400{number}001", None) for number in (1, 2, 3)]
    cells = [shapely.box(119.90 + 0.01 * number, 31.78, 119.91 + 0.01 * number, 31.79) for number in range(3)]
    locator = Locator(found, cells, "320404", None)
    assert areas_along(read_shape("119.905 31.785; 119.925 31.785"), locator) == ("320404001001", "320404002001", "320404003001")
    assert areas_along(read_shape("100 20"), locator) == ()


@pytest.mark.parametrize(("codes", "least"), [
    (("320404001001",), "320404001001"), (("320404001001", "320404001002"), "320404001"), (("320404001001", "320404002001"), "320404"),
    (("320404", "320404001001"), "320404"), (("320404001001", "330101001001"), ""), ((), ""),
])  # fmt: skip
def test_the_least_area_holds_them_all(codes: tuple[str, ...], least: str) -> None:
    assert least_area(codes) == least
