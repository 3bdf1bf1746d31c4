"""What surrounds an incident: past ones like it and how they ended, devices near it, cameras that see it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person
from tests.patience import Stopwatch

METRE = 1 / 111_320


def incident(desk: Desk, metres: float = 0, *, days: float = 0, area: str = NORTH, **more: Any) -> int:
    at = desk.now - timedelta(days=days)
    place = {"area": f"{area}001", "lon": 119.905, "lat": 31.785 + metres * METRE, "opened_at": at, "updated_at": at}
    ended = {"stage": "closed", "closed_at": at + timedelta(hours=2)} if days else {"stage": "open"}
    return int(desk.insert("incidents", {"title": "积水", "class_code": "0502", "severity": 3, **place, **ended, **more}, "incident_id"))


@pytest.fixture
def duty(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "duty1")


def test_past_incidents_of_the_family_come_with_their_end_the_most_alike_first(desk: Desk, duty: Person) -> None:
    now = incident(desk)
    last_year, river = incident(desk, 100, days=365), incident(desk, 100, days=365, class_code="0505", stage="dismissed")
    for other in ({"metres": 1200}, {"class_code": "0101"}, {"drill": True}, {"merged_into": now}, {"area": SOUTH, "simulated": True}):
        incident(desk, days=365, **other)
    alert = desk.alert(incident_id=last_year, verdict="real")
    desk.rows("insert into cases (case_number, title, class_code, severity, stage, area, incident_id, opened_at, updated_at) "
              "values ('1', '排水', '0502', 3, 'closed', %s, %s, %s, %s) returning 1", NORTH, last_year, desk.now, desk.now)  # fmt: skip
    told = duty.get(f"/incidents/{now}/similar").json
    assert (told["compared"], told["dismissed"]) == (2, 1)
    first, second = told["similar"]
    assert (first["id"], first["duration_s"], first["cases"], first["verdict"]) == (last_year, 7200, 1, "real")
    assert first["reason"] | {"score": 0} == {"distance_m": 100.0, "season_days": 0.0, "hours": 0.0, "same_class": True, "score": 0}
    assert (second["id"], second["stage"], second["reason"]["same_class"]) == (river, "dismissed", False)
    assert alert


def test_an_officer_of_one_street_sees_no_past_of_another(desk: Desk, app: Flask) -> None:
    now = incident(desk)
    incident(desk, days=30, area=SOUTH)
    assert desk.sign_in(app, "north").get(f"/incidents/{now}/similar").json["similar"] == []
    assert desk.sign_in(app, "north").get(f"/incidents/{incident(desk, area=SOUTH)}/similar").status_code == 404


def test_without_a_place_nothing_is_near(desk: Desk, duty: Person) -> None:
    nowhere = incident(desk, lon=None, lat=None)
    assert duty.get(f"/incidents/{nowhere}/similar").json == {"similar": [], "compared": 0, "dismissed": 0}
    assert duty.get(f"/incidents/{nowhere}/nearby").json == {"devices": [], "cameras": []}


def test_among_very_many_ended_ones_the_search_stays_quick(desk: Desk, duty: Person) -> None:
    now = incident(desk)
    with desk.store.connection() as connection:
        connection.execute(
            "insert into incidents (title, class_code, severity, stage, area, lon, lat, opened_at, updated_at, closed_at) "
            "select 'x', (array['0502', '0505', '0101', '0501'])[1 + n %% 4], 3, 'closed', %s, 119.80 + random() / 5, 31.70 + random() / 5, "
            "%s - n * interval '1 hour', %s, %s from generate_series(1, 20000) n",
            [f"{NORTH}001", desk.now, desk.now, desk.now],
        )
        connection.execute("analyze incidents")
    duty.get(f"/incidents/{now}/similar")
    watch = Stopwatch()
    told = duty.get(f"/incidents/{now}/similar").json
    assert (len(told["similar"]), told["compared"] > 50) == (5, True)
    watch.within(0.25, "the past of a place")  # measured: 20 ms, of 100,000 too


def test_devices_near_and_cameras_that_look_there(desk: Desk, duty: Person) -> None:
    now = incident(desk)
    device(desk, "near", 300)
    device(desk, "far", 700)
    device(desk, "drill", 10, drill=True)
    device(desk, "there", -40, camera=True, bearing=0)
    device(desk, "away", -40, camera=True, bearing=180)
    device(desk, "tower", 900, camera=True, reach_m=1000)
    device(desk, "short", 90, camera=True)
    told = duty.get(f"/incidents/{now}/nearby").json
    assert [row["device"] for row in told["devices"]] == ["near"]
    assert [(row["device"], round(row["distance_m"])) for row in told["cameras"]] == [("there", 40), ("tower", 900)]
    assert [row["device"] for row in duty.get(f"/incidents/{now}/nearby?radius=1000").json["devices"]] == ["near", "far"]
    assert duty.get(f"/incidents/{now}/nearby?radius=9000").status_code == 422


def device(desk: Desk, name: str, metres: float, **more: Any) -> None:
    place = {"lon": 119.905, "lat": 31.785 + metres * METRE, "placement": "inside", "area": f"{NORTH}001"}
    desk.insert("devices", {"device": name, "name": name, "domain": "water", **place, **more}, "device_id")
