"""Screens on a database: they beat and hear what to show; people and grave incidents take them for a while; links are revoked."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, Desk, Person, later


def made(admin: Person, app: Flask, **words: Any) -> tuple[int, Person]:
    """A screen and the browser before it."""
    answer = admin.post("/screens", {"name": "大厅", "view": "/wall", "areas": ["320404"], **words})
    assert answer.status_code == 201, answer.json
    return answer.json["screen_id"], Person(app.test_client(), token=answer.json["link"].removeprefix("/screen/"))


def show(screen: Person, **told: Any) -> Mapping[str, Any]:
    answer = screen.post("/screens/me/beat", {"address": "/wall", "sequence": 7, "age_s": 10.0, **told})
    assert answer.status_code == 200, answer.json
    shown: Mapping[str, Any] = answer.json["show"]
    return shown


def incident(desk: Desk, severity: int = 1, area: str = NORTH, **columns: Any) -> int:
    values = {"title": "化工园区泄漏", "class_code": "0504", "domain": "emergency", "severity": severity, "stage": "open", "area": f"{area}001",
              "lon": 119.9, "lat": 31.7, "opened_at": desk.now, "updated_at": desk.now, **columns}  # fmt: skip
    return int(desk.insert("incidents", values, "incident_id"))


@pytest.fixture
def admin(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "admin")


@pytest.fixture
def duty(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "duty1")


def test_a_new_screen_is_heard_with_its_first_beat_and_what_it_drew_is_told(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, screen = made(admin, app)
    assert admin.get(f"/screens/{screen_id}").json["seen_at"] is None
    assert show(screen, heap_mb=41.5, nodes=3100, width=7680, height=2160) == {
        "key": "home:", "why": "home", "address": None, "title": "", "by": "", "until": None,
    }  # fmt: skip
    row = admin.get("/screens").json["screens"][0]
    assert (row["present"], row["shown"]["sequence"], row["shown"]["heap_mb"]) == (True, 7, 41.5)
    later(desk, seconds=16)
    assert admin.get(f"/screens/{screen_id}").json["present"] is False


def test_the_secret_of_a_link_stands_nowhere_and_opens_its_view(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, screen = made(admin, app, view="/wall/water")
    assert screen.token not in str(desk.rows("select to_jsonb(t) from tokens t union all select to_jsonb(a) from audit a"))
    answer = app.test_client().get(f"/screen/{screen.token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/wall/water")
    assert "link" not in admin.get(f"/screens/{screen_id}").json


def test_a_token_of_the_command_line_becomes_a_screen_by_its_beat(desk: Desk, app: Flask, admin: Person) -> None:
    show(desk.with_token(app, "screen", view="/wall"))
    assert [(one["name"], one["view"]) for one in admin.get("/screens").json["screens"]] == [("screen", "/wall")]


def test_who_is_no_screen_does_not_beat(desk: Desk, app: Flask, duty: Person) -> None:
    assert duty.post("/screens/me/beat", {}).status_code == 403
    assert desk.sign_in(app, "wall").post("/screens/me/beat", {}).status_code == 403
    assert duty.get("/screens").json["screens"] == []


def test_a_scene_is_cast_for_a_while_and_given_back(desk: Desk, app: Flask, admin: Person, duty: Person) -> None:
    screen_id, screen = made(admin, app, home="/wall?measure=aqi")
    scene = duty.post("/scenes", {"name": "防汛", "address": "/wall/water?layers=cameras"}).json["scene_id"]
    cast = duty.post("/casts", {"screens": [screen_id], "scene_id": scene, "for_s": 600}).json["casts"][0]
    shown = show(screen)
    assert (shown["address"], shown["by"], shown["why"]) == ("/wall/water?layers=cameras", "duty1", "scene")
    assert duty.get("/screens").json["screens"][0]["cast"]["title"] == "防汛"
    assert duty.ask("DELETE", f"/casts/{cast['cast_id']}").status_code == 200
    assert show(screen)["address"] == "/wall?measure=aqi"
    duty.post("/casts", {"screens": [screen_id], "scene_id": scene, "for_s": 600})
    assert show(screen)["why"] == "scene"
    later(desk, seconds=600)
    assert show(screen)["why"] == "home"
    assert [one["ended_by"] for one in duty.get("/casts?all=true").json["casts"]] == [None, "duty1"]
    assert duty.get("/casts").json["casts"] == []
    acts = [row["act"] for row in desk.rows("select act from audit where noun = 'screen' order by audit_id")]
    assert acts == ["create", "cast", "give_back", "cast"]


def test_an_incident_is_cast_over_the_screens_own_view(desk: Desk, app: Flask, admin: Person, duty: Person) -> None:
    screen_id, screen = made(admin, app, home="/wall?measure=aqi")
    number = incident(desk, severity=3)
    assert duty.post("/casts", {"screens": [screen_id], "incident_id": number}).status_code == 201
    shown = show(screen)
    assert (shown["address"], shown["severity"]) == (f"/wall?measure=aqi&incident={number}", 3)
    assert duty.post("/casts", {"screens": [screen_id], "incident_id": 10**6}).status_code == 404


def test_a_screen_shows_only_what_it_is_bound_to(desk: Desk, app: Flask, admin: Person, duty: Person) -> None:
    screen_id, _ = made(admin, app, view="/wall/water")
    assert duty.post("/casts", {"screens": [screen_id], "address": "/wall/urban"}).status_code == 422
    assert duty.post("/casts", {"screens": [screen_id], "address": "/duty"}).status_code == 422
    assert admin.post("/screens", {"name": "二", "view": "/wall/water", "home": "/wall"}).status_code == 422
    assert admin.post("/screens", {"name": "三", "areas": ["110101"]}).status_code == 422


def test_a_grave_incident_takes_a_screen_once_and_gives_it_back(desk: Desk, app: Flask, admin: Person) -> None:
    _, screen = made(admin, app)
    incident(desk, severity=2)
    assert show(screen)["why"] == "home"
    number = incident(desk)
    shown = show(screen)
    assert (shown["why"], shown["incident_id"], shown["by"]) == ("takeover", number, "system")
    later(desk, minutes=4)
    assert show(screen)["key"] == shown["key"]
    later(desk, minutes=1)
    assert show(screen)["why"] == "home"
    later(desk, seconds=3)
    assert show(screen)["why"] == "home"


def test_a_takeover_ends_with_its_incident_and_by_hand(desk: Desk, app: Flask, admin: Person, duty: Person) -> None:
    _, screen = made(admin, app)
    first = incident(desk)
    assert show(screen)["incident_id"] == first
    desk.rows("update incidents set stage = 'closed' where incident_id = %s returning 1", first)
    assert show(screen)["why"] == "home"
    incident(desk)
    duty.ask("DELETE", f"/casts/{show(screen)['cast_id']}")
    assert show(screen)["why"] == "home"


def test_incidents_take_screens_of_their_area_and_domain_that_may_be_taken(desk: Desk, app: Flask, admin: Person) -> None:
    screens = {
        "south": made(admin, app, name="南", areas=["320404002"])[1],
        "water": made(admin, app, name="水", view="/wall/water")[1],
        "never": made(admin, app, name="不", taken=False)[1],
        "emergency": made(admin, app, name="急", view="/wall/emergency")[1],
    }
    incident(desk)
    assert [name for name, screen in screens.items() if show(screen)["why"] == "takeover"] == ["emergency"]


def test_an_incident_nothing_was_heard_of_for_long_takes_no_screen_that_comes_late(desk: Desk, app: Flask, admin: Person) -> None:
    _, screen = made(admin, app)
    incident(desk)
    later(desk, minutes=31)
    assert show(screen)["why"] == "home"


def test_scenes_of_a_playlist_take_turns_and_a_withdrawn_one_is_passed_over(desk: Desk, app: Flask, admin: Person) -> None:
    scenes = [
        admin.post("/scenes", {"name": name, "address": address}).json["scene_id"]
        for name, address in (("甲", "/wall"), ("乙", "/wall/urban"))
    ]
    slots = [{"scene_id": scene, "dwell_s": 30} for scene in scenes]
    playlist = admin.post("/playlists", {"name": "日常", "scenes": slots}).json
    screen_id, screen = made(admin, app, playlist_id=playlist["playlist_id"])
    seen = []
    for _ in range(4):
        seen.append(show(screen)["title"])
        later(desk, seconds=30)
    assert seen in (["甲", "乙"] * 2, ["乙", "甲"] * 2)
    admin.ask("DELETE", f"/scenes/{scenes[0]}")
    assert {show(screen)["title"], show(screen)["why"]} == {"乙", "playlist"}
    admin.ask("DELETE", f"/playlists/{playlist['playlist_id']}")
    assert show(screen)["why"] == "home"
    assert admin.get(f"/screens/{screen_id}").json["playlist"] is None


def test_a_page_loaded_before_the_order_loads_anew_and_one_loaded_since_does_not(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, screen = made(admin, app)
    admin.post(f"/screens/{screen_id}/acts", {"act": "reload"})
    later(desk, seconds=3)
    beats = [screen.post("/screens/me/beat", {"age_s": age}).json["reload"] for age in (1000.0, 3.5, 1.0)]
    assert beats == [True, True, False]


def test_a_revoked_link_sees_nothing_and_a_renewed_one_is_the_same_screen(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, screen = made(admin, app)
    link = admin.post(f"/screens/{screen_id}/acts", {"act": "renew"}).json["link"]
    assert screen.post("/screens/me/beat", {}).status_code == 401
    renewed = Person(app.test_client(), token=link.removeprefix("/screen/"))
    assert renewed.post("/screens/me/beat", {}).json["screen"]["id"] == screen_id
    admin.post(f"/screens/{screen_id}/acts", {"act": "revoke"})
    assert renewed.post("/screens/me/beat", {}).status_code == 401
    assert admin.get("/screens").json["screens"] == []
    assert app.test_client().get(link).status_code == 401


def test_who_sees_a_part_of_what_a_screen_shows_neither_steers_it_nor_hears_of_it(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, _ = made(admin, app)
    north_id, _ = made(admin, app, name="北", areas=[NORTH])
    officer = desk.sign_in(app, "north")
    assert [one["screen_id"] for one in officer.get("/screens").json["screens"]] == [north_id]
    assert officer.post("/casts", {"screens": [screen_id], "address": "/wall"}).status_code == 404
    assert officer.post("/casts", {"screens": [north_id], "address": "/wall"}).status_code == 201


def test_a_cast_to_several_screens_stands_on_all_or_on_none(desk: Desk, app: Flask, admin: Person, duty: Person) -> None:
    ids = [made(admin, app, name=name)[0] for name in ("左", "右")]
    assert duty.post("/casts", {"screens": [*ids, 10**6], "address": "/wall"}).status_code == 404
    assert duty.get("/casts").json["casts"] == []
    assert len(duty.post("/casts", {"screens": ids, "address": "/wall", "for_s": None}).json["casts"]) == 2


def test_who_sees_a_part_of_what_a_screen_shows_does_not_change_what_it_plays(desk: Desk, app: Flask, admin: Person) -> None:
    officer = desk.sign_in(app, "north")
    scene = officer.post("/scenes", {"name": "甲", "address": "/wall"}).json["scene_id"]
    slots = {"scenes": [{"scene_id": scene, "dwell_s": 30}]}
    playlist = officer.post("/playlists", {"name": "日常", **slots}).json["playlist_id"]
    acts = [
        ("PUT", f"/scenes/{scene}", {"name": "甲", "address": "/wall/urban"}), ("PUT", f"/playlists/{playlist}", {"name": "夜间", **slots}),
        ("DELETE", f"/playlists/{playlist}", None), ("DELETE", f"/scenes/{scene}", None),
    ]  # fmt: skip

    def answers() -> list[int]:
        versions = {row["path"]: row["version"] for row in desk.rows(
            "select '/scenes/' || scene_id as path, version from scenes union all select '/playlists/' || playlist_id, version from playlists"
        )}  # fmt: skip
        return [officer.ask(act, path, body, If_Match=f'"{versions[path]}"').status_code for act, path, body in acts]

    made(admin, app, name="北", areas=[NORTH], playlist_id=playlist)
    hall, _ = made(admin, app, playlist_id=playlist)
    assert answers() == [403] * 4
    admin.post(f"/screens/{hall}/acts", {"act": "revoke"})
    assert answers() == [200] * 4


def test_a_cast_to_many_screens_answers_with_every_one(desk: Desk, app: Flask, duty: Person) -> None:
    desk.rows("insert into tokens (name, token_hash, scopes, areas, view, created_at) "
              "select 's' || n, sha256(n::text::bytea), '{screen}', '{320404}', '/wall', %s from generate_series(1, 120) n returning 1", desk.now)  # fmt: skip
    ids = [row["screen_id"] for row in desk.rows(
        "insert into screens (token_id, name, areas, view, created_at, created_by) select token_id, name, areas, view, created_at, 'admin' "
        "from tokens where view = '/wall' returning screen_id"
    )]  # fmt: skip
    casts = duty.post("/casts", {"screens": ids, "address": "/wall"}).json["casts"]
    assert {one["screen_id"] for one in casts} == set(ids)


def test_names_are_one_screens_and_one_scenes_and_who_wrote_on_an_older_version_is_told(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, _ = made(admin, app)
    assert admin.post("/screens", {"name": "大厅"}).status_code == 422
    assert [admin.post("/scenes", {"name": "甲", "address": "/wall"}).status_code for _ in range(2)] == [201, 422]
    etag = admin.get(f"/screens/{screen_id}").headers["ETag"]
    assert admin.ask("PUT", f"/screens/{screen_id}", {"name": "会商室"}, If_Match=etag).json["name"] == "会商室"
    assert admin.ask("PUT", f"/screens/{screen_id}", {"name": "又"}, If_Match=etag).status_code == 412


def test_the_roles_that_only_look_write_no_scene_and_send_nothing(desk: Desk, app: Flask, admin: Person) -> None:
    screen_id, _ = made(admin, app)
    worker = desk.sign_in(app, "worker1")
    assert worker.post("/scenes", {"name": "甲", "address": "/wall"}).status_code == 403
    assert desk.sign_in(app, "dispatcher").post("/casts", {"screens": [screen_id], "address": "/wall"}).status_code == 403
    assert desk.sign_in(app, "duty1").post(f"/screens/{screen_id}/acts", {"act": "revoke"}).status_code == 403
