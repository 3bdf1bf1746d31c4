"""What earlier frames left behind for later ones (split packets, aliases, open warnings): read, written, forgotten by age.

Its age is the time since a frame last asked for it. What it means only the decoder knows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.config import Config
from store.timescale import Connection, queries

Key = tuple[str, str]

KEPT = timedelta(days=1)
# What a node declares at birth, and a warning nobody has ended yet, are asked for as long as they hold. An announcement is retained,
# and asked for again only when it is withdrawn.
KEPT_LONGER: Mapping[str, timedelta] = {
    "homeassistant": timedelta(days=365),
    "sparkplug": timedelta(days=90),
    "weather": timedelta(days=30),
}
_TOUCH_AFTER = timedelta(hours=1)  # a row that is only read is written this often at most


def load(connection: Connection, keys: Sequence[Key]) -> dict[Key, tuple[bytes, datetime]]:
    """Each with when it was last wanted, locked until the commit: also the place of who is remembered for the first time."""
    if not keys:
        return {}
    wanted = sorted(set(keys))
    rows = _lock(connection, wanted)
    if len(rows) < len(wanted):
        there = {(row["feed"], row["peer"]) for row in rows}
        missing = [key for key in wanted if key not in there]
        queries.memory_reserve(connection, feeds=[feed for feed, _ in missing], peers=[peer for _, peer in missing])
        rows += _lock(connection, missing)  # by now a twin may have written there
    return {(row["feed"], row["peer"]): (row["memory"], row["updated_at"]) for row in rows if row["memory"]}


def _lock(connection: Connection, keys: Sequence[Key]) -> list[dict[str, Any]]:
    return list(queries.memory_load(connection, feeds=[feed for feed, _ in keys], peers=[peer for _, peer in keys]))


def peek(connection: Connection, keys: Sequence[Key]) -> dict[Key, bytes]:
    """What is remembered just now; nothing is locked."""
    rows = queries.memory_peek(connection, feeds=[feed for feed, _ in keys], peers=[peer for _, peer in keys])
    return {(row["feed"], row["peer"]): row["memory"] for row in rows}


def drop(connection: Connection, keys: Sequence[Key]) -> None:
    """Nothing is remembered any more."""
    queries.memory_drop(connection, feeds=[feed for feed, _ in keys], peers=[peer for _, peer in keys])


def save(connection: Connection, memory: Mapping[Key, bytes], loaded: Mapping[Key, datetime], now: datetime) -> None:
    """Write what is to be remembered; of what was only `loaded`, that it is still wanted."""
    for (feed, peer), content in sorted(memory.items()):
        queries.memory_save(connection, feed=feed, peer=peer, memory=content, now=now)
    stale = sorted(key for key, at in loaded.items() if key not in memory and now - at > _TOUCH_AFTER)
    if stale:
        queries.memory_touch(connection, feeds=[feed for feed, _ in stale], peers=[peer for _, peer in stale], now=now)


def forget(connection: Connection, config: Config, now: datetime) -> int:
    """Drop what nobody asked for during its time; returns the rows. Never the memory of our own jobs."""
    longer = {name: KEPT_LONGER[feed.format] for name, feed in config.feeds.items() if feed.format in KEPT_LONGER}
    gone = int(queries.memory_forget(connection, before=now - KEPT, feeds=[], but=["jobs", *longer]))
    for name, kept in longer.items():
        gone += forget_feed(connection, name, now - kept)
    return gone


def forget_feed(connection: Connection, feed: str, before: datetime) -> int:
    """Drop what nobody asked for since `before` of one feed; returns the rows."""
    return int(queries.memory_forget(connection, before=before, feeds=[feed], but=[]))
