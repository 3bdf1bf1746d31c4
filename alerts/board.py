"""Open alerts and waits as they stand while a batch is worked through: each change that is decided is done here too.

So the next reading of the same batch finds what the one before it began. Decides nothing itself; the database is told by `store.save`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from core.changes import AlertAgain, AlertEased, AlertRaised, AlertReturned, AlertSeen, AlertWorsened, WaitDropped, WaitSet
from core.facts import Facts, OpenAlert, Wait

Key: TypeAlias = tuple[str, str]  # rule, subject
Moved: TypeAlias = AlertReturned | AlertAgain | AlertWorsened | AlertEased | AlertSeen
_NONE: Mapping[int, Wait] = {}


class Board:
    """The state of a batch at work."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.facts, self.now = facts, now
        self.alerts = dict(facts.alerts)
        self.looked_at: set[str] = set()  # subjects of which a wait fell due in this batch
        self.ended = {f"report:{moved.report.source}/{moved.report.external_id}" for moved in facts.moved.reports if moved.report.ended}
        self.subjects = {subject for _, subject in facts.alerts} | {subject for _, subject, _ in facts.waits}  # and what begins now
        self._refs = 0
        self._waits: dict[Key, dict[int, Wait]] = {}
        for (rule, subject, level), wait in facts.waits.items():
            self._waits.setdefault((rule, subject), {})[level] = wait
        self.of_device: dict[int, list[OpenAlert]] = {}
        for alert in facts.alerts.values():
            if alert.device_id is not None:
                self.of_device.setdefault(alert.device_id, []).append(alert)

    def waits_of(self, key: Key) -> Mapping[int, Wait]:
        return self._waits.get(key, _NONE)

    def waits(self) -> list[Wait]:
        return [wait for levels in self._waits.values() for wait in levels.values()]

    def begin(self, wait: Wait, device_id: int, metric_id: int) -> WaitSet:
        self._waits.setdefault((wait.rule, wait.subject), {})[wait.level] = wait
        self.subjects.add(wait.subject)
        return WaitSet(wait, device_id, metric_id)

    def drop(self, wait: Wait) -> WaitDropped:
        key = wait.rule, wait.subject
        del self._waits[key][wait.level]
        if not self._waits[key]:
            del self._waits[key]
        return WaitDropped(*key, wait.level)

    def raise_(self, raised: AlertRaised) -> AlertRaised:
        """Given the number by which the rest of the batch names it."""
        self._refs -= 1
        raised = replace(raised, ref=self._refs)
        key = raised.rule, raised.subject
        self.subjects.add(raised.subject)
        self.alerts[key] = OpenAlert(
            self._refs, *key, raised.device_id, "rtn_unack" if raised.ended else "unack", raised.value, True, self.now,
            raised.level, raised.severity, (raised.observed_at,),
        )  # fmt: skip
        return raised

    def move(self, alert: OpenAlert, change: Moved) -> Moved:
        """Write down what becomes of an open alert; returns the change."""
        key = alert.rule, alert.subject
        if isinstance(change, AlertReturned) and alert.stage == "acked":  # over, and somebody knows it
            self.alerts.pop(key, None)
        else:
            self.alerts[key] = replace(_after(alert, change), updated_at=self.now)
        return change


def _after(alert: OpenAlert, change: Moved) -> OpenAlert:
    match change:
        case AlertReturned():
            return replace(alert, stage="rtn_unack", flapping=False, state_known=True)
        case AlertAgain():
            return _rung_again(alert, change)
        case AlertWorsened():
            return replace(alert, stage="unack", level=change.level, severity=change.severity, value=change.value, state_known=True)
        case AlertEased():
            return replace(alert, level=change.level, severity=change.severity, value=change.value, state_known=True)
        case AlertSeen():
            return replace(alert, value=change.value, state_known=change.known)


def _rung_again(alert: OpenAlert, change: AlertAgain) -> OpenAlert:
    rings = (*(at for at in alert.rings if at > change.observed_at - change.flap_within), change.observed_at)
    return replace(
        alert, stage="unack" if alert.stage == "rtn_unack" else alert.stage, rings=rings, flapping=0 < change.flap_times <= len(rings),
        level=alert.level if change.level is None else change.level, value=change.value, state_known=True,
        severity=alert.severity if change.severity is None else change.severity,
    )  # fmt: skip
