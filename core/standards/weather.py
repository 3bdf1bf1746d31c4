"""Weather warning signals (CMA): which colour a measured rain or temperature alone would ask for, and what a colour means.

Decides only from figures; the issuer's own signal always comes first, and provinces change thresholds, so they are parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

COLOURS: Mapping[str, int] = {"红": 1, "橙": 2, "黄": 3, "蓝": 4}  # severity 1 … 4


@dataclass(frozen=True, slots=True)
class Signal:
    """`colour` is asked for when `amount` (mm) is reached within `window`."""

    colour: str
    window: timedelta
    amount: float


# CMA order 16: 暴雨 and 暴雪, amounts within the window.
RAINSTORM = (
    Signal("红", timedelta(hours=3), 100),
    Signal("橙", timedelta(hours=3), 50),
    Signal("黄", timedelta(hours=6), 50),
    Signal("蓝", timedelta(hours=12), 50),
)
SNOWSTORM = (
    Signal("红", timedelta(hours=6), 15),
    Signal("橙", timedelta(hours=6), 10),
    Signal("黄", timedelta(hours=12), 6),
    Signal("蓝", timedelta(hours=12), 4),
)


def rain_signal(sums: Mapping[timedelta, float], signals: Sequence[Signal] = RAINSTORM) -> str | None:
    """The most severe colour whose amount was reached; `sums`: window → mm."""
    return next((signal.colour for signal in signals if sums.get(signal.window, 0.0) >= signal.amount), None)


def heat_signal(highest_today: float, highest_before: Sequence[float] = ()) -> str | None:
    """高温: red from 40 ℃, orange from 37 ℃, yellow when today and the two days before reached 35 ℃. `highest_before`: latest first."""
    if highest_today >= 40:
        return "红"
    if highest_today >= 37:
        return "橙"
    last_three = [highest_today, *highest_before[:2]]
    return "黄" if len(last_three) == 3 and min(last_three) >= 35 else None
