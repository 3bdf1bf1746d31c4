"""Which past incidents are most like a present one: same kind, near, at the same season and hour. Pure; the candidates are the store's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geodata.near import distance_m

NEAR_M = 1_000.0
_YEAR_DAYS, _DAY_HOURS = 365.25, 24.0
_OTHER_CLASS = 0.5  # as much as half a kilometre, a quarter of a year or six hours


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident: what, where (degrees), when."""

    incident_id: int
    class_code: str | None
    lon: float
    lat: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why a past incident is like the present: metres, days between their seasons (0 to 183), hours between their times of day (0 to 12).

    `score`: 0 is the same place, season, hour and class; each of the four adds at most 1.
    """

    incident_id: int
    distance_m: float
    season_days: float
    hours: float
    same_class: bool
    score: float


def rank(present: Happening, past: Iterable[Happening], zone: ZoneInfo) -> list[Likeness]:
    """The most alike first; the later of equals."""
    found = [(_likeness(present, one, zone), one.at) for one in past if one.incident_id != present.incident_id]
    return [like for like, at in sorted(found, key=lambda pair: (pair[0].score, -pair[1].timestamp(), pair[0].incident_id))]


def _likeness(present: Happening, one: Happening, zone: ZoneInfo) -> Likeness:
    metres = distance_m(one.lon, one.lat, present.lon, present.lat)
    now, then = present.at.astimezone(zone), one.at.astimezone(zone)
    days = _apart(now.timetuple().tm_yday, then.timetuple().tm_yday, _YEAR_DAYS)
    hours = _apart(now.hour + now.minute / 60, then.hour + then.minute / 60, _DAY_HOURS)
    same = one.class_code == present.class_code
    score = metres / NEAR_M + days / (_YEAR_DAYS / 2) + hours / (_DAY_HOURS / 2) + _OTHER_CLASS * (not same)
    return Likeness(one.incident_id, round(metres, 1), round(days, 1), round(hours, 1), same, round(score, 3))


def _apart(one: float, other: float, round_: float) -> float:
    """The shorter way round a circle."""
    apart = abs(one - other) % round_
    return min(apart, round_ - apart)
