"""Writes down what screens are told: a frame of the whole picture every ten minutes, and every minute a take of all deltas since.

Only the leader calls it, next to the projector; what was told while nobody recorded is a hole, and is said to be one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog

from api.recording import pack_picture, pack_reel
from api.snapshot import read_picture, tell_feeds, tell_ways
from core.config import Config
from store import live_rows, replay
from store.replay import Frame, Kept, Take
from store.timescale import Connection, Store

TAKE_EVERY = timedelta(minutes=1)
FRAME_EVERY = timedelta(minutes=10)
AWAY = timedelta(minutes=2)  # who did not look for so long does not know whether anybody kept the picture meanwhile
_MOST_PARTS = 300_000  # a minute of 600 streets told eight times a second
_WEATHER_FOR = timedelta(hours=1)
_log = structlog.get_logger(__name__)

Deed = Literal["open", "take", "wait"]


def decide(kept: Kept | None, sequence: int, oldest: int | None, now: datetime) -> Deed:
    """What is to be done at `now`: `sequence` is the last number told, `oldest` the first that can still be read (None: none can)."""
    if kept is None or sequence < kept.last:
        return "open"  # nothing yet, or the numbers began anew: another database under the same recording
    missing = sequence > kept.last and (oldest is None or oldest > kept.last + 1)
    if missing or now - kept.until > AWAY:
        return "open"
    return "take" if now - kept.until >= TAKE_EVERY else "wait"


def record(store: Store, config: Config, now: datetime) -> Deed:
    """Do what is due; asked more often than there is something to do. Raises `StoreUnavailable`."""
    with store.connection() as connection:
        kept, position = replay.read_kept(connection), live_rows.read_position(connection)
        deed = decide(kept, position["sequence"], position["oldest"], now)
        if kept is not None and deed != "wait" and not _take(connection, kept, config, now, position["told_at"], closes=deed == "open"):
            deed = "open"
    if deed == "open":
        _log.info("recording_opens", since=now.isoformat())
    if deed == "open" or (deed == "take" and kept is not None and now - kept.frame_at >= FRAME_EVERY):
        _frame(store, config, now, opens=deed == "open")
    return deed


def _frame(store: Store, config: Config, now: datetime, *, opens: bool) -> None:
    """In two transactions: a picture is read in one that may not write."""
    with store.connection() as connection:
        picture = read_picture(connection, config, now)
    with store.connection() as connection:
        replay.add_frame(connection, Frame(picture.sequence, picture.at, pack_picture(picture)), opens=opens)


def _take(connection: Connection, kept: Kept, config: Config, now: datetime, told_at: datetime | None, *, closes: bool) -> bool:
    """Keep what was told since; False where a number is missing among what can be read: a new recording has to begin.

    `closes`: nobody looked for a while, so this take ends with the last that was told, and not now.
    """
    rows = live_rows.read_deltas(connection, kept.last, _MOST_PARTS)
    if not _follows(rows, kept.last) or (closes and not rows):
        return False
    last, until = (rows[-1]["sequence"], rows[-1]["created_at"]) if rows else (kept.last, now)
    feeds = tell_feeds(connection, config) + tell_ways(connection, config, now)
    body = pack_reel(rows, feeds, live_rows.read_weather(connection, now - _WEATHER_FOR))
    until = max(until, kept.until) if closes else now
    replay.add_take(connection, Take(kept.until, until, kept.last + 1, last, told_at, body))
    return True


def _follows(rows: Sequence[dict[str, Any]], last: int) -> bool:
    """Whether the numbers go on from `last` without a gap."""
    numbers = list(dict.fromkeys(row["sequence"] for row in rows))
    return numbers == list(range(last + 1, last + 1 + len(numbers)))
