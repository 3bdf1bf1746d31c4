"""Alerts, reports and incidents over HTTP: lists, single ones with their acts, and acts."""

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

from api.call import AREA, PAGE, SPAN, Answer, Call, Param, page, read_filter, read_id_cursor, read_params, read_time
from api.places import place_of_fields
from api.problems import MEDIA_TYPE, make_etag, problem_of, read_etag
from core.errors import Invalid, StaleWrite
from core.model import Scope
from core.plain import fault_of_text
from store import alerts, approvals, escalations, gazetteer, incident_parts, incidents, reports, shifts
from store.acts import Act
from store.likeness import find_alike
from store.timescale import Connection

_STAGE, _STATE = Param("stage", "one or more, comma-separated", "list"), Param("state", "the same as stage", "list")
_SEVERITY = Param("severity", "one or more of 1 red … 5 notice, comma-separated", "list")
_CELL = Param("cell", "cell_id or cell code")
_DOMAIN = Param("domain", "emergency, urban, environment, water")
_INCIDENT = Param("incident", "incident id", "integer")
ALERT_PARAMS = (_STAGE, _STATE, _DOMAIN, _SEVERITY, AREA, _CELL, Param("device", "device"), Param("rule", "rule"), _INCIDENT, *SPAN, *PAGE)
INCIDENT_PARAMS = (_STAGE, _STATE, _DOMAIN, _SEVERITY, AREA, _CELL, *SPAN, *PAGE)
REPORT_PARAMS = (
    _STAGE, _STATE, Param("channel", "sensor, video, hotline, collector, public, leader, transfer, weather"), Param("source", "source"),
    Param("external_id", "the source's own id"), Param("class", "class code"), Param("placement", "inside, outside, none, zero", "list"),
    _SEVERITY, AREA, _CELL, _INCIDENT, *SPAN, *PAGE,
)  # fmt: skip

VERDICT_PARAMS = (Param("by", "camera (unless given) or algorithm"), AREA, *SPAN)

_ACT_FIELDS = {
    "act", "note", "until", "class_code", "incident_id", "lon", "lat", "datum", "cell_code", "place_id", "worker", "account", "verdict",
    "alerts", "reports", "incidents", "title", "accuracy_m", "done_at",
}  # fmt: skip


def read_act(call: Call, more: Set[str] = frozenset()) -> Act:
    """The act a body asks for, with the version its `If-Match` names; `more` fields than those of every noun. Raises `Invalid`."""
    return act_of(call, call.fields(), read_etag(call.headers.get("If-Match")), more)


def act_of(call: Call, fields: dict[str, Any], expect: int | None, more: Set[str] = frozenset()) -> Act:
    """The act that some fields name, for the version somebody saw. Raises `Invalid`."""
    known = _ACT_FIELDS | more
    if unknown := sorted(fields.keys() - known):
        raise Invalid(f"unknown field(s) {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    act, note = fields.pop("act", None), fields.pop("note", None) or ""
    if not isinstance(act, str) or not isinstance(note, str) or len(note) > 2000:
        raise Invalid("'act' must be a word and 'note' a text of at most 2,000 letters")
    if isinstance(title := fields.get("title"), str) and (fault := fault_of_text(title.strip(), one_line=True)):
        raise Invalid(f"title: {fault}")
    if fields.get("until") is not None:
        fields["until"] = read_time("until", fields["until"])
    return Act(act, call.scope, call.now, note.strip(), expect, fields, call.address)


def shown(shape: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """One noun with the ETag of its version."""
    return Answer(shape, status, {"ETag": make_etag(shape["version"]), **(headers or {})})


def acted(call: Call, do: Callable[[], object], read: Callable[[], Mapping[str, Any]]) -> Answer:
    """Act, then show what became of it. Who came too late is shown what the other one made of it, and who that was."""
    shifts.be_on(call.connection, call.scope, call.now)
    try:
        do()
    except StaleWrite:
        present = read()
        problem = problem_of(StaleWrite(str(present["version"])))
        told = {"present": present, "last": next(reversed(present.get("audit", [])), None)}
        return Answer({**problem.body(call.url), **told}, problem.status, problem.headers, MEDIA_TYPE)
    return shown(read())


def _list(call: Call, name: str, params: tuple[Param, ...], read: Callable[..., list[dict[str, Any]]]) -> Answer:
    wanted = read_params(params, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = replace(read_filter(wanted), after=after)
    rows = read(call.connection, call.scope, filter_)
    return page(name, rows, filter_.limit, "id")


def _act(
    call: Call, noun: str, do: Callable[[Connection, int, Act], object], read: Callable[[Connection, Scope, int], dict[str, Any]]
) -> Answer:
    """Act, or ask for the second person that this act takes."""
    number, act = call.number("id"), read_act(call)
    waiting: list[dict[str, Any]] = []

    def do_or_ask() -> None:
        asked = approvals.ask(call.connection, noun, number, act, call.config.duty.two_person)
        if asked is None:
            do(call.connection, number, act)
        else:
            waiting.append(asked)

    answer = acted(call, do_or_ask, lambda: read(call.connection, call.scope, number))
    return Answer({"approval": waiting[0]}, 202) if waiting else answer


def list_alerts(call: Call) -> Answer:
    return _list(call, "alerts", ALERT_PARAMS, alerts.list_alerts)


def get_alert(call: Call) -> Answer:
    return shown(_with_steps(call, "alert", _read_alert(call.connection, call.scope, call.number("id"))))


def _with_steps(call: Call, noun: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """With who was told of it while nobody answered, and who will be."""
    return {**shape, "escalation": escalations.read_steps(call.connection, call.config.escalations, noun, shape, call.now)}


def _read_alert(connection: Connection, scope: Scope, alert_id: int) -> dict[str, Any]:
    """With what is asked for it and waits for a second person."""
    shape = alerts.get_alert(connection, scope, alert_id)
    return {**shape, "approvals": approvals.list_approvals(connection, scope, noun="alert", noun_id=alert_id)}


def act_on_alert(call: Call) -> Answer:
    return _act(call, "alert", alerts.act_on_alert, _read_alert)


def list_incidents(call: Call) -> Answer:
    return _list(call, "incidents", INCIDENT_PARAMS, incidents.list_incidents)


def get_incident(call: Call) -> Answer:
    return shown(_with_steps(call, "incident", _read_incident(call.connection, call.scope, call.number("id"))))


def _read_incident(connection: Connection, scope: Scope, incident_id: int) -> dict[str, Any]:
    shape = incidents.get_incident(connection, scope, incident_id)
    return {**shape, "approvals": approvals.list_approvals(connection, scope, noun="incident", noun_id=incident_id)}


def act_on_incident(call: Call) -> Answer:
    def do(connection: Connection, incident_id: int, act: Act) -> None:
        incident_parts.act_on_incident(connection, incident_id, act, call.config)

    return _act(call, "incident", do, _read_incident)


def list_reports(call: Call) -> Answer:
    return _list(call, "reports", REPORT_PARAMS, reports.list_reports)


def get_report(call: Call) -> Answer:
    return shown(_read_report(call, call.number("id")))


def _read_report(call: Call, report_id: int) -> dict[str, Any]:
    """With the complaints it may repeat: proposals for whoever merges."""
    shape = reports.get_report(call.connection, call.scope, report_id)
    return {**shape, "alike": find_alike(call.connection, call.scope, shape, call.config.incidents.families)}


def count_verdicts(call: Call) -> Answer:
    """How often people found video candidates to be nothing; never only the percentage. Today and 29 days before unless given."""
    wanted = read_params(VERDICT_PARAMS, call.query)
    midnight = call.now.astimezone(call.config.area.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    by, until = wanted.get("by", "camera"), wanted.get("to", midnight + timedelta(days=1))
    since = wanted.get("from", until - timedelta(days=30))
    if by not in ("camera", "algorithm"):
        raise Invalid("by: camera or algorithm")
    if since >= until:
        raise Invalid("'from' must be before 'to'")
    rows = reports.count_verdicts(call.connection, call.scope, by, wanted.get("area", ""), since, until)
    return Answer({"from": since, "to": until, "by": by, **FALSE_POSITIVES, "verdicts": [_verdict(by, row) for row in rows]})


FALSE_POSITIVES = {"indicator": "false_positive_rate", "name": "误报率", "formula": "dismissed / (dismissed + confirmed)"}


def _verdict(by: str, row: Mapping[str, Any]) -> dict[str, Any]:
    numerator, denominator = row["dismissed"], row["dismissed"] + row["confirmed"]
    percent = round(100 * numerator / denominator, 2) if denominator else None
    counted = {"numerator": numerator, "denominator": denominator, "percent": percent, "open": row["open"]}
    return {"source": row["source"], by: row["name"], "simulated": row["simulated"], **counted}


def act_on_report(call: Call) -> Answer:
    report_id, act = call.number("id"), read_act(call)
    waiting: list[dict[str, Any]] = []

    def do() -> None:
        waiting.extend(approvals.ask_of_report(call.connection, report_id, act, call.config.duty.two_person))
        if waiting:
            return
        reports.act_on_report(call.connection, report_id, act, call.config.classes, lambda fields: place_of_fields(call, fields))
        gazetteer.learn(call.connection, act, report_id)

    answer = acted(call, do, lambda: _read_report(call, report_id))
    return Answer({"approval": waiting[0]}, 202) if waiting else answer


def get_caller(call: Call) -> Answer:
    act = Act("read_caller", call.scope, call.now, address=call.address)
    return Answer(reports.read_caller(call.connection, call.number("id"), act), headers={"Cache-Control": "no-store"})
