"""Chance is a function: the same seed, name and moment give the same city."""

from sim.chance import dice, flicker, poisson


def test_a_measurement_trembles_the_same_way_again() -> None:
    assert flicker("air-1", 1000.4) == flicker("air-1", 1000.9)
    assert flicker("air-1", 1000) != flicker("air-2", 1000)


def test_poisson_has_the_mean_it_was_asked_for() -> None:
    roll = dice("poisson")
    for mean in (0.0, 0.3, 4.0, 80.0):
        drawn = [poisson(roll, mean) for _ in range(4000)]
        assert abs(sum(drawn) / len(drawn) - mean) < 0.05 * mean + 0.05
