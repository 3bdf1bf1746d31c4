"""Routing rules over HTTP: read by everybody who reads, written by an admin with a reason; and a proposal before there is a case."""

import re
from typing import Any

from pydantic import ValidationError

from api.call import Answer, Call, Param, read_params
from api.places import place_of_fields
from api.problems import NoVersion, make_etag, read_etag
from api.whole_city import demand_whole_city
from core.config import problems_of
from core.errors import Invalid
from core.plain import fault_of_text
from core.routing_config import RoutingWords
from store import routing, routing_rules, routing_trial
from store.acts import Act

ROUTING_PARAMS = (Param("withdrawn", "those that were withdrawn, too", "boolean"),)
PROPOSAL_PARAMS = (
    Param("class_code", "class"), Param("lon", "degrees", "number"), Param("lat", "degrees", "number"), Param("datum", "of lon and lat"),
    Param("cell_code", "instead of lon and lat"), Param("component", "code of the component it is about"),
    Param("condition_no", "of the class's standard", "integer"),
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LONGEST_WHY = 2000


def list_routing(call: Call) -> Answer:
    """Rules with how many of their cases came back."""
    wanted = read_params(ROUTING_PARAMS, call.query)
    return Answer(routing_rules.list_rules(call.connection, call.now, bool(wanted.get("withdrawn"))))


def get_routing(call: Call) -> Answer:
    """One rule with its history."""
    rule = routing_rules.get_rule(call.connection, call.path["rule"], call.now)
    return Answer(rule, headers={"ETag": make_etag(rule["revision"])})


def post_routing(call: Call) -> Answer:
    """A new rule under the name it brings."""
    demand_whole_city(call)
    fields = call.fields()
    name = fields.pop("rule", None)
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise Invalid("rule: small letters, digits and - as in drains-night, at most 64")
    words, act = _read(call, fields, "add", 0)
    routing_rules.save_rule(call.connection, name, words, call.config.area, act)
    rule = routing_rules.get_rule(call.connection, name, call.now)
    return Answer(rule, 201, {"Location": f"/api/v1/routing/{name}", "ETag": make_etag(rule["revision"])})


def put_routing(call: Call) -> Answer:
    """Changed, or brought back, by whoever saw its present revision (`If-Match`)."""
    demand_whole_city(call)
    name = call.path["rule"]
    words, act = _read(call, call.fields(), "revise", _seen(call, name))
    routing_rules.save_rule(call.connection, name, words, call.config.area, act)
    return get_routing(call)


def delete_routing(call: Call) -> Answer:
    """Withdrawn with a reason; its history stays."""
    demand_whole_city(call)
    name, fields = call.path["rule"], call.fields() if call.body else {}
    act = Act("withdraw", call.scope, call.now, _why(fields), _seen(call, name), address=call.address)
    if fields:
        raise Invalid(f"unknown field(s) {', '.join(sorted(fields))}; there is why")
    routing_rules.withdraw_rule(call.connection, name, call.config.area, act)
    return get_routing(call)


def post_trial(call: Call) -> Answer:
    """What the last cases would have been proposed with a rule as it is written here; nothing is kept. `words` null: without it."""
    fields, name = call.fields(), call.path["rule"]
    last, words = fields.pop("last", 100), fields.pop("words", None)
    if fields or not isinstance(last, int) or isinstance(last, bool) or not 1 <= last <= routing_trial.MOST:
        raise Invalid(f"write {{words, last}}; last: how many cases, from 1 to {routing_trial.MOST}")
    if _NAME.fullmatch(name) is None or not (words is None or isinstance(words, dict)):
        raise Invalid("words: a rule as it would be kept, or null")
    act = Act("try", call.scope, call.now, "trial")
    wanted = _words(words) if words is not None else None
    return Answer(routing_trial.try_rule(call.connection, name, wanted, call.config.area, act, last))


def _seen(call: Call, name: str) -> int:
    """The revision the caller saw. Raises `NoVersion`: two who never looked would undo each other."""
    expect = read_etag(call.headers.get("If-Match"))
    if expect is None:
        raise NoVersion(make_etag(routing_rules.get_rule(call.connection, name, call.now)["revision"]))
    return expect


def _read(call: Call, fields: dict[str, Any], act: str, expect: int) -> tuple[RoutingWords, Act]:
    why = _why(fields)
    return _words(fields), Act(act, call.scope, call.now, why, expect, address=call.address)


def _words(fields: dict[str, Any]) -> RoutingWords:
    """Raises `Invalid` with what is wrong and where."""
    try:
        words = RoutingWords.model_validate(fields)
    except ValidationError as error:
        raise Invalid("; ".join(f"{one.path}: {one.message} {one.hint}".strip() for one in problems_of(error, RoutingWords))) from error
    for name in ("label", "label_en"):
        if fault := fault_of_text(getattr(words, name), one_line=True) if getattr(words, name) else None:
            raise Invalid(f"{name}: {fault}")
    return words


def _why(fields: dict[str, Any]) -> str:
    why = fields.pop("why", None) or ""
    if not isinstance(why, str) or len(why) > _LONGEST_WHY:
        raise Invalid(f"'why' must be a text of at most {_LONGEST_WHY} letters")
    return why.strip()


def get_proposal(call: Call) -> Answer:
    """Who a case of this class at this place would go to now, and why."""
    wanted = read_params(PROPOSAL_PARAMS, call.query)
    if not wanted.get("class_code"):
        raise Invalid("class_code is missing")
    place = place_of_fields(call, wanted)
    row = {
        "class_code": wanted["class_code"],
        "component_code": wanted.get("component"),
        "condition_no": wanted.get("condition_no"),
        "case_number": None,
        **place,
    }
    return Answer(routing.show(call.connection, row, call.now, call.config.classes))
