"""Units, rosters, substitutions and patrols through the door, as people of every role."""

from datetime import timedelta

from flask import Flask

from tests.desk import NORTH, Desk

UNIT = {"name": "北街道", "kind": "street", "level": 3, "area": NORTH, "posts": [{"name": "网格员", "role": "grid_worker", "seats": 2}]}


def test_an_admin_builds_the_tree_and_everybody_reads_it(desk: Desk, app: Flask) -> None:
    admin, officer = desk.sign_in(app, "admin"), desk.sign_in(app, "duty1")
    assert admin.ask("PUT", "/units/N", UNIT).status_code == 201
    assert admin.ask("PUT", "/units/N", {"name_en": "North"}).status_code == 200
    assert admin.post(f"/people/{desk.people['worker1']}/acts", {"act": "move", "unit": "N", "post": "网格员"}).status_code == 200
    told = officer.get("/units").json
    assert [(unit["code"], unit["name"], unit["name_en"], unit["people"]) for unit in told["units"]] == [("N", "北街道", "North", 1)]
    assert (told["layout"], told["kinds"]["command"]["levels"]) == ({"supervision": 1, "command": 1, "management": 3, "grid": 4}, [2])
    [member] = officer.get("/units/N").json["members"]
    assert ("login" in member, member["post"], member["duty_grids"]) == (False, "网格员", ["g1"])
    assert "login" in admin.get("/units/N").json["members"][0]
    assert officer.ask("PUT", "/units/N", {"name": "我的"}).status_code == 403
    assert admin.post("/units/N/acts", {"act": "end"}).status_code == 409


def test_what_cannot_be_meant_is_refused_with_words(desk: Desk, app: Flask) -> None:
    admin = desk.sign_in(app, "admin")
    admin.ask("PUT", "/units/N", UNIT)
    today = f"{desk.now:%Y-%m-%d}"
    tries = (
        ("PUT", "/units/S", {"name": "南"}, "area, kind, level: a new unit needs it"), ("PUT", "/units/N", {"level": "3"}, "level: a whole number"),
        ("PUT", "/units/N", {"posts": [{"name": "x", "role": "king"}]}, "none of wall"), ("PUT", "/units/N", {"colour": 1}, "unknown field"),
        ("PUT", "/units/N", {"parent": "N"}, "itself or below"), ("POST", f"/people/{2**40}/acts", {"act": "move"}, "nobody has"),
        ("POST", "/rosters", {"duty_grid": "g1", "from": "soon", "worker": "worker1", "shift": "day"}, "no day"),
        ("POST", "/rosters", {"duty_grid": "g1", "from": today, "shift": "day"}, "say who"),
        ("POST", "/rosters", {"duty_grid": "g1", "from": today, "worker": "worker1"}, "say when"),
        ("POST", "/substitutions", {"for": "worker1", "stand_in": "worker1", "until": "2026-12-01T00:00:00Z", "why": "x"}, "for himself"),
        ("POST", "/substitutions", {"for": "worker1", "stand_in": "worker2", "until": "2026-12-01T00:00:00Z"}, "needs a note"),
        ("POST", "/patrols/plans", {"duty_grid": "g1", "title": "x", "starts": "9", "ends": "10:00"}, "no time of day"),
        ("GET", "/rosters?days=99", None, "from 1 to 35"), ("GET", "/patrols?stage=lost", None, "none of planned"),
    )  # fmt: skip
    for method, path, body, words in tries:
        answer = admin.ask(method, path, body)
        assert (answer.status_code, words in answer.json["detail"]) == (422, True), (path, body, answer.json)


def test_a_dispatcher_keeps_rosters_and_a_taken_shift_is_a_conflict_that_names_the_way(desk: Desk, app: Flask) -> None:
    dispatcher, officer = desk.sign_in(app, "dispatcher"), desk.sign_in(app, "duty1")
    wish = {"duty_grid": "g1", "people": ["worker1", "worker2"], "pattern": ["day", "night"], "from": "2026-11-21"}
    assert officer.post("/rosters", wish).status_code == 403
    made = dispatcher.post("/rosters", wish)
    assert (made.status_code, len(made.json["rosters"])) == (201, 2)
    taken = dispatcher.post("/rosters", {**wish, "people": ["worker2"], "pattern": ["day"], "until": "2026-11-23"})
    assert (taken.status_code, taken.json["allowed"]) == (409, ["replace"])
    assert (
        dispatcher.post("/rosters", {**wish, "people": ["worker2"], "pattern": ["day"], "until": "2026-11-23", "replace": True}).status_code
        == 201
    )
    away = {"for": "worker2", "stand_in": "worker1", "from": "2026-11-22T00:00:00Z", "until": "2026-11-22T04:00:00Z", "why": "体检"}
    number = dispatcher.post("/substitutions", away).json["substitution"]
    assert dispatcher.post("/substitutions", away).status_code == 409
    told = officer.get("/rosters?from=2026-11-21&days=3&duty_grid=g1").json
    [grid] = told["grids"]
    assert [turn["title"] for turn in grid["turns"] if turn["shift"] == "day"] == ["worker2", "worker2", "worker1"]
    assert [len(turn["stand_ins"]) for turn in grid["turns"] if turn["shift"] == "day"] == [0, 1, 0]
    assert dispatcher.post(f"/substitutions/{number}/acts", {"act": "end"}).status_code == 200
    last = grid["turns"][-1]
    assert dispatcher.post(f"/rosters/{last['roster']}/acts", {"act": "end", "from": "2026-11-22"}).status_code == 200
    [ended] = officer.get("/rosters?from=2026-11-22&days=2&duty_grid=g1").json["grids"]
    assert [flaw["kind"] for flaw in ended["flaws"]] == ["gap", "gap"]


def test_a_patrol_goes_from_the_desk_to_the_phone_and_back(desk: Desk, app: Flask) -> None:
    dispatcher, worker, other = desk.sign_in(app, "dispatcher"), desk.sign_in(app, "worker1"), desk.sign_in(app, "duty1")
    until = (desk.now + timedelta(hours=2)).isoformat()
    body = {"duty_grid": "g1", "title": "桥涵巡查", "from": desk.now.isoformat(), "until": until, "cells": [1], "share": 1}
    made = dispatcher.post("/patrols", body)
    assert made.status_code == 201, made.json
    patrol_id = made.json["id"]
    [mine] = worker.get("/patrols?mine=true&stage=planned,under_way").json["patrols"]
    assert (mine["id"], mine["acts"]) == (patrol_id, ["check_in"])
    desk.now += timedelta(minutes=10)
    walk = {"fixes": [{"at": (desk.now - timedelta(minutes=1)).isoformat(), "lon": 119.905, "lat": 31.785, "accuracy_m": 9}]}
    taken = worker.post(f"/patrols/{patrol_id}/track", walk)
    assert (taken.status_code, taken.json["taken"], taken.json["patrol"]["stage"]) == (200, {"good": 1}, "done")
    assert (taken.json["verdict"], taken.json["patrol"].keys() & {"track", "audit"}) == ("good", set())
    again = worker.post(f"/patrols/{patrol_id}/track", walk).json
    assert (again["taken"], again["verdict"]) == ({}, "good")
    assert other.post(f"/patrols/{patrol_id}/track", walk).status_code == 403
    ahead = {"fixes": [{**walk["fixes"][0], "at": (desk.now + timedelta(hours=5, minutes=-3)).isoformat()}]}
    clock = {"X_Yiping_Phone_Time": (desk.now + timedelta(hours=5)).isoformat()}
    late = worker.post(f"/patrols/{patrol_id}/track", ahead, **clock)
    assert late.json["taken"] == {"good": 1}, "a phone five hours ahead was there three minutes ago"
    assert worker.post(f"/patrols/{patrol_id}/track", {"fixes": [{"lon": 1, "lat": 1}]}).status_code == 422
    assert other.post(f"/patrols/{patrol_id}/acts", {"act": "cancel", "note": "晚了"}).status_code == 409
    plan = {
        "duty_grid": "g1",
        "title": "夜巡",
        "starts": "19:00",
        "ends": "21:00",
        "points": [{"name": "桥头", "lon": 119.905, "lat": 31.785}],
    }
    number = dispatcher.post("/patrols/plans", plan).json["plan"]
    assert [one["title"] for one in dispatcher.get("/patrols/plans").json["plans"]] == ["夜巡"]
    assert dispatcher.post(f"/patrols/plans/{number}/acts", {"act": "end"}).status_code == 200
