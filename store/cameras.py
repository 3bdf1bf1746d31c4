"""Cameras of the registry: which there are, how long each was online, what they reach, and where a picture of theirs is fetched.

The address of a stream leaves only through `read_stream`, one at a time, and every look is audited. That nobody listened is no
camera's fault: such time is in no rate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely

from core.device import DeviceEntry
from core.errors import Invalid, NotAllowed, NotFound
from core.facts import KnownDevice
from core.model import Presence, Scope
from geodata.cameras import FIELDS, Sight, Usual, is_camera, plane_around, shares_in_reach
from store import audit
from store.acts import Act
from store.listening import GAP
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

STATES = ("online", "offline", "unknown", "unplaced")
MAY_WATCH = frozenset({"duty", "supervisor", "dispatcher"})  # who looks at a place before sending somebody there
PERIODS = {"day": timedelta(hours=24), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which cells some camera reaches: `totals` of all of them, and those that none does, by number, after `after_id`."""

    totals: dict[str, Any]
    blind: list[dict[str, Any]]


def is_one(entry: DeviceEntry) -> bool:
    """Whether a device is a camera."""
    return is_camera(entry.kind, {name: getattr(entry, name) for name in FIELDS})


def check_names(connection: Connection, entry: DeviceEntry) -> None:
    """Raises `Invalid` where a number or name already means another device: wires would speak of one and mean the other."""
    names = [name for name in (entry.device, entry.gb_id) if name]
    other = queries.cameras_namesake(connection, device=entry.device, names=names)
    if other is not None:
        name = other["gb_id"] if other["gb_id"] in names else other["device"]
        raise Invalid(f"gb_id: '{name}' already means the device '{other['device']}'")


def keep(connection: Connection, device_id: int, entry: DeviceEntry) -> None:
    """What else is remembered of a camera that was registered; nothing of other devices."""
    if not is_one(entry):
        return
    if entry.stream_url is not None:
        queries.cameras_set_stream(connection, device_id=device_id, url=entry.stream_url or None)
    queries.cameras_rest(connection, device_id=device_id)
    queries.cameras_first_word(connection, device_id=device_id)


def hear(connection: Connection, device_id: int, online: bool, at: datetime, feed: str | None) -> None:
    """A feed said that a device is online, or is not, and that is news; kept of cameras."""
    queries.cameras_hear(connection, device_id=device_id, online=online, at=at, feed=feed)


def back(connection: Connection, told: Iterable[Presence], known: Mapping[str, KnownDevice]) -> list[KnownDevice]:
    """Of the devices that were told to be online: cameras that were silent and have nothing but such words to say."""
    asked = {known[one.device].device_id: known[one.device] for one in told if one.online and one.device in known}
    rows = queries.cameras_back(connection, device_ids=sorted(asked)) if asked else ()
    return [asked[row["device_id"]] for row in rows]


def forget(connection: Connection, before: datetime) -> int:
    """Drop words before a moment, but for the last of each camera; returns how many."""
    return int(queries.cameras_forget(connection, before=before))


def list_cameras(connection: Connection, scope: Scope, wanted: Filter, now: datetime, after_id: int = 0) -> list[dict[str, Any]]:
    """By number, each with its rates: `online` {day, week} of {rate, known_s, by}."""
    columns = wanted.columns(scope, "cell", "state", "owner", "gb_id")
    rows = [dict(row) for row in queries.cameras_list(connection, **columns, after_id=after_id)]
    ids = [row["id"] for row in rows]
    rates = {period: _rates(connection, scope, "", now - span, now, ids) for period, span in PERIODS.items()}
    for row in rows:
        row["online"] = {period: _told(found.get(row["id"])) for period, found in rates.items()}
    return rows


def summarise(connection: Connection, scope: Scope, area: str, now: datetime) -> dict[str, Any]:
    """How many there are in each state, and the share of known time in which they were online; drills are left out."""
    counts: dict[str, Any] = queries.cameras_counts(connection, areas=prefixes(scope), area=f"{area}%")
    told = {}
    for period, span in PERIODS.items():
        found = _rates(connection, scope, area, now - span, now, None).values()
        known, online = sum(row["known_s"] for row in found), sum(row["online_s"] for row in found)
        told[period] = {"rate": online / known if known else None, "online_s": online, "known_s": known, "cameras": len(found)}
    return {**counts, "rates": told}


def _rates(
    connection: Connection, scope: Scope, area: str, since: datetime, until: datetime, ids: Sequence[int] | None
) -> dict[int, dict[str, Any]]:
    """By device: `known_s`, `online_s`, `by` (presence, readings); without `ids` of all but drills."""
    if ids is not None and not ids:
        return {}
    rows = queries.cameras_rates(
        connection, areas=prefixes(scope), area=f"{area}%", since=since, until=until, gap=GAP, ids=None if ids is None else list(ids)
    )
    return {row["device_id"]: row for row in rows}


def _told(row: dict[str, Any] | None) -> dict[str, Any]:
    known = row["known_s"] if row else 0.0
    return {"rate": row["online_s"] / known if row and known else None, "known_s": known, "by": row["by"] if row and known else None}


def read_stream(connection: Connection, device: str, act: Act) -> str:
    """Where a camera's picture is fetched; the camera also by its 20 digits. Raises `NotAllowed` for the role, `NotFound`."""
    if act.scope.role not in MAY_WATCH:
        raise NotAllowed(f"streams are for {', '.join(sorted(MAY_WATCH))}")
    row = queries.cameras_get(connection, device=device, areas=prefixes(act.scope))
    url: str | None = queries.cameras_stream(connection, device_id=row["id"]) if row else None
    if row is None or url is None:
        raise NotFound(f"no camera '{device}' with a stream")
    audit.append(connection, act, "device", row["device"], row["area"])
    return url


def cover(connection: Connection, scope: Scope, area: str, state: str | None, usual: Usual, page: tuple[int, int]) -> Coverage:
    """The cells of an area in the scope, and what all cameras reach of them, wherever these stand; `page`: after which cell, how many.

    To be asked as one who sees all cameras: the one beyond a street's border looks into it too. Counted are those within.
    """
    cells = list(queries.cameras_cells(connection, areas=prefixes(scope), area=f"{area}%"))
    sights = list(queries.cameras_sights(connection, state=state))
    shares = _shares(cells, sights, usual)
    own = [row for row in sights if scope.sees(row["area"]) and row["area"].startswith(area)]
    areas = np.array([cell["area_m2"] for cell in cells])
    seen, after_id, limit = shares > 0, *page
    totals = {
        "cells": len(cells), "seen": int(seen.sum()), "blind": int((~seen).sum()), "rate": float(seen.mean()) if len(cells) else None,
        "area_m2": float(areas.sum()), "seen_m2": float((areas * shares).sum()), "cameras": len(own),
        "simulated": sum(row["simulated"] for row in own), "schematic": any(cell["schematic"] for cell in cells),
        "reach_m": usual.reach_m, "angle": usual.angle,
    }  # fmt: skip
    blind = (cell for cell, lit in zip(cells, seen, strict=True) if not lit and cell["cell_id"] > after_id)
    shown = ("cell_id", "cell_code", "area", "lon", "lat")
    return Coverage(totals, [{name: cell[name] for name in shown} for cell, _ in zip(blind, range(limit), strict=False)])


def _shares(cells: Sequence[dict[str, Any]], sights: Sequence[dict[str, Any]], usual: Usual) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not cells:
        return np.zeros(0)
    shapes = shapely.from_geojson(np.array([cell["geometry"] for cell in cells], dtype=object))
    plane = plane_around([(cell["lon"], cell["lat"]) for cell in cells])
    looks = [Sight(**{name: row[name] for name in Sight.__slots__}) for row in sights]
    return shares_in_reach(shapes, looks, plane, usual)
