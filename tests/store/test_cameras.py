"""Cameras in the registry: found by either name, online only by what was said and heard, their streams for few eyes, their reach by cell."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.rules import arrange_config
from core.config import Config, FeedConfig
from core.model import Frame
from pipeline import process
from store import cameras, hours, listening, maintenance, quality
from store.registry import keep_catalogue
from tests.desk import NORTH, SOUTH, Desk, Person, open_desk
from tests.pipes import deps_of

ID, OTHER = "32040400001320000017", "32040400001320000018"
SECRET = "rtsp://viewer:secret@10.20.0.21/stream1"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Twenty metres inside the western edge of the northern square, at half its height.
PLACE = {"lon": 119.9002, "lat": 31.785}


class Platform:
    """A city with a video platform: it says who is online, and what it saw."""

    def __init__(self, desk: Desk) -> None:
        own = {name: FeedConfig(kind="http", format=form) for name, form in (("video", "gb28181"), ("hik", "hikvision"))}
        desk.config = desk.config.model_copy(update={"feeds": {**desk.config.feeds, **own}})
        self.desk, self.deps = desk, deps_of(desk.config, desk.store)
        app = desk.app()
        self.admin, self.duty = desk.with_token(app, "admin", "read"), desk.sign_in(app, "duty1")
        self.app = app

    def put(self, device: str, **fields: Any) -> Any:
        return self.admin.ask("PUT", f"/devices/{device}", {"domain": "urban", "kind": "摄像机", **fields})

    def say(self, device: str, event: str = "ON") -> None:
        """The platform's catalogue tells; somebody listens at that moment."""
        body = f"<Notify><CmdType>Catalog</CmdType><DeviceID>320404</DeviceID><DeviceList><Item><DeviceID>{device}</DeviceID><Event>{event}</Event></Item></DeviceList></Notify>"
        self.send("video", body.encode())

    def send(self, feed: str, body: bytes) -> None:
        taken = process([Frame(feed, body, self.desk.now, peer="areas:")], self.desk.now, self.deps).taken[0]
        assert not taken.rejected, taken.rejected

    def live(self, span: timedelta, heard: bool = True) -> None:
        """Time goes by, with or without somebody who listens and says so all the while."""
        with self.desk.store.connection() as connection:
            if heard:
                listening.mark(connection, ["video"], self.desk.now)
            self.desk.now += span
            if heard:
                connection.execute("update listening set until = %s", [self.desk.now])
        process([], self.desk.now, self.deps)

    def camera(self, query: str = "", asker: Person | None = None) -> dict[str, Any]:
        [found] = (asker or self.admin).get(f"/cameras{query}").json["cameras"]
        return dict(found)

    def reported(self) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.desk.rows("select lon, cell_id, area from reports order by report_id")]


@pytest.fixture
def city(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Platform]:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as desk:
        with desk.store.connection() as connection:
            keep_catalogue(connection, desk.config)
        yield Platform(desk)


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


def test_the_rate_is_the_time_online_of_the_time_that_is_known(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID)
    city.live(HOUR)  # nobody said anything of it yet: this is in no rate
    city.say(ID)
    city.live(3 * HOUR)
    city.say(ID, "OFF")
    city.live(HOUR)
    online = city.camera()["online"]
    assert online["day"]["by"] == "presence"
    assert (online["day"]["rate"], online["day"]["known_s"]) == (pytest.approx(0.75), pytest.approx(4 * 3600))
    assert online["day"] == online["week"]
    city.live(24 * HOUR)
    online = city.camera()["online"]
    assert (online["day"]["rate"], online["week"]["rate"]) == (0, pytest.approx(3 / 28))


def test_that_nobody_listened_is_not_the_cameras_fault(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID)
    city.live(MINUTE)
    city.say(ID, "OFF")
    city.live(HOUR)
    city.live(5 * HOUR, heard=False)
    away = city.camera()["online"]["day"]
    assert (away["rate"], away["known_s"]) == (0, pytest.approx(3600, abs=20))
    city.live(MINUTE)
    city.say(ID)
    city.live(HOUR - MINUTE)
    back = city.camera()["online"]["day"]
    assert (back["rate"], back["known_s"]) == (pytest.approx((3600 - 60) / 7200, abs=0.01), pytest.approx(7200, abs=60))
    totals = city.admin.get("/cameras/summary").json
    assert (totals["cameras"], totals["online"], totals["offline"]) == (1, 1, 0)
    assert totals["rates"]["day"]["rate"] == pytest.approx(back["rate"])


def test_a_camera_with_readings_is_judged_by_its_hours(city: Platform) -> None:
    city.put("CAM-1", interval_s=600)
    start = hours.hour_of(city.desk.now)
    for minute in (0, 10, 20, 60, 70, 80, 90, 100, 110):
        at = start + minute * MINUTE
        body = {"device": "CAM-1", "metric": "crowd", "value": 5.0, "observed_at": at.isoformat()}
        process([Frame("http-readings", json.dumps({"readings": [body]}).encode(), at)], at, city.deps)
    city.desk.now = start + 3 * HOUR
    with city.desk.store.connection() as connection:
        hours.add(connection, "measure", [start, start + HOUR])
        while quality.measure_next(connection, city.desk.config, city.desk.now):
            pass
    shown = city.camera()
    assert shown["online"]["day"] == {"rate": pytest.approx(0.75), "known_s": 7200, "by": "readings"}


def test_a_camera_that_only_has_words_rings_when_they_say_it_left_and_not_because_it_sends_no_readings(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID, interval_s=60)
    city.live(2 * HOUR)
    alerts = "select stage from alerts where subject = 'CAM-1'"
    assert city.desk.rows(alerts) == []
    with city.desk.store.connection() as connection:
        hours.schedule(connection, city.desk.config.quality, city.desk.now)
        while quality.measure_next(connection, city.desk.config, city.desk.now):
            pass
    assert city.desk.rows("select * from device_quality") == []
    city.say(ID, "OFF")
    assert (city.desk.rows(alerts), city.camera()["state"]) == ([{"stage": "unack"}], "offline")
    city.live(MINUTE)
    city.say(ID)
    assert (city.desk.rows(alerts), city.camera()["state"]) == ([{"stage": "rtn_unack"}], "online")
    city.live(2 * HOUR)
    assert city.desk.rows(alerts) == [{"stage": "rtn_unack"}]


def test_words_that_are_over_go_and_the_last_one_stays(city: Platform) -> None:
    city.put("CAM-1", gb_id=ID)
    for event in ("ON", "OFF", "ON"):
        city.say(ID, event)
        city.live(HOUR)
    with city.desk.store.connection() as connection:
        assert cameras.forget(connection, city.desk.now) == 2
        assert cameras.forget(connection, city.desk.now) == 0
    assert city.camera()["online"]["day"]["rate"] == 1


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


def test_a_camera_is_silent_since_it_was_said_to_have_left_and_not_since_it_was_registered(city: Platform) -> None:
    silent = city.desk.config.rules["silent"].model_copy(update={"case_after": 24 * HOUR, "case_after_of": {}})
    rules = arrange_config(city.desk.config.model_copy(update={"rules": {"silent": silent}}))

    def due() -> list[timedelta]:
        with city.desk.store.connection() as connection:
            return [city.desk.now - silence.silent_at for silence in maintenance.read_due(connection, rules, city.desk.now)]

    city.put("CAM-1", gb_id=ID)
    city.live(87 * 24 * HOUR)
    for event, span in (("OFF", MINUTE), ("ON", 3 * 24 * HOUR), ("OFF", MINUTE), ("OFF", MINUTE)):  # the last word twice
        city.say(ID, event)
        city.live(span)
    alert = "select stage, :now - raised_at > interval '3 days' as old from alerts".replace(
        ":now", f"'{city.desk.now.isoformat()}'::timestamptz"
    )
    assert city.desk.rows(alert) == [{"stage": "unack", "old": True}]
    assert city.desk.rows("select silent_at from devices") == [{"silent_at": city.desk.now - 2 * MINUTE}]
    assert due() == []
    city.live(25 * HOUR)
    assert due() == [25 * HOUR + 2 * MINUTE]


def test_a_camera_behind_a_recorder_that_is_down_waits_for_it_and_keeps_the_moment_it_left(city: Platform) -> None:
    city.put("NVR", gb_id=OTHER)
    city.put("CAM-1", gb_id=ID, gateway="NVR")
    city.live(24 * HOUR)
    city.say(OTHER, "OFF")
    city.live(MINUTE)
    left = city.desk.now
    city.say(ID, "OFF")
    for _ in range(12):
        city.live(HOUR)
    assert city.desk.rows("select subject from alerts") == [{"subject": "NVR"}]
    city.say(OTHER)
    for _ in range(12):
        city.live(HOUR)
    assert city.desk.rows("select subject, observed_at from alerts where stage = 'unack'") == [{"subject": "CAM-1", "observed_at": left}]
