"""The desk over HTTP: the queue, acts on many alerts at once, approvals, the people, saved views."""

from typing import Any

from alerts import lifecycle as alert_lifecycle
from api.call import AREA, PAGE, Answer, Call, Param, page, read_cursor, read_id_cursor, read_params, read_time, write_cursor
from api.problems import problem_of
from api.rest_alerts import act_of, read_act
from core.errors import Invalid
from core.model import DOMAINS
from dispatch import approvals as approval_lifecycle
from dispatch import cases as case_lifecycle
from dispatch import incidents as incident_lifecycle
from dispatch import reports as report_lifecycle
from store import approvals, bulk, desk, people, shifts, views
from store.cases_reader import Reader, acts_of, read_reader
from store.desk import Wanted
from store.timescale import part

_SEVERITY = Param("severity", "one or more of 1 red … 5 notice, comma-separated", "list")
QUEUE_PARAMS = (
    Param("kind", "alert, report, incident, case, approval; comma-separated", "list"), _SEVERITY, AREA,
    Param("domain", "emergency, urban, environment, water"), Param("owner", "any (unless given), me, nobody"),
    Param("held", "true: only alerts that are shelved, suppressed or out of service", "boolean"), *PAGE,
)  # fmt: skip
COUNT_PARAMS = (AREA,)
APPROVAL_PARAMS = (
    Param("stage", "pending (unless given), approved, refused, withdrawn, lapsed; comma-separated", "list"),
    Param("noun", "alert or incident"), Param("id", "of the alert or incident", "integer"), *PAGE,
)  # fmt: skip
PEOPLE_PARAMS = (Param("area", "only those who see all of this area"),)
_VIEW_FIELDS = {"name", "filters", "order", "role"}
_HANDLE = {"handler", "grid_worker"}


def act_on_alerts(call: Call) -> Answer:
    """One act on many alerts, a transaction each; those that take two people wait for the second."""
    fields = call.fields()
    ids, versions = fields.pop("ids", None), fields.pop("versions", None) or {}
    if not isinstance(ids, list) or not 0 < len(ids) <= bulk.MOST or not all(_is_id(one) for one in ids):
        raise Invalid(f"'ids' are the numbers of 1 to {bulk.MOST} alerts")
    if not isinstance(versions, dict) or not all(_is_id(one) for one in versions.values()):
        raise Invalid("'versions' maps an id to the version that was seen")
    acts = {one: act_of(call, dict(fields), versions.get(str(one))) for one in ids}
    with part(call.connection, call.scope):
        shifts.be_on(call.connection, call.scope, call.now)
    done, waiting, failed = bulk.act_on_alerts(call.connection, acts, call.config.duty.two_person)
    refused = [{"id": one, "status": problem.status, "type": problem.type, "detail": problem.detail, **problem.members}
               for one, error in failed for problem in [problem_of(error)]]  # fmt: skip
    return Answer({"done": done, "refused": refused, "waiting": waiting})


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62


def get_queue(call: Call) -> Answer:
    """Work items this role can do something about; those who only read see them all. What needs attention next is on top."""
    wanted = read_params(QUEUE_PARAMS, call.query)
    role, limit = call.scope.role, _limit(wanted)
    mine = sorted(stage for stage in case_lifecycle.OPEN if case_lifecycle.waits_for(stage, role))
    asked = Wanted(
        kinds=_kinds(wanted, role), case_stages=mine or sorted(case_lifecycle.OPEN), own_cases=role in _HANDLE,
        severities=_severities(wanted), area=wanted.get("area", ""), domain=wanted.get("domain"), codes=_codes(call, wanted),
        owner=_owner(wanted), held=wanted.get("held", False), after=_after(wanted), limit=limit,
    )  # fmt: skip
    items = desk.read_queue(call.connection, call.scope, call.now, asked)
    reader = read_reader(call.connection, call.scope, [item for item in items if item["kind"] == "case"], call.config.cases)
    shown = [{**item, "acts": list(_acts_of(call, item, reader))} for item in items]
    more = write_cursor(*items[-1]["place"]) if len(items) >= limit else None
    return Answer({"items": [_told(item) for item in shown if item["acts"] or not mine], "next": more, "at": call.now})


def _told(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "place"}


def _limit(wanted: dict[str, Any]) -> int:
    limit: int = wanted.get("limit", 200)
    if not 1 <= limit <= 1000:
        raise Invalid("limit: from 1 to 1000")
    return limit


def _codes(call: Call, wanted: dict[str, Any]) -> list[str] | None:
    domain = wanted.get("domain")
    if domain is not None and domain not in DOMAINS:
        raise Invalid(f"domain: one of {', '.join(DOMAINS)}")
    return domain and [code for code, one in call.config.classes.items() if one.domain == domain]


def _after(wanted: dict[str, Any]) -> list[Any] | None:
    place = read_cursor(wanted.get("next"), *desk.CURSOR)
    return place and [*place[:3], read_time("next", place[3]), *place[4:]]


def _kinds(wanted: dict[str, Any], role: str) -> list[str]:
    kinds = wanted.get("kind") or desk.KINDS
    if not set(kinds) <= set(desk.KINDS):
        raise Invalid(f"kind: one or more of {', '.join(desk.KINDS)}")
    return [kind for kind in kinds if kind == "case" or role not in _HANDLE]


def _severities(wanted: dict[str, Any]) -> list[int] | None:
    words = wanted.get("severity")
    if words and not set(words) <= {"1", "2", "3", "4", "5"}:
        raise Invalid("severity: one or more of 1 (red) to 5 (notice), comma-separated")
    return [int(word) for word in words] if words else None


def _owner(wanted: dict[str, Any]) -> str:
    owner: str = wanted.get("owner", "any")
    if owner not in desk.OWNERS:
        raise Invalid(f"owner: one of {', '.join(desk.OWNERS)}")
    return owner


def _acts_of(call: Call, item: dict[str, Any], reader: Reader) -> tuple[str, ...]:
    match item["kind"]:
        case "alert":
            return alert_lifecycle.allowed_acts(item["stage"], call.scope.role, item["hold"])
        case "report":
            return report_lifecycle.allowed_acts(item["stage"], call.scope.role)
        case "incident":
            return incident_lifecycle.allowed_acts(item["stage"], call.scope.role)
        case "approval":
            return tuple(item["acts"])
        case _:
            return acts_of(item, reader)


def count_queue(call: Call) -> Answer:
    """How much there is, by kind and severity; the list itself comes in pages."""
    wanted = read_params(COUNT_PARAMS, call.query)
    return Answer({**desk.count_queue(call.connection, call.scope, call.now, wanted.get("area", "")), "at": call.now})


def list_approvals(call: Call) -> Answer:
    wanted = read_params(APPROVAL_PARAMS, call.query)
    stages, limit = wanted.get("stage") or ["pending"], _limit(wanted)
    if not set(stages) <= set(approval_lifecycle.TABLE):
        raise Invalid(f"stage: one or more of {', '.join(approval_lifecycle.TABLE)}")
    rows = approvals.list_approvals(
        call.connection, call.scope, stages, noun=wanted.get("noun"), noun_id=wanted.get("id"), after=read_id_cursor(wanted.get("next")),
        limit=limit,
    )  # fmt: skip
    return page("approvals", rows, limit, "id")


def act_on_approval(call: Call) -> Answer:
    """Approve, refuse or withdraw. The answer tells whether the act was done: `approved`, or `lapsed` with the reason."""
    approval_id, act = call.number("id"), read_act(call)
    shifts.be_on(call.connection, call.scope, call.now)
    approvals.decide(call.connection, approval_id, act)
    return Answer(approvals.get_approval(call.connection, call.scope, approval_id))


def list_people(call: Call) -> Answer:
    """Whom work can be given to; not what they sign in with."""
    wanted = read_params(PEOPLE_PARAMS, call.query)
    rows = people.list_people(call.connection, call.scope, wanted.get("area", ""))
    return Answer({"people": [{**row, "me": row["account"] == call.scope.account_id} for row in rows]})


def list_views(call: Call) -> Answer:
    return Answer({"views": views.list_views(call.connection, call.scope)})


def post_view(call: Call) -> Answer:
    """A view of one's own; one of that name is changed."""
    fields = call.fields()
    name, filters, order, role = fields.get("name"), fields.get("filters"), fields.get("order", 0), fields.get("role")
    if unknown := sorted(fields.keys() - _VIEW_FIELDS):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(_VIEW_FIELDS))}")
    if not isinstance(name, str) or not isinstance(filters, dict) or type(order) is not int or not isinstance(role, str | None):
        raise Invalid("a view has a 'name' (text), 'filters' (object), perhaps an 'order' (number) and a 'role' it is shared with")
    view_id = views.save_view(call.connection, call.scope, name, filters, order, role, call.now)
    saved = next(view for view in views.list_views(call.connection, call.scope) if view["id"] == view_id)
    return Answer(saved, 201, {"Location": f"/api/v1/views/{view_id}"})


def delete_view(call: Call) -> Answer:
    view_id = call.number("id")
    views.delete_view(call.connection, call.scope, view_id)
    return Answer({"deleted": view_id})
