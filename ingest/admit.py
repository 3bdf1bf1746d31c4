"""Decides which decoded readings, reports and presences may be stored: known device in its sender's area, plausible time, range, kind.

Refused ones become `Rejected` with their reason; their neighbours go on. Pure: the clock is the frame's `received_at`.
"""

import math
from collections.abc import Mapping, Set
from datetime import datetime, timedelta

from core.bounds import NO_BOUNDS, bounds_of
from core.config import Config
from core.facts import KnownDevice, MetricInfo, Valid, ValidReading, ValidReport
from core.model import Decoded, Frame, Presence, Quality, Reading, Reason, Rejected, Report
from core.units import UNCHANGED, Conversion, conversion

_TICK = timedelta(microseconds=1)
_LARGEST = 1e100  # nothing a city measures comes near; sums of squares of what lies below still are numbers

Problem = tuple[Reason, str]


def admit(
    decoded: Decoded, devices: Mapping[str, KnownDevice], metrics: Mapping[str, MetricInfo], config: Config, now: datetime,
    astray: Set[tuple[int, str]] = frozenset(),
) -> Valid:  # fmt: skip
    """Sort a batch into what will be stored and what is refused.

    `devices` and `metrics` hold all that are known (or were just adopted); a device missing there is refused, as is one
    outside its sender's area: by where it is registered, or `astray` (frame, device) by where it says it is. A metric
    missing there is one the catalogue has no room for (`ingest.most_metrics`).
    A device that measures in a unit of its own is stored in the city's; units that have no conversion are refused.
    Readings without a time get the frame's `received_at`, made distinct by microseconds within the batch.
    """
    valid = Valid(rejected=list(decoded.rejected))
    windows, items = _Windows(config, now), _Items(decoded)
    _admit_readings(decoded, devices, metrics, config, astray, windows, items, valid)
    _admit_reports(decoded, now - config.ingest.live_for, windows, items, valid)
    _admit_presences(decoded, devices, valid)
    return valid


def _admit_readings(
    decoded: Decoded, devices: Mapping[str, KnownDevice], metrics: Mapping[str, MetricInfo], config: Config,
    astray: Set[tuple[int, str]], windows: "_Windows", items: "_Items", valid: Valid,
) -> None:  # fmt: skip
    last, bounds, timeless = -1, NO_BOUNDS, _Timeless()
    for index, reading in decoded.readings:
        frame = decoded.frames[index]
        if index != last:
            last, bounds = index, bounds_of(frame)
        item = items.next(index) if frame.peer else None  # only who waits for an answer is told which one was refused
        device = devices.get(reading.device)
        stray = bool(astray) and (index, reading.device) in astray
        problem: Problem | None
        if device is None and not stray:
            problem = Reason.UNKNOWN_DEVICE, f"device '{reading.device}' is not registered"
        elif device is None or stray or not device.area.startswith(bounds):
            problem = Reason.AREA, _outside(reading.device, bounds)
        elif (metric := metrics.get(device.names.get(reading.metric, reading.metric))) is None:
            problem = Reason.UNSUPPORTED, _no_room(reading, config)
        else:
            turn = conversion(device.units.get(reading.metric, ""), metric.unit) if device.units else UNCHANGED
            problem = _problem(reading, device, metric, turn) or windows.problem(reading.observed_at, frame)
            if problem is None:
                valid.readings.append(ValidReading(
                    index, device, metric, reading.observed_at or timeless.next(frame, device, metric), frame.received_at,
                    _quality(reading), reading.value if turn is UNCHANGED or turn is None else _turned(reading.value, turn),
                    reading.text if metric.is_text else None, frame.feed, reading, item,
                ))  # fmt: skip
                continue
        valid.rejected.append((index, _refusal(frame, *problem, reading, item)))


def _quality(reading: Reading) -> Quality:
    """A good one that lacks its time, or else its value, says so."""
    if reading.quality is not Quality.GOOD:
        return reading.quality
    if reading.observed_at is None:
        return Quality.NO_TIME
    return Quality.MISSING if reading.value is None and reading.text is None else Quality.GOOD


def _admit_reports(decoded: Decoded, live_from: datetime, windows: "_Windows", items: "_Items", valid: Valid) -> None:
    """Those observed before `live_from` are history."""
    for index, report in decoded.reports:
        frame = decoded.frames[index]
        item = items.next(index) if frame.peer else None
        if problem := windows.problem(report.observed_at, frame):
            valid.rejected.append((index, _refusal(frame, *problem, report, item)))
        else:
            valid.reports.append(ValidReport(index, report, frame.received_at, frame.feed, report.observed_at < live_from, item))


def _admit_presences(decoded: Decoded, devices: Mapping[str, KnownDevice], valid: Valid) -> None:
    """Nobody says of another area's device that it is gone; of devices nobody knows, nothing is kept."""
    for presence in decoded.presences:
        device = devices.get(presence.device)
        if device is None:
            continue
        frame = decoded.frames[presence.frame]
        bounds = bounds_of(frame)
        if device.area.startswith(bounds):
            valid.presences.append(presence)
        else:
            valid.rejected.append((presence.frame, _refusal(frame, Reason.AREA, _outside(presence.device, bounds), presence, None)))


def _no_room(reading: Reading, config: Config) -> str:
    return f"'{reading.metric}' is new, and the catalogue holds the {config.ingest.most_metrics} metrics it may"


def _outside(device: str, bounds: tuple[str, ...]) -> str:
    return f"device '{device}' is outside {', '.join(bounds)}, for which its sender speaks"


def _problem(reading: Reading, device: KnownDevice, metric: MetricInfo, turn: Conversion | None) -> Problem | None:
    value = reading.value
    if reading.text is not None and not metric.is_text:
        return Reason.TYPE, f"'{reading.metric}' takes numbers, not the text '{reading.text[:40]}'"
    if value is None:
        return None
    if not math.isfinite(value):
        return Reason.TYPE, f"{value} is no number"
    if turn is None:
        return Reason.TYPE, f"{reading.metric}: '{device.units[reading.metric]}' of this device cannot become the city's '{metric.unit}'"
    low, high = metric.min, metric.max
    own = device.limits.get(reading.metric)
    if own:
        # As the device tells it, in its own unit; a side it does not limit is the city's to limit.
        if (own[0] is not None and value < own[0]) or (own[1] is not None and value > own[1]):
            return Reason.RANGE, f"{reading.metric} = {value:g}{_unit(device, reading)} is outside {own[0]} … {own[1]} of this device"
        low, high = low if own[0] is None else None, high if own[1] is None else None
    turned = value if turn is UNCHANGED else _turned(value, turn)
    if turned is not None and ((low is not None and turned < low) or (high is not None and turned > high)):
        told = "" if turn is UNCHANGED else f" = {value:g}{_unit(device, reading)}"
        return Reason.RANGE, f"{reading.metric}{told} = {turned:g} is outside {low} … {high}"
    if turned is not None and abs(turned) >= _LARGEST:
        return Reason.RANGE, f"{reading.metric} = {turned:g} is outside ±{_LARGEST:g}: no sum could hold it"
    return None


def _unit(device: KnownDevice, reading: Reading) -> str:
    unit = device.units.get(reading.metric)
    return f" {unit}" if unit else ""


def _turned(value: float | None, turn: Conversion) -> float | None:
    """In the city's unit. 4.35 m are 435 cm and not 434.99999999999994: a threshold stands on the round figure."""
    return None if value is None else float(f"{turn(value):.12g}")


class _Timeless:
    """The times of readings that bring none: that of their receipt, made distinct by microseconds."""

    def __init__(self) -> None:
        self._free: dict[tuple[int, int], datetime] = {}

    def next(self, frame: Frame, device: KnownDevice, metric: MetricInfo) -> datetime:
        key = (device.device_id, metric.metric_id)
        at = max(frame.received_at, self._free.get(key, frame.received_at))
        self._free[key] = at + _TICK
        return at


class _Windows:
    """The accepted times of each feed, worked out once a batch."""

    def __init__(self, config: Config, now: datetime) -> None:
        self._config, self._now = config, now
        self._past: dict[str, timedelta] = {}

    def problem(self, observed_at: datetime | None, frame: Frame) -> Problem | None:
        if observed_at is None:
            return None
        if observed_at > frame.received_at + self._config.ingest.future:
            ahead = (observed_at - frame.received_at).total_seconds()
            return Reason.CLOCK, f"{observed_at.isoformat()} is {ahead:.0f} s ahead of the time of receipt"
        past = self._past.get(frame.feed)
        if past is None:
            feed = self._config.feeds.get(frame.feed)
            past = self._past[frame.feed] = feed.past if feed and feed.past else self._config.ingest.past
        if observed_at < frame.received_at - past:
            return Reason.CLOCK, f"{observed_at.isoformat()} is older than the {past.days} days this feed may go back"
        return None


class _Items:
    """The place of each reading or report in the list its frame brought, for lists of one thing an element."""

    def __init__(self, decoded: Decoded) -> None:
        self._refused = {index: {place for place in places if place is not None} for index, places in decoded.refused.items()}
        for index, rejected in decoded.rejected:
            if rejected.index is not None:
                self._refused.setdefault(index, set()).add(rejected.index)
        self._next: dict[int, int] = {}

    def next(self, index: int) -> int:
        item = self._next.get(index, 0)
        refused = self._refused.get(index)
        while refused and item in refused:
            item += 1
        self._next[index] = item + 1
        return item


def _refusal(frame: Frame, reason: Reason, detail: str, what: Reading | Report | Presence, item: int | None) -> Rejected:
    device = None if isinstance(what, Report) else what.device
    raw = frame.payload if len(frame.payload) <= 4096 else repr(what).encode()
    return Rejected(frame.feed, reason, detail, raw, frame.received_at, device, item)
