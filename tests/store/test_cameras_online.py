"""Which cameras are online: of the time that is known, by what was said and heard, and silent since they left; nobody's absence is their fault."""

import json
from datetime import timedelta

import pytest

from alerts.rules import arrange_config
from core.model import Frame
from pipeline import process
from store import cameras, hours, maintenance, quality
from tests.camera_city import HOUR, ID, MINUTE, OTHER, Platform
from tests.camera_city import city as city


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
