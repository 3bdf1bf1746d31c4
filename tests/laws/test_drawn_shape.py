"""Whatever somebody writes for a shape is one within the world, or refused with a word."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from geodata.drawn_shape import KINDS, as_geojson, distance_to, read_shape

NUMBERS = st.one_of(st.floats(), st.integers(-200, 200), st.text(max_size=3), st.none())
COORDINATES = st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=5), max_leaves=12)
DRAWN = st.fixed_dictionaries({"type": st.sampled_from([*KINDS, "Circle", "Feature"]), "coordinates": COORDINATES})
WRITTEN = st.text(alphabet="0123456789 .,;；-POINTLESR()e", max_size=60)


@given(st.one_of(DRAWN, WRITTEN, st.text(max_size=30)))
def test_a_shape_is_read_or_refused(told: Any) -> None:
    try:
        shape = read_shape(told)
    except Invalid:
        return
    west, south, east, north = shape.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    assert read_shape(as_geojson(shape)).equals(shape), "what is stored is what was read"
    assert distance_to(shape, *shape.representative_point().coords[0]) < 1
