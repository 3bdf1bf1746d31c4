"""What people look for on the map, by its name or number or by its distance. Reads only, and only what the asker's areas hold.

Where somebody is, is told to who keeps patrols and to nobody else (`store.patrols`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from core.model import Scope
from geodata.near import METRES_PER_DEGREE, distance_m
from store import resources
from store.lists import MOST, Filter
from store.patrols import READS_TRACKS
from store.timescale import Connection, prefixes, queries

FRESH = timedelta(minutes=30)  # a position older than this says where somebody was
MEASURED = 2_000  # of one kind in the circle's box; beyond it the nearest are told, and that there are more
_CASE_DIGITS = 19


def find_named(connection: Connection, scope: Scope, words: str, limit: int) -> list[dict[str, Any]]:
    """Areas, cells, devices, cameras, cases and incidents that are called so, at most `limit` of each `kind`."""
    word = words.strip().lower()
    digits = word if word.isascii() and word.isdigit() else ""
    asked: dict[str, Any] = {"words": word, "areas": prefixes(scope), "limit": limit}
    low, high = (digits.ljust(_CASE_DIGITS, end) if 6 <= len(digits) <= _CASE_DIGITS else None for end in "09")
    number = int(digits) if 0 < len(digits) < 19 else None
    found: list[tuple[str, Iterable[Mapping[str, Any]]]] = [
        ("area", queries.map_areas(connection, **asked)),
        ("cell", queries.map_cells(connection, code=words.strip(), **asked) if len(digits) >= 6 else ()),
        ("incident", queries.map_incidents(connection, number=number, **asked)),
        ("case", queries.map_cases(connection, low=low, high=high, **asked)),
        ("device", queries.map_devices(connection, **asked)),
    ]
    return [{"kind": "camera" if row.get("camera") else kind, **_told(row)} for kind, rows in found for row in rows]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "camera" and value is not None}


def find_around(connection: Connection, scope: Scope, place: tuple[float, float], radius_m: float, now: datetime) -> dict[str, Any]:
    """What lies within metres of a place, the nearest first, each with `distance_m`; `more` where a list was cut.

    `people` is None for who may not see where people are.
    """
    box = {**_box(place, radius_m), "areas": prefixes(scope)}
    lists: dict[str, Iterable[Mapping[str, Any]] | None] = {
        "devices": queries.around_devices(connection, drill=False, limit=MEASURED, **box),
        "cameras": queries.around_cameras(connection, limit=MEASURED, **box),
        "cases": queries.map_cases_around(connection, limit=MEASURED, **box),
        "resources": resources.find_near(connection, scope, Filter(), place, radius_m, None),
        "people": queries.map_people_around(connection, since=now - FRESH, **box) if scope.role in READS_TRACKS else None,
    }
    return {name: None if rows is None else _within(rows, place, radius_m) for name, rows in lists.items()}


def _within(rows: Iterable[Mapping[str, Any]], place: tuple[float, float], radius_m: float) -> dict[str, Any]:
    known = list(rows)
    measured = [{**row, "distance_m": round(distance_m(row["lon"], row["lat"], *place), 1)} for row in known]
    near = sorted((row for row in measured if row["distance_m"] <= radius_m), key=lambda row: row["distance_m"])
    return {"rows": near[:MOST], "count": len(near), "more": len(known) >= MEASURED or len(known) == MOST}


def _box(place: tuple[float, float], radius_m: float) -> dict[str, float]:
    lon, lat = place
    squeeze = max(cos(radians(lat)), 0.01)
    north, east = radius_m / METRES_PER_DEGREE, radius_m / METRES_PER_DEGREE / squeeze
    return {"lon": lon, "lat": lat, "squeeze": squeeze, "west": lon - east, "east": lon + east, "south": lat - north, "north": lat + north}
