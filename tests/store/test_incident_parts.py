"""Incidents by their parts: joined with a reason and summed up, whoever worsens, eases, was nothing or comes late."""

from datetime import timedelta

from tests.desk import Desk, Person, later
from tests.flooded_road import act, at, call, gauge, incidents, work
from tests.flooded_road import duty as duty


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


def test_a_case_opened_from_an_alert_and_a_merged_report_keep_their_reason_too(desk: Desk, duty: Person) -> None:
    alert, report = gauge(desk, 1), call(desk, 1, 4000)
    number = duty.post("/cases", {"alert_id": alert}).json["incident_id"]
    assert duty.post(f"/reports/{report}/acts", {"act": "merge", "incident_id": number}).status_code == 200
    shape = duty.get(f"/incidents/{number}").json
    assert [row["join"]["reason"] for row in (*shape["alerts"], *shape["reports"])] == [
        {"class": "hand", "act": "open"}, {"class": "hand", "act": "merge"}]  # fmt: skip


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
