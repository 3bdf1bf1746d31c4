"""The camera wall: which cameras by hand, by incident, by area; pictures for who may look, each look audited; else since when and why not."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.camera_wall_config import CameraWallConfig
from tests.desk import NORTH, SOUTH, Desk, Person

WALL = CameraWallConfig.model_validate(
    {"players": [{"kind": "snapshot", "url": "http://127.0.0.1:9/shot/{gb_id}.jpg"}], "hosts": ["https://nvr.example"]}
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.config = desk.config.model_copy(update={"camera_wall": WALL})
    for number, (device, area, silent, gb_id) in enumerate((
        ("cam-a", NORTH, None, "3" * 20), ("cam-b", NORTH, desk.now, None), ("cam-c", SOUTH, None, None), ("cam-d", NORTH, None, None)
    ), 1):  # fmt: skip
        lat = 31.785 if area == NORTH else 31.705
        values = {"device": device, "name": f"摄像机 {device}", "domain": "urban", "area": f"{area}001", "lon": 119.905 + number * 1e-5, "lat": lat,
                  "cell_id": 1 if area == NORTH else 2, "placement": "inside", "camera": True, "gb_id": gb_id, "presence": "online",
                  "presence_at": desk.now, "silent_at": silent, "kind": "摄像机", "updated_at": desk.now}  # fmt: skip
        desk.insert("devices", values, "device_id")
    return desk


def wall(person: Person, words: str = "") -> Any:
    answer = person.get(f"/camera-wall?{words}")
    assert answer.status_code == 200, answer.json
    return answer.json


def looks(desk: Desk) -> list[str]:
    return [row["key"] for row in desk.rows("select key from audit where act = 'read_stream' order by audit_id")]


def test_chosen_by_hand_they_come_in_the_order_asked_for_and_strangers_are_told(desk: Desk, app: Flask) -> None:
    told = wall(desk.sign_in(app, "duty1"), f"cameras=cam-b,{'3' * 20},nobody,cam-b")
    assert (told["by"], [one["device"] for one in told["pictures"]], told["unknown"]) == ("hand", ["cam-b", "cam-a"], ["nobody"])
    assert told["pictures"][1]["player"] == {"kind": "snapshot", "url": f"http://127.0.0.1:9/shot/{'3' * 20}.jpg", "refresh_s": 5.0}
    assert looks(desk) == ["cam-a"], "an address that left is written down, and only that"


def test_without_a_picture_it_is_said_since_when_and_why(desk: Desk, app: Flask) -> None:
    with desk.store.connection() as connection:
        connection.execute("insert into camera_streams select device_id, 'rtsp://u:p@10.0.0.1/1' from devices where device = 'cam-b'")
    b, d = wall(desk.sign_in(app, "duty1"), "cameras=cam-b,cam-d")["pictures"]
    assert (b["state"], b["player"], b["why"], b["since"] is not None) == ("offline", None, "not_for_browsers", True)
    assert (d["state"], d["why"], d["picture"]) == ("online", "no_stream", None)


def test_by_area_those_online_come_first_page_by_page(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    told = wall(officer, f"area={NORTH}&most=1")
    assert (told["by"], told["total"], told["pictures"][0]["device"]) == ("area", 3, "cam-a")
    assert wall(officer, f"area={NORTH}&most=1&page=2")["pictures"][0]["device"] == "cam-b"
    assert officer.get("/camera-wall?most=5").status_code == 422


def test_by_incident_those_that_see_it_come_the_nearest_first(desk: Desk, app: Flask) -> None:
    incident = desk.insert("incidents", {
        "title": "积水", "domain": "water", "class_code": "0502", "severity": 2, "stage": "open", "area": f"{NORTH}001", "lon": 119.905, "lat": 31.785,
        "opened_at": desk.now, "updated_at": desk.now, "cell_id": 1,
    }, "incident_id")  # fmt: skip
    told = wall(desk.sign_in(app, "duty1"), f"incident={incident}")
    assert (told["by"], [one["device"] for one in told["pictures"]]) == ("incident", ["cam-a", "cam-b", "cam-d"])
    assert told["pictures"][0]["distance_m"] < told["pictures"][2]["distance_m"]
    assert desk.sign_in(app, "duty1").get("/camera-wall?incident=999999").status_code == 404


def test_who_may_not_look_is_given_no_address_and_a_wall_only_where_the_city_says_so(desk: Desk, app: Flask) -> None:
    for person in (desk.sign_in(app, "boss"), desk.with_token(app, "screen", view="wall")):
        told = wall(person, "cameras=cam-a")
        assert (told["may_watch"], told["pictures"][0]["player"], told["pictures"][0]["why"]) == (False, None, "not_allowed")
    desk.config = desk.config.model_copy(update={"camera_wall": WALL.model_copy(update={"walls": True})})
    assert wall(desk.with_token(desk.app(), "screen", area=NORTH, view="wall"), "cameras=cam-a")["pictures"][0]["player"] is not None
    assert looks(desk) == ["cam-a"]


def test_asking_how_they_are_gives_no_address_and_writes_no_line(desk: Desk, app: Flask) -> None:
    told = wall(desk.sign_in(app, "duty1"), "cameras=cam-a&look=false")["pictures"][0]
    assert (told["player"], told["plays"], told["why"], looks(desk)) == (None, "snapshot", None, [])


def test_cameras_of_another_street_are_strangers(desk: Desk, app: Flask) -> None:
    north = desk.sign_in(app, "north")
    assert wall(north, "cameras=cam-c")["unknown"] == ["cam-c"]
    assert north.get("/camera-wall/map").json["columns"]["device"] == ["cam-a", "cam-b", "cam-d"]


def test_the_last_picture_that_is_kept_is_told_with_its_time(desk: Desk, app: Flask, tmp_path: Path) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            "insert into media (media_id, sha256, kind, bytes, area, device_id, role, created_at) "
            "select 'm1', 'x', 'image/jpeg', 1, area, device_id, 'evidence', %s from devices where device = 'cam-d'", [desk.now],
        )  # fmt: skip
    told = wall(desk.sign_in(app, "duty1"), "cameras=cam-d")["pictures"][0]["picture"]
    assert told["url"] == "/api/v1/media/m1"
    desk.config = desk.config.model_copy(update={"camera_wall": WALL.model_copy(update={"walls": True})})
    screen = desk.with_token(desk.app(), "screen", view="wall")
    assert screen.get(told["url"].removeprefix("/api/v1")).status_code == 403
    assert wall(screen, "cameras=cam-d")["pictures"][0]["picture"] is None, "an address that is refused is a broken picture"
    assert screen.get("/map/points/cameras/cam-d").json["picture"] is None
    assert desk.sign_in(desk.app(), "boss").get("/map/points/cameras/cam-d").json["picture"]["media_id"] == "m1"
