"""Reads what rules ask of a batch's past in one round trip: windows of readings and what is usual at an hour. Decides nothing.

A window is kept in `LOOKS` slices and looked at as often in its span at most: a look reads what came since the last one. So a reading
costs the same whether it is asked for an hour or for a day, every second or every hour. Slices are no truth: late readings undo them.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from core.facts import Moved, ValidReading
from core.measured import LOOKS, Measured, Wanted, Window, WindowAsked
from core.model import QUALITY_CODE, Quality
from core.rule_measures import LONGEST_SPAN
from store import arrays, baselines
from store.timescale import Connection, queries, sql

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # slices are counted from here


def read(connection: Connection, wanted: Wanted, zone: baselines.Zone) -> Measured:
    """All that is asked; what was looked at a moment ago is left out. `zone`: of the city, by whose day an hour is an hour."""
    if not wanted:
        return Measured()
    windows = list(thinned(wanted.windows))
    usual = list(dict.fromkeys(wanted.baselines))
    with connection.pipeline():
        folded = connection.execute(sql("windows_read"), _columns(windows)) if windows else None
        told = connection.execute(sql("baselines_read"), baselines.columns(usual, zone)) if usual else None
    return Measured(
        {windows[row["place"] - 1].key: Window(row["count"], row["sum"], row["min"], row["max"]) for row in folded or ()},
        baselines.answers(usual, told or (), zone),
    )


def read_again(connection: Connection, fresh: Iterable[ValidReading], moved: Moved, asking: Collection[str], now: datetime) -> None:
    """Readings that came late, or revised others, lie in slices that are closed: their windows are read anew.

    `moved`: what these readings moved, which is all of them that are not late. `asking`: the metrics of which rules ask for the past.
    """
    if not asking:
        return
    on_time = {(one.device.device_id, one.metric.metric_id, one.observed_at) for one in moved.states if one.metric.metric in asking}
    late = sorted(
        {
            (one.device.device_id, one.metric.metric_id)
            for one in fresh
            if one.metric.metric in asking and one.observed_at > now - LONGEST_SPAN
            and (one.device.device_id, one.metric.metric_id, one.observed_at) not in on_time
        }
    )  # fmt: skip
    if late:
        devices, metrics = arrays.int4s([device for device, _ in late]), arrays.int2s([metric for _, metric in late])
        queries.windows_again(connection, devices=devices, metrics=metrics)


def thinned(asked: Iterable[WindowAsked]) -> Iterator[WindowAsked]:
    """Of a backlog the newest, and before it the last of each slice: a window each reading would be read a thousand times."""
    ordered = sorted(asked, key=lambda one: (*_subject(one), one.key.until))
    for _, group in groupby(ordered, key=_subject):
        for one, after in pairwise((*group, None)):
            if one and (after is None or _slice(one) != _slice(after) or (one.anyhow and one.key.until != after.key.until)):
                yield one


def _subject(one: WindowAsked) -> tuple[Any, ...]:
    key = one.key
    return key.device_id, key.metric_id, key.span, key.each or timedelta(0), key.qualities


def _slice(one: WindowAsked) -> int:
    return (one.key.until - _EPOCH) // _width(one.key.span)


def _width(span: timedelta) -> timedelta:
    return span / LOOKS


def _columns(windows: list[WindowAsked]) -> dict[str, Any]:
    """The parameters of `windows_read`."""
    keys = [one.key for one in windows]
    eaches = [key.each.total_seconds() if key.each else 0.0 for key in keys]
    return {
        "devices": arrays.int4s([key.device_id for key in keys]),
        "metrics": arrays.int2s([key.metric_id for key in keys]),
        "untils": arrays.timestamps([key.until for key in keys]),
        "spans": arrays.int4s([int(key.span.total_seconds()) for key in keys]),
        "eaches": arrays.int4s([int(each) for each in eaches]),
        "masks": arrays.int4s([sum(1 << QUALITY_CODE[Quality(word)] for word in key.qualities) for key in keys]),
        "widths": arrays.float8s([_width(key.span).total_seconds() for key in keys]),
        # Who reports every hour does so a moment early or late; two that are closer than half an interval are neighbours all the same.
        "slacks": arrays.float8s([min(each / 60, one.interval.total_seconds() / 2) for each, one in zip(eaches, windows, strict=True)]),
        "anyhows": arrays.int2s([int(one.anyhow) for one in windows]),
        "earliest": min(key.until - key.span for key in keys),
    }


def forget(connection: Connection, now: datetime) -> int:
    """Drop what is older than every span; returns rows."""
    return int(queries.windows_forget(connection, before=now - 2 * LONGEST_SPAN))
