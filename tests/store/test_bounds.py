"""Senders are held to their areas: tokens to theirs, MQTT devices to their topic's; what is refused changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.rules import arrange
from core.config import Config
from core.model import Frame, Placement, Position, Taken
from geodata.locate import NOWHERE
from geodata.model import Located
from pipeline import Deps, process
from store.registry import Registry
from store.timescale import Store

DISTRICT, FIRST, SECOND = "320404", "320404001", "320404002"
WEST, EAST, NORTH = {"lon": 119.9, "lat": 31.7}, {"lon": 120.1, "lat": 31.7}, {"lon": 119.9, "lat": 32.1}


class Nobody:
    """Nobody listens to hints."""

    def hint(self, device_ids: object) -> None: ...


def halves(position: Position | None) -> tuple[Located, float | None, float | None]:
    """West of 120° lies the first street, east of it the second; north of 32° no cells are drawn, only the district is known."""
    if position is None:
        return NOWHERE, None, None
    area = f"{FIRST if position.lon < 120 else SECOND}003" if position.lat < 32 else DISTRICT
    return Located(Placement.INSIDE, None, None, area, None), position.lon, position.lat


class City:
    """A pipeline spoken to with tokens and over topics."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self.deps, self.store, self.now = Deps(config, store, Registry(config, halves), halves, arrange(config), Nobody()), store, now

    def send(self, *frames: Frame) -> list[Taken]:
        return process(frames, self.now, self.deps).taken

    def posted(self, area: str, feed: str, *bodies: dict[str, Any]) -> Frame:
        return Frame(feed, json.dumps(bodies).encode(), self.now, f"/api/v1/{feed}", f"areas:{area}")

    def report(self, by: str, /, **fields: Any) -> Taken:
        body = {"source": "s", "external_id": "1", "channel": "video", "title": "积水", "observed_at": self.now.isoformat()}
        return self.send(self.posted(by, "http-reports", body | fields))[0]

    def reading(self, area: str, device: str = "d", value: float = 1.0) -> Frame:
        at = self.now + timedelta(seconds=value)
        return self.posted(area, "http-readings", {"device": device, "metric": "noise", "value": value, "observed_at": at.isoformat()})

    def told(self, area: str, value: float = 1.0, device: str = "d", at: dict[str, float] | None = None) -> Frame:
        body = {"values": {"noise": value}, "ts": (self.now + timedelta(seconds=value)).isoformat()} | ({"at": at} if at else {})
        return Frame("city", json.dumps(body).encode(), self.now, f"city/{area}/urban/{device}/telemetry")

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query, values))

    def one(self, query: str, *values: Any) -> Any:
        return next(iter(self.rows(query, *values)[0].values()))


@pytest.fixture
def city(config: Config, database_url: str, now: datetime) -> Iterator[City]:
    store = Store(database_url)
    yield City(config, store, now)
    store.close()


def reasons(*taken: Taken) -> list[list[str]]:
    return [[str(one.reason) for one in each.rejected] for each in taken]


def register(city: City, device: str, area: str) -> None:
    with city.store.connection() as connection:
        connection.execute("insert into devices (device, name, domain, area) values (%s, %s, 'urban', %s)", [device, device, area])


# --- reports


@pytest.mark.parametrize("place", [EAST, {"area": SECOND}, {"cell_code": "320404002003001"}, {"extra": {"camera": "cam-2"}}])
def test_a_token_of_a_street_places_no_report_in_another_however_it_names_the_place(city: City, place: dict[str, Any]) -> None:
    with city.store.connection() as connection:
        for code in (SECOND, f"{SECOND}003"):
            connection.execute(
                "insert into areas (code, name, level, lon, lat, geometry) values (%s, %s, 'street', 0, 0, '{}')", [code, code]
            )
        connection.execute(
            "insert into cells (cell_code, area, lon, lat, geometry, area_m2) values ('320404002003001', %s, 120.1, 31.7, '{}', 1)",
            [f"{SECOND}003"],
        )
    register(city, "cam-2", SECOND)
    taken = city.report(FIRST, **place)
    assert (taken.accepted, reasons(taken), taken.rejected[0].index) == (0, [["area"]], 0)
    assert city.one("select count(*) from reports") == 0
    [kept] = city.rows("select feed, reason, raw from rejected")
    assert (kept["feed"], kept["reason"], json.loads(kept["raw"])[0]["title"]) == ("http-reports", "area", "积水")
    assert city.report(DISTRICT, **place).accepted == 1


def test_one_report_outside_costs_its_neighbours_nothing(city: City) -> None:
    base = {"source": "s", "channel": "video", "title": "t", "observed_at": city.now.isoformat()}
    [taken] = city.send(
        city.posted(FIRST, "http-reports", *({**base, "external_id": str(n), **(EAST if n == 1 else WEST)} for n in range(3)))
    )
    assert (taken.accepted, [(one.index, one.reason) for one in taken.rejected]) == (2, [(1, "area")])


def test_the_numbers_of_a_feed_are_its_own_and_only_the_whole_city_may_write_them_for_it(city: City) -> None:
    refused = city.report(FIRST, source="frigate")
    assert (refused.accepted, reasons(refused), city.one("select count(*) from reports")) == (0, [["area"]], 0)
    told = {"source": "frigate", "external_id": "2", "title": "t", "observed_at": city.now.isoformat()}
    [taken] = city.send(Frame("city", json.dumps(told).encode(), city.now, f"city/{FIRST}/report/video"))
    assert (taken.accepted, reasons(taken)) == (0, [["area"]])
    assert city.report(DISTRICT, source="frigate").accepted == 1
    assert city.report("", source="frigate", external_id="3").accepted == 1
    assert city.report(FIRST, source="http-reports").accepted == 1


def test_who_may_not_speak_for_a_report_where_it_came_to_stand_in_the_same_batch_changes_nothing(city: City) -> None:
    base = {"source": "s", "channel": "video", "external_id": "1", "observed_at": city.now.isoformat()}
    moves = city.posted(DISTRICT, "http-reports", {**base, "title": "t", **WEST}, {**base, "title": "moved", **EAST})
    late = city.posted(FIRST, "http-reports", {**base, "title": "mine", **WEST})
    assert [(taken.accepted, reasons(taken)) for taken in city.send(moves, late)] == [(2, [[]]), (0, [["area"]])]
    assert city.rows("select title, area from reports") == [{"title": "moved", "area": f"{SECOND}003"}]


def test_a_report_without_a_place_gets_its_tokens_area(city: City) -> None:
    city.report(f"{SECOND},{FIRST}")
    city.report(DISTRICT, external_id="2")
    city.report("", external_id="3")
    assert [row["area"] for row in city.rows("select area from reports order by external_id")] == [SECOND, DISTRICT, DISTRICT]


def test_a_place_known_only_as_the_district_is_no_other_area_and_takes_the_tokens(city: City) -> None:
    assert reasons(city.report(FIRST, **NORTH), city.report(FIRST, area=DISTRICT, external_id="2")) == [[], []]
    assert [row["area"] for row in city.rows("select area from reports")] == [FIRST, FIRST]


def test_what_another_street_reported_is_neither_changed_nor_ended(city: City) -> None:
    assert city.report(FIRST, **WEST).accepted == 1
    refused = city.report(SECOND, title="anders", ended=True)
    assert (refused.accepted, reasons(refused)) == (0, [["area"]])
    assert city.rows("select title, ended_at from reports") == [{"title": "积水", "ended_at": None}]


def test_of_two_streets_that_name_the_same_report_in_one_batch_the_first_has_it(city: City) -> None:
    body = {"source": "s", "external_id": "1", "channel": "video", "title": "t", "observed_at": city.now.isoformat()}
    frames = (city.posted(FIRST, "http-reports", body | WEST), city.posted(SECOND, "http-reports", body | EAST | {"ended": True}))
    first, second = city.send(*frames)
    assert (first.accepted, second.accepted, reasons(second)) == (1, 0, [["area"]])
    assert city.rows("select area, ended_at from reports") == [{"area": f"{FIRST}003", "ended_at": None}]


def test_a_report_over_mqtt_is_held_to_its_topics_area(city: City) -> None:
    body = {"source": "s", "title": "t", "observed_at": city.now.isoformat()}
    taken = city.send(*(
        Frame("city", json.dumps(body | {"external_id": area} | EAST).encode(), city.now, f"city/{area}/report/video") for area in (FIRST, SECOND, DISTRICT)
    ))  # fmt: skip
    assert reasons(*taken) == [["area"], [], []]
    assert [row["external_id"] for row in city.rows("select external_id from reports order by 1")] == [DISTRICT, SECOND]


# --- devices


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
