"""Rules that wait for a moment: patrols that are due, figures of an hour, and rules that are not valid now."""

from datetime import timedelta

from tests.city_leader import Leader, at, gauge, report, rule
from tests.desk import NORTH, SOUTH, Desk, later


def patrol(desk: Desk, number: int, cell: int = 1) -> None:
    report(desk, number, channel="collector", source="grid", class_code="0101", cell_id=cell, area=NORTH if cell == 1 else SOUTH)


def test_a_patrol_that_did_not_come_rings_once_a_grid_and_due_time_and_ends_when_it_comes(desk: Desk) -> None:
    leader = Leader(desk, patrol=rule("absence", channels=["collector"], per="duty_grid", since="06:00", by="09:30", severity=4))
    at(desk, "05:00")
    patrol(desk, 1)  # too early to count
    assert leader.alerts() == []
    at(desk, "08:00")
    patrol(desk, 2, cell=2)
    assert leader.alerts() == []
    at(desk, "09:31")
    rang = leader.alert
    assert (rang["subject"], rang["title"]) == ("duty_grid:g1", "责任网格1 聚集:应于 11-21 09:30 前,最近 11-21 05:00")
    leader.restart()
    at(desk, "12:00")
    assert leader.alert["version"] == rang["version"]
    patrol(desk, 3)
    assert leader.alert["stage"] == "rtn_unack"
    at(desk, "09:31", day=1)
    first, second = leader.alerts()
    assert (first["alert_id"], first["stage"], first["count"], first["observed_at"]) == (
        rang["alert_id"],
        "unack",
        2,
        desk.now - timedelta(minutes=1),
    )
    with desk.store.connection() as connection:
        connection.execute("update alerts set stage = 'acked' where alert_id = %s", [second["alert_id"]])
    leader.restart()
    at(desk, "09:31", day=2)
    third = next(one for one in leader.alerts() if one["subject"] == "duty_grid:g2")
    assert third["alert_id"] > second["alert_id"]  # acknowledged, and missing again: another one
    assert leader.round() == []


def test_what_must_come_every_so_often_is_due_only_in_valid_times(desk: Desk) -> None:
    valid = [{"hours": "08:00-18:00"}]
    leader = Leader(desk, patrol=rule("absence", sources=["grid"], per="street", areas=[NORTH], every="2h", severity=4, valid=valid))
    at(desk, "07:00")
    assert leader.alerts() == []
    at(desk, "09:59")
    assert leader.alerts() == []
    patrol(desk, 1)
    at(desk, "11:58")
    leader.restart()
    assert leader.alerts() == []
    at(desk, "12:00")
    assert leader.alert["subject"] == f"area:{NORTH}"
    at(desk, "19:00")
    leader.restart()
    assert leader.alert["stage"] == "unack"
    patrol(desk, 2)
    assert leader.alert["stage"] == "rtn_unack"
    at(desk, "08:30", day=1)
    assert leader.alert["stage"] == "rtn_unack"


def figure(desk: Desk, value: float | None, hour: int, *, text: str | None = None, version: int = 1, subject: str = "320404",
           name: str = "aqi_hour_area") -> None:  # fmt: skip
    end = desk.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour)
    desk.rows("insert into derived (figure, subject, since, at, version, value, text, reason, of, standard, area, computed_at) "
              "values (%s, %s, %s, %s, %s, %s, %s, %s, '{}', 'HJ 633', '320404', %s) returning 1", name, subject, end - timedelta(hours=1),
              end, version, value, text, None if value is not None else "missing pm25 (20/60)", desk.now)  # fmt: skip


def test_a_figure_rings_worsens_is_unknown_is_judged_again_and_returns(desk: Desk) -> None:
    levels = [{"severity": 4, "above": 100, "label": "轻度"}, {"severity": 3, "above": 150, "clear": 140, "label": "中度"}]
    leader = Leader(desk, air=rule("standard", figure="aqi_hour_area", per=["district"], levels=levels, class_code="0302"))
    figure(desk, 90, 0, text="pm25")
    assert leader.alerts() == []
    later(desk, hours=1)
    figure(desk, 120, 0, text="pm25")
    rang = leader.alert
    assert (rang["subject"], rang["title"], rang["severity"]) == ("area:320404/aqi_hour_area", "钟楼区 聚集:120 pm25(轻度)", 4)
    later(desk, hours=1)
    leader.restart()
    figure(desk, 160, 0, text="pm25")
    assert leader.alert["severity"] == 3
    later(desk, hours=1)
    figure(desk, None, 0)
    unknown = leader.alert
    assert (unknown["stage"], unknown["state_known"], unknown["severity"]) == ("unack", False, 3)
    later(desk, minutes=5)
    figure(desk, 130, 0, text="pm25", version=2)  # the hour was measured after all
    known = leader.alert
    assert (known["severity"], known["state_known"]) == (4, True)
    figure(desk, 40, -3, version=2)  # an hour that is long over says nothing of now
    assert leader.round() == []
    later(desk, hours=1)
    leader.restart()
    figure(desk, 80, 0)
    assert leader.alert["stage"] == "rtn_unack"


def test_words_of_a_figure_have_their_severity_and_a_stale_one_says_nothing_of_now(desk: Desk) -> None:
    gauge(desk, "out-1", "cod", 1)
    leader = Leader(desk, permit=rule("standard", figure="permit_hour", domains=["water"], words={"above": 3, "below": 4}))
    figure(desk, 0.5, 0, text="above", subject="out-1/cod", name="permit_hour")
    rang = leader.alert
    assert (rang["subject"], rang["severity"], rang["domain"]) == ("out-1/cod/permit_hour", 3, "water")
    assert rang["title"] == "out-1 聚集:0.5 above"
    later(desk, hours=8)
    assert leader.alert["state_known"] is False


def test_a_rule_that_is_not_valid_now_begins_when_it_is(desk: Desk) -> None:
    at(desk, "20:00")
    leader = Leader(desk, noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=4, valid=[{"hours": "22:00-06:00"}]))
    report(desk, 1, class_code="0301")
    report(desk, 2, class_code="0301")
    assert leader.alerts() == []
    at(desk, "21:59")
    assert leader.alerts() == []
    at(desk, "22:00")
    assert leader.alert["value"] == 2.0
