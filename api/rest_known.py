"""Intake over HTTP: what is known near a spot or under an address while a call is typed, and joining it instead of opening a second."""

from typing import Any

from api.call import Answer, Call, Param, read_params
from api.places import place_of_fields, read_position
from core.errors import Invalid
from core.model import Channel
from core.plain import fault_of_text
from geodata.address import MOST_LETTERS
from geodata.datums import to_cgcs2000
from store import known, shifts
from store.acts import Act
from store.lists import MOST

KNOWN_PARAMS = (
    Param("lon", "degrees", "number"), Param("lat", "degrees", "number"), Param("datum", "of lon and lat"),
    Param("class_code", "class; without it any within the usual radius"), Param("address", "as it was said"),
    Param("source", "the channel it comes through: how exact its places are"),
)  # fmt: skip
ADJUSTMENT_PARAMS = (Param("limit", f"at most {MOST}, 500 unless given", "integer"),)
_JOIN_FIELDS = {"source", "title", "text", "address", "lon", "lat", "datum", "caller", "note"}
_CALLER = ("name", "phone", "address")


def list_adjustments(call: Call) -> Answer:
    """The earliest deadline first; `mine`: what this reader's role may decide now."""
    wanted = read_params(ADJUSTMENT_PARAMS, call.query)
    limit = wanted.get("limit", 500)
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    return Answer({"adjustments": known.list_adjustments(call.connection, call.scope, limit)})


def list_known(call: Call) -> Answer:
    """Open cases, incidents and reports there; without a position the address is looked up, if the gazetteer is sure of it."""
    wanted = read_params(KNOWN_PARAMS, call.query)
    address, channel = wanted.get("address", ""), wanted.get("source") or Channel.HOTLINE.value
    if len(address) > 2 * MOST_LETTERS:
        raise Invalid(f"address: a text of at most {2 * MOST_LETTERS} letters")
    place = _place(call, wanted, address)
    found = known.find_known(call.connection, call.scope, place, wanted.get("class_code"), _channel(channel), call.config, call.now)
    return Answer({**found, "lon": place.lon, "lat": place.lat})


def _place(call: Call, wanted: dict[str, Any], address: str) -> known.Place:
    position = read_position(wanted)
    if position is not None:
        lon, lat = to_cgcs2000(position.lon, position.lat, position.datum)
        return known.Place(lon, lat, address)
    names = call.places.names(call.deps.store, call.config.places.prefixes).present()
    sure = next((match for match in names.suggest(address, "", 1) if match.confidence >= call.config.places.place_from), None)
    return known.Place(sure.lon, sure.lat, address) if sure and address.strip() else known.Place(address=address)


def _channel(word: str) -> str:
    """Sources that are no channel of a report (a case may come from the desk's own register) are as exact as a call."""
    return word if word in {one.value for one in Channel} else Channel.HOTLINE.value


def post_report(call: Call) -> Answer:
    """Another caller for an incident in hand: 201 with the report that was made and the case it belongs to."""
    fields = call.fields()
    if unknown := sorted(fields.keys() - _JOIN_FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_JOIN_FIELDS))}")
    texts = {name: _text(fields, name) for name in ("title", "text", "address", "note")}
    said: dict[str, Any] = {**texts, "channel": _channel(str(fields.get("source") or Channel.HOTLINE.value))}
    if read_position(fields) is not None:
        said |= place_of_fields(call, fields)
        if not call.scope.sees(said["area"]):
            raise Invalid("that place is outside your area")
    shifts.be_on(call.connection, call.scope, call.now)
    act = Act("join", call.scope, call.now, texts["note"], address=call.address)
    return Answer(known.join(call.connection, call.number("id"), said, read_caller(fields), act), 201)


def read_caller(fields: dict[str, Any]) -> dict[str, str]:
    """`caller` as `{name, phone, address}`. Raises `Invalid` for anything else."""
    caller = fields.get("caller") or {}
    if not isinstance(caller, dict) or (caller.keys() - set(_CALLER)):
        raise Invalid(f"caller: an object of {', '.join(_CALLER)}")
    return {name: _text(caller, name, 200) for name in _CALLER}


def _text(fields: dict[str, Any], name: str, most: int = 2000) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > most:
        raise Invalid(f"{name}: a text of at most {most} letters")
    if name == "title" and value and (fault := fault_of_text(value, one_line=True)):
        raise Invalid(f"{name}: {fault}")
    return value.strip()
