"""Opening a case from an alert, a report, an incident or by hand, with all that follows, in one transaction.

The alert is acknowledged, the report confirmed, the incident found or made and put in hand; with `dispatch` the case
goes on to the duty grid's worker at once, each step audited as if done one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotAllowed
from dispatch import cases as lifecycle
from dispatch import deadlines
from store import alerts, audit, cases, change_log, incidents, joins, reports
from store.acts import Act, logged
from store.timescale import Connection, prefixes, queries

_MAY_OPEN = frozenset({"duty", "dispatcher", "supervisor", "grid_worker", "handler", "system"})  # system: no caller of ours, the leader
_AT_ONCE = ("accept", "register", "dispatch")
_ENDED = sorted(set(lifecycle.TABLE) - lifecycle.OPEN)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case is about: at most one of the three ids; by hand `fields` carries title, area, place."""

    alert_id: int | None = None
    report_id: int | None = None
    incident_id: int | None = None
    class_code: str | None = None
    title: str | None = None
    text: str | None = None
    fields: Mapping[str, Any] | None = None
    dispatch: bool = False


def open_case(connection: Connection, opening: Opening, act: Act, config: Config) -> str:
    """The number of the new case.

    Raises `NotFound` for the source, `IllegalAct` when it has an open case or has ended, `Invalid` without a class
    the city knows, `NotAllowed` for the role.
    """
    if act.scope.role not in _MAY_OPEN:
        raise NotAllowed(f"opening a case is not for the role '{act.scope.role}'")
    source = _source(connection, opening, act, config)
    source["class_code"] = opening.class_code or source["class_code"]
    if source["class_code"] is None:
        raise Invalid("the source has no class: give a class_code")
    due = deadlines.due_at(config.classes, source["class_code"], act.now)
    source["severity"] = source.get("severity") or config.classes[source["class_code"]].severity
    source["domain"] = source.get("domain") or config.classes[source["class_code"]].domain
    source["title"] = opening.title or source["title"]
    source["text"] = opening.text or source.get("text")
    incident_id = _incident(connection, opening, source, act)
    number = next_number(connection, source["area"], act, config)
    columns = {name: source.get(name) for name in ("title", "text", "class_code", "severity", "area", "cell_id", "lon", "lat", "address")}
    queries.cases_add(
        connection, case_number=number, incident_id=incident_id, alert_id=opening.alert_id, report_id=opening.report_id,
        now=act.now, due_at=due, drill=source["drill"], simulated=source["simulated"], **columns,
    )  # fmt: skip
    change_log.append(connection, "case", {}, change_log.read(connection, "case", [number]), act.now)
    audit.append(connection, act.named("open"), "case", number, source["area"], stages=(None, "reported"))
    _follow(connection, opening, source.get("report_id"), incident_id, act)
    for step in _AT_ONCE if opening.dispatch else ():
        cases.act_on_case(connection, number, act.named(step))
    return number


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
        raise IllegalAct("open", source["stage"], (), f"case {twin['case_number']} is already open for it")
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
