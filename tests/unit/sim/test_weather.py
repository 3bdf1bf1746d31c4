"""The sky is a function of the seed and the time; water stands later than it rains, and rivers rise later still."""

from sim.weather import Shower, Storm, rain_hour, rain_rate, runoff, sky_at, standing_water

SHOWER = Shower(starts_at=0, lasts=3600, x=0, y=0, vx=0, vy=0, radius=2000, peak=40)


def test_the_same_moment_has_the_same_sky(noon: float) -> None:
    assert sky_at(3, noon, 28800, 8000) == sky_at(3, noon, 28800, 8000)
    assert sky_at(3, noon, 28800, 8000) != sky_at(4, noon, 28800, 8000)


def test_local_hour_and_weekday_follow_the_zone(noon: float) -> None:
    sky = sky_at(1, noon, 28800, 8000)
    assert sky.hour == 12.0
    assert sky.weekday == 5


def test_july_is_warmer_than_january_and_noon_than_night(noon: float) -> None:
    half_year = 182 * 86400
    temperatures = [sum(sky_at(seed, noon + shift, 28800, 8000).temperature for seed in range(20)) / 20 for shift in (0, -half_year)]
    assert temperatures[1] > temperatures[0] + 8
    night = sum(sky_at(seed, noon - 8 * 3600, 28800, 8000).temperature for seed in range(20)) / 20
    assert temperatures[0] > night + 3


def test_rain_falls_where_the_cell_is_and_nowhere_else() -> None:
    assert rain_rate([SHOWER], 0, 0, 1800) == 40
    assert rain_rate([SHOWER], 9000, 0, 1800) == 0
    assert rain_rate([SHOWER], 0, 0, 4000) == 0


def test_water_stands_after_the_rain_and_runs_off() -> None:
    before, after, later = (standing_water([SHOWER], 0, 0, t, 1800) for t in (0, 3600, 10800))
    assert before == 0
    assert after > 8
    assert later < after / 3


def test_the_river_rises_later_than_the_street() -> None:
    street = max(range(0, 20000, 600), key=lambda t: standing_water([SHOWER], 0, 0, t, 1800))
    river = max(range(0, 20000, 600), key=lambda t: runoff([SHOWER], t, 3000))
    assert river > street


def test_an_hour_of_rain_is_its_mean_intensity() -> None:
    assert 20 < rain_hour([SHOWER], 0, 0, 3600) < 30


def test_a_storm_by_order_puts_the_middle_under_water(noon: float) -> None:
    storm = Storm(noon, 3600)
    wet = sky_at(1, noon + 2700, 28800, 8000, storm)
    dry = sky_at(1, noon + 2700, 28800, 8000)
    assert rain_hour(wet.showers, 0, 0, wet.t) > 15 + rain_hour(dry.showers, 0, 0, dry.t)
