"""The risk index of a cell, 0…100: how near devices are to their limits, and what is open nearby (docs/risk-index.md).

Decides what a load and a signal weigh; knows neither cells nor radii.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.config import Rule, ThresholdRule
from core.rule_parts import Level
from projector.kernel import Floats

AT_CLEAR = 60.0
AT_LIMIT = 75.0
REST_GAPS = 4.0  # a device rests when it is this many hysteresis gaps away from its clear limit
NO_HYSTERESIS = 0.1  # the gap, as a share of the limit, of a rule that clears where it rings
SMOOTH = 0.35  # how much of the neighbourhood's mean is added to a cell's peak
OF_SEVERITY: Mapping[int, float] = {1: 100.0, 2: 90.0, 3: 78.0, 4: 62.0, 5: 35.0}
FIRST_WORK = 45.0
FURTHER_WORK = 8.0
MOST_WORK = 77.0  # five open things in a cell weigh about as much as one yellow alert, never more


@dataclass(frozen=True, slots=True)
class Curve:
    """Where a metric rests, where its alarm clears and where it rings; `limit < clear` for a lower limit."""

    rest: float
    clear: float
    limit: float


def strictest(rules: Iterable[Rule], floors: Mapping[str, float | None]) -> dict[str, tuple[Curve, ...]]:
    """Per metric the curve of its lowest upper limit, and of its highest lower limit. `floors`: least plausible value of a metric."""
    above: dict[str, Curve] = {}
    below: dict[str, Curve] = {}
    for rule in rules:
        if not isinstance(rule, ThresholdRule) or not rule.enabled:
            continue
        metric, curve = rule.metric, _curve(rule.limits[0], floors.get(rule.metric))  # the mildest: a graver one lies further out
        if curve.clear < curve.limit and (metric not in above or curve.limit < above[metric].limit):
            above[metric] = curve
        if curve.clear > curve.limit and (metric not in below or curve.limit > below[metric].limit):
            below[metric] = curve
    return {metric: tuple(side[metric] for side in (above, below) if metric in side) for metric in above.keys() | below.keys()}


def _curve(level: Level, floor: float | None) -> Curve:
    limit, side = level.limit, 1.0 if level.above is not None else -1.0
    clear = level.clear
    if clear is None or (limit - clear) * side <= 0:
        clear = limit - side * (NO_HYSTERESIS * abs(limit) or 1.0)
    rest = clear - REST_GAPS * (limit - clear)
    if side > 0 and floor is not None:
        rest = max(rest, min(floor, clear))
    return Curve(rest, clear, limit)


def load(curve: Curve, values: Floats) -> Floats:
    """0 at rest, rising with the square to 60 at the clear limit, then straight to 75 at the limit; beyond it an alert says the rest."""
    span, gap = curve.clear - curve.rest, curve.limit - curve.clear
    part = np.clip((values - curve.rest) / span, 0, 1) if span else np.where(values >= curve.clear, 1.0, 0.0)
    beyond = np.clip((values - curve.clear) / gap, 0, 1)
    return np.asarray(AT_CLEAR * part * part + (AT_LIMIT - AT_CLEAR) * beyond)


def work(count: int) -> float:
    """What open reports and cases in one cell weigh."""
    return min(MOST_WORK, FIRST_WORK + FURTHER_WORK * (count - 1)) if count > 0 else 0.0


def blend(peaks: Floats, means: Floats) -> Floats:
    """`100·(1 − (1 − peak/100)(1 − 0.35·mean/100))`: never below the peak; NaN where no peak is known."""
    return np.asarray(100 * (1 - (1 - peaks / 100) * (1 - SMOOTH * np.nan_to_num(means) / 100)))
