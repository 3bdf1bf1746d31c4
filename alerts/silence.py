"""Who fell silent and who speaks again: when a device is unknown, when it rings for it, and when it is looked at next. Pure.

Silence never clears: what rang before goes on, its state unknown. What nobody heard was not silence.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.board import Board
from alerts.gateways import look_again
from alerts.patience import grace_after_absence, patience, patience_ends, silence_rules
from alerts.raising import raised
from alerts.rules import Rules
from alerts.valid import begins_next, may_ring
from core.changes import AlertAgain, AlertReturned, AlertSeen, Change, DeviceBack, DeviceSilent, WatchSet
from core.facts import CALM, DueDevice, Facts, KnownDevice, Wait

# Who listens says so every few seconds; a word younger than this may be followed by the next one.
_LATEST_WORD = timedelta(seconds=15)
_ASK_AGAIN = timedelta(seconds=1)


def due_device(rules: Rules, due: DueDevice, board: Board) -> Iterator[Change]:
    """Truth is worked out anew: a device that spoke meanwhile is only given its next moment.

    Whoever looks while nobody listens looks again when it could ring at the earliest: as if somebody came back this moment.
    """
    now = board.now
    wait, grace = patience(rules, due.device, due.device.interval), grace_after_absence(rules, due.device, due.device.interval)
    at = patience_ends(due, wait, grace, now)
    if due.heard and at <= min(now, due.heard.until):
        yield from judge_silence(rules, due, board)
        return
    if due.heard and now - due.heard.until >= _LATEST_WORD:
        missed = now - max(due.heard.until, due.seen_at)
        at = patience_ends(replace(due, deaf=due.deaf + missed, heard=replace(due.heard, since=now)), wait, grace, now)
    yield WatchSet(due.device.device_id, max(at, now + _ASK_AGAIN), inhibited=due.inhibited and due.silent)


def judge_silence(rules: Rules, due: DueDevice, board: Board) -> Iterator[Change]:
    """It is unknown in any case; it rings unless its gateway is to blame."""
    wait = patience(rules, due.device, due.device.interval)
    again = look_again(due, lambda one: bool(silence_rules(rules, one)), board.now, wait)
    if not due.silent or (due.heard and not again):  # with the word the watch ends: who rings is not looked at again
        yield DeviceSilent(due.device.device_id, due.seen_at)
    yield from _fall_unknown(due.device, board)
    if again:
        yield WatchSet(due.device.device_id, again[0], inhibited=again[1])
    else:
        yield from _ring_of_silence(rules, due, board)


def _fall_unknown(device: KnownDevice, board: Board) -> Iterator[Change]:
    for wait in board.waits():
        if wait.subject.rpartition("/")[0] == device.device:
            yield board.drop(wait)
    for told in board.of_device.get(device.device_id, []):
        alert = board.alerts.get((told.rule, told.subject))
        if alert and alert.state_known and alert.subject != device.device:
            yield board.move(alert, AlertSeen(alert.alert_id, alert.value, known=False))


def _ring_of_silence(rules: Rules, due: DueDevice, board: Board) -> Iterator[Change]:
    """Where a rule may not ring now, the watch stands until it may."""
    device = due.device
    begins: list[datetime] = []
    for name, rule in silence_rules(rules, device):
        key = name, device.device
        alert, calm = board.alerts.get(key), board.waits_of(key).get(CALM)
        if calm:
            yield board.drop(calm)
        if alert and alert.is_active and not calm:
            continue
        if not may_ring(rule.valid, board.now, rules.zone):
            begins.append(begins_next(rule.valid, board.now, rules.zone))
            continue
        if alert:
            of = rules.flapping
            yield board.move(alert, AlertAgain(alert.alert_id, due.seen_at, None, flap_times=of.times, flap_within=of.within))
        else:
            title = f"{device.name} {rule.label}"
            told = raised(rules, name, rule, device, subject=device.device, severity=rule.severity, title=title, observed_at=due.seen_at)
            yield board.raise_(told)
    if begins:
        yield WatchSet(device.device_id, min(begins))


def devices_that_spoke(rules: Rules, facts: Facts, board: Board) -> Iterator[Change]:
    """Whoever speaks again is no longer silent; whoever speaks for the first time is watched from now on."""
    if not facts.moved.silent and not facts.moved.unwatched:
        return
    spoke = {state.device.device_id: state for state in facts.moved.states}
    feeds = {state.device.device_id: state.feed for state in facts.moved.states if state.feed}
    for device_id in sorted(spoke.keys() & facts.moved.silent):
        yield from _is_back(rules, spoke[device_id].device, spoke[device_id].observed_at, board, spoke[device_id].metric.metric_id)
    for device_id in sorted(spoke.keys() & (facts.moved.silent | facts.moved.unwatched)):
        device = spoke[device_id].device
        yield WatchSet(device_id, board.now + patience(rules, device, device.interval), feeds.get(device_id))


def cameras_that_came_back(rules: Rules, facts: Facts, board: Board) -> Iterator[Change]:
    """They are not watched: their platform says when they leave, as it said that they are there."""
    for device in facts.moved.back:
        yield from _is_back(rules, device, board.now, board)


def _is_back(rules: Rules, device: KnownDevice, at: datetime, board: Board, metric_id: int | None = None) -> Iterator[Change]:
    """What comes and goes is over when it has spoken for a while: `metric_id` of what it said, which is looked at then."""
    yield DeviceBack(device.device_id)
    for name, _ in rules.no_data:
        key = name, device.device
        alert, calm = board.alerts.get(key), board.waits_of(key).get(CALM)
        if calm:  # laid to its gateway it fell silent without a ring
            yield board.drop(calm)
        if alert and alert.is_active:
            if alert.flapping and metric_id is not None:
                yield board.begin(Wait(*key, at, board.now + rules.flapping.calm, 0.0, CALM), device.device_id, metric_id)
            else:
                yield board.move(alert, AlertReturned(alert.alert_id, at, None))


def calm_is_over(rules: Rules, device: KnownDevice, board: Board) -> Iterator[Change]:
    """A device that came and went has spoken for long enough; of one that is silent no wait falls due."""
    board.looked_at.add(device.device)
    for name, _ in rules.no_data:
        key = name, device.device
        alert, calm = board.alerts.get(key), board.waits_of(key).get(CALM)
        if calm and calm.due_at <= board.now:
            yield board.drop(calm)
            if alert and alert.is_active:
                yield board.move(alert, AlertReturned(alert.alert_id, board.now, None))
