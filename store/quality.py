"""Measures closed hours device by device, a portion a transaction, and lists what was found, the worst first.

Runs beside the hot path, never in it: it reads what is stored. What an hour is worth `ingest.quality` decides.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import NotFound
from core.model import QUALITY_CODE, Quality, Scope
from ingest import quality
from ingest.quality import Counted, Kind, Span
from store import day_sums, hours
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

PORTION = 100  # devices a transaction: at 10,000 readings/s of 5,000 devices 720,000 readings
# no_time and estimated values and those written by hand are values; what a device itself calls missing or faulty is not.
GOOD = [QUALITY_CODE[one] for one in (Quality.GOOD, Quality.NO_TIME, Quality.ESTIMATED, Quality.MANUAL)]
_LATELY = timedelta(days=7)  # a metric not heard for longer is no longer expected
_BEFORE = timedelta(hours=6)  # no further back is the value before the hour's first looked for, nor than two intervals
_MOST_REFUSED = 200_000
_RAIN_REACHES, _HEAT_REACHES = 24, 72  # hours whose figures look back to one: sums of rain a day, heat today and two days before
_COLUMNS = ("received", "good", "nulls", "flagged", "late", "jumps", "sum", "min", "max", "energy", "last")


def count_feeds(connection: Connection, now: datetime, counts: Mapping[tuple[str, str], int]) -> None:
    """Add what a process counted of feeds, `{(feed, mark): n}`, to the present hour."""
    if counts:
        keys = sorted(counts)
        queries.quality_count_feeds(
            connection, hour=hours.hour_of(now), feeds=[feed for feed, _ in keys], marks=[mark for _, mark in keys],
            counts=[counts[key] for key in keys],
        )  # fmt: skip


def count_duplicates(connection: Connection, now: datetime, counts: Mapping[int, int]) -> None:
    """Add the readings that came again, `{device_id: n}`, to the present hour: like those refused they are told by when they came."""
    devices = sorted(counts)
    queries.quality_count_duplicates(connection, hour=hours.hour_of(now), devices=devices, counts=[counts[device] for device in devices])


def measure_next(connection: Connection, config: Config, now: datetime) -> bool:
    """Measure the next portion of the oldest hour that is due; False when none is. What changed is put down to be derived."""
    due = hours.next_due(connection, "measure", now)
    if due is None:
        return False
    hour, after = due
    devices = list(queries.quality_portion(connection, after=after, most=PORTION))
    if devices:
        _derive_again(connection, config, hour, _measure(connection, config, hour, devices, now), now)
    if len(devices) < PORTION:
        hours.finish(connection, "measure", hour, now + config.quality.again)
        hours.add(connection, "derive", [hour])
    else:
        hours.advance(connection, "measure", hour, devices[-1]["device_id"])
    return True


def _derive_again(connection: Connection, config: Config, hour: datetime, changed: set[int], now: datetime) -> None:
    """Sums of rain and signals of heat look back: a change of one hour changes those of the hours after it."""
    reaches = {config.derived.temperature: _HEAT_REACHES, config.derived.rain: _RAIN_REACHES}
    known = queries.quality_metrics(connection, metrics=list(reaches), every=False)
    reach = max((reaches[row["metric"]] for row in known if row["metric_id"] in changed), default=0)
    if reach:
        last = hours.hour_of(now - config.quality.settle) - hours.HOUR
        later = [hour + n * hours.HOUR for n in range(1, reach)]
        hours.add(connection, "derive", [one for one in later if one <= last])


def _measure(connection: Connection, config: Config, hour: datetime, devices: Sequence[dict[str, Any]], now: datetime) -> set[int]:
    """Count, judge and keep; returns the metrics of which something changed."""
    names = {row["metric_id"]: row["metric"] for row in queries.quality_metrics(connection, metrics=[], every=True)}
    rows = _count(connection, config, hour, [row["device_id"] for row in devices], names)
    held = _held(connection, config, hour, rows, names)
    refused = _refused(connection, hour, [row["device"] for row in devices])
    again = {
        row["device_id"]: row["count"]
        for row in queries.quality_duplicates(connection, hour=hour, devices=[row["device_id"] for row in devices])
    }
    by_device: dict[int, list[dict[str, Any]]] = {row["device_id"]: [] for row in devices}
    for row in rows:
        by_device[row["device_id"]].append(row)
    shares = _Shares(connection, hour)
    metric_rows, device_rows = [], []
    for device in devices:
        own = by_device[device["device_id"]]
        each = quality.expected(timedelta(seconds=device["interval_s"]), shares.of(device["feed"]))
        stuck = {row["metric_id"]: (row["device_id"], row["metric_id"]) in held for row in own}
        judged = quality.judge([_counted(row) for row in own], each, stuck)
        metric_rows += [_metric_row(row, each, stuck[row["metric_id"]]) for row in own]
        told = {**refused.get(device["device"], {}), "duplicates": again.get(device["device_id"], 0)}
        device_rows.append(_device_row(device, judged, told))
    changed = queries.quality_save_metric(connection, hour=hour, rows=Jsonb(metric_rows))
    found = {row["metric_id"] for row in changed}
    if found:
        day_sums.take_out(connection, hour)
    queries.quality_save_device(connection, hour=hour, now=now, rows=Jsonb(device_rows))
    return found


class _Shares:
    """The share of an hour in which each feed was listened to, by the gaps that are kept."""

    def __init__(self, connection: Connection, hour: datetime) -> None:
        deaf: dict[str, list[Span]] = {}
        for row in queries.quality_deaf(connection, since=hour, until=hour + hours.HOUR):
            spans = deaf.setdefault(row["feed"], [])
            if row["since"] is not None:
                spans.append((row["since"], row["until"]))
        self._of = {feed: quality.heard_share(hour, spans) for feed, spans in deaf.items()}
        self._of_unknown = quality.heard_share(hour, quality.deaf_everywhere(hour, list(deaf.values())))

    def of(self, feed: str | None) -> float:
        """1 where nobody keeps watch over a feed; of a device that was never heard, or is silent, what any feed heard."""
        return self._of_unknown if feed is None else self._of.get(feed, 1.0)


def _counted(row: Mapping[str, Any]) -> Counted:
    names = ("metric_id", "received", "good", "nulls", "flagged", "ranged", "late", "jumps")
    return Counted(**{name: row[name] for name in names}, low=row["min"], high=row["max"])


def _metric_row(row: Mapping[str, Any], each: float, stuck: bool) -> dict[str, Any]:
    last_at = row["last_at"].isoformat() if row["last_at"] else None
    kept = {name: row[name] for name in _COLUMNS}
    return {"device_id": row["device_id"], "metric_id": row["metric_id"], "expected": each, "stuck": stuck, "last_at": last_at, **kept}


def _device_row(device: Mapping[str, Any], judged: quality.Judged, told: Mapping[str, int]) -> dict[str, Any]:
    """`told`: what was counted of it by the hour of receipt."""
    fields = {name: getattr(judged, name) for name in quality.Judged.__slots__ if name != "ranged"}
    of_receipt = {name: told.get(name, 0) for name in ("out_of_range", "future", "refused", "duplicates")}
    of_receipt["out_of_range"] += judged.ranged
    return {"device_id": device["device_id"], **fields, **of_receipt}


def _count(connection: Connection, config: Config, hour: datetime, devices: list[int], names: Mapping[int, str]) -> list[dict[str, Any]]:
    ids = {name: metric_id for metric_id, name in names.items()}
    jumps = {ids[name]: one.jump for name, one in config.quality.metrics.items() if one.jump is not None and name in ids}
    return list(
        queries.quality_measure(
            connection, devices=devices, since=hour, until=hour + hours.HOUR, before=hour - _BEFORE, lately=hour - _LATELY, good=GOOD,
            ranged=QUALITY_CODE[Quality.OUT_OF_RANGE], late=config.quality.late, jumping=list(jumps), jumps=list(jumps.values()),
            noise=ids.get(config.derived.noise, -1),
        )
    )  # fmt: skip


def _held(
    connection: Connection, config: Config, hour: datetime, rows: list[dict[str, Any]], names: Mapping[int, str]
) -> set[tuple[int, int]]:
    """(device_id, metric_id) of what is stuck."""
    limits = {metric_id: config.quality.stuck_after(name) for metric_id, name in names.items()}
    told = queries.quality_kinds(
        connection, metrics=list(limits), limits=list(limits.values()), since=hour, until=hour + hours.HOUR
    )  # fmt: skip
    kinds = {row["metric_id"]: Kind(row["spoke"], row["varied"]) for row in told}
    asked = [row for row in rows if quality.may_be_stuck(_counted(row), kinds.get(row["metric_id"]))]
    if not asked:
        return set()
    answers = queries.quality_held(
        connection, until=hour + hours.HOUR, good=GOOD, devices=[row["device_id"] for row in asked],
        metrics=[row["metric_id"] for row in asked], values=[row["min"] for row in asked],
        limits=[limits[row["metric_id"]] for row in asked],
    )  # fmt: skip
    return {(row["device_id"], row["metric_id"]) for row in answers if row["held"]}


def _refused(connection: Connection, hour: datetime, devices: list[str]) -> dict[str, dict[str, int]]:
    rows = queries.quality_refused(connection, since=hour, until=hour + hours.HOUR, names=devices, most=_MOST_REFUSED)
    return {row.pop("device"): row for row in rows}


def forget_old(connection: Connection, before: datetime) -> int:
    """Drop what was counted before a moment; returns rows."""
    forget = (
        queries.quality_forget_hours, queries.quality_forget_days, queries.quality_forget_devices, queries.quality_forget_feeds,
        queries.quality_forget_duplicates,
    )  # fmt: skip
    return sum(int(one(connection, before=before)) for one in forget)


def latest_hour(connection: Connection, now: datetime) -> datetime | None:
    """The start of the newest hour that was measured, None before the first."""
    hour: datetime | None = queries.quality_latest(connection, now=now)
    return hour


def list_feeds(connection: Connection, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """`{feed: {mark: count}}` of the hours of receipt in [since, until)."""
    found: dict[str, dict[str, int]] = {}
    for row in queries.quality_feeds(connection, since=since, until=until):
        found.setdefault(row["feed"], {})[row["mark"]] = row["count"]
    return found


def list_devices(
    connection: Connection, scope: Scope, wanted: Filter, hour: datetime, after: tuple[float, int] = (-1.0, 0)
) -> list[dict[str, Any]]:
    """Devices of an hour, the least usable first; `after`: where the last page ended."""
    columns = wanted.columns(scope, "domain")
    return list(queries.quality_devices(connection, hour=hour, after_usable=after[0], after_id=after[1], **columns))


def read_totals(connection: Connection, scope: Scope, wanted: Filter, hour: datetime) -> dict[str, Any]:
    """Sums over the devices of an hour; `usable` and `complete` are readings."""
    row: dict[str, Any] = queries.quality_totals(connection, hour=hour, **wanted.columns(scope, "domain"))
    return row


def read_device(connection: Connection, scope: Scope, device: str, since: datetime, until: datetime) -> dict[str, Any]:
    """A device's hours, newest first, and its metrics in the newest of them. Raises `NotFound`."""
    row = queries.readings_device(connection, device=device, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no device '{device}'")
    told = list(queries.quality_of_device(connection, device_id=row["device_id"], since=since, until=until))
    metrics = list(queries.quality_metrics_of_device(connection, device_id=row["device_id"], hour=told[0]["hour"])) if told else []
    return {"device": device, "hours": told, "metrics": metrics}
