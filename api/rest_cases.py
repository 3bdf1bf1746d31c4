"""Cases over HTTP."""

from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_cursor, read_filter, read_params, read_time
from api.phone import said_of
from api.places import place_of_fields
from api.problems import problem_of
from api.rest_alerts import act_of, acted, read_act, shown
from api.rest_known import read_caller
from core.errors import Invalid
from store import cases, cases_bulk, field, openings, shifts
from store.acts import Act
from store.timescale import part

CASE_PARAMS = (
    Param("stage", "one or more, comma-separated; `open`: all that have not ended", "list"), Param("state", "the same as stage", "list"),
    Param("class", "class code"),
    Param("severity", "one or more of 1 to 5", "list"), AREA, Param("cell", "cell_id or cell code"),
    Param("incident", "incident id", "integer"), Param("unit", "number or code of the unit that leads; those below it too"),
    Param("worker", "account it was dispatched to", "integer"),
    Param("source", "collector, register, public, leader, video, transfer, hotline, sensor"),
    Param("light", "green, yellow, red"), Param("q", "part of title, address or text, the beginning of a number, or a global number"),
    Param("parent", "number of the parent case"),
    Param("overdue", "true or false", "boolean"), Param("mine", "only those dispatched to me", "boolean"), *SPAN, *PAGE,
)  # fmt: skip
_OPENING_FIELDS = {
    "alert_id", "report_id", "incident_id", "class_code", "title", "text", "note", "dispatch", "lon", "lat", "datum", "cell_code",
    "area", "address", "drill", "worker", "unit", "supports", "source", "condition_no", "component_code", "urgent", "level",
    "global_number", "parent", "caller",
}  # fmt: skip
# What acts on a case take beside the fields of every noun: docs/cases.md.
_ACT_FIELDS = frozenset({"unit", "supports", "collector", "kind", "parent", "level", "area", "condition_no"})
_LIGHTS = ("green", "yellow", "red")
_TEXTS = ("class_code", "title", "text", "address", "area", "source", "component_code", "global_number", "parent")
_MOST_LETTERS = 200


def list_cases(call: Call) -> Answer:
    wanted = read_params(CASE_PARAMS, call.query)
    after = read_cursor(wanted.get("next"), str, str)
    if wanted.pop("mine", False):
        wanted["handler_id"] = call.scope.account_id if call.scope.account_id is not None else -1
    if "worker" in wanted:
        wanted.setdefault("handler_id", wanted.pop("worker"))
    if wanted.get("light") not in (None, *_LIGHTS):
        raise Invalid(f"light: one of {', '.join(_LIGHTS)}")
    if len(text := wanted.pop("q", "")) > _MOST_LETTERS:
        raise Invalid(f"q: at most {_MOST_LETTERS} letters")
    filter_ = read_filter({**wanted, **({"text": text.lower()} if text else {}), "now": call.now})
    rows = cases.list_cases(call.connection, call.scope, filter_, (read_time("next", after[0]).isoformat(), after[1]) if after else None)
    return page("cases", rows, filter_.limit, "opened_at", "number")


def get_case(call: Call) -> Answer:
    return shown(_shape(call, call.path["number"]))


def act_on_case(call: Call) -> Answer:
    number, act = call.path["number"], read_act(call, _ACT_FIELDS)
    said = said_of(act.extra, call.headers)

    def do() -> None:
        cases_bulk.act_or_order(call.connection, number, act, call.config)
        field.arrive(call.connection, number, act, said, call.config.field)

    return acted(call, do, lambda: _shape(call, number))


def _shape(call: Call, number: str) -> dict[str, Any]:
    """One case with all that is known of it, and where phones said they were for it."""
    shape = cases.get_case(call.connection, call.scope, number, call.now, call.config)
    return {**shape, "positions": field.positions_of(call.connection, call.scope, number)}


def act_on_cases(call: Call) -> Answer:
    """One act on many cases, a transaction each."""
    fields = call.fields()
    numbers, versions = fields.pop("numbers", None), fields.pop("versions", None) or {}
    if not isinstance(numbers, list) or not 0 < len(numbers) <= cases_bulk.MOST or not all(isinstance(one, str) for one in numbers):
        raise Invalid(f"'numbers' are those of 1 to {cases_bulk.MOST} cases")
    if not isinstance(versions, dict) or not all(isinstance(one, int) and not isinstance(one, bool) for one in versions.values()):
        raise Invalid("'versions' maps a number to the version that was seen")
    acts = {number: act_of(call, dict(fields), versions.get(number), _ACT_FIELDS) for number in numbers}
    with part(call.connection, call.scope):
        shifts.be_on(call.connection, call.scope, call.now)
    done, failed = cases_bulk.act_on_cases(call.connection, acts, call.config)
    refused = [{"number": number, "status": problem.status, "type": problem.type, "detail": problem.detail, **problem.members}
               for number, error in failed for problem in [problem_of(error)]]  # fmt: skip
    return Answer({"done": done, "refused": refused})


def open_case(call: Call) -> Answer:
    fields = call.fields()
    unknown = sorted(fields.keys() - _OPENING_FIELDS)
    if unknown:
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_OPENING_FIELDS))}")
    opening = _read_opening(call, fields)
    note = fields.get("note") or ""
    extra = {name: fields[name] for name in ("worker", "unit", "supports") if fields.get(name)}
    act = Act("open", call.scope, call.now, str(note).strip(), None, extra, call.address)
    shifts.be_on(call.connection, call.scope, call.now)
    number = openings.open_case(call.connection, opening, act, call.config)
    return shown(_shape(call, number), 201, {"Location": f"/api/v1/cases/{number}"})


def _read_opening(call: Call, fields: dict[str, Any]) -> openings.Opening:
    ids = {name: fields.get(name) for name in ("alert_id", "report_id", "incident_id")}
    texts = {name: fields.get(name) for name in _TEXTS}
    if any(value is not None and not isinstance(value, str) for value in texts.values()):
        raise Invalid(f"{', '.join(_TEXTS)} are texts")
    by_hand: dict[str, Any] = {}
    if all(value is None for value in ids.values()):
        by_hand = {"text": texts["text"], "address": texts["address"], "drill": fields.get("drill") is True}
        if fields.get("lon") is not None or fields.get("lat") is not None or fields.get("cell_code"):
            by_hand |= place_of_fields(call, fields)
        elif texts["area"]:
            by_hand["area"] = texts["area"]
    return openings.Opening(
        **ids, class_code=texts["class_code"], title=texts["title"], fields=by_hand, dispatch=fields.get("dispatch") is True,
        words=_read_words(fields, texts), caller=read_caller(fields) if fields.get("caller") else {},
    )  # fmt: skip


def _read_words(fields: dict[str, Any], texts: dict[str, str | None]) -> dict[str, Any]:
    """What else a case is opened with; only what is said. Raises `Invalid`."""
    words: dict[str, Any] = {name: texts[name] for name in ("source", "component_code", "global_number") if texts[name]}
    for name, most in (("condition_no", 999), ("level", 9)):
        if (value := fields.get(name)) is not None:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
                raise Invalid(f"{name}: a whole number from 1 to {most}")
            words[name] = value
    if texts["parent"]:
        words["parent_number"] = texts["parent"]
    return {**words, **({"urgent": True} if fields.get("urgent") is True else {})}
