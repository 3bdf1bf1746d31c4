"""Incidents by their parts: joined with a reason, summed up, and moved by hand; what a person took apart stays apart."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from alerts.correlate import correlate, horizon
from store import correlation, incident_sums
from tests.desk import NORTH, SOUTH, Desk, Person, later

METRE = 1 / 111_320
ROAD = {"class_code": "0502", "lon": 119.905, "lat": 31.785}


def at(metres: float, **more: Any) -> dict[str, Any]:
    """So many metres north of the flooded road."""
    return {**ROAD, "lat": 31.785 + metres * METRE, **more}


def call(desk: Desk, number: int, metres: float = 0, **more: Any) -> int:
    return desk.report(**at(metres, external_id=f"c{number}", title=f"来电{number}", **more))


def gauge(desk: Desk, number: int, metres: float = 0, **more: Any) -> int:
    words = {"subject": f"g{number}/water_level", "title": f"{number}号水位超限", "severity": 3, "domain": "water"}
    return desk.alert(**at(metres, **words, **measured(desk, number), **more))


def measured(desk: Desk, number: int) -> dict[str, Any]:
    """The device and the quantity of a gauge."""
    with desk.store.connection() as connection:
        device = connection.execute(
            "insert into devices (device, name, domain, area) values (%s, %s, 'water', %s) on conflict (device) do update set name = excluded.name "
            "returning device_id", [f"g{number}", f"{number}号水位计", f"{NORTH}001"],
        ).fetchone()  # fmt: skip
        metric = connection.execute(
            "insert into metrics (metric, label, unit) values ('water_level', '水位', 'm') on conflict (metric) do update set unit = excluded.unit "
            "returning metric_id",
        ).fetchone()
    assert device is not None
    assert metric is not None
    return {**device, **metric}


def work(desk: Desk) -> None:
    """A round of the leader."""
    since = horizon(desk.now, desk.config.incidents)
    with desk.store.connection() as connection:
        pending = correlation.read_pending(connection, desk.config, since, desk.now)
        known = correlation.read_open(connection, desk.config, since, desk.now)
        correlation.apply(connection, correlate(pending, known, desk.config.incidents), desk.config, desk.now)
    with desk.store.connection() as connection:
        incident_sums.follow_parts(connection, desk.config, desk.now)


def incidents(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("select * from incidents order by incident_id")


def act(person: Person, incident_id: int, name: str, **fields: Any) -> Any:
    return person.post(f"/incidents/{incident_id}/acts", {"act": name, **fields})


@pytest.fixture
def duty(desk: Desk, app: Flask) -> Person:
    return desk.sign_in(app, "duty1")


def test_gauges_cameras_and_calls_of_half_an_hour_are_one_incident_and_its_split_stays_apart(desk: Desk, duty: Person) -> None:
    gauges = [gauge(desk, n, 40 * n) for n in range(3)]
    work(desk)
    for minute in range(28):
        later(desk, minutes=1)
        if minute in (3, 9):
            desk.report(**at(60, external_id=f"v{minute}", channel="video", title="视频发现积水"))
        if minute % 2:
            call(desk, minute, 12 * minute)
        work(desk)
    [one] = incidents(desk)
    assert one["parts"] == {"sensor": 3, "video": 2, "hotline": 14}
    assert (one["severity"], one["title"]) == (3, "0号水位超限 +18")
    assert one["text"] == "河道水位 3 · 视频 2 · 热线 14 · 自 12:00 · 北社区"
    shape = duty.get(f"/incidents/{one['incident_id']}").json
    assert [row["join"]["by"] for row in (*shape["alerts"], *shape["reports"])] == ["machine"] * 19
    assert shape["alerts"][0]["join"]["reason"] == {"class": "opens"}
    reason = shape["reports"][-1]["join"]["reason"]
    assert (reason["class"], reason["radius_m"], reason["with"]["kind"]) == ("same", 450, "report")
    answer = act(duty, one["incident_id"], "split", alerts=gauges[2:], note="另一条路").json
    assert answer["parts"] == {"sensor": 2, "video": 2, "hotline": 14}
    [new] = answer["split"]
    assert answer["left"][0] | {"at": 0, "left_at": 0} == {
        "kind": "alert", "id": gauges[2], "at": 0, "left_at": 0, "left_by": "duty1", "why": "另一条路"}  # fmt: skip
    desk.rows("update alerts set stage = 'normal' where alert_id = %s returning 1", gauges[2])
    desk.rows("update incidents set stage = 'closed' where incident_id = %s returning 1", new["id"])
    again = gauge(desk, 2, 80)
    work(desk)
    [row] = desk.rows("select incident_id from alerts where alert_id = %s", again)
    assert row["incident_id"] not in {None, one["incident_id"], new["id"]}, "what a person took apart came again, and stayed apart"


def test_a_drill_beside_the_real_is_an_incident_of_its_own_and_no_hand_joins_them(desk: Desk, duty: Person) -> None:
    real, drill = gauge(desk, 1), gauge(desk, 2, 10, drill=True)
    work(desk)
    first, second = incidents(desk)
    assert (first["drill"], second["drill"]) == (False, True)
    assert act(duty, first["incident_id"], "join", alerts=[drill]).status_code == 409
    refused = act(duty, second["incident_id"], "join", incidents=[first["incident_id"]])
    assert (refused.status_code, "drill" in refused.json["detail"]) == (409, True)
    assert desk.rows("select incident_id from alerts where alert_id = %s", real) == [{"incident_id": first["incident_id"]}]


def test_a_late_part_joins_the_incident_of_its_time(desk: Desk) -> None:
    gauge(desk, 1)
    work(desk)
    began = desk.now
    later(desk, minutes=50)
    call(desk, 1, observed_at=began + timedelta(minutes=5), received_at=desk.now, processed_at=desk.now)
    work(desk)
    assert [row["parts"] for row in incidents(desk)] == [{"sensor": 1, "hotline": 1}]


def test_severity_and_title_follow_a_part_that_worsens_eases_or_was_nothing(desk: Desk) -> None:
    one, two = gauge(desk, 1), gauge(desk, 2, 20)
    work(desk)
    changes = (("severity = 1", 1, "2号水位超限 +1"), ("severity = 2", 2, "2号水位超限 +1"), ("verdict = 'false_alarm'", 3, "1号水位超限"))
    for change, severity, title in changes:
        desk.rows(f"update alerts set {change} where alert_id = %s returning 1", two)
        work(desk)
        [row] = incidents(desk)
        assert (row["severity"], row["title"]) == (severity, title)
    desk.rows("update alerts set verdict = 'test' where alert_id = %s returning 1", one)
    work(desk)
    assert [(row["severity"], row["parts"]) for row in incidents(desk)] == [(5, {})]


def test_a_persons_title_stands_until_it_is_taken_back(desk: Desk, duty: Person) -> None:
    gauge(desk, 1)
    work(desk)
    [one] = incidents(desk)
    shape = act(duty, one["incident_id"], "retitle", title="长江路隧道积水").json
    assert (shape["title"], shape["by_hand"]) == ("长江路隧道积水", ["title"])
    gauge(
        desk,
        2,
        5,
    )
    work(desk)
    assert [row["title"] for row in incidents(desk)] == ["长江路隧道积水"]
    assert act(duty, one["incident_id"], "retitle", title="").json["title"] == "1号水位超限 +1"


def test_a_report_and_the_alert_it_raised_are_one_thing_counted_once_and_moved_together(desk: Desk, duty: Person) -> None:
    gauge(desk, 1)
    report = call(desk, 1)
    desk.alert(**at(0, subject="report:12345/c1", report_id=report, title="来电", severity=2))
    work(desk)
    [one] = incidents(desk)
    assert (one["parts"], one["severity"]) == ({"sensor": 1, "hotline": 1}, 2)
    shape = act(duty, one["incident_id"], "split", reports=[report]).json
    assert (shape["parts"], shape["severity"]) == ({"sensor": 1}, 3)
    assert [row["parts"] for row in incidents(desk)] == [{"sensor": 1}, {"hotline": 1}]


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


def test_what_is_inhibited_joins_its_parents_incident_and_what_is_silenced_waits(desk: Desk) -> None:
    parent = gauge(desk, 1)
    child = gauge(desk, 2, 5000, hold="suppressed", hold_ref=f"alert:{parent}")
    mute = gauge(desk, 3, 5, hold="suppressed", hold_ref=f"silence:{parent}")
    probe = gauge(desk, 4, 5, probe=True)
    work(desk)
    work(desk)
    rows = {row["alert_id"]: row["incident_id"] for row in desk.rows("select alert_id, incident_id from alerts")}
    assert rows[child] == rows[parent] is not None
    assert (rows[mute], rows[probe]) == (None, None)
    later(desk, hours=3)
    desk.rows("update alerts set hold = 'none' where alert_id = %s returning 1", mute)
    work(desk)
    assert [row["parts"] for row in incidents(desk)] == [{"sensor": 3}], "once it is told it belongs where it always did"


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


def test_a_case_opened_from_an_alert_and_a_merged_report_keep_their_reason_too(desk: Desk, duty: Person) -> None:
    alert, report = gauge(desk, 1), call(desk, 1, 4000)
    number = duty.post("/cases", {"alert_id": alert}).json["incident_id"]
    assert duty.post(f"/reports/{report}/acts", {"act": "merge", "incident_id": number}).status_code == 200
    shape = duty.get(f"/incidents/{number}").json
    assert [row["join"]["reason"] for row in (*shape["alerts"], *shape["reports"])] == [
        {"class": "hand", "act": "open"}, {"class": "hand", "act": "merge"}]  # fmt: skip


@pytest.mark.parametrize("role", ["boss", "auditor", "worker1"])
def test_parts_are_moved_by_the_desk_alone(desk: Desk, app: Flask, role: str) -> None:
    gauge(desk, 1)
    work(desk)
    [one] = incidents(desk)
    assert act(desk.sign_in(app, role), one["incident_id"], "retitle", title="x").status_code == 403


def test_an_incident_without_a_place_takes_the_one_its_report_is_given(desk: Desk, duty: Person) -> None:
    report = desk.report(external_id="x", title="桥下积水", severity=2, placement="none")
    work(desk)
    assert [(row["lon"], row["parts"]) for row in incidents(desk)] == [(None, {"hotline": 1})]
    assert duty.post(f"/reports/{report}/acts", {"act": "place", "lon": 119.905, "lat": 31.785}).status_code == 200
    work(desk)
    assert [(row["lon"], row["cell_id"]) for row in incidents(desk)] == [(119.905, 1)]
    gauge(desk, 1, 30)
    work(desk)
    assert len(incidents(desk)) == 1
