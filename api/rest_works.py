"""Planned works and events over HTTP: the list, shapes for a map, writing one down, a file of them, and what lies near something."""

from dataclasses import replace
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params
from api.problems import NoVersion, make_etag, read_etag
from api.rest_alerts import act_of, acted, shown
from api.sent_rows import FILE_PARAMS, MOST_ROWS, datum_of, take_of, verdicts_told
from api.sent_table import sent_table
from core.errors import Invalid
from dispatch.works import STATES, TEMPLATE, read_work, read_works
from store import shifts, works
from store.acts import Act
from store.works_in import put_all

WORK_PARAMS = (
    Param("state", f"one or more of {', '.join(STATES)}; unless given all but withdrawn", "list"),
    Param("kind", "one or more kinds of the configuration", "list"), Param("q", "part of the name, code, address or operator"),
    Param("format", "json (unless given) or geojson: shapes for a map"), AREA, *SPAN, *PAGE,
)  # fmt: skip
NEAR_PARAMS = (
    Param("lon", "degrees, CGCS2000", "number"), Param("lat", "", "number"), Param("class", "class code of what happens there"), *SPAN
)  # fmt: skip
_SHOWN = ("id", "code", "title", "kind", "area", "state", "at_work", "starts_at", "ends_at", "hours", "radius_m", "operator", "note",
          "simulated")  # fmt: skip


def list_works(call: Call) -> Answer:
    """What was announced, the newest first; `from` and `to` ask for those in force at some time between."""
    wanted = read_params(WORK_PARAMS, call.query)
    after, form = read_id_cursor(wanted.get("next")), wanted.pop("format", "json")
    if form not in {"json", "geojson"}:
        raise Invalid("format: json or geojson")
    states = wanted.pop("state", None) or ["planned", "under_way", "over"]
    if not set(states) <= {*STATES}:
        raise Invalid(f"state: one or more of {', '.join(STATES)}")
    kinds = wanted.pop("kind", None)
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={**filter_.wanted, "kinds": kinds, "states": states}, after=after)
    rows = works.list_works(call.connection, call.scope, filter_, call.now, call.config.area.zone)
    if form == "geojson":
        features = [_feature(row) for row in rows]
        return Answer({"type": "FeatureCollection", "features": features}, media_type="application/geo+json")
    return page("works", rows, filter_.limit, "id")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": row["id"], "geometry": row["shape"], "properties": {name: row[name] for name in _SHOWN}}


def get_work(call: Call) -> Answer:
    return shown(_read(call, call.number("id")))


def _read(call: Call, work_id: int) -> dict[str, Any]:
    return works.get_work(call.connection, call.scope, work_id, call.now, call.config.area.zone)


def list_near(call: Call) -> Answer:
    """What is planned near a place, in force at some time from `from` to `to` (now unless given). A hint: nothing is silenced by it."""
    wanted = read_params(NEAR_PARAMS, call.query)
    lon, lat = wanted.get("lon"), wanted.get("lat")
    if lon is None or lat is None or not -180 <= lon <= 180 or not -90 <= lat <= 90:
        raise Invalid("give lon and lat in degrees")
    since, until = wanted.get("from", call.now), wanted.get("to", call.now)
    if until < since:
        raise Invalid("'to' is before 'from'")
    found = works.find_near(
        call.connection, call.scope, (lon, lat), (since, until), wanted.get("class"), call.config.planned_works, call.now,
        call.config.area.zone,
    )  # fmt: skip
    return Answer({"works": found, "from": since, "to": until})


def post_work(call: Call) -> Answer:
    """Write one down; a code that is known already is refused: it is changed by its number."""
    shifts.be_on(call.connection, call.scope, call.now)
    fields = call.fields()
    work = read_work(fields, call.config.planned_works.kinds, call.config.area.zone)
    act = Act("put", call.scope, call.now, address=call.address)
    locator = call.places.locator(call.deps.store, call.now)
    number, _ = works.put_work(call.connection, work, locator, act, only_new=True)
    return shown(_read(call, number), 201, {"Location": f"/api/v1/works/{number}"})


def put_work(call: Call) -> Answer:
    """Change what is told of one: what is left out stays. Takes the version that was read (`If-Match`)."""
    work_id = call.number("id")
    work = read_work(call.fields(), call.config.planned_works.kinds, call.config.area.zone)
    present = _read(call, work_id)
    if call.headers.get("If-Match") is None:
        raise NoVersion(make_etag(present["version"]))  # two who never looked would undo each other
    act = Act("put", call.scope, call.now, expect=read_etag(call.headers.get("If-Match")), address=call.address)
    locator = call.places.locator(call.deps.store, call.now)
    return acted(call, lambda: works.put_work(call.connection, work, locator, act, work_id=work_id), lambda: _read(call, work_id))


def act_on_work(call: Call) -> Answer:
    work_id = call.number("id")
    act = act_of(call, call.fields(), read_etag(call.headers.get("If-Match")))
    return acted(call, lambda: works.act_on_work(call.connection, work_id, act), lambda: _read(call, work_id))


def post_file(call: Call) -> Answer:
    """What a file would change, row by row, and with `apply` the change: all rows or none, with `partial` the good ones."""
    wanted = read_params(FILE_PARAMS, call.query)
    datum = datum_of(wanted)
    act = Act("import", call.scope, call.now, address=call.address)
    works.demand_editor(act)  # before a file is read for somebody who may not
    with sent_table(call, wanted.get("file")) as (path, name):
        rows, faults = read_works(path, call.config.planned_works.kinds, call.config.area.zone, datum, MOST_ROWS)
    locator = call.places.locator(call.deps.store, call.now)
    taken = put_all(call.connection, rows, faults, locator, replace(act, note=f"导入 {name}"), take_of(wanted), name)
    return verdicts_told(taken, template=TEMPLATE)
