"""Stores a batch of readings exactly once: optimistic COPY, and the slower way only when a key already stands.

Same key and value: a duplicate. Same key, other value: the first stays and the second is refused as a conflict,
unless its feed revises. Never decides what a value means.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from core.config import Config
from core.errors import KeysStand
from core.facts import ValidReading
from core.model import QUALITY_CODE, Quality, Reason, Rejected
from store.timescale import Connection, queries, sql

Key = tuple[int, int, datetime]
_TYPES = ("timestamptz", "int4", "int2", "int2", "float8", "timestamptz", "timestamptz", "text")
ROLLUP_BUCKET = timedelta(minutes=5)
_TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class Stored:
    """What became of a batch's readings: the new ones, the frame of each duplicate, how many of each device, and the refused."""

    fresh: list[ValidReading] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    again: Counter[int] = field(default_factory=Counter)  # by device_id
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


def store_readings(connection: Connection, readings: Sequence[ValidReading], config: Config, now: datetime, careful: bool) -> Stored:
    """Write a batch; `processed_at` is `now`. Raises `KeysStand` unless `careful`, and what the driver raises."""
    stored = Stored()
    unique = _without_repeats(readings, config, stored)
    if not unique:
        return stored
    if careful:
        _store_new_ones(connection, unique, config, now, stored)
        return stored
    try:
        _copy(connection, "record_copy", unique, now)
    except psycopg.errors.UniqueViolation as violation:
        raise KeysStand("some of these readings are already there") from violation
    stored.fresh = list(unique.values())
    return stored


def _key(reading: ValidReading) -> Key:
    return reading.device.device_id, reading.metric.metric_id, reading.observed_at


def _without_repeats(readings: Sequence[ValidReading], config: Config, stored: Stored) -> dict[Key, ValidReading]:
    unique: dict[Key, ValidReading] = {}
    for reading in readings:
        first = unique.setdefault(_key(reading), reading)
        if first is not reading:
            if _revises(reading, config) and (first.value, first.text) != (reading.value, reading.text):
                unique[_key(reading)] = reading
                stored.rejected.append((first.frame, _refused(first, Reason.REVISED, reading.value)))
            else:
                _judge(reading, first.value, first.text, stored)
    return unique


def _revises(reading: ValidReading, config: Config) -> bool:
    feed = config.feeds.get(reading.feed)
    return feed is not None and feed.revises


def _judge(reading: ValidReading, value: float | None, text: str | None, stored: Stored) -> None:
    if (value, text) == (reading.value, reading.text):
        stored.duplicates.append(reading.frame)
        stored.again[reading.device.device_id] += 1
    else:
        stored.rejected.append((reading.frame, _refused(reading, Reason.CONFLICT, value)))


def _refused(reading: ValidReading, reason: Reason, other: float | None) -> Rejected:
    word = "already stands with" if reason is Reason.CONFLICT else "was revised to"
    detail = f"{reading.metric.metric} of {reading.observed_at.isoformat()} {word} {other}, this one says {reading.value}"
    return Rejected(reading.feed, reason, detail, repr(reading.source).encode(), reading.received_at, reading.device.device, reading.item)


def _row(reading: ValidReading, now: datetime) -> tuple[Any, ...]:
    return (
        reading.observed_at, reading.device.device_id, reading.metric.metric_id, QUALITY_CODE[reading.quality],
        reading.value, reading.received_at, now, reading.text,
    )  # fmt: skip


def _copy(connection: Connection, query: str, unique: dict[Key, ValidReading], now: datetime) -> None:
    with connection.cursor() as cursor, cursor.copy(sql(query)) as copy:
        copy.set_types(_TYPES)
        for reading in unique.values():
            copy.write_row(_row(reading, now))


def _store_new_ones(connection: Connection, unique: dict[Key, ValidReading], config: Config, now: datetime, stored: Stored) -> None:
    queries.record_stage_table(connection)
    _copy(connection, "record_stage_copy", unique, now)
    inserted = {(row["device_id"], row["metric_id"], row["observed_at"]) for row in connection.execute(sql("record_stage_insert"))}
    timeless = [reading for key, reading in unique.items() if key not in inserted and reading.quality is Quality.NO_TIME]
    existing = {(row["device_id"], row["metric_id"], row["observed_at"]): row for row in queries.record_existing(connection)}
    for key, reading in unique.items():
        if key in inserted:
            stored.fresh.append(reading)
            continue
        if reading.quality is Quality.NO_TIME:
            continue
        row = existing[key]
        if _revises(reading, config) and (row["value"], row["text"]) != (reading.value, reading.text):
            _revise(connection, reading, row["value"], now, stored)
        else:
            _judge(reading, row["value"], row["text"], stored)
    if timeless:
        # Their time is that of their receipt, which proves nothing: never a duplicate, so each finds a moment of its own.
        later = [reading._replace(observed_at=reading.observed_at + _TICK) for reading in timeless]
        queries.record_stage_empty(connection)
        _store_new_ones(connection, {_key(reading): reading for reading in later}, config, now, stored)


def _revise(connection: Connection, reading: ValidReading, old: float | None, now: datetime, stored: Stored) -> None:
    """Both are kept: the new one in its place, the old one among the rejected."""
    was = reading._replace(value=old)
    stored.rejected.append((reading.frame, _refused(was, Reason.REVISED, reading.value)))
    device_id, metric_id, observed_at = _key(reading)
    queries.record_revise(
        connection, device_id=device_id, metric_id=metric_id, observed_at=observed_at, value=reading.value, text=reading.text,
        quality=QUALITY_CODE[reading.quality], received_at=reading.received_at, processed_at=now,
    )  # fmt: skip
    stored.fresh.append(reading)


def buckets_of(readings: Sequence[ValidReading]) -> list[datetime]:
    """The roll-up buckets these readings change."""
    seconds = ROLLUP_BUCKET.total_seconds()
    starts = {reading.observed_at.timestamp() // seconds * seconds for reading in readings}
    return [datetime.fromtimestamp(start, UTC) for start in sorted(starts)]
