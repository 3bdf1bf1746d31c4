"""A heat map's colour is a number of happenings per square kilometre: it adds up to what happened."""

import math

import numpy as np
import pytest

from maps.heat import FEWEST, MOST_SIDE, Grid, density, pack, peak_per_km2, top_of

LON, LAT = 119.95, 31.78


def total(grid: Grid) -> float:
    """The field times its ground, in happenings."""
    west, south, east, north = grid.box
    rows, columns = grid.per_km2.shape
    low, high = (math.asinh(math.tan(math.radians(lat))) for lat in (south, north))
    middles = np.degrees(np.arctan(np.sinh(high - (np.arange(rows) + 0.5) * (high - low) / rows)))
    tall = (high - low) / rows * np.cos(np.radians(middles)) * 111.32 * 180 / math.pi
    wide = (east - west) / columns * 111.32 * math.cos(math.radians(LAT))
    return float((grid.per_km2 * tall[:, None] * wide).sum())


def test_nothing_happened_nothing_is_hot() -> None:
    assert density([], [], []) is None


@pytest.mark.parametrize("many", [1, 40])
def test_the_field_adds_up_to_what_happened(many: int) -> None:
    roll = np.random.default_rng(3)
    lon, lat, weight = LON + roll.normal(0, 0.03, many), LAT + roll.normal(0, 0.02, many), roll.integers(1, 9, many)
    grid = density(lon, lat, weight)
    assert grid is not None
    assert total(grid) == pytest.approx(weight.sum(), rel=0.03)  # three sigmas hold 98.9 %
    assert max(grid.per_km2.shape) <= MOST_SIDE


def test_the_hottest_place_is_where_most_happened_and_the_north_is_on_top() -> None:
    grid = density([LON, LON + 0.05], [LAT, LAT + 0.05], [9, 1])
    assert grid is not None
    row, column = np.unravel_index(grid.per_km2.argmax(), grid.per_km2.shape)
    assert row > grid.per_km2.shape[0] / 2 > column
    assert grid.per_km2.max() == pytest.approx(9 * peak_per_km2(), rel=0.05)


def test_a_place_at_the_end_of_the_world_is_left_out_and_counted() -> None:
    grid = density([LON, LON + 0.01, 0.0], [LAT, LAT, 0.0], [3, 3, 4])
    assert grid is not None
    assert grid.left_out == 4
    assert total(grid) == pytest.approx(6, rel=0.03)


def test_one_happening_never_looks_like_a_hot_spot() -> None:
    grid = density([LON], [LAT], [1])
    assert grid is not None
    assert top_of(grid) >= FEWEST * peak_per_km2()
    assert max(pack(grid, top_of(grid))) <= 255 / FEWEST


def test_the_scale_ends_at_a_round_number_above_the_densest_place() -> None:
    grid = density([LON], [LAT], [100])
    assert grid is not None
    top = top_of(grid)
    assert top >= grid.per_km2.max() * 0.999
    assert str(top).strip("0.")[0] in "1235"
    assert max(pack(grid, top)) <= 255
    assert len(pack(grid, top)) == grid.per_km2.size
