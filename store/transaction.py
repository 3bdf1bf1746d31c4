"""One batch of the pipeline, in one transaction: what `pipeline.process` calls, step by step.

Each step lives in a module of its own beside this file; nothing is decided here.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from alerts.wanted import wanted
from core.changes import Change
from core.config import Config
from core.errors import BatchRefused, KeysStand, StoreUnavailable
from core.facts import Facts, KnownDevice, MetricInfo, Moved, Valid, ValidReading
from core.model import Decoded, Rejected, Taken
from store import cameras, facts, quality, save, windows, wire_memory
from store.pictures_in import read_pictures, store_pictures
from store.readings_in import buckets_of, store_readings
from store.registry import Astray, Locate, Registry
from store.reports_in import store_reports
from store.rulebook import Rulebook
from store.states import keep_changes, keep_texts, newest_of, stories, tell_moved
from store.timescale import Connection, Store, sql

MemoryKey = tuple[str, str]
_DATA_EXCEPTION = "22"  # SQLSTATE classes: PostgreSQL, appendix A. Some of this one end with the value they refuse
_QUOTED = re.compile(r": \".*", re.DOTALL)


class Batch:
    """A transaction at work. `taken` tells afterwards what became of each frame, `moved_devices` whose state moved."""

    def __init__(
        self, connection: Connection, registry: Registry, locate: Locate, config: Config, rulebook: Rulebook, careful: bool,
        media: Path | None = None,
    ) -> None:  # fmt: skip
        self._connection, self._registry, self._locate, self._config = connection, registry, locate, config
        self._rulebook, self._careful, self._media = rulebook, careful, media
        self.rules = rulebook.known.rules  # as of this transaction once states were moved
        self._asked: facts.Asked | None = None
        self._wanted: dict[MemoryKey, datetime] = {}
        self.taken: list[Taken] = []
        self.moved_devices: list[int] = []

    def wire_memory(self, keys: Sequence[MemoryKey]) -> dict[MemoryKey, bytes]:
        """What earlier frames of these peers left behind, locked until the commit."""
        found = wire_memory.load(self._connection, keys)
        self._wanted |= {key: at for key, (_, at) in found.items()}
        return {key: memory for key, (memory, _) in found.items()}

    def identify(self, decoded: Decoded, now: datetime) -> tuple[dict[str, KnownDevice], dict[str, MetricInfo], Astray]:
        return self._registry.identify(self._connection, decoded, now)

    def record(self, decoded: Decoded, valid: Valid, known: dict[str, KnownDevice], now: datetime) -> Moved:
        """Store a batch exactly once; returns what it moved. Raises `KeysStand` unless this is the careful try."""
        connection = self._connection
        shots = read_pictures(connection, decoded, self._config)  # the dear part, before rows are locked
        stored = store_readings(connection, valid.readings, self._config, now, self._careful)
        if stored.again:
            quality.count_duplicates(connection, now, stored.again)
        moved = self._move_states(stored.fresh, now)
        windows.read_again(connection, stored.fresh, moved, self.rules.asking, now)
        reports = store_reports(connection, decoded.frames, valid.reports, self._config, self._locate, now)
        pictures = store_pictures(connection, decoded.frames, shots, reports, self._media, now)
        gone = facts.presences(connection, valid.presences, known, now, self._registry, [frame.feed for frame in decoded.frames])
        back = cameras.back(connection, valid.presences, known)
        rejected = [*valid.rejected, *stored.rejected, *reports.rejected, *pictures.rejected]
        self._reject(rejected)
        wire_memory.save(connection, decoded.memory, self._wanted, now)
        self.taken = _taken(
            len(decoded.frames),
            [reading.frame for reading in stored.fresh] + reports.created + reports.changed + pictures.accepted,
            stored.duplicates + reports.duplicates + pictures.duplicates,
            reports.created,
            rejected,
            _late(stored.fresh, self._config.quality.late),
        )
        return moved | Moved(reports=reports.moved, gone=gone, back=back)

    def _move_states(self, fresh: Sequence[ValidReading], now: datetime) -> Moved:
        """The latest states, and with them in one round trip all that the rules will ask."""
        connection = self._connection
        states = newest_of(fresh, self._config, now)
        told = stories(connection, states)
        with connection.pipeline():
            if fresh:
                connection.execute(sql("record_dirty"), {"buckets": buckets_of(fresh)})
            rows = connection.execute(sql("states_upsert"), states.columns(now)) if states.newest else None
            highest = connection.execute(sql("rulebook_highest"))
            self._asked = facts.ask(connection, states.devices, now)
        self.rules = self._rulebook.at(connection, _first(highest)).rules
        keep_texts(connection, states)
        keep_changes(connection, told)
        moved = rows.fetchall() if rows else []
        self.moved_devices = list({row["device_id"] for row in moved})
        return tell_moved(states, told, moved, self.rules.metrics)

    def due(self) -> Moved:
        """What fell due by the time of `record`."""
        assert self._asked is not None
        return facts.read_due(self._connection, self._asked, self._registry)

    def facts(self, moved: Moved, rings_on_reports: bool) -> Facts:
        assert self._asked is not None
        found = facts.gather(self._connection, moved, self._asked, rings_on_reports)
        found.measured = windows.read(self._connection, wanted(self.rules, moved), self._config.area.zone)
        return found

    def save(self, changes: Sequence[Change], now: datetime) -> None:
        save.save(self._connection, changes, now)

    def _reject(self, rejected: Sequence[tuple[int, Rejected]]) -> None:
        if not rejected:
            return
        rows = [
            {"received_at": one.received_at, "feed": one.feed, "reason": one.reason, "detail": one.detail.replace("\0", "�"),
             "device": one.device.replace("\0", "�") if one.device else None, "area": self._config.area.code, "raw": one.raw}
            for _, one in rejected
        ]  # fmt: skip
        with self._connection.cursor() as cursor:
            cursor.executemany(sql("record_rejected"), rows)


def _first(rows: facts.Rows) -> int | None:
    """The highest revision there is."""
    row = rows.fetchone()
    highest: int | None = row["revision"] if row else None
    return highest


def _late(fresh: Sequence[ValidReading], limit: timedelta) -> list[int]:
    return [reading.frame for reading in fresh if reading.received_at - reading.observed_at > limit]


def _taken(
    count: int,
    accepted: Sequence[int],
    duplicates: Sequence[int],
    created: Sequence[int],
    rejected: Sequence[tuple[int, Rejected]],
    late: Sequence[int],
) -> list[Taken]:
    tally = [[0, 0, 0, 0] for _ in range(count)]
    for column, frames in enumerate((accepted, duplicates, created, late)):
        for frame in frames:
            tally[frame][column] += 1
    refused: dict[int, list[Rejected]] = {}
    for frame, one in rejected:
        refused.setdefault(frame, []).append(one)
    return [Taken(good, again, tuple(refused.get(frame, ())), new, slow) for frame, (good, again, new, slow) in enumerate(tally)]


@contextmanager
def batch(
    store: Store, registry: Registry, locate: Locate, config: Config, rulebook: Rulebook | None = None, careful: bool = False,
    media: Path | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """Open the transaction of one batch. On any error nothing of it stands, and what the registry learnt is forgotten.

    `rulebook` None: no rule looks at it; `media` is the folder of pictures.

    Raises `StoreUnavailable` when the database is away, `KeysStand` when readings are already there and this is not
    the `careful` try, `BatchRefused` for whatever else went wrong on the way:
    the caller halves the batch, so that one frame can never stop the others.
    """
    try:
        with store.connection() as connection:
            yield Batch(connection, registry, locate, config, rulebook or Rulebook(config), careful, media)
    except (StoreUnavailable, KeysStand):
        registry.forget()
        raise
    except (psycopg.ProgrammingError, psycopg.InternalError, psycopg.NotSupportedError) as error:
        # A fault between us and the schema (a migration under running workers) is no fault of any frame: they wait.
        registry.forget()
        raise StoreUnavailable(tell(error)) from error
    except Exception as error:
        registry.forget()
        raise BatchRefused(tell(error)) from error


def tell(error: Exception) -> str:
    """What may be written down of an error: of the database's, its first sentence and what it is about, never a row's values.

    DETAIL and CONTEXT quote the row, and a row may hold a caller's name and telephone.
    """
    if not isinstance(error, psycopg.Error):
        return f"{type(error).__name__}: {error}".strip()
    diag = error.diag
    said = diag.message_primary or str(error).partition("\n")[0]
    if (diag.sqlstate or "").startswith(_DATA_EXCEPTION):
        said = _QUOTED.sub(": …", said)
    about = ", ".join(name for name in (diag.table_name, diag.column_name, diag.constraint_name) if name)
    return f"{type(error).__name__}: {said}" + (f" ({about})" if about else "")
