"""What moves, at a moment: vehicles by the places they tell, people by the fixes of their patrols. Reads only.

Where somebody is, is told to who keeps patrols and to nobody else (`store.patrols`). What of a way is believed decides `maps.tracks`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from core.map_config import MoversConfig
from core.model import QUALITY_CODE, TRUSTED, Scope
from maps.tracks import Fix, believed, course_deg, pieces
from store.patrols import READS_TRACKS
from store.timescale import Connection, prefixes, queries

MOST = 2_000  # vehicles of an answer
MOST_FIXES = 200_000
_MOST_READINGS = 2_400  # of one vehicle: its place, speed and course each second for ten minutes
_DIGITS = 6  # of a degree: a tenth of a metre
_TOLD = ("id", "name", "area", "drill", "simulated")

Rows = Iterable[Mapping[str, Any]]


def read_vehicles(connection: Connection, scope: Scope, wanted: MoversConfig, area: str, at: datetime) -> dict[str, Any]:
    """`rows` with their trail, the newest first; `gone`: how many more tell their place, but not since `kept`."""
    of = {"areas": prefixes(scope), "area": f"{area}%"}
    fleet = {row["id"]: row for row in queries.movers_vehicles(connection, lon=wanted.lon, limit=MOST, **of)}
    told: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    if fleet:
        for row in queries.movers_fixes(
            connection, devices=list(fleet), lon=wanted.lon, lat=wanted.lat, speed=wanted.speed, course=wanted.course, at=at,
            trusted=[QUALITY_CODE[quality] for quality in TRUSTED], since=at - wanted.kept,
            trail=wanted.trail, each=_MOST_READINGS, limit=MOST_FIXES,
        ):  # fmt: skip
            told[row["id"]].append(row)
    rows = [_vehicle(fleet[number], fixes, wanted, at) for number, fixes in told.items()]
    found = sorted((row for row in rows if row), key=lambda row: row["at"], reverse=True)
    return {"rows": found, "gone": len(fleet) - len(found), "more": len(fleet) >= MOST}


def _vehicle(device: Mapping[str, Any], told: Rows, wanted: MoversConfig, at: datetime) -> dict[str, Any] | None:
    of = {row["at"]: row for row in told}
    way = _way(of.values(), wanted, at)
    if way is None:
        return None
    last = of[way["at"].timestamp()]
    course = way["course"] if last["course"] is None else round(last["course"] % 360, 1)
    return {
        **{name: device[name] for name in _TOLD},
        "device": device["device"],
        "kind": device["kind"],
        **way,
        "course": course,
        "speed": last["speed"],
    }


def read_people(connection: Connection, scope: Scope, wanted: MoversConfig, area: str, at: datetime) -> dict[str, Any] | None:
    """Those on patrol, the last seen first; None for who may not see where people are."""
    if scope.role not in READS_TRACKS:
        return None
    fixes = queries.movers_people(
        connection, areas=prefixes(scope), area=f"{area}%", at=at, since=at - wanted.kept_people, limit=MOST_FIXES
    )
    told: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in fixes:
        told[row["id"], row["patrol"]].append(row)
    rows = [_person(list(one), wanted, at) for one in told.values()]
    return {"rows": sorted((row for row in rows if row), key=lambda row: row["at"], reverse=True)}


def _person(told: list[Mapping[str, Any]], wanted: MoversConfig, at: datetime) -> dict[str, Any] | None:
    way = _way(told, wanted, at)
    if way is None:
        return None
    last = next(row for row in told if row["at"] == way["at"].timestamp())
    return {**{name: last[name] for name in (*_TOLD, "patrol", "title", "accuracy_m")}, **way}


def _way(told: Rows, wanted: MoversConfig, at: datetime) -> dict[str, Any] | None:
    """Place, time, course and trail; None where no fix is believed."""
    fixes = believed(Fix(row["at"], row["lon"], row["lat"]) for row in told if row["lon"] is not None and row["lat"] is not None)
    if not fixes:
        return None
    last = fixes[-1]
    trail = pieces([fix for fix in fixes if fix.at > at.timestamp() - wanted.trail.total_seconds()])
    return {
        "lon": round(last.lon, _DIGITS), "lat": round(last.lat, _DIGITS), "at": datetime.fromtimestamp(last.at, UTC),
        "course": course_deg(fixes), "trail": [[[round(x, _DIGITS), round(y, _DIGITS)] for x, y in line] for line in trail],
    }  # fmt: skip
