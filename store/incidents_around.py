"""What surrounds an incident: past ones like it and how they ended, devices near it, cameras that see it. Reads only."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from math import cos, radians
from typing import Any

from alerts.similar import NEAR_M, Happening, rank
from core.config import Config
from core.errors import NotFound
from core.model import Scope
from geodata.cameras import Sight, Usual, sees
from geodata.near import METRES_PER_DEGREE, distance_m
from store import change_log, devices
from store.timescale import Connection, prefixes, queries

SHOWN = 5
_COMPARED = 300  # the nearest: a place with thousands stays cheap
_DEVICES, _CAMERAS = 30, 200
_FARTHEST_VIEW_M = 2_000.0  # of a camera that is looked for


def find_similar(connection: Connection, scope: Scope, incident_id: int, config: Config) -> dict[str, Any]:
    """At most five ended ones within 1 km, the most alike first, each with its `reason` and its end, of how many. `NotFound`."""
    shape = _read(connection, scope, incident_id)
    if None in (shape["lon"], shape["lat"], shape["class_code"]):
        return {"similar": [], "compared": 0, "dismissed": 0}
    codes = [*config.incidents.table([shape["class_code"]])[shape["class_code"]]]
    rows = {row["incident_id"]: row for row in queries.around_past(
        connection, codes=codes, incident_id=incident_id, drill=shape["drill"], simulated=shape["simulated"], areas=prefixes(scope),
        limit=_COMPARED, **_box(shape["lon"], shape["lat"], NEAR_M),
    )}  # fmt: skip
    present = Happening(incident_id, shape["class_code"], shape["lon"], shape["lat"], datetime.fromisoformat(shape["opened_at"]))
    past = [Happening(row["incident_id"], row["class_code"], row["lon"], row["lat"], row["opened_at"]) for row in rows.values()]
    best = rank(present, past, config.area.zone)[:SHOWN]
    ends = {row["incident_id"]: row for row in queries.around_ends(connection, ids=[one.incident_id for one in best])} if best else {}
    shown = [_shown(rows[one.incident_id], ends[one.incident_id], asdict(one)) for one in best]
    return {"similar": shown, "compared": len(rows), "dismissed": sum(row["stage"] == "dismissed" for row in rows.values())}


def _shown(row: Mapping[str, Any], end: Mapping[str, Any], reason: dict[str, Any]) -> dict[str, Any]:
    lasted = (row["closed_at"] - row["opened_at"]).total_seconds() if row["closed_at"] else None
    told = {name: value for name, value in row.items() if name != "incident_id"}
    ended = {name: value for name, value in end.items() if name != "incident_id"}
    reason.pop("incident_id")
    return {"id": row["incident_id"], **told, "duration_s": lasted, **ended, "reason": reason}


def find_nearby(connection: Connection, scope: Scope, incident_id: int, config: Config, radius_m: float) -> dict[str, Any]:
    """Devices within metres with their latest values, and cameras that see the place, the nearest first. Raises `NotFound`."""
    shape = _read(connection, scope, incident_id)
    lon, lat = shape["lon"], shape["lat"]
    if lon is None or lat is None:
        return {"devices": [], "cameras": []}
    shared = {"areas": prefixes(scope), "drill": shape["drill"]}
    near = [
        {**row, "distance_m": round(metres, 1)}
        for row in queries.around_devices(connection, **shared, limit=_DEVICES, **_box(lon, lat, radius_m))
        if (metres := distance_m(row["lon"], row["lat"], lon, lat)) <= radius_m
    ]
    values = devices.latest_values(connection, [row["id"] for row in near])
    cameras = queries.around_cameras(connection, areas=prefixes(scope), limit=_CAMERAS, **_box(lon, lat, _FARTHEST_VIEW_M))
    usual = Usual(config.cameras.reach_m, config.cameras.angle)
    looking = [(row, sees(Sight(**{name: row[name] for name in Sight.__slots__}), lon, lat, usual)) for row in cameras]
    return {
        "devices": [{**row, "values": values.get(row["id"], [])} for row in near],
        "cameras": [{**row, "distance_m": round(metres, 1)} for row, metres in looking if metres is not None],
    }


def _read(connection: Connection, scope: Scope, incident_id: int) -> dict[str, Any]:
    found = change_log.read(connection, "incident", [incident_id]).get(incident_id)
    if found is None or not scope.sees(found["area"]):
        raise NotFound(f"no incident {incident_id}")
    return found


def _box(lon: float, lat: float, metres: float) -> dict[str, float]:
    squeeze = max(cos(radians(lat)), 0.01)
    north, east = metres / METRES_PER_DEGREE, metres / METRES_PER_DEGREE / squeeze
    return {"lon": lon, "lat": lat, "squeeze": squeeze, "west": lon - east, "east": lon + east, "south": lat - north, "north": lat + north}
