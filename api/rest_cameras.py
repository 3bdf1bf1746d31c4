"""Cameras over HTTP: the catalogue with its rates, what the cameras reach, and the address of one stream for those who may look."""

from dataclasses import replace

from api.call import AREA, PAGE, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, write_cursor
from core.errors import Invalid
from geodata.cameras import Usual
from store import cameras
from store.acts import Act
from store.lists import MOST

_STATE = Param("state", ", ".join(cameras.STATES))
CAMERA_PARAMS = (
    AREA, Param("cell", "cell_id or cell code"), _STATE, Param("owner", "the unit it belongs to"),
    Param("gb_id", "the 20 digits of GB/T 28181"), *PAGE,
)  # fmt: skip
SUMMARY_PARAMS = (AREA,)
COVERAGE_PARAMS = (AREA, Param("state", "online: only what cameras see that are online now"), *PAGE)


def list_cameras(call: Call) -> Answer:
    """Each with the share of the last 24 hours and 7 days in which it was online, as far as somebody listened. No stream's address."""
    wanted = read_params(CAMERA_PARAMS, call.query)
    state = wanted.pop("state", None)  # of a camera it is no stage
    if state not in (None, *cameras.STATES):
        raise Invalid(f"state: one of {', '.join(cameras.STATES)}")
    after = read_id_cursor(wanted.get("next"))
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={**filter_.wanted, "state": state})
    rows = cameras.list_cameras(call.connection, call.scope, filter_, call.now, after or 0)
    return page("cameras", rows, filter_.limit, "id")


def summarise_cameras(call: Call) -> Answer:
    wanted = read_params(SUMMARY_PARAMS, call.query)
    return Answer(cameras.summarise(call.connection, call.scope, wanted.get("area", ""), call.now))


def cover_cells(call: Call) -> Answer:
    """How many cells some camera reaches, and those that none does, a page of them. Geometry only: walls are not asked."""
    wanted = read_params(COVERAGE_PARAMS, call.query)
    state, limit = wanted.get("state"), wanted.get("limit", 100)
    if state not in (None, "online"):
        raise Invalid("state: online, or nothing for all")
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    usual = Usual(call.config.cameras.reach_m, call.config.cameras.angle)
    after = read_id_cursor(wanted.get("next"))
    with call.deps.store.connection() as connection:  # cameras beyond a border look across it; only cells of the scope are told
        found = cameras.cover(connection, call.scope, wanted.get("area", ""), state, usual, (after or 0, limit))
    more = write_cursor(found.blind[-1]["cell_id"]) if len(found.blind) >= limit else None
    return Answer({**found.totals, "blind_cells": found.blind, "next": more})


def get_stream(call: Call) -> Answer:
    """The address of one stream; every look is audited."""
    act = Act("read_stream", call.scope, call.now, address=call.address)
    return Answer({"url": cameras.read_stream(call.connection, call.path["device"], act)}, headers={"Cache-Control": "no-store"})
