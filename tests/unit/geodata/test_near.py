"""Metres and tiles: nothing within reach is missed."""

import math
import random

import pytest

from geodata.cameras import Sight, Usual, sees
from geodata.near import METRES_PER_DEGREE, Tiles, bearing_deg, distance_m

METRE = 1 / METRES_PER_DEGREE


def test_an_unknown_place_is_infinitely_far() -> None:
    assert distance_m(None, 31.8, 119.9, 31.8) == distance_m(119.9, 31.8, 119.9, None) == math.inf


def test_a_degree_of_longitude_shrinks_to_the_north() -> None:
    assert distance_m(119.9, 60, 120.9, 60) == pytest.approx(METRES_PER_DEGREE / 2)


@pytest.mark.parametrize("lat", [0.0, 31.8, 59.9])
def test_no_tile_hides_what_is_within_reach(lat: float) -> None:
    dice, tiles = random.Random(7), Tiles[int](300)
    places = [(119.9 + dice.uniform(-0.02, 0.02), lat + dice.uniform(-0.02, 0.02)) for _ in range(400)]
    for number, place in enumerate(places):
        tiles.add(*place, number, "a")
    for lon, north in places[:50]:
        within = {number for number, place in enumerate(places) if distance_m(lon, north, *place) <= 300}
        assert within <= set(tiles.near(lon, north, "a"))
        assert not list(tiles.near(lon, north, "b"))


@pytest.mark.parametrize(("east", "north", "bearing"), [(0, 1, 0), (1, 0, 90), (0, -1, 180), (-1, 0, 270)])
def test_bearings_go_clockwise_from_north(east: float, north: float, bearing: float) -> None:
    assert bearing_deg(0, 0, east * METRE, north * METRE) == pytest.approx(bearing)


@pytest.mark.parametrize(("sight", "metres"), [
    (Sight(0, 0, 0, 60, 200), 100), (Sight(0, 0, 350, 60, 200), 100), (Sight(0, 0, 40, 60, 200), None), (Sight(0, 0, None, None, 200), 100),
    (Sight(0, 0, 0, 60, 50), None), (Sight(0, 0, 0), None), (Sight(0, 100 * METRE, 180, 10, 5), 0),
])  # fmt: skip
def test_a_camera_sees_what_is_in_its_reach_and_in_its_view(sight: Sight, metres: float | None) -> None:
    seen = sees(sight, 0, 100 * METRE, Usual(50, 90))
    assert seen == (metres if metres is None else pytest.approx(metres))
