"""Beside the stage of a case: transfers and classes, reminders, collectors, stages left out, a second round; and acts on many, lists of many."""

from datetime import timedelta

from core.model import Scope
from store.sweep import sweep
from tests.desk import NORTH, SOUTH, Desk, Person, later
from tests.two_units import act, finish, given_out, in_hand, read, until
from tests.two_units import people as people


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


FOUND = {
    "unit=drain": 1, "unit=road": 0, "worker=7": 1, "source=register": 2, "source=hotline": 0, "light=green": 2, "light=red": 0, "q=积水": 1,
    "q=没有": 0, "stage=open": 2, "stage=suspended": 0, "class=0101": 2,
}  # fmt: skip


def test_a_list_of_cases_is_narrowed_by_unit_worker_source_light_and_words(desk: Desk, people: dict[str, Person]) -> None:
    given_out(desk, people)
    assert people["duty1"].post("/cases", {"title": "路灯不亮", "class_code": "0101", "area": f"{NORTH}001"}).status_code == 201
    assert {query: len(people["duty1"].get(f"/cases?{query}").json["cases"]) for query in FOUND} == FOUND
    assert people["duty1"].get("/cases?light=blue").status_code == 422


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
