"""Cameras in the registry: found by either name, their streams for few eyes, their reach by cell."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest

from tests.camera_city import ID, MINUTE, OTHER, PLACE, SECRET, Platform
from tests.camera_city import city as city
from tests.desk import NORTH, SOUTH


def alarm(device: str, at: datetime) -> bytes:
    fields = f"<AlarmMethod>5</AlarmMethod><AlarmTime>{at:%Y-%m-%dT%H:%M:%S}</AlarmTime><Info><AlarmType>6</AlarmType></Info>"
    return f"<Notify><CmdType>Alarm</CmdType><SN>1</SN><DeviceID>{device}</DeviceID>{fields}</Notify>".encode()


def test_what_is_said_of_a_camera_is_shown_but_for_the_address_of_its_stream(city: Platform) -> None:
    first = city.put("CAM-1", name="路口东", gb_id=ID, bearing=90, angle=60, reach_m=80, owner="公安分局", stream_url=SECRET, **PLACE)
    assert first.status_code == 201
    shown = city.camera()
    told = {
        "device": "CAM-1", "gb_id": ID, "bearing": 90, "angle": 60, "reach_m": 80, "cell_id": 1, "area": f"{NORTH}001", "state": "unknown",
        "has_stream": True,
    }  # fmt: skip
    assert {name: shown[name] for name in told} == told
    nothing = {"rate": None, "known_s": 0, "by": None}
    assert shown["online"] == {"day": nothing, "week": nothing}
    everything = [
        city.admin.get(path).text for path in ("/cameras", "/devices", "/devices/CAM-1", "/cameras/summary", "/cameras/coverage")
    ] + [first.text]
    assert not any("secret" in text for text in everything)


def test_cameras_are_found_by_area_cell_state_owner_and_number(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID, owner="公安分局", **PLACE)
    city.put("CAM-2", gb_id=OTHER, area=SOUTH)
    city.put("WL-1", kind="水位计")
    city.say(ID)

    def found(query: str) -> list[str]:
        return [row["device"] for row in city.admin.get(f"/cameras{query}").json["cameras"]]

    assert found("") == ["CAM-1", "CAM-2"]
    for query in (f"?area={NORTH}", "?cell=1", "?state=online", "?owner=公安分局", f"?gb_id={ID}"):
        assert found(query) == ["CAM-1"], query
    assert [found("?state=unplaced"), found("?state=unknown"), found("?state=offline")] == [["CAM-2"], ["CAM-2"], []]
    assert found(f"?limit=1&next={city.admin.get('/cameras?limit=1').json['next']}") == ["CAM-2"]
    assert city.admin.get("/cameras?state=asleep").status_code == 422
    south = city.desk.with_token(city.app, "read", area=SOUTH)
    assert [row["device"] for row in south.get("/cameras").json["cameras"]] == ["CAM-2"]


def test_a_stream_is_for_the_desk_in_its_area_and_every_look_is_audited(city: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    city.put("CAM-1", gb_id=ID, stream_url=SECRET, **PLACE)
    city.put("CAM-2")
    answer = city.duty.get(f"/cameras/{ID}/stream")
    assert (answer.json, answer.headers["Cache-Control"]) == ({"url": SECRET}, "no-store")
    [look] = city.desk.rows("select act, noun, key, actor, detail from audit where act = 'read_stream'")
    assert (look["noun"], look["key"], look["actor"], look["detail"]) == ("device", "CAM-1", "duty1", {})
    for status, logins in ((403, ("boss", "wall", "auditor", "admin", "worker1")), (200, ("supervisor", "north"))):
        for login in logins:
            assert city.desk.sign_in(city.app, login).get("/cameras/CAM-1/stream").status_code == status, login
    south = city.desk.with_token(city.app, "act", area=SOUTH)
    assert [south.get("/cameras/CAM-1/stream").status_code, city.duty.get("/cameras/CAM-2/stream").status_code] == [404, 404]
    assert "secret" not in caplog.text


def test_a_stream_stays_when_a_device_is_put_without_it_and_goes_when_it_is_put_as_null(city: Platform) -> None:
    city.put("CAM-1", stream_url=SECRET)
    city.put("CAM-1", name="另一个")
    assert city.duty.get("/cameras/CAM-1/stream").json == {"url": SECRET}
    refused = city.put("CAM-1", stream_url="file:///secret")
    assert (refused.status_code, "secret" in refused.text) == (422, False)
    city.put("CAM-1", stream_url=None)
    assert (city.duty.get("/cameras/CAM-1/stream").status_code, city.camera()["has_stream"]) == (404, False)


def test_a_number_means_one_device_only(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID)
    assert city.put("CAM-2", gb_id=ID).status_code == 422
    assert city.put(ID).status_code == 422  # a name that is another camera's number
    city.put("CAM-3")
    assert city.put("CAM-1", gb_id=OTHER).status_code == 200
    assert city.put("CAM-3", gb_id=ID).status_code == 200
    south = city.desk.with_token(city.app, "admin", area=SOUTH)
    hidden = south.ask("PUT", "/devices/CAM-4", {"domain": "urban", "gb_id": ID, "area": SOUTH})
    assert (hidden.status_code, "CAM-3" in hidden.text) == (422, False)


@pytest.mark.parametrize("asked", [[OTHER], ["CAM-1", OTHER], [ID], ["CAM-1"]])
def test_a_device_keeps_its_own_name_whatever_number_another_has(city: Platform, asked: list[str]) -> None:
    city.put("CAM-1", gb_id=OTHER)
    city.put("CAM-2")
    with city.desk.store.connection() as connection:
        connection.execute("update devices set device = %s where device = 'CAM-2'", [OTHER])  # by whom did not see the first
        city.deps.registry.forget()
        for names in (asked, ["CAM-1"], [OTHER]):
            city.deps.registry.known(connection, names)
        known = city.deps.registry.known(connection, ["CAM-1", OTHER])
    assert {name: device.device for name, device in known.items()} == {"CAM-1": "CAM-1", OTHER: OTHER}


def test_an_alarm_finds_its_cameras_place_by_its_number_and_by_its_name(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID, **PLACE)
    city.put("hall", gb_id=OTHER, **PLACE)
    hik = "<EventNotificationAlert><deviceID>{}</deviceID><channelID>{}</channelID><dateTime>2026-11-21T12:00:00+08:00</dateTime><eventType>{}</eventType><eventState>active</eventState></EventNotificationAlert>"
    frigate = {
        "type": "new",
        "before": {},
        "after": {"id": "e1", "camera": "hall", "start_time": city.desk.now.timestamp(), "label": "person"},
    }
    city.send("video", alarm(ID, city.desk.now))
    city.send("hik", hik.format(ID, 1, "fielddetection").encode())  # its own name is the number and a channel
    city.send("frigate", json.dumps(frigate).encode())
    city.send("frigate", json.dumps(frigate | {"after": frigate["after"] | {"id": "e2", "camera": OTHER}}).encode())  # type: ignore[operator]
    assert city.reported() == [(PLACE["lon"], 1, f"{NORTH}001")] * 4
    city.send("video", alarm("32040400001320000099", city.desk.now))
    assert city.reported()[-1][:2] == (None, None)


def test_a_word_under_the_number_is_the_cameras_until_the_number_is_anothers(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID, **PLACE)
    city.put("CAM-2", **PLACE)
    city.say(ID)
    assert [city.camera(f"?cell=1&state={state}")["device"] for state in ("online", "unknown")] == ["CAM-1", "CAM-2"]
    city.live(MINUTE)
    city.put("CAM-1", gb_id=None, **PLACE)
    city.put("CAM-2", gb_id=ID, **PLACE)
    city.live(MINUTE)
    city.say(ID)
    city.say("CAM-1", "OFF")
    assert [city.camera(f"?state={state}")["device"] for state in ("online", "offline")] == ["CAM-2", "CAM-1"]


def test_a_moving_camera_moves_by_its_number_and_is_adopted_by_no_second_name(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID, **PLACE)
    body = f"<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>{ID}</DeviceID><Longitude>119.95</Longitude><Latitude>31.70</Latitude></Notify>"
    city.send("video", body.encode())
    assert [(row["device"], round(row["lon"], 4)) for row in city.desk.rows("select device, lon from devices")] == [("CAM-1", 119.95)]


def test_coverage_counts_the_cells_in_reach_and_names_those_that_none_sees(city: Platform) -> None:
    def covered(query: str = "") -> dict[str, Any]:
        return dict(city.admin.get(f"/cameras/coverage{query}").json)

    assert (covered()["cells"], covered()["blind"], covered()["rate"]) == (2, 2, 0)
    city.put("CAM-1", gb_id=ID, bearing=270, reach_m=100, **PLACE)  # looks out of the cell, twenty metres from its edge
    small = covered()
    # less than a hundredth of it
    assert (small["seen"], small["blind"], [cell["cell_id"] for cell in small["blind_cells"]]) == (0, 2, [1, 2])
    city.put("CAM-1", gb_id=ID, bearing=90, reach_m=1000, **PLACE)
    ahead = covered()
    assert (ahead["seen"], ahead["rate"], ahead["cameras"], [cell["cell_id"] for cell in ahead["blind_cells"]]) == (1, 0.5, 1, [2])
    assert 0 < ahead["seen_m2"] < ahead["area_m2"]
    assert covered("?state=online")["seen"] == 0
    assert (covered(f"?area={SOUTH}")["cells"], covered(f"?area={SOUTH}")["seen"]) == (1, 0)
    first = covered("?limit=1")
    assert [cell["cell_id"] for cell in covered(f"?limit=1&next={first['next']}")["blind_cells"]] == []
    south = city.desk.with_token(city.app, "read", area=SOUTH)
    told = south.get("/cameras/coverage").json
    assert [cell["cell_id"] for cell in told["blind_cells"]] == [2]
    assert (ahead["cameras"], told["cameras"], told["simulated"]) == (1, 0, 0)  # how many a city has is not a street's to know
    assert covered(f"?area={SOUTH}")["cameras"] == 0
