"""Signals, alerts and rules of a city for tests of rules of more than one subject."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.city import Decided, decide
from alerts.rules import Rules, arrange
from core.changes import AlertRaised
from core.city_facts import CityAlert, CityFacts, Place, Signal
from core.facts import OpenAlert
from core.rule_config import RULE_KINDS
from core.rule_parts import RulePart

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
METRE = 1 / 111_320
LON, LAT = 119.905, 31.785
PLACES = {
    place.code: place
    for place in (
        Place("district", "320404", "钟楼区", "320404", LON, LAT),
        Place("street", "320404001", "北街道", "320404001", LON, LAT),
        Place("community", "320404001001", "北社区", "320404001001", LON, LAT),
        Place("duty_grid", "g1", "责任网格1", "320404001001", LON, LAT),
        Place("duty_grid", "g2", "责任网格2", "320404001001", LON, LAT),
    )
}


def rule(kind: str, **settings: Any) -> RulePart:
    words = {"label": "聚集", "label_en": "cluster", "owner": "指挥中心", "reason": "测试"}
    return RULE_KINDS[kind].model_validate({"kind": kind, **words, **settings})


def in_force(**rules: RulePart) -> Rules:
    return arrange(rules, {}, ZoneInfo("Asia/Shanghai"))  # type: ignore[arg-type]


def report(number: int, *, minutes: float = 0, east: float = 0, north: float = 0, **other: Any) -> Signal:
    """Observed so many minutes before noon."""
    one = Signal(
        "report", number, number, "", "hotline", "0502", "12345", "", NOON - timedelta(minutes=minutes), "320404001001", "c1", 1, "g1",
        LON + east * METRE, LAT + north * METRE, False, False, True,
    )  # fmt: skip
    return one._replace(**other)


def alert(number: int, **other: Any) -> Signal:
    where = {name: other.pop(name) for name in ("minutes", "east", "north") if name in other}
    values = {"kind": "alert", "report_id": None, "rule": "waterlogging", "channel": "sensor", "source": f"d{number}", "label": "道路积水",
              "active": True}  # fmt: skip
    return report(number, **where)._replace(**{**values, **other})


def judged(one: RulePart, *signals: Signal, now: datetime = NOON, open_alerts: tuple[CityAlert, ...] = (), **facts: Any) -> Decided:
    known = CityFacts(now, signals, {each.alert.subject: each for each in open_alerts}, PLACES, **facts)
    return decide("rule", one, known, in_force(rule=one))  # type: ignore[arg-type]


def opened(raised: AlertRaised, number: int = 1, **other: Any) -> CityAlert:
    """An alert as it stands after it rang. `other`: of the open alert."""
    plain = OpenAlert(number, raised.rule, raised.subject, None, "unack", raised.value, True, NOON, raised.level, raised.severity)
    return CityAlert(
        replace(plain, **other), raised.title, raised.area, raised.lon, raised.lat, raised.observed_at, raised.drill, raised.simulated
    )


def raised(decided: Decided) -> list[AlertRaised]:
    return [change for change in decided.changes if isinstance(change, AlertRaised)]
