"""What a row of positions says of a way: which fixes are believed, where the line is broken, which way something goes. Pure.

Decides nothing of who may see it. Degrees in one datum, times in epoch seconds, lengths on the plane around (`geodata.near`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from geodata.near import bearing_deg, distance_m

FASTEST_M_S = 60.0  # 216 km/h: nothing that a city sends out drives so
LONGEST_GAP_S = 180.0  # beyond it nobody knows which way was taken
LEAST_M = 8.0  # a receiver that stands still trembles as far
DEAD_DEGREES = 0.01  # a receiver without satellites says 0/0


@dataclass(frozen=True, slots=True)
class Fix:
    """Where something was."""

    at: float
    lon: float
    lat: float


def is_reached(before: Fix, after: Fix) -> bool:
    """Whether one can get from a fix to a later one in their time; a receiver's tremble needs none."""
    metres = distance_m(before.lon, before.lat, after.lon, after.lat)
    return metres <= LEAST_M or metres <= FASTEST_M_S * (after.at - before.at)


def believed(fixes: Iterable[Fix]) -> list[Fix]:
    """In the order of time, each moment once, without dead receivers' 0/0 and without leaps that the next fix does not confirm.

    A leap at the very end has nothing that confirms it yet: it waits. So the last place told is one that two fixes agree on.
    """
    alive = {fix.at: fix for fix in fixes if max(abs(fix.lon), abs(fix.lat)) > DEAD_DEGREES}
    ordered = [alive[at] for at in sorted(alive)]
    kept: list[Fix] = []
    for fix, following in zip_longest(ordered, ordered[1:]):
        if fix is not None and _is_believed(kept[-1] if kept else None, fix, following):
            kept.append(fix)
    return kept


def _is_believed(before: Fix | None, fix: Fix, following: Fix | None) -> bool:
    """A fix that one gets to, or from which one goes on: but not where the next is back at what was known before."""
    if before is None:
        return following is None or is_reached(fix, following)
    if is_reached(before, fix):
        return True
    return following is not None and is_reached(fix, following) and not is_reached(before, following)


def pieces(fixes: Sequence[Fix], longest_gap_s: float = LONGEST_GAP_S) -> list[list[tuple[float, float]]]:
    """Lines to draw, [(lon, lat), …] of two points at least: broken where nobody knows which way was taken."""
    lines: list[list[tuple[float, float]]] = []
    for before, after in pairwise(fixes):
        if after.at - before.at > longest_gap_s or not is_reached(before, after):
            continue
        if lines and lines[-1][-1] == (before.lon, before.lat):
            lines[-1].append((after.lon, after.lat))
        else:
            lines.append([(before.lon, before.lat), (after.lon, after.lat)])
    return lines


def course_deg(fixes: Sequence[Fix]) -> float | None:
    """Which way it goes, degrees clockwise from north, by the last fixes that lie apart; None for what stands still or was seen once."""
    if not fixes:
        return None
    last = fixes[-1]
    for fix in reversed(fixes[:-1]):
        if last.at - fix.at > LONGEST_GAP_S:
            return None
        if distance_m(fix.lon, fix.lat, last.lon, last.lat) > LEAST_M:
            return round(bearing_deg(fix.lon, fix.lat, last.lon, last.lat), 1)
    return None
