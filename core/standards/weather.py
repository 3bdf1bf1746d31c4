"""Weather warning signals (CMA): which colour a measured rain, wind or temperature alone would ask for, and what a colour means.

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
HOT = 35  # ℃: the day's highest temperature from which on heat counts
# 大风, as wind already blows: force of the mean wind or of a gust from which on each colour is asked for.
GALE: tuple[tuple[str, int, int], ...] = (("红", 12, 13), ("橙", 10, 11), ("黄", 8, 9), ("蓝", 6, 7))
# Lower ends of the forces 1 … 17 in m/s (GB/T 28591, the Beaufort scale as extended).
_FORCES = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1)


def wind_force(speed: float) -> int:
    """Force 0 … 17 of a wind in m/s, taken to one decimal as the scale is. Raises `ValueError` below zero."""
    if not speed >= 0:
        raise ValueError(f"a wind of {speed:g} m/s")
    return sum(round(speed, 1) >= least for least in _FORCES)


def wind_signal(mean: float | None, gust: float | None) -> str | None:
    """大风: the most severe colour that the mean wind or the gust (m/s) reached; None is a wind not measured, which asks for nothing."""
    mean_force, gust_force = (-1 if speed is None else wind_force(speed) for speed in (mean, gust))
    return next((colour for colour, of_mean, of_gust in GALE if mean_force >= of_mean or gust_force >= of_gust), None)


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
    return "黄" if len(last_three) == 3 and min(last_three) >= HOT else None
