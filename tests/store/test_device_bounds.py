"""Devices are held to their areas: to the topic they speak on, to the token that brings them; what is refused changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.config import Config
from core.model import Frame
from store.timescale import Store
from tests.two_streets import DISTRICT, EAST, FIRST, NORTH, SECOND, WEST, City, reasons, register


@pytest.fixture
def city(config: Config, database_url: str, now: datetime) -> Iterator[City]:
    store = Store(database_url)
    yield City(config, store, now)
    store.close()


def test_a_known_device_speaks_on_the_topic_of_its_area_or_one_above_and_on_no_other(city: City) -> None:
    register(city, "d", f"{FIRST}003")
    taken = city.send(
        *(city.told(area, value) for value, area in enumerate((DISTRICT, FIRST, f"{FIRST}003", SECOND, f"{FIRST}004", f"{SECOND}003"), 1))
    )
    assert reasons(*taken) == [[], [], [], ["area"], ["area"], ["area"]]
    assert city.one("select count(*) from readings") == 3
    assert city.one("select device from rejected limit 1") == "d"


def test_a_street_does_not_speak_for_a_device_of_the_whole_district(city: City) -> None:
    register(city, "d", DISTRICT)
    assert reasons(*city.send(city.told(FIRST, 1.0), city.told(DISTRICT, 2.0))) == [["area"], []]


def test_a_device_behind_a_gateway_is_held_to_the_gateways_topic(city: City) -> None:
    register(city, "d", SECOND)
    body = json.dumps([{"device": "d", "values": {"noise": 1}}, {"device": "new", "values": {"noise": 1}}]).encode()
    [taken] = city.send(Frame("city", body, city.now, f"city/{FIRST}/gateway/g/telemetry"))
    assert (taken.accepted, reasons(taken)) == (1, [["area"]])


def test_the_topic_of_another_street_moves_no_device(city: City) -> None:
    city.send(city.told(FIRST, 1.0, at=WEST))
    assert reasons(*city.send(city.told(SECOND, 2.0, at=EAST))) == [["area"]]
    assert city.rows("select area, lon from devices") == [{"area": f"{FIRST}003", "lon": 119.9}]
    honest, other = city.send(city.told(FIRST, 3.0, at=WEST), city.told(SECOND, 4.0, at=EAST))
    assert (honest.accepted, reasons(other)) == (1, [["area"]])
    assert city.one("select area from devices") == f"{FIRST}003"


def test_a_moving_thing_leaves_its_street_on_its_districts_topic_only(city: City) -> None:
    city.send(city.told(DISTRICT, 1.0, at=WEST))
    assert reasons(*city.send(city.told(FIRST, 2.0, at=EAST))) == [["area"]]
    assert city.one("select area from devices") == f"{FIRST}003"
    assert reasons(*city.send(city.told(DISTRICT, 3.0, at=EAST))) == [[]]
    assert city.one("select area from devices") == f"{SECOND}003"


def test_where_no_cells_are_drawn_a_thing_keeps_the_area_it_had(city: City) -> None:
    city.send(city.told(FIRST, 1.0, at=WEST))
    assert reasons(*city.send(city.told(FIRST, 2.0, at=NORTH), city.told(FIRST, 3.0, device="n", at=NORTH))) == [[], []]
    assert city.rows("select device, area, lat from devices order by 1") == [
        {"device": "d", "area": f"{FIRST}003", "lat": 32.1}, {"device": "n", "area": FIRST, "lat": 32.1},
    ]  # fmt: skip


def test_nobody_says_of_another_streets_device_that_it_is_gone(city: City) -> None:
    city.send(city.told(FIRST))
    offline = [
        Frame("city", b"offline", city.now + timedelta(seconds=n), f"city/{area}/urban/d/status")
        for n, area in enumerate((SECOND, FIRST), 1)
    ]
    assert reasons(*city.send(offline[0])) == [["area"]]
    assert city.rows("select presence, silent_at from devices") == [{"presence": "unknown", "silent_at": None}]
    assert city.rows("select raw, device from rejected") == [{"raw": b"offline", "device": "d"}]
    assert reasons(*city.send(offline[1])) == [[]]
    assert city.one("select presence from devices") == "offline"


# --- adoption


def test_a_device_nobody_knows_is_adopted_in_the_area_of_who_brings_it(city: City) -> None:
    taken = city.send(
        city.reading(FIRST, "a"), city.reading(DISTRICT, "b"), city.told(SECOND, device="c"), city.told(SECOND, device="e", at=EAST)
    )
    assert reasons(*taken) == [[], [], [], []]
    assert [row["area"] for row in city.rows("select area from devices order by device")] == [FIRST, DISTRICT, SECOND, f"{SECOND}003"]


def test_a_device_that_lies_outside_who_brings_it_is_not_adopted(city: City) -> None:
    assert reasons(*city.send(city.told(FIRST, at=EAST, device="x"))) == [["area"]]
    assert city.rows("select device from devices") == []
    assert city.rows("select reason, device from rejected") == [{"reason": "area", "device": "x"}]


def test_of_two_who_bring_the_same_unknown_device_only_the_one_who_may_is_heard(city: City) -> None:
    taken = city.send(city.told(FIRST, 1.0, at=EAST), city.told(SECOND, 2.0))
    assert reasons(*taken) == [["area"], []]
    assert city.rows("select area, lon from devices") == [{"area": SECOND, "lon": None}], "nor where the other one says it is"
    assert reasons(*city.send(city.reading(FIRST, "n", 1.0), city.reading(SECOND, "n", 2.0))) == [[], ["area"]]


def test_the_catalogue_learns_no_metric_from_who_is_refused(city: City) -> None:
    city.send(replace(city.told(FIRST, at=EAST, device="x"), payload=json.dumps({"values": {"secret": 1}, "at": EAST}).encode()))
    register(city, "known", SECOND)
    city.send(replace(city.told(FIRST, device="known"), payload=json.dumps({"values": {"secret": 1}}).encode()))
    assert city.one("select count(*) from metrics where metric = 'secret'") == 0


# --- a position that came in one frame, beside the frames of others


def position(city: City, area: str, at: dict[str, float], device: str = "d") -> Frame:
    """Where a moving camera is, and nothing else."""
    told = f"<Longitude>{at['lon']}</Longitude><Latitude>{at['lat']}</Latitude>"
    notice = f"<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>{device}</DeviceID>{told}</Notify>"
    return Frame("http-gb28181", notice.encode(), city.now, "/api/v1/feeds/gb28181", f"areas:{area}")


NEAR = {"lon": 119.8, "lat": 31.7}  # in the first street too


@pytest.mark.parametrize("foreign_first", [False, True])
@pytest.mark.parametrize("at", [NEAR, EAST])
def test_anothers_position_in_the_same_batch_neither_moves_a_device_nor_costs_its_reading(
    city: City, at: dict[str, float], foreign_first: bool
) -> None:
    city.send(city.told(FIRST, 1.0, at=WEST))
    frames = [city.reading(FIRST, "d", 2.0), position(city, SECOND, at)]
    taken = city.send(*(reversed(frames) if foreign_first else frames))
    assert sum(one.accepted for one in taken) == 1
    assert city.one("select count(*) from readings") == 2
    assert city.rows("select area, lon from devices") == [{"area": f"{FIRST}003", "lon": 119.9}]


@pytest.mark.parametrize("foreign_first", [False, True])
def test_anothers_position_hinders_no_adoption_and_places_nothing(city: City, foreign_first: bool) -> None:
    frames = [city.reading(FIRST, "new"), position(city, SECOND, EAST, "new")]
    taken = city.send(*(reversed(frames) if foreign_first else frames))
    assert sum(one.accepted for one in taken) == 1
    assert city.rows("select device, area, lon from devices") == [{"device": "new", "area": FIRST, "lon": None}]


@pytest.mark.parametrize("neighbour", ["d", "z"])
def test_a_position_of_its_own_street_moves_a_device_whoever_else_speaks_in_the_batch(city: City, neighbour: str) -> None:
    city.send(city.told(FIRST, 1.0, at=WEST))
    city.send(position(city, FIRST, NEAR), city.reading(SECOND, neighbour, 2.0))
    assert city.rows("select area, lon from devices where device = 'd'") == [{"area": f"{FIRST}003", "lon": 119.8}]


def test_of_a_street_that_says_two_places_only_the_frame_that_says_the_foreign_one_is_refused(city: City) -> None:
    city.send(city.told(FIRST, 1.0, at=WEST))
    taken = city.send(city.told(FIRST, 2.0, at=EAST), city.told(FIRST, 3.0, at=NEAR), city.told(FIRST, 4.0))
    assert reasons(*taken) == [["area"], [], []]
    assert city.rows("select area, lon from devices") == [{"area": f"{FIRST}003", "lon": 119.8}]


def test_a_position_that_comes_before_the_first_reading_of_a_device_is_its_place(city: City) -> None:
    city.send(position(city, FIRST, NEAR, "new"), city.reading(FIRST, "new"))
    assert city.rows("select area, lon from devices") == [{"area": f"{FIRST}003", "lon": 119.8}]
