"""Joins alerts and reports about the same thing into incidents: by place, time and class. Pure.

Never joins a drill with the real, nor what came as history. Distance is measured to the incident's own place, not to its
parts, so that a row of neighbours never chains half a city into one incident.
"""

import math
from collections import defaultdict
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
    known = _Nearby(config.radius_m)
    others = _Nearby(config.radius_m)
    for incident in incidents:
        known.add(incident)
    for part in waiting:
        others.add(_opened(part))
    joined: dict[int, list[Part]] = {}
    for turn, part in enumerate(waiting):
        fitting = [(_distance(part, known.all[place]), place) for place in known.near(part) if _matches(part, known.all[place], config)]
        found = min(fitting)[1] if fitting else None
        if found is None and (part.severity <= OPENS_ALONE or _has_company(part, turn, others, config)):
            found = known.add(_opened(part))
        if found is not None:
            known.grow(found, part)
            joined.setdefault(found, []).append(part)
    return [Joining(known.all[place].incident_id, tuple(parts)) for place, parts in joined.items()]


def _has_company(part: Part, turn: int, others: "_Nearby", config: IncidentConfig) -> bool:
    """Whether a later one of the waiting would join an incident opened by this one."""
    return any(place > turn and _matches(part, others.all[place], config) for place in others.near(part))


def _opened(part: Part) -> Gathered:
    return Gathered(None, part.class_code, part.lon, part.lat, part.since, part.until, part.drill, _reports(part))


class _Nearby:
    """Incidents by tile of one radius and by report: hundreds that wait are not compared with thousands that are far."""

    def __init__(self, radius_m: float) -> None:
        self._degrees = radius_m / _METRES_PER_DEGREE
        self.all: list[Gathered] = []
        self._tiles: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._by_report: dict[int, list[int]] = defaultdict(list)

    def add(self, incident: Gathered) -> int:
        place = len(self.all)
        self.all.append(incident)
        if incident.lon is not None and incident.lat is not None:
            self._tiles[self._tile(incident.lon, incident.lat)].append(place)
        for report_id in incident.report_ids:
            self._by_report[report_id].append(place)
        return place

    def grow(self, place: int, part: Part) -> None:
        old = self.all[place]
        since, until = min(old.since, part.since), max(old.until, part.until)
        self.all[place] = replace(old, since=since, until=until, report_ids=old.report_ids | _reports(part))
        for report_id in _reports(part) - old.report_ids:
            self._by_report[report_id].append(place)

    def near(self, part: Part) -> set[int]:
        """Places of all that may match; more than do."""
        found = {place for report_id in _reports(part) for place in self._by_report.get(report_id, ())}
        if part.lon is not None and part.lat is not None:
            column, row = self._tile(part.lon, part.lat)
            # A degree of longitude is shorter than one of latitude: beyond 60° north three tiles would not suffice.
            tiles = ((column + east, row + north) for east in (-2, -1, 0, 1, 2) for north in (-1, 0, 1))
            found.update(place for tile in tiles for place in self._tiles.get(tile, ()))
        return found

    def _tile(self, lon: float, lat: float) -> tuple[int, int]:
        return math.floor(lon / self._degrees), math.floor(lat / self._degrees)


def _reports(part: Part) -> frozenset[int]:
    report_id = part.part_id if part.kind == "report" else part.report_id
    return frozenset() if report_id is None else frozenset({report_id})


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
