"""A patrol: whether a position can be believed, which stops it visits, and how the patrol ends. Pure; geometry in metres on a local plane.

Positions come from a phone, late, vague and sometimes invented: each is kept with its verdict and only good ones count. What share of the
stops must be visited is the patrol's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from core.life_cycle import LifeCycle
from core.organisation_config import PatrolConfig
from geodata.metric import Plane

# `begin`, `complete` and `miss` are the machine's: the first good position, the last stop that was needed, the end of the window.
TABLE: Mapping[str, Mapping[str, str]] = {
    "planned": {"begin": "under_way", "miss": "missed", "cancel": "cancelled"},
    "under_way": {"complete": "done", "miss": "missed", "cancel": "cancelled"},
    "done": {},
    "missed": {"complete": "done"},  # positions of the window may come after it, from a phone that was offline
    "cancelled": {},
}
ROLES: Mapping[str, frozenset[str]] = {"cancel": frozenset({"dispatcher", "duty", "supervisor"})}
NEEDS_NOTE = frozenset({"cancel"})
WALKS = frozenset({"grid_worker", "handler"})
_LIFE = LifeCycle(TABLE, ROLES)
advance, allowed_acts = _LIFE.advance, _LIFE.allowed_acts
_CLOCK_OFF = timedelta(minutes=2)  # phones are not that exact

GOOD, VAGUE, OUTSIDE, FAST, EARLY, LATE, FUTURE = "good", "vague", "outside", "fast", "early", "late", "future"
VERDICTS = (GOOD, VAGUE, OUTSIDE, FAST, EARLY, LATE, FUTURE)


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone says it was: degrees in CGCS2000, `accuracy_m` the radius it is sure of (None: it does not say)."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """The duty grid and the stops in metres on a plane; a stop is a point or a cell."""

    plane: Plane
    grid: BaseGeometry
    stops: tuple[BaseGeometry, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """When positions count."""

    since: datetime
    until: datetime


def ground_of(grid: BaseGeometry, stops: Sequence[BaseGeometry]) -> Ground:
    """Geometries in degrees on a plane of their own; a grid without an outline is its stops."""
    whole = grid if not grid.is_empty else shapely.union_all(np.array(stops, dtype=object))
    west, south, east, north = whole.bounds
    plane = Plane((west + east) / 2, (south + north) / 2)
    return Ground(plane, plane.shape_to_metres(whole), tuple(plane.shape_to_metres(stop) for stop in stops))


def judge_track(
    fixes: Iterable[Fix], last: Fix | None, ground: Ground, window: Window, limits: PatrolConfig, now: datetime
) -> list[tuple[Fix, str]]:
    """Each position with its verdict, by time. `last`: the last good one before. Only good ones are what others are measured from."""
    judged: list[tuple[Fix, str]] = []
    for fix in sorted(fixes, key=lambda fix: fix.at):
        verdict = _verdict(fix, last, ground, window, limits, now)
        judged.append((fix, verdict))
        last = fix if verdict == GOOD else last
    return judged


def _verdict(fix: Fix, last: Fix | None, ground: Ground, window: Window, limits: PatrolConfig, now: datetime) -> str:
    if fix.at > now + _CLOCK_OFF:
        return FUTURE
    if fix.at < window.since:
        return EARLY
    if fix.at > window.until:
        return LATE
    sure = fix.accuracy_m or 0.0
    if sure > limits.vaguest_m:
        return VAGUE
    if ground.grid.distance(_point(fix, ground)) > limits.beyond_m + sure:
        return OUTSIDE
    return FAST if last is not None and _is_too_fast(last, fix, ground, limits) else GOOD


def _is_too_fast(last: Fix, fix: Fix, ground: Ground, limits: PatrolConfig) -> bool:
    """Whether nobody gets there in the time, even if both positions err towards each other."""
    metres = _point(last, ground).distance(_point(fix, ground)) - (last.accuracy_m or 0.0) - (fix.accuracy_m or 0.0)
    return bool(metres > limits.fastest_kmh / 3.6 * abs((fix.at - last.at).total_seconds()))


def _point(fix: Fix, ground: Ground) -> BaseGeometry:
    x, y = ground.plane.to_metres(np.array([fix.lon]), np.array([fix.lat]))
    return shapely.Point(float(x[0]), float(y[0]))


def find_visited(fixes: Iterable[Fix], ground: Ground, limits: PatrolConfig) -> frozenset[int]:
    """Places in `ground.stops` that good positions visit: a cell by standing in it, a point by coming within `near_m`."""
    here = [_point(fix, ground) for fix in fixes]
    return frozenset(
        place
        for place, stop in enumerate(ground.stops)
        if any(point.distance(stop) <= (limits.near_m if stop.geom_type == "Point" else 0) for point in here)
    )


def is_enough(visited: Iterable[int], stops: int, share: float) -> bool:
    """Whether the share of stops that was asked for is reached; half a stop is none."""
    return len(set(visited)) >= share * stops - 1e-9
