"""Moves the latest state of devices: the newest reading wins, a late one never does, history does not take part."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.config import Config
from core.facts import Moved, StateMoved, ValidReading
from core.model import QUALITY_CODE
from store.timescale import Connection, queries, sql

StateKey = tuple[int, int]
_TYPES = ("int4", "int2", "int2", "float8", "timestamptz", "timestamptz", "text")


def move_states(connection: Connection, fresh: Sequence[ValidReading], config: Config, now: datetime) -> Moved:
    """Upsert the latest states; tells, in order of observation, every reading that was newer than the state before.

    A backlog of several readings of one metric is told whole, so that a rule sees what happened between.
    """
    horizon = now - config.ingest.live_for
    newest: dict[StateKey, ValidReading] = {}
    several: dict[StateKey, list[ValidReading]] = {}
    for reading in fresh:
        if reading.observed_at < horizon:
            continue
        key = reading.device.device_id, reading.metric.metric_id
        other = newest.setdefault(key, reading)
        if other is not reading:
            several.setdefault(key, [other]).append(reading)
            if reading.observed_at > other.observed_at:
                newest[key] = reading
    if not newest:
        return Moved()
    before = _observed_before(connection, several)
    moved = Moved()
    silent, unwatched = set(), set()
    for row in _upsert(connection, newest, now):
        key = row["device_id"], row["metric_id"]
        if key not in several:
            moved.states.append(_moved(newest[key]))
        if row["silent"]:
            silent.add(key[0])
        if row["unwatched"]:
            unwatched.add(key[0])
    for key, readings in several.items():
        since = before.get(key)
        moved.states += [_moved(reading) for reading in readings if since is None or reading.observed_at > since]
    moved.states.sort(key=lambda state: state.observed_at)
    moved.silent, moved.unwatched = frozenset(silent), frozenset(unwatched)
    return moved


def _moved(reading: ValidReading) -> StateMoved:
    return StateMoved(reading.device, reading.metric, reading.value, reading.quality, reading.observed_at)


def _observed_before(connection: Connection, several: dict[StateKey, list[ValidReading]]) -> dict[StateKey, datetime]:
    if not several:
        return {}
    devices = sorted({device_id for device_id, _ in several})
    rows = queries.states_observed(connection, devices=devices)
    return {(row["device_id"], row["metric_id"]): row["observed_at"] for row in rows}


def _upsert(connection: Connection, newest: dict[StateKey, ValidReading], now: datetime) -> list[dict[str, Any]]:
    queries.states_stage_table(connection)
    with connection.cursor() as cursor, cursor.copy(sql("states_stage_copy")) as copy:
        copy.set_types(_TYPES)
        for (device_id, metric_id), reading in newest.items():
            copy.write_row((device_id, metric_id, QUALITY_CODE[reading.quality], reading.value, reading.observed_at, now, reading.text))
    return connection.execute(sql("states_upsert")).fetchall()
