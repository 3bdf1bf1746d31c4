"""What the rings of a backtest come to: how often, how long, where, when; and beside what rang and what people said of it. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.backtest import Ring

_TOP = 10
NEAR = timedelta(minutes=2)  # a ring and an alert that miss each other by so little are the same


@dataclass(frozen=True, slots=True)
class Sums:
    """Times in seconds. `by_hour`: rings that began in each hour of the city's day; `by_day`: date → rings, every day of the span.

    `top`: the ten devices that rang most, (device, rings, seconds).
    """

    rings: int
    open: int
    total_s: float
    median_s: float | None
    p95_s: float | None
    longest_s: float | None
    by_severity: dict[int, int]
    by_hour: list[int]
    by_day: list[tuple[str, int]]
    devices: int
    top: list[tuple[str, int, float]]


@dataclass(frozen=True, slots=True)
class Real:
    """An alert of the rule that rang. `until` None: it rings; `verdict`: what people said of it."""

    device: str
    since: datetime
    until: datetime | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Rings that fit a real alert, and those that fit none; of the real ones those it would have missed.

    `judged`: real alerts called real or false that it would ring for again; `false`: those called false. The rest counts alerts it
    would miss: `missed_real` is what that would cost, `missed_false` what it would spare.
    """

    real: int
    matched: int
    unmatched: int
    judged: int
    false: int
    missed: int
    missed_real: int
    missed_false: int

    @property
    def false_share(self) -> float | None:
        """Share 0 … 1 of the judged that were false alarms; None: nobody judged any."""
        return self.false / self.judged if self.judged else None


def sum_up(rings: Sequence[Ring], since: datetime, until: datetime, zone: ZoneInfo) -> Sums:
    """What rings come to between two moments; one that still rings counts until the end."""
    lengths = sorted(_length(ring, until) for ring in rings)
    hours = Counter(ring.since.astimezone(zone).hour for ring in rings)
    days = Counter(ring.since.astimezone(zone).date().isoformat() for ring in rings)
    first, last = since.astimezone(zone).date(), (until - timedelta(microseconds=1)).astimezone(zone).date()
    all_days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    counts: Counter[str] = Counter(ring.device for ring in rings)
    seconds: Counter[str] = Counter()
    for ring in rings:
        seconds[ring.device] += _length(ring, until)  # type: ignore[assignment]
    return Sums(
        len(rings), sum(ring.until is None for ring in rings), sum(lengths), _rank(lengths, 0.5), _rank(lengths, 0.95),
        lengths[-1] if lengths else None, dict(sorted(Counter(ring.severity for ring in rings).items())),
        [hours[hour] for hour in range(24)], [(day, days[day]) for day in all_days], len(counts),
        [(device, counts[device], float(seconds[device])) for device in sorted(counts, key=lambda one: (-counts[one], one))[:_TOP]],
    )  # fmt: skip


def _length(ring: Ring, until: datetime) -> float:
    return ((ring.until or until) - ring.since).total_seconds()


def _rank(ordered: Sequence[float], share: float) -> float | None:
    """The nearest rank: a value that occurred."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def compare(rings: Sequence[Ring], alerts: Sequence[Real], until: datetime) -> Compared:
    """Rings against what rang: a ring fits an alert of the same device when their times touch."""
    of_device: dict[str, list[Ring]] = {}
    for ring in rings:
        of_device.setdefault(ring.device, []).append(ring)
    fitting = [(alert, [ring for ring in of_device.get(alert.device, []) if _touch(ring, alert, until)]) for alert in alerts]
    matched = {id(ring) for _, found in fitting for ring in found}
    again = Counter(alert.verdict for alert, found in fitting if found)
    missed = Counter(alert.verdict for alert, found in fitting if not found)
    return Compared(
        len(alerts), len(matched), len(rings) - len(matched), again["real"] + again["false_alarm"], again["false_alarm"],
        missed.total(), missed["real"], missed["false_alarm"],
    )  # fmt: skip


def _touch(ring: Ring, alert: Real, until: datetime) -> bool:
    return ring.since - NEAR <= (alert.until or until) and alert.since - NEAR <= (ring.until or until)
