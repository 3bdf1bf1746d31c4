"""Patrols over HTTP: lists and single ones, making and cancelling, positions of a phone, and the plans patrols are made from."""

from datetime import datetime, time
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_cursor, read_params, read_time
from api.phone import clock_of
from api.places import read_position
from api.rest_alerts import acted, read_act, shown
from core.errors import Invalid
from dispatch import patrol as lifecycle
from dispatch.patrol import Fix
from dispatch.plausible import Said, true_time
from geodata.datums import to_cgcs2000
from store import patrol_plans, patrols
from store.acts import Act
from store.lists import MOST

PATROL_PARAMS = (
    AREA, Param("stage", ", ".join(lifecycle.TABLE), "list"), Param("duty_grid", "code of a duty grid"),
    Param("mine", "only my own and those nobody has yet", "boolean"), *SPAN, *PAGE,
)  # fmt: skip
PLAN_PARAMS = (AREA,)
_TASK_FIELDS = {"duty_grid", "title", "from", "until", "cells", "points", "share", "worker", "drill"}
_PLAN_FIELDS = {"duty_grid", "title", "starts", "ends", "weekdays", "cells", "points", "share"}
_FIX_FIELDS = {"at", "lon", "lat", "datum", "accuracy_m"}


def list_patrols(call: Call) -> Answer:
    wanted = read_params(PATROL_PARAMS, call.query)
    limit, after = wanted.get("limit", 100), read_cursor(wanted.get("next"), str, int)
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    if strange := sorted(set(wanted.get("stage", ())) - lifecycle.TABLE.keys()):
        raise Invalid(f"stage: '{strange[0]}' is none of {', '.join(lifecycle.TABLE)}")
    span = {name: wanted[given] for name, given in (("since", "from"), ("until", "to")) if given in wanted}
    if after:
        span["after"] = (read_time("next", after[0]), after[1])
    mine = call.scope.account_id if wanted.get("mine") else None
    asked = patrols.Asked(wanted.get("area", ""), wanted.get("stage"), wanted.get("duty_grid"), mine, **span, limit=limit)
    return page("patrols", patrols.list_patrols(call.connection, call.scope, asked), limit, "from", "id")


def get_patrol(call: Call) -> Answer:
    return shown(_read(call, call.number("id")))


def _read(call: Call, patrol_id: int) -> dict[str, Any]:
    return patrols.get_patrol(call.connection, call.scope, patrol_id)


def post_patrol(call: Call) -> Answer:
    fields = _known(call.fields(), _TASK_FIELDS)
    worker = fields.get("worker")
    if worker is not None and (not isinstance(worker, int) or isinstance(worker, bool) or not 0 < worker < 2**31):
        raise Invalid("worker: the number of an account")
    task = patrols.Task(
        _word(fields, "duty_grid"), _word(fields, "title"), read_time("from", fields.get("from")), read_time("until", fields.get("until")),
        **_stops(fields), worker=worker, drill=fields.get("drill") is True,
    )  # fmt: skip
    patrol_id = patrols.add_patrol(call.connection, task, Act("add", call.scope, call.now, address=call.address))
    return shown(_read(call, patrol_id), 201, {"Location": f"/api/v1/patrols/{patrol_id}"})


def _known(fields: dict[str, Any], known: set[str]) -> dict[str, Any]:
    if unknown := sorted(fields.keys() - known):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return fields


def _word(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 200:
        raise Invalid(f"{name}: a text of at most 200 letters")
    return value.strip()


def _stops(fields: dict[str, Any]) -> dict[str, Any]:
    """`cells` as numbers, `points` as `{name, lon, lat, datum?}`, `share` of them that must be visited. Raises `Invalid`."""
    cells, points, share = fields.get("cells") or [], fields.get("points") or [], fields.get("share", 1)
    if (
        not isinstance(cells, list)
        or not all(isinstance(cell, int) and 0 < cell < 2**31 for cell in cells)
        or len(set(cells)) != len(cells)
    ):
        raise Invalid("cells: a list of numbers of cells, each once")
    if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
        raise Invalid("points: a list of {name, lon, lat}")
    if not isinstance(share, int | float) or isinstance(share, bool):
        raise Invalid("share: over 0 and at most 1")
    if len(cells) + len(points) > patrols.MOST_STOPS:
        raise Invalid(f"a patrol has at most {patrols.MOST_STOPS} stops")
    return {"cells": tuple(cells), "points": tuple((_word(point, "name"), *_position(point)) for point in points), "share": float(share)}


def _position(fields: dict[str, Any]) -> tuple[float, float]:
    """Degrees in our datum. Raises `Invalid`."""
    found = read_position(fields)
    if found is None:
        raise Invalid("a position has lon and lat in degrees, and perhaps a datum")
    return to_cgcs2000(found.lon, found.lat, found.datum)


def act_on_patrol(call: Call) -> Answer:
    patrol_id, act = call.number("id"), read_act(call)
    return acted(call, lambda: patrols.cancel(call.connection, patrol_id, act), lambda: _read(call, patrol_id))


def post_track(call: Call) -> Answer:
    """Where the phone was: `{"fixes": [{at, lon, lat, accuracy_m?, datum?}]}`; each moment counts once, however often it is sent.
    Where the phone tells its clock (`X-Yiping-Phone-Time`), `at` is by that clock and put right by the difference.
    """
    fields, patrol_id = call.fields(), call.number("id")
    found = fields.get("fixes")
    if fields.keys() != {"fixes"} or not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid('write {"fixes": [{at, lon, lat, accuracy_m}]}')
    if len(found) > patrols.MOST_FIXES:
        raise Invalid(f"at most {patrols.MOST_FIXES} positions at a time")
    act = Act("check_in", call.scope, call.now, address=call.address)
    taken = patrols.check_in(call.connection, patrol_id, [_fix(one, call) for one in found], act, call.config.organisation.patrol)
    patrol = patrols.read_patrol(call.connection, call.scope, patrol_id)  # without its track: a phone sends one position a minute
    return Answer({"taken": taken, "verdict": patrols.last_verdict(call.connection, patrol_id), "patrol": patrol})


def _fix(fields: dict[str, Any], call: Call) -> Fix:
    accuracy = _known(fields, _FIX_FIELDS).get("accuracy_m")
    if accuracy is not None and (not isinstance(accuracy, int | float) or isinstance(accuracy, bool) or not 0 <= accuracy < 1e7):
        raise Invalid("accuracy_m: metres")
    at, sent_at = read_time("at", fields.get("at")), clock_of(call.headers)
    if sent_at is not None:
        at, _ = true_time(Said(done_at=at, sent_at=sent_at), call.now)
    return Fix(at, *_position(fields), float(accuracy) if accuracy is not None else None)


def list_plans(call: Call) -> Answer:
    wanted = read_params(PLAN_PARAMS, call.query)
    return Answer({"plans": patrol_plans.list_plans(call.connection, call.scope, wanted.get("area", ""))})


def post_plan(call: Call) -> Answer:
    fields = _known(call.fields(), _PLAN_FIELDS)
    weekdays = fields.get("weekdays", [1, 2, 3, 4, 5, 6, 7])
    if not isinstance(weekdays, list) or not all(isinstance(day, int) and not isinstance(day, bool) for day in weekdays):
        raise Invalid("weekdays: a list of 1 (Monday) to 7")
    plan = patrol_plans.Plan(
        _word(fields, "duty_grid"),
        _word(fields, "title"),
        _clock(fields, "starts"),
        _clock(fields, "ends"),
        tuple(weekdays),
        **_stops(fields),
    )
    act = Act("add", call.scope, call.now, address=call.address)
    return Answer({"plan": patrol_plans.add_plan(call.connection, plan, act, call.config.area.timezone)}, 201)


def _clock(fields: dict[str, Any], name: str) -> time:
    try:
        return datetime.strptime(str(fields.get(name)), "%H:%M").time()  # noqa: DTZ007 - a wall clock, no moment
    except ValueError as error:
        raise Invalid(f"{name}: '{fields.get(name)}' is no time of day; write 09:30") from error


def act_on_plan(call: Call) -> Answer:
    """`end` a plan: no more patrols are made from it."""
    plan_id = call.number("id")
    if call.fields() != {"act": "end"} or plan_id >= 2**31:
        raise Invalid('write {"act": "end"}')
    patrol_plans.end_plan(call.connection, plan_id, Act("end", call.scope, call.now, address=call.address))
    return Answer({"plan": plan_id, "ended_at": call.now})
