"""Judges an hour of a device by what was counted of it: how complete, how much of it can be used, what is stuck.

Pure. Never changes a value: a judged reading keeps the quality it was stored with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]
# A kind varies when at least this many others were heard, and at least this share of them changed within the limit.
_OTHERS, _SHARE = 2, 0.5
_LEAST_TO_BE_STUCK = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """A metric of a device in an hour of observation. `good`: values that can be trusted; `low`, `high` and the rest are of these."""

    metric_id: int
    received: int = 0
    good: int = 0
    nulls: int = 0
    flagged: int = 0
    ranged: int = 0  # of the flagged: the device itself calls it out of range
    late: int = 0
    jumps: int = 0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """All devices of one metric: how many spoke in or since the hour, and how many of them changed within the metric's limit."""

    spoke: int
    varied: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A device's hour. `usable` and `completeness` are 0 … 1, None where nothing was expected because nobody listened."""

    expected: float
    received: int
    usable: float | None
    completeness: float | None
    nulls: int
    flagged: int
    ranged: int
    late: int
    jumps: int
    stuck: int


def heard_share(hour: datetime, deaf: Sequence[Span]) -> float:
    """The share of an hour, 0 … 1, in which somebody listened; `deaf`: when nobody did, in any order, also overlapping."""
    lost = sum((end - start for start, end in _merged(_within(deaf, hour))), timedelta(0))
    return 1 - lost / HOUR


def deaf_everywhere(hour: datetime, by_feed: Sequence[Sequence[Span]]) -> list[Span]:
    """When nobody listened to any feed: what a device lost of which it is not known where it speaks. Without feeds nothing is known."""
    if not by_feed:
        return []
    common: list[Span] = [(hour, hour + HOUR)]
    for spans in by_feed:
        each = _merged(_within(spans, hour))
        met = [(max(a, c), min(b, d)) for a, b in common for c, d in each]
        common = [(start, end) for start, end in met if start < end]
    return common


def _within(spans: Sequence[Span], hour: datetime) -> list[Span]:
    clipped = ((max(start, hour), min(end, hour + HOUR)) for start, end in spans)
    return [(start, end) for start, end in clipped if start < end]


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Without overlaps, in order."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def expected(interval: timedelta, share: float) -> float:
    """Readings of one metric in an hour of which `share` was heard. Devices slower than an hour are held to one."""
    if share <= 0:
        return 0.0
    return max(1.0, share * (HOUR / interval))


def may_be_stuck(counted: Counted, kind: Kind | None) -> bool:
    """Whether it is worth asking how long a metric has had its value: it kept it all hour, while others of its kind varied.

    `kind` counts this device too, as one that spoke and did not vary.
    """
    if counted.good < _LEAST_TO_BE_STUCK or counted.low != counted.high or kind is None:
        return False
    others = kind.spoke - 1
    return others >= _OTHERS and kind.varied >= others * _SHARE


def judge(metrics: Sequence[Counted], each: float, stuck: Mapping[int, bool]) -> Judged:
    """Fold a device's metrics. `each`: readings expected of one metric; `stuck`: by metric_id.

    Usable is what came, is a trusted value, did not jump and is not stuck, as a share of what was expected; more than
    expected counts as all. A device of which no metric is known yet is held to one.
    """
    held = [0.0 if stuck.get(one.metric_id) else min(each, max(0.0, float(one.good - one.jumps))) for one in metrics]
    came = [min(each, float(one.received)) for one in metrics]
    total = each * max(1, len(metrics))
    return Judged(
        expected=total,
        received=sum(one.received for one in metrics),
        usable=sum(held) / total if total else None,
        completeness=sum(came) / total if total else None,
        nulls=sum(one.nulls for one in metrics),
        flagged=sum(one.flagged for one in metrics),
        ranged=sum(one.ranged for one in metrics),
        late=sum(one.late for one in metrics),
        jumps=sum(one.jumps for one in metrics),
        stuck=sum(stuck.get(one.metric_id, False) for one in metrics),
    )
