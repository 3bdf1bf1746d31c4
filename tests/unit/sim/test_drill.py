"""A drill strikes stand-ins alone: nothing real says what is not, and all that comes of it is known for an exercise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sim import drill, scenario, wire
from sim.__main__ import Doors, cities_of
from sim.city import City
from sim.model import Plan
from sim.staff import caller

SHIPPED = [name for name in scenario.names() if name != scenario.NONE]


def played(plan: Plan, doors: Doors, noon: float) -> list[City]:
    return cities_of(plan, doors, noon, noon, fresh=False)


def doors(name: str, *, drill: bool) -> Doors:
    return Doors("", "", "", "", "", Path(), 1.0, name, 0.8, drill)


@pytest.mark.parametrize("name", SHIPPED)
def test_in_a_drill_the_real_city_is_as_on_any_day(plan: Plan, noon: float, name: str) -> None:
    real, _ = played(plan, doors(name, drill=True), noon)
    quiet = City(plan)
    moment = noon + 2000
    assert [real.read(site, moment) for site in plan.sites] == [quiet.read(site, moment) for site in plan.sites]
    assert real.calls(noon, moment) == quiet.calls(noon, moment)
    assert real.sightings(noon, moment) == quiet.sightings(noon, moment)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_stand_ins_feel_what_the_real_ones_would_and_nothing_else_befalls_them(plan: Plan, noon: float, name: str) -> None:
    _, exercise = played(plan, doors(name, drill=True), noon)
    (ordinary,) = played(plan, doors(name, drill=False), noon)
    site_of = {site.device: site for site in plan.sites}
    assert [trouble.device for trouble in exercise.first] == [drill.name_of(site_of[trouble.device]) for trouble in ordinary.first]
    assert {trouble.key for trouble in exercise.troubles(noon + 1500)} <= {trouble.key for trouble in exercise.first}
    assert not any(exercise.silent(site.device, noon + 1500) for site in exercise.plan.sites)
    cameras = {site.device for site in exercise.plan.sites if site.kind == "camera"}
    assert {seen.camera for seen in exercise.sightings(noon, noon + 7200)} <= cameras
    assert all(call.key.startswith(name) for call in exercise.calls(noon, noon + 7200))


def test_a_storm_of_a_drill_is_measured_by_stand_ins_of_the_weather_stations(plan: Plan, noon: float) -> None:
    real, exercise = played(plan, doors("rainstorm", drill=True), noon)
    moment = noon + 1800
    wettest = {
        city: max(city.read(site, moment)["rain"] for site in city.plan.sites if site.kind == "weather") for city in (real, exercise)
    }
    assert wettest[exercise] > 15 > wettest[real]


def test_stand_ins_stand_where_the_real_ones_do_and_speak_through_gateways_of_their_own(plan: Plan, noon: float) -> None:
    told = scenario.read("forest-fire")
    assert told is not None
    there, _ = drill.stand_ins(plan, told, scenario.troubles(told, plan.sites, plan.seed, noon, 1))
    real = {drill.name_of(site): site for site in plan.sites}
    assert there.sites
    assert all(
        (site.lon, site.lat, site.kind) == (real[site.device].lon, real[site.device].lat, real[site.device].kind) for site in there.sites
    )
    assert not {site.gateway for site in there.sites} & ({site.gateway for site in plan.sites} - {""})
    assert all("演练" in site.name for site in there.sites)


def test_a_call_of_a_drill_says_so(plan: Plan, noon: float) -> None:
    _, exercise = played(plan, doors("rainstorm", drill=True), noon)
    call = exercise.calls(noon, noon + 7200)[0]
    at = datetime.fromtimestamp(call.at, UTC)
    assert wire.call_report(call, at, caller(call.key), drill=True)["extra"]["drill"] is True
    assert "drill" not in wire.call_report(call, at, caller(call.key))["extra"]
