"""Who sees and may do what, through the API and behind it: scopes, row security, forged posts, personal data."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from core.model import Scope
from tests.desk import NORTH, SOUTH, Desk, Person, picture


def ids(answer: Any, name: str) -> list[int]:
    return [row["id"] for row in answer.json[name]]


def test_a_streets_user_sees_only_its_street_through_the_api(desk: Desk, app: Flask) -> None:
    mine, others = desk.alert(NORTH), desk.alert(SOUTH)
    north, centre = desk.sign_in(app, "north"), desk.sign_in(app, "duty1")
    assert ids(north.get("/alerts"), "alerts") == [mine]
    assert ids(centre.get("/alerts"), "alerts") == [others, mine]
    assert north.get(f"/alerts/{others}").status_code == 404
    assert north.post(f"/alerts/{others}/acts", {"act": "acknowledge"}).status_code == 404
    assert [area["code"] for area in north.get("/areas").json["areas"]] == ["320404", NORTH, f"{NORTH}001"]
    assert north.get("/cells/2").status_code == 404


def test_row_security_hides_other_streets_even_when_a_query_forgets_the_filter(desk: Desk) -> None:
    mine, _ = desk.alert(NORTH), desk.alert(SOUTH)
    with desk.web_store.scoped(Scope("duty", (NORTH,))) as connection:
        assert [row["alert_id"] for row in connection.execute("select alert_id from alerts")] == [mine]
        assert connection.execute("update alerts set title = 'x'").rowcount == 1
    with desk.web_store.connection() as connection:
        assert connection.execute("select count(*) as seen from alerts").fetchone() == {"seen": 0}


def test_a_cookie_without_the_proof_changes_nothing(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    person.csrf = ""
    answer = person.post(f"/alerts/{alert_id}/acts", {"act": "acknowledge"})
    assert answer.status_code == 403
    assert person.get(f"/alerts/{alert_id}").json["stage"] == "unack"


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("feed", 403), ("act", 200)])
def test_a_token_does_only_what_its_scopes_name(desk: Desk, app: Flask, scope: str, status: int) -> None:
    token = desk.with_token(app, scope)
    assert token.post(f"/alerts/{desk.alert()}/acts", {"act": "acknowledge"}).status_code == status


def test_a_screens_token_and_a_walls_account_read_what_a_wall_shows_and_nothing_else(desk: Desk, app: Flask) -> None:
    token, wall = desk.with_token(app, "screen", view="/wall"), desk.sign_in(app, "wall")
    case = desk.sign_in(app, "duty1").post("/cases", {"alert_id": desk.alert()}).json["number"]
    shown = ("/me", "/cells", "/cells/1", "/layers", "/feeds")
    hidden = ("/alerts", "/reports", f"/reports/{desk.report()}", "/incidents", "/cases", f"/cases/{case}", "/devices", "/rejected", "/queue",
              "/readings?device=d", "/areas", "/rules", "/classes", "/indicators", "/audit", "/media/x")  # fmt: skip
    for person in (token, wall):
        assert {path: person.get(path).status_code for path in shown} == dict.fromkeys(shown, 200)
        assert {path: person.get(path).status_code for path in hidden} == dict.fromkeys(hidden, 403)
    assert desk.with_token(app, "read").get("/cells").status_code == 200
    assert desk.with_token(app, "feed").get("/cells").status_code == 403


@pytest.mark.parametrize(
    ("feed", "raw", "shown"),
    [
        ("http-readings", b'{"device"', True), ("hj212", b"##0001", True), ("city", b"\xff{", True), ("city", b'{"caller": {"name"', False),
        ("http-reports", b"x", False), ("hotline", b"T-4,x", False), ("sf311", b"1,x", False), ("frigate", b"x", False), ("hotline-csv", b"x", False),
        ("gone", b"x", False),
    ],
)  # fmt: skip
def test_refused_bytes_that_may_name_a_person_are_for_administrators(desk: Desk, app: Flask, feed: str, raw: bytes, shown: bool) -> None:
    row = {"received_at": desk.now, "feed": feed, "reason": "undecodable", "detail": "", "area": "320404", "raw": raw}
    desk.insert("rejected", row, "rejected_id")
    [read], [all_] = (desk.with_token(app, scope).get("/rejected").json["rejected"] for scope in ("read", "admin"))
    assert (read["raw"] is not None, read.get("raw_withheld", False)) == (shown, not shown)
    assert all_["raw"] is not None


def test_nobody_reads_without_signing_in_and_every_error_is_a_problem(app: Flask, desk: Desk) -> None:
    stranger, person = Person(app.test_client()), desk.sign_in(app, "duty1")
    answers = [
        stranger.get("/alerts"),
        stranger.get("/me"),
        person.get("/nothing"),
        person.get("/alerts?stag=unack"),
        person.get("/alerts?limit=2000"),
    ]
    answers += [
        person.get("/cases?from=2026-01-01T00:00:00"),
        person.post("/alerts/1/acts", b"{"),
        person.get("/alerts?next=zzz"),
        person.get("/alerts/x"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 404, 422, 422, 422, 422, 422, 422]
    for answer in answers:
        assert answer.content_type == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance"} <= answer.json.keys()


def test_the_caller_leaves_only_one_record_at_a_time_for_the_desk_and_is_audited(desk: Desk, app: Flask) -> None:
    person_id = desk.insert("persons", {"name": "张三", "phone": "13812345678", "address": "某路 1 号"}, "person_id")
    report_id = desk.report(person_id=person_id, extra=Jsonb({"caller_phone": "13812345678", "plate": "x"}))
    duty, boss = desk.sign_in(app, "duty1"), desk.sign_in(app, "boss")
    for path in ("/reports", f"/reports/{report_id}", "/queue"):
        assert "13812345678" not in duty.get(path).text
    assert duty.get(f"/reports/{report_id}").json["extra"] == {"plate": "x"}
    assert boss.get(f"/reports/{report_id}/caller").status_code == 403
    assert desk.with_token(app, "act").get(f"/reports/{report_id}/caller").status_code == 403
    assert duty.get(f"/reports/{report_id}/caller").json["phone"] == "13812345678"
    assert [row["act"] for row in desk.rows("select act from audit where noun = 'report'")] == ["read_caller"]


def test_refused_bytes_that_may_name_a_caller_are_for_administrators(desk: Desk, app: Flask) -> None:
    common = {"received_at": desk.now, "reason": "clock", "detail": "d", "area": "320404"}
    desk.insert("rejected", {**common, "feed": "hotline", "raw": b"13812345678"}, "rejected_id")
    desk.insert("rejected", {**common, "feed": "city", "raw": b"\x01\x02"}, "rejected_id")
    seen = desk.with_token(app, "read").get("/rejected").json["rejected"]
    assert [(row["feed"], row["raw"]) for row in seen] == [("city", "AQI="), ("hotline", None)]
    assert desk.with_token(app, "admin").get("/rejected").json["rejected"][1]["raw"] is not None


def test_a_picture_is_seen_only_in_its_area_and_bombs_are_refused(desk: Desk, app: Flask) -> None:
    duty, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "north")
    report_id = desk.report(SOUTH)
    media_id = duty.post(f"/media?report={report_id}", picture()).json["media_id"]
    assert duty.get(f"/media/{media_id}").data[:2] == b"\xff\xd8"
    assert north.get(f"/media/{media_id}").status_code == 404
    assert duty.post(f"/media?report={report_id}", b"GIF89a").status_code == 422
    assert duty.post(f"/media?report={report_id}", picture((9000, 9000), kind="PNG")).status_code == 413


def test_devices_are_placed_when_registered_and_a_street_cannot_register_elsewhere(desk: Desk, app: Flask) -> None:
    admin, north = desk.with_token(app, "admin"), desk.with_token(app, "admin", area=SOUTH)
    body = {
        "name": "水位计",
        "domain": "water",
        "lon": 119.905,
        "lat": 31.785,
        "metrics": {"water_depth": {"unit": "cm", "min": 0, "max": 500}},
    }
    first = admin.ask("PUT", "/devices/w1", body)
    assert (first.status_code, first.json["cell_id"], first.json["area"]) == (201, 1, f"{NORTH}001")
    assert first.json["metrics"]["water_depth"]["max"] == 500
    assert admin.ask("PUT", "/devices/w1", {**body, "interval_s": 60}).status_code == 200
    assert north.ask("PUT", "/devices/w1", body).status_code == 403
    assert north.ask("PUT", "/devices/w1", {"domain": "water", "area": SOUTH}).status_code == 403
    assert admin.post("/devices", [{"device": "a", "domain": "urban"}, {"device": "b", "domain": "no"}]).status_code == 422
    assert [row["device"] for row in admin.get("/devices").json["devices"]] == ["w1"]


def test_readings_page_without_loss_and_fold_only_what_can_be_trusted(desk: Desk, app: Flask) -> None:
    token = desk.with_token(app, "admin", "read")
    token.ask("PUT", "/devices/w1", {"domain": "water", "area": NORTH, "metrics": {"a": {}, "b": {}}})
    with desk.store.connection() as connection:
        for minute in range(10):
            for metric, value in (("a", minute), ("b", -minute)):
                connection.execute(
                    "insert into readings select %s, device_id, metric_id, %s, %s, %s, %s from devices, metrics where metric = %s",
                    [desk.now - timedelta(minutes=10 - minute), 5 if minute == 9 else 0, value, desk.now, desk.now, metric],
                )
    seen: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = token.get(f"/readings?device=w1&limit=3{cursor and '&next=' + cursor}").json
        seen += [(row["observed_at"], row["metric"]) for row in answer["readings"]]
        cursor = answer["next"]
    assert len(seen) == len(set(seen)) == 20
    folded = token.get("/readings?device=w1&metric=a&step=1h").json["steps"]
    assert [(row["min"], row["max"], row["count"], row["received"]) for row in folded] == [(0.0, 8.0, 9, 10)]


def test_lists_filter_by_stage_severity_cell_and_time_and_page_to_the_end(desk: Desk, app: Flask) -> None:
    first, second = desk.alert(severity=1, title="一"), desk.alert(severity=4, title="二", stage="acked")
    person = desk.sign_in(app, "duty1")
    wanted = {
        "stage=acked": [second], "state=unack": [first], "severity=1,2": [first], "cell=320404001001001": [second, first], "cell=2": [],
        "area=320404001": [second, first], "area=320404002": [], "to=2026-11-21T04:00:00Z": [], "domain=water": [],
    }  # fmt: skip
    assert {query: ids(person.get(f"/alerts?{query}"), "alerts") for query in wanted} == wanted
    page = person.get("/alerts?limit=1").json
    assert ids(person.get(f"/alerts?limit=1&next={page['next']}"), "alerts") == [first]


@pytest.mark.parametrize(
    "path",
    [
        "/alerts?severity=9",
        "/alerts?area=%00",
        "/alerts/99999999999999999999",
        "/cases?from=0001-01-01T00:00:00Z",
        "/alerts?next=WzFlMzA",
        "/queue?kind=x",
    ],
)
def test_what_no_city_has_is_refused_in_our_words(desk: Desk, app: Flask, path: str) -> None:
    assert desk.sign_in(app, "duty1").get(path).status_code == 422


@pytest.mark.parametrize(
    "body", [{"alert_id": 10**30}, {"alert_id": True}, b'{"title": NaN}', {"title": "a\0b", "class_code": "0101"}, {"title": 7}, []]
)
def test_a_body_that_cannot_be_meant_is_refused_in_our_words(desk: Desk, app: Flask, body: Any) -> None:
    assert desk.sign_in(app, "duty1").post("/cases", body).status_code == 422


def test_the_queue_puts_what_is_worst_first_and_gives_each_role_its_own_work(desk: Desk, app: Flask) -> None:
    red, blue = desk.alert(severity=1, title="一"), desk.alert(severity=4, title="二")
    report_id = desk.report(severity=2)
    items = desk.sign_in(app, "duty1").get("/queue").json["items"]
    assert [(item["kind"], item["id"]) for item in items] == [("alert", red), ("report", report_id), ("alert", blue)]
    assert "acknowledge" in items[0]["acts"]
    assert desk.sign_in(app, "worker1").get("/queue").json["items"] == []


def test_layers_come_with_an_etag_and_only_the_cells_of_the_scope(desk: Desk, app: Flask) -> None:
    north = desk.sign_in(app, "north")
    answer = north.get("/layers/cells")
    assert [feature["id"] for feature in answer.get_json(force=True)["features"]] == [1]
    assert north.get("/layers/cells", If_None_Match=answer.headers["ETag"]).status_code == 304
    assert north.get("/layers/cells", Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert north.get("/layers/none").status_code == 404


def test_a_cell_tells_what_is_in_it(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    cell = desk.sign_in(app, "duty1").get("/cells/1").json
    assert (cell["cell_code"], cell["duty_grid"], cell["worker"]) == ("320404001001001", "g1", "worker1")
    assert [alert["id"] for alert in cell["alerts"]] == [alert_id]


def test_the_audit_is_for_auditors_only(desk: Desk, app: Flask) -> None:
    desk.sign_in(app, "duty1").post(f"/alerts/{desk.alert()}/acts", {"act": "acknowledge"})
    assert desk.sign_in(app, "duty1").get("/audit").status_code == 403
    assert desk.sign_in(app, "auditor").get("/audit").json["audit"][0]["act"] == "acknowledge"


def test_what_a_shift_hands_over_and_what_people_are_told_is_theirs_alone(desk: Desk) -> None:
    one, two = desk.people["duty1"], desk.people["north"]
    with desk.store.connection() as connection:
        connection.execute(
            "insert into notices (parcel, at, accounts, severity, template, title, area, items) values ('p', %s, %s, 1, 't', 'x', %s, '[]')",
            [desk.now, [one], NORTH],
        )
        connection.execute(
            "insert into shifts (account_id, name, role, area, began_at, stage) values (%s, 'duty1', 'duty', %s, %s, 'offered')",
            [one, SOUTH, desk.now],
        )
        connection.execute(
            "insert into handovers (shift_id, to_id, to_name, note, items, items_hash, offered_at) "
            "select shift_id, %s, 'x', 'n', '[]', 'h', %s from shifts",
            [two, desk.now],
        )
        connection.execute("insert into storms (area, began_at, arrivals, capacity) values (%s, %s, 1, 1)", [SOUTH, desk.now])

    def seen(scope: Scope) -> list[int]:
        with desk.web_store.scoped(scope) as connection:
            tables = ("notices", "shifts", "handovers", "storms")
            return [row["n"] for table in tables for row in connection.execute(f"select count(*) as n from {table}")]

    assert seen(desk.scope("duty1", "duty", NORTH)) == [1, 1, 1, 0]  # its own, wherever he may look
    assert seen(desk.scope("north", "duty", NORTH)) == [0, 1, 1, 0]  # offered to him
    assert seen(desk.scope("duty2", "duty", NORTH)) == [0, 0, 0, 0]
    assert seen(desk.scope("duty2", "duty", f"{SOUTH}001")) == [0, 1, 0, 1]  # around his own
    assert seen(Scope("duty", ("320404",))) == [0, 1, 0, 1]  # a token: nobody told it anything


def test_the_webs_login_cannot_rewrite_what_was_signed_told_or_ordered(desk: Desk) -> None:
    may = "select has_table_privilege('yiping_web', %s, 'update') as changes, has_table_privilege('yiping_web', %s, 'insert') as adds"

    def rights(table: str) -> tuple[bool, bool]:
        [row] = desk.rows(may, table, table)
        return row["changes"], row["adds"]

    never = ("escalation_steps", "escalation_terms", "inhibitions", "probes", "storms", "storm_steps")
    assert {rights(table) for table in ("rule_revisions", "handovers")} == {(False, True)}
    assert {rights(table) for table in never} == {(False, False)}
    [row] = desk.rows(
        "select array_agg(column_name::text order by 1) as names from information_schema.column_privileges "
        "where grantee = 'yiping_web' and table_name = 'handovers' and privilege_type = 'UPDATE'"
    )
    assert row["names"] == ["decided_at", "outcome", "why"]
