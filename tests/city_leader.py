"""What tests of the city's rules stand on: a leader who asks them, signals in a street, and what became of an alert."""

from datetime import datetime, timedelta
from typing import Any

from alerts.rules import Rules, arrange
from core.rule_config import RULE_KINDS
from core.rule_parts import RulePart
from store import change_log, city_rules
from store.city_memory import CityMemory
from tests.desk import NORTH, Desk

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


def at(desk: Desk, clock: str, day: int = 0) -> None:
    """The desk's clock in Changzhou, on a day after Saturday 21 November."""
    hours, minutes = map(int, clock.split(":"))
    desk.now = datetime.fromisoformat("2026-11-21T00:00:00+08:00") + timedelta(days=day, hours=hours, minutes=minutes)
