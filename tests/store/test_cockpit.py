"""The composite score of vital signs from the figures screens have, and what changed since somebody left."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from core.model import EVERYWHERE
from store import vital_scores
from tests.desk import NORTH, SOUTH, Desk, Person, later


def tell(desk: Desk, told: dict[str, dict[str, float]]) -> None:
    """The projector's figures of streets, each metric by one device, told a second ago."""
    with desk.store.connection() as connection:
        connection.execute("insert into live_cursor (sequence, horizon) values (7, '0') on conflict do nothing")
        for street, values in told.items():
            stamp = int(desk.now.timestamp()) - 30
            vitals = {metric: [value, 1, value, value, stamp] for metric, value in values.items()}
            connection.execute(
                "insert into cell_values (street, measure, updated_at, cell_ids, classes, figures) values (%s, '', %s, '{}', '{}', %s) "
                "on conflict (street, measure) do update set figures = excluded.figures",
                [street, desk.now, Jsonb({"vitals": vitals})],
            )
        sign_of_life(desk, connection)


def sign_of_life(desk: Desk, connection: Any) -> None:
    connection.execute(
        "insert into wire_memory (feed, peer, memory, updated_at) values ('jobs', 'projector', '', %s) "
        "on conflict (feed, peer) do update set updated_at = excluded.updated_at",
        [desk.now - timedelta(seconds=1)],
    )


GOOD = {"pm25": 20.0, "noise": 50.0, "water_depth": 0.0, "water_level": 3.9, "rain": 0.0, "gas": 1.0}


@pytest.fixture
def boss(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "boss")


def keep(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return vital_scores.keep(connection, desk.config, desk.now)


def test_the_score_is_made_of_the_very_figures_that_screens_have(desk: Desk, boss: Person) -> None:
    tell(desk, {NORTH: GOOD, SOUTH: {**GOOD, "pm25": 90.0, "water_depth": 10.0}})
    told = boss.get("/vital-scores").json
    signs = {one["sign"]: one for one in told["signs"]}
    assert (signs["pm25_mean"]["value"], signs["pm25_mean"]["points"], signs["pm25_mean"]["n"]) == (55, 80, 2)
    assert (signs["water_depth_max"]["value"], signs["water_depth_max"]["points"]) == (10, 80)
    known = [one for one in told["signs"] if one["points"] is not None]
    assert told["score"] == round(sum(one["points"] * one["weight"] for one in known) / sum(one["weight"] for one in known), 1)
    assert (told["sequence"], told["domains"]["water"]["score"]) == (boss_sequence(desk), 92)
    assert signs["in_time_archive_rate"]["light"] == "unknown"
    assert (signs["in_time_archive_rate"]["period"], signs["pm25_mean"]["period"]) == ("month", None)


def boss_sequence(desk: Desk) -> int:
    return int(desk.rows("select sequence from live_cursor")[0]["sequence"])


def test_a_projector_that_fell_silent_leaves_the_vital_signs_unknown_and_so_the_score(desk: Desk, boss: Person) -> None:
    tell(desk, {NORTH: GOOD})
    later(desk, minutes=2)
    told = boss.get("/vital-scores").json
    assert (told["score"], told["light"]) == (None, "unknown")
    assert {one["light"] for one in told["signs"] if one["kind"] == "vital"} == {"unknown"}


def test_a_score_is_stored_once_in_its_span_for_the_city_and_each_street_and_can_be_worked_out_again(desk: Desk, boss: Person) -> None:
    tell(desk, {NORTH: GOOD, SOUTH: {"gas": 30.0}})
    assert (keep(desk), keep(desk)) == (3, 0)
    told = boss.get("/vital-scores/stored").json
    assert told["again"] == {"score": told["score"], "light": told["light"], "same": True}
    later(desk, minutes=10)
    with desk.store.connection() as connection:
        sign_of_life(desk, connection)
    assert keep(desk) == 3
    later(desk, seconds=1)
    told = boss.get("/vital-scores").json
    assert len(told["course"]) == 2
    assert {one["area"]: (one["score"], one["light"]) for one in told["streets"]} == {NORTH: (100, "good"), SOUTH: (None, "unknown")}


def test_old_scores_are_thinned_to_one_an_hour_and_in_the_end_forgotten(desk: Desk) -> None:
    tell(desk, {NORTH: GOOD})
    for _ in range(6):
        with desk.store.connection() as connection:
            sign_of_life(desk, connection)
        keep(desk)
        later(desk, minutes=10)
    later(desk, days=8)
    with desk.store.connection() as connection:
        assert vital_scores.forget(connection, desk.config, desk.now) == 10
    later(desk, days=400)
    with desk.store.connection() as connection:
        assert vital_scores.forget(connection, desk.config, desk.now) == 2


def test_a_visit_ends_with_a_pause_and_the_next_one_is_told_when(desk: Desk, app: Flask, boss: Person) -> None:
    first = boss.post("/cockpit/visits").json
    assert first["left_at"] is None
    later(desk, minutes=5)
    seen = boss.post("/cockpit/visits").json["seen_at"]
    later(desk, hours=9)
    boss = desk.sign_in(app, "boss")
    assert boss.post("/cockpit/visits").json["left_at"] == seen
    later(desk, minutes=1)
    assert boss.post("/cockpit/visits").json["left_at"] == seen
    assert desk.sign_in(app, "duty1").post("/cockpit/visits").json["left_at"] is None
    assert desk.with_token(app, "read").post("/cockpit/visits").status_code == 403


def test_since_one_left_it_is_told_what_came_what_went_and_which_lights_changed(desk: Desk, app: Flask) -> None:
    tell(desk, {NORTH: GOOD})
    desk.alert(title="早先")
    keep(desk)
    since = later(desk, minutes=1)
    later(desk, hours=1)
    desk.alert(title="夜间", severity=1)
    desk.alert(title="提示", severity=5)
    desk.alert(title="演练", drill=True)
    desk.report(title="来电")
    tell(desk, {NORTH: {**GOOD, "water_depth": 20.0}})
    keep(desk)
    later(desk, seconds=1)
    boss = desk.sign_in(app, "boss")
    told = boss.get(f"/cockpit/changes?from={since.isoformat().replace('+', '%2B')}").json
    assert told["counts"]["alerts"] == {"1": 1, "2": 0, "3": 0, "4": 0}
    assert (told["counts"]["alerts_open"], told["counts"]["hotline"]) == (1, 1)
    assert [one["title"] for one in told["gravest"]] == ["夜间"]
    assert {one["sign"]: (one["from"], one["to"]) for one in told["signs"]}["water_depth_max"] == ("good", "bad")
    assert told["score"]["now"]["score"] < told["score"]["then"]["score"]
    assert boss.get("/cockpit/changes").status_code == 422


def test_a_reader_of_one_street_has_the_score_of_that_street(desk: Desk, app: Flask) -> None:
    tell(desk, {NORTH: GOOD, SOUTH: {**GOOD, "gas": 80.0}})
    told = desk.sign_in(app, "north").get("/vital-scores").json
    assert (told["area"], {one["sign"]: one["light"] for one in told["signs"]}["gas_max"]) == (NORTH, "good")


def test_the_city_s_figures_hold_what_lies_in_no_street(desk: Desk) -> None:
    tell(desk, {NORTH: GOOD, "": {"gas": 12.0}})
    with desk.store.connection() as connection:
        told, _ = vital_scores.score(connection, EVERYWHERE, desk.config, "320404", desk.now)
    assert {one.sign: one.value for one in told.signs}["gas_max"] == 12
