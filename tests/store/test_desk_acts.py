"""What the desk does beside moving an alert: whose it is, what is said of it, what it was; many at once, and never over each other."""

import threading
from typing import Any

import pytest
from flask import Flask

from core.config import Config
from store.sweep import sweep
from tests.desk import NORTH, SOUTH, Desk, Person


def act(person: Person, alert_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/alerts/{alert_id}/acts", {"act": name, **fields})


def outbox(desk: Desk) -> list[tuple[str, str]]:
    return [(row["target"], row["template"]) for row in desk.rows("select target, template from outbox order by outbox_id")]


def test_who_takes_something_has_it_and_the_next_one_may_take_it_over(desk: Desk, app: Flask) -> None:
    alert_id, people = desk.alert(), [desk.sign_in(app, login) for login in ("duty1", "duty2")]
    taken = act(people[0], alert_id, "take").json
    assert (taken["owner"], taken["owner_id"], taken["stage"]) == ("duty1", desk.people["duty1"], "unack")
    assert act(people[1], alert_id, "take").json["owner"] == "duty2"
    assert [row["detail"]["from"] for row in desk.rows("select detail from audit where act = 'take' order by audit_id")] == [None, "duty1"]


def test_work_is_given_to_somebody_of_the_desk_who_sees_it_and_told_once(desk: Desk, app: Flask) -> None:
    person, south = desk.sign_in(app, "duty1"), desk.alert(SOUTH)
    given = act(person, south, "assign", account=desk.people["duty2"])
    assert (given.json["owner"], given.status_code) == ("duty2", 200)
    assert outbox(desk) == [(f"account:{desk.people['duty2']}", "assigned")]
    assert act(person, south, "assign", account=None).json["owner_id"] is None
    for login, status in (("north", 422), ("boss", 404), ("wall", 404), ("worker1", 404)):
        assert act(person, south, "assign", account=desk.people[login]).status_code == status
    assert act(person, south, "assign").status_code == 422


def test_a_token_takes_nothing_for_it_is_nobody(desk: Desk, app: Flask) -> None:
    alert_id, token = desk.alert(), desk.with_token(app, "act")
    assert act(token, alert_id, "take").status_code == 403
    assert act(token, alert_id, "acknowledge").json["acked_id"] is None


def test_who_does_not_work_at_the_desk_does_none_of_it(desk: Desk, app: Flask) -> None:
    alert_id, fields = desk.alert(), {"note": "x", "verdict": "test", "account": desk.people["duty1"]}
    for login in ("boss", "worker1", "auditor", "admin", "wall"):
        person = desk.sign_in(app, login)
        answers = [act(person, alert_id, name, **fields).status_code for name in ("take", "assign", "escalate", "comment", "judge")]
        assert answers == [403] * 5, login


def test_a_dispatcher_works_on_an_alert_and_does_not_judge_it(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "dispatcher")
    assert {"take", "assign", "escalate", "comment"} < set(person.get(f"/alerts/{alert_id}").json["acts"])
    assert act(person, alert_id, "judge", verdict="real").status_code == 403


def test_a_comment_tells_those_it_names_once_each_and_makes_nobodys_act_stale(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    etag = person.get(f"/alerts/{alert_id}").headers["ETag"]
    said = person.post(f"/alerts/{alert_id}/acts", {"act": "comment", "note": "@duty2 和 @supervisor:请核实，@duty2"}, If_Match='"0"')
    assert said.status_code == 200
    [comment] = said.json["comments"]
    assert (comment["author"], [one["title"] for one in comment["mentions"]]) == ("duty1", ["duty2", "supervisor"])
    assert outbox(desk) == [(f"account:{desk.people[login]}", "mention") for login in ("duty2", "supervisor")]
    assert person.post(f"/alerts/{alert_id}/acts", {"act": "acknowledge"}, If_Match=etag).status_code == 200
    assert act(person, alert_id, "comment").status_code == 422


def test_a_comment_does_not_tell_who_may_not_see_it(desk: Desk, app: Flask) -> None:
    act(desk.sign_in(app, "duty1"), desk.alert(SOUTH), "comment", note="@north 看一下")
    assert outbox(desk) == []


def test_calling_for_help_asks_for_the_next_step_once(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    etag = person.get(f"/alerts/{alert_id}").headers["ETag"]
    answers = [
        person.post(f"/alerts/{alert_id}/acts", {"act": "escalate", "note": "火势扩大"}, If_Match=etag).status_code for _ in range(2)
    ]
    assert answers == [200, 412]
    [asked] = desk.rows("select hand_by, hand_note, look_at from escalations where noun = 'alert' and id = %s", alert_id)
    assert (asked["hand_by"], asked["hand_note"], asked["look_at"]) == ("duty1", "火势扩大", desk.now)
    assert act(person, alert_id, "escalate").status_code == 422


def test_a_verdict_says_why_unless_it_was_real_and_the_last_one_stands(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(), desk.sign_in(app, "duty1")
    assert act(person, alert_id, "judge", verdict="false_alarm").status_code == 422
    assert act(person, alert_id, "judge", verdict="maybe", note="x").status_code == 422
    real = act(person, alert_id, "judge", verdict="real").json
    assert (real["verdict"], real["verdict_by"], real["stage"]) == ("real", "duty1", "unack")
    nothing = act(person, alert_id, "judge", verdict="false_alarm", note="蒸汽").json
    assert (nothing["verdict"], nothing["verdict_why"], nothing["stage"]) == ("false_alarm", "蒸汽", "acked")


@pytest.mark.parametrize("verdict", ["false_alarm", "test"])
def test_what_was_nothing_stays_while_its_condition_lasts_and_ends_where_it_is_over(desk: Desk, app: Flask, verdict: str) -> None:
    person = desk.sign_in(app, "duty1")
    stages = {}
    for stage in ("unack", "acked", "rtn_unack"):
        alert_id = desk.alert(stage=stage, title=stage)
        stages[stage] = act(person, alert_id, "judge", verdict=verdict, note="演示").json["stage"]
    assert stages == {"unack": "acked", "acked": "acked", "rtn_unack": "normal"}
    reported = desk.alert(subject="report:12345/t", report_id=desk.report())
    ended = act(person, reported, "judge", verdict=verdict, note="画面误识").json
    assert (ended["stage"], ended["ended_at"] is not None) == ("normal", True)


def test_what_is_over_can_still_be_judged_and_spoken_of_and_nothing_else(desk: Desk, app: Flask) -> None:
    alert_id, person = desk.alert(stage="normal"), desk.sign_in(app, "duty1")
    assert person.get(f"/alerts/{alert_id}").json["acts"] == ["comment", "judge"]
    assert act(person, alert_id, "judge", verdict="false_alarm", note="传感器坏").json["stage"] == "normal"
    assert act(person, alert_id, "take").status_code == 409


def test_dismissing_an_incident_judges_its_alerts_with_its_reason_and_overrules_nobody(desk: Desk, app: Flask) -> None:
    incident_id, person = desk.incident(), desk.sign_in(app, "duty1")
    open_, judged, over = (
        desk.alert(incident_id=incident_id, title=name, **columns)
        for name, columns in (("a", {}), ("b", {"verdict": "real"}), ("c", {"stage": "normal"}))
    )
    assert person.post(f"/incidents/{incident_id}/acts", {"act": "dismiss", "note": "洒水车"}).json["stage"] == "dismissed"
    told = {one: person.get(f"/alerts/{one}").json for one in (open_, judged, over)}
    assert [told[one]["verdict"] for one in (open_, judged, over)] == ["false_alarm", "real", "false_alarm"]
    assert told[open_]["verdict_why"] == "洒水车"


def test_dismissing_a_report_judges_the_alert_it_raised(desk: Desk, app: Flask) -> None:
    person, report_id = desk.sign_in(app, "duty1"), desk.report()
    alert_id = desk.alert(subject="report:12345/t", report_id=report_id)
    person.post(f"/reports/{report_id}/acts", {"act": "dismiss", "note": "误报"})
    alert = person.get(f"/alerts/{alert_id}").json
    assert (alert["stage"], alert["verdict"], alert["verdict_why"]) == ("normal", "false_alarm", "误报")


def test_an_incident_is_taken_given_spoken_of_and_raised_like_an_alert(desk: Desk, app: Flask) -> None:
    incident_id, person = desk.incident(), desk.sign_in(app, "duty1")

    def say(body: dict[str, Any]) -> Any:
        return person.post(f"/incidents/{incident_id}/acts", body)

    assert say({"act": "take"}).json["owner"] == "duty1"
    assert say({"act": "assign", "account": desk.people["supervisor"]}).json["owner"] == "supervisor"
    assert say({"act": "comment", "note": "@duty2 来看"}).json["comments"][0]["text"] == "@duty2 来看"
    assert say({"act": "escalate", "note": "需增援"}).status_code == 200
    assert {template for _, template in outbox(desk)} == {"assigned", "mention"}


def test_two_officers_take_at_once_and_the_loser_sees_who_did_what_last(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    people = [desk.sign_in(app, login) for login in ("duty1", "duty2")]
    etag = people[0].get(f"/alerts/{alert_id}").headers["ETag"]
    answers: list[Any] = [None, None]
    start = threading.Barrier(2)

    def take(index: int) -> None:
        start.wait()
        answers[index] = people[index].post(f"/alerts/{alert_id}/acts", {"act": "take"}, If_Match=etag)

    threads = [threading.Thread(target=take, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = 0 if answers[0].status_code == 200 else 1
    lost = answers[1 - winner]
    assert (answers[winner].status_code, lost.status_code) == (200, 412)
    assert (lost.json["last"]["act"], lost.json["last"]["actor"]) == ("take", ("duty1", "duty2")[winner])
    assert lost.json["present"]["owner"] == ("duty1", "duty2")[winner]


def test_many_alerts_are_acted_on_one_by_one_and_what_was_refused_says_why(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "north")
    mine, again, others = desk.alert(NORTH), desk.alert(NORTH, stage="acked", title="b"), desk.alert(SOUTH)
    stale = desk.alert(NORTH, title="c")
    body = {"ids": [mine, again, others, 999, stale], "act": "acknowledge", "note": "批量", "versions": {str(stale): 7}}
    answer = person.post("/alerts/acts", body).json
    assert answer["done"] == [mine]
    assert [(one["id"], one["status"], one["type"]) for one in answer["refused"]] == [
        (again, 409, "illegal_act"), (others, 404, "not_found"), (999, 404, "not_found"), (stale, 412, "stale"),
    ]  # fmt: skip
    rows = desk.rows("select stage, acked_by, ack_note from alerts where alert_id = %s", mine)
    assert rows == [{"stage": "acked", "acked_by": "north", "ack_note": "批量"}]
    wrong: tuple[dict[str, Any], ...] = ({"ids": []}, {"ids": list(range(1, 502))}, {"ids": ["1"]}, {"ids": [True]}, {})
    for bad in wrong:
        assert person.post("/alerts/acts", {"act": "acknowledge", **bad}).status_code == 422


def test_many_at_once_are_done_once_however_often_they_are_sent(desk: Desk, app: Flask) -> None:
    person, body = desk.sign_in(app, "duty1"), {"ids": [desk.alert()], "act": "acknowledge"}
    first, again = (person.post("/alerts/acts", body, Idempotency_Key="k") for _ in range(2))
    assert (first.json, again.headers["Idempotent-Replayed"]) == (again.json, "true")
    assert len(desk.rows("select 1 from audit where act = 'acknowledge'")) == 1


def test_a_person_of_a_street_bound_by_a_transaction_each_never_sees_another(desk: Desk, app: Flask) -> None:
    """Each transaction of a bulk act is limited anew: row security must not fall with the first commit."""
    ids = [desk.alert(NORTH, title=str(n)) for n in range(3)]
    answer = desk.sign_in(app, "north").post("/alerts/acts", {"ids": [*ids, desk.alert(SOUTH)], "act": "take"}).json
    assert (answer["done"], [one["status"] for one in answer["refused"]]) == (ids, [404])


def test_people_are_listed_with_whether_they_are_here_and_without_what_they_sign_in_with(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    act(person, desk.alert(), "acknowledge")
    found = person.get("/people").json["people"]
    assert [one["title"] for one in found] == ["duty1", "dispatcher", "duty2", "north", "supervisor"]
    assert (found[0]["on_shift"], found[0]["me"], found[1]["on_shift"]) == (True, True, False)
    assert all("login" not in one for one in found)
    assert "north" not in [one["title"] for one in person.get(f"/people?area={SOUTH}001").json["people"]]


def test_the_sweep_has_nothing_to_do_where_nobody_went_home(desk: Desk, app: Flask, config: Config) -> None:
    act(desk.sign_in(app, "duty1"), desk.alert(), "acknowledge")
    with desk.store.connection() as connection:
        assert sweep(connection, desk.now, config) == 0
