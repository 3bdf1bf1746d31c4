"""What an outlet's discharge permit allows: per metric a limit of the hour's or the day's mean, from one day to another.

Decides whether a mean keeps its limit and by how many times it exceeds it. Never averages, never turns units.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Average = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class PermitLimit:
    """`most` and `least` in `unit` (empty: the city's own) for the means of an `average`; `since` and `until` are days, both included."""

    metric: str
    average: Average
    most: float | None
    least: float | None = None
    unit: str = ""
    permit: str | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`factor`: times the limit by which it is exceeded (below zero: room that is left); None where a range has none."""

    within: bool
    factor: float | None


def exceedance(value: float, most: float) -> float:
    """超标倍数: (value − limit) / limit. Raises `ValueError` for a limit that is not above zero."""
    if most <= 0:
        raise ValueError(f"nothing is a multiple of the limit {most:g}")
    return value / most - 1


def judge(value: float, most: float | None, least: float | None = None) -> Verdict:
    """A mean against its limit; the limit itself is kept. A range (pH) and a lower limit have no factor, as in 环办〔2011〕22号."""
    within = (most is None or value <= most) and (least is None or value >= least)
    return Verdict(within, exceedance(value, most) if most is not None and most > 0 and least is None else None)
