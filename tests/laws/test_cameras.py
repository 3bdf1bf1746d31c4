"""What a camera sees is a sector of its own size, wherever it looks and however far."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.cameras import Sight, Usual, plane_around, reach

LON, LAT = 119.95, 31.78
PLANE = plane_around([(LON, LAT)])
USUAL = Usual(50, 90)


@given(bearing=st.floats(0, 359.9), angle=st.floats(1, 360), far=st.floats(5, 2000))
def test_a_sector_has_the_area_of_a_sector_and_begins_at_the_camera(bearing: float, angle: float, far: float) -> None:
    shape = reach(Sight(LON, LAT, bearing, angle, far), PLANE, USUAL)
    assert shape.is_valid
    assert shape.area == pytest.approx(math.pi * far**2 * angle / 360, rel=0.01)
    x, y = PLANE.to_metres(np.array([LON]), np.array([LAT]))
    assert shape.distance(shapely.Point(x[0], y[0])) < 1e-6
