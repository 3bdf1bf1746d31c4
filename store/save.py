"""Carries out what `alerts.evaluate` decided: a statement for all that a batch raises, a small one for each other change, and the log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import assert_never

from core.changes import (
    ON_ALERTS,
    AlertAgain,
    AlertEased,
    AlertRaised,
    AlertRetold,
    AlertReturned,
    AlertSeen,
    AlertWorsened,
    Change,
    DeviceBack,
    DeviceSilent,
    OnAlert,
    Other,
    WaitDropped,
    WaitSet,
    WatchSet,
)
from store import arrays, change_log, suppress
from store.timescale import Connection, queries

# The parameters of `save_alerts_raised`: column → field.
_COLUMNS = {
    "rules": "rule", "subjects": "subject", "device_ids": "device_id", "metric_ids": "metric_id", "report_ids": "report_id",
    "domains": "domain", "class_codes": "class_code", "severities": "severity", "titles": "title", "values": "value",
    "thresholds": "threshold", "units": "unit", "areas": "area", "cell_ids": "cell_id", "lons": "lon", "lats": "lat",
    "times": "observed_at", "drills": "drill", "simulateds": "simulated", "endeds": "ended", "levels": "level",
    "revisions": "revision", "probes": "probe", "flap_times": "flap_times", "flap_withins": "flap_within",
}  # fmt: skip
_TEXTS = {"rules", "subjects", "domains", "class_codes", "titles", "units", "areas"}
_NUMBERS = {"values", "thresholds", "lons", "lats"}


def save(connection: Connection, changes: Sequence[Change], now: datetime) -> list[int]:
    """Apply changes in order; returns the ids of the alerts that moved."""
    if not changes:
        return []
    touched = sorted({change.alert_id for change in changes if isinstance(change, ON_ALERTS) and change.alert_id > 0})
    if touched:
        queries.save_lock_alerts(connection, alert_ids=touched)
    before = change_log.read(connection, "alert", touched)
    rang = _carry_out(connection, changes, now)
    suppress.hold_raised(connection, sorted(rang), now)  # before the change log: no screen sees it ring
    _watch(connection, changes)
    moved = sorted({*touched, *rang})
    if moved:
        change_log.append(connection, "alert", before, change_log.read(connection, "alert", moved), now)
    return moved


def _carry_out(connection: Connection, changes: Sequence[Change], now: datetime) -> set[int]:
    """Every change in its order, but what is raised waits until it is named again, and is raised together; returns whose alert rings."""
    numbers: dict[int, int] = {}  # of what was raised in this batch: its number until now → its number for good
    waiting: dict[tuple[str, str], AlertRaised] = {}
    rang: set[int] = set()

    def raise_all() -> None:
        for one, alert_id in _raise(connection, waiting, now):
            numbers[one.ref] = alert_id
            rang.add(alert_id)
        waiting.clear()

    with connection.pipeline():
        for change in changes:
            if isinstance(change, AlertRaised):
                if (change.rule, change.subject) in waiting:
                    raise_all()
                waiting[change.rule, change.subject] = change
            elif isinstance(change, ON_ALERTS):
                if change.alert_id < 0 and change.alert_id not in numbers:
                    raise_all()
                rang |= _move_alert(connection, change, numbers.get(change.alert_id, change.alert_id), now)
            else:
                _apply(connection, change, now)
        raise_all()
    return rang


def _raise(connection: Connection, waiting: Mapping[tuple[str, str], AlertRaised], now: datetime) -> Iterator[tuple[AlertRaised, int]]:
    """In one statement; each with its number."""
    if waiting:
        columns = {column: [getattr(one, name) for one in waiting.values()] for column, name in _COLUMNS.items()}
        packed = {column: arrays.texts(columns[column]) for column in _TEXTS} | {
            column: arrays.float8s(columns[column]) for column in _NUMBERS
        }
        for row in queries.save_alerts_raised(connection, now=now, **{**columns, **packed}):
            yield waiting[row["rule"], row["subject"]], row["alert_id"]


def _watch(connection: Connection, changes: Sequence[Change]) -> None:
    """Last and by device: two workers must take these locks in the same order. Of 100,000 devices hundreds are due with a batch."""
    told = sorted((change for change in changes if isinstance(change, WatchSet)), key=lambda one: (one.device_id, one.attention_at))
    watches: dict[int, WatchSet] = {}  # the last of each device, with the last feed that is known
    for one in told:
        before = watches.get(one.device_id)
        watches[one.device_id] = replace(one, feed=before.feed) if before and one.feed is None else one
    if watches:
        rows = list(watches.values())
        queries.save_watches(
            connection, devices=arrays.int4s(list(watches)), moments=arrays.timestamps([one.attention_at for one in rows]),
            feeds=arrays.texts([one.feed for one in rows]), inhibited=[one.inhibited for one in rows],
        )  # fmt: skip


def _move_alert(connection: Connection, change: OnAlert, alert_id: int, now: datetime) -> set[int]:
    """Which alert rings by it: the one that moved; a new one where somebody ended that one a moment ago."""
    match change:
        case AlertReturned():
            queries.save_alert_returned(connection, alert_id=alert_id, value=change.value, now=now)
        case AlertAgain():
            again = queries.save_alert_again(connection, now=now, **{**asdict(change), "alert_id": alert_id})
            return {again} if again is not None else set()
        case AlertWorsened():
            queries.save_alert_worsened(connection, now=now, **{**asdict(change), "alert_id": alert_id})
            return {alert_id}
        case AlertEased():
            queries.save_alert_eased(connection, now=now, **{**asdict(change), "alert_id": alert_id})
        case AlertSeen():
            queries.save_alert_seen(connection, alert_id=alert_id, value=change.value, known=change.known, now=now)
        case AlertRetold():
            queries.save_alert_retold(connection, now=now, **{**asdict(change), "alert_id": alert_id})
        case _:
            assert_never(change)
    return set()


def _apply(connection: Connection, change: Other, now: datetime) -> None:
    match change:
        case WaitSet():
            wait = asdict(change.wait)
            queries.save_wait(connection, device_id=change.device_id, metric_id=change.metric_id, **wait)
        case WaitDropped():
            queries.save_wait_dropped(connection, rule=change.rule, subject=change.subject, level=change.level)
        case DeviceSilent():
            queries.save_device_silent(connection, device_id=change.device_id, since=change.since)
            queries.save_watch_dropped(connection, device_id=change.device_id)
            queries.save_device_change(connection, device_id=change.device_id, was=None, now=now)
        case DeviceBack():
            queries.save_device_back(connection, device_id=change.device_id)
            queries.save_device_change(connection, device_id=change.device_id, was=now, now=now)
        case WatchSet():
            return  # written by `save` for all changes together, in the order of their locks: _watch
        case _:
            assert_never(change)
