"""Shifts and handing over: who is here, what passes to whom under which signature, and what becomes of what nobody took."""

import threading
from datetime import timedelta
from typing import Any

from flask import Flask

from store.accounts import disable_account
from store.sweep import sweep
from tests.desk import NORTH, PASSWORD, SOUTH, Desk, Person, later


def go(person: Person, alert_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/alerts/{alert_id}/acts", {"act": name, **fields})


def hand(desk: Desk, person: Person, login: str, password: str = PASSWORD, **fields: Any) -> Any:
    return person.post("/shifts/handover", {"to": desk.people[login], "note": "三处积水，注意泵站", "password": password, **fields})


def on_shift(person: Person, shift_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/shifts/{shift_id}/acts", {"act": name, **fields})


def swept(desk: Desk) -> int:
    with desk.store.connection() as connection:
        return sweep(connection, desk.now, desk.config)


def stages(desk: Desk, *ids: int) -> list[tuple[str, str | None, str | None]]:
    rows = {row["alert_id"]: row for row in desk.rows("select * from alerts")}
    return [(rows[one]["stage"], rows[one]["acked_by"], rows[one]["owner"]) for one in ids]


def test_a_shift_begins_with_the_first_act_and_only_once(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    assert person.get("/shifts/current").json["shift"] is None
    go(person, desk.alert(), "acknowledge")
    shift = person.get("/shifts/current").json["shift"]
    assert (shift["stage"], shift["acts"]) == ("on", ["offer", "end"])
    assert person.post("/shifts").json["shift"]["id"] == shift["id"]
    assert len(desk.rows("select 1 from audit where noun = 'shift' and act = 'begin'")) == 1


def test_an_act_that_failed_begins_nothing(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    assert (go(person, 999, "acknowledge").status_code, go(person, desk.alert(), "unshelve").status_code) == (404, 409)
    assert person.get("/shifts/current").json["shift"] is None


def test_who_does_not_work_at_the_desk_has_no_shift(desk: Desk, app: Flask) -> None:
    assert [desk.sign_in(app, login).post("/shifts").status_code for login in ("boss", "worker1", "admin")] == [403] * 3


def test_what_one_holds_passes_to_who_signs_for_it(desk: Desk, app: Flask) -> None:
    one, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2")
    acked, owned, both, alien = (desk.alert(title=name) for name in "abcd")
    values = {"title": "积水", "severity": 3, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    incident_id = desk.insert("incidents", values, "incident_id")
    (
        go(one, acked, "acknowledge"),
        go(one, owned, "take"),
        go(one, both, "acknowledge"),
        go(one, both, "take"),
        go(other, alien, "acknowledge"),
    )
    one.post(f"/incidents/{incident_id}/acts", {"act": "take"})
    offered = hand(desk, one, "duty2")
    assert (offered.status_code, offered.json["shift"]["stage"], len(offered.json["handover"]["items"])) == (201, "offered", 4)
    [offer] = other.get("/shifts/current").json["offers"]
    assert (offer["from"], offer["note"], offer["items_hash"]) == ("duty1", "三处积水，注意泵站", offered.json["handover"]["items_hash"])
    assert stages(desk, acked)[0] == ("acked", "duty1", None), "until it is signed for it is still his"
    taken = on_shift(other, offer["shift_id"], "accept", password=PASSWORD).json
    assert ({(item["noun"], item["id"]) for item in taken["moved"]}, taken["left"]) == (
        {("alert", str(acked)), ("alert", str(owned)), ("alert", str(both)), ("incident", str(incident_id))}, [],
    )  # fmt: skip
    assert stages(desk, acked, owned, both, alien) == [
        ("acked", "duty2", None), ("unack", None, "duty2"), ("acked", "duty2", "duty2"), ("acked", "duty2", None),
    ]  # fmt: skip
    assert one.get("/shifts/current").json["shift"] is None
    assert swept(desk) == 0, "nothing is left that could lapse"
    signed = desk.rows("select act, actor, detail from audit where noun = 'shift' and act in ('offer', 'accept') order by audit_id")
    assert [row["actor"] for row in signed] == ["duty1", "duty2"]
    assert {row["detail"]["hash"] for row in signed} == {offer["items_hash"]}
    assert other.get(f"/alerts/{acked}").json["audit"][-1]["act"] == "take_over"


def test_both_sign_with_their_own_password_and_a_wrong_one_moves_nothing(desk: Desk, app: Flask) -> None:
    one, other, alert_id = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2"), desk.alert()
    go(one, alert_id, "acknowledge")
    assert (hand(desk, one, "duty2", "wrong").status_code, one.get("/shifts/current").json["shift"]["stage"]) == (403, "on")
    shift_id = hand(desk, one, "duty2").json["shift"]["id"]
    assert (on_shift(other, shift_id, "accept", password="x").status_code, on_shift(other, shift_id, "accept").status_code) == (403, 422)
    assert stages(desk, alert_id)[0][1] == "duty1"
    assert len(desk.rows("select 1 from audit where act = 'sign_refused'")) == 2


def test_guessing_locks_as_at_the_door_and_no_hash_of_a_password_is_kept(desk: Desk, app: Flask) -> None:
    one = desk.sign_in(app, "duty1")
    one.post("/shifts")
    answers = [hand(desk, one, "duty2", f"guess {n}").status_code for n in range(5)]
    assert answers == [403, 403, 403, 403, 429]
    assert hand(desk, one, "duty2").headers["Retry-After"] == "1800"
    later(desk, minutes=31)
    one = desk.sign_in(app, "duty1")
    body = {"to": desk.people["duty2"], "note": "", "password": PASSWORD}
    assert one.post("/shifts/handover", body, Idempotency_Key="k").status_code == 201
    assert desk.rows("select 1 from idempotency") == []


def test_only_the_named_successor_answers_and_declining_says_why_and_returns_it(desk: Desk, app: Flask) -> None:
    one, other, third = (desk.sign_in(app, login) for login in ("duty1", "duty2", "supervisor"))
    go(one, desk.alert(), "acknowledge")
    shift_id = hand(desk, one, "duty2").json["shift"]["id"]
    assert on_shift(third, shift_id, "accept", password=PASSWORD).status_code == 404
    assert on_shift(one, shift_id, "accept", password=PASSWORD).status_code == 404
    assert on_shift(other, shift_id, "end").status_code == 403
    assert on_shift(other, shift_id, "decline").status_code == 422
    assert hand(desk, one, "supervisor").status_code == 409
    assert on_shift(other, shift_id, "decline", note="我已连上两班").status_code == 200
    current = one.get("/shifts/current").json
    assert (current["shift"]["stage"], current["handover"]["outcome"], current["handover"]["why"]) == ("on", "declined", "我已连上两班")
    assert hand(desk, one, "supervisor").status_code == 201
    assert on_shift(one, shift_id, "withdraw").json["shift"]["stage"] == "on"
    assert {row["template"] for row in desk.rows("select template from outbox")} == {"handover_offered", "handover_declined"}


def test_a_shift_is_handed_to_somebody_else_of_the_desk(desk: Desk, app: Flask) -> None:
    one = desk.sign_in(app, "duty1")
    assert hand(desk, one, "duty2").status_code == 409, "who is not on shift has none to hand over"
    one.post("/shifts")
    assert [hand(desk, one, login).status_code for login in ("duty1", "boss", "worker1")] == [422, 404, 404]


def test_what_changed_hands_before_the_signature_stays_where_it_is_and_what_came_after_the_list_lapses(desk: Desk, app: Flask) -> None:
    one, other, third = (desk.sign_in(app, login) for login in ("duty1", "duty2", "supervisor"))
    kept, gone, late = (desk.alert(title=name) for name in "abc")
    go(one, kept, "acknowledge"), go(one, gone, "take")
    shift_id = hand(desk, one, "duty2").json["shift"]["id"]
    go(third, gone, "take"), go(one, late, "acknowledge")
    taken = on_shift(other, shift_id, "accept", password=PASSWORD).json
    assert (taken["moved"], taken["left"]) == ([{"noun": "alert", "id": str(kept)}], [{"noun": "alert", "id": str(gone)}])
    assert swept(desk) == 1
    assert stages(desk, kept, gone, late) == [("acked", "duty2", None), ("unack", None, "supervisor"), ("unack", None, None)]


def test_what_the_successor_does_not_see_does_not_pass_and_lapses_aloud(desk: Desk, app: Flask) -> None:
    one, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "north")
    here, there = desk.alert(NORTH), desk.alert(SOUTH)
    go(one, here, "acknowledge"), go(one, there, "acknowledge")
    shift_id = hand(desk, one, "north").json["shift"]["id"]
    taken = on_shift(north, shift_id, "accept", password=PASSWORD).json
    assert taken["left"] == [{"noun": "alert", "id": str(there)}]
    swept(desk)
    assert stages(desk, here, there) == [("acked", "north", None), ("unack", None, None)]


def test_a_shift_that_ends_without_a_successor_gives_back_what_was_acknowledged_and_owned(desk: Desk, app: Flask) -> None:
    one, acked, owned = desk.sign_in(app, "duty1"), desk.alert(title="a"), desk.alert(title="b")
    values = {"title": "积水", "severity": 3, "stage": "handling", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now}
    incident_id = desk.insert("incidents", values, "incident_id")
    go(one, acked, "acknowledge", note="看过"), go(one, owned, "take")
    one.post(f"/incidents/{incident_id}/acts", {"act": "take"})
    shift_id = one.get("/shifts/current").json["shift"]["id"]
    assert on_shift(one, shift_id, "end").json["shift"] is None
    assert (swept(desk), swept(desk)) == (3, 0)
    assert stages(desk, acked, owned) == [("unack", None, None), ("unack", None, None)]
    alert = one.get(f"/alerts/{acked}").json
    last = alert["audit"][-1]
    assert (last["act"], last["stage_from"], last["stage_to"], "duty1" in last["note"]) == ("lapse", "acked", "unack", True)
    assert (alert["acked_at"], alert["ack_note"], alert["acked_id"]) == (None, None, None)
    assert desk.rows("select owner_id from incidents") == [{"owner_id": None}]
    [told] = desk.rows("select target, template, payload from outbox")
    assert (told["target"], told["template"], told["payload"]["acked"]) == ("role:supervisor", "shift_lapsed", 1)
    logged = desk.rows("select after from change_log where noun = 'alert' and key = %s order by change_id", str(acked))
    assert logged[-1]["after"]["stage"] == "unack", "screens hear of it"


def test_nobody_stays_on_for_ever(desk: Desk, app: Flask) -> None:
    one, alert_id = desk.sign_in(app, "duty1"), desk.alert()
    go(one, alert_id, "acknowledge")
    hand(desk, one, "duty2")
    ends = one.get("/shifts/current").json["shift"]["ends_at"]
    later(desk, hours=11, minutes=59)
    assert (swept(desk), stages(desk, alert_id)[0][0]) == (0, "acked")
    later(desk, minutes=1)
    assert ends.startswith(desk.now.isoformat()[:19])
    assert swept(desk) == 2
    assert stages(desk, alert_id)[0][0] == "unack"
    assert desk.rows("select outcome from handovers") == [{"outcome": "lapsed"}]
    assert desk.sign_in(app, "duty2").get("/shifts/current").json["offers"] == []


def test_a_disabled_account_holds_nothing(desk: Desk, app: Flask) -> None:
    alert_id = desk.alert()
    go(desk.sign_in(app, "duty1"), alert_id, "acknowledge")
    with desk.store.connection() as connection:
        disable_account(connection, "duty1", desk.now)
    later(desk, seconds=1)
    assert (swept(desk), stages(desk, alert_id)[0][0]) == (2, "unack")


def test_who_works_on_begins_anew_and_keeps_what_is_acknowledged_in_the_new_shift(desk: Desk, app: Flask) -> None:
    one, old, new, owned = desk.sign_in(app, "duty1"), desk.alert(title="a"), desk.alert(title="b"), desk.alert(title="c")
    go(one, old, "acknowledge"), go(one, owned, "take")
    shift_id = one.get("/shifts/current").json["shift"]["id"]
    on_shift(one, shift_id, "end")
    later(desk, seconds=1)
    go(one, new, "acknowledge")
    swept(desk)
    assert stages(desk, old, new, owned) == [("unack", None, None), ("acked", "duty1", None), ("unack", None, "duty1")]
    assert swept(desk) == 0


def test_a_shift_stays_over_a_restart_and_its_end_is_told_once(desk: Desk, app: Flask) -> None:
    ids = [desk.alert(title=str(n)) for n in range(3)]
    one = desk.sign_in(app, "duty1")
    for alert_id in ids:
        go(one, alert_id, "acknowledge")
    again = desk.sign_in(desk.app(), "duty1")
    assert len(again.get("/shifts/current").json["holds"]) == 3
    later(desk, hours=13)
    assert (swept(desk), swept(desk)) == (4, 0)
    assert len(desk.rows("select 1 from outbox where template = 'shift_lapsed'")) == 1


def test_a_list_that_was_changed_behind_the_signature_is_not_accepted(desk: Desk, app: Flask) -> None:
    one, other = desk.sign_in(app, "duty1"), desk.sign_in(app, "duty2")
    go(one, desk.alert(), "acknowledge")
    shift_id = hand(desk, one, "duty2").json["shift"]["id"]
    desk.rows("update handovers set items = '[]' returning 1")
    assert on_shift(other, shift_id, "accept", password=PASSWORD).status_code == 422


def test_accepting_twice_at_once_passes_it_once(desk: Desk, app: Flask) -> None:
    one, alert_id = desk.sign_in(app, "duty1"), desk.alert()
    go(one, alert_id, "acknowledge")
    shift_id = hand(desk, one, "duty2").json["shift"]["id"]
    browsers, start, answers = [desk.sign_in(app, "duty2") for _ in range(2)], threading.Barrier(2), []

    def accept(person: Person) -> None:
        start.wait()
        answers.append(on_shift(person, shift_id, "accept", password=PASSWORD).status_code)

    threads = [threading.Thread(target=accept, args=(person,)) for person in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 404]
    assert len(desk.rows("select 1 from audit where act = 'take_over'")) == 1


def test_the_shift_of_a_street_ends_by_the_leader_who_sees_all(desk: Desk, app: Flask) -> None:
    one, alert_id = desk.sign_in(app, "north"), desk.alert(NORTH)
    go(one, alert_id, "acknowledge")
    later(desk, hours=12, seconds=timedelta(seconds=1).total_seconds())
    swept(desk)
    assert stages(desk, alert_id)[0][0] == "unack"
