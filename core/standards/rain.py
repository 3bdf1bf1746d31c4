"""Rain: sums over sliding windows, and the grade of a day's rain (GB/T 28592, 24 h).

Decides how much fell in each window and says how complete that is. Never fills a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GRADES: tuple[tuple[float, str], ...] = ((250, "特大暴雨"), (100, "大暴雨"), (50, "暴雨"), (25, "大雨"), (10, "中雨"), (0.1, "小雨"))


@dataclass(frozen=True, slots=True)
class RainSum:
    """`mm` fallen in (until − window, until]; `completeness` 0 … 1: the share of the window's intervals that reported."""

    window: timedelta
    mm: float
    completeness: float


def sums(
    fallen: Sequence[tuple[datetime, float | None]], until: datetime, interval: timedelta, windows: Sequence[timedelta]
) -> list[RainSum]:
    """Rain sums. `fallen` are (end of interval, mm in it), any order, one entry per interval; None: not measured.

    Raises `ValueError` when the interval is not positive or an amount is negative.
    """
    if interval <= timedelta(0):
        raise ValueError(f"an interval of {interval}")
    if any(mm is not None and mm < 0 for _, mm in fallen):
        raise ValueError("rain below zero")
    measured = {at: mm for at, mm in fallen if mm is not None}
    out = []
    for window in windows:
        inside = [mm for at, mm in measured.items() if until - window < at <= until]
        out.append(RainSum(window, round(sum(inside), 3), min(1.0, len(inside) / max(1, round(window / interval)))))
    return out


def grade(mm_in_24h: float) -> str | None:
    """Name of the grade of rain in 24 h; None below 0.1 mm."""
    return next((name for least, name in GRADES if round(mm_in_24h, 1) >= least), None)
