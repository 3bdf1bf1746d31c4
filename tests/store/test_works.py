"""Planned works and events: written down, changed, withdrawn, brought in a file, told beside what happens near, and quiet about it."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from cli.import_works import works as command
from tests.desk import NORTH, SOUTH, Desk, Person, later

LINE = {"type": "LineString", "coordinates": [[119.901, 31.785], [119.909, 31.785]]}
ACROSS = {"type": "MultiPoint", "coordinates": [[119.905, 31.785], [119.905, 31.705]]}
WHOLE = {"title": "童子河路雨污水管网改造", "kind": "pipes", "shape": LINE, "operator": "某市政公司", "note": "占用两车道"}


def write(desk: Desk, person: Person, span: tuple[float, float] = (-24, 240), **fields: Any) -> Any:
    starts, ends = (desk.now.fromtimestamp(desk.now.timestamp() + 3600 * each, desk.now.tzinfo).isoformat() for each in span)
    return person.post("/works", {**WHOLE, "starts_at": starts, "ends_at": ends, **fields})


def near(person: Person, lon: float = 119.905, lat: float = 31.7855, class_code: str = "") -> list[dict[str, Any]]:
    answer = person.get(f"/works/near?lon={lon}&lat={lat}&class={class_code}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["works"])


def test_a_work_has_a_place_a_span_and_whoever_wrote_it(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    made = write(desk, officer, code="SG-2026-001")
    assert made.status_code == 201, made.json
    told = made.json
    assert (told["area"], told["state"], told["at_work"], told["source"]) == (f"{NORTH}001", "under_way", True, "hand")
    assert [one["act"] for one in told["audit"]] == ["add"]
    assert write(desk, officer, code="SG-2026-001").status_code == 422, "the code is taken"
    blind = officer.ask("PUT", f"/works/{told['id']}", {"note": "封闭"})
    assert blind.status_code == 428
    changed = officer.ask("PUT", f"/works/{told['id']}", {"hours": "22:00-06:00"}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json["hours"], changed.json["note"]) == (200, "22:00-06:00", "占用两车道")
    assert changed.json["audit"][-1]["detail"] == {"changed": ["hours"]}
    assert officer.ask("PUT", f"/works/{told['id']}", {"note": "x"}, If_Match=made.headers["ETag"]).status_code == 412


def test_what_is_emptied_in_a_change_is_taken_away_and_what_is_left_out_stays(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    desk.insert("units", {"code": "W1", "name": "水务局", "area": "320404"}, "unit_id")
    made = write(desk, officer, unit="W1", radius_m=120, hours="22:00-06:00")
    assert [made.json[name] for name in ("unit_code", "unit", "radius_m")] == ["W1", "水务局", 120]
    address, tag = f"/works/{made.json['id']}", made.headers["ETag"]
    kept = officer.ask("PUT", address, {"title": "改名"}, If_Match=tag)
    assert [kept.json[name] for name in ("unit_code", "radius_m", "hours", "note")] == ["W1", 120, "22:00-06:00", WHOLE["note"]]
    gone = {"unit": "", "radius_m": 0, "hours": "", "note": "", "operator": ""}
    emptied = officer.ask("PUT", address, gone, If_Match=kept.headers["ETag"])
    assert (emptied.status_code, emptied.json["unit_code"]) == (200, None), emptied.json
    assert [emptied.json[name] for name in ("radius_m", "hours", "note", "operator", "title")] == [0, "", "", "", "改名"]
    assert officer.ask("PUT", address, {"title": ""}, If_Match=emptied.headers["ETag"]).status_code == 422


def test_a_map_is_given_the_shapes_of_the_state_it_asks_for(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    write(desk, officer)
    write(desk, officer, (24, 48), title="明日活动", kind="event", shape=None, lon=119.905, lat=31.785, radius_m=200)
    write(desk, officer, (-48, -24), title="已完工")
    answer = officer.get("/works?format=geojson&state=under_way")
    assert answer.content_type == "application/geo+json"
    [line] = answer.json["features"]
    assert (line["geometry"]["type"], line["properties"]["kind"]) == ("LineString", "pipes")
    assert [one["title"] for one in officer.get("/works?state=planned").json["works"]] == ["明日活动"]
    assert len(officer.get("/works").json["works"]) == 3
    assert desk.with_token(app, "screen", view="wall").get("/works?format=geojson").status_code == 200


def test_what_lies_near_is_told_with_distance_relation_and_what_it_may_explain(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    write(desk, officer, (-24, 240), kind="road")
    write(desk, officer, (-24, -1), title="刚结束", kind="road")
    [works] = [near(officer, class_code="0301")]
    assert [(one["title"], one["relation"], one["likely"]) for one in works] == [
        (WHOLE["title"], "during", True), ("刚结束", "after", True)
    ]  # fmt: skip
    assert 40 < works[0]["distance_m"] < 70
    assert [one["likely"] for one in near(officer, class_code="0501")] == [False, False]
    assert near(officer, lat=31.80) == [], "too far"
    later(desk, hours=8)
    assert len(near(desk.sign_in(app, "duty1"))) == 1, "its linger is over"


def test_a_work_keeps_no_alert_quiet(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    write(desk, officer)
    alert = desk.alert(lon=119.905, lat=31.785)
    told = officer.get(f"/alerts/{alert}").json
    assert (told["hold"], told["stage"]) == ("none", "unack")
    assert desk.rows("select 1 from silences") == []


def test_it_is_withdrawn_and_reopened_with_a_reason(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    number = write(desk, officer).json["id"]
    assert officer.post(f"/works/{number}/acts", {"act": "withdraw"}).status_code == 422
    gone = officer.post(f"/works/{number}/acts", {"act": "withdraw", "note": "改期"})
    assert (gone.json["state"], gone.json["acts"], near(officer)) == ("withdrawn", ["reopen"], [])
    assert officer.get("/works").json["works"] == []
    assert officer.post(f"/works/{number}/acts", {"act": "reopen", "note": "恢复"}).json["state"] == "under_way"
    assert desk.sign_in(app, "boss").post(f"/works/{number}/acts", {"act": "withdraw", "note": "x"}).status_code == 403


def test_who_has_one_of_its_areas_sees_it_and_who_has_all_may_change_it(desk: Desk, app: Flask) -> None:
    officer, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "north")
    both = write(desk, officer, shape=ACROSS).json
    assert (both["area"], both["areas"]) == ("320404", [f"{NORTH}001", f"{SOUTH}001"])
    write(desk, officer, title="南边", shape={"type": "Point", "coordinates": [119.905, 31.705]})
    seen = north.get("/works")
    assert seen.status_code == 200, seen.json
    assert [(one["title"], one["acts"]) for one in seen.json["works"]] == [(WHOLE["title"], [])]
    assert [one["title"] for one in officer.get(f"/works?area={SOUTH}").json["works"]] == ["南边", WHOLE["title"]]
    assert write(desk, north, shape=ACROSS).status_code == 422
    assert write(desk, north).status_code == 201


def test_what_is_no_work_is_refused_whole(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    wrong: list[dict[str, Any]] = [
        {"kind": "party"}, {"hours": "night"}, {"ends_at": "2020-01-01T00:00:00+08:00"}, {"shape": {"type": "Circle"}},
        {"shape": {"type": "Point", "coordinates": [100, 20]}}, {"title": ""}, {"shape": None}, {"colour": "red"}, {"radius_m": 9000},
        {"starts_at": "soon"}, {"unit": "nobody"},
    ]  # fmt: skip
    assert [write(desk, officer, **fields).status_code for fields in wrong] == [422] * len(wrong)
    assert desk.rows("select 1 from planned_works") == []


def test_a_file_is_looked_at_first_and_taken_whole(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    text = (
        "许可证号,项目名称,类型,开工日期,竣工日期,每日时段,经度,纬度,范围\n"
        "A1,道路铣刨,道路施工,2026-11-20,2026-11-30,22:00-06:00,,,119.901 31.785; 119.909 31.785\n"
        "A2,音乐节,大型活动,2026-11-28 18:00,2026/11/28 23:00,,119.905,31.785,\n"
    )
    look = officer.post("/works/table?file=works.csv", text.encode())
    assert (look.status_code, look.json["applied"], look.json["counts"]["created"]) == (200, False, 2), look.json
    assert desk.rows("select 1 from planned_works") == []
    bad = officer.post("/works/table?file=works.csv&apply=true", (text + "A3,无地点,道路施工,2026-11-20,2026-11-30,,,,\n").encode())
    assert (bad.json["applied"], bad.json["rows"][-1]["key"]) == (False, "missing")
    assert officer.post("/works/table?file=works.csv&apply=true", text.encode()).json["applied"] is True
    again = officer.post("/works/table?file=works.csv&apply=true", text.replace("音乐节", "音乐会").encode()).json
    assert [(one["verdict"], one["changed"]) for one in again["rows"]] == [("unchanged", []), ("changed", ["title"])]
    assert desk.sign_in(app, "boss").post("/works/table?file=works.csv", text.encode()).status_code == 403


def test_the_command_takes_what_the_page_takes(
    desk: Desk, app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    file = tmp_path / "works.csv"
    file.write_text("编号,名称,类型,开始时间,结束时间,经度,纬度\nB1,拆除,拆除作业,2026-11-20,2026-11-30,119.905,31.785\n", encoding="utf-8")
    dry = CliRunner().invoke(command, [str(file), "--dry-run"])
    assert (dry.exit_code, desk.rows("select 1 from planned_works")) == (0, []), dry.output
    assert CliRunner().invoke(command, [str(file)]).exit_code == 0
    assert [one["source"] for one in desk.sign_in(app, "duty1").get("/works").json["works"]] == ["works.csv"]
