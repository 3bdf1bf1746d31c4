"""The catalogue of indicators: versions that are never rewritten, values others give, figures that open their rows."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from core.indicator_config import COUNTED_NOW
from core.model import EVERYWHERE
from store import counted, definitions, indicator_values
from tests.desk import NORTH, Desk, Person, later

CARD = {"label": "森林覆盖率", "group": "other", "period": "year", "owner": "林业局", "target": 22.5, "why": "纳入年度考核"}


@pytest.fixture
def boss(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "boss")


@pytest.fixture
def admin(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "admin")


def find(person: Person, code: str, query: str = "") -> dict[str, Any]:
    return next(one for one in person.get(f"/catalogue?{query}").json["indicators"] if one["code"] == code)


def send(admin: Person, kind: str, table: str, apply: bool = False) -> dict[str, Any]:
    told = admin.post(f"/catalogue/table?kind={kind}&file=指标.csv{'&apply=true' if apply else ''}", table.encode())
    assert told.status_code == 200, told.json
    return dict(told.json)


def test_the_file_s_cards_stand_in_the_catalogue_before_anybody_recorded_them_and_each_change_of_the_file_is_a_version(
    desk: Desk, boss: Person
) -> None:
    assert find(boss, "hazards_rectified")["version"] == 0
    with desk.store.connection() as connection:
        assert set(definitions.record_file(connection, desk.config, desk.now)) == set(desk.config.cockpit.cards)
        assert definitions.record_file(connection, desk.config, desk.now) == []
    assert find(boss, "hazards_rectified")["version"] == 1
    card = desk.config.cockpit.cards["hazards_rectified"].model_copy(update={"target": 99})
    changed = desk.config.cockpit.model_copy(update={"indicators": {"hazards_rectified": card}})
    with desk.store.connection() as connection:
        config = desk.config.model_copy(update={"cockpit": changed})
        assert definitions.record_file(connection, config, desk.now) == ["hazards_rectified"]
    assert [one["body"]["target"] for one in boss.get("/catalogue/hazards_rectified").json["versions"]] == [99, 95]


def test_what_a_person_says_of_an_indicator_holds_until_the_file_itself_says_otherwise(desk: Desk, admin: Person) -> None:
    with desk.store.connection() as connection:
        definitions.record_file(connection, desk.config, desk.now)
    said = {"label": "设备在线率", "source": "counted", "group": "coverage", "target": 97, "owner": "城运中心", "why": "年中调整"}
    assert admin.ask("PUT", "/catalogue/devices_online", said, If_Match='"7"').status_code == 412
    told = admin.ask("PUT", "/catalogue/devices_online", said, If_Match='"1"')
    assert (told.status_code, told.json["version"], told.headers["ETag"]) == (200, 2, '"2"')
    with desk.store.connection() as connection:
        assert definitions.record_file(connection, desk.config, desk.now) == []
    assert {name: find(admin, "devices_online")[name] for name in ("target", "owner", "by", "why")} == {
        "target": 97, "owner": "城运中心", "by": "admin", "why": "年中调整"
    }  # fmt: skip


def test_a_new_indicator_needs_a_reason_a_code_and_a_source_there_is(boss: Person, admin: Person) -> None:
    made = admin.ask("PUT", "/catalogue/forest_cover", CARD)
    assert (made.status_code, made.json["version"], made.json["origin"]) == (201, 1, "city")
    assert admin.ask("PUT", "/catalogue/forest_cover", {**CARD, "why": ""}).status_code == 422
    assert admin.ask("PUT", "/catalogue/9x", CARD).status_code == 422
    assert admin.ask("PUT", "/catalogue/other", {**CARD, "source": "counted"}).status_code == 422
    assert admin.ask("PUT", "/catalogue/other", {**CARD, "source": "evaluation", "of": "nothing"}).status_code == 422
    assert boss.ask("PUT", "/catalogue/forest_cover", CARD).status_code == 403
    assert find(boss, "forest_cover")["figure"]["value"] is None


def test_versions_and_values_are_never_rewritten_not_even_by_their_owner(desk: Desk, admin: Person) -> None:
    admin.ask("PUT", "/catalogue/forest_cover", CARD)
    send(admin, "values", "编码,时期,数值\nforest_cover,2025,22.1\n", apply=True)
    for query in ("update indicator_definitions set why = ''", "delete from indicator_values"):
        with pytest.raises(psycopg.errors.RaiseException), desk.store.connection() as connection:
            connection.execute(query)


def test_a_table_of_values_is_told_first_and_taken_whole_and_a_corrected_value_is_a_revision(
    desk: Desk, boss: Person, admin: Person
) -> None:
    table = "编码,时期,数值,备注\nbudget_revenue,2026-09,88.2,\nbudget_revenue,2026年10月,97.5,快报\nbudget_revenue,2025-10,90,\n"
    assert send(admin, "values", table)["counts"] == {"faults": 0, "changed": 3, "unchanged": 0}
    assert find(boss, "budget_revenue")["figure"]["value"] is None
    assert send(admin, "values", table, apply=True)["applied"] is True
    told = find(boss, "budget_revenue")
    assert [told[name]["value"] for name in ("figure", "before", "year_before")] == [97.5, 88.2, 90]
    assert (told["figure"]["label"], told["figure"]["source"]) == ("2026-10", "指标.csv")
    again = send(admin, "values", table.replace("97.5", "98"), apply=True)
    assert (again["counts"]["unchanged"], again["changes"][0]["was"]) == (2, 97.5)
    values = boss.get("/catalogue/budget_revenue/values").json["values"]
    assert [(one["value"], one["revision"]) for one in values if str(one["first"]) == "2026-10-01"] == [(98, 2), (97.5, 1)]
    course = boss.get("/catalogue/budget_revenue?count=3").json["course"]
    assert [(one["label"], one["value"]) for one in course] == [("2026-08", None), ("2026-09", 88.2), ("2026-10", 98)]


def test_of_a_table_with_a_fault_nothing_is_taken(desk: Desk, admin: Person) -> None:
    table = "编码,时期,数值\nbudget_revenue,2026-10,97.5\nbudget_revenue,2026Q3,1\narchive_rate,2026-10,3\nbudget_revenue,2026-09,很多\n"
    told = send(admin, "values", table, apply=True)
    assert (told["applied"], [(one["row"], one["column"]) for one in told["faults"]]) == (False, [(3, "时期"), (4, "编码"), (5, "数值")])
    assert desk.rows("select 1 from indicator_values") == []


def test_a_system_gives_values_with_a_token_once_however_often_it_sends_them(desk: Desk, app: Flask, boss: Person) -> None:
    system = desk.with_token(app, "admin")
    body = {"source": "统计局接口", "values": [{"code": "gdp_growth", "period": "2026Q3", "value": 5.4}]}
    for n in (1, 0):
        told = system.post("/catalogue/values", body)
        assert (told.status_code, told.json["counts"]["changed"]) == (200, n)
    assert find(boss, "gdp_growth")["figure"]["value"] == 5.4
    assert (
        system.post("/catalogue/values", {"source": "x", "values": [{"code": "gdp_growth", "period": "2026-9x", "value": 1}]}).status_code
        == 422
    )


def test_a_table_of_definitions_adds_indicators_and_changes_only_what_people_say_of_those_computed_here(
    boss: Person, admin: Person
) -> None:
    table = "编码,名称,分组,周期,责任单位,目标,方向,单位\nunemployment,城镇调查失业率,经济运行,月,人社局,5.5,越低越好,%\narchive_rate,结案率,经济运行,年,城管局,96,,件\n"
    assert send(admin, "definitions", table, apply=True)["counts"]["changed"] == 2
    new, known = find(boss, "unemployment"), find(boss, "archive_rate")
    assert [new[name] for name in ("group", "period", "good", "target", "source")] == ["economy", "month", -1, 5.5, "imported"]
    assert [known[name] for name in ("group", "period", "unit", "owner", "target")] == ["control", "month", "%", "城管局", 96]
    assert send(admin, "definitions", table, apply=True)["counts"] == {"faults": 0, "changed": 0, "unchanged": 2}


def test_every_counted_figure_opens_as_many_rows_as_it_counts(desk: Desk, boss: Person) -> None:
    desk.alert(title="一", acked_at=desk.now)
    desk.alert(title="二")
    desk.alert(title="演练", drill=True)
    desk.report(placement="inside")
    desk.report(title="外", placement="outside")
    later(desk, minutes=5)
    cards = [one for one in boss.get("/catalogue").json["indicators"] if one["source"] == "counted"]
    assert len(cards) == 11
    for one in cards:
        figure = one["figure"]
        for part, n in (("denominator", figure["denominator"]), ("numerator", figure["numerator"])):
            rows = boss.get(f"{one['rows']}&part={part}").json
            assert len(rows["rows"]) == n, (one["code"], part)
    assert find(boss, "alerts_answered")["figure"] | {"from": 0, "to": 0} == {
        "value": 50.0, "numerator": 1, "denominator": 2, "undecided": None, "period": "month", "label": "2026-11", "from": 0, "to": 0,
        "at": None, "source": "counted", "simulated": False,
    }  # fmt: skip
    assert find(boss, "cells_sensed")["figure"]["value"] == 0
    for number, stands_in in enumerate(({}, {"camera": True})):
        values = {"device": f"drill-{number}", "name": "演练", "domain": "water", "area": f"{NORTH}001", "cell_id": 1, "drill": True}
        desk.insert("devices", {**values, "placement": "inside", **stands_in}, "device_id")
    assert [find(boss, code)["figure"]["value"] for code in ("cells_sensed", "cells_watched")] == [0, 0]
    assert find(boss, "patrols_done")["figure"]["value"] is None


def test_a_reader_counts_only_what_lies_in_their_area(desk: Desk, app: Flask, boss: Person) -> None:
    desk.alert(title="北")
    desk.alert(area="320404002", title="南")
    later(desk, minutes=1)
    north = desk.sign_in(app, "north")
    assert find(boss, "alerts_answered")["figure"]["denominator"] == 2
    assert find(north, "alerts_answered")["figure"]["denominator"] == 1
    assert north.get("/catalogue?area=320404002").status_code == 403
    assert [one["street"] for one in boss.get("/catalogue/alerts_answered").json["streets"]] == [NORTH, "320404002"]


def test_what_stands_now_is_compared_with_what_stood_the_day_before(desk: Desk, boss: Person) -> None:
    day = desk.now.astimezone(desk.config.area.zone).date()
    with desk.store.connection() as connection:
        counts = counted.tally(connection, EVERYWHERE, COUNTED_NOW, "320404", None, desk.now)
        assert indicator_values.note_daily(connection, counts, "320404", desk.now, day - timedelta(days=1)) == 2
        assert indicator_values.note_daily(connection, counts, "320404", desk.now, day - timedelta(days=1)) == 0
    told = find(boss, "cells_sensed")
    assert (told["figure"]["value"], told["before"]["value"], told["year_before"]["value"]) == (0, 0, None)


def test_the_hotline_s_rates_open_the_rows_of_evaluation(boss: Person) -> None:
    told = find(boss, "solve_rate")
    assert told["rows"].startswith("/indicators/hotline/solve_rate/rows?")
    assert boss.get(f"{told['rows']}&part=denominator").status_code == 200
    assert told["formula_id"].startswith("solve_rate.")
