"""What the live picture says of cells, devices and alerts: grey where nothing is known, severe where an alert is open."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.config import Config
from core.facts import KnownDevice
from core.model import Presence
from store import change_log, live_rows
from store.facts import presences
from tests.told_city import NOON, City, raise_alert


@pytest.fixture
def city(database_url: str, config: Config) -> Iterator[City]:
    city = City(database_url, config)
    yield city
    city.store.close()


def test_a_cell_without_a_device_near_has_no_class_and_one_with_a_silent_device_is_grey(city: City) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    cells = city.snapshot()["320404001"]["cells"]["water"]
    assert 0 < len(cells[0]) < 20
    assert set(cells[1]) == {0}
    with city.store.connection() as c:
        c.execute("update devices set silent_at = %s where device_id = 1", [city.now])
        c.execute(
            "insert into change_log (processed_at, area, noun, key, after) values (%s, '320404001001', 'device', 'd1', %s)",
            [city.now, json.dumps({"device_id": 1, "silent_at": city.now.isoformat()})],
        )
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {-1}
    assert part["figures"]["silent"] == 1


def test_while_nobody_listens_cells_turn_grey_by_age_and_nobody_is_called_silent(city: City) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {0}
    city.now += timedelta(hours=1)
    city.projector = city.another()  # started again after an hour, or looking on all the while: the same
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {-1}
    assert (part["figures"]["online"], part["figures"]["silent"]) == (0, 0)
    city.read(1, "water_depth", 0)
    city.tick(12)
    part = city.snapshot()["320404001"]
    assert set(part["cells"]["water"][1]) == {0}
    assert part["figures"]["online"] == 1
    city.now += timedelta(hours=1)
    city.tick(12)
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {-1}


@pytest.mark.parametrize("quality", [1, 2, 5, 6])
def test_a_value_that_is_not_good_is_unknown(city: City, quality: int) -> None:
    city.read(1, "water_depth", 0)
    city.tick()
    city.read(1, "water_depth", 99, quality)
    city.tick(12)
    assert set(city.snapshot()["320404001"]["cells"]["water"][1]) == {-1}


def test_an_open_alert_shows_its_severity_at_its_place_and_leaves_when_it_ends(city: City) -> None:
    city.tick()
    with city.store.connection() as c:
        alert = raise_alert(c, city.now, 1)
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert max(part["cells"]["risk"][1]) == 5
    assert part["figures"]["alerts"]["1"] == 1
    with city.store.connection() as c:
        before = change_log.read(c, "alert", [alert])
        c.execute("update alerts set stage = 'normal', ended_at = %s, version = version + 1 where alert_id = %s", [city.now, alert])
        change_log.append(c, "alert", before, change_log.read(c, "alert", [alert]), city.now)
    city.tick(4)
    part = city.snapshot()["320404001"]
    assert 5 not in part["cells"].get("risk", [[], []])[1]
    assert part["figures"]["alerts"]["1"] == 0
    assert part["alerts"] == []


def test_a_device_that_left_and_came_back_is_online_again(city: City) -> None:
    city.read(1, "pm25", 10)
    city.tick()
    before = city.snapshot()["320404001"]["figures"]["online"]
    device = KnownDevice(1, "d1", "d1", "urban", "320404001001", None, None, None, timedelta(minutes=5))
    seen = []
    for online in (False, True, True, False, True):
        city.tick()
        with city.store.connection() as c:
            presences(c, [Presence("d1", online, city.now)], {"d1": device}, city.now)
        city.tick(4)
        seen.append(before - city.snapshot()["320404001"]["figures"]["online"])
    assert seen == [1, 0, 0, 1, 0]
    with city.store.connection() as c:
        told = c.execute("select after ->> 'presence' as p from change_log where noun = 'device' order by change_id").fetchall()
    assert [row["p"] for row in told] == ["offline", "online", "offline", "online"], "the same word again is no change"


@pytest.mark.parametrize("drills", [0, 1])
def test_a_drill_anywhere_marks_the_picture_whatever_else_is_simulated(city: City, drills: int) -> None:
    with city.store.connection() as c:
        c.execute("update devices set simulated = true")
        c.execute("update devices set drill = true where device_id in (select max(device_id) from devices) and %s = 1", [drills])
        assert live_rows.read_marks(c, NOON) == {"simulated": True, "drill": bool(drills)}


def test_an_exercise_is_over_when_its_stand_ins_are_silent_and_nothing_of_it_is_open(city: City) -> None:
    def mark(change: str) -> bool:
        with city.store.connection() as c:
            c.execute(change)
            return live_rows.read_marks(c, NOON)["drill"]

    with city.store.connection() as c:
        raise_alert(c, city.now, 1, 5)
        raise_alert(c, city.now, 1, 2, "y")
        c.execute("update alerts set drill = true")
    assert mark("update devices set drill = true where device_id = 1")
    assert mark("update devices set silent_at = now() where device_id = 1"), "an alert of it waits"
    assert not mark("update alerts set stage = 'normal' where severity = 2"), "that it is silent is a notice and no exercise"
    assert mark("update devices set silent_at = null where device_id = 1")
    assert not mark("update devices set presence = 'offline' where device_id = 1"), "it said goodbye"


def test_stand_ins_of_an_exercise_make_no_figure_no_vital_sign_and_no_cell(city: City) -> None:
    city.read(1, "pm25", 10)
    city.tick(4)
    before = city.snapshot()
    with city.store.connection() as c:
        row = c.execute(
            "insert into devices (device, name, domain, area, lon, lat, placement, cell_id, drill, updated_at)"
            " select 'drill-d1', 'd', domain, area, lon, lat, placement, cell_id, true, %s from devices where device_id = 1 returning device_id",
            [city.now],
        ).fetchone()
        assert row is not None
    city.read(row["device_id"], "pm25", 900)
    city.tick(40)
    assert picture_of(city.snapshot()) == picture_of(before)
    city.projector = city.another()
    city.tick(4)
    assert picture_of(city.snapshot()) == picture_of(before), "nor for a projector that begins anew"


def picture_of(parts: dict[str, dict[str, Any]]) -> Any:
    """What is counted and drawn of each street."""
    return {street: ({name: part["figures"][name] for name in ("devices", "online", "silent", "readings_minute", "vitals", "domains")}, part["cells"])
            for street, part in parts.items()}  # fmt: skip
