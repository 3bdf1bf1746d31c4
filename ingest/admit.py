"""Decides which decoded readings and reports may be stored: known device, plausible time, range and kind.

Refused ones become `Rejected` with their reason; their neighbours go on. Pure: the clock is the frame's `received_at`.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from core.config import Config
from core.facts import KnownDevice, MetricInfo, Valid, ValidReading, ValidReport
from core.model import Decoded, Frame, Quality, Reading, Reason, Rejected, Report

_TICK = timedelta(microseconds=1)


def admit(decoded: Decoded, devices: Mapping[str, KnownDevice], metrics: Mapping[str, MetricInfo], config: Config, now: datetime) -> Valid:
    """Sort a batch into what will be stored and what is refused.

    `devices` and `metrics` hold all that are known (or were just adopted); a device missing there is refused.
    Readings without a time get the frame's `received_at`, made distinct by microseconds within the batch.
    """
    valid = Valid(rejected=list(decoded.rejected))
    windows, items = _Windows(config, now), _Items(decoded)
    timeless: dict[tuple[int, int], datetime] = {}
    for index, reading in decoded.readings:
        frame = decoded.frames[index]
        item = items.next(index) if frame.peer else None  # only who waits for an answer is told which one was refused
        device = devices.get(reading.device)
        if device is None:
            valid.rejected.append(
                (index, _refusal(frame, Reason.UNKNOWN_DEVICE, f"device '{reading.device}' is not registered", reading, item))
            )
            continue
        if frame.peer and not _in_areas(frame, device):
            valid.rejected.append(
                (index, _refusal(frame, Reason.AREA, f"device '{reading.device}' is outside this token's areas", reading, item))
            )
            continue
        metric = metrics[device.names.get(reading.metric, reading.metric)]
        problem = _problem(reading, device, metric) or windows.problem(reading.observed_at, frame)
        if problem:
            valid.rejected.append((index, _refusal(frame, problem[0], problem[1], reading, item)))
            continue
        observed_at, quality = reading.observed_at, reading.quality
        if observed_at is None:
            key = (device.device_id, metric.metric_id)
            observed_at = max(frame.received_at, timeless.get(key, frame.received_at))
            timeless[key] = observed_at + _TICK
            quality = Quality.NO_TIME if quality is Quality.GOOD else quality
        if reading.value is None and reading.text is None and quality is Quality.GOOD:
            quality = Quality.MISSING
        valid.readings.append(
            ValidReading(
                index,
                device,
                metric,
                observed_at,
                frame.received_at,
                quality,
                reading.value,
                reading.text if metric.is_text else None,
                frame.feed,
                reading,
                item,
            )
        )
    for index, report in decoded.reports:
        frame = decoded.frames[index]
        item = items.next(index) if frame.peer else None
        problem = windows.problem(report.observed_at, frame)
        if problem:
            valid.rejected.append((index, _refusal(frame, problem[0], problem[1], report, item)))
            continue
        history = report.observed_at < now - config.ingest.live_for
        valid.reports.append(ValidReport(index, report, frame.received_at, frame.feed, history, item))
    return valid


def _problem(reading: Reading, device: KnownDevice, metric: MetricInfo) -> tuple[Reason, str] | None:
    value = reading.value
    if reading.text is not None and not metric.is_text:
        return Reason.TYPE, f"'{reading.metric}' takes numbers, not the text '{reading.text[:40]}'"
    if value is None:
        return None
    if not math.isfinite(value):
        return Reason.TYPE, f"{value} is no number"
    low, high = device.limits.get(reading.metric) or (metric.min, metric.max)
    if (low is not None and value < low) or (high is not None and value > high):
        return Reason.RANGE, f"{reading.metric} = {value:g} is outside {low} … {high}"
    return None


class _Windows:
    """The accepted times of each feed, worked out once a batch."""

    def __init__(self, config: Config, now: datetime) -> None:
        self._config, self._now = config, now
        self._past: dict[str, timedelta] = {}

    def problem(self, observed_at: datetime | None, frame: Frame) -> tuple[Reason, str] | None:
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
        self._refused: dict[int, set[int]] = {}
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


def _in_areas(frame: Frame, device: KnownDevice) -> bool:
    """HTTP frames carry the areas of their token; a broker's account is bound by its own access list."""
    if not frame.peer.startswith("areas:"):
        return True
    return any(device.area.startswith(area) for area in frame.peer.removeprefix("areas:").split(","))


def _refusal(frame: Frame, reason: Reason, detail: str, what: Reading | Report, item: int | None) -> Rejected:
    device = what.device if isinstance(what, Reading) else None
    raw = frame.payload if len(frame.payload) <= 4096 else repr(what).encode()
    return Rejected(frame.feed, reason, detail, raw, frame.received_at, device, item)
