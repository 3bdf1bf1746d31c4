"""Parts of incidents moved by hand: swallowed, split, taken apart for good; by the desk alone, in its own area, one officer at a time."""

import threading
from typing import Any

import pytest
from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person
from tests.flooded_road import act, at, gauge, incidents, work
from tests.flooded_road import duty as duty


def test_an_incident_swallows_another_keeps_a_pointer_and_never_one_whose_case_is_open(desk: Desk, duty: Person) -> None:
    gauge(desk, 1), gauge(desk, 2, 3000)
    work(desk)
    first, second = (row["incident_id"] for row in incidents(desk))
    number = duty.post("/cases", {"incident_id": second}).json["number"]
    refused = act(duty, first, "join", incidents=[second])
    assert (refused.status_code, number in refused.json["detail"]) == (409, True)
    shape = act(duty, second, "join", incidents=[first], note="同一条河").json
    assert (shape["parts"], [one["id"] for one in shape["merged"]], shape["stage"]) == ({"sensor": 2}, [first], "handling")
    gone = duty.get(f"/incidents/{first}").json
    assert (gone["stage"], gone["merged_into"], gone["audit"][-1]["act"]) == ("closed", second, "merge")
    assert {row["join"]["by"] for row in shape["alerts"] if row["join"]["by_hand"]} == {"duty1"}
    nouns = {
        row["noun"] for row in desk.rows("select noun from change_log where after ->> 'incident_id' = %s or noun = 'incident'", str(second))
    }
    assert nouns >= {"alert", "incident"}


def test_what_was_taken_apart_stays_apart_from_whatever_swallows_it(desk: Desk, duty: Person) -> None:
    one, other = gauge(desk, 1), gauge(desk, 2, 20)
    far = gauge(desk, 3, 3000)
    work(desk)
    first, third = (row["incident_id"] for row in incidents(desk))
    act(duty, first, "split", alerts=[other])
    act(duty, third, "join", incidents=[first])
    desk.rows("update alerts set stage = 'normal' where alert_id = %s returning 1", other)
    desk.rows("update incidents set stage = 'closed' where split_from is not null returning 1")
    desk.rows("update incidents set lat = 31.785 where incident_id = %s returning 1", third)
    again = gauge(desk, 2, 20)
    work(desk)
    [row] = desk.rows("select incident_id from alerts where alert_id = %s", again)
    assert row["incident_id"] != third
    joined = act(duty, third, "join", alerts=[again]).json
    assert again in [alert["id"] for alert in joined["alerts"]], "a person may think again"
    assert {one, far} < {alert["id"] for alert in joined["alerts"]}


def test_a_single_part_moves_and_an_incident_left_empty_ends_with_it(desk: Desk, duty: Person) -> None:
    gauge(desk, 1)
    lone = gauge(desk, 2, 3000)
    work(desk)
    first, second = (row["incident_id"] for row in incidents(desk))
    assert act(duty, first, "join", alerts=[lone]).json["parts"] == {"sensor": 2}
    assert duty.get(f"/incidents/{second}").json["merged_into"] == first
    assert act(duty, first, "join", alerts=[lone]).status_code == 409
    assert act(duty, first, "split", alerts=[gauge(desk, 9, 9000)]).status_code == 409
    assert (
        act(
            duty,
            first,
            "split",
            alerts=[lone, *(row["alert_id"] for row in desk.rows("select alert_id from alerts where incident_id = %s", first))],
        ).status_code
        == 409
    )


def test_two_officers_split_at_once_and_the_loser_sees_who_was_first(desk: Desk, app: Flask) -> None:
    alerts = [gauge(desk, n, 10 * n) for n in range(3)]
    work(desk)
    [one] = incidents(desk)
    people = [desk.sign_in(app, login) for login in ("duty1", "duty2")]
    etag = people[0].get(f"/incidents/{one['incident_id']}").headers["ETag"]
    answers: list[Any] = [None, None]
    start = threading.Barrier(2)

    def split(index: int) -> None:
        start.wait()
        body = {"act": "split", "alerts": [alerts[2]]}
        answers[index] = people[index].post(f"/incidents/{one['incident_id']}/acts", body, If_Match=etag)

    threads = [threading.Thread(target=split, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner, loser = sorted(answers, key=lambda answer: int(answer.status_code))
    assert loser.json["present"]["left"][0]["left_by"] == winner.json["left"][0]["left_by"]
    assert len(incidents(desk)) == 2
    late = act(people[1], one["incident_id"], "split", alerts=[alerts[2]])
    assert (late.status_code, winner.json["left"][0]["left_by"] in late.json["detail"]) == (409, True)


def test_an_officer_of_one_street_neither_swallows_nor_takes_what_lies_in_another(desk: Desk, app: Flask) -> None:
    gauge(desk, 1)
    desk.alert(SOUTH, **at(20, subject="s/water_level", severity=3, title="南"))
    far = gauge(desk, 3, 3000)
    work(desk)
    first, _ = (row["incident_id"] for row in incidents(desk))
    north = desk.sign_in(app, "north")
    [there] = desk.rows("select incident_id from alerts where alert_id = %s", far)
    assert act(north, there["incident_id"], "join", incidents=[first]).status_code == 403
    [south] = desk.rows("select alert_id from alerts where area like %s", f"{SOUTH}%")
    assert act(north, first, "split", alerts=[south["alert_id"]]).status_code == 404
    assert all(row["area"].startswith(NORTH) for row in north.get(f"/incidents/{first}").json["alerts"])


@pytest.mark.parametrize("role", ["boss", "auditor", "worker1"])
def test_parts_are_moved_by_the_desk_alone(desk: Desk, app: Flask, role: str) -> None:
    gauge(desk, 1)
    work(desk)
    [one] = incidents(desk)
    assert act(desk.sign_in(app, role), one["incident_id"], "retitle", title="x").status_code == 403
