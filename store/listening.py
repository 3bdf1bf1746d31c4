"""Remembers in the database when somebody listened to each feed: nothing else tells our absence from a device's silence.

Written by those who listen (`store.health`), read when a device falls due and by the leader, who rings for the
platform itself. Decides nothing but how long two words may lie apart and still be one period.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from core.changes import AlertAgain, AlertRaised, AlertReturned, Change
from core.facts import Listening, OpenAlert
from core.model import EVERYWHERE
from store import audit, change_log, save
from store.acts import Act
from store.timescale import Connection, queries

# Workers write each second, an edge without traffic every five: beyond this nobody listened in between.
GAP = timedelta(seconds=15)


def mark(connection: Connection, feeds: Iterable[str], now: datetime) -> None:
    """Somebody listens to these feeds now. In their order: two workers take the same locks."""
    for feed in sorted(feeds):
        queries.listening_mark(connection, feed=feed, now=now, gone=now - GAP)


def read(connection: Connection, feeds: Collection[str]) -> list[Listening]:
    """When each of these feeds was listened to; those nobody ever listened to are left out."""
    return [Listening(**row) for row in queries.listening_read(connection, feeds=sorted(feeds))]


def read_alert(connection: Connection, rule: str, subject: str) -> OpenAlert | None:
    """The open alert of a rule on a subject that is no device."""
    rows = queries.facts_alerts(connection, devices=[], subjects=[subject])
    return next((OpenAlert(**row) for row in rows if row["rule"] == rule), None)


def read_told(connection: Connection, rule: str, subject: str) -> datetime | None:
    """When the last absence that was told of ended."""
    told: datetime | None = queries.listening_told(connection, rule=rule, subject=subject)
    return told


def tell(connection: Connection, changes: Sequence[Change], now: datetime) -> None:
    """Save what the leader decided, and put it into the audit: of a whole city that was deaf somebody will ask."""
    for change in changes:
        old = change_log.read(connection, "alert", [change.alert_id]) if isinstance(change, AlertAgain | AlertReturned) else {}
        [alert_id] = save.save(connection, [change], now)
        if isinstance(change, AlertRaised | AlertAgain | AlertReturned):
            shape = change_log.read(connection, "alert", [alert_id])[alert_id]
            stages = (old[alert_id]["stage"] if old else None, shape["stage"])
            act = Act("return" if isinstance(change, AlertReturned) else "raise", EVERYWHERE, now, note=shape["title"])
            detail = {"since": shape["observed_at"], "until": now.isoformat(), "minutes": change.value}
            audit.append(connection, act, "alert", alert_id, shape["area"], stages=stages, detail=detail)


def forget(connection: Connection, feeds: Collection[str]) -> int:
    """Drop feeds that are configured no more; returns how many."""
    return int(queries.listening_forget(connection, feeds=sorted(feeds)))
