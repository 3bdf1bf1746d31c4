"""What tests of escalation stand on: policies, a sweep, and what was told by it."""

from datetime import timedelta
from typing import Any

from core.escalation_config import EscalationPolicy
from store import escalations
from tests.desk import NORTH, Desk

POLICIES = {
    "red": EscalationPolicy.model_validate({"severities": [1], "respond_within": "3m", "stop_on": ["acknowledge", "take"], "steps": [
        {"after": "0s", "targets": ["role:duty"]},
        {"after": "2m", "targets": ["role:supervisor@area"], "repeat": 2, "every": "2m"},
        {"after": "5m", "targets": ["role:leader", "sms/role:leader"]},
    ]}),
    "others": EscalationPolicy.model_validate({"respond_within": "10m", "steps": [
        {"after": "0s", "targets": ["role:duty"]}, {"after": "8m", "targets": ["role:supervisor"]},
    ]}),
}  # fmt: skip


def sweep(desk: Desk) -> int:
    return escalations.sweep(desk.store, POLICIES, desk.now)


def told(desk: Desk, noun: str = "alert", key: int | None = None) -> list[tuple[int, int, str]]:
    """In the order of telling."""
    where = "" if key is None else f"and id = {key}"
    rows = desk.rows(
        f"select step, round, target from escalation_steps where noun = %s {where} order by told_at, step, round, target", noun
    )
    return [(row["step"], row["round"], row["target"]) for row in rows]


def run(desk: Desk, **span: float) -> None:
    """Second by second would be the same: the sweep is asked every ten."""
    end = desk.now + timedelta(**span)
    while desk.now < end:
        desk.now = min(desk.now + timedelta(seconds=10), end)
        sweep(desk)


def change(desk: Desk, alert_id: int, **columns: Any) -> None:
    names = ", ".join(f"{name} = %s" for name in columns)
    with desk.store.connection() as connection:
        connection.execute(f"update alerts set {names}, updated_at = %s where alert_id = %s", [*columns.values(), desk.now, alert_id])


def incident(desk: Desk, *alerts: int, severity: int = 1) -> int:
    number = desk.insert(
        "incidents", {"title": "内涝", "severity": severity, "stage": "open", "area": f"{NORTH}001", "opened_at": desk.now, "updated_at": desk.now},
        "incident_id",
    )  # fmt: skip
    for alert_id in alerts:
        change(desk, alert_id, incident_id=number)
    return int(number)


def move_incident(desk: Desk, number: int, stage: str) -> None:
    with desk.store.connection() as connection:
        connection.execute("update incidents set stage = %s, updated_at = %s where incident_id = %s", [stage, desk.now, number])
