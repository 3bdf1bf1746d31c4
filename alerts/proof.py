"""Whether the way from wire to notification stands: one alert when proofs fail or none came for too long, and its end. Pure.

Says nothing of the city: with the path broken what the screens show may be old, and nobody may be told.
"""

from dataclasses import dataclass
from datetime import datetime

from core.changes import AlertAgain, AlertRaised, AlertReturned, Change
from core.facts import OpenAlert
from core.rule_config import ProofRule

SUBJECT = "platform/path"
_ACTIVE = ("unack", "acked")


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is known: when the last proof went through, how many failed since then and at which leg the last one, since when is tried."""

    last_at: datetime | None
    failed: int
    leg: str
    since: datetime


def judge(name: str, rule: ProofRule, proofs: Proofs, alert: OpenAlert | None, now: datetime, area: str) -> list[Change]:
    """What to do about it. The alert's value is the age of the last proof in minutes."""
    proven = max(proofs.last_at or proofs.since, proofs.since)  # while nobody tried, nothing was broken
    broken = proofs.failed >= rule.failures or now - proven >= rule.at_least
    minutes = round((now - proven).total_seconds() / 60, 1)
    if broken and alert is None:
        return [
            AlertRaised(
                rule=name, subject=SUBJECT, severity=rule.severity, title=f"{rule.label} {proofs.leg}".strip(), domain="emergency",
                class_code=rule.class_code, area=area, cell_id=None, lon=None, lat=None, observed_at=proven, value=minutes, unit="min",
            )
        ]  # fmt: skip
    if broken and alert is not None and alert.stage not in _ACTIVE:
        return [AlertAgain(alert.alert_id, proven, minutes)]
    if not broken and alert is not None and alert.stage in _ACTIVE and proofs.failed == 0:
        return [AlertReturned(alert.alert_id, now, minutes)]
    return []
