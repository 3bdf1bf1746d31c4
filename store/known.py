"""What is in hand already where somebody reports something: open cases, incidents without one, reports nobody took up.

How far "there" reaches is the class's own radius (`incidents` of the configuration), widened by how exact the channel's places are.
Joining puts the new caller to what is known instead of opening a second; the caller's data stay apart, as of any report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed
from core.incident_config import Reach
from core.model import Channel, Scope
from dispatch import cases as lifecycle
from geodata.near import METRES_PER_DEGREE, distance_m
from store import audit, change_log, incidents, joins, persons
from store.acts import Act
from store.timescale import Connection, prefixes, queries

SHOWN = 12
MAY_JOIN = frozenset({"duty", "dispatcher", "supervisor"})
_LOOKED_AT = 200
_LETTERS = 4  # of an address: fewer fit everywhere
_REPORTS_FOR = timedelta(hours=24)  # while no class is chosen
_ENDED = sorted(set(lifecycle.TABLE) - lifecycle.OPEN)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody says it is, as far as it is known yet. Degrees of CGCS2000."""

    lon: float | None = None
    lat: float | None = None
    address: str = ""


def find_known(
    connection: Connection, scope: Scope, place: Place, class_code: str | None, channel: str, config: Config, now: datetime
) -> dict[str, Any]:
    """`known`: the same class first, then the nearest; `radius_m`: how far was looked for the class. Nothing without a place."""
    reaches = _reaches(config, class_code)
    spread = config.incidents.spread_m.get(Channel(channel), 0.0)
    farthest = max(reach.radius_m for reach in reaches.values()) + spread if reaches else config.incidents.radius_m + spread
    address = place.address.strip()
    if place.lon is None and len(address) < _LETTERS:
        return {"known": [], "radius_m": farthest}
    since = now - max(_REPORTS_FOR, config.classes[class_code].deadline if class_code in config.classes else _REPORTS_FOR)
    wanted = {
        "areas": prefixes(scope), "ended": _ENDED, "address": address if len(address) >= _LETTERS else None, "letters": _LETTERS,
        "limit": _LOOKED_AT, "since": since, **_box(place, farthest),
    }  # fmt: skip
    found = [
        {**row, "distance_m": metres, "same_class": row["class_code"] == class_code}
        for row in _rows(connection, wanted)
        for metres in [_metres(row, place)]
        if _is_same(row, metres, reaches, spread, config, address)
    ]
    found.sort(key=lambda one: (not one["same_class"], one["distance_m"] if one["distance_m"] is not None else farthest))
    return {"known": found[:SHOWN], "radius_m": farthest}


def _reaches(config: Config, class_code: str | None) -> Mapping[str, Reach]:
    """The classes that may be the same thing, each with its reach; empty: all, as far as two of one class may be apart."""
    return config.incidents.table([class_code])[class_code] if class_code else {}


def _rows(connection: Connection, wanted: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Each once, though it be near and under the address."""
    asked = [queries.known_cases, queries.known_incidents, queries.known_reports]
    asked += [queries.known_cases_under] if wanted["address"] else []
    return {(row["kind"], row["number"]): dict(row) for query in asked for row in query(connection, **wanted)}.values()


def _metres(row: Mapping[str, Any], place: Place) -> float | None:
    if None in (row["lon"], row["lat"], place.lon, place.lat):
        return None
    return round(distance_m(row["lon"], row["lat"], place.lon, place.lat))


def _is_same(
    row: Mapping[str, Any], metres: float | None, reaches: Mapping[str, Reach], spread: float, config: Config, address: str
) -> bool:
    """Near enough for its class, or under the same address."""
    reach = reaches.get(row["class_code"]) if reaches else Reach(config.incidents.radius_m, _REPORTS_FOR, "same")
    if reach is None:
        return False
    if metres is not None and metres <= reach.radius_m + spread:
        return True
    there = row["address"] or ""
    return min(len(address), len(there)) >= _LETTERS and (address in there or there in address)


def _box(place: Place, metres: float) -> dict[str, float]:
    """The square around a place; without one a square in which nothing lies."""
    if place.lon is None or place.lat is None:
        return {"lon": 0.0, "lat": 0.0, "squeeze": 1.0, "west": 999.0, "east": 999.0, "south": 999.0, "north": 999.0}
    squeeze = max(cos(radians(place.lat)), 0.01)
    north, east = metres / METRES_PER_DEGREE, metres / METRES_PER_DEGREE / squeeze
    return {"lon": place.lon, "lat": place.lat, "squeeze": squeeze, "west": place.lon - east, "east": place.lon + east,
            "south": place.lat - north, "north": place.lat + north}  # fmt: skip


def list_adjustments(connection: Connection, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """Requests for more time or a suspension that wait for somebody's word, the earliest deadline first."""
    return list(queries.known_adjustments(connection, areas=prefixes(scope), limit=limit))


def join(connection: Connection, incident_id: int, said: Mapping[str, Any], caller: Mapping[str, str], act: Act) -> dict[str, Any]:
    """Another person reports what is in hand: a report of theirs, merged into the incident. `said`: channel, title, text, address, place.

    Returns the report's number and the case's, if one is open. Raises `NotFound`, `NotAllowed` for the role, `IllegalAct` when it is over.
    """
    if act.scope.role not in MAY_JOIN:
        raise NotAllowed(f"taking calls is not for the role '{act.scope.role}'")
    row = incidents.lock_incident(connection, act.scope, incident_id)
    if row["stage"] in {"closed", "dismissed"}:
        raise IllegalAct("join", row["stage"], (), f"incident {incident_id} is {row['stage']}: open a case")
    if said["channel"] not in {one.value for one in Channel}:
        raise Invalid(f"source: one of {', '.join(Channel)}")
    person_id = persons.add(connection, {"": caller}, act.now).get("")
    place = {name: said.get(name) if said.get("lon") is not None else row[name] for name in ("area", "cell_id", "lon", "lat")}
    report_id = queries.known_add_report(
        connection, channel=said["channel"], class_code=row["class_code"], title=said["title"] or row["title"], text=said.get("text"),
        address=said.get("address"), placement="none" if place["lon"] is None else said.get("placement", "inside"), now=act.now,
        person_id=person_id, drill=row["drill"], simulated=row["simulated"], **place,
    )  # fmt: skip
    queries.known_merge(connection, report_id=report_id, incident_id=incident_id)
    change_log.append(connection, "report", {}, change_log.read(connection, "report", [report_id]), act.now)
    joins.link(connection, incident_id, act.now, act.by, "merge", reports=[report_id])
    audit.append(connection, act, "report", report_id, str(place["area"]), stages=(None, "merged"), detail={"incident_id": incident_id})
    case = queries.known_case(connection, incident_id=incident_id, ended=_ENDED)
    if case is not None:
        audit.append(connection, act, "case", case["case_number"], case["area"], detail={"report_id": report_id})
    return {"report_id": report_id, "incident_id": incident_id, "number": case["case_number"] if case else None}
