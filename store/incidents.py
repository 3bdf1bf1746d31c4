"""Incidents as people read them and act on them, and as cases open and close them. Joining is the leader's."""

from collections.abc import Mapping
from typing import Any

from core.errors import IllegalAct, NotAllowed, NotFound
from core.model import Scope
from dispatch import cases
from dispatch import incidents as lifecycle
from store import alerts, audit, change_log, comments, joins, side_acts
from store.acts import Act, demand_fresh, demand_note, demand_saved, logged
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_COLUMNS = ("title", "class_code", "domain", "severity", "area", "cell_id", "lon", "lat", "drill", "simulated")
ENDED_CASES = sorted(set(cases.TABLE) - cases.OPEN)


def list_incidents(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, in the shape screens know."""
    rows = queries.incidents_list(connection, **wanted.columns(scope, "stages", "domain", "severity", "cell"))
    return [row["shape"] for row in rows]


def get_incident(connection: Connection, scope: Scope, incident_id: int) -> dict[str, Any]:
    """One incident with its acts. Raises `NotFound`."""
    found = change_log.read(connection, "incident", [incident_id])
    if incident_id not in found or not scope.sees(found[incident_id]["area"]):
        raise NotFound(f"no incident {incident_id}")
    shape = found[incident_id]
    members = queries.incidents_members(connection, incident_id=incident_id, areas=prefixes(scope))
    why = joins.beside(members, joins.of_incident(connection, incident_id))
    relations = queries.parts_relations(connection, incident_id=incident_id)
    acts = lifecycle.allowed_acts(shape["stage"], scope.role)
    return {
        **shape, "acts": list(acts), **members, **why, **relations, "audit": audit.of_noun(connection, "incident", incident_id),
        "comments": comments.list_comments(connection, "incident", incident_id),
    }  # fmt: skip


def lock_incident(connection: Connection, scope: Scope, incident_id: int) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.incidents_lock(connection, incident_id=incident_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no incident {incident_id}")
    return row


def act_on_incident(connection: Connection, incident_id: int, act: Act) -> None:
    """Acknowledge, confirm, close, dismiss; each of them acknowledges its alerts.

    Raises `NotFound`, `StaleWrite`, `IllegalAct` (also: closing while a case is open), `NotAllowed`, `Invalid` without a note.
    """
    row = lock_incident(connection, act.scope, incident_id)
    demand(connection, row, act)
    if act.act in side_acts.ACTS:
        side_acts.carry_out(connection, "incident", row, act)
        return
    move(connection, row, act)
    if act.act == "dismiss":
        alerts.judge_dismissed(connection, incident_id, act)
    raised = list(queries.alerts_of_incident(connection, incident_id=incident_id, areas=prefixes(act.scope)))
    if act.act in {"close", "dismiss"}:
        alerts.clear_reported(connection, raised, act)
    alerts.acknowledge_all(connection, [found for found in raised if act.act == "acknowledge" or not _was_cleared(found, act)], act)


def demand(connection: Connection, row: Mapping[str, Any], act: Act) -> None:
    """Raises what `act_on_incident` does for the version, the role, the stage and the words. A comment is never too late."""
    if act.act != "comment":
        demand_fresh(row, act)
    allowed = lifecycle.allowed_acts(row["stage"], act.scope.role)
    if act.act in lifecycle.ROLES and act.scope.role not in lifecycle.ROLES[act.act]:
        raise NotAllowed(f"'{act.act}' is not for the role '{act.scope.role}'")
    if act.act not in allowed:
        raise IllegalAct(act.act, row["stage"], allowed)
    demand_note(act, lifecycle.NEEDS_NOTE)
    if act.act in {"close", "dismiss"}:
        count = _count_cases(connection, row["incident_id"])
        others = tuple(name for name in allowed if name not in {"close", "dismiss"})
        if count["emergency"]:
            raise IllegalAct(act.act, row["stage"], others, "it is an emergency that goes on: end that first")
        if act.act == "close" and count["open"]:
            raise IllegalAct("close", row["stage"], others, "a case of this incident is still open")


def _was_cleared(found: Mapping[str, Any], act: Act) -> bool:
    return found["report_id"] is not None and act.act in {"close", "dismiss"}


def move(connection: Connection, row: Mapping[str, Any], act: Act) -> None:
    """Advance a locked incident by an act of a person or of the machine. Raises `IllegalAct`, `StaleWrite`."""
    stage = lifecycle.advance(row["stage"], act.act)
    with logged(connection, "incident", [row["incident_id"]], act.now):
        saved = queries.incidents_save(connection, incident_id=row["incident_id"], version=row["version"], stage=stage, now=act.now)
        demand_saved(saved, row)
    audit.append(connection, act, "incident", row["incident_id"], row["area"], stages=(row["stage"], stage))


def open_incident(connection: Connection, source: Mapping[str, Any], stage: str, act: Act) -> int:
    """A new incident about what an alert, a report or a person says; its id."""
    columns = {name: source.get(name) for name in _COLUMNS}
    incident_id: int = queries.incidents_add(connection, stage=stage, now=act.now, **columns)["incident_id"]
    change_log.append(connection, "incident", {}, change_log.read(connection, "incident", [incident_id]), act.now)
    audit.append(connection, act.named("open"), "incident", incident_id, source["area"], stages=(None, stage))
    return incident_id


def _count_cases(connection: Connection, incident_id: int) -> dict[str, int]:
    row: dict[str, int] = queries.incidents_cases(connection, incident_id=incident_id, ended=ENDED_CASES)
    return row


def follow_case(connection: Connection, incident_id: int, act: Act) -> None:
    """After a case ended: the last one closed closes the incident; if all were voided it is nobody's work again."""
    row = queries.incidents_lock(connection, incident_id=incident_id, areas=prefixes(act.scope))
    if row is None or row["stage"] != "handling":
        return
    count = _count_cases(connection, incident_id)
    if count["open"] or count["emergency"]:
        return
    if not count["closed"]:
        move(connection, row, act.named("release"))
        return
    move(connection, row, act.named("close"))
    raised = list(queries.alerts_of_incident(connection, incident_id=incident_id, areas=prefixes(act.scope)))
    # Its sensors' alerts end by themselves; one that nobody acknowledged is not acknowledged by closing a case.
    alerts.clear_reported(connection, raised, act)
