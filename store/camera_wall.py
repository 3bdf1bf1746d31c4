"""What a camera wall shows: cameras chosen by hand, by what sees an incident, or by area; how each is shown, else since when and why not.

Every address that leaves is written into the audit, one line a camera; asking how they are (`look` false) gives no address.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.camera_wall_config import Player
from core.config import Config
from core.model import Scope
from store import audit, media
from store.acts import Act
from store.cameras import MAY_WATCH
from store.incidents_around import find_nearby
from store.timescale import Connection, prefixes, queries

Rows = list[dict[str, Any]]
_NEAR_M = 500.0


def may_watch(scope: Scope, config: Config) -> bool:
    """Who is shown pictures: who may open a stream; walls where the city says so."""
    return scope.role in MAY_WATCH or (scope.role == "wall" and config.camera_wall.walls)


def by_hand(connection: Connection, scope: Scope, names: Sequence[str]) -> tuple[Rows, list[str]]:
    """Cameras by device or by their 20 digits, in the order asked for; and the names nobody has here."""
    found = {
        name: row
        for row in queries.camera_wall_named(connection, names=list(names), areas=prefixes(scope))
        for name in (row["gb_id"], row["device"])
    }
    rows = list({found[name]["id"]: found[name] for name in names if name in found}.values())
    return rows, [name for name in names if name not in found]


def _named(connection: Connection, scope: Scope, names: Sequence[str]) -> Rows:
    return list(queries.camera_wall_named(connection, names=list(names), areas=prefixes(scope)))


def by_incident(connection: Connection, scope: Scope, incident_id: int, config: Config) -> Rows:
    """Cameras that see the place of an incident, the nearest first, each with `distance_m`. Raises `NotFound`."""
    near = find_nearby(connection, scope, incident_id, config, _NEAR_M)["cameras"]
    rows = {
        row["device"]: row for row in queries.camera_wall_named(connection, names=[one["device"] for one in near], areas=prefixes(scope))
    }
    return [{**rows[one["device"]], "distance_m": one["distance_m"]} for one in near if one["device"] in rows]


def by_area(connection: Connection, scope: Scope, area: str, limit: int, skip: int) -> tuple[Rows, int]:
    """A page of the cameras of an area, those online first, and how many there are."""
    rows = list(queries.camera_wall_of_area(connection, areas=prefixes(scope), area=f"{area}%", limit=limit, skip=skip))
    return rows, rows[0]["total"] if rows else 0


def pictures_of(connection: Connection, rows: Rows, config: Config, act: Act, look: bool) -> Rows:
    """Each camera as a wall shows it: `player` {kind, url, refresh_s} or None with `why`; `since`: how long it is as it is.

    `picture` is the last one that is kept, {url, at}; None where there is none, and for who is not handed it.
    """
    ids, allowed = [row["id"] for row in rows], may_watch(act.scope, config)
    streams = {row["device_id"]: row["url"] for row in queries.camera_wall_streams(connection, ids=ids)} if allowed and ids else {}
    handed = allowed and ids and media.may_fetch(act.scope)
    kept = queries.camera_wall_pictures(connection, ids=ids, areas=prefixes(act.scope)) if handed else ()
    pictures = {row["device_id"]: {"url": f"/api/v1/media/{row['media_id']}", "at": row["at"]} for row in kept}
    shown = []
    for row in rows:
        found = config.camera_wall.player_of(row["device"], row["gb_id"], streams.get(row["id"])) if allowed else "not_allowed"
        if look and isinstance(found, Player):
            audit.append(connection, act, "device", row["device"], row["area"])
        shown.append({**_told(row), **_player(found, config, look), "picture": pictures.get(row["id"])})
    return shown


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("device", "name", "gb_id", "area", "lon", "lat", "state", "bearing", "owner", "drill", "simulated")
    since = row["silent_at"] if row["state"] == "offline" and row["silent_at"] else row["presence_at"]
    return {**{name: row[name] for name in names}, "since": since, "distance_m": row.get("distance_m")}


def _player(found: Player | str, config: Config, look: bool) -> dict[str, Any]:
    """`plays` tells that there is a picture also to who only asks how the cameras are."""
    if isinstance(found, str):
        return {"player": None, "plays": None, "why": found}
    told = {"kind": found.kind, "url": found.url, "refresh_s": config.camera_wall.refresh.total_seconds()}
    return {"player": told if look else None, "plays": found.kind, "why": None}


def on_map(connection: Connection, scope: Scope) -> Rows:
    """Every camera that has a place, for the map beside the wall."""
    return list(queries.camera_wall_map(connection, areas=prefixes(scope)))
