"""Emergencies through the API: declared, planned, tasks to the nearest who is free, ended; and resources near a place."""

import threading
from typing import Any

from flask import Flask

from store import emergency_tasks
from tests.desk import NORTH, SOUTH, Desk, Person, later
from tests.patience import until


def incident(desk: Desk, **columns: Any) -> int:
    values = {"title": "桥下积水", "class_code": "0502", "domain": "water", "severity": 2, "stage": "open", "area": f"{NORTH}001", "lon": 119.9, "lat": 31.7,
              "opened_at": desk.now, "updated_at": desk.now, **columns}  # fmt: skip
    return int(desk.insert("incidents", values, "incident_id"))


def resource(desk: Desk, code: str, east: float = 0.0, **columns: Any) -> int:
    values = {
        "code": code,
        "kind": "team",
        "name": code,
        "tags": ["排涝"],
        "area": NORTH,
        "lon": 119.9 + east,
        "lat": 31.7,
        "updated_at": desk.now,
        **columns,
    }
    return int(desk.insert("resources", values, "resource_id"))


def declare(person: Person, incident_id: int, level: int = 3, **fields: Any) -> Any:
    body = {"act": "declare", "type": "natural", "level": level, "note": "积水 27 cm，仍在上涨", **fields}
    return person.post(f"/incidents/{incident_id}/emergency", body)


def act(person: Person, incident_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/incidents/{incident_id}/emergency", {"act": name, **fields})


def test_a_plan_gives_its_tasks_to_the_nearest_who_are_free_and_a_graver_level_adds_its_own(desk: Desk, app: Flask) -> None:
    number, officer = incident(desk), desk.sign_in(app, "duty1")
    far, near = resource(desk, "far", 0.02), resource(desk, "near", 0.001)
    offered = officer.get(f"/incidents/{number}/emergency").json
    assert (offered["emergency"], offered["acts"], [one["plan"] for one in offered["proposed"]]) == (None, ["declare"], ["waterlogging"])
    assert declare(officer, number).status_code == 200
    found = act(officer, number, "activate", plan="waterlogging").json
    assert [(one["step"], one["resource_id"]) for one in sorted(found["tasks"], key=lambda one: one["step"])] == [
        (0, near),
        (1, None),
        (2, None),
    ]
    assert act(officer, number, "activate", plan="waterlogging").json["tasks"] == found["tasks"], "activated twice, issued once"
    graver = act(officer, number, "set_level", level=2, note="住户进水").json
    assert {one["step"] for one in graver["tasks"]} == {0, 1, 2, 3, 4}
    other = incident(desk, title="另一处")
    declare(officer, other)
    first = next(one for one in act(officer, other, "activate", plan="waterlogging").json["tasks"] if one["step"] == 0)
    assert first["resource_id"] == far, "the near one is out already"


def test_a_team_says_where_it_is_and_every_word_is_in_the_log(desk: Desk, app: Flask) -> None:
    number, officer = incident(desk), desk.sign_in(app, "duty1")
    resource(desk, "pumps")
    declare(officer, number)
    task = next(one for one in act(officer, number, "activate", plan="waterlogging").json["tasks"] if one["step"] == 0)
    for name, stage, note in (
        ("set_out", "on_way", ""),
        ("arrive", "arrived", ""),
        ("report", "arrived", "两台泵已开"),
        ("finish", "done", "积水排空"),
    ):
        later(desk, minutes=3)
        assert officer.post(f"/tasks/{task['id']}/acts", {"act": name, "note": note}).json["stage"] == stage
    refused = officer.post(f"/tasks/{task['id']}/acts", {"act": "report", "note": "x"})
    assert refused.status_code == 409
    log = officer.get(f"/incidents/{number}/emergency").json["log"]
    said = [(one["detail"].get("act"), one["text"]) for one in log if one["detail"].get("task") == task["id"]]
    assert said == [("issue", ""), ("set_out", ""), ("arrive", ""), ("report", "两台泵已开"), ("finish", "积水排空")]


def test_what_is_late_is_marked_and_told_once(desk: Desk, app: Flask) -> None:
    number, officer = incident(desk), desk.sign_in(app, "duty1")
    declare(officer, number)
    act(officer, number, "activate", plan="waterlogging")
    counts = []
    for minutes in (10, 10, 0):
        with desk.store.connection() as connection:
            counts.append(emergency_tasks.mark_overdue(connection, later(desk, minutes=minutes)))
    assert counts == [0, 1, 0]
    told = desk.rows("select target from outbox where template = 'plan_step_overdue'")
    assert [row["target"] for row in told] == ["role:duty"]


def test_an_emergency_keeps_its_incident_open_and_its_end_calls_everybody_back(desk: Desk, app: Flask) -> None:
    number, officer, boss = incident(desk), desk.sign_in(app, "duty1"), desk.sign_in(app, "boss")
    declare(officer, number)
    act(officer, number, "activate", plan="waterlogging")
    closing = officer.post(f"/incidents/{number}/acts", {"act": "close"})
    assert (closing.status_code, "end that first" in closing.json["detail"]) == (409, True)
    assert act(officer, number, "end", note="水退").status_code == 403, "who is on duty does not end it"
    ended = act(boss, number, "end", note="水退").json
    assert (ended["emergency"]["stage"], {one["stage"] for one in ended["tasks"]}) == ("ended", {"cancelled"})
    assert act(boss, number, "note", note="x").status_code == 409
    assert officer.post(f"/incidents/{number}/acts", {"act": "close"}).status_code == 200


def test_nothing_is_declared_without_a_reason_a_level_and_a_type_nor_twice(desk: Desk, app: Flask) -> None:
    number, officer, worker = incident(desk), desk.sign_in(app, "duty1"), desk.sign_in(app, "worker1")
    wrong = [
        declare(officer, number, note=""),
        declare(officer, number, 5),
        declare(officer, number, type="weather"),
        declare(worker, number),
    ]
    assert [one.status_code for one in wrong] == [422, 422, 422, 403]
    assert desk.rows("select * from emergencies") + desk.rows("select * from emergency_log") + desk.rows("select * from outbox") == []
    assert declare(officer, number).status_code == 200
    assert declare(officer, number).status_code == 409
    stale = officer.post(f"/incidents/{number}/emergency", {"act": "set_level", "level": 1, "note": "x"}, If_Match='"7"')
    assert stale.status_code == 412


def test_resources_are_found_by_distance_and_number_and_whom_to_call_is_audited(desk: Desk, app: Flask) -> None:
    keeper, officer, worker = desk.sign_in(app, "supervisor"), desk.sign_in(app, "duty1"), desk.sign_in(app, "worker1")
    for name, east in (("b", 0.002), ("a", 0.001), ("c", 0.05)):
        body = {"kind": "shelter", "name": f"避难场所{name}", "area": NORTH, "lon": 119.9 + east, "lat": 31.7, "quantity": 300, "measure": "人",
                "person": "王某", "phone": "13800000000"}  # fmt: skip
        assert keeper.ask("PUT", f"/resources/{name}", body).status_code == 201
    assert [one["code"] for one in officer.get("/resources?lon=119.9&lat=31.7&n=2").json["resources"]] == ["a", "b"]
    within = officer.get("/resources?lon=119.9&lat=31.7&radius=150&kind=shelter").json["resources"]
    assert [(one["code"], round(one["distance_m"])) for one in within] == [("a", 95)]
    assert "13800000000" not in officer.get("/resources").text
    assert officer.get("/resources/a/contact").json == {"name": "王某", "phone": "13800000000"}
    assert worker.get("/resources/a/contact").status_code == 403
    assert [row["key"] for row in desk.rows("select key from audit where noun = 'resource' and act = 'look'")] == ["a"]
    assert officer.ask("PUT", "/resources/a", {"kind": "team", "name": "x", "area": NORTH}).status_code == 403
    wrong = keeper.ask("PUT", "/resources/z", {"kind": "boat", "name": "x", "area": NORTH})
    assert (wrong.status_code, "none of team" in wrong.json["detail"]) == (422, True)


def test_a_resource_is_changed_only_from_the_version_that_was_seen(desk: Desk, app: Flask) -> None:
    first, second, officer = desk.sign_in(app, "supervisor"), desk.sign_in(app, "admin"), desk.sign_in(app, "duty1")
    body = {"kind": "team", "name": "排涝一队", "area": NORTH, "phone": "13800000000", "person": "王某"}
    assert first.ask("PUT", "/resources/t", body, If_Match='"3"').status_code == 404, "there is none to change"
    made = first.ask("PUT", "/resources/t", body)
    assert (made.status_code, made.headers["ETag"], made.json["acts"]) == (201, '"1"', ["change"])
    blind = second.ask("PUT", "/resources/t", {**body, "name": "x"})
    assert (blind.status_code, blind.json["etag"]) == (428, '"1"')
    changed = first.ask("PUT", "/resources/t", {**body, "name": "排涝二队"}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.headers["ETag"], changed.json["name"]) == (200, '"2"', "排涝二队")
    late = second.ask("PUT", "/resources/t", {**body, "quantity": 9}, If_Match=made.headers["ETag"])
    assert (late.status_code, late.json["present"]["name"], late.json["last"]["actor"]) == (412, "排涝二队", "supervisor")
    seen = officer.get("/resources/t")
    assert (seen.headers["ETag"], seen.json["quantity"], seen.json["may_call"], seen.json["acts"]) == ('"2"', None, True, [])
    assert "13800000000" not in seen.text
    assert second.get("/resources/t").json["may_call"] is False


def test_a_resource_of_another_area_is_not_taken_over_by_its_code(desk: Desk, app: Flask) -> None:
    resource(desk, "pumps", area=f"{SOUTH}001")
    desk.rows("update accounts set role = 'supervisor' where login = 'north' returning 1")
    taken = desk.sign_in(app, "north").ask("PUT", "/resources/pumps", {"kind": "team", "name": "x", "area": NORTH})
    assert (taken.status_code, "another area" in taken.json["detail"]) == (403, True)


def test_a_brief_says_what_was_stored_and_stays_as_it_was(desk: Desk, app: Flask) -> None:
    number, officer = incident(desk), desk.sign_in(app, "duty1")
    resource(desk, "pumps", 0.001, name="排涝一队")
    alert_id = desk.alert(title="积水 27 cm", incident_id=number)
    desk.insert("cases", {"case_number": f"{1:019d}", "title": "积水", "class_code": "0502", "severity": 2, "stage": "dispatched", "area": f"{NORTH}001",
                          "opened_at": desk.now, "updated_at": desk.now, "incident_id": number}, "case_number")  # fmt: skip
    declare(officer, number)
    act(officer, number, "activate", plan="waterlogging")
    first = officer.post(f"/incidents/{number}/briefs", {})
    assert (first.status_code, first.json["number"]) == (201, 1)
    page = officer.get(f"/briefs/{first.json['id']}/paper.html").text
    assert all(words in page for words in ("桥下积水", "III 级响应", "城市内涝应急预案", "排水队到场强排", "排涝一队", "积水 27 cm"))
    english = officer.get(f"/briefs/{first.json['id']}/paper.html?lang=en").text
    assert all(words in english for words in ("Level III", "Zhonglou District", "Pump out", "Dispatched"))
    desk.rows("update alerts set title = 'x' where alert_id = %s returning 1", alert_id)
    assert officer.get(f"/briefs/{first.json['id']}/paper.html").text == page
    assert officer.get(f"/briefs/{first.json['id']}/paper.pdf").data.startswith(b"%PDF-")
    assert officer.post(f"/incidents/{number}/briefs", {}).json["number"] == 2
    south = desk.sign_in(app, "worker1")
    assert south.post(f"/incidents/{number}/briefs", {}).status_code == 403


def give(person: Person, incident_id: int, **fields: Any) -> Any:
    return person.post(f"/incidents/{incident_id}/tasks", {"title": "封控桥下路口", **fields})


def crews(desk: Desk) -> dict[str, int]:
    """The drains with a team of theirs (worker1), and the roads (worker2)."""
    numbers: dict[str, int] = {}
    for code, parent in (("drain", None), ("team", "drain"), ("road", None)):
        values = {"code": code, "name": code, "area": "320404", "parent_id": numbers.get(parent or "")}
        numbers[code] = int(desk.insert("units", values, "unit_id"))
    for login, code in (("worker1", "team"), ("worker2", "road")):
        desk.rows("update accounts set unit_id = %s where login = %s returning 1", numbers[code], login)
    return numbers


def test_a_task_is_answered_by_its_own_unit_and_by_the_command_and_by_no_other_team(desk: Desk, app: Flask) -> None:
    number, officer, units = incident(desk), desk.sign_in(app, "duty1"), crews(desk)
    own, other = desk.sign_in(app, "worker1"), desk.sign_in(app, "worker2")
    declare(officer, number)
    task, nobodys = (give(officer, number, **fields).json["id"] for fields in ({"unit_id": units["drain"]}, {}))

    def offered(person: Person) -> list[bool]:
        shown = {one["id"]: bool(one["acts"]) for one in person.get(f"/incidents/{number}/emergency").json["tasks"]}
        return [shown[task], shown[nobodys]]

    assert (offered(officer), offered(own), offered(other)) == ([True, True], [True, False], [False, False])
    assert other.post(f"/tasks/{task}/acts", {"act": "refuse", "note": "x"}).status_code == 403
    assert own.post(f"/tasks/{nobodys}/acts", {"act": "accept"}).status_code == 403
    assert own.post(f"/tasks/{task}/acts", {"act": "accept"}).json["stage"] == "accepted"
    assert officer.post(f"/tasks/{nobodys}/acts", {"act": "accept"}).status_code == 200
    below = give(officer, number, unit_id=units["team"]).json["id"]
    desk.rows("update accounts set unit_id = %s where login = 'worker1' returning 1", units["drain"])
    assert own.post(f"/tasks/{below}/acts", {"act": "accept"}).status_code == 200, "the unit speaks for its teams"


def test_a_refusal_is_told_to_the_desk_and_a_calling_back_to_the_unit_and_neither_is_an_acceptance(desk: Desk, app: Flask) -> None:
    number, officer, boss, units = incident(desk), desk.sign_in(app, "duty1"), desk.sign_in(app, "boss"), crews(desk)
    declare(officer, number)
    refused, cancelled, open_still = (give(officer, number, unit_id=units["drain"]).json["id"] for _ in range(3))
    desk.sign_in(app, "worker1").post(f"/tasks/{refused}/acts", {"act": "refuse", "note": "泵车故障"})
    officer.post(f"/tasks/{cancelled}/acts", {"act": "cancel", "note": "改派"})
    act(boss, number, "end", note="水退")
    told = desk.rows(
        "select template, target, payload ->> 'task' as task from outbox where template in ('plan_step_refused', 'plan_step_cancelled') order by outbox_id"
    )
    unit = f"unit:{units['drain']}"
    assert [(row["template"], row["target"], int(row["task"])) for row in told] == [
        ("plan_step_refused", "role:duty", refused), ("plan_step_cancelled", unit, cancelled), ("plan_step_cancelled", unit, open_still),
    ]  # fmt: skip
    assert {row["acked_at"] for row in desk.rows("select acked_at from emergency_tasks")} == {None}


def test_two_commanders_do_not_send_the_same_team_at_once(desk: Desk, app: Flask) -> None:
    number, other, officer = incident(desk), incident(desk, title="另一处"), desk.sign_in(app, "duty1")
    far, near = resource(desk, "far", 0.02), resource(desk, "near", 0.001)
    declare(officer, number)
    declare(officer, other)
    second = threading.Thread(target=act, args=(officer, number, "activate"), kwargs={"plan": "waterlogging"})
    with desk.store.connection() as first:
        first.execute("select from resources where resource_id = %s for update", [near])
        first.execute(
            "insert into emergency_tasks (incident_id, area, title, resource_id, issued_at, issued_by) values (%s, %s, 'x', %s, %s, 'duty2')",
            [other, f"{NORTH}001", near, desk.now],
        )
        second.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the second commander waits")
    second.join()
    assert [row["resource_id"] for row in desk.rows("select resource_id from emergency_tasks where step = 0")] == [far]


def test_a_team_that_is_out_wherever_that_is_gets_a_second_task_only_from_who_says_so(desk: Desk, app: Flask) -> None:
    number, south, officer, north = (
        incident(desk),
        incident(desk, area=f"{SOUTH}001"),
        desk.sign_in(app, "duty1"),
        desk.sign_in(app, "north"),
    )
    near = resource(desk, "near")
    declare(officer, number)
    declare(officer, south)
    assert give(officer, south, resource_id=near).status_code == 201
    refused = give(north, number, resource_id=near)
    assert (refused.status_code, "also" in refused.json["detail"]) == (409, True)
    assert give(north, number, resource_id=near, also="yes").status_code == 422
    assert give(north, number, resource_id=near, also=True).status_code == 201
