"""Readings as people ask for them: raw or folded per step. The door by which they come in is `store.readings_in`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.errors import NotFound
from core.model import QUALITY_CODE, QUALITY_OF_CODE, Quality, Scope
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

# no_time and estimated values and those written by hand are values; what a device itself calls missing or faulty is not.
_FOLDED = [QUALITY_CODE[quality] for quality in (Quality.GOOD, Quality.NO_TIME, Quality.ESTIMATED, Quality.MANUAL)]


@dataclass(frozen=True, slots=True)
class Span:
    """A device, perhaps one metric or some (`tagged`), and from when (inclusive) to when (exclusive)."""

    device: str
    metric: str | None
    since: datetime
    until: datetime
    limit: int
    tagged: Sequence[str] | None = None


def _device_id(connection: Connection, scope: Scope, device: str) -> int:
    row = queries.readings_device(connection, device=device, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no device '{device}'")
    return int(row["device_id"])


def _metric(connection: Connection, metric: str) -> dict[str, Any]:
    row: dict[str, Any] | None = queries.readings_metric(connection, metric=metric)
    if row is None:
        raise NotFound(f"no metric '{metric}'")
    return row


def list_readings(connection: Connection, scope: Scope, span: Span, after_metric: int = -1) -> tuple[list[dict[str, Any]], int]:
    """Oldest first, and the number of the last row's metric, with which the next page begins. Raises `NotFound`."""
    common = {"device_id": _device_id(connection, scope, span.device), "since": span.since, "until": span.until, "limit": span.limit}
    if span.metric is None:
        rows = list(queries.readings_of_device(connection, **common, after_metric=after_metric, tagged=span.tagged and list(span.tagged)))
        last = rows[-1]["metric_id"] if rows else -1
    else:
        rows = list(queries.readings_raw(connection, **common, metric_id=_metric(connection, span.metric)["metric_id"]))
        last = -1
    return [_reading(span, row) for row in rows], last


def _reading(span: Span, row: dict[str, Any]) -> dict[str, Any]:
    reading = {
        "device": span.device,
        "metric": row.get("metric", span.metric),
        "value": row["value"],
        "quality": QUALITY_OF_CODE[row["quality"]],
        "observed_at": row["observed_at"],
        "received_at": row["received_at"],
    }
    return reading if row["text"] is None else {**reading, "text": row["text"]}


def fold_readings(connection: Connection, scope: Scope, span: Span, step: timedelta, origin: datetime) -> list[dict[str, Any]]:
    """Per step: min, avg, max and count of the values that can be trusted, and how many were received.

    Steps are counted from `origin`, so that a day is the city's day. Raises `NotFound`.
    """
    return list(
        queries.readings_stepped(
            connection, device_id=_device_id(connection, scope, span.device), metric_id=_metric(connection, span.metric or "")["metric_id"],
            since=span.since, until=span.until, step=step, origin=origin, good=_FOLDED, limit=span.limit,
        )
    )  # fmt: skip


def list_rejected(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Refused input, newest first, with its raw bytes: they may hold personal data, see `api.rest_readings`."""
    return list(queries.readings_rejected(connection, **wanted.columns(scope, "feed", "reason", "device")))
