"""The living city: plausible values, daily rhythm, plumes down the wind, troubles laid over, and mending."""

from dataclasses import replace

import pytest

from sim.city import City
from sim.fields import air_of, measure, plume, traffic
from sim.kinds import KIND_OF
from sim.model import Plan, Site, Source, Trouble
from sim.weather import Storm, sky_at


def _site(plan: Plan, kind: str, n: int = 0) -> Site:
    return [site for site in plan.sites if site.kind == kind][n]


def test_every_device_measures_all_its_metrics(plan: Plan, noon: float) -> None:
    city = City(plan)
    for site in plan.sites:
        assert set(KIND_OF[site.kind].metrics) <= set(city.read(site, noon))


def test_asking_twice_gives_the_same_city(plan: Plan, noon: float) -> None:
    first, second = City(plan), City(plan)
    second.read(plan.sites[0], noon - 5000)  # another past
    assert [first.read(site, noon) for site in plan.sites] == [second.read(site, noon) for site in plan.sites]


def test_healthy_values_ring_no_bell(plan: Plan, noon: float) -> None:
    limits = {"gas": 25, "pm10": 250, "noise": 75, "crowd": 350, "manhole_tilt": 20, "bin_fill": 92, "water_depth": 15, "water_level": 4.8}
    for hour in range(0, 24, 3):
        sky = replace(sky_at(1, noon + hour * 3600, 28800, plan.radius), showers=())
        air = air_of(sky, plan.sources, plan.radius)
        for site in plan.sites:
            for metric in KIND_OF[site.kind].metrics:
                value = measure(metric, site, air)
                assert value < limits.get(metric, 1e9), (site.device, metric, hour)
                assert metric != "hydrant_pressure" or value > 0.16
                assert metric != "dissolved_oxygen" or value > 3


def test_rush_hours_are_busier_than_night() -> None:
    assert traffic(8, 1) > 0.8 > 0.3 > traffic(3, 1)
    assert traffic(8, 1) > traffic(8, 6)


def test_a_plume_drifts_down_the_wind_and_thins_out(noon: float) -> None:
    sky = replace(sky_at(1, noon, 28800, 5000), wind_to=0.0, wind_speed=2.0)  # to the east
    source = Source(0, 0, 50)
    assert plume(source, 300, 0, sky) > plume(source, 2000, 0, sky) > 0
    assert plume(source, -1000, 0, sky) == 0
    assert plume(source, 500, 1500, sky) < 0.01


def test_a_trouble_shows_in_the_readings_and_goes_when_mended(plan: Plan, noon: float) -> None:
    site = _site(plan, "gas")
    leak = Trouble("leak", "gas leak", site.device, "gas", noon, 60, 3600, 60, 62.0)
    city = City(plan, first=[leak])
    assert city.read(site, noon + 600)["gas"] == pytest.approx(62.0)
    city.mend(site.device, noon + 700)
    assert city.read(site, noon + 800)["gas"] < 10


def test_a_storm_floods_low_roads_and_raises_the_river(plan: Plan, noon: float) -> None:
    calm, wet = City(plan), City(plan, storm=Storm(noon, 3600))
    pond, river = _site(plan, "pond", 15), _site(plan, "river")
    assert wet.read(pond, noon + 3000)["water_depth"] > calm.read(pond, noon + 3000)["water_depth"] + 8
    assert wet.read(river, noon + 7200)["water_level"] > calm.read(river, noon + 7200)["water_level"] + 0.1


def test_calls_are_told_once_however_the_time_is_cut(plan: Plan, noon: float) -> None:
    city = City(plan, speed=5)
    whole = {call.key for call in city.calls(noon, noon + 3000)}
    parts = [call.key for n in range(60) for call in city.calls(noon + n * 50, noon + (n + 1) * 50)]
    assert len(parts) == len(set(parts))
    assert whole <= set(parts)


def test_the_past_is_filled_in_without_troubles(plan: Plan, noon: float) -> None:
    site = _site(plan, "gas")
    city = City(plan, first=[Trouble("leak", "gas leak", site.device, "gas", noon - 600, 10, 3600, 60, 62.0)])
    assert city.read_at_rest(site, noon)["gas"] < 10
