"""Several at one case: the lead and its support units, the parts of a divided case; none is left behind when the whole is checked or closed."""

from tests.desk import NORTH, SOUTH, Desk, Person
from tests.two_units import act, finish, given_out, in_hand, read
from tests.two_units import people as people


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
