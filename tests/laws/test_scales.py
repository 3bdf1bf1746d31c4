"""Scales and chance: more is never less, a trait lasts, a drift stays within its bounds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from projector.landscape import classes_of
from sim.chance import drift, trait

LIMITS = (20.0, 40.0, 60.0, 75.0, 88.0)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_greater_value_never_has_a_lower_class(one: float, other: float) -> None:
    low, high = classes_of(np.array(sorted((one, other))), LIMITS)
    assert low <= high


@given(st.text(), st.text())
def test_a_trait_lasts_and_lies_between_nought_and_one(key: str, name: str) -> None:
    assert trait(key, name) == trait(key, name)
    assert 0 <= trait(key, name) < 1


@given(st.floats(0, 4e9), st.floats(10, 1e6))
def test_a_drift_stays_within_its_bounds_and_walks_smoothly(t: float, period: float) -> None:
    assert -1 <= drift("wind", t, period) <= 1
    assert abs(drift("wind", t + period * 1e-4, period) - drift("wind", t, period)) < 0.01
