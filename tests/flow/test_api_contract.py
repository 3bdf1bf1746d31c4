"""The contract of /api/v1 checked from outside, over the edge, with nothing but HTTP: calls, tokens, lists, who sees what, errors."""

from datetime import UTC, datetime, timedelta

import httpx

from tests.house import PASSWORD, SOUTH, House, leaks, problem, reading, report
from tests.patience import PATIENCE_S, until

LISTS = ("devices", "cells", "reports", "alerts", "incidents", "cases", "rejected")
PUBLIC = {("post", "/session"), ("delete", "/session"), ("get", "/screen/{token}"), ("post", "/notify/{channel}/receipts")}


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
