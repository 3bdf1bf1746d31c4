"""Where a report without a position lies, by its address: the gazetteer's surest match, if it is sure enough and where it may be.

Asks what `compose.CityMap` holds in memory, never another machine. Stores nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from core.model import Placement, Position, Report
from geodata.gazetteer_places import Match
from store.registry import Locate


@runtime_checkable
class Finds(Protocol):
    """A `Locate` that also has a gazetteer."""

    def find(self, address: str, area: str) -> Match | None: ...


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Inside the city, degrees in CGCS2000; `told` is what the report's `extra` says of it."""

    area: str
    cell_id: int | None
    lon: float
    lat: float
    told: Mapping[str, Any]


def placed_by(by: str, confidence: float, matched: str) -> dict[str, Any]:
    """What a report's `extra` says of a place that nobody gave: by whom, how sure, and the words of the address that told it."""
    return {"placed_by": by, "place_confidence": round(confidence, 3), "place_matched": matched}


def find_by_address(report: Report, area: str, bounds: Sequence[str], place_from: float, locate: Locate) -> FoundPlace | None:
    """None: no address, not sure enough, or a match outside the city, the area it names (`area`), or what its sender speaks for."""
    if not report.address or not isinstance(locate, Finds):
        return None
    match = locate.find(report.address, area)
    if match is None or match.confidence < place_from:
        return None
    located, lon, lat = locate(Position(match.lon, match.lat))
    where = located.area or ""
    if located.placement is not Placement.INSIDE or not where.startswith(tuple(bounds)) or not where.startswith(area):
        return None
    told = placed_by("gazetteer", match.confidence, match.matched)
    return FoundPlace(where, located.cell_id, match.lon if lon is None else lon, match.lat if lat is None else lat, told)
