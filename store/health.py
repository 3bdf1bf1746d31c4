"""How the feeds are: written by each worker about once a second, shown on every wall, counted in the metrics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from core.errors import StoreUnavailable
from core.model import Frame, Taken
from store import listening, quality
from store.timescale import Store, queries

_WRITE_EVERY = timedelta(seconds=1)
_LISTENS = "connected"


@dataclass(slots=True)
class _Tally:
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    last_at: datetime | None = None


@dataclass(slots=True)
class HealthWriter:
    """Counts between two writes. A worker killed in between forgets at most a second of counting, never a reading.

    Safe for several threads: the edge counts in one and tells in another, and what is told once is not told again.
    """

    store: Store
    worker: str
    feeds: tuple[str, ...]
    started_at: datetime
    listens: bool = True  # to devices; who only watches the broker hears none of them
    _tallies: dict[str, _Tally] = field(default_factory=dict)
    _marks: Counter[tuple[str, str]] = field(default_factory=Counter)  # by feed, for the panel of data quality
    _told: set[str] = field(default_factory=set)  # a feed heard once is told of as long as this process lives
    _written_at: datetime | None = None
    _state: tuple[str, datetime, str] | None = None
    _lock: Lock = field(default_factory=Lock)

    def count(self, frames: Sequence[Frame], taken: Sequence[Taken]) -> None:
        with self._lock:
            for frame, what in zip(frames, taken, strict=True):
                tally = self._tallies.setdefault(frame.feed, _Tally())
                tally.accepted += what.accepted
                tally.duplicates += what.duplicates
                tally.rejected += len(what.rejected)
                tally.last_at = frame.received_at
                self._marks[frame.feed, "late"] += what.late
                for one in what.rejected:
                    self._marks[frame.feed, str(one.reason)] += 1

    def heard(self, feed: str, at: datetime | None) -> None:
        """Something came that is no frame."""
        with self._lock:
            self._tallies.setdefault(feed, _Tally()).last_at = at

    def tell(self, state: str, since: datetime, detail: str, now: datetime) -> None:
        """Write state and counts, if a second has passed or the state changed; silent while the database is away."""
        with self._lock:
            self._tell(state, since, detail, now)

    def _tell(self, state: str, since: datetime, detail: str, now: datetime) -> None:
        changed = self._state is None or self._state[0] != state
        if not changed and self._written_at and now - self._written_at < _WRITE_EVERY:
            return
        self._told |= {*self.feeds, *self._tallies}
        tallies = {**{feed: _Tally() for feed in self._told}, **self._tallies}
        try:
            with self.store.connection() as connection:
                for feed, tally in sorted(tallies.items()):
                    queries.health_write(
                        connection, feed=feed, worker=self.worker, state=state, since=since, detail=detail, accepted=tally.accepted,
                        duplicates=tally.duplicates, rejected=tally.rejected, last_at=tally.last_at, now=now,
                    )  # fmt: skip
                quality.count_feeds(connection, now, self._told_marks())
                if self.listens and state == _LISTENS:
                    listening.mark(connection, self.feeds, now)
        except StoreUnavailable:
            return
        self._tallies.clear()
        self._marks.clear()
        self._written_at, self._state = now, (state, since, detail)

    def _told_marks(self) -> dict[tuple[str, str], int]:
        """What was counted by kind since the last write; nothing where nothing came."""
        counted = dict(self._marks)
        for feed, tally in self._tallies.items():
            counted |= {(feed, "accepted"): tally.accepted, (feed, "duplicate"): tally.duplicates}
        return {key: count for key, count in counted.items() if count}
