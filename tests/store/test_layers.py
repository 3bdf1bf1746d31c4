"""The layers of points: everybody gets the points of their areas, packed once; what is not known now is told; people are in no layer."""

from datetime import timedelta
from itertools import accumulate
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person


def device(desk: Desk, name: str, area: str = NORTH, **columns: Any) -> int:
    values = {"device": name, "name": name, "domain": "water", "area": f"{area}001", "lon": 119.905123, "lat": 31.785, "placement": "inside",
              "presence": "online"}  # fmt: skip
    return int(desk.insert("devices", {**values, **columns}, "device_id"))


def component(desk: Desk, code: str, state: str = "完好", **columns: Any) -> None:
    values = {
        "code": code,
        "class_code": "0102",
        "area": f"{NORTH}001",
        "lon": 119.9,
        "lat": 31.78,
        "state": state,
        "imported_at": desk.now,
    }
    desk.insert("components", {**values, **columns}, "code")


def resource(desk: Desk, code: str, kind: str = "shelter", **columns: Any) -> None:
    values = {"code": code, "kind": kind, "name": code, "area": f"{NORTH}001", "lon": 119.9, "lat": 31.78, "updated_at": desk.now}
    desk.insert("resources", {**values, **columns}, "resource_id")


def told(person: Person, path: str, **headers: str) -> Any:
    answer = person.get(path, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def city(desk: Desk) -> Desk:
    device(desk, "lake-1", kind="水位计")
    device(desk, "lake-2", SOUTH, silent_at=desk.now, presence_at=desk.now - timedelta(hours=1), kind="水位计")
    device(desk, "lake-3", kind="雨量计", drill=True)
    device(desk, "mute-4", presence="unknown")
    device(desk, "nowhere", lon=None, lat=None, placement="none")
    device(desk, "astray", lon=0, lat=0, placement="zero", silent_at=desk.now)
    device(desk, "abroad", lon=121.5, lat=31.2, placement="outside", camera=True)
    device(desk, "cam-1", camera=True, lon=119.9, lat=31.78)
    device(desk, "cam-2", camera=True, presence="offline", presence_at=desk.now)
    return desk


def test_points_come_as_columns_in_one_order(city: Desk, app: Flask) -> None:
    found = told(city.sign_in(app, "duty1"), "/map/points/devices")
    assert (found["count"], found["codes"], found["signs"]) == (4, ["lake-1", "lake-2", "lake-3", "mute-4"], "..d.")
    assert [found["kinds"][number] for number in found["kind"]] == ["水位计", "水位计", "雨量计", ""]
    assert list(accumulate(found["lon"])) == [119905123] * 4
    assert list(accumulate(found["lat"])) == [31785000] * 4


def test_what_is_silent_signed_off_or_never_spoke_is_not_known(city: Desk, app: Flask) -> None:
    duty = city.sign_in(app, "duty1")
    devices, cameras = (told(duty, f"/map/points/{layer}/states") for layer in ("devices", "cameras"))
    assert list(accumulate(devices["unknown"])) == [1, 3]
    assert list(accumulate(cameras["unknown"])) == [1]
    assert devices["version"] == told(duty, "/map/points/devices")["version"]


def test_counts_are_those_of_the_points(city: Desk, app: Flask) -> None:
    component(city, "3204040102000001")
    resource(city, "shelter-1")
    found = told(city.sign_in(app, "duty1"), "/map/points")["layers"]
    assert found["devices"] == {"count": 4, "unknown": 2, "drills": 1}
    assert found["cameras"] == {"count": 2, "unknown": 1, "drills": 0}
    assert (found["components"]["count"], found["resources"]["count"]) == (1, 1)


def test_a_census_says_what_is_sound_what_is_not_and_what_it_does_not_say(city: Desk, app: Flask) -> None:
    for number, state in enumerate(("完好", "破损", "")):
        component(city, f"320404010200000{number}", state)
    component(city, "3204040102000009", removed_at=city.now)
    found = told(city.sign_in(app, "duty1"), "/map/points/components")
    assert (found["signs"], found["kinds"]) == (".!?", ["0102"])


def test_people_of_the_ledger_are_in_no_layer(city: Desk, app: Flask) -> None:
    for kind in ("expert", "contact", "team"):
        resource(city, kind, kind)
    resource(city, "gone", out_at=city.now)
    duty = city.sign_in(app, "duty1")
    assert told(duty, "/map/points/resources")["codes"] == ["team"]
    assert duty.get("/map/points/resources/expert").status_code == 404


def test_each_sees_the_points_of_their_areas_and_of_the_area_asked_for(city: Desk, app: Flask) -> None:
    assert told(city.sign_in(app, "north"), "/map/points/devices")["codes"] == ["lake-1", "lake-3", "mute-4"]
    assert told(city.sign_in(app, "duty1"), f"/map/points/devices?area={SOUTH}")["codes"] == ["lake-2"]
    assert city.sign_in(app, "north").get("/map/points/devices/lake-2").status_code == 404


def test_who_has_the_points_is_not_sent_them_again_until_one_moves(city: Desk, app: Flask) -> None:
    duty = city.sign_in(app, "duty1")
    etag = duty.get("/map/points/devices").headers["ETag"]
    assert duty.get("/map/points/devices", If_None_Match=etag).status_code == 304
    with city.store.connection() as connection:
        connection.execute("update devices set presence = 'offline', updated_at = now() where device = 'lake-1'")
    city.now += timedelta(seconds=6)
    assert duty.get("/map/points/devices", If_None_Match=etag).status_code == 304  # how it is stands in its state
    with city.store.connection() as connection:
        connection.execute("update devices set lon = lon + 0.001 where device = 'lake-1'")
    city.now += timedelta(seconds=6)
    assert duty.get("/map/points/devices", If_None_Match=etag).status_code == 200


def test_a_wall_has_the_points_and_no_stream(city: Desk, app: Flask) -> None:
    wall = city.with_token(app, "screen", view="/wall")
    card = told(wall, "/map/points/cameras/cam-2")
    assert (card["state"], card["has_stream"], card["may_watch"], card["picture"]) == ("offline", False, False, None)
    assert told(wall, "/map/points/devices")["count"] == 4


def test_a_card_says_since_when_a_device_is_silent_and_what_it_said_last(city: Desk, app: Flask) -> None:
    duty = city.sign_in(app, "duty1")
    silent, spoken = (told(duty, f"/map/points/devices/{name}") for name in ("lake-2", "lake-1"))
    assert (silent["state"], silent["since"][:19]) == ("silent", city.now.isoformat()[:19])
    assert (spoken["state"], spoken["since"], spoken["values"]) == ("ok", None, [])


@pytest.mark.parametrize(
    "path", ["/map/points/nothing", "/map/points/nothing/states", "/map/points/devices/cam-1", "/map/points/components/1"]
)
def test_what_is_not_there_is_not_found(city: Desk, app: Flask, path: str) -> None:
    assert city.sign_in(app, "duty1").get(path).status_code == 404


def test_an_area_that_cannot_be_one_is_refused(desk: Desk, app: Flask) -> None:
    assert desk.sign_in(app, "duty1").get("/map/points/devices?area=%25").status_code == 422
