"""Hazards (隐患) over HTTP: the ledger, writing one down, its acts and its pictures."""

from dataclasses import replace
from typing import Any

from api import photos
from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, read_time
from api.places import place_of_fields
from api.problems import read_etag
from api.rest_alerts import act_of, acted, shown
from core.errors import Invalid
from core.plain import fault_of_text
from store import hazards, media, shifts
from store.acts import Act

HAZARD_PARAMS = (
    Param("stage", "one or more of found, rectifying, rectified, verified, closed, voided", "list"),
    Param("level", "general (一般) or major (重大)"), Param("unit", "unit id", "integer"), Param("enterprise", "code of an enterprise"),
    Param("overdue", "true or false", "boolean"), AREA, *SPAN, *PAGE,
)  # fmt: skip
PHOTO_PARAMS = (Param("role", "before, after, evidence"),)
PLAN = ("unit", "measures", "level")  # what `assign` takes beside `until`
# Longest text of each, in letters.
_TEXTS = {"title": 200, "text": 4000, "address": 300, "measures": 2000}
_FIELDS = {*_TEXTS, "level", "enterprise", "drill", "unit", "until", "lon", "lat", "datum", "cell_code", "area"}


def list_hazards(call: Call) -> Answer:
    wanted = read_params(HAZARD_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = replace(read_filter({"unit_id" if name == "unit" else name: value for name, value in wanted.items()}), after=after)
    return page("hazards", hazards.list_hazards(call.connection, call.scope, filter_), filter_.limit, "id")


def get_hazard(call: Call) -> Answer:
    return shown(_read(call, call.number("id")))


def _read(call: Call, hazard_id: int) -> dict[str, Any]:
    return hazards.get_hazard(call.connection, call.scope, hazard_id)


def post_hazard(call: Call) -> Answer:
    """Write one down; with a `unit` it is assigned at once."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    texts = {name: _text(fields, name, longest) for name, longest in _TEXTS.items()}
    if not texts["title"]:
        raise Invalid("'title' is missing")
    if fields.get("lon") is not None or fields.get("lat") is not None or fields.get("cell_code"):
        place = place_of_fields(call, fields)
    else:
        place = {"area": _text(fields, "area", 12) or call.scope.areas[0]}
    plan = {name: fields[name] for name in ("unit", "measures") if fields.get(name)} if fields.get("unit") else {}
    if plan and fields.get("until"):
        plan["until"] = read_time("until", fields["until"])
    found = hazards.Found(
        texts["title"], _text(fields, "level", 20) or "general", place, texts["text"], texts["address"],
        _text(fields, "enterprise", 40) or None, fields.get("drill") is True, plan,
    )  # fmt: skip
    shifts.be_on(call.connection, call.scope, call.now)
    act = Act("find", call.scope, call.now, address=call.address)
    hazard_id = hazards.find_hazard(call.connection, found, act, call.config.ledgers)
    return shown(_read(call, hazard_id), 201, {"Location": f"/api/v1/hazards/{hazard_id}"})


def _text(fields: dict[str, Any], name: str, longest: int) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > longest:
        raise Invalid(f"{name}: a text of at most {longest} letters")
    if fault := fault_of_text(value, one_line=name in {"title", "address"}):
        raise Invalid(f"{name}: {fault}")
    return value.strip()


def act_on_hazard(call: Call) -> Answer:
    fields, hazard_id = call.fields(), call.number("id")
    plan = {name: fields.pop(name) for name in PLAN if name in fields}
    if any(not isinstance(plan.get(name) or "", str) for name in ("measures", "level")):
        raise Invalid("'measures' and 'level' are texts")
    act = act_of(call, fields, read_etag(call.headers.get("If-Match")))
    act = replace(act, extra={**act.extra, **plan})
    return acted(
        call,
        lambda: hazards.act_on_hazard(call.connection, hazard_id, act, call.config.ledgers),
        lambda: _read(call, hazard_id),
    )


def post_photo(call: Call) -> Answer:
    """A picture of a hazard, stripped of what the camera wrote into it."""
    hazard_id, role = call.number("id"), read_params(PHOTO_PARAMS, call.query).get("role", "evidence")
    if role not in media.ROLES:
        raise Invalid(f"role: one of {', '.join(media.ROLES)}")
    hazards.lock_hazard(call.connection, call.scope, hazard_id)
    photo = photos.read_photo(call.body, call.config.area.zone)
    media_id = media.keep_photo(call.media, photo.jpeg)
    medium = media.Medium(media_id, photo.sha256, "image/jpeg", len(photo.jpeg), role, photo.lon, photo.lat, photo.taken_at)
    hazards.add_photo(call.connection, hazard_id, medium, Act("add_photo", call.scope, call.now, address=call.address))
    url = f"{media.ADDRESS}{media_id}"
    return Answer({"media_id": media_id, "url": url, "bytes": len(photo.jpeg)}, 201, {"Location": url})
