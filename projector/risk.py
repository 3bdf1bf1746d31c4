"""The risk index of a cell, 0…100: how near devices are to their limits, and what is open nearby (docs/risk-index.md).

Decides what a load and a signal weigh; knows neither cells nor radii.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.config import Rule, ThresholdRule
from projector.kernel import Floats

AT_CLEAR = 60.0
AT_LIMIT = 75.0
REST_GAPS = 4.0  # a device rests when it is this many hysteresis gaps away from its clear limit
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
        if not isinstance(rule, ThresholdRule):
            continue
        if rule.above is not None and (rule.metric not in above or rule.above < above[rule.metric].limit):
            floor = floors.get(rule.metric)
            rest = rule.clear - REST_GAPS * (rule.above - rule.clear)
            above[rule.metric] = Curve(rest if floor is None else max(rest, min(floor, rule.clear)), rule.clear, rule.above)
        if rule.below is not None and (rule.metric not in below or rule.below > below[rule.metric].limit):
            below[rule.metric] = Curve(rule.clear + REST_GAPS * (rule.clear - rule.below), rule.clear, rule.below)
    return {metric: tuple(side[metric] for side in (above, below) if metric in side) for metric in above.keys() | below.keys()}


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
