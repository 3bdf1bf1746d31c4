"""Rows of the live picture: what the projector reads and writes, what snapshots and streams read. Decides nothing.

Packed states are numpy records of `STATE`: a Python row for each value would cost ten times as much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from store import arrays
from store.timescale import Connection, queries, sql

STATE = np.dtype(
    [("device_id", ">i4"), ("metric_id", ">i2"), ("quality", ">i2"), ("value", ">f8"), ("observed", ">f8"), ("updated", ">f8")]
)
States = NDArray[np.void]

_PLACE = ("area", "street", "cell_id", "lon", "lat")
_MARKS = ("drill", "simulated", "version")
SHAPES: Mapping[str, tuple[str, ...]] = {  # docs/live.md: what screens get; texts stay behind, callers write numbers into them
    "alert": (
        *("id", "rule", "title", "subject", "severity", "stage", "hold", "hold_until", "state_known", "value", "threshold", "unit"),
        *("domain", "class_code", *_PLACE, "observed_at", "raised_at", "updated_at", "acked_at", "acked_by", "count"),
        *("returned_at", "worst", "flapping", "owner_id", "owner", "verdict", "respond_by", "overdue"),
        *("incident_id", "report_id", "device", "device_name", *_MARKS),
    ),
    "case": (
        *("id", "number", "title", "severity", "stage", "class_code", *_PLACE, "address", "duty_grid", "opened_at", "due_at", "overdue"),
        *("yellow_at", "paused_at", "finished_at", "closed_at", "incident_id", "alert_id", "report_id", "handler_id", "handled_by"),
        *("late_rounds", "collector_id", "source", "lead_unit", "send_backs", "expedites", *_MARKS),
    ),
    "incident": (
        *("id", "title", "class_code", "domain", "severity", "stage", *_PLACE, "opened_at", "updated_at", "closed_at"),
        *("text", "parts", "owner_id", "owner", "respond_by", "overdue", *_MARKS),
    ),
    "report": (
        *("id", "source", "channel", "title", "class_code", "severity", *_PLACE, "placement", "address", "observed_at", "received_at"),
        *("confidence", "stage", "incident_id", "ends_at", "ended_at", *_MARKS),
    ),
    "probe": ("id", "subject", "value", "stage", "raised_at", "version"),
    "notice": (  # for the people whose accounts it names; others leave it
        *("id", "at", "accounts", "severity", "template", "title", "count", "noun", "noun_id", "area", "street", *_MARKS),
    ),
}
LISTS: Mapping[str, str] = {
    "alert": "alerts", "case": "cases", "incident": "incidents", "report": "reports", "notice": "notices", "probe": "probes",
}  # fmt: skip

MOST_CHANGES = 5_000  # told in one delta; the rest follows in the next
MOST_ROWS = 2_000  # of one list in a snapshot; the figures count all of them


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log."""

    change_id: int
    xid: int
    noun: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What became visible. `horizon`: everything of older transactions has been read, so it need not be asked for again."""

    rows: tuple[Change, ...]
    horizon: int


@dataclass(frozen=True, slots=True)
class CellVector:
    """What the cells of a street show of a measure; `figures` stand with the measure ''."""

    street: str
    measure: str
    cell_ids: list[int]
    classes: list[int]
    figures: Mapping[str, Any]


def trim(noun: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """A noun as screens get it."""
    return {name: shape.get(name) for name in SHAPES[noun]}


def read_cursor(connection: Connection) -> tuple[int, int]:
    """The last sequence told, and the horizon below which every change was."""
    row = queries.live_cursor(connection)
    return row["sequence"], int(row["horizon"])


def read_horizon(connection: Connection) -> int:
    """The oldest transaction still running: all before it are visible now."""
    return int(queries.live_horizon(connection))


def read_changes(connection: Connection, horizon: int, told: Sequence[int], most: int = MOST_CHANGES) -> Changes:
    """Changes of transactions not older than `horizon` that are visible and not among `told`, in order of their ids."""
    rows = list(queries.live_changes(connection, horizon=str(horizon), told=list(told), most=most))
    changes = tuple(
        Change(row["change_id"], int(row["xid"]), row["noun"], row["key"], row["before"], row["after"])
        for row in rows
        if row["change_id"] is not None
    )
    return Changes(changes, horizon if len(rows) >= most else int(rows[0]["next_horizon"]))


def read_states_of(connection: Connection, device_ids: NDArray[np.int32]) -> States:
    """The latest states of some devices."""
    return np.frombuffer(queries.live_states_of(connection, devices=arrays.int4s(device_ids)), dtype=STATE)


def read_states_since(connection: Connection, since: datetime) -> States:
    """The states stored since a moment: a walk through the table."""
    return np.frombuffer(queries.live_states_since(connection, since=since), dtype=STATE)


def read_devices(connection: Connection, since: datetime | None = None, device_ids: Sequence[int] = ()) -> list[dict[str, Any]]:
    """All devices, or those registered or moved since, and the ones named."""
    return list(queries.live_devices(connection, since=since, devices=list(device_ids)))


def read_storm(connection: Connection) -> dict[str, Any] | None:
    """The storm that goes on, as the change log tells it."""
    shape: dict[str, Any] | None = queries.live_storm(connection)
    return shape


def read_metrics(connection: Connection) -> dict[str, int]:
    return {row["metric"]: row["metric_id"] for row in queries.live_metrics(connection)}


def read_cells(connection: Connection) -> list[dict[str, Any]]:
    return list(queries.live_cells(connection))


def read_streets(connection: Connection) -> tuple[str, ...]:
    return tuple(row["code"] for row in queries.live_streets(connection))


def read_counted(connection: Connection, day: datetime, tomorrow: datetime, since: datetime) -> dict[str, list[dict[str, Any]]]:
    """The shapes the figures are counted from: all that is open, and all of the city's day."""
    return {
        "alert": [row["shape"] for row in queries.live_counted_alerts(connection, day=day)],
        "case": [row["shape"] for row in queries.live_counted_cases(connection, day=day, tomorrow=tomorrow)],
        "report": [row["shape"] for row in queries.live_counted_reports(connection, day=day, since=since)],
    }


def move_cursor(connection: Connection, expected: int, sequence: int, horizon: int) -> bool:
    """False when another projector told something meanwhile: nothing was written."""
    return bool(queries.live_move_cursor(connection, expected=expected, sequence=sequence, horizon=str(horizon)) == 1)


def write_delta(connection: Connection, sequence: int, parts: Mapping[str, str], at: datetime) -> None:
    queries.live_tell(connection, sequence=sequence, at=at, areas=arrays.texts(list(parts)), payloads=arrays.texts(list(parts.values())))


def sign(connection: Connection, at: datetime) -> None:
    """The projector lives and has nothing to tell."""
    queries.live_sign(connection, at=at)


def forget_deltas(connection: Connection, before: datetime) -> int:
    return int(queries.live_forget(connection, before=before))


def keep_cells(connection: Connection, vectors: Sequence[CellVector], at: datetime, *, whole: bool = False) -> None:
    """Store what cells show, for snapshots; `whole` drops what no longer exists."""
    rows = [
        {"street": v.street, "measure": v.measure, "at": at, "cell_ids": v.cell_ids, "classes": v.classes, "figures": Jsonb(v.figures)}
        for v in vectors
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql("live_keep_cells"), rows)
    if whole:
        queries.live_drop_cells(connection, at=at)


def read_deltas(connection: Connection, after: int, most: int = 10_000) -> list[dict[str, Any]]:
    """The stored parts of deltas after a sequence, in order."""
    return list(queries.live_deltas_after(connection, after=after, most=most))


def read_position(connection: Connection) -> dict[str, Any]:
    """`sequence` of the last delta, the `oldest` one kept, and `told_at`, when the projector last gave a sign of life."""
    return dict(queries.live_oldest(connection))


def read_cell_vectors(connection: Connection) -> list[dict[str, Any]]:
    return list(queries.live_cell_values(connection))


def read_lists(connection: Connection, reports_since: datetime) -> dict[str, list[dict[str, Any]]]:
    """What is open, worst and newest first, at most `MOST_ROWS` of each."""
    most = MOST_ROWS
    found = {
        "alert": queries.live_snapshot_alerts(connection, most=most),
        "case": queries.live_snapshot_cases(connection, most=most),
        "incident": queries.live_snapshot_incidents(connection, most=most),
        "report": queries.live_snapshot_reports(connection, since=reports_since, most=most),
    }
    return {LISTS[noun]: [trim(noun, row["shape"]) for row in rows] for noun, rows in found.items()}


def read_trend(connection: Connection, since: datetime, now: datetime, bucket_s: int) -> list[dict[str, Any]]:
    """Alerts and reports per bucket (epoch seconds of its start) and street."""
    return list(queries.live_trend(connection, since=since, now=now, bucket_s=bucket_s))


def read_weather(connection: Connection, since: datetime) -> dict[str, float]:
    """Means over the devices that spoke since."""
    return {row["metric"]: row["value"] for row in queries.live_weather(connection, since=since)}


def read_feeds(connection: Connection) -> list[dict[str, Any]]:
    return list(queries.live_feeds(connection))


def read_marks(connection: Connection, reports_since: datetime) -> dict[str, bool]:
    """Whether anything shown is simulated or a drill."""
    return dict(queries.live_marks(connection, since=reports_since))


def freeze(connection: Connection) -> None:
    """Let this transaction see one moment only; call it first."""
    connection.execute("set transaction isolation level repeatable read, read only")


def ping(connection: Connection) -> None:
    """Comes back when the database answers."""
    connection.execute("select 1")
