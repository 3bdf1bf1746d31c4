"""Resources over HTTP: the ledger, what is near a place, whom to call, and keeping it by hand."""

from dataclasses import replace
from typing import Any

from api.call import AREA, PAGE, Answer, Call, Param, read_cursor, read_filter, read_params, write_cursor
from api.problems import NoVersion, make_etag, read_etag
from api.rest_alerts import acted, shown
from core.emergency_config import KINDS
from core.errors import Invalid
from dispatch.resources import HEADINGS, Resource, read_row
from store import resources
from store.acts import Act

RESOURCE_PARAMS = (
    AREA, Param("kind", ", ".join(KINDS), "list"), Param("tag", "what it can do"), Param("q", "in name, code, address and tags"),
    Param("out", "also those that are not to be had", "boolean"), Param("lon", "near this place …", "number"), Param("lat", "", "number"),
    Param("radius", "… within so many metres, at most 50,000", "number"), Param("n", "… the nearest so many", "integer"), *PAGE,
)  # fmt: skip
_FIELDS = {*HEADINGS.values(), "out"}


def list_resources(call: Call) -> Answer:
    """By code in pages; with a place the nearest first, each with `distance_m`."""
    wanted = read_params(RESOURCE_PARAMS, call.query)
    lon, lat, radius, count = (wanted.pop(name, None) for name in ("lon", "lat", "radius", "n"))
    cursor = read_cursor(wanted.get("next"), str)
    if "kind" in wanted:
        wanted["kinds"] = _kinds(wanted.pop("kind"))
    filter_ = read_filter(wanted)
    if (lon is None) != (lat is None):
        raise Invalid("lon and lat go together")
    if lon is not None and lat is not None:
        return Answer({"resources": resources.find_near(call.connection, call.scope, filter_, (lon, lat), radius, count)})
    rows = resources.list_resources(call.connection, call.scope, filter_, cursor[0] if cursor else "")
    following = write_cursor(rows[-1]["code"]) if len(rows) == filter_.limit else None
    return Answer({"resources": rows, "next": following})


def _kinds(named: list[str]) -> list[str]:
    if unknown := sorted(set(named) - set(KINDS)):
        raise Invalid(f"kind: no kind is called {', '.join(unknown)}; there are {', '.join(KINDS)}")
    return named


def get_resource(call: Call) -> Answer:
    return shown(_shape(call))


def _shape(call: Call) -> dict[str, Any]:
    return resources.get_resource(call.connection, call.scope, call.path["code"])


def put_resource(call: Call) -> Answer:
    """201 when it is new; one that is there is changed by whoever names the version they saw (`If-Match`)."""
    resource = _read(call)
    expect = read_etag(call.headers.get("If-Match"))
    if call.headers.get("If-Match") is None and (version := resources.find_version(call.connection, call.scope, resource.code)) is not None:
        raise NoVersion(make_etag(version))
    act = Act("keep", call.scope, call.now, expect=expect, address=call.address)
    new: list[bool] = []
    answer = acted(call, lambda: new.append(resources.keep(call.connection, resource, act)), lambda: _shape(call))
    return replace(answer, status=201) if new and new[0] else answer


def _read(call: Call) -> Resource:
    """Raises `Invalid` with what is wrong and where."""
    fields = {**call.fields(), "code": call.path["code"]}
    if unknown := sorted(fields.keys() - _FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    out = fields.pop("out", False)
    if not isinstance(out, bool):
        raise Invalid("out: true or false")
    locator = call.places.locator(call.deps.store, call.now)
    found = read_row({name: value for name, value in fields.items() if value is not None}, lambda lon, lat: locator.locate(lon, lat).area)
    return replace(found, out=out)


def get_contact(call: Call) -> Answer:
    return Answer(resources.read_contact(call.connection, call.path["code"], Act("look", call.scope, call.now, address=call.address)))
