"""A drill is told as one wherever it is told: every answer of the API that names something played says so beside it.

One city in which everything is a drill, and every list, page, file and paper of it.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from api.open311_requests import DRILL, list_requests
from api.routes import ROUTES
from core.model import EVERYWHERE
from tests.desk import NORTH, Desk

WORD = "靶标"  # in the name of everything that is played
PLACE: dict[str, Any] = {"lon": 119.905, "lat": 31.785}
CASE = "3204042026112100001"
SAID = re.compile("演练|drill|DRILL|exercise", re.IGNORECASE)


def play(desk: Desk) -> dict[str, Any]:
    """A drill of everything there is; their ids by the words that stand for them in the paths."""
    drill = {"drill": True, "area": f"{NORTH}001"}
    now, unit = desk.now, desk.insert("units", {"code": "u1", "name": "应急局", "area": "320404"}, "unit_id")
    device = desk.insert("devices", {"device": "gas-1", "name": f"{WORD}探测器", "domain": "emergency", "kind": "探测器", "placement": "inside", **drill, **PLACE},
                         "device_id")  # fmt: skip
    camera = desk.insert("devices", {"device": "cam-1", "name": f"{WORD}摄像机", "domain": "urban", "camera": True, "placement": "inside", **drill, **PLACE},
                         "device_id")  # fmt: skip
    assert device != camera
    times = {"opened_at": now, "updated_at": now}
    incident = desk.insert("incidents", {"title": f"{WORD}燃气泄漏", "class_code": "0504", "domain": "emergency", "severity": 1, "stage": "handling", **drill, **PLACE, **times},
                           "incident_id")  # fmt: skip
    alert = desk.alert(title=f"{WORD}燃气高报", device_id=device, incident_id=incident, **PLACE, drill=True)
    report = desk.report(title=f"{WORD}路面积水", drill=True, incident_id=incident, cell_id=1, address="长江路1号", **PLACE)
    loose = desk.report(
        title=f"{WORD}井盖缺损",
        drill=True,
        class_code="0503",
        cell_id=1,
        external_id="public-1",
        channel="public",
        source="open311",
        **PLACE,
    )
    desk.insert("reports", {"source": "weather", "external_id": "w1", "channel": "weather", "title": f"{WORD}暴雨预警", "placement": "none", "observed_at": now,
                            "received_at": now, "processed_at": now, **drill, "area": "320404"}, "report_id")  # fmt: skip
    case = {"title": f"{WORD}现场处置", "class_code": "0504", "severity": 2, "stage": "handling", "cell_id": 1, "duty_grid": "g1", "incident_id": incident,
            "handler_id": desk.people["worker1"], "lead_unit": unit, "due_at": now + timedelta(hours=1), **PLACE, **drill, **times}  # fmt: skip
    desk.insert("cases", {"case_number": CASE, **case}, "case_number")
    order = desk.insert("expedite_orders", {"case_number": CASE, "text": f"{WORD}尽快处置", "unit_id": unit, "issued_at": now, "issued_by": desk.people["supervisor"],
                                            "issued_name": "supervisor", "due_at": now + timedelta(hours=1), "updated_at": now, "drill": True}, "order_id")  # fmt: skip
    ticket = desk.insert("hotline_tickets", {"source": "12345", "ticket_no": "t-1", "report_id": report, "stage": "accepted", "opened_at": now, "accepted_at": now, "updated_at": now, **drill}, "ticket_id")  # fmt: skip
    hazard = desk.insert(
        "hazards",
        {"title": f"{WORD}消防通道堵塞", "level": "general", "found_at": now, "found_name": "duty1", "updated_at": now, **drill, **PLACE},
        "hazard_id",
    )
    desk.insert(
        "enterprises",
        {"code": "E-1", "name": f"{WORD}化工厂", "kind": "dust", "created_at": now, "updated_at": now, **drill, **PLACE},
        "enterprise_id",
    )
    patrol = desk.insert("patrols", {"duty_grid": "g1", "title": f"{WORD}巡查", "worker_id": desk.people["worker1"], "stops": "[]", "since": now, "share": 1,
                                     "until": now + timedelta(hours=1), "stage": "under_way", "began_at": now, "made_by": "duty1", "made_at": now, **drill}, "patrol_id")  # fmt: skip
    desk.insert(
        "patrol_fixes",
        {"patrol_id": patrol, "account_id": desk.people["worker1"], "at": now, "verdict": "good", "received_at": now, **PLACE},
        "patrol_id",
    )
    desk.insert(
        "emergencies",
        {"incident_id": incident, "type": "accident", "level": 2, "declared_at": now, "declared_by": "duty1", **drill},
        "incident_id",
    )
    desk.insert(
        "emergency_tasks",
        {"incident_id": incident, "area": f"{NORTH}001", "title": f"{WORD}疏散", "issued_at": now, "issued_by": "duty1"},
        "task_id",
    )
    desk.insert("notices", {"parcel": "p1", "at": now, "accounts": [desk.people["duty1"]], "severity": 1, "template": "raised", "title": f"{WORD}燃气高报",
                            "items": json.dumps([{"noun": "alert", "id": alert}]), **drill}, "notice_id")  # fmt: skip
    return {"device": "gas-1", "alert": alert, "report": report, "loose": loose, "incident": incident, "case": CASE, "order": order, "ticket": ticket,
            "hazard": hazard, "patrol": patrol}  # fmt: skip


def unmarked(told: Any, above: bool = False, path: str = "") -> Iterator[str]:
    """Where the word stands in an answer without a drill said beside or above it."""
    if isinstance(told, dict) and isinstance(told.get("drill"), list):  # columns
        for row in zip(*told.values(), strict=True):
            yield from unmarked(dict(zip(told, row, strict=True)), above, path)
    elif isinstance(told, dict):
        marked = above or told.get("drill") is True or any(isinstance(value, str) and SAID.search(value) for value in told.values())
        for name, value in told.items():
            yield from unmarked(value, marked, f"{path}.{name}")
    elif isinstance(told, list):
        for place, value in enumerate(told):
            yield from unmarked(value, above, f"{path}[{place}]")
    elif isinstance(told, str) and WORD in told and not above and not SAID.search(told):
        yield f"{path}: {told[:60]}"


@pytest.fixture
def played(desk: Desk) -> dict[str, Any]:
    return play(desk)


# What stands for the words of a path, by the path's beginning; and what a question needs to be meant.
NOUNS = {"/alerts/{id}": "alert", "/reports/{id}": "report", "/incidents/{id}": "incident", "/hotline/tickets/{id}": "ticket", "/orders/{id}": "order",
         "/hazards/{id}": "hazard", "/patrols/{id}": "patrol"}  # fmt: skip
ASKED = {
    "/map/around": "lon=119.905&lat=31.785&radius_m=500", "/map/search": f"q={WORD[1:]}", "/cases/known": "lon=119.905&lat=31.785&address=长江路1号&class_code=0504",
    "/replay/timeline": "from=2026-11-21T00:00:00Z&to=2026-11-21T06:00:00Z", "/cockpit/changes": "from=2026-11-21T00:00:00Z", "/indicators": "from=2026-11-21T00:00:00Z", "/told": "alert=1",
}  # fmt: skip
NO_DRILL = {
    "/readings",
    "/trends/{subject}/rows",
    "/routing/proposal",
    "/replay/moment",
    "/replay/deltas",
    "/gazetteer/matches",
    "/components",
    "/media",
    "/works/near",
}  # fmt: skip — nothing played is asked for


def paths(ids: dict[str, Any]) -> Iterator[str]:
    """Every GET of the table that can be asked in this city."""
    for route in ROUTES:
        path = route.path
        if route.method != "GET" or route.handler is None or path in NO_DRILL:
            continue
        for beginning, noun in NOUNS.items():
            path = path.replace(beginning, beginning.replace("{id}", str(ids[noun])))
        for layer, code in (("devices", "gas-1"), ("cameras", "cam-1")):
            whole = path.replace("{layer}", layer).replace("{code}", code) if "{layer}" in path else path
            whole = (
                whole.replace("{device}", code)
                .replace("{number}", CASE)
                .replace("{cell_id}", "1")
                .replace("enterprises/{code}", "enterprises/E-1")
            )
            if "{" not in whole:
                yield f"{whole}?{ASKED[path]}" if path in ASKED else whole


def test_every_answer_that_names_a_drill_says_so(desk: Desk, app: Flask, played: dict[str, Any]) -> None:
    people = [desk.sign_in(app, login) for login in ("supervisor", "duty1", "admin")]
    assert people[1].post(f"/alerts/{played['alert']}/acts", {"act": "take"}).status_code == 200  # held on a shift
    silent, told = set(), set()
    for path in sorted(set(paths(played))):
        answers = [person.get(path) for person in people]
        for answer in answers:
            assert answer.status_code in (200, 204, 403, 404), (path, answer.status_code, answer.text[:200])
            if answer.status_code == 200 and answer.is_json and WORD in json.dumps(answer.json, ensure_ascii=False):
                told.add(path.partition("?")[0])
                silent |= {f"{path} {where}" for where in unmarked(answer.json)}
    assert not silent, "\n".join(sorted(silent))
    lists = {"/alerts", "/reports", "/incidents", "/cases", "/cases/queue", "/queue", "/notices", "/devices", "/cameras", "/patrols", "/orders", "/hazards",
             "/enterprises", "/emergencies", "/hotline/tickets", "/map/around", "/map/search", "/map/warnings", "/map/movers", "/replay/timeline", "/shifts/current"}  # fmt: skip
    assert lists <= told, f"not walked: {sorted(lists - told)}"


@pytest.mark.parametrize("ledger", ["orders", "hazards", "enterprises", "hotline"])
def test_a_file_of_a_ledger_has_a_column_for_it(desk: Desk, app: Flask, played: dict[str, Any], ledger: str) -> None:
    answer = desk.sign_in(app, "supervisor").get(f"/ledgers/{ledger}.csv")
    rows = [row for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))) if WORD in "".join(row.values())]
    assert {row["演练"] for row in rows} == {"是"}, answer.text[:500]


def test_what_applications_of_citizens_are_told_says_it_in_words(desk: Desk, played: dict[str, Any]) -> None:
    with desk.store.connection() as connection:
        rows = list_requests(connection, EVERYWHERE, {}, desk.config, desk.now)
    assert {row["service_request_id"] for row in rows} == {played["report"], played["loose"]}
    assert all(row["description"].startswith(DRILL) and row["service_name"].startswith(DRILL) for row in rows)


@pytest.mark.parametrize(("kind", "drills"), [("alerts", 1), ("cases", 1), ("complaints", 2)])
def test_no_colour_of_the_map_counts_a_drill(desk: Desk, app: Flask, played: dict[str, Any], kind: str, drills: int) -> None:
    told = desk.sign_in(app, "supervisor").get(f"/map/heat?of={kind}&span=1h").json
    assert (told["count"], told["grid"], told["drills"]) == (0, None, drills)
