"""Water levels against a station's own limits: warning, guarantee and highest known level; reservoirs with seasonal limits.

Decides the state of a level and how far it is above or below the limit that decided. Terms and field names: SL 323 (Z, WRZ, GRZ, OBHTZ).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["normal", "fortified", "above_warning", "above_guarantee", "above_highest"]


@dataclass(frozen=True, slots=True)
class RiverLimits:
    """Metres above the datum of the station; None where a station has no such level."""

    warning: float | None
    guarantee: float | None = None
    highest: float | None = None
    fortify: float | None = None


@dataclass(frozen=True, slots=True)
class LevelState:
    """`above` is metres above the limit that decided, or (negative) below the next one when the state is normal; None without any limit."""

    state: State
    above: float | None


@dataclass(frozen=True, slots=True)
class Season:
    """A flood season's limit level; from and until are (month, day), both included, and may pass the end of the year."""

    start: tuple[int, int]
    end: tuple[int, int]
    limit: float

    def holds(self, day: date) -> bool:
        now = (day.month, day.day)
        return self.start <= now <= self.end if self.start <= self.end else now >= self.start or now <= self.end


def river_state(z: float, limits: RiverLimits) -> LevelState:
    """State of a river level `z` (m): a limit reached counts as passed."""
    ladder: tuple[tuple[State, float | None], ...] = (
        ("above_highest", limits.highest),
        ("above_guarantee", limits.guarantee),
        ("above_warning", limits.warning),
        ("fortified", limits.fortify),
    )
    for state, bound in ladder:
        if bound is not None and z >= bound:
            return LevelState(state, round(z - bound, 3))
    lowest = min((bound for _, bound in ladder if bound is not None), default=None)
    return LevelState("normal", None if lowest is None else round(z - lowest, 3))


def reservoir_above(level: float, day: date, seasons: Sequence[Season], normal: float) -> float:
    """Metres above (below: negative) the flood-season limit that holds on a day, or above the normal level outside of every season.

    Of overlapping seasons the lowest limit holds.
    """
    bound = min((season.limit for season in seasons if season.holds(day)), default=normal)
    return round(level - bound, 3)
