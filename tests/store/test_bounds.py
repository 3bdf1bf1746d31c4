"""Senders are held to their areas in what they report: tokens to theirs, MQTT topics to theirs; what is refused changes nothing."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

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
