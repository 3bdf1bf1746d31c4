"""What moves or has an extent, for the map over HTTP: warnings with their ground, the density of what happened, vehicles and people."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import msgspec

from api.call import AREA, Answer, Call, Param, read_params
from core.errors import Invalid
from maps import heat
from store import extents, movers

AT = Param("at", "a moment, RFC 3339; now unless given", "time")
MOVER_PARAMS = (AREA, AT)
HEAT_PARAMS = (
    Param("of", f"{', '.join(extents.KINDS)}; complaints unless given"),
    Param("span", "how far back: 1h to 31d, 24h unless given", "duration"), AREA, AT,
)  # fmt: skip
_SPANS = (timedelta(hours=1), timedelta(days=31))


def list_warnings(call: Call) -> Answer:
    """Weather warnings in force, each with its ground."""
    wanted = read_params(MOVER_PARAMS, call.query)
    return Answer(extents.read_warnings(call.connection, call.scope, _area(wanted), _at(call, wanted)))


def get_heat(call: Call) -> Answer:
    """How dense it happened: `values` is a byte a place of the grid, row by row from the north-west, 255 is `top` happenings per km²."""
    wanted = read_params(HEAT_PARAMS, call.query)
    kind, span, until = wanted.get("of", "complaints"), wanted.get("span", timedelta(days=1)), _at(call, wanted)
    if kind not in extents.KINDS:
        raise Invalid(f"of: one of {', '.join(extents.KINDS)}")
    if not _SPANS[0] <= span <= _SPANS[1]:
        raise Invalid("span: from 1h to 31d")
    found = extents.read_places(call.connection, call.scope, kind, _area(wanted), until - span, until)
    lon, lat, weight = zip(*found.places, strict=True) if found.places else ((), (), ())
    grid = heat.density(lon, lat, weight)
    count = sum(weight)
    told = {"of": kind, "since": until - span, "until": until, "count": count, "places": len(weight), "unplaced": found.unplaced,
            "drills": found.drills, "whole": found.whole, "sigma_m": heat.SIGMA_M, "grid": None}  # fmt: skip
    return Answer({**told, "grid": _packed(grid)} if grid else told)


def _packed(grid: heat.Grid) -> dict[str, Any]:
    top = heat.top_of(grid)
    rows, columns = grid.per_km2.shape
    return {"box": [round(edge, 6) for edge in grid.box], "columns": columns, "rows": rows, "top": top, "left_out": grid.left_out,
            "values": b64encode(heat.pack(grid, top)).decode()}  # fmt: skip


def list_movers(call: Call) -> Answer:
    """Vehicles and, for who may see where people are, those on patrol: place, time, course, trail. `fresh_s`: older ones are grey."""
    wanted = read_params(MOVER_PARAMS, call.query)
    of, at, area = call.config.map.movers, _at(call, wanted), _area(wanted)

    def vehicles() -> bytes:
        return msgspec.json.encode(movers.read_vehicles(call.connection, call.scope, of, area, at))

    now = "at" not in wanted  # worked out once every few seconds for all who see the same; people for each reader alone
    shelf, key = call.places.points, ("movers", area, *call.scope.areas)
    told = {
        "at": at, "fresh_s": of.fresh.total_seconds(), "fresh_people_s": of.fresh_people.total_seconds(),
        "kept_s": of.kept.total_seconds(), "trail_s": of.trail.total_seconds(),
        "vehicles": msgspec.Raw(shelf.of(key, call.now, call.now.isoformat, vehicles).plain if now else vehicles()),
        "people": movers.read_people(call.connection, call.scope, of, area, at),
    }  # fmt: skip
    return Answer(msgspec.json.encode(told))


def _at(call: Call, wanted: dict[str, Any]) -> datetime:
    at: datetime = wanted.get("at", call.now)
    return min(at, call.now)


def _area(wanted: dict[str, Any]) -> str:
    """Raises `Invalid` for what cannot be the code of an area."""
    area: str = wanted.get("area", "")
    if area and not (area.isascii() and area.isdigit() and len(area) <= 15):
        raise Invalid("area: the code of an area, or its beginning")
    return area
