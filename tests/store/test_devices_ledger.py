"""The ledger of devices through the API: whole, found by owner and kind, and refused where a unit is impossible."""

from typing import Any

import pytest
from flask import Flask

from store.registry import keep_catalogue
from tests.desk import Desk

STATION: dict[str, Any] = {
    "name": "空气站 1", "domain": "environment", "kind": "微型空气站", "product": "某厂 A 系列", "model": "M1", "firmware": "2.4.1", "owner": "生态环境局",
    "network_zone": "政务外网", "gateway": "gw", "interval_s": 60, "installed_on": "2025-06-30", "calibrated_on": "2026-03-01",
    "tags": ["学校周边", "重点"],
}  # fmt: skip


@pytest.fixture
def desk(desk: Desk) -> Desk:
    with desk.store.connection() as connection:
        keep_catalogue(connection, desk.config)
    return desk


def test_what_is_said_of_a_device_is_shown_and_what_is_not_said_again_is_forgotten(desk: Desk, app: Flask) -> None:
    admin = desk.with_token(app, "admin", "read")
    body = STATION | {"lon": 119.905, "lat": 31.785, "metrics": {"p": {"name": "pm25", "unit": "mg/m3", "max": 5}}}
    first = admin.ask("PUT", "/devices/s1", body)
    assert first.status_code == 201
    shown = admin.get("/devices/s1").json
    assert {name: shown[name] for name in STATION} == STATION
    assert {name: admin.get("/devices").json["devices"][0][name] for name in STATION} == STATION
    assert (shown["metrics"]["p"]["unit"], shown["metrics"]["p"]["max"], shown["metrics"]["p"]["stored_unit"]) == ("mg/m3", 5, "µg/m³")
    admin.ask("PUT", "/devices/s1", {"domain": "environment", "calibrated_on": "2026-09-01"})
    shown = admin.get("/devices/s1").json
    assert (shown["calibrated_on"], shown["owner"], shown["name"], list(shown["metrics"])) == ("2026-09-01", None, "s1", ["p"])
    assert shown["tags"] == []


def test_devices_are_found_by_owner_and_kind(desk: Desk, app: Flask) -> None:
    admin = desk.with_token(app, "admin", "read")
    others = {"owner": "水务局", "kind": "水位计", "domain": "water"}
    assert (
        admin.post("/devices", [STATION | {"device": "a"}, STATION | others | {"device": "b"}, STATION | {"device": "c"}]).status_code
        == 201
    )
    assert [row["device"] for row in admin.get("/devices?owner=生态环境局").json["devices"]] == ["a", "c"]
    assert [row["device"] for row in admin.get("/devices?kind=水位计").json["devices"]] == ["b"]


def test_an_impossible_unit_is_422_naming_both_and_registers_nothing(desk: Desk, app: Flask) -> None:
    admin = desk.with_token(app, "admin", "read")
    answer = admin.ask("PUT", "/devices/s1", STATION | {"metrics": {"a34004-rtd": {"name": "pm25", "unit": "ppm"}}})
    assert (answer.status_code, answer.json["type"]) == (422, "urn:yiping:problem:invalid")
    assert all(word in answer.json["detail"] for word in ("a34004-rtd", "ppm", "µg/m³", "pm25"))
    assert admin.get("/devices/s1").status_code == 404
    listed = admin.post("/devices", [STATION | {"device": "good"}, STATION | {"device": "bad", "metrics": {"pm25": {"unit": "dB"}}}])
    assert (listed.status_code, "[1]" in listed.json["detail"]) == (422, True)
    assert admin.get("/devices").json["devices"] == []


def test_the_rate_of_those_offline_is_told_by_owner_and_kind(desk: Desk, app: Flask) -> None:
    admin = desk.with_token(app, "admin", "read")
    one = {"domain": "water", "owner": "水务局", "kind": "水位计"}
    bodies = [STATION | {"device": "a"}, STATION | {"device": "b"}, one | {"device": "c"}, {"device": "d", "domain": "urban"}]
    assert admin.post("/devices", [*bodies, one | {"device": "e", "drill": True}]).status_code == 201
    with desk.store.connection() as connection:
        connection.execute("update devices set silent_at = now() where device in ('a', 'e')")
        connection.execute("update devices set presence = 'offline' where device in ('a', 'c')")
        connection.execute(
            "update device_watch set inhibited = true from devices d where d.device_id = device_watch.device_id and device = 'a'"
        )
    told = admin.get("/devices/summary").json
    assert {name: told[name] for name in ("devices", "offline", "rate", "behind_gateway")} == {
        "devices": 4, "offline": 2, "rate": 0.5, "behind_gateway": 1,
    }  # fmt: skip
    assert {row["owner"]: (row["devices"], row["offline"], row["rate"]) for row in told["by_owner"]} == {
        "生态环境局": (2, 1, 0.5), "水务局": (1, 1, 1.0), None: (1, 0, 0.0),
    }  # fmt: skip
    assert {row["kind"]: row["rate"] for row in told["by_kind"]} == {"微型空气站": 0.5, "水位计": 1.0, None: 0.0}
    assert admin.get("/devices/summary?domain=water").json["by_owner"] == [
        {"owner": "水务局", "devices": 1, "offline": 1, "behind_gateway": 0, "in_maintenance": 0, "rate": 1.0}
    ]
    empty = admin.get("/devices/summary?domain=emergency").json
    assert (empty["devices"], empty["rate"], empty["by_owner"]) == (0, None, [])
    assert admin.get("/devices/summary?owner=x").status_code == 422


def test_levels_of_its_own_are_shown_as_they_were_told_stay_when_not_told_and_go_when_told_to(desk: Desk, app: Flask) -> None:
    admin = desk.with_token(app, "admin", "read")
    levels = [{"metric": "water_level", "level": "汛限水位", "value": 91.0, "season": "04-15~07-15", "source": "2026年调度方案", "from": "2026-01-01", "to": None},
              {"metric": "water_level", "level": "正常蓄水位", "value": 95.0, "season": None, "source": None, "from": None, "to": None}]  # fmt: skip
    assert admin.ask("PUT", "/devices/r1", {"domain": "water", "levels": levels}).status_code == 201
    assert admin.get("/devices/r1").json["levels"] == levels
    admin.ask("PUT", "/devices/r1", {"domain": "water"})
    assert admin.get("/devices/r1").json["levels"] == levels
    admin.ask("PUT", "/devices/r1", {"domain": "water", "levels": levels[1:]})
    assert admin.get("/devices/r1").json["levels"] == levels[1:]
    assert len(desk.rows("select 1 from device_levels where withdrawn_at is not null")) == 1
    refused = admin.ask("PUT", "/devices/r1", {"domain": "water", "levels": [{**levels[0], "metric": "depth"}]})
    assert (refused.status_code, "depth" in refused.json["detail"]) == (422, True)
    twice = admin.ask("PUT", "/devices/r1", {"domain": "water", "levels": [levels[0], {**levels[0], "value": 92.0}]})
    assert (twice.status_code, "begin together" in twice.json["detail"]) == (422, True)
