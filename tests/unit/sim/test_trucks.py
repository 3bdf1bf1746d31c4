"""A simulated truck stays on its road, drives as fast as it says, and stops; whoever looks twice sees the same."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from geodata.near import distance_m
from maps.tracks import Fix, believed, pieces
from sim.model import Route
from sim.trucks import DRIVES_S, LEG_M, STOPS_S, drive, rows_of

WAY = tuple((119.95 + n * 45 / 94_600, 31.78) for n in range(30))  # 1.3 km to the east
ROUTE = Route("truck-001", "环卫车001", "320404001001", 1, WAY)


def at(times: Sequence[float], noon: float) -> list[dict[str, float]]:
    return [drive(ROUTE, noon + t) for t in times]


def test_a_truck_never_leaves_its_road(noon: float) -> None:
    for told in at(range(0, 3600, 7), noon):
        assert told["lat"] == pytest.approx(31.78)
        assert WAY[0][0] - 1e-6 <= told["lon"] <= WAY[-1][0] + 1e-6
        assert told["course"] in (90.0, 270.0)


def test_it_drives_as_fast_as_it_says_and_stops(noon: float) -> None:
    speeds = {told["speed"] for told in at(range(0, 600, 1), noon)}
    assert speeds == {0.0, 3.6 * LEG_M / DRIVES_S}
    for now, then in zip(at(range(300), noon), at(range(1, 301), noon), strict=True):
        assert distance_m(now["lon"], now["lat"], then["lon"], then["lat"]) <= LEG_M / DRIVES_S + 0.3


def test_in_an_hour_it_goes_as_far_as_legs_and_stops_allow(noon: float) -> None:
    told = at(range(3600), noon)
    gone = sum(distance_m(a["lon"], a["lat"], b["lon"], b["lat"]) for a, b in pairwise(told))
    assert gone == pytest.approx(3600 / (DRIVES_S + STOPS_S) * LEG_M, rel=0.05)


def test_its_trail_is_one_line_that_the_map_believes(noon: float) -> None:
    fixes = [Fix(noon + t, told["lon"], told["lat"]) for t, told in zip(range(0, 600, 10), at(range(0, 600, 10), noon), strict=True)]
    assert believed(fixes) == fixes
    assert [len(line) for line in pieces(fixes)] == [60]


def test_the_registry_learns_what_it_measures() -> None:
    (device,), metrics = rows_of([ROUTE])
    assert (device["device"], device["lon"], device["kind"]) == ("truck-001", WAY[0][0], "环卫车")
    assert [one["metric"] for one in metrics] == ["lon", "lat", "speed", "course"]
