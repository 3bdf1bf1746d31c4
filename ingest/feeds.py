"""What every feed promises (`Feed`), how frames gather into batches (`Waiting`), and what feeds with a thread share.

Decides when a batch is full or old enough. Opens no wire and stores nothing: a frame that nobody acknowledged is kept
by the wire it came from, or by the batch handed back with `retry`.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Condition
from typing import Protocol

from core.config import IngestConfig
from core.errors import FeedLost
from core.model import Answer, Frame

TICK_S = 1.0  # an idle feed yields an empty batch this often
GROWTH = 4  # a pipeline slower than its input gets batches up to this many times larger
BATCH_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Health:
    """A row of `feed_health`: state is connected, waiting, store_away or stopped."""

    feed: str
    state: str
    since: datetime
    detail: str = ""
    last_at: datetime | None = None
    waiting: int = 0


class Answered(Protocol):
    """What a committed batch leaves for its peers: `Decoded` has it, and the pipeline's outcome."""

    @property
    def answers(self) -> Sequence[Answer]: ...


class Feed(Protocol):
    """A source of frames. Iterating gives batches in order of receipt; an empty batch is a tick, at most 1 s apart.

    After each batch exactly one of `ack` (its transaction is committed) or `retry` (it was not) must be called.
    """

    name: str

    def __iter__(self) -> Iterator[list[Frame]]: ...
    def ack(self, frames: Sequence[Frame], outcome: Answered) -> None: ...
    def retry(self, frames: Sequence[Frame]) -> None: ...
    def health(self) -> Health: ...
    def close(self) -> None: ...


def back_off(attempt: int, jitter: float = 0.5, first_s: float = 0.2, most_s: float = 10.0) -> float:
    """Seconds to wait before the attempt-th try again (from 1): doubling, capped, spread by `jitter` in 0…1 over ±25 %."""
    return min(most_s, first_s * 2.0 ** min(max(attempt, 1) - 1, 30)) * (0.75 + 0.5 * jitter)


class Waiting:
    """Frames between a wire's thread and the pipeline: bounded, gathered by time and by size.

    `limit` frames or `limit_bytes` bytes may be on their way (received and not yet acknowledged); beyond that
    `is_full()` tells the wire to stop reading, which pushes back to the sender.
    """

    def __init__(self, rows: int, window_s: float, limit: int = 50_000, limit_bytes: int = 128 << 20) -> None:
        self._rows, self._window_s = rows, window_s
        self._limit, self._limit_bytes = limit, limit_bytes
        self._queue: deque[Frame] = deque()
        self._again: deque[list[Frame]] = deque()
        self._changed = Condition()
        self._underway, self._underway_bytes = 0, 0
        self._first_at: float | None = None
        self._portion = rows
        self._closed = False
        self._failure: FeedLost | None = None

    def put(self, frames: Sequence[Frame]) -> None:
        """Called by the wire's thread."""
        if not frames:
            return
        with self._changed:
            if not self._queue:
                self._first_at = time.monotonic()
            self._queue.extend(frames)
            self._underway += len(frames)
            self._underway_bytes += sum(len(frame.payload) for frame in frames)
            self._changed.notify()

    def done(self, frames: Iterable[Frame]) -> None:
        """These are committed: room for as many more."""
        with self._changed:
            for frame in frames:
                self._underway -= 1
                self._underway_bytes -= len(frame.payload)

    def retry(self, frames: Sequence[Frame]) -> None:
        """The next batch is this one again."""
        with self._changed:
            self._again.append(list(frames))
            self._changed.notify()

    def is_full(self) -> bool:
        return self._underway >= self._limit or self._underway_bytes >= self._limit_bytes

    def has_room(self) -> bool:
        """Whether to read on after a pause: half empty, so that the wire does not stutter."""
        return self._underway <= self._limit // 2 and self._underway_bytes <= self._limit_bytes // 2

    def __len__(self) -> int:
        return self._underway

    def fail(self, failure: FeedLost) -> None:
        """The wire cannot go on by itself: whoever iterates gets the error."""
        with self._changed:
            self._failure = failure
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def batches(self) -> Iterator[list[Frame]]:
        """Batches until closed. Raises `FeedLost` after `fail`."""
        while not self._closed:
            batch = self._take()
            if self._failure is not None:
                raise self._failure
            yield batch

    def _take(self) -> list[Frame]:
        tick_at = time.monotonic() + TICK_S
        with self._changed:
            while not self._closed and self._failure is None:
                if self._again:
                    return self._again.popleft()
                now = time.monotonic()
                ready_at = self._first_at + self._window_s if self._queue and self._first_at is not None else tick_at
                if len(self._queue) >= self._rows or now >= min(ready_at, tick_at):
                    return self._portion_of_queue(now)
                self._changed.wait(min(ready_at, tick_at) - now)
            return []

    def _portion_of_queue(self, now: float) -> list[Frame]:
        batch: list[Frame] = []
        size = 0
        while self._queue and len(batch) < self._portion and size < BATCH_BYTES:
            frame = self._queue.popleft()
            size += len(frame.payload)
            batch.append(frame)
        self._portion = min(self._portion * 2, self._rows * GROWTH) if self._queue else self._rows
        self._first_at = now - self._window_s if self._queue else None  # what is left has waited long enough
        return batch


class HealthBook:
    """The present health of one feed, changed by its wire, read by the worker."""

    def __init__(self, feed: str, now: datetime) -> None:
        self._health = Health(feed, "waiting", now)

    def turn(self, state: str, now: datetime, detail: str = "") -> None:
        """A new state; `since` moves only when the state does."""
        old = self._health
        self._health = replace(old, state=state, since=old.since if old.state == state else now, detail=detail)

    def heard(self, now: datetime) -> None:
        """A frame came."""
        self._health = replace(self._health, last_at=now)

    def read(self, waiting: int) -> Health:
        return replace(self._health, waiting=waiting)


class WiredFeed:
    """The part of a `Feed` that is the same for every wire read by a thread of its own: what waits, and how it is.

    `limit`: frames that may be on their way.
    """

    def __init__(self, name: str, ingest: IngestConfig, clock: Callable[[], datetime], limit: int) -> None:
        self.name, self._clock = name, clock
        self._waiting = Waiting(ingest.batch_rows, ingest.batch_window.total_seconds(), limit)
        self._book = HealthBook(name, clock())

    def __iter__(self) -> Iterator[list[Frame]]:
        return self._waiting.batches()

    def retry(self, frames: Sequence[Frame]) -> None:
        """The database was away: the same batch comes again, its senders wait."""
        self._book.turn("store_away", self._clock())
        self._waiting.retry(frames)

    def health(self) -> Health:
        return self._book.read(len(self._waiting))

    def _stored(self, state: str = "connected") -> None:
        """A batch was committed: the database is back, if it was away."""
        if self.health().state == "store_away":
            self._book.turn(state, self._clock())
