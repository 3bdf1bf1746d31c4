"""Acts that take two people: asked for, agreed to by another for the version that was seen, and never done otherwise."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.config import Config
from core.errors import IllegalAct
from store.acts import Act
from store.alerts import lock_alert
from store.approvals import ask
from store.sweep import sweep
from tests.desk import NORTH, SOUTH, Desk, Person, later, open_desk
from tests.patience import until


@pytest.fixture
def desk(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Desk]:
    """A city where red and orange take two."""
    two = config.duty.two_person.model_copy(update={"severities": (1, 2)})
    asked = config.model_copy(update={"duty": config.duty.model_copy(update={"two_person": two})})
    with open_desk(asked, database_url, web_database_url, now, tmp_path) as opened:
        yield opened


def judge(person: Person, alert_id: int, **headers: str) -> Any:
    return person.post(f"/alerts/{alert_id}/acts", {"act": "judge", "verdict": "false_alarm", "note": "蒸汽"}, **headers)


def decide(person: Person, approval: Any, act: str, note: str = "同意") -> Any:
    return person.post(f"/approvals/{approval['id']}/acts", {"act": act, "note": note})


def people(desk: Desk, app: Flask, *logins: str) -> list[Person]:
    return [desk.sign_in(app, login) for login in logins]


def test_nothing_is_done_until_another_agrees_and_then_both_names_stand_in_the_audit(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    waits = judge(one, alert_id)
    assert (waits.status_code, waits.json["approval"]["stage"]) == (202, "pending")
    approval = waits.json["approval"]
    assert (one.get(f"/alerts/{alert_id}").json["verdict"], len(one.get(f"/alerts/{alert_id}").json["approvals"])) == (None, 1)
    assert decide(other, approval, "approve").json["stage"] == "approved"
    alert = one.get(f"/alerts/{alert_id}").json
    assert (alert["verdict"], alert["verdict_by"], alert["stage"], alert["acked_by"]) == ("false_alarm", "duty1", "acked", "duty1")
    [row] = [row for row in alert["audit"] if row["act"] == "judge"]
    assert (row["actor"], row["detail"]["approved_by"]) == ("duty1", "duty2")
    assert alert["approvals"] == []


def test_what_is_milder_and_what_is_real_takes_one(desk: Desk, app: Flask) -> None:
    [one] = people(desk, app, "duty1")
    assert judge(one, desk.alert(severity=3)).status_code == 200
    grave = desk.alert(title="b")
    assert one.post(f"/alerts/{grave}/acts", {"act": "judge", "verdict": "real"}).status_code == 200
    assert one.post(f"/alerts/{grave}/acts", {"act": "acknowledge"}).status_code == 200


def test_nobody_agrees_with_himself_and_only_he_takes_it_back(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    approval = judge(one, alert_id).json["approval"]
    assert approval["acts"] == ["withdraw"]
    assert other.get("/approvals").json["approvals"][0]["acts"] == ["approve", "refuse"]
    assert (decide(one, approval, "approve").status_code, decide(one, approval, "refuse").status_code) == (403, 403)
    assert decide(other, approval, "withdraw").status_code == 403
    assert decide(one, approval, "withdraw").json["stage"] == "withdrawn"
    assert decide(other, approval, "approve").status_code == 409
    assert one.get(f"/alerts/{alert_id}").json["verdict"] is None


@pytest.mark.parametrize(("login", "status"), [("dispatcher", 403), ("boss", 403), ("supervisor", 200), ("worker1", 403)])
def test_who_agrees_may_do_it_himself(desk: Desk, app: Flask, login: str, status: int) -> None:
    approval = judge(desk.sign_in(app, "duty1"), desk.alert()).json["approval"]
    assert decide(desk.sign_in(app, login), approval, "approve").status_code == status


def test_who_does_not_see_it_does_not_know_of_it_and_a_token_is_nobody(desk: Desk, app: Flask) -> None:
    south, token = desk.alert(SOUTH), desk.with_token(app, "act")
    one, north = people(desk, app, "duty1", "north")
    assert judge(token, south).status_code == 403
    approval = judge(one, south).json["approval"]
    assert (north.get("/approvals").json["approvals"], decide(north, approval, "approve").status_code) == ([], 404)
    assert decide(token, approval, "approve").status_code == 403


def test_refusing_says_why_and_the_asker_is_told(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    approval = judge(one, alert_id).json["approval"]
    assert decide(other, approval, "refuse", "").status_code == 422
    refused = decide(other, approval, "refuse", "再看一遍监控").json
    assert (refused["stage"], refused["why"], refused["decided_by"]) == ("refused", "再看一遍监控", "duty2")
    [told] = desk.rows("select target, template, payload from outbox")
    assert (told["target"], told["template"]) == (f"account:{desk.people['duty1']}", "approval_decided")
    assert judge(one, alert_id).status_code == 202


def test_what_changed_since_it_was_asked_for_lapses_and_says_so(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    approval = judge(one, alert_id).json["approval"]
    other.post(f"/alerts/{alert_id}/acts", {"act": "take"})
    lapsed = decide(other, approval, "approve").json
    assert (lapsed["stage"], "version 1 then, 2 now" in lapsed["why"]) == ("lapsed", True)
    alert = one.get(f"/alerts/{alert_id}").json
    assert (alert["verdict"], alert["stage"], alert["audit"][-1]["stage_to"]) == (None, "unack", "lapsed")


def test_a_second_wish_for_the_same_waits_behind_the_first_and_a_stale_one_is_none(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    assert judge(one, alert_id, If_Match='"9"').status_code == 412
    assert [judge(person, alert_id).status_code for person in (one, other)] == [202, 409]
    assert one.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "note": "检修"}).status_code == 202
    assert one.post(f"/alerts/{alert_id}/acts", {"act": "shelve"}).status_code == 422


def test_an_approval_waits_over_a_restart_and_its_time_ends(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    approval = judge(desk.sign_in(app, "duty1"), alert_id).json["approval"]
    later(desk, minutes=29)
    again = desk.app()  # another process: nothing was kept in this one
    other = desk.sign_in(again, "duty2")
    assert [one["id"] for one in other.get("/queue?kind=approval").json["items"]] == [approval["id"]]
    later(desk, minutes=1)
    assert decide(other, approval, "approve").status_code == 409
    with desk.store.connection() as connection:
        assert (sweep(connection, desk.now, desk.config), sweep(connection, desk.now, desk.config)) == (1, 0)
    [gone] = other.get("/approvals?stage=lapsed").json["approvals"]
    assert (gone["id"], gone["why"]) == (approval["id"], "nobody decided in time")
    assert other.get("/queue?kind=approval").json["items"] == []


def test_shelving_keeps_its_hour_and_dismissing_an_incident_carries_all_that_follows(desk: Desk, app: Flask) -> None:
    alert_id, (one, other) = desk.alert(), people(desk, app, "supervisor", "duty2")
    until = (desk.now + timedelta(hours=3)).isoformat()
    approval = one.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "note": "检修", "until": until}).json["approval"]
    assert decide(other, approval, "approve").json["stage"] == "approved"
    shelved = one.get(f"/alerts/{alert_id}").json
    assert (shelved["hold"], shelved["hold_by"], datetime.fromisoformat(shelved["hold_until"])) == (
        "shelved",
        "supervisor",
        desk.now + timedelta(hours=3),
    )
    values = {"title": "火", "severity": 1, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    incident_id = desk.insert("incidents", values, "incident_id")
    part = desk.alert(title="b", incident_id=incident_id)
    approval = one.post(f"/incidents/{incident_id}/acts", {"act": "dismiss", "note": "演习烟"}).json["approval"]
    assert one.get(f"/incidents/{incident_id}").json["stage"] == "open"
    assert decide(other, approval, "approve").json["stage"] == "approved"
    assert one.get(f"/incidents/{incident_id}").json["stage"] == "dismissed"
    assert one.get(f"/alerts/{part}").json["verdict_why"] == "演习烟"


def test_what_can_no_longer_be_done_lapses_with_the_reason(desk: Desk, app: Flask) -> None:
    """Until approved its time may have come and gone: shelving until a moment that is over."""
    alert_id, (one, other) = desk.alert(), people(desk, app, "duty1", "duty2")
    until = (desk.now + timedelta(minutes=5)).isoformat()
    approval = one.post(f"/alerts/{alert_id}/acts", {"act": "shelve", "note": "检修", "until": until}).json["approval"]
    later(desk, minutes=6)
    lapsed = decide(other, approval, "approve").json
    assert (lapsed["stage"], "24 hours" in lapsed["why"]) == ("lapsed", True)


def test_two_who_approve_at_once_do_it_once(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    approval = judge(desk.sign_in(app, "duty1"), alert_id).json["approval"]
    others, start = people(desk, app, "duty2", "supervisor"), threading.Barrier(2)
    answers: list[int] = []

    def approve(person: Person) -> None:
        start.wait()
        answers.append(decide(person, approval, "approve").status_code)

    threads = [threading.Thread(target=approve, args=(person,)) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    assert len(desk.rows("select 1 from audit where act = 'judge'")) == 1


def test_asking_again_while_the_first_expires_waits_for_nobody_in_a_circle(desk: Desk, app: Flask) -> None:
    """Whoever asks holds the alert, the sweep holds the approval: both want the alert first."""
    alert_id = desk.alert()
    judge(desk.sign_in(app, "duty1"), alert_id)
    later(desk, minutes=31)
    act = Act("judge", desk.scope("duty2", "duty"), desk.now, "蒸汽", extra={"verdict": "false_alarm"})

    def expire() -> None:
        with desk.store.connection() as connection:
            sweep(connection, desk.now, desk.config)

    thread = threading.Thread(target=expire)
    with desk.store.connection() as connection:
        lock_alert(connection, act.scope, alert_id)
        thread.start()
        until(lambda: desk.rows("select 1 from pg_locks where not granted"), what="the sweep waits for the alert")
        with pytest.raises(IllegalAct, match="already waiting"):
            ask(connection, "alert", alert_id, act, desk.config.duty.two_person)
    thread.join()
    assert [row["stage"] for row in desk.rows("select stage from approvals")] == ["lapsed"]


def test_in_bulk_what_takes_two_waits_and_the_rest_is_done(desk: Desk, app: Flask) -> None:
    grave, mild, [one] = desk.alert(), desk.alert(title="b", severity=4), people(desk, app, "duty1")
    answer = one.post("/alerts/acts", {"ids": [grave, mild], "act": "judge", "verdict": "test", "note": "演练"}).json
    assert (answer["done"], [waits["noun_id"] for waits in answer["waiting"]], answer["refused"]) == ([mild], [grave], [])
