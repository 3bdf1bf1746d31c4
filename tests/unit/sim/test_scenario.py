"""Every scenario that is shipped can be played: its devices are there, its metrics are theirs, and it is felt by more than sensors."""

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
