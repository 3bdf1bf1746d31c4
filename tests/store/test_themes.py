"""Theme pages: lists as the configuration says, what is planned says so, and whoever may not open one is told."""

from typing import Any

import pytest
from flask import Flask

from core.menu_config import ModuleConfig
from core.theme_config import ThemeListConfig
from tests.desk import NORTH, SOUTH, Desk, Person


@pytest.fixture
def boss(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "boss")


def fill(desk: Desk) -> None:
    """One of each, a drill of each, and one in another street."""
    for street, drill in ((NORTH, False), (NORTH, True), (SOUTH, False)):
        mark = f"{street[-1]}{int(drill)}"
        area = f"{street}001"
        device = desk.insert(
            "devices", {"device": f"gas-{mark}", "name": f"燃气 {mark}", "domain": "emergency", "area": area, "drill": drill}, "device_id"
        )
        with desk.store.connection() as connection:
            connection.execute("insert into metrics (metric, unit) values ('gas', '%%LEL'), ('water_level', 'm') on conflict do nothing")
            connection.execute(
                "insert into device_states (device_id, metric_id, quality, value, observed_at, changed_at, updated_at) "
                "select %s, metric_id, 0, 7.5, %s, %s, %s from metrics where metric = 'gas'", [device, desk.now, desk.now, desk.now],
            )  # fmt: skip
        desk.alert(street, title=f"泄漏{mark}", class_code="0504", device_id=device, severity=1, drill=drill)
        works = desk.insert("enterprises", {"code": f"E{mark}", "name": f"冷库 {mark}", "kind": "ammonia", "area": area, "risk": 1, "drill": drill,
                                            "created_at": desk.now, "updated_at": desk.now}, "enterprise_id")  # fmt: skip
        desk.insert("hazards", {"title": f"隐患{mark}", "level": "major", "area": area, "enterprise_id": works, "found_at": desk.now, "found_name": "x",
                                "updated_at": desk.now, "drill": drill}, "hazard_id")  # fmt: skip


def read(person: Person, path: str) -> dict[str, Any]:
    told = person.get(path)
    assert told.status_code == 200, told.json
    return dict(told.json)


def test_every_list_of_every_theme_counts_the_rows_it_opens_and_no_drill(desk: Desk, boss: Person) -> None:
    fill(desk)
    counted: dict[str, int] = {}
    for one in read(boss, "/themes")["themes"]:
        theme = read(boss, f"/themes/{one['name']}?rows=1")
        assert one["planned"] == sum(1 for held in theme["lists"] if held["planned"])
        for held in theme["lists"]:
            rows = read(boss, f"/themes/{one['name']}/{held['list']}?limit=500")["rows"]
            assert (held["n"] or 0) == len(rows)
            assert (held["n"] is None) == bool(held["planned"])
            counted[f"{one['name']}.{held['list']}"] = len(rows)
    expected = {"park.risks": 2, "park.hazards": 2, "park.warnings": 2, "park.sensors": 2, "chemicals.detectors": 2, "chemicals.leaks": 2,
                "chemicals.sites": 2, "chemicals.hazards": 2}  # fmt: skip
    assert {name: n for name, n in counted.items() if n} == expected
    (first, *_) = read(boss, "/themes/chemicals/detectors")["rows"]
    assert (first["severity"], first["state"], first["told"][0]["value"]) == (1, "speaking", 7.5)


def test_a_list_is_of_the_theme_s_areas_and_of_the_reader_s(desk: Desk, app: Flask, boss: Person) -> None:
    fill(desk)
    north = desk.sign_in(app, "north")
    assert (read(boss, "/themes/park/risks")["n"], read(north, "/themes/park/risks")["n"]) == (2, 1)
    themes = {"park": desk.config.themes["park"].model_copy(update={"areas": (SOUTH,)})}
    desk.config = desk.config.model_copy(update={"themes": themes})
    assert [row["key"] for row in read(boss, "/themes/park/risks")["rows"]] == ["E20"]
    assert read(north, "/themes/park/risks")["n"] == 0


def test_a_page_of_a_list_goes_on_where_it_ended(desk: Desk, boss: Person) -> None:
    fill(desk)
    first = read(boss, "/themes/park/risks?limit=1")
    second = read(boss, f"/themes/park/risks?limit=1&next={first['next']}")
    assert sorted(one["rows"][0]["key"] for one in (first, second)) == ["E10", "E20"]
    assert (first["count"], second["next"]) == (2, None)
    assert boss.get("/themes/park/risks?limit=0").status_code == 422


def test_water_s_tags_and_every_kind_of_list_can_be_asked_for(desk: Desk, boss: Person) -> None:
    fill(desk)
    lists = {kind: ThemeListConfig.model_validate({"label": kind, "of": kind})
             for kind in ("devices", "enterprises", "hazards", "alerts", "cases", "complaints", "resources")}  # fmt: skip
    theme = desk.config.themes["water"]
    desk.config = desk.config.model_copy(update={"themes": {"water": theme, "all": theme.model_copy(update={"lists": lists})}})
    assert [one["n"] for one in read(boss, "/themes/all")["lists"]] == [2, 2, 2, 2, 0, 0, 0]
    assert read(boss, "/themes/water/disaster")["n"] == 0


def test_who_may_not_open_a_theme_is_told_and_does_not_see_it_listed(desk: Desk, app: Flask, boss: Person) -> None:
    menu = {
        "parks": ModuleConfig(path="/analysis/themes/park", label="园区", roles=("duty",)),
        "sea": ModuleConfig(path="/analysis/themes/sea", label="海", off=True),
    }
    desk.config = desk.config.model_copy(update={"menu": menu})
    duty = desk.sign_in(app, "duty1")
    assert (boss.get("/themes/park").status_code, boss.get("/themes/park/risks").status_code, duty.get("/themes/park").status_code) == (
        403,
        403,
        200,
    )
    assert duty.get("/themes/sea").status_code == 403
    assert [one["name"] for one in read(boss, "/themes")["themes"]][:2] == ["chemicals", "mines"]
    assert boss.get("/themes/moon").status_code == 404
