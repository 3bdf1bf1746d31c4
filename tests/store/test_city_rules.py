"""Rules of more than one subject through the real tables: they ring, grow, worsen and return, whoever leads meanwhile."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.rules import Rules, arrange
from core.rule_config import RULE_KINDS
from core.rule_parts import RulePart
from store import change_log, city_rules
from store.city_memory import CityMemory
from tests.desk import NORTH, SOUTH, Desk, later

METRE = 1 / 111_320
LON, LAT = 119.905, 31.785


def rule(kind: str, **settings: Any) -> RulePart:
    words = {"label": "聚集", "label_en": "cluster", "owner": "指挥中心", "reason": "测试"}
    return RULE_KINDS[kind].model_validate({"kind": kind, **words, **settings})


class Leader:
    """Whoever leads: `restart` is another one, who knows nothing but the tables."""

    def __init__(self, desk: Desk, **rules: RulePart) -> None:
        self.desk, self.memory = desk, CityMemory()
        self.rules: Rules = arrange(rules, desk.config.classes, desk.config.area.zone)  # type: ignore[arg-type]

    def round(self) -> list[int]:
        with self.desk.store.connection() as connection:
            return city_rules.watch(connection, self.rules, self.memory, self.desk.now)

    def restart(self) -> None:
        self.memory = CityMemory()

    def alerts(self) -> list[dict[str, Any]]:
        self.round()
        return self.desk.rows(
            "select * from alerts where rule = any(%s) and stage <> 'normal' order by alert_id", [n for n, _ in self.rules.city]
        )

    @property
    def alert(self) -> dict[str, Any]:
        [only] = self.alerts()
        return only


def told(desk: Desk, noun: str, key: int) -> None:
    """What any writer of the pipeline leaves behind."""
    with desk.store.connection() as connection:
        change_log.append(connection, noun, {}, change_log.read(connection, noun, [key]), desk.now)


def report(desk: Desk, number: int, north_m: float = 0, **columns: Any) -> int:
    key = desk.report(title=f"r{number}", lon=LON, lat=LAT + north_m * METRE, cell_id=columns.pop("cell_id", 1), **columns)
    told(desk, "report", key)
    return key


def alert(desk: Desk, number: int, north_m: float = 0, **columns: Any) -> int:
    key = desk.alert(title=f"a{number}", lon=LON, lat=LAT + north_m * METRE, **{"class_code": "0502", "rule": "waterlogging", **columns})
    told(desk, "alert", key)
    return key


CLUSTER = {"classes": ["0502"], "radius_m": 300, "within": "30m",
           "levels": [{"severity": 3, "at_least": 3}, {"severity": 1, "at_least": 6, "label": "严重"}]}  # fmt: skip


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


def gauge(desk: Desk, name: str, metric: str, value: float, area: str = NORTH, north_m: float = 0) -> int:
    """A device that has just spoken."""
    metric_id = desk.rows("insert into metrics (metric, label) values (%s, %s) on conflict (metric) do update set label = excluded.label "
                          "returning metric_id", metric, metric)[0]["metric_id"]  # fmt: skip
    device_id = desk.rows("insert into devices (device, name, domain, area, cell_id, lon, lat) values (%s, %s, 'water', %s, %s, %s, %s) "
                          "on conflict (device) do update set updated_at = now() returning device_id",
                          name, name, f"{area}001", 1 if area == NORTH else 2, LON, LAT + north_m * METRE)[0]["device_id"]  # fmt: skip
    desk.rows("insert into device_states (device_id, metric_id, quality, value, observed_at, changed_at, updated_at) "
              "values (%s, %s, 0, %s, %s, %s, %s) on conflict (device_id, metric_id) do update set value = excluded.value, "
              "observed_at = excluded.observed_at returning 1", device_id, metric_id, value, *[desk.now] * 3)  # fmt: skip
    return int(device_id)


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


def patrol(desk: Desk, number: int, cell: int = 1) -> None:
    report(desk, number, channel="collector", source="grid", class_code="0101", cell_id=cell, area=NORTH if cell == 1 else SOUTH)


def at(desk: Desk, clock: str, day: int = 0) -> None:
    """The desk's clock in Changzhou, on a day after Saturday 21 November."""
    hours, minutes = map(int, clock.split(":"))
    desk.now = datetime.fromisoformat("2026-11-21T00:00:00+08:00") + timedelta(days=day, hours=hours, minutes=minutes)


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


def test_only_rules_that_something_new_or_a_moment_concerns_are_asked(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER), noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=4))
    report(desk, 1)
    leader.round()
    never = desk.now + timedelta(days=9)
    leader.memory.again = dict.fromkeys(leader.memory.again, never)  # whoever is asked says anew when to look again
    later(desk, seconds=1)
    leader.round()
    assert leader.memory.again == {"flood": never, "noise": never}
    report(desk, 2)
    leader.round()
    assert leader.memory.again == {"flood": None, "noise": never}


def test_what_a_leader_remembers_is_what_the_next_one_reads(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER), noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=4))
    leader.round()
    first, second, third = report(desk, 1), alert(desk, 2), report(desk, 3, class_code="0301")
    leader.round()
    with desk.store.connection() as connection:
        connection.execute("update reports set class_code = '0502', lon = %s where report_id = %s", [LON + 50 * METRE, third])
        connection.execute("update alerts set hold = 'out_of_service' where alert_id = %s", [second])
        connection.execute("update reports set stage = 'dismissed' where report_id = %s", [first])
    for noun, key in (("report", first), ("alert", second), ("report", third)):
        told(desk, noun, key)
    report(desk, 4)
    leader.round()
    other = Leader(desk)
    other.rules = leader.rules
    other.round()
    rule_of = dict(leader.rules.city)
    for name in ("flood", "noise"):
        assert set(leader.memory.pool.of(rule_of[name])) == set(other.memory.pool.of(rule_of[name]))
    assert len(leader.memory.pool) == len(other.memory.pool) == 4


def test_what_was_written_before_and_committed_after_a_round_is_seen_by_the_next(desk: Desk) -> None:
    leader = Leader(desk, flood=rule("cluster", **CLUSTER))
    first, second, late = (desk.report(title=f"r{n}", lon=LON, lat=LAT, cell_id=1) for n in (1, 2, 3))
    leader.round()
    with desk.store.connection() as slow:
        change_log.append(slow, "report", {}, {late: {"area": f"{NORTH}001"}}, desk.now)
        slow.execute("update reports set class_code = '0502' where report_id = %s", [late])
        told(desk, "report", first)
        told(desk, "report", second)
        leader.round()
    assert leader.alert["value"] == 3.0


def test_a_storm_takes_several_rounds_and_every_rule_has_its_turn(desk: Desk) -> None:
    rules = {f"r{n}": rule("count", classes=["0502"], within="1h", at_least=1, severity=4) for n in range(5)}
    leader = Leader(desk, **rules)
    report(desk, 1)
    leader.round()
    [one] = leader.memory.pool.of(rules["r0"])  # type: ignore[arg-type]
    for number in range(9_000):
        leader.memory.pool.put(one._replace(number=number + 10, report_id=number + 10, counts=False))
    report(desk, 2)
    later(desk, seconds=1)
    left = []
    for _ in range(3):
        leader.round()
        left.append(len(leader.memory.owed))
    assert left == [3, 1, 0]


def test_a_new_revision_of_a_rule_holds_from_the_next_round(desk: Desk) -> None:
    leader = Leader(desk, noise=rule("count", classes=["0301"], within="4h", at_least=3, severity=4))
    report(desk, 1, class_code="0301")
    report(desk, 2, class_code="0301")
    assert leader.alerts() == []
    leader.rules = Leader(desk, noise=rule("count", classes=["0301"], within="4h", at_least=2, severity=3)).rules
    assert leader.alert["severity"] == 3
