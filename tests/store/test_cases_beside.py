"""Beside the stage of a case: more time, suspension, support units, kinship, levels, classes, reminders; and bulk acts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.model import Scope
from store.sweep import sweep
from tests.desk import NORTH, SOUTH, Desk, Person, later, picture

UNTIL = timedelta(hours=5)


@pytest.fixture
def people(desk: Desk) -> dict[str, Person]:
    """The small city with two units: the drains (worker1 and two handlers) and the roads (one handler)."""
    with desk.store.connection() as connection:
        units = {
            code: connection.execute(
                "insert into units (code, name, area) values (%s, %s, %s) returning unit_id", [code, name, NORTH]
            ).fetchone() or {}
            for code, name in (("drain", "排水所"), ("road", "市政所"))
        }  # fmt: skip
        for login, unit in (("handler1", "drain"), ("handler2", "drain"), ("handler3", "road")):
            row = connection.execute(
                "insert into accounts (login, password_hash, role, areas, title, unit_id) values (%s, 'x', 'handler', %s, %s, %s) "
                "returning account_id",
                [login, [NORTH], login, units[unit]["unit_id"]],
            ).fetchone()
            desk.people[login] = (row or {})["account_id"]
        connection.execute("update accounts set unit_id = %s where login = 'worker1'", [units["drain"]["unit_id"]])
        connection.execute("update accounts set areas = '{320404}' where login = 'worker2'")
    app = desk.app()
    logins = ("duty1", "supervisor", "dispatcher", "worker1", "worker2", "handler1", "handler2", "handler3", "boss")
    return {login: desk.sign_in(app, login) for login in logins}


def act(person: Person, number: str, name: str, status: int = 200, **fields: Any) -> Any:
    answer = person.post(f"/cases/{number}/acts", {"act": name, **fields})
    assert answer.status_code == status, answer.text
    return answer.json


def given_out(desk: Desk, people: dict[str, Person], **fields: Any) -> str:
    """A case that the drains lead and worker1 has, of a class with a deadline of many hours."""
    body = {"title": "路面积水", "class_code": "0101", "cell_code": "320404001001001", "dispatch": True}
    answer = people["duty1"].post("/cases", {**body, "unit": "drain", "worker": "worker1", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json["number"])


def in_hand(desk: Desk, people: dict[str, Person], **fields: Any) -> str:
    number = given_out(desk, people, **fields)
    act(people["worker1"], number, "take")
    return number


def until(desk: Desk, case: dict[str, Any], **span: float) -> str:
    return (datetime.fromisoformat(case["due_at"]) + timedelta(**span)).isoformat()


def read(people: dict[str, Person], number: str, login: str = "duty1") -> dict[str, Any]:
    return dict(people[login].get(f"/cases/{number}").json)


def extend(desk: Desk, people: dict[str, Person], number: str, **span: float) -> str:
    wanted = until(desk, read(people, number), **span)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    return wanted


def test_two_agree_to_more_time_and_the_deadline_moves_to_what_was_asked(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    wanted = until(desk, before, hours=5)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["dispatcher"], number, "agree", 403)
    act(people["handler3"], number, "agree", 403)
    assert act(people["handler1"], number, "agree")["due_at"] == before["due_at"]
    act(people["handler2"], number, "agree", 403)
    granted = act(people["dispatcher"], number, "agree")
    assert datetime.fromisoformat(granted["due_at"]) == datetime.fromisoformat(wanted)
    assert (granted["extensions"], [one["stage"] for one in granted["adjustments"]]) == (1, ["agreed"])


def test_a_third_extension_and_one_after_the_deadline_are_refused(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    for _ in range(2):
        extend(desk, people, number, hours=5)
    refused = act(people["worker1"], number, "ask_extension", 409, until=until(desk, read(people, number), hours=1), note="还要")
    assert "no more than 2" in refused["detail"]
    late = in_hand(desk, people)
    due = datetime.fromisoformat(read(people, late)["due_at"])
    with desk.store.connection() as connection:
        connection.execute("update cases set due_at = %s where case_number = %s", [desk.now - timedelta(seconds=1), late])
    refused = act(people["worker1"], late, "ask_extension", 409, until=(due + UNTIL).isoformat(), note="晚了")
    assert "deadline" in refused["detail"]


def test_what_nobody_decides_before_the_deadline_lapses_and_so_does_what_waits_when_the_work_is_done(
    desk: Desk, people: dict[str, Person]
) -> None:
    waiting, done = in_hand(desk, people), in_hand(desk, people)
    for number in (waiting, done):
        act(people["worker1"], number, "ask_extension", until=until(desk, read(people, number), hours=5), note="材料未到")
    act(people["worker1"], done, "send_back", note="不属本网格")
    assert [one["stage"] for one in read(people, done)["adjustments"]] == ["lapsed"]
    with desk.store.connection() as connection:
        sweep(connection, datetime.fromisoformat(read(people, waiting)["due_at"]), desk.config)
    assert [one["stage"] for one in read(people, waiting)["adjustments"]] == ["lapsed"]


def test_a_request_is_taken_back_by_who_asked_and_refused_with_a_reason(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    wanted = until(desk, read(people, number), hours=5)
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["worker1"], number, "ask_extension", 409, until=wanted, note="再要一次")
    assert "withdraw" in read(people, number, "worker1")["side_acts"]
    act(people["worker1"], number, "withdraw")
    act(people["worker1"], number, "ask_extension", until=wanted, note="材料未到")
    act(people["handler1"], number, "refuse", 422)
    assert act(people["handler1"], number, "refuse", note="不必")["adjustments"][1]["decided_why"] == "不必"


def test_a_suspended_case_stands_still_goes_on_where_it_stood_and_is_not_suspended_twice(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    held = act(people["dispatcher"], number, "agree")
    assert (held["stage"], held["remaining_s"], [line["act"] for line in held["audit"]][-2:]) == ("suspended", None, ["agree", "suspend"])
    with desk.store.connection() as connection:
        sweep(connection, desk.now + timedelta(days=10) - timedelta(seconds=1), desk.config)
    assert read(people, number)["stage"] == "suspended"
    with desk.store.connection() as connection:
        sweep(connection, desk.now + timedelta(days=10), desk.config)
    resumed = read(people, number)
    moved = datetime.fromisoformat(resumed["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert (resumed["stage"], resumed["overdue"], moved) == ("handling", False, timedelta(days=10))
    refused = act(people["worker1"], number, "ask_suspension", 409, until=(desk.now + timedelta(days=20)).isoformat(), note="又等")
    assert "no more than 1" in refused["detail"]


def test_what_was_asked_in_time_is_answered_while_the_case_stands_still(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    before = read(people, number)
    act(people["worker1"], number, "ask_extension", until=until(desk, before, hours=5), note="材料未到")
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="汛期停工")
    act(people["handler1"], number, "agree", kind="suspension")
    act(people["dispatcher"], number, "agree", kind="suspension")
    later(desk, days=9)
    with desk.store.connection() as connection:
        sweep(connection, desk.now, desk.config)
    unit, dispatcher = (desk.sign_in(desk.app(), login) for login in ("handler1", "dispatcher"))  # their sessions are over
    assert act(unit, number, "agree")["stage"] == "suspended"
    assert act(dispatcher, number, "agree")["extensions"] == 1
    resumed = act(dispatcher, number, "resume")
    moved = datetime.fromisoformat(resumed["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert (moved, resumed["overdue"]) == (timedelta(days=9, hours=5), False)


def test_the_dispatcher_resumes_before_the_time_is_over(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    act(people["worker1"], number, "arrive")
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    act(people["worker1"], number, "finish", 409)
    assert act(people["dispatcher"], number, "resume")["stage"] == "on_site"


def finish(people: dict[str, Person], number: str) -> None:
    act(people["worker1"], number, "arrive")
    assert people["worker1"].post(f"/media?case={number}&role=after", picture()).status_code == 201
    act(people["worker1"], number, "finish")


def test_with_support_units_the_lead_feeds_back_before_anybody_checks(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people, supports=["road"])
    assert [(one["code"], one["stage"]) for one in read(people, number)["supports"]] == [("road", "asked")]
    finish(people, number)
    assert "check" not in read(people, number, "supervisor")["acts"]
    assert "feedback" in act(people["supervisor"], number, "check", 409)["detail"]
    assert "市政所" in act(people["handler1"], number, "feedback", 409, note="已清")["detail"]
    act(people["handler1"], number, "support_done", 409)
    assert act(people["handler3"], number, "support_done", note="路面已补")["supports"][0]["stage"] == "done"
    fed = act(people["handler1"], number, "feedback", note="积水已排")
    assert (fed["stage"], bool(fed["fed_back_at"])) == ("fed_back", True)
    assert act(people["supervisor"], number, "check")["stage"] == "checked"


def test_a_unit_that_is_asked_for_help_is_told_and_may_refuse(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    act(people["worker1"], number, "ask_help", note="需要封路", unit="road")
    told = desk.rows("select target from outbox where template = 'case_support'")
    assert [row["target"] for row in told] == [f"account:{desk.people['handler3']}"]
    act(people["handler3"], number, "support_refuse", 422)
    assert act(people["handler3"], number, "support_refuse", note="无权封路")["supports"][0]["stage"] == "refused"
    finish(people, number)
    assert act(people["supervisor"], number, "check")["stage"] == "checked"


def test_inside_the_unit_a_handler_hands_the_task_on_to_a_colleague_only(desk: Desk, people: dict[str, Person]) -> None:
    number = given_out(desk, people, worker=None)
    assert read(people, number)["handler_id"] is None
    act(people["worker2"], number, "take", 403)
    assert act(people["handler1"], number, "dispatch", worker="handler2")["handler_id"] == desk.people["handler2"]
    act(people["handler1"], number, "dispatch", 422, worker="worker2")
    act(people["handler1"], number, "dispatch", 403, unit="road")
    act(people["handler3"], number, "dispatch", 403, worker="handler3")


def test_a_divided_case_closes_after_its_parts_and_parts_have_no_parts(desk: Desk, people: dict[str, Person]) -> None:
    parent, child, other = (in_hand(desk, people) for _ in range(3))
    act(people["dispatcher"], child, "link_parent", parent=parent)
    act(people["dispatcher"], child, "link_parent", 422, parent=child)
    act(people["dispatcher"], other, "link_parent", 409, parent=child)
    act(people["dispatcher"], parent, "link_parent", 409, parent=other)
    assert [one["number"] for one in read(people, parent)["children"]] == [child]
    assert [one["number"] for one in people["duty1"].get(f"/cases?parent={parent}").json["cases"]] == [child]
    finish(people, parent)
    act(people["supervisor"], parent, "check")
    assert child in act(people["supervisor"], parent, "close", 409)["detail"]
    act(people["dispatcher"], child, "unlink_parent")
    assert act(people["supervisor"], parent, "close")["stage"] == "closed"


def test_a_transfer_between_levels_keeps_the_global_number_and_stays_within_the_own_area(desk: Desk, people: dict[str, Person]) -> None:
    number = str(people["duty1"].post("/cases", {"title": "路灯不亮", "class_code": "0101", "area": f"{NORTH}001"}).json["number"])
    assert read(people, number)["global_number"] == number
    moved = act(people["duty1"], number, "transfer", note="转街道办理", level=3, area=f"{SOUTH}001")
    assert (moved["level"], moved["area"], moved["global_number"], moved["duty_grid"]) == (3, f"{SOUTH}001", number, None)
    act(people["duty1"], number, "transfer", 403, note="外区", area="320411001001")
    act(people["duty1"], number, "transfer", 422, note="没有动", level=3)
    body = {"title": "上级转来", "class_code": "0101", "area": f"{NORTH}001", "source": "transfer", "global_number": "3204002026112100077"}
    came = people["duty1"].post("/cases", {**body, "level": 3}).json
    assert (came["global_number"], came["source"]) == ("3204002026112100077", "transfer")
    assert [one["number"] for one in people["duty1"].get("/cases?q=3204002026112100077").json["cases"]] == [came["number"]]


def test_what_stands_beside_a_case_moves_with_it_to_the_area_it_is_transferred_to(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people, supports=["road"])
    act(people["worker1"], number, "ask_extension", until=until(desk, read(people, number), hours=5), note="材料未到")
    act(people["worker1"], number, "send_back", note="不属本网格")
    act(people["dispatcher"], number, "transfer", note="转南街道", area=f"{SOUTH}001")
    counts = "select (select count(*) from case_supports) as s, (select count(*) from case_adjustments) as a, (select count(*) from case_routes) as r"
    for area, seen in ((SOUTH, [1, 1, 1]), (NORTH, [0, 0, 0])):
        with desk.web_store.scoped(Scope("dispatcher", (area,))) as connection:
            assert list((connection.execute(counts).fetchone() or {}).values()) == seen


def test_what_is_open_in_another_area_counts_though_nobody_here_may_read_it(desk: Desk, people: dict[str, Person]) -> None:
    """A street's supervisor: the parts of its case, the case of its alert and that of its incident went to another street."""
    desk.rows("update accounts set role = 'supervisor' where login = 'north' returning 1")
    north, columns = desk.sign_in(desk.app(), "north"), {"title": "积水", "class_code": "0502", "severity": 3, "updated_at": desk.now}
    incident_id = desk.insert(
        "incidents", {**columns, "domain": "water", "stage": "handling", "area": f"{NORTH}001", "opened_at": desk.now}, "incident_id"
    )
    alert_id = desk.alert()
    case = {**columns, "opened_at": desk.now, "area": f"{NORTH}001", "source": "register"}
    for number, fields in (
        ("parent", {"stage": "checked"}), ("free", {"stage": "registered"}), ("divided", {"stage": "registered"}),
        ("1", {"parent_number": "parent"}), ("2", {"parent_number": "divided"}), ("3", {"alert_id": alert_id}), ("4", {"incident_id": incident_id}),
    ):  # fmt: skip
        hidden = {"stage": "handling", "area": f"{SOUTH}001"} if len(number) == 1 else {}
        desk.insert("cases", {**case, "case_number": number, **hidden, **fields}, "case_number")
    assert north.get("/cases/1").status_code == 404
    assert "still open" in act(north, "parent", "close", 409)["detail"]
    act(north, "divided", "link_parent", 409, parent="free")
    assert "already open" in north.post("/cases", {"alert_id": alert_id}).json["detail"]
    closing = north.post(f"/incidents/{incident_id}/acts", {"act": "close"})
    assert (closing.status_code, "still open" in closing.json["detail"]) == (409, True)


def test_another_class_has_another_deadline(desk: Desk, people: dict[str, Person]) -> None:
    case = people["duty1"].post("/cases", {"title": "烟", "class_code": "0101", "area": f"{NORTH}001"}).json
    changed = act(people["duty1"], case["number"], "classify", class_code="0501")
    assert (changed["class_code"], changed["due_at"] == case["due_at"]) == ("0501", False)
    act(people["duty1"], case["number"], "classify", 422, class_code="9999")


def test_reminders_and_orders_are_counted_and_told_and_a_comment_is_never_too_late(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    act(people["dispatcher"], number, "remind")
    act(people["boss"], number, "remind", 403)
    act(people["boss"], number, "expedite", 422)
    shape = act(people["boss"], number, "expedite", note="今日必须办结")
    assert (shape["reminds"], shape["expedites"], shape["stage"]) == (1, 1, "handling")
    told = desk.rows("select template, target from outbox where template in ('case_expedited', 'case_reminded') order by 1")
    assert [(row["template"], row["target"]) for row in told] == [
        (template, f"account:{desk.people['worker1']}") for template in ("case_expedited", "case_reminded")
    ]
    assert [one["case_number"] for one in people["duty1"].get("/orders").json["orders"]] == [number]
    late = people["duty1"].ask("POST", f"/cases/{number}/acts", {"act": "comment", "note": "已电话联系"}, If_Match='"1"')
    assert late.status_code == 200
    assert late.json["audit"][-1]["note"] == "已电话联系"


def test_a_reopened_case_has_a_new_term_and_nobodys_name_on_it(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    finish(people, number)
    act(people["supervisor"], number, "check")
    closed = act(people["supervisor"], number, "close")
    later(desk, minutes=5)
    act(people["duty1"], number, "reopen", 403, note="群众再次反映")
    again = act(people["supervisor"], number, "reopen", note="群众再次反映")
    assert (again["stage"], again["reopens"], again["handler_id"], again["closed_at"]) == ("registered", 1, None, None)
    assert again["due_at"] > closed["due_at"]
    refused = act(people["dispatcher"], number, "dispatch", worker="worker1")
    assert refused["stage"] == "dispatched"


def test_leaving_out_stages_takes_a_reason_and_the_audit_says_which(desk: Desk, people: dict[str, Person]) -> None:
    number = str(people["duty1"].post("/cases", {"title": "井盖", "class_code": "0101", "area": f"{NORTH}001"}).json["number"])
    act(people["duty1"], number, "register", 422)
    registered = act(people["duty1"], number, "register", note="领导交办，直接立案")
    assert registered["audit"][-1]["detail"]["skipped"] == ["accepted"]
    act(people["dispatcher"], number, "dispatch", worker="worker1")
    act(people["worker1"], number, "take")
    act(people["supervisor"], number, "check", 422)
    checked = act(people["supervisor"], number, "check", note="电话核实已自行恢复")
    assert (checked["audit"][-1]["detail"]["skipped"], bool(checked["finished_at"])) == (["on_site", "finished"], True)


def test_of_a_confidential_ticket_lists_have_the_number_and_who_handles_it_reads_the_words(desk: Desk, people: dict[str, Person]) -> None:
    secret = desk.report(title="举报邻居违建", text="三楼王某", class_code="0101", external_id="YP8", extra=Jsonb({"confidential": True}))
    body = {"report_id": secret, "title": "举报邻居违建", "text": "三楼王某", "dispatch": True, "unit": "drain", "worker": "worker1"}
    number = str(people["duty1"].post("/cases", body).json["number"])
    [row] = people["duty1"].get("/cases").json["cases"]
    assert "王某" not in str(row)
    assert "举报" not in str(row)
    told = {login: read(people, number, login) for login in ("duty1", "worker1", "handler1", "worker2", "boss")}
    assert {login: one["title"] == "举报邻居违建" and one["text"] == "三楼王某" for login, one in told.items()} == {
        "duty1": True, "worker1": True, "handler1": True, "worker2": False, "boss": False,
    }  # fmt: skip
    assert all(one["confidential"] for one in told.values())
    assert not [row for row in desk.rows("select payload from outbox") if "举报" in str(row)]


def test_a_ticket_that_becomes_confidential_veils_its_case(desk: Desk, people: dict[str, Person]) -> None:
    report = desk.report(title="举报邻居违建", class_code="0101", external_id="YP7")
    number = str(people["duty1"].post("/cases", {"report_id": report}).json["number"])
    assert read(people, number, "boss")["title"] == "举报邻居违建"
    with desk.store.connection() as connection:
        connection.execute("update reports set extra = extra || '{\"confidential\": true}' where report_id = %s", [report])
    assert (read(people, number, "boss")["title"], read(people, number)["title"]) == ("保密工单 YP7", "举报邻居违建")


def test_an_early_check_leaves_out_no_unit_and_says_that_it_left_out_the_feedback(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people, supports=["road"])
    refused = act(people["supervisor"], number, "check", 409, note="现场视频已恢复")
    assert "市政所" in refused["detail"]
    act(people["handler3"], number, "support_done")
    checked = act(people["supervisor"], number, "check", note="现场视频已恢复")
    assert checked["audit"][-1]["detail"]["skipped"] == ["on_site", "finished", "fed_back"]


def test_an_early_check_of_a_class_whose_unit_speaks_first_says_so(desk: Desk, people: dict[str, Person]) -> None:
    desk.config = desk.config.model_copy(update={"cases": desk.config.cases.model_copy(update={"feedback": ["01"]})})
    number = in_hand(desk, people)
    checked = act(people["supervisor"], number, "check", note="现场视频已恢复")
    assert checked["audit"][-1]["detail"]["skipped"] == ["on_site", "finished", "fed_back"]


def test_a_case_closed_by_force_names_the_units_that_never_answered(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people, supports=["road"])
    closed = act(people["supervisor"], number, "force_close", note="工程停工，另案处理")
    road = next(one["unit"] for one in closed["supports"])
    assert closed["audit"][-1]["detail"]["unanswered"] == [road]


def test_a_check_on_the_spot_is_another_collectors_task(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    finish(people, number)
    act(people["duty1"], number, "post_check", 422, collector="worker1")
    assert act(people["duty1"], number, "post_check", collector="worker2")["stage"] == "checking"
    assert [row["target"] for row in desk.rows("select target from outbox where template = 'case_post_check'")] == [
        f"account:{desk.people['worker2']}"
    ]
    act(people["worker1"], number, "check", 403)
    checked = act(people["worker2"], number, "check")
    assert (checked["stage"], checked["collector_id"]) == ("checked", None)


def test_a_named_collector_is_the_only_one_who_looks_until_the_desk_names_another(desk: Desk, people: dict[str, Person]) -> None:
    number = str(people["duty1"].post("/cases", {"title": "井盖", "class_code": "0101", "area": f"{NORTH}001"}).json["number"])
    for wrong in ("handler1", "nobody", 2**40):
        act(people["duty1"], number, "pre_check", 422, collector=wrong)
    named = act(people["duty1"], number, "pre_check", collector="worker1")
    assert named["collector_id"] == desk.people["worker1"]
    assert "name_collector" in named["side_acts"]
    refused = act(people["worker2"], number, "pass_pre_check", 403)
    assert "another collector" in refused["detail"]
    assert "pass_pre_check" not in people["worker2"].get(f"/cases/{number}").json["acts"]
    act(people["worker1"], number, "name_collector", 403, collector="worker2")
    assert act(people["dispatcher"], number, "name_collector", collector="worker2")["collector_id"] == desk.people["worker2"]
    assert act(people["worker2"], number, "pass_pre_check")["collector_id"] is None
    told = [row["target"] for row in desk.rows("select target from outbox where template = 'case_pre_check' order by outbox_id")]
    assert told == [f"account:{desk.people[login]}" for login in ("worker1", "worker2")]
    act(people["dispatcher"], number, "name_collector", 409)


def test_one_act_on_many_cases_does_what_can_be_done_and_says_why_the_rest_cannot(desk: Desk, people: dict[str, Person]) -> None:
    new = [str(people["duty1"].post("/cases", {"title": t, "class_code": "0101", "area": f"{NORTH}001"}).json["number"]) for t in "一二"]
    old = in_hand(desk, people)
    answer = people["duty1"].post("/cases/acts", {"numbers": [*new, old, "0"], "act": "accept", "versions": {new[1]: 9}})
    assert answer.status_code == 200, answer.text
    assert answer.json["done"] == [new[0]]
    assert [(one["number"], one["status"]) for one in answer.json["refused"]] == [(new[1], 412), (old, 409), ("0", 404)]


def test_who_calls_is_kept_apart_from_the_case_with_a_report_of_the_call(desk: Desk, people: dict[str, Person]) -> None:
    body = {
        "title": "井盖缺失",
        "class_code": "0101",
        "area": f"{NORTH}001",
        "source": "public",
        "caller": {"name": "王", "phone": "13800000000"},
    }
    case = people["duty1"].post("/cases", body).json
    report = people["duty1"].get(f"/reports/{case['report_id']}").json
    assert (case["source"], report["stage"], report["has_caller"], report["channel"]) == ("public", "confirmed", True, "public")
    assert "13800000000" not in people["duty1"].get(f"/cases/{case['number']}").text


FOUND = {
    "unit=drain": 1, "unit=road": 0, "worker=7": 1, "source=register": 2, "source=hotline": 0, "light=green": 2, "light=red": 0, "q=积水": 1,
    "q=没有": 0, "stage=open": 2, "stage=suspended": 0, "class=0101": 2,
}  # fmt: skip


def test_a_list_of_cases_is_narrowed_by_unit_worker_source_light_and_words(desk: Desk, people: dict[str, Person]) -> None:
    given_out(desk, people)
    assert people["duty1"].post("/cases", {"title": "路灯不亮", "class_code": "0101", "area": f"{NORTH}001"}).status_code == 201
    assert {query: len(people["duty1"].get(f"/cases?{query}").json["cases"]) for query in FOUND} == FOUND
    assert people["duty1"].get("/cases?light=blue").status_code == 422


def suspend(desk: Desk, people: dict[str, Person]) -> str:
    """A case that stands still for ten days."""
    number = in_hand(desk, people)
    act(people["worker1"], number, "ask_suspension", until=(desk.now + timedelta(days=10)).isoformat(), note="等待施工许可")
    act(people["handler1"], number, "agree")
    act(people["dispatcher"], number, "agree")
    return number


def test_a_suspended_case_that_cannot_go_on_holds_up_no_other(desk: Desk, people: dict[str, Person]) -> None:
    stuck, other = suspend(desk, people), suspend(desk, people)
    with desk.store.connection() as connection:
        connection.execute("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$")
        connection.execute(
            f"create trigger stuck before update on cases for each row when (old.case_number = '{stuck}') execute function refuse()"
        )
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now + timedelta(days=10), desk.config) > 0
    assert [read(people, number)["stage"] for number in (stuck, other)] == ["suspended", "handling"]


def test_a_drills_caller_makes_no_real_case_of_it(desk: Desk, people: dict[str, Person]) -> None:
    body = {"title": "演练", "class_code": "0101", "area": f"{NORTH}001", "drill": True, "caller": {"name": "王", "phone": "13800000000"}}
    case = people["duty1"].post("/cases", body).json
    assert desk.rows("select r.drill as report, c.drill as case from cases c join reports r using (report_id)") == [
        {"report": True, "case": True}
    ], case


def test_a_reopened_case_is_overdue_no_more_and_its_first_round_stays_so(desk: Desk, people: dict[str, Person]) -> None:
    number = in_hand(desk, people)
    with desk.store.connection() as connection:
        connection.execute("update case_clocks set due_at = %s where case_number = %s", [desk.now - timedelta(seconds=1), number])
        sweep(connection, desk.now, desk.config)
    assert read(people, number)["overdue"] is True
    act(people["supervisor"], number, "force_close", note="已由市政处理")
    again = act(people["supervisor"], number, "reopen", note="群众再次反映")
    assert again["overdue"] is False
    assert [bool(one["overdue_at"]) for one in again["clocks"] if one["clock"] == "total"] == [True, False]
    act(people["dispatcher"], number, "dispatch", worker="worker1")
    act(people["worker1"], number, "ask_extension", until=until(desk, again, hours=5), note="材料未到")


def test_whoever_did_a_part_does_not_check_the_whole_but_the_desk_may_end_a_silent_units_part(
    desk: Desk, people: dict[str, Person]
) -> None:
    desk.rows("update accounts set unit_id = (select unit_id from units where code = 'road') where login = 'worker2' returning 1")
    helped, silent = (in_hand(desk, people, supports=["road"]) for _ in range(2))
    act(people["worker2"], helped, "support_done", note="路面已补")
    act(people["duty1"], silent, "support_done", note="电话确认", unit="road")
    for number in (helped, silent):
        finish(people, number)
        act(people["handler1"], number, "feedback", note="积水已排")
    assert "handled" in act(people["worker2"], helped, "check", 403)["detail"]
    act(people["worker2"], silent, "check")
    assert act(people["duty1"], silent, "close")["stage"] == "closed"


def test_no_end_of_a_divided_case_leaves_its_parts_behind(desk: Desk, people: dict[str, Person]) -> None:
    new = {"title": "路灯不亮", "class_code": "0101", "area": f"{NORTH}001"}
    for parent, end in ((in_hand(desk, people), "force_close"), (people["duty1"].post("/cases", new).json["number"], "void")):
        child = in_hand(desk, people)
        act(people["dispatcher"], child, "link_parent", parent=parent)
        assert child in act(people["supervisor"], parent, end, 409, note="重复")["detail"]
        act(people["dispatcher"], child, "unlink_parent")
        act(people["supervisor"], parent, end, note="重复")
