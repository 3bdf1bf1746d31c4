"""The contract of /api/v1 checked from outside, over the edge, with nothing but HTTP: calls, tokens, lists, acts, errors."""

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from store.accounts import create_account, create_token
from tests.conftest import with_database
from tests.desk import picture
from tests.patience import PATIENCE_S, until
from tests.stack import Stack
from tests.watched_city import City

if TYPE_CHECKING:
    from deploy.local.services import Services

SOUTH = "320404002"
PASSWORD = "Yiping-2026"
LISTS = ("devices", "cells", "reports", "alerts", "incidents", "cases", "rejected")
PUBLIC = {("post", "/session"), ("delete", "/session"), ("get", "/screen/{token}"), ("post", "/notify/{channel}/receipts")}


@dataclass
class House:
    """A running city seen from the street."""

    city: City
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        return self.city.stack.url

    def ask(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {self.tokens[token]}"} if token else {}), **more.pop("headers", {})}
        target = path if path.startswith(("/healthz", "/readyz", "/metrics", "/openapi", "/docs")) else f"/api/v1{path}"
        return httpx.request(method, self.url + target, headers=headers, timeout=PATIENCE_S, **more)

    def get(self, path: str, token: str = "read", **more: Any) -> Any:
        answer = self.ask("GET", path, token, **more)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    def post(self, path: str, body: Any, token: str, **headers: str) -> httpx.Response:
        return self.ask("POST", path, token, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(scope="module")
def house(services: "Services", template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All roles on one database for the whole page; each test brings devices and reports of its own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.postgres.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner yiping")
    url, web = (with_database(each, name) for each in (services.postgres.url, services.postgres.web_url))
    stack = Stack(services, url, web, tmp_path_factory.mktemp("contract"))
    city = City(stack, url)
    try:
        with city.store.connection() as c:
            now = datetime.now(UTC)
            tokens = {scope: create_token(c, scope, [scope], ["320404"], now) for scope in ("feed", "read", "act", "admin")}
            tokens |= {f"south-{scope}": create_token(c, scope, [scope], [SOUTH], now) for scope in ("feed", "read", "act")}
            tokens["screen"] = create_token(c, "screen", ["screen"], ["320404"], now, "/wall")
            create_account(c, "duty01", PASSWORD, "duty", ["320404"], "值班员 01", now)
        stack.start("worker", "jobs", "web", "edge")
        stack.ready(90)
        yield House(city, tokens)
    finally:
        stack.stop()
        city.store.close()


def problem(answer: httpx.Response, status: int, kind: str = "") -> dict[str, Any]:
    """A body of RFC 9457."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= body.keys()
    assert body["status"] == status
    assert body["type"].startswith("urn:yiping:problem:")
    assert not kind or body["type"] == f"urn:yiping:problem:{kind}"
    assert "Traceback" not in answer.text
    return body


def reading(device: str, value: Any = 1.5, metric: str = "pm25", at: datetime | None = None) -> dict[str, Any]:
    return {"device": device, "metric": metric, "value": value, "observed_at": (at or datetime.now(UTC)).isoformat()}


def report(external_id: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"source": "contract", "external_id": external_id, "channel": "collector", "title": "积水", "observed_at": now, **more}


def leaks(house: House, count: int) -> list[dict[str, Any]]:
    """Alarms of their own, oldest first."""
    subjects = [house.city.leak() for _ in range(count)]
    alerts = house.get("/alerts?limit=1000&stage=unack&rule=gas")["alerts"]
    return [next(alert for alert in alerts if alert["subject"] == subject) for subject in subjects]


def test_health_is_open_and_everything_else_wants_a_token(house: House) -> None:
    assert house.ask("GET", "/healthz").status_code == 200
    assert house.ask("GET", "/readyz").json()["checks"].keys() >= {"database", "redis", "mqtt", "projector", "web"}
    until(lambda: set(house.ask("GET", "/readyz").json()["checks"].values()) == {"ok"}, what="all is well")
    for path in ("/metrics", "/openapi.json", "/docs"):
        problem(house.ask("GET", path), 401, "not_signed_in")
    for path, operations in house.get("/openapi.json")["paths"].items():
        for method in operations.keys() - {each for each, where in PUBLIC if where == path}:
            answer = house.ask(method.upper(), path.replace("{id}", "1"), json={} if method in ("post", "put") else None)
            problem(answer, 401, "not_signed_in")
            assert "Bearer" in answer.headers["www-authenticate"]


def test_every_call_takes_only_the_scope_it_names(house: House) -> None:
    document = house.get("/openapi.json")["paths"]
    wrong = {"feed": "read", "read": "screen", "screen": "feed", "act": "read", "admin": "act", "act or admin": "read"}
    tried = 0
    for path, operations in document.items():
        for method, operation in operations.items():
            need = operation.get("description", "").partition("`")[2].rstrip("`.")
            if need:
                problem(
                    house.ask(method.upper(), path.replace("{id}", "1"), wrong[need], json={} if method in ("post", "put") else None),
                    403,
                    "not_allowed",
                )
                tried += 1
    assert tried >= 35
    problem(house.ask("GET", "/metrics", "feed"), 403, "not_allowed")


def test_the_document_and_the_page_name_every_call_of_the_contract(house: House) -> None:
    paths = house.get("/openapi.json")["paths"]
    wanted = (
        "post /readings, post /reports, post /feeds/{format}, put /devices/{device}, post /devices, get /devices, get /cells, get /readings, "
        "get /reports, get /alerts, get /incidents, get /cases, get /indicators, get /rejected, get /snapshot, get /stream, "
        "post /alerts/{id}/acts, post /reports/{id}/acts, post /incidents/{id}/acts, post /cases/{number}/acts, post /cases, get /queue, "
        "get /areas, get /rules, post /media, get /media/{media_id}"
    )
    assert [call for call in wanted.split(", ") if call.split()[0] not in paths.get(call.split()[1], {})] == []
    page = house.ask("GET", "/docs", "read")
    assert page.headers["content-type"].startswith("text/html")
    assert all(f"/api/v1{path}" in page.text for path in paths)
    metrics = house.ask("GET", "/metrics", "read")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "# TYPE yiping_accepted_total counter" in metrics.text


def test_readings_are_answered_with_what_became_of_each(house: House) -> None:
    at = datetime.now(UTC)
    body = {
        "readings": [
            reading("r1", 7, at=at),
            reading("r1", 7, at=at),
            reading("r1", 8, at=at),
            reading("r1", 99_999),
            reading("r2", "x"),
            {},
        ]
    }
    answer = house.post("/readings", body, "feed")
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["duplicates"]) == (200, 1, 1)
    assert {(each["index"], each["reason"]) for each in told["rejected"]} == {
        (2, "conflict"),
        (3, "range"),
        (4, "type"),
        (5, "undecodable"),
    }
    problem(house.ask("POST", "/readings", "feed", content=b"{", headers={"Content-Type": "application/json"}), 400, "undecodable")
    problem(house.ask("POST", "/readings", "feed", content=b"x" * ((4 << 20) + 1), headers={"Content-Type": "application/json"}), 413)
    refused = house.get("/rejected?limit=1000")["rejected"]
    assert {"range", "type", "conflict", "undecodable"} <= {row["reason"] for row in refused}
    assert [row["id"] for row in refused] == sorted((row["id"] for row in refused), reverse=True)
    assert base64.b64decode(next(row["raw"] for row in refused if row["reason"] == "undecodable" and row["raw"]))


def test_readings_come_back_raw_in_pages_and_folded_by_step(house: House) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    series = [reading("series", value, at=start + timedelta(minutes=value)) for value in range(60)]
    assert house.post("/readings", {"readings": series}, "feed").json()["accepted"] == 60
    span = {"device": "series", "metric": "pm25", "from": start.isoformat(), "to": (start + timedelta(hours=1)).isoformat()}
    rows: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    for _ in range(10):
        part = house.get("/readings", params={**span, "limit": 25, **more})
        rows += part["readings"]
        if not part["next"]:
            break
        more = {"next": part["next"]}
    assert [row["value"] for row in rows] == list(range(60))
    assert rows[0].keys() >= {"device", "metric", "value", "quality", "observed_at", "received_at"}
    steps = house.get("/readings", params={**span, "step": "15m"})["steps"]
    assert [(step["min"], step["avg"], step["max"], step["count"]) for step in steps] == [(n, n + 7, n + 14, 15) for n in (0, 15, 30, 45)]
    problem(house.ask("GET", "/readings", "read"), 422, "invalid")
    problem(house.ask("GET", "/readings?device=nobody", "read"), 404, "not_found")


def test_reports_are_created_once_and_feeds_take_foreign_bodies_with_whatever_a_camera_can_send(house: House) -> None:
    first = house.post("/reports", report("once"), "feed")
    assert (first.status_code, first.json()["accepted"]) == (201, 1)
    assert house.post("/reports", report("once") | {"observed_at": datetime.now(UTC).isoformat()}, "feed").status_code == 200
    several = house.post("/reports", [report("a"), report("b"), {"title": "?"}], "feed").json()
    assert (several["accepted"], [each["index"] for each in several["rejected"]]) == (2, [2])
    assert len(house.get("/reports?source=contract&external_id=once")["reports"]) == 1

    def ticket(number: str) -> bytes:
        when = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
        return f"办件编号,诉求主题,诉求内容,派发时间\n{number},井盖缺损,井盖,{when}\n".encode()

    csv = {"Content-Type": "text/csv"}
    basic = base64.b64encode(f"camera:{house.tokens['feed']}".encode()).decode()
    sent = [
        house.ask("POST", "/feeds/hotline-csv", "feed", content=ticket("H1"), headers=csv),
        house.ask("POST", "/feeds/hotline-csv", content=ticket("H2"), headers={**csv, "Authorization": f"Basic {basic}"}),
        house.ask("POST", f"/feeds/hotline-csv/{house.tokens['feed']}", content=ticket("H3"), headers=csv),
    ]
    assert [(each.status_code, each.json()["accepted"]) for each in sent] == [(200, 1)] * 3

    def heard() -> set[str]:
        return {one["feed"] for one in house.get("/feeds")["feeds"] if one["accepted"]}

    until(lambda: "hotline" in heard(), what="the feed's own name among the feeds")
    assert "hotline-csv" not in heard()
    problem(house.ask("POST", f"/feeds/hotline-csv/{house.tokens['read']}", content=ticket("H4"), headers=csv), 403)
    problem(house.ask("POST", "/feeds/hotline-csv/unknown", content=ticket("H4"), headers=csv), 401)
    problem(house.ask("GET", "/alerts", headers={"Authorization": f"Basic {basic}"}), 401)
    problem(house.ask("POST", "/feeds/nothing", "feed", content=b"x"), 404, "not_found")
    assert all(house.tokens["feed"] not in house.city.stack.log(role) for role in ("edge", "web"))


def test_devices_are_registered_changed_and_found(house: House) -> None:
    body = {
        "name": "空气站 1", "domain": "environment", "area": "320404", "lon": 119.905, "lat": 31.805, "datum": "wgs84", "interval_s": 60,
        "model": "M1", "gateway": "gw", "metrics": {"pm25": {"unit": "ug/m3", "min": 0, "max": 500}},
    }  # fmt: skip
    assert house.ask("PUT", "/devices/station", "admin", json=body).status_code == 201
    assert house.ask("PUT", "/devices/station", "admin", json={**body, "name": "空气站 2"}).status_code == 200
    device = house.get("/devices/station")
    assert (device["name"], device["interval_s"], device["metrics"]["pm25"]["max"]) == ("空气站 2", 60, 500)
    assert house.post("/readings", {"readings": [reading("station", 501)]}, "feed").json()["rejected"][0]["reason"] == "range"
    several = [{**body, "device": f"station-{number}"} for number in range(3)]
    assert house.post("/devices", several, "admin").json() == {"created": 3, "changed": 0}
    problem(house.post("/devices", [{**body, "device": "good"}, {"device": "bad"}], "admin"), 422, "invalid")
    problem(house.ask("GET", "/devices/good", "read"), 404, "not_found")
    assert {row["device"] for row in house.get("/devices?gateway=gw&domain=environment")["devices"]} == {
        "station",
        *(each["device"] for each in several),
    }
    assert house.get("/devices?domain=water")["devices"] == []


def looked_at_twice(house: House, name: str) -> tuple[list[str], list[str]] | None:
    """The keys of a list as a whole and in pages; None when the leader changed it meanwhile."""
    key = {"cells": "cell_id", "cases": "number"}.get(name, "id")

    def whole() -> list[str]:
        answer = house.get(f"/{name}?limit=1000")
        assert answer["next"] is None
        return [str(row[key]) for row in answer[name]]

    before, pages, more = whole(), list[str](), ""
    for _ in range(5):
        page = house.get(f"/{name}?limit={max(1, len(before) // 2)}{more}")
        pages += [str(row[key]) for row in page[name]]
        if page["next"] is None:
            break
        more = f"&next={page['next']}"
    return (before, pages) if whole() == before else None


def test_lists_take_filters_limits_and_cursors_and_refuse_what_they_do_not_know(house: House) -> None:
    alerts = leaks(house, 3)
    house.post("/reports", [report(f"page-{number}", class_code="0502") for number in range(3)], "feed")
    house.post("/readings", {"readings": [reading("page", 99_999), reading("page", 99_998)]}, "feed")
    for alert in alerts:
        assert house.post("/cases", {"alert_id": alert["id"]}, "act").status_code == 201
    until(lambda: len(house.get("/incidents")["incidents"]) >= 1, what="an incident")
    for name in LISTS:
        whole, pages = until(lambda name=name: looked_at_twice(house, name), what=f"{name} of one moment")  # type: ignore[misc]
        assert sorted(pages) == sorted(whole)
        assert len(pages) >= 1
        for wrong in ("colour=red", "limit=0", "limit=1001", "next=nonsense"):
            problem(house.ask("GET", f"/{name}?{wrong}", "read"), 422, "invalid")
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for name in ("reports", "alerts", "incidents", "cases"):
        assert house.get(f"/{name}", params={"from": future})[name] == []
        assert house.get(f"/{name}", params={"area": SOUTH})[name] == []
        assert len(house.get(f"/{name}", params={"to": future})[name]) >= 1
    assert {each["severity"] for each in house.get("/alerts?severity=1&domain=emergency&limit=1000")["alerts"]} == {1}
    assert house.get("/alerts?severity=4")["alerts"] == []
    assert {each["stage"] for each in house.get("/alerts?state=acked&limit=1000")["alerts"]} == {"acked"}
    cell = house.get("/cells?limit=1")["cells"][0]
    assert len(house.get(f"/alerts?cell={cell['cell_id']}")["alerts"]) >= 3
    assert house.get(f"/cells?cell_code={cell['cell_code']}")["cells"] == [cell]
    assert house.get(f"/cells/{cell['cell_id']}")["cell_code"] == cell["cell_code"]


def test_acts_move_what_the_table_allows_and_tell_what_it_does_not(house: House) -> None:
    alert = leaks(house, 1)[0]
    path = f"/alerts/{alert['id']}"
    # The leader joins it to an incident, which is a change of its own: after that only we move it.
    until(lambda: house.ask("GET", path, "act").json()["incident_id"], what="the incident")
    seen = house.ask("GET", path, "act")
    assert "acknowledge" in seen.json()["acts"]
    done = house.post(f"{path}/acts", {"act": "acknowledge", "note": "看到"}, "act", If_Match=seen.headers["etag"])
    assert (done.status_code, done.json()["stage"]) == (200, "acked")
    assert done.headers["etag"] != seen.headers["etag"]
    stale = house.post(f"{path}/acts", {"act": "shelve", "note": "n"}, "act", If_Match=seen.headers["etag"])
    told = problem(stale, 412, "stale")
    assert stale.headers["etag"] == done.headers["etag"] == told["etag"]
    assert told["present"]["stage"] == "acked"
    told = problem(house.post(f"{path}/acts", {"act": "acknowledge"}, "act"), 409, "illegal_act")
    assert told["stage"] == "acked"
    assert "acknowledge" not in told["allowed"]
    problem(house.post(f"{path}/acts", {"act": "shelve"}, "act"), 422, "invalid")
    problem(house.post(f"{path}/acts", {"deed": "x"}, "act"), 422, "invalid")
    problem(house.post("/alerts/999999/acts", {"act": "acknowledge"}, "act"), 404, "not_found")

    house.post("/reports", report("act", class_code="0502"), "feed")
    number = house.get("/reports?external_id=act")["reports"][0]["id"]
    assert house.post(f"/reports/{number}/acts", {"act": "confirm"}, "act").json()["stage"] == "confirmed"
    assert problem(house.post(f"/reports/{number}/acts", {"act": "confirm"}, "act"), 409)["stage"] == "confirmed"
    incident = seen.json()["incident_id"]  # gas is still beyond its limit: nobody closes this one meanwhile
    assert house.post(f"/incidents/{incident}/acts", {"act": "acknowledge"}, "act").status_code == 200
    problem(house.post(f"/incidents/{incident}/acts", {"act": "fly"}, "act"), 409, "illegal_act")


def test_a_case_is_opened_shown_with_its_photo_and_moved_and_a_repeated_post_is_answered_as_the_first(house: House) -> None:
    alert = leaks(house, 1)[0]
    key = uuid.uuid4().hex
    opened = [house.post("/cases", {"alert_id": alert["id"], "note": "n"}, "act", Idempotency_Key=key) for _ in range(2)]
    assert [each.status_code for each in opened] == [201, 201]
    assert opened[0].json() == opened[1].json()
    assert opened[1].headers["idempotent-replayed"] == "true"
    problem(house.post("/cases", {"alert_id": alert["id"], "note": "other"}, "act", Idempotency_Key=key), 422, "invalid")
    number = opened[0].json()["number"]
    assert opened[0].headers["location"] == f"/api/v1/cases/{number}"
    photo = house.ask("POST", f"/media?case={number}&role=before", "act", content=picture(), headers={"Content-Type": "image/jpeg"})
    assert photo.status_code == 201, photo.text
    shown = house.ask("GET", f"/media/{photo.json()['media_id']}", "read")
    assert (shown.status_code, shown.headers["content-type"], shown.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    problem(house.ask("POST", f"/media?case={number}", "act", content=b"no picture", headers={"Content-Type": "image/jpeg"}), 422)
    case = house.get(f"/cases/{number}", "act")
    assert {"audit", "media", "remaining_s", "acts"} <= case.keys()
    moved = house.post(f"/cases/{number}/acts", {"act": case["acts"][0]}, "act", If_Match=f'"{case["version"]}"')
    assert moved.status_code == 200, moved.text
    assert moved.json()["stage"] != case["stage"]
    told = problem(house.post(f"/cases/{number}/acts", {"act": "check"}, "act"), 409, "illegal_act")
    assert (told["stage"], "check" in told["allowed"]) == (moved.json()["stage"], False)
    by_hand = house.post(
        "/cases", {"class_code": "0101", "title": "垃圾", "cell_code": house.get("/cells?limit=1")["cells"][0]["cell_code"]}, "act"
    )
    assert by_hand.status_code == 201, by_hand.text
    queue = house.get("/queue", "act")["items"]
    assert {"kind", "id", "acts"} <= queue[0].keys()
    assert number in {item["id"] for item in queue if item["kind"] == "case"} | {item.get("number") for item in queue}
    body = {"readings": [reading("keyed", 3)]}
    twice = [house.post("/readings", body, "feed", Idempotency_Key=key).json() for _ in range(2)]
    assert twice[0] == twice[1] == {"accepted": 1, "duplicates": 0, "rejected": []}


def test_what_does_not_happen_but_is_can_be_read(house: House) -> None:
    assert {area["code"] for area in house.get("/areas")["areas"]} >= {"320404", "320404001", SOUTH}
    rules = {rule["rule"]: rule for rule in house.get("/rules")["rules"]}
    assert (rules["gas"]["kind"], [level["severity"] for level in rules["gas"]["levels"]]) == ("threshold", [2, 1])
    for indicator in house.get("/indicators")["indicators"]:
        assert {"numerator", "denominator", "formula"} <= indicator.keys()
    feeds = [feed["feed"] for feed in house.get("/feeds")["feeds"]]
    assert set(feeds) >= {"city"}
    assert len(feeds) == len(set(feeds))
    assert house.get("/me")["scopes"] == ["read"]
    problem(house.ask("GET", "/nothing/of/that/name", "read"), 404, "not_found")
    refused = house.ask("PATCH", "/cases/1/acts", "read")
    problem(refused, 405)
    assert refused.headers["allow"] == "POST"


def test_a_screen_gets_a_snapshot_and_a_stream_that_goes_on_where_it_was(house: House) -> None:
    snapshot = house.get("/snapshot?screen=wall")
    assert {"sequence", "at", "streets", "feeds", "live", "store", "area", "scope"} <= snapshot.keys()
    problem(house.ask("GET", "/snapshot?screen=cellar", "read"), 422, "invalid")
    with house.city.screen(house.tokens["read"]) as screen:
        _, number, told = screen.wait(lambda event: event[0] == "snapshot")
        assert number is not None
        assert number == told["sequence"] >= snapshot["sequence"]
        house.city.leak()
        assert screen.wait(lambda event: event[0] == "delta")[1] == number + 1
    with house.city.screen(house.tokens["read"], after=number) as screen:
        assert screen.wait(lambda event: event[0] in ("delta", "snapshot"))[:2] == ("delta", number + 1)
    problem(house.ask("GET", "/stream?after=x", "read"), 422, "invalid")


def test_a_token_of_one_street_sees_and_feeds_only_that_street(house: House) -> None:
    alert = leaks(house, 1)[0]
    for name in ("devices", "cells", "reports", "alerts", "incidents", "cases"):
        assert all(row["area"].startswith(SOUTH) for row in house.get(f"/{name}?limit=1000", "south-read")[name])
    problem(house.ask("GET", f"/alerts/{alert['id']}", "south-read"), 404, "not_found")
    problem(house.post(f"/alerts/{alert['id']}/acts", {"act": "acknowledge"}, "south-act"), 404, "not_found")
    problem(house.ask("GET", "/readings?device=g1", "south-read"), 404, "not_found")
    assert list(house.get("/snapshot", "south-read")["streets"]) == [SOUTH]
    told = house.post("/readings", {"readings": [reading("g1", 1, "gas")]}, "south-feed").json()
    assert (told["accepted"], told["rejected"][0]["reason"]) == (0, "area")


def test_people_sign_in_with_a_password_and_prove_that_a_write_is_theirs(house: House) -> None:
    with httpx.Client(base_url=f"{house.url}/api/v1", timeout=PATIENCE_S) as browser:
        problem(browser.post("/session", json={"login": "duty01", "password": "wrong-Wrong-1"}), 401)
        assert browser.post("/session", json={"login": "duty01", "password": PASSWORD}).status_code == 201
        assert browser.get("/me").json()["role"] == "duty"
        alert = leaks(house, 1)[0]
        problem(browser.post(f"/alerts/{alert['id']}/acts", json={"act": "acknowledge"}), 403, "not_allowed")
        proof = {"X-Yiping-Csrf": browser.cookies["yiping_csrf"]}
        assert browser.post(f"/alerts/{alert['id']}/acts", json={"act": "acknowledge"}, headers=proof).status_code == 200
        assert browser.delete("/session", headers=proof).status_code == 204
        problem(browser.get("/me"), 401)


def test_a_walls_link_binds_a_browser_to_its_view_and_can_be_taken_back(house: House) -> None:
    with httpx.Client(base_url=house.url, timeout=PATIENCE_S) as wall:
        entered = wall.get(f"/screen/{house.tokens['screen']}")
        assert (entered.status_code, entered.headers["location"]) == (303, "/wall")
        assert "httponly" in entered.headers.get_list("set-cookie")[0].lower()
        assert wall.get("/api/v1/snapshot").status_code == 200
        assert wall.get("/wall").status_code == 200
        for path in ("/snapshot?screen=duty", "/stream?screen=duty", "/cases", "/reports", "/devices", "/rejected"):
            problem(wall.get(f"/api/v1{path}"), 403, "not_allowed")
        problem(wall.post("/api/v1/cases", json={}), 403)
        with house.city.store.connection() as connection:
            connection.execute("update tokens set revoked_at = now() where name = 'screen'")
        problem(wall.get("/api/v1/me"), 401)  # the edge, which remembers for five seconds, later
