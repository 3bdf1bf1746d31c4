"""Whether what a phone says of where and when can be true. Decides the doubts; keeps, shows and refuses nothing.

A phone's clock is not believed: what counts is how long before sending something was done, told by the same clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from core.field_config import Doubt, FieldConfig
from geodata.near import distance_m

_NOISE_M = 200.0  # positions of two moments differ by this in a street of high houses, and nobody moved


@dataclass(frozen=True, slots=True)
class Said:
    """What a phone tells of an act: place in degrees (CGCS2000, equal to WGS-84 here), accuracy in metres, both times by its own clock."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    done_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A known place and the moment somebody was there, or (of a case) the moment before which nobody had a reason to be."""

    lon: float | None
    lat: float | None
    at: datetime | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """`done_at` by the server's clock; metres from the place (None: unknown); seconds that the phone's clock is ahead; the doubts."""

    done_at: datetime
    distance_m: float | None
    clock_off_s: float | None
    doubts: tuple[Doubt, ...]


def judge(said: Said, place: Place, last: Place | None, now: datetime, config: FieldConfig) -> Judged:
    """The doubts about a position said to be at `place`, by one who was last seen at `last`. An unknown place is never far."""
    done_at, off = true_time(said, now)
    away = distance_m(said.lon, said.lat, place.lon, place.lat)
    slack = min(said.accuracy_m or 0.0, config.accuracy_m)
    doubts: list[Doubt] = []
    if said.lon is None:
        doubts.append("no_position")
    elif said.accuracy_m is not None and said.accuracy_m > config.accuracy_m:
        doubts.append("inaccurate")
    if away != inf and away - slack > config.within_m:
        doubts.append("far")
    if last is not None and _too_fast(said, done_at, last, slack, config):
        doubts.append("too_fast")
    if off is not None and abs(off) > config.clock_within.total_seconds():
        doubts.append("clock")
    if place.at is not None and done_at < place.at - config.clock_within:
        doubts.append("early")
    return Judged(done_at, None if away == inf else away, off, tuple(doubts))


def true_time(said: Said, now: datetime) -> tuple[datetime, float | None]:
    """When something was done by our clock, never after now; and by how many seconds the phone's is ahead (None: it did not say)."""
    off = (said.sent_at - now).total_seconds() if said.sent_at else None
    if said.done_at is None:
        return now, off
    return min(now, said.done_at - timedelta(seconds=off or 0.0)), off


def _too_fast(said: Said, done_at: datetime, last: Place, slack: float, config: FieldConfig) -> bool:
    """Both positions are given their inaccuracy; a queue sent late may tell them in any order."""
    if last.at is None:
        return False
    moved = distance_m(said.lon, said.lat, last.lon, last.lat) - slack - (last.accuracy_m or 0.0)
    hours = max(abs((done_at - last.at).total_seconds()), 1.0) / 3600
    return moved != inf and moved > _NOISE_M and moved / 1000 / hours > config.fastest_kmh
