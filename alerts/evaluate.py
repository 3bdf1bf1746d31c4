"""Everything known in, everything to do out. Pure: no clock, no database, no screen.

Laws kept here: an older reading never clears (it never gets here), silence and a missing value never clear, a value
between the limit and its clearing point changes nothing, and the same facts twice ring once.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.gateways import look_again
from alerts.patience import grace_after_absence, patience, patience_ends, silence_rules
from alerts.rules import Rules, concerns
from core.changes import (
    AlertAgain,
    AlertRaised,
    AlertReturned,
    AlertSeen,
    AttentionNeeded,
    Change,
    DeviceBack,
    DeviceSilent,
    WaitDropped,
    WaitSet,
    WatchSet,
)
from core.config import ReportRule, ThresholdRule
from core.facts import DueDevice, Facts, KnownDevice, OpenAlert, ReportMoved, StateMoved, Wait

_ACTIVE = ("unack", "acked")
# An open alert's value is refreshed this often at most: a storm must not become a storm of writes.
_REFRESH_AFTER = timedelta(seconds=10)
# Who listens says so every few seconds; a word younger than this may be followed by the next one.
_LATEST_WORD = timedelta(seconds=15)
_ASK_AGAIN = timedelta(seconds=1)


def evaluate(rules: Rules, facts: Facts, now: datetime) -> list[Change]:
    """Decide what a batch means. The order of the result is the order in which it is to be saved."""
    board = _Board(facts, now)
    changes: list[Change] = []
    changes += _devices_that_spoke(rules, facts, now)
    changes += _cameras_that_came_back(rules, facts, now)
    for state in facts.moved.states:
        changes += _thresholds(rules, state, board, at_due=False)
    for state in facts.moved.due_waits:
        changes += _thresholds(rules, state, board, at_due=True)
    changes += _drop_dead_waits(rules, board, now)
    for due in facts.moved.due_devices:
        changes += _due_device(rules, due, board, now)
    for gone in facts.moved.gone:
        changes += _judge_silence(rules, gone, board, now)
    for report in facts.moved.reports:
        changes += _report(rules, report, board, facts)
    return changes


class _Board:
    """The open alerts and waits as they stand while a batch is worked through."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.now = now
        self.alerts = dict(facts.alerts)
        self.waits = dict(facts.waits)
        self.raised: dict[tuple[str, str], AlertRaised] = {}
        self.judged: set[tuple[str, str]] = set()  # waits that fell due in this batch
        self.ended = {f"report:{moved.report.source}/{moved.report.external_id}" for moved in facts.moved.reports if moved.report.ended}
        self.of_device: dict[int, list[OpenAlert]] = {}
        for alert in facts.alerts.values():
            if alert.device_id is not None:
                self.of_device.setdefault(alert.device_id, []).append(alert)

    def has_returned(self, alert: OpenAlert) -> None:
        """An acknowledged alert is over; another waits for somebody to see that it was there."""
        key = alert.rule, alert.subject
        if alert.stage == "acked":
            self.alerts.pop(key, None)
        else:
            self.alerts[key] = replace(alert, stage="rtn_unack")


def subject_of(state: StateMoved) -> str:
    """What a threshold's alert is about."""
    return f"{state.device.device}/{state.metric.metric}"


def _thresholds(rules: Rules, state: StateMoved, board: _Board, *, at_due: bool) -> Iterator[Change]:
    for name, rule in rules.thresholds.get(state.metric.metric, ()):
        if concerns(rule, state.device):
            yield from _threshold(name, rule, state, board, at_due)


def _threshold(name: str, rule: ThresholdRule, state: StateMoved, board: _Board, at_due: bool) -> Iterator[Change]:
    key = (name, subject_of(state))
    alert, wait = board.alerts.get(key), board.waits.get(key)
    if at_due:
        board.judged.add(key)
    if state.value is None or state.quality not in rule.qualities:
        if state.value is None and alert and alert.state_known:
            yield AlertSeen(alert.alert_id, alert.value, known=False)
        return
    beyond = _is_beyond(rule, state.value)
    if key in board.raised:
        return
    if alert and alert.stage in _ACTIVE:
        yield from _while_active(rule, alert, state, beyond, board)
    elif not beyond:
        if wait:
            board.waits.pop(key)
            yield WaitDropped(*key)
    elif _has_lasted(rule, wait, state, board.now, at_due):
        if board.waits.pop(key, None):
            yield WaitDropped(*key)
        yield _raise(name, rule, state, alert, board, key)
    elif wait is None:
        board.waits[key] = Wait(name, key[1], state.observed_at, board.now + rule.hold, state.value)
        yield WaitSet(board.waits[key], state.device.device_id, state.metric.metric_id)


def _is_beyond(rule: ThresholdRule, value: float) -> bool:
    return rule.limits[0].is_beyond(value)


def _is_calm(rule: ThresholdRule, value: float) -> bool:
    return rule.limits[0].is_calm(value)


def _has_lasted(rule: ThresholdRule, wait: Wait | None, state: StateMoved, now: datetime, at_due: bool) -> bool:
    if rule.hold <= timedelta(0):
        return True
    if wait is None:
        return False
    return state.observed_at - wait.since >= rule.hold or (at_due and now >= wait.due_at)


def _while_active(rule: ThresholdRule, alert: OpenAlert, state: StateMoved, beyond: bool, board: _Board) -> Iterator[Change]:
    assert state.value is not None
    if _is_calm(rule, state.value):
        board.has_returned(alert)
        yield AlertReturned(alert.alert_id, state.observed_at, state.value)
    elif not alert.state_known or (beyond and state.value != alert.value and board.now - alert.updated_at >= _REFRESH_AFTER):
        yield AlertSeen(alert.alert_id, state.value)


def _raise(name: str, rule: ThresholdRule, state: StateMoved, alert: OpenAlert | None, board: _Board, key: tuple[str, str]) -> Change:
    if alert:  # rtn_unack: nobody saw it go before it came again
        board.alerts[key] = replace(alert, stage="unack")
        return AlertAgain(alert.alert_id, state.observed_at, state.value)
    device, metric = state.device, state.metric
    limit = rule.limits[0].limit
    raised = AlertRaised(
        rule=name, subject=key[1], severity=rule.limits[0].severity, title=f"{device.name} {rule.label}",
        domain=device.domain, class_code=rule.class_code, area=device.area, cell_id=device.cell_id, lon=device.lon, lat=device.lat,
        observed_at=state.observed_at,
        device_id=device.device_id, metric_id=metric.metric_id, value=state.value, threshold=limit, unit=metric.unit,
        drill=device.drill, simulated=device.simulated,
    )  # fmt: skip
    board.raised[key] = raised
    return raised


def _drop_dead_waits(rules: Rules, board: "_Board", now: datetime) -> Iterator[Change]:
    """A wait past its time that rang nothing can ring no more: its rule was removed or its value is not known.

    Left alone it would stand before the living ones in every tick. A new value beyond the limit waits anew.
    """
    names = {name for found in rules.thresholds.values() for name, _ in found}
    for key, wait in list(board.waits.items()):
        if wait.rule not in names or (wait.due_at <= now and key in board.judged):
            board.waits.pop(key)
            yield WaitDropped(*key)


def _due_device(rules: Rules, due: DueDevice, board: _Board, now: datetime) -> Iterator[Change]:
    """Truth is worked out anew: a device that spoke meanwhile is only given its next moment.

    What nobody heard was not silence. Whoever looks while nobody listens looks again when it could ring at the earliest:
    as if somebody came back this moment.
    """
    wait, grace = patience(rules, due.device, due.device.interval), grace_after_absence(rules, due.device, due.device.interval)
    at = patience_ends(due, wait, grace, now)
    if due.heard and at <= min(now, due.heard.until):
        yield from _judge_silence(rules, due, board, now)
        return
    if due.heard and now - due.heard.until >= _LATEST_WORD:
        missed = now - max(due.heard.until, due.seen_at)
        at = patience_ends(replace(due, deaf=due.deaf + missed, heard=replace(due.heard, since=now)), wait, grace, now)
    yield WatchSet(due.device.device_id, max(at, now + _ASK_AGAIN), inhibited=due.inhibited and due.silent)


def _judge_silence(rules: Rules, due: DueDevice, board: _Board, now: datetime) -> Iterator[Change]:
    """It is unknown in any case; it rings unless its gateway is to blame."""
    again = look_again(due, lambda one: bool(silence_rules(rules, one)), now, patience(rules, due.device, due.device.interval))
    if not due.silent or (due.heard and not again):  # with the word the watch ends: who rings is not looked at again
        yield DeviceSilent(due.device.device_id, due.seen_at)
    yield from _fall_unknown(due.device, board)
    if again:
        yield WatchSet(due.device.device_id, again[0], inhibited=again[1])
    else:
        yield from _ring_of_silence(rules, due, board)


def _fall_unknown(device: KnownDevice, board: _Board) -> Iterator[Change]:
    for key in [key for key in board.waits if key[1].rpartition("/")[0] == device.device]:
        board.waits.pop(key)
        yield WaitDropped(*key)
    for alert in board.of_device.get(device.device_id, []):
        if alert.state_known and alert.subject != device.device:
            yield AlertSeen(alert.alert_id, alert.value, known=False)


def _ring_of_silence(rules: Rules, due: DueDevice, board: _Board) -> Iterator[Change]:
    device = due.device
    for name, rule in silence_rules(rules, device):
        key = (name, device.device)
        open_alert = board.alerts.get(key)
        if key in board.raised or (open_alert and open_alert.stage in _ACTIVE):
            continue
        if open_alert:
            yield AlertAgain(open_alert.alert_id, due.seen_at, None)
            continue
        board.raised[key] = AlertRaised(
            rule=name, subject=device.device, severity=rule.severity, title=f"{device.name} {rule.label}", domain=device.domain,
            class_code=rule.class_code, area=device.area, cell_id=device.cell_id, lon=device.lon, lat=device.lat,
            observed_at=due.seen_at, device_id=device.device_id, drill=device.drill, simulated=device.simulated,
        )  # fmt: skip
        yield board.raised[key]


def _devices_that_spoke(rules: Rules, facts: Facts, now: datetime) -> Iterator[Change]:
    """Whoever speaks again is no longer silent; whoever speaks for the first time is watched from now on."""
    spoke = {state.device.device_id: state for state in facts.moved.states}
    feeds = {state.device.device_id: state.feed for state in facts.moved.states if state.feed}
    for device_id in sorted(spoke.keys() & facts.moved.silent):
        yield DeviceBack(device_id)
        for name, _ in rules.no_data:
            alert = facts.alerts.get((name, spoke[device_id].device.device))
            if alert and alert.stage in _ACTIVE:
                yield AlertReturned(alert.alert_id, spoke[device_id].observed_at, None)
    for device_id in sorted(spoke.keys() & (facts.moved.silent | facts.moved.unwatched)):
        device = spoke[device_id].device
        yield WatchSet(device_id, now + patience(rules, device, device.interval), feeds.get(device_id))


def _cameras_that_came_back(rules: Rules, facts: Facts, now: datetime) -> Iterator[Change]:
    """They are not watched: their platform says when they leave, as it said that they are there."""
    for device in facts.moved.back:
        yield DeviceBack(device.device_id)
        for name, _ in rules.no_data:
            alert = facts.alerts.get((name, device.device))
            if alert and alert.stage in _ACTIVE:
                yield AlertReturned(alert.alert_id, now, None)


def _report(rules: Rules, moved: ReportMoved, board: _Board, facts: Facts) -> Iterator[Change]:
    report = moved.report
    subject = f"report:{report.source}/{report.external_id}"
    for name, rule in rules.reports:
        key = (name, subject)
        alert = board.alerts.get(key)
        if alert and report.ended and alert.stage in _ACTIVE:
            yield AlertReturned(alert.alert_id, report.observed_at, None)
        elif alert is None and key not in facts.rung and key not in board.raised and _rings(rule, moved):
            class_code = report.class_code or rule.class_code
            board.raised[key] = AlertRaised(
                rule=name, subject=subject, severity=min(rule.severity, report.severity or 5),
                title=report.title, domain=rules.class_domains.get(class_code or "", "urban"),
                class_code=class_code, area=moved.area, cell_id=moved.cell_id, lon=moved.lon, lat=moved.lat, observed_at=report.observed_at,
                report_id=moved.report_id, ended=subject in board.ended, value=report.confidence,
                drill=moved.drill, simulated=moved.simulated,
            )  # fmt: skip
            yield board.raised[key]
    yield AttentionNeeded("incidents", moved.area[:9])


def _rings(rule: ReportRule, moved: ReportMoved) -> bool:
    report = moved.report
    if moved.history:
        return False
    if rule.channels and report.channel not in rule.channels:
        return False
    if rule.classes and report.class_code not in rule.classes:
        return False
    return rule.min_confidence <= 0 or (report.confidence is not None and report.confidence >= rule.min_confidence)
