"""Resources over HTTP: the ledger, what is near a place, whom to call, and keeping it by hand."""

from dataclasses import replace

from api.call import AREA, PAGE, Answer, Call, Param, read_cursor, read_filter, read_params, write_cursor
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


def put_resource(call: Call) -> Answer:
    """201 when it is new."""
    resource = _read(call)
    act = Act("keep", call.scope, call.now, address=call.address)
    new = resources.keep(call.connection, resource, act)
    return Answer({"code": resource.code, "new": new}, 201 if new else 200)


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
