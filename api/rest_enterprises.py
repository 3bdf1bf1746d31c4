"""Enterprises and sites over HTTP: the ledger, points for a map, changes, a file of them, risk, whom to call; the ledgers' code tables."""

from dataclasses import replace
from typing import Any

from api.call import AREA, PAGE, Answer, Call, Param, page, read_filter, read_id_cursor, read_params
from api.problems import NoVersion, make_etag, read_etag
from api.rest_alerts import act_of, acted, shown
from api.sent_rows import FILE_PARAMS, MOST_ROWS, datum_of, take_of, verdicts_told
from api.sent_table import sent_table
from core.errors import Invalid
from core.ledger_config import public_emergencies
from dispatch.enterprises import read_enterprises, read_entry, read_risk
from dispatch.hazards import LEVELS
from dispatch.told_rows import Verdict
from store import enterprises
from store.acts import Act
from store.enterprises_in import place_of, put_all

ENTERPRISE_PARAMS = (
    Param("kind", "one or more kinds of the configuration", "list"), Param("risk", "one or more of 1 (red) to 4 (blue)", "list"),
    Param("q", "part of the name, code or address"), Param("ended", "true: also those that are no more", "boolean"),
    Param("format", "json (unless given) or geojson: points for a map"), AREA, *PAGE,
)  # fmt: skip
_POINT = ("code", "name", "kind", "area", "risk", "hazards", "drill", "simulated")


def list_enterprises(call: Call) -> Answer:
    wanted = read_params(ENTERPRISE_PARAMS, call.query)
    after, form = read_id_cursor(wanted.get("next")), wanted.pop("format", "json")
    if form not in {"json", "geojson"}:
        raise Invalid("format: json or geojson")
    kinds, risks = wanted.pop("kind", None), [read_risk(one) for one in wanted.pop("risk", [])]
    filter_ = read_filter(wanted)
    filter_ = replace(filter_, wanted={**filter_.wanted, "kinds": kinds, "risks": risks or None}, after=after)
    rows = enterprises.list_enterprises(call.connection, call.scope, filter_)
    if form == "geojson":
        return Answer({"type": "FeatureCollection", "features": [_point(row) for row in rows if row["lon"] is not None]},
                      media_type="application/geo+json")  # fmt: skip
    return page("enterprises", rows, filter_.limit, "id")


def _point(row: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "id": row["id"], "geometry": place, "properties": {name: row[name] for name in _POINT}}


def get_enterprise(call: Call) -> Answer:
    return shown(_read(call))


def _read(call: Call) -> dict[str, Any]:
    return enterprises.get_enterprise(call.connection, call.scope, call.path["code"])


def put_enterprise(call: Call) -> Answer:
    """Write one down, or change what is told of it; a risk comes with its reason in `why`."""
    fields = call.fields()
    if fields.setdefault("code", call.path["code"]) != call.path["code"]:
        raise Invalid("'code' is another one than the path's")
    entry = read_entry(fields, call.config.ledgers.enterprise_kinds)
    if call.headers.get("If-Match") is None and (version := enterprises.find_version(call.connection, call.scope, entry.code)) is not None:
        raise NoVersion(make_etag(version))  # two who never looked would undo each other
    act = Act("put", call.scope, call.now, expect=read_etag(call.headers.get("If-Match")), address=call.address)
    place = place_of(entry, call.places.locator(call.deps.store, call.now), call.scope.areas[0])
    verdicts: list[Verdict] = []
    answer = acted(call, lambda: verdicts.append(enterprises.put_enterprise(call.connection, entry, place, act)), lambda: _read(call))
    return replace(answer, status=201) if verdicts and verdicts[0].verdict == "created" else answer


def post_file(call: Call) -> Answer:
    """What a file would change, row by row, and with `apply` the change: all rows or none, with `partial` the good ones."""
    wanted = read_params(FILE_PARAMS, call.query)
    datum = datum_of(wanted)
    act = Act("import", call.scope, call.now, address=call.address)
    enterprises.demand_editor(act)  # before a file is read for somebody who may not
    with sent_table(call, wanted.get("file")) as (path, name):
        entries, faults = read_enterprises(path, call.config.ledgers.enterprise_kinds, datum, MOST_ROWS)
    locator = call.places.locator(call.deps.store, call.now)
    act = replace(act, note=f"导入 {name}")
    taken = put_all(call.connection, entries, faults, lambda one: place_of(one, locator, call.scope.areas[0]), act, take_of(wanted))
    return verdicts_told(taken)


def act_on_enterprise(call: Call) -> Answer:
    fields, code = call.fields(), call.path["code"]
    risk = read_risk(fields.pop("risk", None))
    act = act_of(call, fields, read_etag(call.headers.get("If-Match")))
    return acted(call, lambda: enterprises.act_on_enterprise(call.connection, code, act, risk), lambda: _read(call))


def get_contact(call: Call) -> Answer:
    act = Act("read_contact", call.scope, call.now, address=call.address)
    return Answer(enterprises.read_contact(call.connection, call.path["code"], act), headers={"Cache-Control": "no-store"})


def get_codes(call: Call) -> Answer:
    """What a city calls its public emergencies, kinds of enterprises and levels of hazards."""
    ledgers = call.config.ledgers
    kinds = [{"code": code, **one.model_dump()} for code, one in ledgers.enterprise_kinds.items()]
    return Answer(
        {
            "emergencies": public_emergencies(ledgers.emergency_grades, call.config.emergency.types),
            "enterprise_kinds": kinds,
            "hazard_levels": list(LEVELS),
        }
    )
