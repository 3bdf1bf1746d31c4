"""Joins alerts and reports about the same thing into incidents: by place, time and class. Pure.

Never joins a drill with the real, nor what came as history. Distance is measured to the incident's own place, not to its
parts, so that a row of neighbours never chains half a city into one incident.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from core.config import IncidentConfig

OPENS_ALONE = 3  # severity 1…3 is worth an incident by itself
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Part:
    """An alert or a report. It lasts from `since` to `until`; an active alert lasts until now."""

    kind: Literal["alert", "report"]
    part_id: int
    title: str
    class_code: str | None
    domain: str | None
    severity: int
    area: str
    cell_id: int | None
    lon: float | None
    lat: float | None
    since: datetime
    until: datetime
    drill: bool
    simulated: bool
    report_id: int | None = None  # of an alert that a report raised: the two are one thing wherever they are


@dataclass(frozen=True, slots=True)
class Gathered:
    """An open incident; `report_ids` are its reports and those behind its alerts. `incident_id` None: yet to be opened."""

    incident_id: int | None
    class_code: str | None
    lon: float | None
    lat: float | None
    since: datetime
    until: datetime
    drill: bool
    report_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Joining:
    """Parts that enter an incident; None opens a new one. `worst` gives it title, class and place when it opens."""

    incident_id: int | None
    parts: tuple[Part, ...]

    @property
    def worst(self) -> Part:
        return min(self.parts, key=lambda part: (part.severity, part.since, part.kind, part.part_id))


def correlate(pending: Sequence[Part], incidents: Sequence[Gathered], config: IncidentConfig) -> list[Joining]:
    """Where each pending part belongs. A part that is minor and alone stays pending; the answer does not depend on their order."""
    waiting = sorted(pending, key=lambda part: (part.since, part.kind, part.part_id))
    known = list(incidents)
    joined: dict[int, list[Part]] = {}
    for place, part in enumerate(waiting):
        found = _nearest(part, known, config)
        if found is None and (part.severity <= OPENS_ALONE or _has_company(part, waiting[place + 1 :], config)):
            known.append(_opened(part))
            found = len(known) - 1
        if found is not None:
            known[found] = _grown(known[found], part)
            joined.setdefault(found, []).append(part)
    return [Joining(known[place].incident_id, tuple(parts)) for place, parts in joined.items()]


def _has_company(part: Part, others: Sequence[Part], config: IncidentConfig) -> bool:
    return any(_matches(other, _opened(part), config) for other in others)


def _opened(part: Part) -> Gathered:
    return Gathered(None, part.class_code, part.lon, part.lat, part.since, part.until, part.drill, _reports(part))


def _grown(incident: Gathered, part: Part) -> Gathered:
    since, until = min(incident.since, part.since), max(incident.until, part.until)
    return replace(incident, since=since, until=until, report_ids=incident.report_ids | _reports(part))


def _reports(part: Part) -> frozenset[int]:
    report_id = part.part_id if part.kind == "report" else part.report_id
    return frozenset() if report_id is None else frozenset({report_id})


def _nearest(part: Part, incidents: Sequence[Gathered], config: IncidentConfig) -> int | None:
    """The place in the list of the nearest incident the part belongs to; one it is linked with before all others."""
    fitting = [(_distance(part, incident), place) for place, incident in enumerate(incidents) if _matches(part, incident, config)]
    return min(fitting)[1] if fitting else None


def _matches(part: Part, incident: Gathered, config: IncidentConfig) -> bool:
    if part.drill != incident.drill:
        return False
    if _reports(part) & incident.report_ids:
        return True
    apart = max(part.since - incident.until, incident.since - part.until)
    alike = compatible(part.class_code, incident.class_code, config)
    return alike and apart <= config.window and _distance(part, incident) <= config.radius_m


def compatible(one: str | None, other: str | None, config: IncidentConfig) -> bool:
    """The same class, or two of one group of the configuration. What has no class is like nothing."""
    if one is None or other is None:
        return False
    return one == other or any(one in group and other in group for group in config.compatible)


def _distance(part: Part, incident: Gathered) -> float:
    """Metres; 0 where a report links the two, infinite where a place is unknown."""
    if _reports(part) & incident.report_ids:
        return 0.0
    if part.lon is None or part.lat is None or incident.lon is None or incident.lat is None:
        return math.inf
    east = (part.lon - incident.lon) * math.cos(math.radians(incident.lat))
    return math.hypot(east, part.lat - incident.lat) * _METRES_PER_DEGREE


def horizon(now: datetime, config: IncidentConfig) -> datetime:
    """What was stored before this is joined no more."""
    return now - max(config.window, timedelta(seconds=1))
