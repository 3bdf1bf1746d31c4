"""The duty that places what waits: asks the gazetteer, then the city's own geocoder, for each report with an address and no place.

Never on the path of a report being stored. Composition: decides by `places.place_from` alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from core.config import Config
from core.model import Placement, Position
from geodata.address import fold
from geodata.gazetteer_places import Match
from geodata.geocoder import Geocoded
from geodata.model import Located
from store import waiting
from store.by_address import placed_by
from store.timescale import Store

_PORTION = 200
Spot = tuple[float, float, dict[str, Any]]  # lon, lat and what `placed_by` tells


class Places(Protocol):
    """Where a position lies and what an address means: `compose.CityMap`."""

    def __call__(self, position: Position | None) -> tuple[Located, float | None, float | None]: ...
    def find(self, address: str, area: str) -> Match | None: ...


class Asks(Protocol):
    """A geocoder: `ingest.geocoder.Geocoder`."""

    def ask(self, address: str, now: datetime) -> Geocoded | None: ...


def place_waiting(store: Store, city: Places, version: str, geocoder: Asks, config: Config, now: datetime) -> int:
    """Place a portion of what waits; the number placed. No transaction is open while the geocoder is asked."""
    with store.connection() as connection:
        reports = waiting.read_waiting(connection, version, _PORTION)
        known = waiting.recall_geocoded(connection, [report["address"] for report in reports], now - config.places.geocoder.keep)
    tried, placed, left = [], 0, config.places.geocoder.a_turn
    for report in reports:
        spot = _by_name(city, report, config)
        if spot is None and config.places.geocoder.url:
            answer = known.get(fold(report["address"]))
            if answer is None and left > 0:
                left -= 1
                answer = geocoder.ask(report["address"], now)
                if answer is not None:
                    known[fold(report["address"])] = answer
                    with store.connection() as connection:
                        waiting.keep_geocoded(connection, answer, config.places.geocoder.keep, now)
            if answer is None:
                continue  # asked again at the next turn
            spot = _by_geocoder(answer, config)
        placed += _place(store, city, report, spot, now)
        tried.append(report["report_id"])
    with store.connection() as connection:
        waiting.remember_tried(connection, tried, version, now)
    return placed


def _by_name(city: Places, report: Mapping[str, Any], config: Config) -> Spot | None:
    match = city.find(report["address"], report["area"])
    if match is None or match.confidence < config.places.place_from:
        return None
    return match.lon, match.lat, placed_by("gazetteer", match.confidence, match.matched)


def _by_geocoder(answer: Geocoded, config: Config) -> Spot | None:
    if answer.lon is None or answer.lat is None or answer.confidence < config.places.place_from:
        return None
    return answer.lon, answer.lat, placed_by("geocoder", answer.confidence, "")


def _place(store: Store, city: Places, report: Mapping[str, Any], spot: Spot | None, now: datetime) -> bool:
    """Only inside the city, and inside the area the report was stored under: a match elsewhere is a wrong one."""
    if spot is None:
        return False
    located, lon, lat = city(Position(spot[0], spot[1]))
    if located.placement is not Placement.INSIDE or not located.area.startswith(report["area"]):
        return False
    where = {"area": located.area, "cell_id": located.cell_id, "lon": lon, "lat": lat}
    with store.connection() as connection:
        return waiting.place_report(connection, report, where, spot[2], now)
