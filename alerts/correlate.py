"""Joins alerts and reports about the same thing into incidents: by place, time and class, each with its reason. Pure.

Never joins a drill with the real, nor what came as history, nor what a person took apart. Distance is measured to the
incident's own place, not to its parts, so that a row of neighbours never chains half a city into one incident.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from core.incident_config import IncidentConfig, Reach
from geodata.near import Tiles, distance_m

OPENS_ALONE = 3  # severity 1…3 is worth an incident by itself
Like = Literal["opens", "same", "compatible", "report", "parent"]


@dataclass(frozen=True, slots=True)
class Part:
    """An alert or a report. It lasts from `since` to `until`; an active alert lasts until now.

    `spread_m`: how wrong its place may be. `apart`: incidents that a person took it out of. `parent`: the incident of what inhibits it.
    """

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
    spread_m: float = 0.0
    apart: frozenset[int] = frozenset()
    parent: int | None = None


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
    spread_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part is in its incident: how far from its place in metres, how long after or before what it covers, and what was allowed.

    `report`: one of the two was raised by the other. `parent`: what inhibits it is in the incident. `opens`: the incident began with it.
    """

    like: Like
    distance_m: float | None = None
    apart: timedelta = timedelta(0)
    radius_m: float | None = None
    window: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Joining:
    """Parts that enter an incident, and why each; None opens a new one at the place and of the class of the first that has them."""

    incident_id: int | None
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def place(self) -> Part:
        """The part where a new incident stands."""
        return next((part for part in self.parts if _is_placed(part)), self.parts[0])

    @property
    def worst(self) -> Part:
        """The part that names a new incident."""
        return min(self.parts, key=lambda part: (part.severity, part.since, part.kind, part.part_id))


def correlate(pending: Sequence[Part], incidents: Sequence[Gathered], config: IncidentConfig) -> list[Joining]:
    """Where each pending part belongs. A part that is minor and alone stays pending; the answer does not depend on their order."""
    waiting = sorted(pending, key=lambda part: (part.since, part.kind, part.part_id))
    table = _Table(config, [*(part.class_code for part in waiting), *(one.class_code for one in incidents)])
    known, others = _Nearby(table), _Nearby(table)
    for incident in incidents:
        known.add(incident)
    if any(part.severity > OPENS_ALONE for part in waiting):  # these look for company
        for part in waiting:
            others.add(_opened(part))
    joined: dict[int, list[tuple[Part, Reason]]] = {}
    for turn, part in enumerate(waiting):
        found = min(known.fitting(part), key=_preference, default=None)
        if found is None and (part.severity <= OPENS_ALONE or _has_company(part, turn, others)):
            found = known.add(_opened(part)), Reason("opens")
        if found is not None:
            place, reason = found
            known.grow(place, part)
            joined.setdefault(place, []).append((part, reason))
    return [_joining(known.all[place].incident_id, pairs) for place, pairs in joined.items()]


def _joining(incident_id: int | None, pairs: Sequence[tuple[Part, Reason]]) -> Joining:
    return Joining(incident_id, tuple(part for part, _ in pairs), tuple(reason for _, reason in pairs))


def _preference(fit: tuple[int, Reason]) -> tuple[bool, float, int]:
    """What is known to be one thing comes before what is near; of several the nearest, then the oldest."""
    place, reason = fit
    return reason.like not in ("report", "parent"), reason.distance_m or 0.0, place


def _has_company(part: Part, turn: int, others: "_Nearby") -> bool:
    """Whether a later one of the waiting would join an incident opened by this one."""
    return any(place > turn for place, _ in others.fitting(part))


def _opened(part: Part) -> Gathered:
    return Gathered(None, part.class_code, part.lon, part.lat, part.since, part.until, part.drill, _reports(part), part.spread_m)


def _is_placed(one: Part | Gathered) -> bool:
    return one.lon is not None and one.lat is not None and one.class_code is not None


def _reports(part: Part) -> frozenset[int]:
    report_id = part.part_id if part.kind == "report" else part.report_id
    return frozenset() if report_id is None else frozenset({report_id})


class _Table:
    """The configuration's table, spread out for the classes at hand."""

    def __init__(self, config: IncidentConfig, classes: Sequence[str | None]) -> None:
        self.rows = config.table({code for code in classes if code is not None})
        self.reach_m = config.widest.radius_m

    def partners(self, code: str | None) -> dict[str, Reach]:
        """The classes that may be one incident with this one. What has no class is like nothing."""
        return self.rows.get(code, {}) if code is not None else {}


class _Nearby:
    """Incidents by class and tile, and by report: hundreds that wait are not compared with thousands that are far."""

    def __init__(self, table: _Table) -> None:
        self.all: list[Gathered] = []
        self._table = table
        self._tiles: Tiles[int] = Tiles(table.reach_m)
        self._by_report: dict[int, list[int]] = defaultdict(list)
        self._by_id: dict[int, int] = {}

    def add(self, incident: Gathered) -> int:
        place = len(self.all)
        self.all.append(incident)
        if incident.incident_id is not None:
            self._by_id[incident.incident_id] = place
        self._lay(place, incident)
        for report_id in incident.report_ids:
            self._by_report[report_id].append(place)
        return place

    def grow(self, place: int, part: Part) -> None:
        old = self.all[place]
        since, until = min(old.since, part.since), max(old.until, part.until)
        grown = replace(old, since=since, until=until, report_ids=old.report_ids | _reports(part))
        if not _is_placed(old) and _is_placed(part):
            grown = replace(grown, class_code=part.class_code, lon=part.lon, lat=part.lat, spread_m=part.spread_m)
            self._lay(place, grown)
        self.all[place] = grown
        for report_id in _reports(part) - old.report_ids:
            self._by_report[report_id].append(place)

    def _lay(self, place: int, incident: Gathered) -> None:
        if incident.lon is not None and incident.lat is not None and incident.class_code is not None:
            self._tiles.add(incident.lon, incident.lat, place, (incident.class_code, incident.drill))

    def fitting(self, part: Part) -> Iterator[tuple[int, Reason]]:
        """Places of all incidents that the part may join, and why."""
        for place, reason in self._linked(part):
            incident = self.all[place]
            if part.drill == incident.drill and incident.incident_id not in part.apart:
                yield place, reason
        if part.lon is None or part.lat is None:
            return
        for code, reach in self._table.partners(part.class_code).items():
            for place in self._tiles.near(part.lon, part.lat, (code, part.drill)):
                near = _near(part, self.all[place], reach)
                if near is not None:
                    yield place, near

    def _linked(self, part: Part) -> Iterator[tuple[int, Reason]]:
        if part.parent in self._by_id:
            yield self._by_id[part.parent], Reason("parent")
        for report_id in _reports(part):
            for place in self._by_report.get(report_id, ()):
                yield place, Reason("report")


def _near(part: Part, incident: Gathered, reach: Reach) -> Reason | None:
    """The reason, if place and time are near enough; the less exact of two places widens the radius."""
    apart = max(part.since - incident.until, incident.since - part.until, timedelta(0))
    if apart > reach.window or incident.incident_id in part.apart:
        return None
    radius = reach.radius_m + max(part.spread_m, incident.spread_m)
    metres = distance_m(part.lon, part.lat, incident.lon, incident.lat)
    return Reason(reach.like, metres, apart, radius, reach.window) if metres <= radius else None


def horizon(now: datetime, config: IncidentConfig) -> datetime:
    """What was stored before this is joined no more."""
    return now - max(config.widest.window, timedelta(seconds=1))
