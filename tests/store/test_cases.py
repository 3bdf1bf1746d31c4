"""The closed loop against a real database: who may do what, with what evidence, and what follows."""

from datetime import timedelta
from typing import Any

import pytest

from store.sweep import sweep
from tests.desk import NORTH, SOUTH, Desk, Person, later, picture


@pytest.fixture
def people(desk: Desk) -> dict[str, Person]:
    app = desk.app()
    return {login: desk.sign_in(app, login) for login in ("duty1", "duty2", "supervisor", "worker1", "worker2", "dispatcher")}


def act(person: Person, number: str, name: str, **fields: Any) -> Any:
    return person.post(f"/cases/{number}/acts", {"act": name, **fields})


def open_and_dispatch(desk: Desk, people: dict[str, Person], **fields: Any) -> dict[str, Any]:
    answer = people["duty1"].post("/cases", {"alert_id": desk.alert(), "dispatch": True, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def finish(people: dict[str, Person], number: str, worker: str = "worker1") -> Any:
    for name in ("take", "arrive"):
        assert act(people[worker], number, name).status_code == 200
    assert people[worker].post(f"/media?case={number}&role=after", picture()).status_code == 201
    return act(people[worker], number, "finish")


def test_a_case_opened_on_an_alert_goes_to_the_duty_grids_worker_and_every_step_is_audited(desk: Desk, people: dict[str, Person]) -> None:
    case = open_and_dispatch(desk, people)
    assert (case["stage"], case["handler_id"], case["class_code"]) == ("dispatched", desk.people["worker1"], "0501")
    assert len(case["number"]) == 19
    assert case["number"].startswith("32040420261121")
    assert [line["act"] for line in case["audit"]] == ["open", "accept", "register", "dispatch"]
    assert case["remaining_s"] == 1800


def test_opening_acknowledges_the_alert_and_puts_its_incident_in_hand(desk: Desk, people: dict[str, Person]) -> None:
    case = open_and_dispatch(desk, people)
    alert = people["duty1"].get(f"/alerts/{case['alert_id']}").json
    incident = people["duty1"].get(f"/incidents/{case['incident_id']}").json
    assert (alert["stage"], alert["acked_by"], alert["incident_id"]) == ("acked", "duty1", case["incident_id"])
    assert incident["stage"] == "handling"


def test_a_second_case_on_the_same_alert_is_refused_and_names_the_first(desk: Desk, people: dict[str, Person]) -> None:
    case = open_and_dispatch(desk, people)
    answer = people["duty2"].post("/cases", {"alert_id": case["alert_id"]})
    assert answer.status_code == 409
    assert case["number"] in answer.json["detail"]


def test_the_worker_is_told_once_per_step(desk: Desk, people: dict[str, Person]) -> None:
    case = open_and_dispatch(desk, people)
    told = desk.rows("select target, template, payload from outbox")
    assert [(row["target"], row["template"]) for row in told] == [(f"account:{desk.people['worker1']}", "case_dispatched")]
    assert told[0]["payload"]["number"] == case["number"]


def test_finishing_needs_a_photo_of_the_result(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    for name in ("take", "arrive"):
        act(people["worker1"], number, name)
    people["worker1"].post(f"/media?case={number}&role=before", picture())
    refused = act(people["worker1"], number, "finish")
    people["worker1"].post(f"/media?case={number}&role=after", picture())
    assert refused.status_code == 422
    assert act(people["worker1"], number, "finish").json["stage"] == "finished"


def test_the_whole_loop_closes_the_incident_with_its_last_case(desk: Desk, people: dict[str, Person]) -> None:
    case = open_and_dispatch(desk, people)
    number = case["number"]
    assert finish(people, number).status_code == 200
    assert act(people["supervisor"], number, "check").json["stage"] == "checked"
    closed = act(people["supervisor"], number, "close").json
    assert (closed["stage"], closed["acts"], closed["remaining_s"]) == ("closed", ["reopen"], None)
    assert people["duty1"].get(f"/incidents/{case['incident_id']}").json["stage"] == "closed"


def test_nobody_checks_a_case_they_handled_but_a_colleague_may(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    finish(people, number)
    own = act(people["worker1"], number, "check")
    assert own.status_code == 403
    assert "handled" in own.json["detail"]
    assert "check" not in people["worker1"].get(f"/cases/{number}").json["acts"]
    assert act(people["worker2"], number, "check").json["stage"] == "checked"


def test_supervision_cannot_handle_and_handling_cannot_close(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    assert act(people["supervisor"], number, "take").status_code == 403
    finish(people, number)
    act(people["supervisor"], number, "check")
    assert act(people["worker2"], number, "close").status_code == 403


def test_a_case_dispatched_to_one_worker_is_not_taken_by_another(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    assert act(people["worker2"], number, "take").status_code == 403


def test_sending_back_needs_a_note_and_the_next_dispatch_tells_again(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    assert act(people["worker1"], number, "send_back").status_code == 422
    assert act(people["worker1"], number, "send_back", note="不属本网格").json["handler_id"] is None
    assert act(people["dispatcher"], number, "dispatch", worker="worker2").json["handler_id"] == desk.people["worker2"]
    assert [row["target"] for row in desk.rows("select target from outbox order by outbox_id")] == [
        f"account:{desk.people['worker1']}",
        f"account:{desk.people['worker2']}",
    ]


def test_an_act_the_stage_does_not_know_is_409_with_stage_and_allowed_acts(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    answer = act(people["worker1"], number, "finish")
    assert answer.status_code == 409
    assert (answer.json["stage"], answer.json["allowed"]) == ("dispatched", ["take", "send_back"])


def test_an_overdue_case_is_marked_and_told_once_however_often_the_leader_looks(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    moved = []
    for moment in (timedelta(minutes=29), timedelta(minutes=30), timedelta(minutes=31)):
        with desk.store.connection() as connection:
            moved.append(sweep(connection, desk.now + moment, desk.config))
    assert moved == [1, 1, 0]  # yellow before, then red, then nothing more
    assert people["duty1"].get(f"/cases/{number}").json["overdue"] is True
    assert told_overdue(desk, number) == [(1, f"account:{desk.people['worker1']}"), (1, f"role:supervisor@{NORTH}001")]


def test_a_finished_case_does_not_become_overdue_while_it_waits_for_its_check(desk: Desk, people: dict[str, Person]) -> None:
    finish(people, open_and_dispatch(desk, people)["number"])
    with desk.store.connection() as connection:
        assert sweep(connection, later(desk, hours=2), desk.config) == 0


def rework(desk: Desk, people: dict[str, Person], number: str) -> None:
    """Sent to rework a minute after it was finished."""
    later(desk, minutes=1)
    assert act(people["supervisor"], number, "rework", note="未清理干净").status_code == 200
    later(desk, minutes=1)


def test_a_rework_needs_a_photo_of_its_own(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    finish(people, number)
    rework(desk, people, number)
    for name in ("take", "arrive"):
        assert act(people["worker1"], number, name).status_code == 200
    refused = act(people["worker1"], number, "finish")
    assert (refused.status_code, "photo" in refused.json["detail"]) == (422, True)
    people["worker1"].post(f"/media?case={number}&role=after", picture((30, 40)))
    assert act(people["worker1"], number, "finish").json["stage"] == "finished"


def test_whoever_handled_a_case_before_its_rework_does_not_check_what_another_finished(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    finish(people, number)
    rework(desk, people, number)
    assert act(people["worker1"], number, "send_back", note="请假").status_code == 200
    assert act(people["dispatcher"], number, "dispatch", worker="worker2").status_code == 200
    assert finish(people, number, "worker2").status_code == 200
    for login in ("worker1", "worker2"):
        refused = act(people[login], number, "check")
        assert (refused.status_code, "handled" in refused.json["detail"]) == (403, True)
        assert "check" not in people[login].get(f"/cases/{number}").json["acts"]
        assert all("check" not in item["acts"] for item in people[login].get("/queue").json["items"])
    assert act(people["supervisor"], number, "check").json["stage"] == "checked"


def test_a_case_finished_late_is_overdue_at_once_even_if_it_is_closed_before_the_next_sweep(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    for minutes in (20, 11):  # nobody's session idles out meanwhile
        later(desk, minutes=minutes)
        assert all(person.get("/me").status_code == 200 for person in people.values())
    assert finish(people, number).json["overdue"] is True
    act(people["supervisor"], number, "check")
    assert act(people["supervisor"], number, "close").json["overdue"] is True
    found = {one["indicator"]: one for one in people["duty1"].get("/indicators").json["indicators"]}
    assert (found["in_time_archive_rate"]["numerator"], found["archive_rate"]["numerator"]) == (0, 1)
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now, desk.config) == 0
    assert [line["act"] for line in people["duty1"].get(f"/cases/{number}").json["audit"]].count("overdue") == 1
    assert told_overdue(desk, number) == [(1, f"account:{desk.people['worker1']}"), (1, f"role:supervisor@{NORTH}001")]


def told_overdue(desk: Desk, number: str) -> list[tuple[int, str]]:
    """How often and to whom it was said that a case is overdue."""
    rows = desk.rows(
        "select count(*)::int as n, target from outbox where template = 'case_overdue' and payload->>'number' = %s group by target order by target",
        number,
    )
    return [(row["n"], row["target"]) for row in rows]


def test_a_case_is_told_overdue_once_when_the_sweep_comes_before_the_worker_finishes(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    for minutes in (20, 11):
        later(desk, minutes=minutes)
        assert all(person.get("/me").status_code == 200 for person in people.values())
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now, desk.config) == 1
    finish(people, number)
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now, desk.config) == 0
    assert [line["act"] for line in people["duty1"].get(f"/cases/{number}").json["audit"]].count("overdue") == 1
    assert [count for count, _ in told_overdue(desk, number)] == [1, 1]
    marked = desk.rows(
        "select 1 from change_log where noun = 'case' and key = %s and after->>'overdue' = 'true' and before->>'overdue' = 'false'", number
    )
    assert len(marked) == 1


def test_voiding_the_only_case_gives_the_incident_back(desk: Desk, people: dict[str, Person]) -> None:
    case = people["duty1"].post("/cases", {"alert_id": desk.alert()}).json
    assert act(people["duty1"], case["number"], "void", note="重复").json["stage"] == "voided"
    assert people["duty1"].get(f"/incidents/{case['incident_id']}").json["stage"] == "confirmed"


def test_a_case_from_a_report_confirms_it_and_closing_clears_the_alert_it_raised(desk: Desk, people: dict[str, Person]) -> None:
    report_id = desk.report(cell_id=1)
    alert_id = desk.alert(rule="hotline-urgent", subject="report:12345/t", report_id=report_id)
    case = people["duty1"].post("/cases", {"report_id": report_id, "dispatch": True}).json
    report = people["duty1"].get(f"/reports/{report_id}").json
    assert (report["stage"], report["incident_id"]) == ("confirmed", case["incident_id"])
    assert people["duty1"].get(f"/alerts/{alert_id}").json["stage"] == "acked"


def test_a_case_by_hand_takes_its_place_from_a_cell(desk: Desk, people: dict[str, Person]) -> None:
    body = {"title": "沿街乱堆物", "class_code": "0101", "cell_code": "320404001001001"}
    case = people["duty1"].post("/cases", {**body, "dispatch": True}).json
    assert (case["area"], case["duty_grid"], case["handler_id"]) == ("320404001001", "g1", desk.people["worker1"])


def test_without_a_worker_on_duty_the_case_is_offered_to_all_of_the_area(desk: Desk, people: dict[str, Person]) -> None:
    case = people["duty1"].post("/cases", {"alert_id": desk.alert(SOUTH), "dispatch": True}).json
    assert (case["stage"], case["handler_id"]) == ("dispatched", None)
    assert desk.rows("select target from outbox")[0]["target"] == f"area:{SOUTH}001"


def test_every_move_stands_in_the_change_log_with_before_and_after(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    stages = desk.rows(
        "select before->>'stage' as was, after->>'stage' as became from change_log where noun = 'case' and key = %s order by change_id",
        number,
    )
    assert [(row["was"], row["became"]) for row in stages] == [
        (None, "reported"), ("reported", "accepted"), ("accepted", "registered"), ("registered", "dispatched"),
    ]  # fmt: skip


def test_indicators_give_numerator_and_denominator(desk: Desk, people: dict[str, Person]) -> None:
    number = open_and_dispatch(desk, people)["number"]
    finish(people, number)
    act(people["supervisor"], number, "check")
    act(people["supervisor"], number, "close")
    open_and_dispatch_other = people["duty1"].post("/cases", {"alert_id": desk.alert(title="二")})
    assert open_and_dispatch_other.status_code == 201
    found = {one["indicator"]: one for one in people["duty1"].get("/indicators").json["indicators"]}
    assert (found["archive_rate"]["numerator"], found["archive_rate"]["denominator"], found["archive_rate"]["percent"]) == (1, 2, 50.0)
    assert (found["register_rate"]["numerator"], found["register_rate"]["denominator"]) == (1, 2)


def test_a_list_of_cases_pages_to_its_end(desk: Desk, people: dict[str, Person]) -> None:
    numbers = [people["duty1"].post("/cases", {"alert_id": desk.alert(title=title)}).json["number"] for title in "一二三"]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = people["duty1"].get(f"/cases?limit=1{cursor and '&next=' + cursor}").json
        seen += [row["number"] for row in answer["cases"]]
        cursor = answer["next"]
    assert seen == sorted(numbers, reverse=True)
