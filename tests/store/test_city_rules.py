"""Rules of more than one subject through the real tables: they ring, grow, worsen and return, whoever leads meanwhile."""

import pytest

from tests.city_leader import CLUSTER, LAT, METRE, Leader, alert, gauge, report, rule, told
from tests.desk import NORTH, SOUTH, Desk, later


def test_a_cluster_rings_grows_worsens_and_returns_as_one_alert_across_a_change_of_leader(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    report(desk, 1)
    alert(desk, 2, 50)
    assert leader.alerts() == []
    later(desk, minutes=1)
    report(desk, 3, 100)
    rang = leader.alert
    assert (rang["severity"], rang["value"], rang["threshold"], rang["stage"]) == (3, 3.0, 3.0, "unack")
    assert rang["title"] == "北社区 聚集:2 热线 · 1 waterlogging"
    assert rang["lat"] == pytest.approx(LAT + 50 * METRE)
    leader.restart()
    assert leader.alert == rang
    later(desk, minutes=1)
    for number in (4, 5, 6):
        report(desk, number, 150 + 60 * number)
    worse = leader.alert
    assert (worse["alert_id"], worse["severity"], worse["level"], worse["value"]) == (rang["alert_id"], 1, 1, 6.0)
    assert worse["title"].endswith("(严重)")
    assert worse["lat"] > rang["lat"]
    leader.restart()
    later(desk, minutes=29, seconds=30)
    eased = leader.alert
    assert (eased["severity"], eased["worst"], eased["value"], eased["stage"]) == (3, 1, 3.0, "unack")
    later(desk, minutes=2)
    assert leader.alert["stage"] == "rtn_unack"
    for number in (7, 8, 9):
        report(desk, number, 40 * number)
    again = leader.alert
    assert (again["alert_id"], again["stage"], again["count"], again["value"]) == (rang["alert_id"], "unack", 2, 3.0)


def test_an_alert_and_the_report_that_raised_it_are_one_signal_and_drills_count_apart(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    first = report(desk, 1)
    alert(desk, 1, report_id=first)
    report(desk, 2)
    report(desk, 3, drill=True)
    assert leader.alerts() == []
    report(desk, 4, drill=True)
    report(desk, 5, drill=True)
    assert [(one["drill"], one["value"]) for one in leader.alerts()] == [(True, 3.0)]


_HOLDS = [("shelved", None), ("suppressed", "silence:1"), ("suppressed", "alert:1")]


@pytest.mark.parametrize("hold", _HOLDS)
def test_who_is_told_of_a_part_changes_nothing_of_what_holds_and_out_of_service_does(desk: Desk, hold: tuple[str, str | None]) -> None:
    both = rule("compound", per="street", within="30m", severity=1, conditions={"w": {"rules": ["waterlogging"]}, "g": {"rules": ["gas"]}})
    leader = Leader(desk, flood=rule("cluster", **CLUSTER), both=both)
    wet, _, _, gas = alert(desk, 1), alert(desk, 2, 50), alert(desk, 3, 100), alert(desk, 4, 50, rule="gas", class_code="0901")

    def standing(words: tuple[str, str | None]) -> dict[str, tuple[str, float]]:
        later(desk, minutes=1)
        for held in (wet, gas):
            desk.rows("update alerts set hold = %s, hold_ref = %s, updated_at = %s where alert_id = %s returning 1", *words, desk.now, held)
            told(desk, "alert", held)
        return {one["rule"]: (one["stage"], one["value"]) for one in leader.alerts()}

    rang = {one["rule"]: (one["stage"], one["value"]) for one in leader.alerts()}
    assert set(rang) == {"both", "flood"}
    assert standing(hold) == rang
    gone = standing(("out_of_service", None))
    assert gone["both"][0] == "rtn_unack"
    assert gone["flood"][1] == 2.0


def test_what_is_dismissed_or_judged_false_counts_no_more(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    dismissed, false, _ = report(desk, 1), alert(desk, 2), report(desk, 3)
    assert leader.alert["value"] == 3.0
    later(desk, seconds=30)
    with desk.store.connection() as connection:
        connection.execute("update reports set stage = 'dismissed' where report_id = %s", [dismissed])
        connection.execute("update alerts set verdict = 'false_alarm' where alert_id = %s", [false])
    told(desk, "report", dismissed)
    told(desk, "alert", false)
    assert leader.alert["value"] == 1.0


def test_simulated_signals_mark_the_alert_until_real_ones_alone_would_have_rung(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    for number in range(3):
        report(desk, number, simulated=number > 0)
    assert leader.alert["simulated"]
    later(desk, seconds=30)
    report(desk, 4)
    report(desk, 5)
    assert not leader.alert["simulated"]


def test_so_many_in_a_place_ring_and_clear_when_the_span_has_passed(desk: Desk) -> None:
    leader = Leader(desk, noise=rule("count", classes=["0301"], per="street", within="1h", at_least=3, clear=2, severity=4))
    for number in range(3):
        report(desk, number, 5_000 * number, class_code="0301")
        report(desk, 10 + number, class_code="0301", area=SOUTH) if number < 2 else None
        later(desk, minutes=10)
    rang = leader.alert
    assert (rang["subject"], rang["area"], rang["title"]) == (f"area:{NORTH}", NORTH, "北街道 聚集:3 热线")
    leader.restart()
    later(desk, minutes=31)
    assert leader.alert["stage"] == "unack"
    later(desk, minutes=10)
    assert leader.alert["stage"] == "rtn_unack"


@pytest.mark.parametrize(("per", "subject"), [("cell", f"cell:{NORTH}001001"), ("duty_grid", "duty_grid:g1"), ("community", f"area:{NORTH}001"),
                                              ("district", "area:320404")])  # fmt: skip
def test_places_of_every_kind_are_counted(desk: Desk, per: str, subject: str) -> None:
    leader = Leader(desk, noise=rule("count", classes=["0301"], per=per, within="1h", at_least=2, severity=4))
    report(desk, 1, class_code="0301")
    report(desk, 2, class_code="0301")
    assert leader.alert["subject"] == subject


RISK = {"rain": {"metric": "rain", "above": 16, "clear": 10, "label": "雨量"}, "water": {"rules": ["waterlogging"], "label": "积水告警"},
        "calls": {"classes": ["0502"], "channels": ["hotline"], "at_least": 2}}  # fmt: skip


def test_conditions_together_ring_stay_while_nobody_knows_and_return(desk: Desk) -> None:
    leader = Leader(desk, risk=rule("compound", severity=2, within="1h", per="street", conditions=RISK))
    rain, flooded = gauge(desk, "rain-1", "rain", 20), alert(desk, 1)
    gauge(desk, "rain-2", "rain", 30, SOUTH)
    report(desk, 1)
    assert leader.alerts() == []
    report(desk, 2, 4_000)
    rang = leader.alert
    assert (rang["subject"], rang["severity"], rang["value"]) == (f"area:{NORTH}", 2, 3.0)
    assert rang["title"] == "北街道 聚集:雨量 20 · 1 积水告警 · 2 热线"
    leader.restart()
    later(desk, minutes=5)
    gauge(desk, "rain-1", "rain", 12)  # below the limit, not yet calm
    assert leader.alert["stage"] == "unack"
    with desk.store.connection() as connection:
        connection.execute("update devices set silent_at = %s where device_id = %s", [desk.now, rain])
    later(desk, seconds=1)
    unknown = leader.alert
    assert (unknown["stage"], unknown["state_known"]) == ("unack", False)
    with desk.store.connection() as connection:
        connection.execute("update devices set silent_at = null where device_id = %s", [rain])
    gauge(desk, "rain-1", "rain", 18)
    later(desk, seconds=1)
    assert leader.alert["state_known"]
    with desk.store.connection() as connection:
        connection.execute("update alerts set stage = 'normal', returned_at = %s where alert_id = %s", [desk.now, flooded])
    told(desk, "alert", flooded)
    assert leader.alert["stage"] == "unack"  # it held within the span
    later(desk, minutes=58)
    gauge(desk, "rain-1", "rain", 18)
    report(desk, 3)
    report(desk, 4)
    assert leader.alert["stage"] == "unack"
    later(desk, minutes=3)
    assert leader.alert["stage"] == "rtn_unack"


def test_nothing_rings_on_what_nobody_measures(desk: Desk) -> None:
    leader = Leader(desk, risk=rule("compound", severity=2, at_least=3, conditions=RISK))
    alert(desk, 1)
    report(desk, 1)
    report(desk, 2)
    assert leader.alerts() == []


def test_round_an_anchor_only_what_is_near_counts(desk: Desk) -> None:
    near = {"gas": {"metric": "gas", "above": 25}, "calls": {"classes": ["0504"], "channels": ["hotline"], "label": "燃气热线"}}
    leader = Leader(desk, leak=rule("compound", severity=1, within="30m", anchor="gas", radius_m=200, conditions=near))
    gauge(desk, "gas-1", "gas", 60)
    gauge(desk, "gas-2", "gas", 60, north_m=3000)
    report(desk, 1, 250, class_code="0504")
    assert leader.alerts() == []
    report(desk, 2, 150, class_code="0504")
    rang = leader.alert
    assert (rang["subject"], rang["title"], rang["lat"]) == ("near:gas-1", "北社区 聚集:gas 60 · 1 燃气热线", pytest.approx(LAT))
    leader.restart()
    later(desk, seconds=1)
    gauge(desk, "gas-1", "gas", 20)
    assert leader.alert["stage"] == "rtn_unack"
