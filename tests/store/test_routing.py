"""Routing through the database and the API: proposals, what is written of each dispatch, and rules with their history."""

from datetime import timedelta
from typing import Any, LiteralString

import pytest
from flask import Flask

from core.work_config import Limit, TimeUnit
from dispatch.routing import Proposal
from dispatch.standards import COMPONENT, EVENT, Standard
from store import routing, standards
from store.acts import Act
from tests.desk import NORTH, SOUTH, Desk, Person


@pytest.fixture
def units(desk: Desk) -> dict[str, int]:
    made = {}
    for code, name in (("drains", "排水所"), ("street", "北街道办"), ("power", "供电公司")):
        made[code] = desk.insert("units", {"code": code, "name": name, "area": "320404"}, "unit_id")
    return made


def rule(admin: Person, name: str, **fields: Any) -> Any:
    return admin.post("/routing", {"rule": name, "label": name, **fields})


def case(desk: Desk, number: str = "1", **fields: Any) -> dict[str, Any]:
    row = {"title": "积水", "class_code": "0502", "severity": 3, "stage": "registered", "area": f"{NORTH}001", "cell_id": 1,
           "opened_at": desk.now, "updated_at": desk.now, "case_number": number, **fields}  # fmt: skip
    desk.insert("cases", row, "case_number")
    return row


def propose(desk: Desk, row: dict[str, Any]) -> Proposal:
    with desk.store.connection() as connection:
        return routing.propose(connection, row, desk.now)


def give(desk: Desk, row: dict[str, Any], proposal: Proposal, **chosen: Any) -> None:
    saved = {**row, "lead_unit": proposal.lead_unit, "handler_id": proposal.worker, **chosen}
    with desk.store.connection() as connection:
        routing.record(connection, saved, proposal, Act("dispatch", desk.scope("dispatcher", "dispatcher"), desk.now))


def send_back(desk: Desk, row: dict[str, Any], login: str = "worker1") -> None:
    with desk.store.connection() as connection:
        routing.sent_back(connection, row["case_number"], Act("send_back", desk.scope(login, "grid_worker"), desk.now, "不属我单位"))


def test_rules_are_followed_sent_back_counted_and_gone_past(desk: Desk, app: Flask, units: dict[str, int]) -> None:
    admin = desk.sign_in(app, "admin")
    assert rule(admin, "water", classes=["0502"], lead_unit="drains", support_units=["street"]).status_code == 201
    assert rule(admin, "north", areas=[NORTH], lead_unit="street", on_shift=True).status_code == 201
    one, two = case(desk), case(desk, "2")
    first = propose(desk, one)
    assert (first.rule, first.lead_unit, first.support_units, first.worker) == ("water", units["drains"], (units["street"],), None)
    give(desk, one, first)
    give(desk, two, propose(desk, two), lead_unit=units["power"])  # the dispatcher knew better: the rule does not answer for it
    for row in (one, two):
        send_back(desk, row)
    again = propose(desk, one)
    assert (again.rule, again.lead_unit, [unit.name for unit in again.sent_back]) == ("north", units["street"], ["排水所"])
    assert again.worker is None, "whoever sent it back is not asked again"
    told = admin.get("/routing").json
    assert {row["rule"]: (row["dispatched"], row["sent_back"], row["misdispatch_rate"]) for row in told["rules"]} == {
        "water": (1, 1, 1.0), "north": (0, 0, None)}  # fmt: skip
    assert {row["basis"]: row["sent_back"] for row in told["by"]} == {"person": 1, "rule": 1}


def test_without_rules_it_is_the_duty_grids_worker_and_nobody_once_they_sent_it_back(desk: Desk) -> None:
    row = case(desk)
    found = propose(desk, row)
    assert (found.basis, found.worker, found.lead_unit) == ("duty_grid", desk.people["worker1"], None)
    give(desk, row, found)
    send_back(desk, row)
    assert propose(desk, row).basis == "nobody"


@pytest.mark.parametrize("change", ["role = 'duty'", f"areas = '{{{SOUTH}}}'"])
def test_a_worker_who_handles_no_more_or_not_there_is_not_proposed(
    desk: Desk, app: Flask, units: dict[str, int], change: LiteralString
) -> None:
    admin, row = desk.sign_in(app, "admin"), case(desk)
    assert rule(admin, "water", classes=["0502"], lead_unit="drains", worker="worker1").status_code == 201
    assert propose(desk, row).worker == desk.people["worker1"]
    desk.rows(f"update accounts set {change} where login = 'worker1' returning 1")
    assert (propose(desk, row).lead_unit, propose(desk, row).worker) == (units["drains"], None)
    admin.ask("DELETE", "/routing/water", {"why": "停用"}, If_Match='"1"')
    assert propose(desk, row).basis == "nobody", "nor as the worker on shift"


def test_the_owner_of_a_component_is_proposed_before_any_rule(desk: Desk, app: Flask, units: dict[str, int]) -> None:
    rule(desk.sign_in(app, "admin"), "water", classes=["0502"], lead_unit="drains")
    values = {"code": "3204040102000001", "class_code": "0102", "owner": "供电公司", "owner_unit": units["power"], "area": NORTH,
              "lon": 119.9, "lat": 31.7, "imported_at": desk.now}  # fmt: skip
    desk.insert("components", values, "code")
    found = propose(desk, {**case(desk), "component_code": values["code"]})
    assert (found.basis, found.lead_unit, found.rule) == ("component", units["power"], None)


def test_a_disabled_units_rule_proposes_nothing(desk: Desk, app: Flask, units: dict[str, int]) -> None:
    rule(desk.sign_in(app, "admin"), "water", classes=["0502"], lead_unit="drains")
    desk.rows("update units set disabled_at = now() where code = 'drains' returning 1")
    assert propose(desk, case(desk)).basis == "duty_grid"


def test_rules_are_the_admins_with_reasons_versions_and_history(desk: Desk, app: Flask, units: dict[str, int]) -> None:
    admin = desk.sign_in(app, "admin")
    assert rule(desk.sign_in(app, "dispatcher"), "water", lead_unit="drains").status_code == 403
    assert "no unit nowhere" in rule(admin, "water", lead_unit="nowhere").json["detail"]
    assert "names nobody" in rule(admin, "water").json["detail"]
    assert rule(admin, "water", lead_unit="drains").headers["ETag"]
    assert rule(admin, "water", lead_unit="drains").status_code == 412, "a rule of that name is there"
    changed = {"label": "积水", "lead_unit": "street", "when": [{"days": ["mon"], "hours": "08:00-18:00"}]}
    assert admin.ask("PUT", "/routing/water", {**changed, "why": "划转"}).status_code == 428
    assert admin.ask("PUT", "/routing/water", changed, If_Match='"1"').status_code == 422, "a change says why"
    assert admin.ask("PUT", "/routing/water", {**changed, "why": "划转"}, If_Match='"1"').json["lead_unit"] == "street"
    gone = admin.ask("DELETE", "/routing/water", {"why": "停用"}, If_Match='"2"').json
    assert [(row["revision"], row["why"], row["body"] and row["body"]["lead_unit"]) for row in gone["history"]] == [
        (3, "停用", None), (2, "划转", "street"), (1, "", "drains")]  # fmt: skip
    assert admin.get("/routing").json["rules"] == []
    assert [row["rule"] for row in admin.get("/routing?withdrawn=true").json["rules"]] == ["water"]


def test_a_proposal_is_asked_for_before_there_is_a_case(desk: Desk, app: Flask, units: dict[str, int]) -> None:
    rule(desk.sign_in(app, "admin"), "night", classes=["05"], lead_unit="drains", label_en="Night",
         when=[{"hours": "18:00-08:00"}])  # fmt: skip
    desk.now = desk.now.replace(hour=14)  # 22:00 in the city
    person = desk.sign_in(app, "dispatcher")
    where = f"cell_code={NORTH}001001"
    told = person.get(f"/routing/proposal?class_code=0502&{where}").json
    assert (told["rule"], told["lead_unit"]["name"], "18:00–08:00" in told["reason"]) == ("night", "排水所", True), told
    desk.now += timedelta(hours=12)
    person = desk.sign_in(app, "dispatcher")
    assert person.get(f"/routing/proposal?class_code=0502&{where}").json["basis"] == "duty_grid"
    assert person.get(f"/routing/proposal?{where}").status_code == 422


def test_an_automatic_rule_dispatches_by_itself_and_what_came_back_waits_for_a_person(
    desk: Desk, app: Flask, units: dict[str, int]
) -> None:
    admin = desk.sign_in(app, "admin")
    rule(admin, "water", classes=["0502"], lead_unit="drains", automatic=True)
    rule(admin, "rest", lead_unit="street", automatic=True)
    desk.rows("update accounts set role = 'handler', unit_id = %s where login = 'worker2' returning 1", units["drains"])
    duty, handler = desk.sign_in(app, "duty1"), desk.sign_in(app, "worker2")
    opened = duty.post("/cases", {"class_code": "0502", "title": "积水", "cell_code": f"{NORTH}001001"}).json
    assert (opened["stage"], opened["unit"]["code"], opened["routed_by"]) == ("dispatched", "drains", "water"), opened
    path = f"/cases/{opened['number']}"
    assert handler.post(f"{path}/acts", {"act": "send_back", "note": "不属我单位"}).json["stage"] == "registered"
    told = duty.get(path).json["proposal"]
    assert (told["rule"], told["automatic"], [one["name"] for one in told["sent_back"]]) == ("rest", False, ["排水所"])
    assert "排水所已退回" in told["reason"]
    assert "Waterlogging" not in told["reason"]
    assert duty.post(f"{path}/acts", {"act": "dispatch"}).json["unit"]["code"] == "street"
    rates = {row["rule"]: (row["dispatched"], row["sent_back"]) for row in admin.get("/routing").json["rules"]}
    assert rates == {"water": (1, 1), "rest": (1, 0)}


def test_a_case_on_a_component_goes_by_the_standard_that_its_clock_goes_by(desk: Desk, units: dict[str, int]) -> None:
    limit = Limit(3, TimeUnit.WORK_DAYS)
    where = {"area": NORTH, "lon": 119.9, "lat": 31.7}
    lamp = {"code": "3204040102000001", "class_code": "0102", "owner": "", "imported_at": desk.now, **where}
    desk.insert("components", lamp, "code")
    row = {**case(desk), "component_code": lamp["code"]}
    of_event = Standard(EVENT, "0502", "市容", "积水", "积水", "排干", limit, str(limit), lead_unit="drains")
    of_component = Standard(COMPONENT, "0502", "公用", "井盖", "缺失", "补装", limit, str(limit), lead_unit="power")
    with desk.store.connection() as connection:
        standards.save(connection, EVENT, [of_event], "test", desk.now)
    assert propose(desk, row).lead_unit == units["drains"]
    with desk.store.connection() as connection:
        standards.save(connection, COMPONENT, [of_component], "test", desk.now)
    assert propose(desk, row).lead_unit == units["drains"], "the component is of another class"
    desk.rows("update components set class_code = '0502' returning 1")
    assert propose(desk, row).lead_unit == units["power"]
