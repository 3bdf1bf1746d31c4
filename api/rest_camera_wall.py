"""The camera wall over HTTP: cameras by hand, by an incident or by area, each with its picture's address or why there is none."""

from api.call import AREA, Answer, Call, Param, read_params
from core.camera_wall_config import SIZES
from core.errors import Invalid
from store import camera_wall
from store.acts import Act

WALL_PARAMS = (
    Param("cameras", "devices or numbers of GB/T 28181: by hand, in this order", "list"),
    Param("incident", "incident id: those that see its place, the nearest first", "integer"), AREA,
    Param("most", f"how many pictures: {', '.join(map(str, SIZES))}; 9 unless given", "integer"),
    Param("page", "of an area's cameras, from 0", "integer"),
    Param("look", "false: only how they are, no address and no line in the audit", "boolean"),
)  # fmt: skip
_MOST_PAGES = 10_000


def get_wall(call: Call) -> Answer:
    """By hand, else by incident, else by area (all there is unless given)."""
    wanted = read_params(WALL_PARAMS, call.query)
    most, page = wanted.get("most", 9), wanted.get("page", 0)
    if most not in SIZES or not 0 <= page < _MOST_PAGES:
        raise Invalid(f"most: one of {', '.join(map(str, SIZES))}; page: from 0")
    names, unknown = list(dict.fromkeys(wanted.get("cameras") or []))[: max(SIZES)], list[str]()
    if names:
        by = "hand"
        rows, unknown = camera_wall.by_hand(call.connection, call.scope, names)
        total = len(rows)
    elif wanted.get("incident") is not None:
        by = "incident"
        rows = camera_wall.by_incident(call.connection, call.scope, wanted["incident"], call.config)
        total = len(rows)
    else:
        by = "area"
        rows, total = camera_wall.by_area(call.connection, call.scope, wanted.get("area", ""), most, page * most)
    act = Act("read_stream", call.scope, call.now, address=call.address)
    shown = camera_wall.pictures_of(call.connection, rows[:most], call.config, act, wanted.get("look", True))
    return Answer({"by": by, "total": total, "page": page, "unknown": unknown, "pictures": shown, "at": call.now,
                   "may_watch": camera_wall.may_watch(call.scope, call.config)}, headers={"Cache-Control": "no-store"})  # fmt: skip


def get_map(call: Call) -> Answer:
    """Every camera with a place: columns instead of rows, for there may be thousands."""
    rows = camera_wall.on_map(call.connection, call.scope)
    names = ("device", "name", "lon", "lat", "state", "has_stream", "drill")
    return Answer({"columns": {name: [row[name] for row in rows] for name in names}, "count": len(rows)})
