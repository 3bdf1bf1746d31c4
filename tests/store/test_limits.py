"""Limits of permits, target classes, dust and signals: registered with the device, in force by their days, and judged hour by hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.config import Config
from core.device import DeviceEntry
from core.errors import Invalid
from core.quality_config import DustConfig
from core.standards.permit import PermitLimit
from geodata.device_files import read_devices, template
from store import devices, limits
from store.registry import keep_catalogue
from store.timescale import Store
from tests.desk import Desk
from tests.quality import HOUR, MINUTE, City

MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # of the city
NOON = MIDNIGHT + 12 * HOUR
AFTER = NOON + HOUR + 6 * MINUTE
COD = {
    "metric": "cod",
    "average": "hour",
    "most": 50,
    "unit": "mg/L",
    "permit": "91320404MA1XXXX001P",
    "from": "2025-01-01",
    "to": "2029-12-31",
}
OUTLET: dict[str, Any] = {"domain": "environment", "kind": "污染源排口", "area": "320404001001", "interval_s": 60,
                          "metrics": {"w01018-rtd": {"name": "cod", "unit": "mg/L"}}}  # fmt: skip


@pytest.fixture
def city(config: Config, database_url: str) -> Iterator[City]:
    store = Store(database_url)
    dust = DustConfig(rule="上海", devices=("site",))
    yield City(config.model_copy(update={"derived": config.derived.model_copy(update={"dust": dust})}), store, NOON)
    store.close()


def register(city: City, device: str, domain: str = "environment", **told: Any) -> None:
    entry = DeviceEntry(device, device, domain, "320404001001", "none", interval_s=60, **told)
    with city.store.connection() as connection:
        devices.register(connection, entry, NOON - 30 * HOUR)


def test_an_outlets_hour_above_its_permit_is_told_with_its_factor_and_a_days_mean_with_its_own(city: City) -> None:
    city.rows("insert into metrics (metric, label, unit, kind) values ('cod', '化学需氧量', 'mg/L', 'number') returning 1")
    own = (PermitLimit("cod", "hour", 50_000.0, unit="ug/L", permit="P1"), PermitLimit("cod", "day", 40.0, permit="P1"),
           PermitLimit("cod", "hour", 10.0, permit="old", since=date(2020, 1, 1), until=date(2026, 11, 20)))  # fmt: skip
    register(city, "outlet", limits=own)
    for n in range(24):
        city.hour("outlet", MIDNIGHT + n * HOUR, {"cod": 75.0 if n == 12 else 30.0}, range(60) if n < 23 else range(20))
    city.pass_time(MIDNIGHT + 24 * HOUR + 6 * MINUTE, start=MIDNIGHT)
    told = {row[1]: row for row in city.figures("permit_hour")}
    assert told[NOON + HOUR][0] == "outlet/cod"
    assert told[NOON + HOUR][3] == pytest.approx(0.5, abs=1e-3)
    assert told[NOON][3] == pytest.approx(-0.4, abs=1e-3)
    assert told[MIDNIGHT + 24 * HOUR][3:] == (None, "missing cod (20/60)")
    row = city.rows("select text, standard, of from derived where figure = 'permit_hour' and at = %s", NOON + HOUR)[0]
    assert (row["text"], row["standard"], row["of"]["most"], row["of"]["unit"]) == ("above", "permit P1", 50.0, "mg/L")
    [day] = city.figures("permit_day")
    assert day[3] == pytest.approx((30 * 22 + 75) / 23 / 40 - 1, abs=1e-3)


def test_a_section_below_its_target_is_told_with_what_keeps_it_from_it_and_late_data_make_a_version(city: City) -> None:
    register(city, "section", "water", target_class=3)
    values = {"dissolved_oxygen": 6.2, "ammonia": 1.2}
    city.hour("section", NOON, values, range(30), domain="water")
    city.pass_time(AFTER, start=NOON)
    assert city.figures("water_target_hour")[0][3:] == (None, "missing do (30/60), nh3n (30/60)")
    city.tell("section", *[(NOON + m * MINUTE, values) for m in range(30, 60)], at=AFTER, domain="water")
    city.pass_time(AFTER + 6 * MINUTE)
    city.pass_time(AFTER + HOUR)
    assert [row[2:4] for row in city.figures("water_target_hour") if row[1] == NOON + HOUR] == [(1, None), (2, 1.0)]
    row = city.rows("select text, of from derived where figure = 'water_target_hour' and version = 2")[0]
    assert (row["text"], row["of"]["target"], list(row["of"]["by"])) == ("unmet", "III", ["nh3n"])


def test_a_sites_quarters_of_an_hour_are_counted_by_the_regions_rule(city: City) -> None:
    city.rows("insert into metrics (metric, label, unit, kind) values ('tsp', '总悬浮颗粒物', 'mg/m3', 'number') returning 1")
    for device in ("site", "elsewhere"):
        city.device(device)
        city.hour(device, NOON, {"tsp": 0.5}, range(30))
        city.hour(device, NOON, {"tsp": 2.5}, range(30, 45))
        city.hour(device, NOON, {"tsp": 0.5}, range(45, 50))
    city.pass_time(MIDNIGHT + 24 * HOUR + 6 * MINUTE, start=NOON)
    hours = {row[1]: row for row in city.figures("dust_hour")}
    assert hours[NOON + HOUR][0:4:3] == ("site", 1.0)
    of = city.rows("select of from derived where figure = 'dust_hour' and at = %s", NOON + HOUR)[0]["of"]
    assert of["averages"] == [pytest.approx(501, abs=1), pytest.approx(501, abs=1), pytest.approx(2501, abs=1), None]
    assert hours[NOON + 2 * HOUR][3:] == (None, "missing tsp (0/4)")
    [day] = city.figures("dust_day")
    assert (day[0], day[3], day[4]) == ("site", None, "missing tsp (3/96)")


def test_hebeis_background_is_turned_into_the_unit_of_the_rule(city: City) -> None:
    """In mg/m³ a background of 0.4 is 400 µg/m³; taken as 0.4 it would make every site break the rule."""
    dust = DustConfig(rule="河北", devices=("site",))
    city.config = city.config.model_copy(update={"derived": city.config.derived.model_copy(update={"dust": dust})})
    for device in ("site", "station"):
        city.device(device, every=15 * MINUTE)
    for hour, unit in ((NOON, "mg/m3"), (NOON + HOUR, "%")):
        city.rows("update metrics set unit = %s where metric = 'pm10' returning 1", unit)
        for device, value in (("site", 0.45), ("station", 0.4)):
            city.hour(device, hour, {"pm10": value}, range(0, 60, 15))
        city.pass_time(hour + HOUR + 6 * MINUTE, start=NOON if hour == NOON else None)
    first, second = city.rows("select text, reason, of from derived where figure = 'dust_hour' order by at")
    assert (first["text"], first["of"]["background"]) == ("within", pytest.approx(401, abs=1))
    assert (second["text"], second["reason"]) == (None, "missing the area's mean"), "no unit of it is none of the rule's"


def test_rain_wind_and_heat_ask_for_their_colours_in_the_street_and_in_the_city(city: City) -> None:
    city.device("gauge")
    city.device("mast", area="320404002001")
    for n in range(12):
        city.hour("gauge", NOON - (11 - n) * HOUR, {"rain": 20.0 if n > 8 else 0.0}, range(0, 60, 1))
    city.hour("mast", NOON, {"wind_speed": 12.0, "temperature": 37.5})
    for code in ("320404001", "320404002"):
        query = "insert into areas (code, name, level, lon, lat, geometry) values (%s, %s, 'street', 119.9, 31.7, '{}') returning 1"
        city.rows(query, code, code)
    city.pass_time(AFTER, start=NOON - 11 * HOUR)

    def at_noon(figure: str) -> list[tuple[str, float | None]]:
        return [(row[0], row[3]) for row in city.figures(figure) if row[1] == NOON + HOUR]

    assert at_noon("rain_signal_area") == [("320404", 2.0), ("320404001", 2.0)]
    assert at_noon("wind_signal_area") == [("320404", 4.0), ("320404002", 4.0)]
    assert at_noon("heat_signal_area") == [("320404", 2.0), ("320404002", 2.0)]
    row = city.rows("select text, of from derived where figure = 'rain_signal_area' and subject = '320404' and at = %s", NOON + HOUR)[0]
    assert (row["text"], row["of"]["by"]) == ("橙", "gauge")


def test_a_temperature_that_came_late_mends_the_signals_of_the_hours_and_days_that_look_back_to_it(city: City) -> None:
    def tell(hour: datetime, value: float) -> None:
        city.tell("station", *[(hour + m * MINUTE, {"temperature": value}) for m in range(0, 60, 15)], at=city.now)

    city.device("station", every=15 * MINUTE)
    days = [NOON - n * 24 * HOUR for n in (2, 1, 0)]
    city.now = AFTER
    tell(days[1], 36.0)
    for n in range(3):
        tell(NOON - (2 - n) * HOUR, 36.0)
    city.pass_time(AFTER, start=NOON - 2 * HOUR)
    city.now = AFTER + MINUTE
    tell(days[0] - 11 * HOUR, 36.0)
    city.pass_time(AFTER + 7 * MINUTE)
    city.pass_time(AFTER + 40 * MINUTE)
    told = [row[2:] for row in city.figures("heat_signal_area") if row[1] == NOON + HOUR]
    assert told == [(1, None, "missing station (temperature 3/13 h)"), (2, 3.0, None)], "yellow: three days in a row from 35 ℃"


def test_limits_are_replaced_as_a_whole_withdrawn_ones_stay_and_impossible_ones_are_refused(city: City) -> None:
    city.rows("insert into metrics (metric, label, unit, kind) values ('cod', '化学需氧量', 'mg/L', 'number') returning 1")
    city.device("outlet")
    number = city.rows("select device_id from devices")[0]["device_id"]
    hour, day = PermitLimit("cod", "hour", 50.0), PermitLimit("cod", "day", 40.0, unit="mg/L")
    with city.store.connection() as connection:
        assert limits.keep_limits(connection, number, [hour, day], NOON) == 2
        assert limits.keep_limits(connection, number, [hour, day], NOON) == 0
        assert limits.keep_limits(connection, number, [hour], NOON) == 1
        assert limits.read_limits(connection, [number]) == {number: (hour,)}
        for wrong, why in ((PermitLimit("codd", "hour", 1.0), "codd"), (PermitLimit("cod", "hour", 1.0, unit="dB"), "dB")):
            with pytest.raises(Invalid, match=why):
                limits.keep_limits(connection, number, [wrong], NOON)
        with pytest.raises(Invalid, match="two limits"):
            limits.keep_limits(connection, number, [hour, PermitLimit("cod", "hour", 60.0)], NOON)
    assert city.rows("select count(*) as n from permit_limits where withdrawn_at is not null")[0]["n"] == 1


def test_a_device_shows_its_limits_and_target_and_what_is_not_told_again_stays(desk: Desk, app: Flask) -> None:
    with desk.store.connection() as connection:
        keep_catalogue(connection, desk.config)
    admin = desk.with_token(app, "admin", "read")
    wire = COD | {"metric": "w01018-rtd"}
    assert admin.ask("PUT", "/devices/o1", OUTLET | {"limits": [wire], "target_class": "Ⅲ类"}).status_code == 201
    shown = admin.get("/devices/o1").json
    assert shown["limits"] == [COD | {"least": None}], "the wire's name becomes the city's"
    assert shown["target_class"] == "III"
    admin.ask("PUT", "/devices/o1", OUTLET)
    assert admin.get("/devices/o1").json["limits"] == [COD | {"least": None}]
    admin.ask("PUT", "/devices/o1", OUTLET | {"limits": [], "target_class": None})
    shown = admin.get("/devices/o1").json
    assert (shown["limits"], shown["target_class"]) == ([], None)
    refused = admin.ask("PUT", "/devices/o1", OUTLET | {"target_class": "劣V"})
    assert (refused.status_code, "GB 3838" in refused.json["detail"]) == (422, True)
    assert admin.ask("PUT", "/devices/o1", OUTLET | {"limits": [{"metric": "cod"}]}).status_code == 422


def test_metrics_carry_the_four_tags_of_water_and_lists_are_narrowed_to_one(desk: Desk, app: Flask) -> None:
    with desk.store.connection() as connection:
        keep_catalogue(connection, desk.config)
    admin = desk.with_token(app, "admin", "read")
    admin.post("/devices", [OUTLET | {"device": "outlet"}, OUTLET | {"device": "gauge", "metrics": {"water_level": {"unit": "m"}}}])
    told = admin.get("/metrics").json
    tags = {row["metric"]: row["tags"] for row in told["metrics"]}
    assert tags["water_level"] == ["water_resource", "water_disaster"]
    assert (tags["cod"], tags["pm25"], tags["w01018-rtd"]) == (["water_environment"], [], ["water_environment"])
    assert {row["label"] for row in told["tags"]} == {"水资源", "水生态", "水环境", "水灾害"}
    assert {row["metric"] for row in admin.get("/metrics?tag=water_disaster").json["metrics"]} == {"rain", "water_level", "water_depth"}
    assert [row["device"] for row in admin.get("/devices?tag=water_environment").json["devices"]] == ["outlet"]
    assert [row["device"] for row in admin.get("/devices?tag=water_disaster").json["devices"]] == ["gauge"]
    assert [row["device"] for row in admin.get("/devices?search=GAU").json["devices"]] == ["gauge"]
    assert admin.get("/devices?tag=water").status_code == 422
    for metric, value in (("water_level", 3.0), ("temperature", 20.0)):
        desk.insert(
            "readings",
            {"observed_at": desk.now - MINUTE, "received_at": desk.now, "processed_at": desk.now, "quality": 9, "value": value,
             "device_id": desk.rows("select device_id from devices where device = 'gauge'")[0]["device_id"],
             "metric_id": desk.rows("select metric_id from metrics where metric = %s", metric)[0]["metric_id"]},
            "value",
        )  # fmt: skip
    readings = admin.get("/readings?device=gauge&tag=water_disaster").json["readings"]
    assert [(row["metric"], row["quality"]) for row in readings] == [("water_level", "manual")]
    assert len(admin.get("/readings?device=gauge").json["readings"]) == 2
    assert admin.get("/readings?device=gauge&tag=water_disaster&metric=rain").status_code == 422


def test_a_file_of_devices_brings_limits_and_targets(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_bytes(template().encode())
    rows, findings = read_devices(path)
    assert [one for one in findings if one.verdict == "refused"] == []
    told = {row.device: row.told for row in rows}
    assert told["DM-001"]["target_class"] == 3
    assert told["PK-003"]["limits"] == (
        PermitLimit("cod", "day", 40.0, unit="mg/L"),
        PermitLimit("cod", "hour", 50.0, unit="mg/L", permit="91320404MA1XXXX001P", since=date(2025, 1, 1), until=date(2029, 12, 31)),
        PermitLimit("ph", "hour", 9.0, 6.0),
    )
