"""Chance is a function: the same seed, name and moment give the same city."""

from hypothesis import given
from hypothesis import strategies as st

from sim.chance import dice, drift, flicker, poisson, trait


@given(st.text(), st.text())
def test_a_trait_lasts_and_lies_between_nought_and_one(key: str, name: str) -> None:
    assert trait(key, name) == trait(key, name)
    assert 0 <= trait(key, name) < 1


@given(st.floats(0, 4e9), st.floats(10, 1e6))
def test_a_drift_stays_within_its_bounds_and_walks_smoothly(t: float, period: float) -> None:
    assert -1 <= drift("wind", t, period) <= 1
    assert abs(drift("wind", t + period * 1e-4, period) - drift("wind", t, period)) < 0.01


def test_a_measurement_trembles_the_same_way_again() -> None:
    assert flicker("air-1", 1000.4) == flicker("air-1", 1000.9)
    assert flicker("air-1", 1000) != flicker("air-2", 1000)


def test_poisson_has_the_mean_it_was_asked_for() -> None:
    roll = dice("poisson")
    for mean in (0.0, 0.3, 4.0, 80.0):
        drawn = [poisson(roll, mean) for _ in range(4000)]
        assert abs(sum(drawn) / len(drawn) - mean) < 0.05 * mean + 0.05
