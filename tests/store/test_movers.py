"""What moves or has an extent is told as it was at a moment, to who may see it, and a drill is told as one."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from store.timescale import queries
from tests.desk import NORTH, SOUTH, Desk

RING = [[119.90, 31.78], [119.95, 31.78], [119.95, 31.80], [119.90, 31.78]]
METRE = 1 / 111_320


def vehicle(desk: Desk, name: str, area: str = NORTH, **columns: Any) -> int:
    return int(desk.insert("devices", {"device": name, "name": f"环卫车 {name}", "domain": "urban", "area": f"{area}001", "kind": "环卫车",
                                       "placement": "none", **columns}, "device_id"))  # fmt: skip


def tell(desk: Desk, device: int, ago: timedelta, **values: float) -> None:
    at = desk.now - ago
    with desk.store.connection() as connection:
        for metric, value in values.items():
            connection.execute("insert into metrics (metric) values (%s) on conflict (metric) do nothing", [metric])
            connection.execute(
                "insert into readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at)"
                " select %s, %s, metric_id, 0, %s, %s, %s from metrics where metric = %s", [at, device, value, at, at, metric])  # fmt: skip
            connection.execute(
                "insert into device_states (device_id, metric_id, quality, value, observed_at, changed_at, updated_at)"
                " select %s, metric_id, 0, %s, %s, %s, %s from metrics where metric = %s on conflict (device_id, metric_id) do update"
                " set value = excluded.value, observed_at = excluded.observed_at", [device, value, at, at, at, metric])  # fmt: skip


def drive(desk: Desk, device: int, minutes: float = 5, step_s: float = 30) -> None:
    for ago in range(int(minutes * 60), -1, -int(step_s)):
        tell(desk, device, timedelta(seconds=ago), lon=119.905, lat=31.785 - ago * 5 * METRE, speed=18.0)


def warning(desk: Desk, title: str, area: str = NORTH, **columns: Any) -> int:
    values = {"source": "weather", "external_id": title, "channel": "weather", "title": title, "area": columns.pop("whole", f"{area}001"),
              "placement": "none", "observed_at": desk.now, "received_at": desk.now, "processed_at": desk.now, **columns}  # fmt: skip
    return int(desk.insert("reports", values, "report_id"))


def test_a_vehicle_has_a_place_a_course_and_the_way_it_came(desk: Desk, app: Flask) -> None:
    drive(desk, vehicle(desk, "truck-1"))
    told = desk.sign_in(app, "duty1").get("/map/movers").json
    (truck,) = told["vehicles"]["rows"]
    assert (truck["lon"], truck["lat"], truck["course"], truck["speed"]) == (119.905, 31.785, 0.0, 18.0)
    assert [len(line) for line in truck["trail"]] == [11]
    assert datetime.fromisoformat(truck["at"]) == desk.now


def test_who_was_not_heard_for_long_is_gone_and_counted(desk: Desk, app: Flask) -> None:
    drive(desk, vehicle(desk, "truck-1"))
    desk.now += timedelta(minutes=20)
    duty = desk.sign_in(app, "duty1")
    (old,) = duty.get("/map/movers").json["vehicles"]["rows"]
    assert (old["trail"], datetime.fromisoformat(old["at"])) == ([], desk.now - timedelta(minutes=20))
    desk.now += timedelta(minutes=20)
    assert desk.sign_in(app, "duty1").get("/map/movers").json["vehicles"] == {"rows": [], "gone": 1, "more": False}


def test_a_moment_that_passed_has_the_vehicles_where_they_were(desk: Desk, app: Flask) -> None:
    drive(desk, vehicle(desk, "truck-1"))
    desk.now += timedelta(hours=3)
    then = (desk.now - timedelta(hours=3, minutes=2)).isoformat().replace("+", "%2B")
    (truck,) = desk.sign_in(app, "duty1").get(f"/map/movers?at={then}").json["vehicles"]["rows"]
    assert truck["lat"] == pytest.approx(31.785 - 120 * 5 * METRE, abs=1e-6)


def test_vehicles_are_worked_out_once_every_few_seconds_for_all_who_see_the_same(desk: Desk, app: Flask) -> None:
    truck = vehicle(desk, "truck-1")
    drive(desk, truck)
    duty, boss = desk.sign_in(app, "duty1"), desk.sign_in(app, "boss")
    duty.get("/map/movers")
    desk.now += timedelta(seconds=4)
    tell(desk, truck, timedelta(0), lon=119.905, lat=31.7851)
    moment = desk.now.isoformat().replace("+", "%2B")
    assert [
        person.get(f"/map/movers{words}").json["vehicles"]["rows"][0]["lat"] for person, words in ((boss, ""), (duty, f"?at={moment}"))
    ] == [31.785, 31.7851]
    desk.now += timedelta(seconds=2)
    assert boss.get("/map/movers").json["vehicles"]["rows"][0]["lat"] == 31.7851


def test_of_one_that_is_still_the_way_it_last_came_is_read_and_no_more(desk: Desk, app: Flask) -> None:
    truck = vehicle(desk, "truck-1")
    drive(desk, truck, minutes=25, step_s=60)
    drive(desk, vehicle(desk, "truck-2"), minutes=1)
    desk.now += timedelta(minutes=4)
    with desk.store.connection() as connection:
        of = desk.config.map.movers
        fixes = list(queries.movers_fixes(
            connection, devices=[truck], lon=of.lon, lat=of.lat, speed=of.speed, course=of.course, at=desk.now, trusted=[0],
            since=desk.now - of.kept, trail=of.trail, each=2_400, limit=1_000,
        ))  # fmt: skip
    assert len(fixes) == 10
    trucks = desk.sign_in(app, "duty1").get("/map/movers").json["vehicles"]["rows"]
    assert [(one["device"], one["course"], one["speed"]) for one in trucks] == [("truck-1", 0.0, 18.0), ("truck-2", 0.0, 18.0)]


def test_nobody_follows_what_is_another_areas(desk: Desk, app: Flask) -> None:
    drive(desk, vehicle(desk, "truck-1", SOUTH))
    assert desk.sign_in(app, "north").get("/map/movers").json["vehicles"]["rows"] == []
    duty = desk.sign_in(app, "duty1")
    assert len(duty.get("/map/movers").json["vehicles"]["rows"]) == 1
    assert duty.get(f"/map/movers?area={NORTH}").json["vehicles"]["rows"] == []


def patrol(desk: Desk, **columns: Any) -> None:
    number = desk.insert("patrols", {"duty_grid": "g1", "area": f"{NORTH}001", "title": "巡查", "worker_id": desk.people["worker1"], "stops": "[]",
                                     "since": desk.now - timedelta(hours=1), "until": desk.now + timedelta(hours=1), "share": 1, "stage": "under_way",
                                     "began_at": desk.now - timedelta(hours=1), "made_by": "duty1", "made_at": desk.now, **columns}, "patrol_id")  # fmt: skip
    for ago in (4, 2, 1):
        at = desk.now - timedelta(minutes=ago)
        desk.insert("patrol_fixes", {"patrol_id": number, "account_id": desk.people["worker1"], "at": at, "lon": 119.905, "lat": 31.785 - ago * 1e-3,
                                     "accuracy_m": 9, "verdict": "good", "received_at": at}, "patrol_id")  # fmt: skip


def test_where_people_walk_is_for_those_who_keep_patrols(desk: Desk, app: Flask) -> None:
    patrol(desk, drill=True)
    (walker,) = desk.sign_in(app, "duty1").get("/map/movers").json["people"]["rows"]
    assert (walker["name"], walker["drill"], len(walker["trail"][0])) == ("worker1", True, 3)
    for stranger in ("boss", "wall"):
        assert desk.sign_in(app, stranger).get("/map/movers").json["people"] is None
    assert desk.with_token(app, "screen", view="/wall").get("/map/movers").json["people"] is None


def test_a_patrol_that_ended_is_followed_no_further(desk: Desk, app: Flask) -> None:
    patrol(desk, stage="done", ended_at=desk.now - timedelta(seconds=30))
    assert desk.sign_in(app, "duty1").get("/map/movers").json["people"]["rows"] == []


def test_a_warning_lies_on_the_ground_it_tells_else_on_its_area(desk: Desk, app: Flask) -> None:
    told = warning(
        desk, "暴雨橙色预警", severity=2, drill=True, extra='{"type": "暴雨", "geometry": {"type": "Polygon", "coordinates": %s}}' % [RING]
    )
    round_one = warning(desk, "大风", severity=3, extra='{"circles": [{"lon": 119.9, "lat": 31.78, "radius_m": 1000}]}')
    bare = warning(desk, "高温", severity=1, whole="320404", ends_at=desk.now + timedelta(hours=1))
    found = desk.sign_in(app, "duty1").get("/map/warnings").json
    assert [(row["id"], row["ground"], row["drill"]) for row in found["warnings"]] == [
        (bare, "area", False), (told, "told", True), (round_one, "told", False),
    ]  # fmt: skip
    assert found["warnings"][1]["geometry"] == {"type": "MultiPolygon", "coordinates": [[RING]]}
    assert len(found["warnings"][2]["geometry"]["coordinates"][0][0]) == 65
    assert found["areas"]["320404"]["type"] == "Polygon"


def test_a_warning_holds_until_it_ends_and_in_the_past_as_it_did(desk: Desk, app: Flask) -> None:
    warning(desk, "大雾", ends_at=desk.now + timedelta(hours=1))
    warning(desk, "解除了", ended_at=desk.now - timedelta(minutes=1), observed_at=desk.now - timedelta(hours=1))
    warning(desk, "误报", stage="dismissed")

    def titles(at: datetime) -> list[str]:
        rows = desk.sign_in(app, "duty1").get(f"/map/warnings?at={at.isoformat().replace('+', '%2B')}").json["warnings"]
        return [row["title"] for row in rows]

    now = desk.now
    assert titles(now) == ["大雾"]
    assert titles(now - timedelta(minutes=30)) == ["解除了"]
    desk.now += timedelta(hours=2)
    assert titles(desk.now) == []


def test_a_warning_of_the_district_holds_in_each_of_its_streets(desk: Desk, app: Flask) -> None:
    warning(desk, "高温", whole="320404")
    warning(desk, "南街内涝", SOUTH)
    rows = desk.sign_in(app, "duty1").get(f"/map/warnings?area={NORTH}").json["warnings"]
    assert [row["title"] for row in rows] == ["高温"]


def test_a_warning_of_the_district_is_told_to_who_sees_one_street_and_one_of_another_street_is_not(desk: Desk, app: Flask) -> None:
    warning(desk, "高温", whole="320404")
    warning(desk, "常州大风", whole="3204")
    warning(desk, "北街内涝")
    warning(desk, "南街内涝", SOUTH)
    warning(desk, "无处", whole="")
    desk.report(title="投诉", area="320404")
    found = desk.sign_in(app, "north").get("/map/warnings").json
    assert sorted(row["title"] for row in found["warnings"]) == ["北街内涝", "常州大风", "高温"]
    assert found["areas"]["320404"]["type"] == "Polygon"


def test_heat_counts_what_happened_and_no_drill(desk: Desk, app: Flask) -> None:
    for n in range(3):
        desk.report(title=f"积水{n}", lon=119.905, lat=31.785)
    desk.report(title="演练", lon=119.905, lat=31.785, drill=True)
    desk.report(title="无址", placement="none")
    desk.report(title="旧", lon=119.905, lat=31.785, observed_at=desk.now - timedelta(days=2))
    told = desk.sign_in(app, "duty1").get("/map/heat").json
    assert (told["count"], told["places"], told["unplaced"], told["drills"], told["whole"]) == (3, 1, 1, 1, True)
    grid = told["grid"]
    values = base64.b64decode(grid["values"])
    assert len(values) == grid["columns"] * grid["rows"]
    west, south, east, north = grid["box"]
    assert west < 119.905 < east
    assert south < 31.785 < north
    assert desk.sign_in(app, "duty1").get("/map/heat?span=3d").json["count"] == 4


@pytest.mark.parametrize("kind", ["alerts", "cases"])
def test_heat_of_what_never_happened_is_empty_and_says_so(desk: Desk, app: Flask, kind: str) -> None:
    told = desk.sign_in(app, "duty1").get(f"/map/heat?of={kind}").json
    assert (told["count"], told["unplaced"], told["grid"]) == (0, 0, None)


def test_heat_of_cases_counts_none_that_was_no_case(desk: Desk, app: Flask) -> None:
    for number, stage in enumerate(("accepted", "closed", "voided", "declined")):
        desk.insert("cases", {"case_number": f"c{number}", "title": "积水", "class_code": "0502", "severity": 3, "stage": stage, "area": f"{NORTH}001",
                              "lon": 119.905, "lat": 31.785, "opened_at": desk.now, "updated_at": desk.now, "source": "grid"}, "case_number")  # fmt: skip
    assert desk.sign_in(app, "duty1").get("/map/heat?of=cases").json["count"] == 2


def test_heat_of_alerts_leaves_out_what_says_only_that_nothing_is_known(desk: Desk, app: Flask) -> None:
    place: dict[str, Any] = {"lon": 119.905, "lat": 31.785}
    desk.alert(title="a", **place)
    desk.alert(title="b", severity=5, **place)
    desk.alert(title="c", verdict="test", **place)
    desk.alert(title="d", drill=True, **place)
    told = desk.sign_in(app, "duty1").get("/map/heat?of=alerts&span=1h").json
    assert (told["count"], told["drills"]) == (1, 1)


@pytest.mark.parametrize("query", ["of=sins", "span=30m", "span=32d", "at=yesterday", "area=x", "nonsense=1"])
def test_a_question_that_cannot_be_meant_is_refused(desk: Desk, app: Flask, query: str) -> None:
    assert desk.sign_in(app, "duty1").get(f"/map/heat?{query}").status_code == 422
