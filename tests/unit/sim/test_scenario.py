"""Every scenario that is shipped can be played: its devices are there, its metrics are theirs, and it is felt by more than sensors."""

from dataclasses import replace

import pytest

from sim import scenario
from sim.city import City
from sim.kinds import KIND_OF
from sim.model import Plan

SHIPPED = [name for name in scenario.names() if name != scenario.NONE]


def test_the_shipped_scenarios_are_those_of_the_handbook() -> None:
    assert SHIPPED == ["chemical-leak", "forest-fire", "heavy-pollution", "rainstorm", "stadium-evening"]
    assert scenario.read(scenario.NONE) is None
    with pytest.raises(ValueError, match="there are none, chemical-leak"):
        scenario.read("volcano")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_scenario_strikes_devices_that_measure_what_it_says(plan: Plan, noon: float, name: str) -> None:
    told = scenario.read(name)
    assert told is not None
    assert all((told.label, told.label_en))
    kinds = {site.device: KIND_OF[site.kind] for site in plan.sites}
    troubles = scenario.troubles(told, plan.sites, plan.seed, noon, 1)
    assert len({(each.device, each.metric) for each in troubles}) == len(troubles), "no device suffers the same twice"
    assert all(each.metric in kinds[each.device].metrics for each in troubles)
    assert {each.metric for each in troubles} == {scene.metric for scene in told.scenes}, "every scene finds its devices"
    assert max(each.ends_at for each in troubles) <= noon + told.lasts
    assert troubles == scenario.troubles(told, plan.sites, plan.seed, noon, 1)


@pytest.mark.parametrize("name", SHIPPED)
def test_who_is_near_a_scenario_calls(plan: Plan, noon: float, name: str) -> None:
    told = scenario.read(name)
    assert told is not None
    quiet, played = City(plan), City(plan, first=scenario.troubles(told, plan.sites, plan.seed, noon, 1))
    until = noon + 3600
    more = {call.key for call in played.calls(noon, until)} - {call.key for call in quiet.calls(noon, until)}
    assert more
    assert all(call.startswith(name) for call in more)


def test_a_scenario_is_felt_in_the_middle_more_than_at_its_edge_and_faster_when_time_is(plan: Plan, noon: float) -> None:
    told = scenario.read("chemical-leak")
    assert told is not None
    slow, fast = (scenario.troubles(told, plan.sites, plan.seed, noon, speed) for speed in (1, 10))
    gas = [each.peak for each in slow if each.metric == "gas"]
    assert gas == sorted(gas, reverse=True)
    assert gas[0] == pytest.approx(95)
    assert max(each.ends_at for each in fast) - noon == pytest.approx((max(each.ends_at for each in slow) - noon) / 10)


def test_it_begins_where_most_of_what_it_strikes_stands_together_and_a_camera_sees_it(plan: Plan, noon: float) -> None:
    told = scenario.read("forest-fire")
    assert told is not None
    alone = [
        replace(site, lon=site.lon + 1, x=site.x + 95_000) if site.kind == "smoke" and site.device != "smoke-0007" else site
        for site in plan.sites
    ]
    place = scenario.place_of(told, alone)
    assert place is not None
    assert place.device == "smoke-0007"
    assert scenario.place_of(told, [site for site in plan.sites if site.kind != "smoke"]) is None


@pytest.mark.parametrize(
    ("name", "label"), [("rainstorm", "flood"), ("chemical-leak", "smoke"), ("forest-fire", "smoke"), ("stadium-evening", "person")]
)
def test_cameras_see_a_scenario_for_what_it_is(plan: Plan, noon: float, name: str, label: str) -> None:
    told = scenario.read(name)
    assert told is not None
    played = City(plan, first=scenario.troubles(told, plan.sites, plan.seed, noon, 1))
    assert label in {seen.label for seen in played.sightings(noon, noon + 7200) if seen.key.startswith(name)}


def test_played_another_time_other_people_call(plan: Plan, noon: float) -> None:
    told = scenario.read("rainstorm")
    assert told is not None
    first, again = ({each.key for each in scenario.troubles(told, plan.sites, plan.seed, begins, 1)} for begins in (noon, noon + 86_400))
    assert not first & again
