"""Layers of points for the map: devices, cameras, components, resources. All of one in a row of packed columns, and one of them as a card.

Reads only, and only what the asker's areas hold. Experts and contacts of the ledger are people: they are in no layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.model import Scope
from store import components, devices, media
from store.cameras import MAY_WATCH
from store.timescale import Connection, prefixes, queries

POINTS = ("devices", "cameras", "components", "resources")
SHOWN_KINDS = ("team", "equipment", "material", "shelter", "hospital", "hazard")
SOUND = ("完好", "正常", "良好", "good", "normal", "intact", "ok")  # how censuses say that a component is as it should be
DRILL, FLAWED, UNTOLD = "d", "!", "?"


@dataclass(frozen=True, slots=True)
class Columns:
    """The points of a layer in a fixed order: `places` (n, 2) are lon, lat in millionths of a degree, `signs` one sign a point.

    `stamp` is another when a point came, went, moved or became something else.
    """

    places: NDArray[np.int32]
    codes: Sequence[str]
    kinds: Sequence[str]
    signs: str
    stamp: str


@dataclass(frozen=True, slots=True)
class States:
    """Of which points nothing is known now, by their places in `Columns` of the same stamp."""

    count: int
    unknown: NDArray[np.int32]
    stamp: str


def read_points(connection: Connection, scope: Scope, layer: str, area: str) -> Columns:
    """All points of a layer in an area (a code or its beginning). Raises `NotFound` for a layer that has no points."""
    asked = _asked(scope, area)
    if layer in ("devices", "cameras"):
        row = queries.layers_devices(connection, camera=layer == "cameras", **asked)
    elif layer == "components":
        row = queries.layers_components(connection, sound=list(SOUND), **asked)
    elif layer == "resources":
        row = queries.layers_resources(connection, kinds=list(SHOWN_KINDS), **asked)
    else:
        raise _unknown(layer)
    if not row["count"]:
        return Columns(np.empty((0, 2), np.int32), (), (), "", _stamp(row))
    places = np.frombuffer(row["places"], ">i4").astype(np.int32).reshape(-1, 2)
    return Columns(places, row["codes"].split("\n"), row["kinds"].split("\n"), row["signs"], _stamp(row))


def read_states(connection: Connection, scope: Scope, layer: str, area: str) -> States:
    """What is known now of a layer's points. Raises `NotFound` for a layer that has no points.

    A census says once what it found, a ledger what there is: their points are never silent.
    """
    asked = _asked(scope, area)
    if layer in ("devices", "cameras"):
        row = queries.layers_devices_states(connection, camera=layer == "cameras", **asked)
        return States(row["count"], np.frombuffer(row["unknown"] or b"", ">i4").astype(np.int32), _stamp(row))
    row = _counted(connection, layer, asked)
    return States(row["count"], np.empty(0, np.int32), _stamp(row))


def count_points(connection: Connection, scope: Scope, area: str) -> dict[str, dict[str, int]]:
    """By layer: `count` of its points, of how many nothing is known (`unknown`), and how many are `drills`."""
    asked = _asked(scope, area)
    row = queries.layers_devices_counts(connection, **asked)
    told = {
        name: {"count": row[name], "unknown": row[f"{name}_unknown"], "drills": row[f"{name}_drills"]} for name in ("devices", "cameras")
    }
    for name in ("components", "resources"):
        counted = _counted(connection, name, asked)
        told[name] = {"count": counted["count"], "unknown": counted["unknown"], "drills": 0}
    return told


def _counted(connection: Connection, layer: str, asked: dict[str, Any]) -> dict[str, Any]:
    if layer == "components":
        return dict(queries.layers_components_stamp(connection, **asked))
    if layer == "resources":
        return dict(queries.layers_resources_stamp(connection, kinds=list(SHOWN_KINDS), **asked))
    raise _unknown(layer)


def read_point(connection: Connection, scope: Scope, layer: str, code: str) -> dict[str, Any]:
    """One point as a card says it. Raises `NotFound`."""
    if layer == "components":
        return components.get_component(connection, scope, code)
    if layer == "resources":
        row = queries.layers_resource(connection, code=code, kinds=list(SHOWN_KINDS), areas=prefixes(scope))
    elif layer in ("devices", "cameras"):
        row = queries.layers_device(connection, code=code, camera=layer == "cameras", areas=prefixes(scope))
    else:
        raise _unknown(layer)
    if row is None:
        raise NotFound(f"no {layer} '{code}'")
    return dict(row) if layer == "resources" else _device(connection, scope, dict(row))


def _device(connection: Connection, scope: Scope, row: dict[str, Any]) -> dict[str, Any]:
    """With its state, its latest values, and the newest picture it brought, for who is handed one.

    `may_watch`: whether this reader may see its stream.
    """
    number = row.pop("device_id")
    kept = media.may_fetch(scope)
    picture = queries.layers_picture(connection, device_id=number, areas=prefixes(scope)) if kept else None
    spoke = row.pop("spoke") or row["presence"] == "online"
    state = "silent" if row["silent_at"] else "offline" if row["presence"] == "offline" else "ok" if spoke else "unknown"
    since: datetime | None = row["silent_at"] or row.pop("presence_at")
    return {
        **row,
        "state": state,
        "since": since if state in ("silent", "offline") else None,
        "values": devices.latest_values(connection, [number]).get(number, []),
        "picture": picture and {"media_id": picture["media_id"], "taken_at": picture["taken_at"]},
        "may_watch": scope.role in MAY_WATCH,
    }


def _asked(scope: Scope, area: str) -> dict[str, Any]:
    return {"areas": prefixes(scope), "area": f"{area}%"}


def _stamp(row: Any) -> str:
    return f"{row['count']}-{row['stamp']}"


def _unknown(layer: str) -> NotFound:
    return NotFound(f"no layer of points is called '{layer}'; there are {', '.join(POINTS)}")
