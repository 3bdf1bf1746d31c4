"""Opening a case from an alert, a report, an incident or by hand, with all that follows, in one transaction.

The alert is acknowledged, the report confirmed, the incident found or made and put in hand; with `dispatch`, or where a
routing rule says so, the case goes on to whom it is proposed at once, each step audited as if done one by one. Who calls is kept
apart, with a report of the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed
from core.model import EVERYWHERE, Channel
from dispatch import cases as lifecycle
from store import alerts, audit, cases, change_log, clocks, incidents, joins, persons, reports, routing
from store.acts import Act, logged
from store.timescale import Connection, prefixes, queries

_MAY_OPEN = frozenset({"duty", "dispatcher", "supervisor", "grid_worker", "handler", "system"})  # system: no caller of ours, the leader
_AT_ONCE = ("accept", "register", "dispatch")
_ENDED = sorted(set(lifecycle.TABLE) - lifecycle.OPEN)
_MILD, _DOMAIN = 4, "urban"  # of a class that only the city's standards know
_SOURCE_OF = {"sensor": "sensor", "video": "video", "hotline": "hotline", "collector": "collector", "public": "public", "leader": "leader",
              "transfer": "transfer", "weather": "sensor"}  # fmt: skip
_CHANNEL_OF = {"collector": Channel.COLLECTOR, "public": Channel.PUBLIC, "leader": Channel.LEADER, "transfer": Channel.TRANSFER}


# What else a case is opened with, and what it is without.
_WORDS: Mapping[str, Any] = {
    "source": "register", "condition_no": None, "component_code": None, "urgent": False, "level": 2, "global_number": None,
    "parent_number": None,
}  # fmt: skip
SOURCES = frozenset({"collector", "register", "public", "leader", "video", "transfer", "hotline", "sensor"})


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case is about: at most one of the three ids; by hand `fields` carries title, area, place.

    `words`: source, condition_no, component_code, urgent, level, global_number, parent_number. `caller`: name, phone, address.
    """

    alert_id: int | None = None
    report_id: int | None = None
    incident_id: int | None = None
    class_code: str | None = None
    title: str | None = None
    text: str | None = None
    fields: Mapping[str, Any] | None = None
    dispatch: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)
    caller: Mapping[str, str] = field(default_factory=dict)


def open_case(connection: Connection, opening: Opening, act: Act, config: Config) -> str:
    """The number of the new case.

    Raises `NotFound` for the source, `IllegalAct` when it has an open case or has ended, `Invalid` without a class
    the city knows, `NotAllowed` for the role.
    """
    if act.scope.role not in _MAY_OPEN:
        raise NotAllowed(f"opening a case is not for the role '{act.scope.role}'")
    _demand_parent(connection, opening.words.get("parent_number"), act)  # as every act on a case: before the incident
    opening = _with_call(connection, opening, act, config)
    source = _described(_source(connection, opening, act, config), opening, config)
    incident_id = _incident(connection, opening, source, act)
    number = next_number(connection, source["area"], act, config)
    _add(connection, number, opening, source, incident_id, act, config)
    audit.append(connection, act.named("open"), "case", number, source["area"], stages=(None, "reported"))
    _follow(connection, opening, source.get("report_id"), incident_id, act)
    _go_on(connection, number, opening, source, act, config)
    return number


def _described(source: dict[str, Any], opening: Opening, config: Config) -> dict[str, Any]:
    """The source with what the opening says of it; class, severity and domain at last."""
    source["class_code"] = opening.class_code or source["class_code"]
    if source["class_code"] is None:
        raise Invalid("the source has no class: give a class_code")
    known = config.classes.get(source["class_code"])
    source["severity"] = source.get("severity") or (known.severity if known else _MILD)
    source["domain"] = source.get("domain") or (known.domain if known else _DOMAIN)
    if source.get("confidential"):  # its words stay in the report: lists, messages and figures have the number
        return {**source, "text": None}
    source["title"] = opening.title or source["title"]
    source["text"] = opening.text or source.get("text")
    return source


def _add(
    connection: Connection, number: str, opening: Opening, source: Mapping[str, Any], incident_id: int, act: Act, config: Config
) -> None:
    """The row, its clock and its line in the change log. Raises `Invalid` for a class that has no limit, a source that is none."""
    words = {**_WORDS, "source": _SOURCE_OF.get(source.get("channel") or "", "sensor" if opening.alert_id else "register"), **opening.words}
    if words["source"] not in SOURCES:
        raise Invalid(f"source: one of {', '.join(sorted(SOURCES))}")
    columns = {name: source.get(name) for name in ("title", "text", "class_code", "severity", "area", "cell_id", "lon", "lat", "address")}
    queries.cases_add(
        connection, case_number=number, incident_id=incident_id, alert_id=opening.alert_id, report_id=opening.report_id,
        now=act.now, due_at=None, drill=source["drill"], simulated=source["simulated"], **columns, **words,
    )  # fmt: skip
    clocks.open_clocks(connection, number, source["class_code"], words["condition_no"], act.now, config)
    change_log.append(connection, "case", {}, change_log.read(connection, "case", [number]), act.now)


def _demand_parent(connection: Connection, parent: str | None, act: Act) -> None:
    """Raises `Invalid` for a parent that is not there, has ended, or is a child itself."""
    if parent is None:
        return
    found = queries.cases_lock(connection, case_number=parent, areas=prefixes(act.scope))
    if found is None or found["stage"] not in lifecycle.OPEN or found["parent_number"]:
        raise Invalid(f"{parent} is no open case that may have children")


def _go_on(connection: Connection, number: str, opening: Opening, source: Mapping[str, Any], act: Act, config: Config) -> None:
    """Accept, register, dispatch: by whoever opens it, or by the routing rule that does so by itself."""
    if opening.dispatch:
        for step in _AT_ONCE:
            cases.act_on_case(connection, number, act.named(step), config)
        return
    row = {**source, "case_number": number, "component_code": opening.words.get("component_code")}
    proposal = routing.propose(connection, row, act.now)
    if proposal.automatic:
        machine = Act("", EVERYWHERE, act.now, note=f"routing rule {proposal.rule}")
        for step in _AT_ONCE:
            cases.act_by_machine(connection, number, machine.named(step), config)


def _with_call(connection: Connection, opening: Opening, act: Act, config: Config) -> Opening:
    """Whoever calls is kept with a report of the call, as any caller: the case is then opened on that."""
    if not opening.caller or any(one is not None for one in (opening.alert_id, opening.report_id, opening.incident_id)):
        return opening
    source = _described(_by_hand(opening, act, config), opening, config)
    columns = {name: source.get(name) for name in ("class_code", "title", "text", "area", "cell_id", "lon", "lat", "address")}
    report_id = queries.known_add_report(
        connection, channel=_CHANNEL_OF.get(opening.words.get("source", ""), Channel.HOTLINE).value,
        placement="none" if source.get("lon") is None else "inside", now=act.now, drill=source["drill"], simulated=source["simulated"],
        person_id=persons.add(connection, {"": dict(opening.caller)}, act.now).get(""), **columns,
    )  # fmt: skip
    change_log.append(connection, "report", {}, change_log.read(connection, "report", [report_id]), act.now)
    audit.append(connection, act.named("take_call"), "report", report_id, source["area"], stages=(None, "open"))
    return replace(opening, report_id=report_id, words={"source": "register", **opening.words})


def next_number(connection: Connection, area: str, act: Act, config: Config) -> str:
    """19 digits: 6 of the district, 8 of the day in the city's zone, 5 counted through that day."""
    district = (area or config.area.code)[:6].ljust(6, "0")
    prefix = f"{district}{act.now.astimezone(config.area.zone):%Y%m%d}"
    serial = queries.cases_serial(connection, prefix=prefix)["serial"]
    return f"{prefix}{serial:05d}"


def _source(connection: Connection, opening: Opening, act: Act, config: Config) -> dict[str, Any]:
    """What the case is about, locked, so that two who open one for the same thing meet here."""
    given = [name for name in ("alert_id", "report_id", "incident_id") if getattr(opening, name) is not None]
    if len(given) > 1:
        raise Invalid("give one of alert_id, report_id and incident_id")
    if opening.incident_id is not None:
        return dict(incidents.lock_incident(connection, act.scope, opening.incident_id))
    if opening.alert_id is None and opening.report_id is None:
        return _by_hand(opening, act, config)
    source = dict(
        alerts.lock_alert(connection, act.scope, opening.alert_id)
        if opening.alert_id is not None
        else reports.lock_report(connection, act.scope, opening.report_id or 0)
    )
    if source["stage"] in {"normal", "dismissed"}:
        raise IllegalAct("open", source["stage"], (), f"nothing to open: its stage is '{source['stage']}'")
    twin = queries.cases_open_for_source(connection, alert_id=opening.alert_id, report_id=opening.report_id, ended=_ENDED)
    if twin:
        raise IllegalAct("open", source["stage"], (), f"case {twin['case_number'] or 'of another area'} is already open for it")
    return source


def _by_hand(opening: Opening, act: Act, config: Config) -> dict[str, Any]:
    fields = {"area": config.area.code, "drill": False, "simulated": False, **(opening.fields or {})}
    if not opening.title:
        raise Invalid("a case opened by hand needs a title")
    if not act.scope.sees(fields["area"]):
        raise NotAllowed(f"{fields['area']} is outside your area")
    return {"class_code": None, "severity": None, "title": opening.title, **fields}


def _incident(connection: Connection, opening: Opening, source: Mapping[str, Any], act: Act) -> int:
    """The incident of the case, put in hand: the source's own while it is open, else a new one."""
    incident_id: int | None = source.get("incident_id")
    if incident_id is not None:
        row = incidents.lock_incident(connection, act.scope, incident_id)
        if opening.incident_id is not None or row["stage"] not in {"closed", "dismissed"}:
            if row["stage"] != "handling":
                incidents.move(connection, row, act.named("handle"))
            return incident_id
    incident_id = incidents.open_incident(connection, source, "handling", act)
    if opening.alert_id is not None:
        with logged(connection, "alert", [opening.alert_id], act.now):
            queries.alerts_link(connection, incident_id=incident_id, alert_ids=[opening.alert_id], now=act.now)
        joins.link(connection, incident_id, act.now, act.by, "open", alerts=[opening.alert_id])
    return incident_id


def _follow(connection: Connection, opening: Opening, report_id: int | None, incident_id: int, act: Act) -> None:
    """Whoever opens a case on something has seen it."""
    patterns = prefixes(act.scope)
    if opening.alert_id is not None:
        alerts.acknowledge_all(connection, [alerts.lock_alert(connection, act.scope, opening.alert_id)], act)
    elif opening.incident_id is not None:
        alerts.acknowledge_all(connection, list(queries.alerts_of_incident(connection, incident_id=incident_id, areas=patterns)), act)
    row = queries.reports_lock(connection, report_id=report_id, areas=patterns) if report_id is not None else None
    if row is None:
        return
    with logged(connection, "report", [report_id], act.now):
        queries.reports_link(connection, report_id=report_id, incident_id=incident_id)
    joins.link(connection, incident_id, act.now, act.by, "open", reports=[row["report_id"]])
    if row["stage"] == "open":
        audit.append(connection, act.named("confirm"), "report", report_id, row["area"], stages=("open", "confirmed"))
    alerts.acknowledge_all(connection, list(queries.alerts_of_report(connection, report_id=report_id, areas=patterns)), act)
