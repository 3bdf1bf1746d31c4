"""The bench's own door to the database it measures: counts, latencies from rows, a raw COPY beside it. Test code, not product."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

_COLUMNS = "observed_at, device_id, metric_id, quality, value, received_at, processed_at, text"
_TYPES = ("timestamptz", "int4", "int2", "int2", "float8", "timestamptz", "timestamptz", "text")


@dataclass(frozen=True, slots=True)
class Copied:
    """A raw binary COPY of rows into a table shaped and indexed like `readings`."""

    rows: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of a latency, milliseconds."""

    count: int
    p50: float
    p99: float
    most: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.0f} · p99 {self.p99:.0f} · max {self.most:.0f} ms"


def spread(values_ms: Sequence[float]) -> Spread:
    """Percentiles by nearest rank; zeros for no values."""
    ordered = sorted(values_ms)
    if not ordered:
        return Spread(0, 0.0, 0.0, 0.0)

    def rank(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Spread(len(ordered), rank(0.5), rank(0.99), ordered[-1])


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True)


def count_rows(connection: psycopg.Connection[Any], prefix: str, since_ms: int = 0) -> int:
    """Readings since a stamp (epoch ms) of the devices whose name begins with `prefix`."""
    row = connection.execute(
        "select count(*) from readings where observed_at >= %s"
        " and device_id in (select device_id from devices where starts_with(device, %s))",
        [stamp(since_ms), prefix],
    ).fetchone()
    return int(row[0]) if row else 0


def wait_listening(connection: psycopg.Connection[Any], feed: str, within_s: float = 30.0) -> None:
    """Until somebody listens to a feed: what is published before a broker has any subscriber, it confirms and forgets.

    Raises `TimeoutError`.
    """
    until = time.perf_counter() + within_s
    while not connection.execute("select 1 from listening where feed = %s", [feed]).fetchone():
        if time.perf_counter() > until:
            raise TimeoutError(f"nobody listens to {feed!r} after {within_s:.0f} s")
        time.sleep(0.1)


def processing_latency(connection: psycopg.Connection[Any], prefix: str, since_ms: int) -> Spread:
    """Publish stamp → begin of the transaction (`processed_at`), of every row since a stamp."""
    row = connection.execute(
        "select count(*), percentile_disc(array[0.5, 0.99, 1.0])"
        " within group (order by extract(epoch from processed_at - observed_at) * 1000)"
        " from readings where observed_at >= %s and device_id in (select device_id from devices where starts_with(device, %s))",
        [stamp(since_ms), prefix],
    ).fetchone()
    if not row or not row[0]:
        return Spread(0, 0.0, 0.0, 0.0)
    return Spread(int(row[0]), *(float(value) for value in row[1]))


def device_id(connection: psycopg.Connection[Any], device: str) -> int | None:
    row = connection.execute("select device_id from devices where device = %s", [device]).fetchone()
    return int(row[0]) if row else None


def latest_at(connection: psycopg.Connection[Any], device: int) -> float | None:
    """Epoch seconds of a device's latest state: what a reader can see, so what was committed."""
    row = connection.execute("select extract(epoch from max(observed_at)) from device_states where device_id = %s", [device]).fetchone()
    return float(row[0]) if row and row[0] is not None else None


def copy_again(connection: psycopg.Connection[Any], rows: int, batch: int = 5000) -> Copied:
    """COPY `rows` of the readings once more, binary, in batches with a commit each, into a hypertable with the same indexes."""
    connection.execute("drop table if exists bench_copy")
    connection.execute("create table bench_copy (like readings)")
    connection.execute(
        "select create_hypertable('bench_copy', 'observed_at', chunk_time_interval => interval '1 day', create_default_indexes => false)"
    )
    connection.execute("create unique index on bench_copy (device_id, metric_id, observed_at)")
    connection.execute("create index on bench_copy using brin (observed_at)")
    found = connection.execute(f"select {_COLUMNS} from readings order by processed_at limit %s", [rows]).fetchall()  # noqa: S608
    cpu, started = time.process_time(), time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(0, len(found), batch):
            with cursor.copy(f"copy bench_copy ({_COLUMNS}) from stdin (format binary)") as copy:
                copy.set_types(_TYPES)
                for row in found[first : first + batch]:
                    copy.write_row(row)
    taken = Copied(len(found), time.perf_counter() - started, time.process_time() - cpu)
    connection.execute("drop table bench_copy")
    return taken


def settings(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """What of the server's settings bears on the figures."""
    names = ["server_version", "synchronous_commit", "fsync", "shared_buffers", "timescaledb.license"]
    rows = connection.execute("select name, setting from pg_settings where name = any(%s)", [names]).fetchall()
    return {str(name): str(setting) for name, setting in rows}


def stamp(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)
