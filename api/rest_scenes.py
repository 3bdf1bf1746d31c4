"""Scenes, playlists and casts over HTTP. Who may write which of them is the store's law."""

from datetime import timedelta
from typing import Any

from api.call import Answer, Call, Param, read_id_cursor, read_params, write_cursor
from api.problems import read_etag
from core.errors import Invalid
from store import casts, scenes
from store.acts import Act

CAST_PARAMS = (
    Param("screen", "of this screen", "integer"), Param("all", "those that have ended, too", "boolean"),
    Param("limit", "rows a page, at most 500", "integer"), Param("next", "where the last page ended"),
)  # fmt: skip
_CAST = {"screens", "scene_id", "incident_id", "address", "title", "for_s"}
_MOST_SCREENS = 200


def list_scenes(call: Call) -> Answer:
    return Answer({"scenes": scenes.list_scenes(call.connection)})


def post_scene(call: Call) -> Answer:
    fields = call.fields()
    scene_id = scenes.save_scene(call.connection, None, fields.get("name", ""), fields.get("address", ""), _act(call, "create"))
    return Answer(_found(scenes.list_scenes(call.connection), "scene_id", scene_id), 201, {"Location": f"/api/v1/scenes/{scene_id}"})


def put_scene(call: Call) -> Answer:
    fields, scene_id = call.fields(), call.number("id")
    scenes.save_scene(call.connection, scene_id, fields.get("name", ""), fields.get("address", ""), _act(call, "revise"))
    return Answer(_found(scenes.list_scenes(call.connection), "scene_id", scene_id))


def delete_scene(call: Call) -> Answer:
    scenes.withdraw_scene(call.connection, call.number("id"), _act(call, "withdraw"))
    return Answer({"withdrawn": call.number("id")})


def list_playlists(call: Call) -> Answer:
    """With their scenes in order, each with its dwell, and how many screens play them."""
    return Answer({"playlists": scenes.list_playlists(call.connection)})


def post_playlist(call: Call) -> Answer:
    wanted = scenes.read_playlist(call.connection, call.fields())
    number = scenes.save_playlist(call.connection, None, wanted, _act(call, "create"))
    row = _found(scenes.list_playlists(call.connection), "playlist_id", number)
    return Answer(row, 201, {"Location": f"/api/v1/playlists/{number}"})


def put_playlist(call: Call) -> Answer:
    wanted, number = scenes.read_playlist(call.connection, call.fields()), call.number("id")
    scenes.save_playlist(call.connection, number, wanted, _act(call, "revise"))
    return Answer(_found(scenes.list_playlists(call.connection), "playlist_id", number))


def delete_playlist(call: Call) -> Answer:
    scenes.withdraw_playlist(call.connection, call.number("id"), _act(call, "withdraw"))
    return Answer({"withdrawn": call.number("id")})


def list_casts(call: Call) -> Answer:
    """What stands on screens now, newest first; `all`: what stood, too."""
    wanted = read_params(CAST_PARAMS, call.query)
    limit = wanted.get("limit", 100)
    if not 1 <= limit <= 500:
        raise Invalid("limit: from 1 to 500")
    rows = casts.list_casts(
        call.connection, call.now, screen_id=wanted.get("screen"), standing=not wanted.get("all"),
        after=read_id_cursor(wanted.get("next")), limit=limit,
    )  # fmt: skip
    return Answer({"casts": rows, "next": write_cursor(rows[-1]["cast_id"]) if len(rows) >= limit else None, "at": call.now})


def post_cast(call: Call) -> Answer:
    """`{screens: [ids], scene_id or incident_id or address, for_s?}`: to all of these screens or to none."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _CAST):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_CAST))}")
    what = {name: fields[name] for name in ("scene_id", "incident_id", "address") if fields.get(name) is not None}
    ids = fields.get("screens")
    if len(what) != 1 or type(what.get("scene_id", 0)) is not int:
        raise Invalid("one of scene_id, incident_id and address is sent")
    if not isinstance(ids, list) or not 0 < len(ids) <= _MOST_SCREENS or not all(type(one) is int and 0 < one < 2**31 for one in ids):
        raise Invalid(f"screens: the ids of 1 to {_MOST_SCREENS}")
    lasts = _read_span(fields["for_s"]) if "for_s" in fields else call.config.wall_control.cast
    sent = casts.send(call.connection, sorted(set(ids)), {**what, "title": fields.get("title")}, lasts, _act(call, "cast"))
    return Answer({"casts": casts.list_casts(call.connection, call.now, ids=sent, limit=len(sent))}, 201)


def _read_span(value: object) -> timedelta | None:
    """Seconds; null: until it is given back. Raises `Invalid`."""
    if value is not None and (type(value) is not int or not 0 < value <= casts.LONGEST.total_seconds()):
        raise Invalid(f"for_s: whole seconds, at most {casts.LONGEST.total_seconds():.0f}, or null")
    return None if value is None else timedelta(seconds=int(str(value)))


def delete_cast(call: Call) -> Answer:
    """Give the screen back."""
    casts.give_back(call.connection, call.number("id"), _act(call, "give_back"))
    return Answer({"ended": call.number("id")})


def _found(rows: list[dict[str, Any]], key: str, number: int) -> dict[str, Any]:
    return next(row for row in rows if row[key] == number)


def _act(call: Call, name: str) -> Act:
    return Act(name, call.scope, call.now, expect=read_etag(call.headers.get("If-Match")), address=call.address)
