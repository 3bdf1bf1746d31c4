"""Carries out what `alerts.evaluate` decided: one small statement a change, and the change log beside it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import assert_never

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
from store import change_log
from store.timescale import Connection, queries, sql


def save(connection: Connection, changes: Sequence[Change], now: datetime) -> list[int]:
    """Apply changes in order; returns the ids of the alerts that moved."""
    if not changes:
        return []
    touched = sorted({change.alert_id for change in changes if isinstance(change, AlertReturned | AlertAgain | AlertSeen)})
    before = change_log.read(connection, "alert", touched)
    raised = [alert_id for change in changes if (alert_id := _apply(connection, change, now)) is not None]
    _watch(connection, changes)
    _need_attention(connection, changes, now)
    moved = touched + raised
    if moved:
        change_log.append(connection, "alert", before, change_log.read(connection, "alert", moved), now)
        for row in list(queries.save_streets_of_alerts(connection, alert_ids=moved)):
            queries.save_attention(connection, rule="incidents", tile=row["tile"], now=now)
    return moved


def _watch(connection: Connection, changes: Sequence[Change]) -> None:
    """Last and by device: two workers must take these locks in the same order."""
    watches = sorted(
        (change.device_id, change.attention_at, change.feed or "", change.inhibited) for change in changes if isinstance(change, WatchSet)
    )
    if watches:
        names = ("device_id", "attention_at", "feed", "inhibited")
        rows = [dict(zip(names, (device_id, at, feed or None, inhibited), strict=True)) for device_id, at, feed, inhibited in watches]
        with connection.cursor() as cursor:
            cursor.executemany(sql("save_watch"), rows)


def _need_attention(connection: Connection, changes: Sequence[Change], now: datetime) -> None:
    """One note a rule and tile, in their order: a thousand reports of a street are one reason to look at it."""
    for rule, tile in sorted({(change.rule, change.tile) for change in changes if isinstance(change, AttentionNeeded)}):
        queries.save_attention(connection, rule=rule, tile=tile, now=now)


def _apply(connection: Connection, change: Change, now: datetime) -> int | None:
    match change:
        case AlertRaised():
            alert_id: int = queries.save_alert_raised(connection, now=now, **asdict(change))
            return alert_id
        case AlertReturned():
            queries.save_alert_returned(connection, alert_id=change.alert_id, value=change.value, now=now)
        case AlertAgain():
            queries.save_alert_again(connection, alert_id=change.alert_id, value=change.value, now=now)
        case AlertSeen():
            queries.save_alert_seen(connection, alert_id=change.alert_id, value=change.value, known=change.known, now=now)
        case WaitSet():
            wait = change.wait
            queries.save_wait(
                connection, rule=wait.rule, subject=wait.subject, device_id=change.device_id, metric_id=change.metric_id,
                since=wait.since, due_at=wait.due_at, value=wait.value,
            )  # fmt: skip
        case WaitDropped():
            queries.save_wait_dropped(connection, rule=change.rule, subject=change.subject)
        case DeviceSilent():
            queries.save_device_silent(connection, device_id=change.device_id, since=change.since)
            queries.save_watch_dropped(connection, device_id=change.device_id)
            queries.save_device_change(connection, device_id=change.device_id, was=None, now=now)
        case DeviceBack():
            queries.save_device_back(connection, device_id=change.device_id)
            queries.save_device_change(connection, device_id=change.device_id, was=now, now=now)
        case WatchSet() | AttentionNeeded():
            return None  # written by `save` for all changes together, in the order of their locks: _watch and _need_attention
        case _:
            assert_never(change)
    return None
