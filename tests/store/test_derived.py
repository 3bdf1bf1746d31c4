"""Derived figures over time: from measured hours, a version more when late data change one, a reason where there is none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Config
from core.model import EVERYWHERE, Scope
from core.quality_config import RiverLimitsConfig
from store import derived
from store.derived import Asked
from store.lists import Filter
from store.timescale import Store
from tests.desk import NORTH, SOUTH, open_desk
from tests.quality import HOUR, MINUTE, City

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ONE = NOON + HOUR
AFTER = ONE + 6 * MINUTE
CLEAN = {"so2": 10.0, "no2": 20.0, "co": 0.5, "o3": 60.0, "pm10": 40.0, "pm25": 60.0}


@pytest.fixture
def city(config: Config, database_url: str) -> Iterator[City]:
    store = Store(database_url)
    rivers = {"river": RiverLimitsConfig(warning=4.8)}
    yield City(config.model_copy(update={"derived": config.derived.model_copy(update={"rivers": rivers})}), store, NOON)
    store.close()


def test_the_figures_of_an_hour_stand_when_it_is_over(city: City) -> None:
    city.device("station")
    city.device("section", "water")
    city.device("river", "water")
    city.hour("station", NOON, CLEAN | {"noise": 63})
    city.hour("section", NOON, {"dissolved_oxygen": 6.2, "ammonia": 1.2}, domain="water")
    city.hour("river", NOON, {"water_level": 4.9}, domain="water")
    city.pass_time(AFTER, start=NOON)
    assert city.figures("aqi_hour") == [("station", ONE, 1, 100.0, None)]
    assert city.figures("aqi_hour_area") == [("320404", ONE, 1, 100.0, None)]
    assert city.figures("water_class_hour") == [("section", ONE, 1, 4.0, None)]
    assert city.figures("noise_hour") == [("station", ONE, 1, 63.0, None)]
    assert city.figures("river_state") == [("river", ONE, 1, 0.102, None)]
    row = city.rows("select text, standard, of from derived where figure = 'aqi_hour'")[0]
    assert (row["text"], row["standard"], row["of"]["iaqi"]["pm25"]) == ("pm25", "HJ 633-2026", 100)


def test_late_data_make_a_new_version_and_replay_still_sees_the_old_one(city: City) -> None:
    city.device("station")
    city.hour("station", NOON, CLEAN)
    city.device("second")
    city.hour("second", NOON, CLEAN, range(30))
    city.pass_time(AFTER, start=NOON)
    assert [row[2:] for row in city.figures("aqi_hour") if row[0] == "second"] == [
        (1, None, "missing so2 (30/60), no2 (30/60), co (30/60), o3 (30/60), pm10 (30/60), pm25 (30/60)")
    ]
    city.tell("second", *[(NOON + m * MINUTE, CLEAN) for m in range(30, 60)], at=AFTER)
    city.pass_time(AFTER + 6 * MINUTE)
    city.pass_time(AFTER + HOUR)
    assert [(row[2], row[3]) for row in city.figures("aqi_hour") if row[0] == "second" and row[1] == ONE] == [(1, None), (2, 100.0)]
    assert [row[2] for row in city.figures("aqi_hour") if row[0] == "station" and row[1] == ONE] == [1], (
        "what did not change leaves no trace"
    )
    with city.store.connection() as connection:
        wanted = Filter({"subject": "second", "figure": ["aqi_hour"]}, until=ONE + MINUTE)
        now, then = (derived.list_figures(connection, EVERYWHERE, Asked(wanted, at)) for at in (AFTER + HOUR, AFTER + 6 * MINUTE))
    assert [row["value"] for row in now] == [100.0]
    assert [(row["value"], row["version"]) for row in then] == [(None, 1)]


def test_a_station_that_fell_silent_has_no_figure_and_the_area_goes_on_with_the_others(city: City) -> None:
    for name in ("a", "b"):
        city.device(name)
        city.hour(name, NOON, CLEAN)
    city.hour("a", ONE, CLEAN)
    city.pass_time(AFTER + HOUR, start=NOON)
    later = [row for row in city.figures("aqi_hour") if row[1] == ONE + HOUR]
    assert [(row[0], row[3]) for row in later] == [("a", 100.0), ("b", None)]
    assert "pm25 (0/60)" in later[1][4]
    assert [row[3] for row in city.figures("aqi_hour_area")] == [100.0, 100.0]


def test_rain_that_came_late_mends_every_sum_that_reaches_back_to_it(city: City) -> None:
    city.device("gauge")
    for n in range(4):
        if n != 1:
            city.hour("gauge", NOON + n * HOUR, {"rain": 2})
    city.pass_time(NOON + 4 * HOUR + 6 * MINUTE, start=NOON)
    assert [(row[3] and round(row[3], 1), row[4]) for row in city.figures("rain_1h")] == [
        (2.0, None),
        (None, "missing rain (0/1 h)"),
        (2.0, None),
        (2.0, None),
    ]
    assert [row[3] for row in city.figures("rain_3h")] == [None] * 4
    late = NOON + 4 * HOUR + 7 * MINUTE
    city.tell("gauge", *[(ONE + m * MINUTE, {"rain": 3.0}) for m in range(60)], at=late)
    city.pass_time(late + 6 * MINUTE)
    city.pass_time(late + 40 * MINUTE)
    told = {(row[1], row[2]): row[3] and round(row[3], 1) for row in city.figures("rain_3h")}
    assert told[NOON + 3 * HOUR, 2] == 7.0
    assert told[NOON + 4 * HOUR, 2] == 7.0
    assert (NOON + 2 * HOUR, 2) in told, "one hour of three is known now, and the reason says so"


def test_a_day_is_summed_up_once_it_is_over_and_again_when_one_of_its_hours_changed(city: City) -> None:
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    city.device("station", every=15 * MINUTE)
    city.device("section", "water", every=4 * HOUR)
    for n in range(24):
        if n in range(0, 20, 4):
            city.hour("section", midnight + n * HOUR, {"ammonia": 0.4}, [0], domain="water")
        if n != 5:
            city.hour("station", midnight + n * HOUR, CLEAN, range(0, 60, 15))
    end = midnight + 24 * HOUR
    city.pass_time(end - 30 * MINUTE, start=midnight)
    assert city.figures("aqi_day") == []
    city.pass_time(end + 6 * MINUTE)
    assert city.figures("aqi_day") == [("station", end, 1, 100.0, None)]
    assert city.figures("water_class_day") == [("section", end, 1, 2.0, None)], "five of the six readings it can tell"
    assert len(city.figures("aqi_day_area")) == 1
    city.tell("station", *[(midnight + 5 * HOUR + m * MINUTE, CLEAN | {"pm25": 500.0}) for m in range(0, 60, 15)], at=end + 7 * MINUTE)
    city.pass_time(end + 13 * MINUTE)
    city.pass_time(end + 50 * MINUTE)
    told = [(row[2], row[3]) for row in city.figures("aqi_day")]
    assert told[0] == (1, 100.0)
    assert told[1][0] == 2
    assert told[1][1] > 100


def test_nothing_is_said_of_hours_without_any_device(city: City) -> None:
    city.pass_time(AFTER, start=NOON)
    assert city.rows("select 1 from derived") == []


def test_quality_and_figures_are_read_by_scope(config: Config, database_url: str, web_database_url: str, tmp_path: Path) -> None:
    with open_desk(config, database_url, web_database_url, AFTER, tmp_path) as desk:
        city = City(config, desk.store, NOON)
        city.device("n", area=f"{NORTH}001")
        city.device("s", area=f"{SOUTH}001")
        for name in ("n", "s"):
            city.hour(name, NOON, CLEAN, range(45))
        city.pass_time(AFTER, start=NOON)
        app = desk.app()
        north, boss = desk.sign_in(app, "north"), desk.sign_in(app, "boss")
        assert [row["device"] for row in north.get("/quality").json["devices"]] == ["n"]
        told = boss.get("/quality?limit=1")
        assert [row["device"] for row in told.json["devices"]] == ["n"]
        assert told.json["totals"]["devices"] == 2
        assert told.json["devices"][0]["usable"] == 0.75
        rest = boss.get(f"/quality?limit=1&next={told.json['next']}")
        assert [row["device"] for row in rest.json["devices"]] == ["s"]
        assert north.get("/quality?device=s").status_code == 404
        one = north.get("/quality?device=n").json
        assert (len(one["hours"]), {row["metric"] for row in one["metrics"]}) == (1, set(CLEAN))
        mine = north.get("/derived?figure=aqi_hour,aqi_hour_area").json["derived"]
        assert {(row["figure"], row["subject"]) for row in mine} == {("aqi_hour", "n"), ("aqi_hour_area", NORTH)}
        assert len(boss.get("/derived?figure=aqi_hour,aqi_hour_area").json["derived"]) == 5
        assert north.get("/derived?figure=aqi").status_code == 422
        first = boss.get("/derived?limit=3").json
        more = boss.get(f"/derived?limit=1000&next={first['next']}").json
        every = boss.get("/derived?limit=1000").json["derived"]
        assert first["derived"] + more["derived"] == every
        feeder = desk.with_token(app, "feed")
        assert feeder.get("/quality").status_code == 403
        assert feeder.get("/derived").status_code == 403
        with desk.web_store.scoped(Scope("duty", (NORTH,))) as connection:
            for table in ("derived", "device_quality", "device_hours"):
                seen = connection.execute(f"select count(*) as n from {table}").fetchone()
                all_of_them = desk.rows(f"select count(*) as n from {table}")[0]["n"]
                assert seen is not None
                assert 0 < seen["n"] < all_of_them
        assert timedelta(0) < AFTER - NOON
