"""A city on a plane: distances are those of the map, the middle does not follow one that is far off."""

import pytest

from geodata.near import distance_m
from geodata.plane import Plane, median_point


@pytest.mark.parametrize("lat", [31.78, 64.1, -33.9, 0.0])
def test_distances_within_a_city_are_right_to_a_few_per_mille(lat: float) -> None:
    plane = Plane.of([lat, lat + 0.05, lat - 0.05, 89.0])
    x, y = plane.metres(119.90, lat)
    a, b = plane.metres(119.98, lat + 0.05)
    assert ((x - a) ** 2 + (y - b) ** 2) ** 0.5 == pytest.approx(distance_m(119.90, lat, 119.98, lat + 0.05), rel=0.004)


def test_the_plane_does_not_depend_on_order_and_there_is_one_of_nothing() -> None:
    assert Plane.of([31.0, 32.0, 33.0]) == Plane.of([33.0, 31.0, 32.0])
    assert Plane.of([]).metres(1.0, 0.0)[0] == pytest.approx(111_320.0)


def test_the_middle_is_where_most_are() -> None:
    assert median_point([(1.0, 5.0), (2.0, 6.0), (99.0, -80.0)]) == (2.0, 5.0)
    assert median_point([(1.0, 5.0), (2.0, 6.0)]) == (1.0, 5.0)
