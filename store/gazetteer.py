"""Keeps the names of places, what people taught of them, and hands out the index made from both.

An import replaces what it brought before and nothing else; what was taught is forgotten by an act, never deleted.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotAllowed, NotFound, StoreUnavailable
from core.model import Scope
from geodata.address import fold
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_places import Match, PlaceEntry
from store import audit
from store.acts import Act
from store.timescale import Connection, Store, queries
from store.timescale import prefixes as patterns

_LOOK_AGAIN_AFTER_S = 3.0
_PORTION = 5000
_SHORTEST = 3  # letters of an address worth teaching: "路口" is everywhere


@dataclass(frozen=True, slots=True)
class SavedPlaces:
    """What an import did, in rows; the rest was there just so."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def save_places(connection: Connection, source: str, places: Sequence[PlaceEntry], now: datetime) -> SavedPlaces:
    """Replaces the places of a source. A place whose kind, name and area stay keeps its number."""
    rows = [_row(place) for place in places]
    keys = [{"kind": row["kind"], "name": row["name"], "area": row["area"]} for row in rows]
    removed = queries.gazetteer_remove_source(connection, source=source, rows=Jsonb(keys))
    told: list[bool] = []
    for at in range(0, len(rows), _PORTION):
        told += [row["created"] for row in queries.gazetteer_save(connection, source=source, rows=Jsonb(rows[at : at + _PORTION]), now=now)]
    return SavedPlaces(sum(told), len(told) - sum(told), int(removed))


def load_gazetteer(connection: Connection, prefixes: Sequence[str] = ()) -> Gazetteer:
    """The index of all names as stored; streets and communities are places too, if coarse ones. `prefixes`: names above our areas."""
    areas = list(queries.gazetteer_areas(connection))
    coarse = [
        PlaceEntry(row["name"], "area", row["lon"], row["lat"], row["code"], source="areas")
        for row in areas
        if row["level"] in ("street", "community")
    ]
    places = map(_entry, queries.gazetteer_places(connection))
    return Gazetteer([*places, *coarse], dict.fromkeys(prefixes, "") | {row["name"]: row["code"] for row in areas})


def load_taught(connection: Connection) -> Iterator[tuple[str, PlaceEntry]]:
    """Texts that people placed, each with its spot."""
    for row in queries.gazetteer_taught(connection):
        yield (
            row["said"],
            PlaceEntry(row["name"], row["kind"], row["lon"], row["lat"], row["area"], source="taught", place_id=row["place_id"]),
        )


class CityNames:
    """The gazetteer as it stands in the database, read anew within seconds of a change. Shared by the threads of a process."""

    def __init__(self, store: Store, prefixes: Sequence[str] = ()) -> None:
        self._store, self._prefixes, self._lock = store, prefixes, Lock()
        self._gazetteer = Gazetteer([])
        self._versions, self._looked_at = ("", ""), -_LOOK_AGAIN_AFTER_S

    def present(self) -> Gazetteer:
        """The index. Never waits for another thread's look and never raises: whoever stores a report asks, and what is not found now
        the jobs find a few seconds later."""
        if monotonic() - self._looked_at >= _LOOK_AGAIN_AFTER_S and self._lock.acquire(blocking=False):
            try:
                self._look()
            except StoreUnavailable:
                self._looked_at = monotonic()
            finally:
                self._lock.release()
        return self._gazetteer

    def refresh(self) -> None:
        """Look now. Raises `StoreUnavailable`."""
        with self._lock:
            self._look()

    @property
    def version(self) -> str:
        """A word that changes whenever the gazetteer knows something else."""
        return "+".join(self._versions)

    def _look(self) -> None:
        with self._store.connection() as connection:
            row = queries.gazetteer_version(connection)
            names, taught = str(row["names"]), str(row["taught"])
            if names != self._versions[0]:
                self._gazetteer = load_gazetteer(connection, self._prefixes)
            if (names, taught) != self._versions:
                self._gazetteer = self._gazetteer.taught(load_taught(connection))
        self._versions, self._looked_at = (names, taught), monotonic()

    def find(self, address: str, area: str = "") -> Match | None:
        """The place an address most likely means."""
        return self.present().match(address, area)


def find_place(connection: Connection, place_id: int) -> PlaceEntry:
    """Raises `NotFound`."""
    row = queries.gazetteer_place(connection, place_id=place_id)
    if row is None:
        raise NotFound(f"no place {place_id}")
    return _entry(row)


def learn(connection: Connection, act: Act, report_id: int) -> int | None:
    """After a person's act `place`: the report's address, as it was written, now means where the report lies; audited.

    `place_id` of the act names the place that was chosen. None when there is nothing to learn: another act, no person, no address
    or a word too short, a place outside the city. Raises `Invalid`, `NotFound` for a place_id of no place.
    """
    if act.act != "place" or act.scope.account_id is None:
        return None
    chosen = act.extra.get("place_id")
    if chosen is not None and (not isinstance(chosen, int) or isinstance(chosen, bool) or not 0 < chosen < 2**31):
        raise Invalid("place_id: the number of a place")
    place = find_place(connection, chosen) if chosen is not None else None
    report = queries.reports_lock(connection, report_id=report_id, areas=patterns(act.scope))
    address = fold(report["address"] or "") if report else ""
    if len(address) < _SHORTEST or report["lon"] is None or report["cell_id"] is None:
        return None
    return _teach(connection, act, report, address, place)


def _teach(connection: Connection, act: Act, report: Mapping[str, Any], address: str, place: PlaceEntry | None) -> int:
    queries.gazetteer_forget_older(connection, address=address, now=act.now, by=act.by)
    taught_id = int(queries.gazetteer_teach(
        connection, address=address, said=report["address"], place_id=place.place_id if place else None,
        name=place.name if place else report["address"], area=report["area"], lon=report["lon"], lat=report["lat"],
        report_id=report["report_id"], now=act.now, by=act.by,
    ))  # fmt: skip
    detail = {"report_id": report["report_id"], "place_id": place.place_id if place else None, "lon": report["lon"], "lat": report["lat"]}
    audit.append(connection, act.named("teach"), "taught", taught_id, report["area"], detail=detail)
    return taught_id


def forget(connection: Connection, act: Act, taught_id: int) -> None:
    """Undo a teaching; audited. Raises `NotFound`, `NotAllowed` for anybody but a person. Twice is once."""
    if act.scope.account_id is None:
        raise NotAllowed("only people teach the gazetteer")
    row = get_taught(connection, act.scope, taught_id)
    if queries.gazetteer_forget(connection, taught_id=taught_id, now=act.now, by=act.by):
        audit.append(connection, act, "taught", taught_id, row["area"])


def show_taught(connection: Connection, scope: Scope, taught_id: int) -> dict[str, Any]:
    """One teaching as it is shown: with its `id`."""
    row = get_taught(connection, scope, taught_id)
    return {"id": row.pop("taught_id"), **row}


def get_taught(connection: Connection, scope: Scope, taught_id: int) -> dict[str, Any]:
    """One teaching, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.gazetteer_taught_one(connection, taught_id=taught_id, areas=patterns(scope))
    if row is None:
        raise NotFound(f"nothing taught has the number {taught_id}")
    return row


def list_taught(connection: Connection, scope: Scope, *, report_id: int | None, after: int | None, limit: int) -> list[dict[str, Any]]:
    """Newest first, forgotten ones too."""
    rows = queries.gazetteer_taught_list(connection, areas=patterns(scope), report_id=report_id, after=after or 2**62, limit=limit)
    return list(rows)


def _row(place: PlaceEntry) -> dict[str, Any]:
    return {
        "kind": place.kind, "name": place.name, "aliases": list(place.aliases), "area": place.area, "lon": place.lon, "lat": place.lat,
        "road": place.road, "number": place.number, "reach_m": place.reach_m, "line": place.line or None, "schematic": place.schematic,
    }  # fmt: skip


def _entry(row: Mapping[str, Any]) -> PlaceEntry:
    line = row["line"] if not isinstance(row["line"], str) else json.loads(row["line"])
    course = tuple(tuple((float(x), float(y)) for x, y in part) for part in line or ())
    return PlaceEntry(
        row["name"], row["kind"], row["lon"], row["lat"], row["area"], tuple(row["aliases"]), row["road"], row["number"], row["reach_m"],
        course, row["source"], row["schematic"], row["place_id"],
    )  # fmt: skip
