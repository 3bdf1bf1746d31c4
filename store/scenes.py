"""Scenes, names for addresses of views, and playlists, scenes in turn. Who writes them stands in the audit.

Decides who may write them: names are everybody's, but what a screen plays changes who covers that screen. What it shows decides
`core.showing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.errors import Invalid, NotAllowed, NotFound
from core.plain import fault_of_text
from core.showing import Slot
from core.view_address import read_address
from store import audit
from store.acts import Act, demand_fresh
from store.timescale import Connection, queries

AUTHORS = frozenset({"admin", "supervisor", "duty"})
LONGEST_NAME, MOST_SLOTS = 60, 50
DWELL_S = (5, 24 * 3600)


@dataclass(frozen=True, slots=True)
class Playlist:
    """What somebody wrote: scenes in their order, each with its dwell in seconds."""

    name: str
    scenes: tuple[int, ...]
    dwell_s: tuple[int, ...]


def read_name(word: object) -> str:
    """A name of a scene, playlist or screen: one line. Raises `Invalid`."""
    if not isinstance(word, str) or not 0 < len(word.strip()) <= LONGEST_NAME:
        raise Invalid(f"name: a text of at most {LONGEST_NAME} letters")
    if fault := fault_of_text(word, one_line=True):
        raise Invalid(f"name: {fault}")
    return word.strip()


def list_scenes(connection: Connection) -> list[dict[str, Any]]:
    return list(queries.scenes_list(connection))


def get_scene(connection: Connection, scene_id: int) -> dict[str, Any]:
    """Raises `NotFound`."""
    row: dict[str, Any] | None = queries.scenes_get(connection, scene_id=scene_id)
    if row is None:
        raise NotFound(f"no scene {scene_id}")
    return row


def save_scene(connection: Connection, scene_id: int | None, name: str, address: str, act: Act) -> int:
    """A new one (`scene_id` None) or the same with other words; its id. Raises `Invalid`, `NotAllowed`, `NotFound`, `StaleWrite`."""
    _demand_author(act)
    name, address = read_name(name), read_address(address)
    words = {"name": name, "address": address, "by": act.by, "now": act.now}
    if scene_id is None:
        row = queries.scenes_add(connection, **words)
        saved = None if row is None else int(row["scene_id"])
    else:
        _demand_reach(connection, scene_id=scene_id)
        demand_fresh(get_scene(connection, scene_id), act)
        saved = scene_id if queries.scenes_change(connection, scene_id=scene_id, **words) else None
    return _told(connection, "scene", saved, name, act, {"address": address})


def withdraw_scene(connection: Connection, scene_id: int, act: Act) -> None:
    """Playlists pass it over from now on; what was cast of it stands. Raises `NotFound`, `NotAllowed`."""
    _demand_author(act)
    _demand_reach(connection, scene_id=scene_id)
    if not queries.scenes_withdraw(connection, scene_id=scene_id, now=act.now):
        raise NotFound(f"no scene {scene_id}")
    audit.append(connection, act, "scene", scene_id, act.scope.areas[0])


def list_playlists(connection: Connection) -> list[dict[str, Any]]:
    return list(queries.playlists_list(connection))


def slots_of(connection: Connection, playlist_id: int) -> list[Slot]:
    """The turns of a playlist; none when it was withdrawn or all its scenes were."""
    rows = queries.scenes_of(connection, playlist_id=playlist_id)
    return [Slot(row["scene_id"], row["name"], row["address"], timedelta(seconds=row["dwell_s"])) for row in rows]


def read_playlist(connection: Connection, fields: Mapping[str, Any]) -> Playlist:
    """`{name, scenes: [{scene_id, dwell_s}]}` as somebody sent it. Raises `Invalid`."""
    slots: object = fields.get("scenes")
    if not isinstance(slots, list) or not 0 < len(slots) <= MOST_SLOTS:
        raise Invalid(f"scenes: from 1 to {MOST_SLOTS} of {{scene_id, dwell_s}}")
    known = {scene["scene_id"] for scene in list_scenes(connection)}
    for number, slot in enumerate(slots):
        if not isinstance(slot, dict) or slot.get("scene_id") not in known:
            raise Invalid(f"scenes.{number}.scene_id: no such scene")
        if type(slot.get("dwell_s")) is not int or not DWELL_S[0] <= slot["dwell_s"] <= DWELL_S[1]:
            raise Invalid(f"scenes.{number}.dwell_s: whole seconds, from {DWELL_S[0]} to {DWELL_S[1]}")
    return Playlist(read_name(fields.get("name")), _column(slots, "scene_id"), _column(slots, "dwell_s"))


def _column(slots: Sequence[Mapping[str, int]], name: str) -> tuple[int, ...]:
    return tuple(slot[name] for slot in slots)


def save_playlist(connection: Connection, playlist_id: int | None, wanted: Playlist, act: Act) -> int:
    """As `save_scene`."""
    _demand_author(act)
    words = {"name": wanted.name, "scenes": list(wanted.scenes), "dwell_s": list(wanted.dwell_s), "by": act.by, "now": act.now}
    if playlist_id is None:
        row = queries.playlists_add(connection, **words)
        saved = None if row is None else int(row["playlist_id"])
    else:
        kept = queries.playlists_get(connection, playlist_id=playlist_id)
        if kept is None:
            raise NotFound(f"no playlist {playlist_id}")
        _demand_reach(connection, playlist_id=playlist_id)
        demand_fresh(kept, act)
        saved = playlist_id if queries.playlists_change(connection, playlist_id=playlist_id, **words) else None
    return _told(connection, "playlist", saved, wanted.name, act, {"scenes": list(wanted.scenes), "dwell_s": list(wanted.dwell_s)})


def withdraw_playlist(connection: Connection, playlist_id: int, act: Act) -> None:
    """Its screens show their home again. Raises `NotFound`, `NotAllowed`."""
    _demand_author(act)
    _demand_reach(connection, playlist_id=playlist_id)
    if not queries.playlists_withdraw(connection, playlist_id=playlist_id, now=act.now):
        raise NotFound(f"no playlist {playlist_id}")
    audit.append(connection, act, "playlist", playlist_id, act.scope.areas[0])


def _demand_author(act: Act) -> None:
    if act.scope.role not in AUTHORS:
        raise NotAllowed(f"scenes and playlists are written by {', '.join(sorted(AUTHORS))}")


def _demand_reach(connection: Connection, scene_id: int | None = None, playlist_id: int | None = None) -> None:
    """Whoever changes what is played covers every screen that plays it, whole. Raises `NotAllowed`."""
    if queries.scenes_beyond(connection, scene_id=scene_id, playlist_id=playlist_id):
        raise NotAllowed("a screen that shows more than your areas plays this")


def _told(connection: Connection, noun: str, saved: int | None, name: str, act: Act, detail: Mapping[str, Any]) -> int:
    if saved is None:
        raise Invalid(f"name: another {noun} is called '{name}'")
    audit.append(connection, act, noun, saved, act.scope.areas[0], detail={"name": name, **detail})
    return saved
