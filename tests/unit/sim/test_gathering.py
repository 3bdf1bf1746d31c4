"""The officer joins what belongs to the scenario's incident: by device, or by class and place; never a drill with the real."""

from dataclasses import replace
from typing import Any

import pytest

from sim.gathering import Joining, Ordered, joinings

TOLD = Ordered("危化品泄漏", frozenset({"gas-1", "gas-2", "air-1"}), 119.95, 31.78, 1000.0, frozenset({"0504", "0302"}), 0.0, drill=False)


def alert(number: int, device: str | None, incident: int | None, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "device": device,
        "incident_id": incident,
        "class_code": "0504",
        "drill": False,
        "lon": 119.95,
        "lat": 31.78,
        **more,
    }


def report(number: int, incident: int | None, **more: Any) -> dict[str, Any]:
    return {"id": number, "incident_id": incident, "class_code": "0504", "drill": False, "lon": 119.951, "lat": 31.78, **more}


def test_what_belongs_to_it_joins_the_first_incident_by_where_it_was() -> None:
    alerts = [alert(1, "gas-1", 7), alert(2, "gas-2", 9), alert(3, "air-1", None), alert(4, "gas-77", 8)]
    found = joinings(alerts, [report(5, None), report(6, 9), report(7, 7)], TOLD)
    assert found == [Joining(7, 9, (2,), (6,)), Joining(7, None, (3,), (5,))]


@pytest.mark.parametrize(
    "stranger", [report(5, None, drill=True), report(5, None, class_code="0101"), report(5, None, lon=120.2), report(5, None, lon=None)]
)
def test_a_drill_another_class_and_another_place_stay_where_they_are(stranger: dict[str, Any]) -> None:
    assert joinings([alert(1, "gas-1", 7)], [stranger], TOLD) == []


def test_before_a_device_of_it_has_an_incident_nothing_is_joined() -> None:
    assert joinings([alert(1, "gas-1", None), alert(2, None, 3)], [report(5, 3)], TOLD) == []


def test_one_all_over_the_district_takes_calls_from_anywhere() -> None:
    found = joinings([alert(1, "gas-1", 7)], [report(5, None, lon=None)], replace(TOLD, within=0.0))
    assert found == [Joining(7, None, (), (5,))]
