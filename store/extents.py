"""Warnings with the ground they are for, and places where things happened within a span. Reads only; draws and judges nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.model import Scope
from geodata.near import circle
from store.timescale import Connection, prefixes, queries

MOST_WARNINGS = 200
MOST_PLACES = 20_000
LONGEST = timedelta(days=62)  # a warning that nobody ended by then is a mistake of its feed's
_READERS = {"alerts": "extents_alerts", "cases": "extents_cases", "complaints": "extents_complaints"}
KINDS = tuple(_READERS)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things happened: `places` are (lon, lat, number), `unplaced` how many have no place, `drills` how many were played."""

    places: tuple[tuple[float, float, int], ...]
    unplaced: int
    drills: int
    whole: bool


def read_warnings(connection: Connection, scope: Scope, area: str, at: datetime) -> dict[str, Any]:
    """In force at a moment, the gravest first. `ground` says where its `geometry` is from: told by it, or that of its `area` in `areas`."""
    rows = queries.extents_warnings(
        connection, at=at, since=at - LONGEST, areas=prefixes(scope), area=f"{area}%", area_code=area, limit=MOST_WARNINGS
    )
    warnings = [_grounded(dict(row)) for row in rows]
    codes = {row["area"] for row in warnings if row["ground"] == "area"}
    shapes = {row["code"]: row["geometry"] for row in queries.extents_areas(connection, codes=sorted(codes))} if codes else {}
    return {"at": at, "warnings": warnings, "areas": shapes}


def _grounded(row: dict[str, Any]) -> dict[str, Any]:
    """Polygons and circles of a warning are one shape; without any its ground is the area it is for."""
    polygons = _polygons(row.pop("geometry") or {})
    polygons += [[circle(one["lon"], one["lat"], one["radius_m"])] for one in row.pop("circles") or () if one["radius_m"] > 0]
    told = {"type": "MultiPolygon", "coordinates": polygons} if polygons else None
    return {**row, "ground": "told" if told else "area", "geometry": told}


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    if geometry.get("type") == "MultiPolygon":
        return list(geometry["coordinates"])
    return [geometry["coordinates"]] if geometry.get("type") == "Polygon" else []


def read_places(connection: Connection, scope: Scope, kind: str, area: str, since: datetime, until: datetime) -> Places:
    """Where alerts were raised, cases opened or complaints made in (since, until], the most frequent places first."""
    read = getattr(queries, _READERS[kind])
    rows = list(read(connection, since=since, until=until, areas=prefixes(scope), area=f"{area}%", limit=MOST_PLACES))
    placed = tuple((row["lon"], row["lat"], row["n"]) for row in rows if row["lon"] is not None and row["lat"] is not None and row["n"])
    unplaced = sum(row["n"] for row in rows if row["lon"] is None or row["lat"] is None)
    return Places(placed, unplaced, sum(row["drills"] for row in rows), len(rows) < MOST_PLACES)
