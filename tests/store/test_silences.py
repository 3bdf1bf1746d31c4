"""Silences through the API: who may, for how long, where, what it would hold, and who can see and end it."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from core.model import Scope
from core.suppress_config import Matcher
from store import rejudge
from store.acts import Act
from store.silences import Wish, add_silence
from tests.desk import NORTH, SOUTH, Desk, Person, later


def wish(desk: Desk, hours: float = 1, **fields: Any) -> dict[str, Any]:
    until = (desk.now + timedelta(hours=hours)).isoformat()
    return {"kind": "silence", "matcher": {"rules": ["smoke"]}, "until": until, "why": "检修", **fields}


def lead(desk: Desk) -> None:
    with desk.store.connection() as connection:
        rejudge.prepare(connection, (), desk.now)
    with desk.store.connection() as connection:
        rejudge.judge_next(connection, desk.now)


def hold(person: Person, alert_id: int) -> str:
    shape = person.get(f"/alerts/{alert_id}").json
    return str(shape["hold_ref"] or shape["hold"])


def test_a_silence_is_made_listed_followed_and_ended_with_who_and_why(desk: Desk, app: Flask) -> None:
    person, alert_id = desk.sign_in(app, "duty1"), desk.alert()
    made = person.post("/silences", wish(desk))
    assert (made.status_code, made.json["state"], made.json["by"], made.json["why"], made.json["areas"]) == (
        201,
        "active",
        "duty1",
        "检修",
        ["320404"],
    )
    lead(desk)
    assert hold(person, alert_id) == f"silence:{made.json['id']}"
    assert person.get(f"/silences/{made.json['id']}").json["holds"] == 1
    later(desk, minutes=5)
    assert person.post(f"/silences/{made.json['id']}/acts", {"act": "end"}).status_code == 422, "ending says why"
    ended = person.post(f"/silences/{made.json['id']}/acts", {"act": "end", "note": "修好了"})
    assert (ended.json["state"], ended.json["ended_by"], ended.json["ended_why"]) == ("over", "duty1", "修好了")
    assert person.post(f"/silences/{made.json['id']}/acts", {"act": "end", "note": "x"}).status_code == 409
    lead(desk)
    assert hold(person, alert_id) == "none"
    acts = [(row["act"], row["actor"], row["note"]) for row in desk.rows("select * from audit where noun = 'silence' order by audit_id")]
    assert acts == [("silence", "duty1", "检修"), ("end", "duty1", "修好了")]
    told = [row["after"]["ended_by"] for row in desk.rows("select after from change_log where noun = 'silence' order by change_id")]
    assert (told[0], told[-1]) == (None, "duty1")


def test_the_list_tells_what_is_planned_active_and_over(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "supervisor")
    ahead = (desk.now + timedelta(hours=2)).isoformat()
    planned = person.post("/silences", wish(desk, 3, kind="maintenance", **{"from": ahead})).json["id"]
    active = person.post("/silences", wish(desk, 10)).json["id"]
    over = person.post("/silences", wish(desk, 1)).json["id"]
    later(desk, minutes=61)
    person = desk.sign_in(app, "supervisor")
    states = {name: [row["id"] for row in person.get(f"/silences?state={name}").json["silences"]] for name in ("planned", "active", "over")}
    assert states == {"planned": [planned], "active": [active], "over": [over]}
    assert [row["id"] for row in person.get("/silences").json["silences"]] == [over, active, planned]
    assert person.get("/silences?state=gone").status_code == 422


@pytest.mark.parametrize(
    ("login", "fields", "status"),
    [
        ("duty1", {}, 201),
        ("duty1", {"kind": "maintenance"}, 403),
        ("supervisor", {"kind": "maintenance"}, 201),
        ("admin", {"kind": "maintenance"}, 403),
        ("admin", {}, 403),
        ("dispatcher", {}, 403),
        ("boss", {}, 403),
        ("duty1", {"why": "  "}, 422),
        ("duty1", {"matcher": {}}, 422),
        ("duty1", {"matcher": {"rule": ["smoke"]}}, 422),
        ("duty1", {"matcher": {"areas": ["320404"]}}, 403),
        ("duty1", {"matcher": {"devices": ["*"], "severity_at_most": 3}}, 403),
        ("supervisor", {"matcher": {"areas": ["320404"]}}, 201),
        ("admin", {"kind": "maintenance", "matcher": {"areas": ["320404"]}}, 403),
        ("duty1", {"matcher": {"cells": ["none"]}}, 422),
        ("north", {}, 201),
        ("north", {"matcher": {"rules": ["smoke"], "areas": [NORTH]}}, 201),
        ("north", {"matcher": {"rules": ["smoke"], "areas": [SOUTH]}}, 403),
        ("north", {"matcher": {"rules": ["smoke"], "areas": ["320404"]}}, 403),
        ("north", {"matcher": {"cells": [f"{SOUTH}001002"]}}, 422),
        ("duty1", {"hours": 1}, 422),
    ],
)
def test_who_may_silence_whom(desk: Desk, app: Flask, login: str, fields: dict[str, Any], status: int) -> None:
    answer = desk.sign_in(app, login).post("/silences", wish(desk) | fields)
    assert answer.status_code == status, answer.json


@pytest.mark.parametrize(
    ("login", "kind", "begins_h", "hours", "status"),
    [
        ("duty1", "silence", 0, 7 * 24, 201), ("duty1", "silence", 0, 7 * 24 + 1, 422), ("supervisor", "maintenance", 0, 30 * 24, 201),
        ("supervisor", "maintenance", 0, 30 * 24 + 1, 422), ("duty1", "silence", 48, 47, 422), ("duty1", "silence", -1, 5, 422),
        ("duty1", "silence", 91 * 24, 91 * 24 + 1, 422), ("duty1", "silence", 48, 50, 201), ("duty1", "silence", 0, -1, 422),
    ],
)  # fmt: skip
def test_a_silence_has_a_beginning_and_an_end_within_bounds(
    desk: Desk, app: Flask, login: str, kind: str, begins_h: float, hours: float, status: int
) -> None:
    begins = {"from": (desk.now + timedelta(hours=begins_h)).isoformat()} if begins_h else {}
    assert desk.sign_in(app, login).post("/silences", wish(desk, hours, kind=kind, **begins)).status_code == status


def test_a_token_that_only_reads_silences_nothing_and_a_wall_sees_none(desk: Desk, app: Flask) -> None:
    assert desk.with_token(app, "read").post("/silences", wish(desk)).status_code == 403
    assert desk.with_token(app, "act").post("/silences", wish(desk)).status_code == 201
    assert desk.sign_in(app, "wall").get("/silences").status_code == 403


def test_a_silence_holds_only_where_its_author_may_see(desk: Desk, app: Flask) -> None:
    mine, others = desk.alert(NORTH), desk.alert(SOUTH)
    made = desk.sign_in(app, "north").post("/silences", wish(desk)).json
    lead(desk)
    centre = desk.sign_in(app, "duty1")
    assert (made["areas"], hold(centre, mine), hold(centre, others)) == ([NORTH], f"silence:{made['id']}", "none")


def test_a_streets_officer_sees_the_districts_silence_that_touches_him_and_cannot_end_it(desk: Desk, app: Flask) -> None:
    north, centre = desk.sign_in(app, "north"), desk.sign_in(app, "duty1")
    district = centre.post("/silences", wish(desk)).json["id"]
    south = centre.post("/silences", wish(desk, matcher={"rules": ["smoke"], "areas": [SOUTH]})).json["id"]
    seen = north.get("/silences").json["silences"]
    assert [(row["id"], row["acts"]) for row in seen] == [(district, [])]
    assert north.get(f"/silences/{south}").status_code == 404
    assert north.post(f"/silences/{south}/acts", {"act": "end", "note": "x"}).status_code == 404
    assert north.post(f"/silences/{district}/acts", {"act": "end", "note": "x"}).status_code == 403


def test_row_security_stands_behind_silences_even_when_a_query_forgets_the_filter(desk: Desk, now: datetime) -> None:
    boss = Scope("supervisor", ("320404",), None, "boss")
    with desk.store.connection() as connection:
        for areas in ((SOUTH,), ("320404",)):
            add_silence(connection, Wish("silence", Matcher(rules=("smoke",), areas=areas), now + timedelta(hours=1)),
                        Act("silence", boss, now, "x"), desk.config.silences)  # fmt: skip
    with desk.web_store.scoped(Scope("duty", (NORTH,))) as connection:
        assert [row["areas"] for row in connection.execute("select areas from silences")] == [["320404"]]
    add = "insert into silences (kind, matcher, areas, since, until, by, why, created_at)"
    others = f"{add} values ('silence', '{{}}', '{{{SOUTH}}}', now(), now() + '1 h', 'x', 'x', now())"
    for statement in ("update silences set why = 'y'", others):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), desk.web_store.scoped(Scope("duty", (NORTH,))) as connection:
            connection.execute(statement)
    with desk.web_store.connection() as connection:
        assert connection.execute("select count(*) as seen from silences").fetchone() == {"seen": 0}


def test_a_dry_run_tells_how_many_it_would_hold_and_changes_nothing(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    desk.alert(), desk.alert(SOUTH, title="b"), desk.alert(title="c", rule="gas-high")
    desk.alert(title="d", stage="normal", raised_at=desk.now - timedelta(hours=23))
    desk.alert(title="e", stage="normal", raised_at=desk.now - timedelta(hours=25))
    told = person.post("/silences", wish(desk, dry_run=True))
    assert (told.status_code, told.json) == (200, {"open": 2, "last_24h": 3, "rules": [{"rule": "smoke", "open": 2, "day": 3}]})
    assert desk.rows("select 1 from silences") == []
    assert person.post("/silences", wish(desk, dry_run=True, kind="maintenance")).status_code == 403
    assert desk.sign_in(app, "north").post("/silences", wish(desk, dry_run=True)).json["open"] == 1


def test_an_officer_who_unshelves_under_a_silence_sees_it_silenced(desk: Desk, app: Flask) -> None:
    person, alert_id = desk.sign_in(app, "north"), desk.alert()
    until = (desk.now + timedelta(hours=1)).isoformat()
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "until": until, "note": "x"}).json["hold"] == "shelved"
    made = person.post("/silences", wish(desk)).json
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "unshelve"}).json["hold_ref"] == f"silence:{made['id']}"
