"""The calls about units, rosters, substitutions and patrols: a part of the table in `api.routes`, in the same words."""

from collections.abc import Mapping
from typing import Any

from api import rest_patrols, rest_roster_sheet, rest_rosters, rest_units
from api.call import Route
from api.shapes import BYTES, DATE, FLAG, IDS, INTEGER, NUMBER, TEXT, TEXTS, TIME, object_of

_WHO: Mapping[str, Any] = {"type": ["string", "integer"]}


def _list(of: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": of}


_POST = object_of(("name", "role"), name=TEXT, name_en=TEXT, role=TEXT, seats=INTEGER)
_UNIT = object_of(name=TEXT, name_en=TEXT, kind=TEXT, level=INTEGER, area=TEXT, parent={"type": ["string", "null"]}, posts=_list(_POST))
_MOVE = object_of(("act",), act=TEXT, unit={"type": ["string", "null"]}, post={"type": ["string", "null"]})
_ROSTER = object_of(
    ("from",), duty_grid=TEXT, duty_grids=TEXTS, worker=_WHO, people=_list(_WHO), shift=TEXT, pattern=TEXTS, step=INTEGER, until=DATE,
    anchor=DATE, note=TEXT, replace=FLAG, **{"from": DATE},
)  # fmt: skip
_SUBSTITUTION = object_of(("for", "stand_in", "until", "why"), stand_in=_WHO, until=TIME, why=TEXT, **{"for": _WHO, "from": TIME})
_END = object_of(("act",), act=TEXT)
_POINT = object_of(("name", "lon", "lat"), name=TEXT, lon=NUMBER, lat=NUMBER, datum=TEXT)
_STOPS = {"cells": IDS, "points": _list(_POINT), "share": NUMBER}
_PATROL = object_of(
    ("duty_grid", "title", "from", "until"), duty_grid=TEXT, title=TEXT, until=TIME, worker=INTEGER, drill=FLAG, **_STOPS,
    **{"from": TIME},
)  # fmt: skip
_PLAN = object_of(("duty_grid", "title", "starts", "ends"), duty_grid=TEXT, title=TEXT, starts=TEXT, ends=TEXT, weekdays=IDS, **_STOPS)
_FIX = object_of(("at", "lon", "lat"), at=TIME, lon=NUMBER, lat=NUMBER, accuracy_m=NUMBER, datum=TEXT)
_KEEPING = "act or admin"  # the role decides: an admin keeps the organisation without acting on cases
_TAKEN = (409, "the shift has its worker: say `replace`")

ORGANISATION: tuple[Route, ...] = (
    Route("GET", "/units", "read", "The tree of units with posts, people and open cases", rest_units.list_units, rest_units.UNIT_PARAMS),
    Route("GET", "/units/{unit}", "read", "One unit with its people", rest_units.get_unit),
    Route("PUT", "/units/{unit}", "admin", "Make or change a unit and its posts", rest_units.put_unit, body=_UNIT,
          answers=((200, "changed"), (201, "new"))),
    Route("POST", "/units/{unit}/acts", "admin", "`end` a unit", rest_units.act_on_unit, body=_END),
    Route("POST", "/people/{account}/acts", "admin", "`move` somebody to a unit and a post", rest_units.act_on_person, body=_MOVE),
    Route("GET", "/rosters", "read", "Who serves which shift of the duty grids, and where there is nobody", rest_rosters.list_rosters,
          rest_rosters.ROSTER_PARAMS),
    Route("POST", "/rosters", _KEEPING, "Give shifts of duty grids to people; `replace` ends who had them", rest_rosters.post_roster,
          body=_ROSTER, answers=((201, "the rosters made"), _TAKEN)),
    Route("GET", "/rosters.xlsx", _KEEPING, "The rosters as a sheet of people and days", rest_roster_sheet.get_sheet,
          rest_roster_sheet.SHEET_PARAMS),
    Route("POST", "/rosters/sheet", _KEEPING, "What a sheet of people and days would make of the rosters, and with `apply` the change",
          rest_roster_sheet.post_sheet, rest_roster_sheet.FILE_PARAMS, BYTES, "application/octet-stream"),
    Route("POST", "/rosters/{id}/acts", _KEEPING, "`end` a roster", rest_rosters.act_on_roster,
          body=object_of(("act",), act=TEXT, **{"from": DATE})),
    Route("GET", "/substitutions", "read", "Who stands in for whom", rest_rosters.list_substitutions, rest_rosters.SUBSTITUTION_PARAMS),
    Route("POST", "/substitutions", _KEEPING, "Let somebody stand in for another", rest_rosters.post_substitution, body=_SUBSTITUTION,
          answers=((201, "its number"), (409, "somebody stands in already"))),
    Route("POST", "/substitutions/{id}/acts", _KEEPING, "`end` a substitution", rest_rosters.act_on_substitution, body=_END),
    Route("GET", "/patrols", "read", "Patrols", rest_patrols.list_patrols, rest_patrols.PATROL_PARAMS),
    Route("POST", "/patrols", _KEEPING, "Have a duty grid patrolled", rest_patrols.post_patrol, body=_PATROL,
          answers=((201, "the patrol"),)),
    Route("GET", "/patrols/plans", "read", "What patrols are made from, day by day", rest_patrols.list_plans, rest_patrols.PLAN_PARAMS),
    Route("POST", "/patrols/plans", _KEEPING, "Have a duty grid patrolled on days of the week", rest_patrols.post_plan, body=_PLAN,
          answers=((201, "its number"),)),
    Route("POST", "/patrols/plans/{id}/acts", _KEEPING, "`end` a plan", rest_patrols.act_on_plan, body=_END),
    Route("GET", "/patrols/{id}", "read", "One patrol with its stops and its track", rest_patrols.get_patrol),
    Route("POST", "/patrols/{id}/acts", "act", "`cancel` a patrol", rest_patrols.act_on_patrol,
          body=object_of(("act",), act=TEXT, note=TEXT)),
    Route("POST", "/patrols/{id}/track", "act", "Where the phone of who walks it was", rest_patrols.post_track,
          body=object_of(("fixes",), fixes=_list(_FIX))),
)  # fmt: skip
