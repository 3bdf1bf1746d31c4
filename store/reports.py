"""Reports as people read them and act on them. How they come in is `store.reports_in`.

The caller's data leave only through `read_caller`, one record at a time, and every look is audited.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import Scope
from dispatch import reports as lifecycle
from store import alerts, audit, change_log, joins, media
from store.acts import Act, demand_fresh, demand_note, demand_saved, logged
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

MAY_SEE_CALLERS = frozenset({"duty", "dispatcher", "supervisor"})
# Feeds put the caller apart; what a wire repeats of them in its own fields is not repeated to a reader.
_PERSONAL = ("caller", "reporter", "phone", "contact", "mobile", "id_card", "联系", "电话", "姓名", "身份证", "诉求人")

_BY_HAND = frozenset({"place", "classify"})  # what a person says of a report no later message undoes
_COLUMNS = ("class_code", "area", "cell_id", "lon", "lat", "placement", "incident_id")

Locate = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The fields of a `place` act → area, cell_id, lon, lat, placement."""


def list_reports(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, in the shape screens know."""
    names = ("stages", "channel", "source", "external_id", "class_code", "placement", "severity", "cell", "incident_id")
    return [row["shape"] for row in queries.reports_list(connection, **wanted.columns(scope, *names))]


def list_requests(connection: Connection, scope: Scope, wanted: Filter, skip: int) -> list[dict[str, Any]]:
    """A page of what the `channels` said, newest first: `shape` and `incident` (stage, updated_at; null without one).

    `codes` are classes (null: all), `closed` is whether it is dismissed, ended or its incident over (null: either).
    """
    return list(queries.reports_requests(connection, **wanted.columns(scope, "channels", "codes", "closed"), skip=skip))


def get_report(connection: Connection, scope: Scope, report_id: int) -> dict[str, Any]:
    """One report with its acts, its pictures (ours first in `media`) and its feed's own fields. Raises `NotFound`.

    The words of a confidential one, and what its feed says of it, are for the desk that answers the call.
    """
    found = change_log.read(connection, "report", [report_id])
    if report_id not in found or not scope.sees(found[report_id]["area"]):
        raise NotFound(f"no report {report_id}")
    shape, more = found[report_id], queries.reports_extra(connection, report_id=report_id)
    pictures = media.list_media(connection, scope, report_id, None)
    secret = more["extra"].get("confidential") is True
    may_read = not secret or scope.role in MAY_SEE_CALLERS
    extra = {key: value for key, value in more["extra"].items() if not any(word in key.lower() for word in _PERSONAL)}
    words = {"title": more["title"], "text": more["text"]} if may_read else {}
    return {
        **shape,
        **words,
        "confidential": secret,
        "extra": extra if may_read else {"confidential": True},
        "media": [*(picture["url"] for picture in pictures if picture["url"]), *shape["media"]],
        "pictures": pictures,
        "has_caller": more["has_caller"],
        "acts": list(lifecycle.allowed_acts(shape["stage"], scope.role)),
        "audit": audit.of_noun(connection, "report", report_id) if may_read else [],
    }


def count_verdicts(connection: Connection, scope: Scope, by: str, area: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What people said of video candidates observed in [since, until), `by` camera or algorithm: the 1,000 most judged first."""
    return list(queries.reports_verdicts(connection, by=by, areas=prefixes(scope), area=f"{area}%", since=since, until=until, limit=1000))


def lock_report(connection: Connection, scope: Scope, report_id: int) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.reports_lock(connection, report_id=report_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no report {report_id}")
    return row


def act_on_report(connection: Connection, report_id: int, act: Act, classes: Mapping[str, Any], locate: Locate) -> None:
    """Confirm, dismiss, merge, place, classify.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` for the role, `Invalid` when a note, a class or a place is missing.
    """
    row = lock_report(connection, act.scope, report_id)
    stage = demand(row, act)
    changed = _changed(connection, row, act, classes, locate)
    with logged(connection, "report", [report_id], act.now):
        columns = {name: changed.get(name, row.get(name)) for name in _COLUMNS}
        hand = act.act if act.act in _BY_HAND else None
        demand_saved(queries.reports_save(connection, report_id=report_id, version=row["version"], stage=stage, hand=hand, **columns), row)
    if act.act == "merge":
        joins.link(connection, changed["incident_id"], act.now, act.by, "merge", reports=[report_id])
    queries.media_follow(connection, report_ids=[report_id])
    audit.append(connection, act, "report", report_id, str(columns["area"]), stages=(row["stage"], stage), detail=changed)
    _follow(connection, report_id, act)


def demand(row: Mapping[str, Any], act: Act) -> str:
    """The stage an act leads to. Raises `StaleWrite`, `IllegalAct`, `NotAllowed` for the role, `Invalid` without a note."""
    demand_fresh(row, act)
    stage = lifecycle.advance(row["stage"], act.act)
    if act.scope.role not in lifecycle.ROLES[act.act]:
        raise NotAllowed(f"'{act.act}' is not for the role '{act.scope.role}'")
    demand_note(act, lifecycle.NEEDS_NOTE)
    return stage


def _changed(connection: Connection, row: Mapping[str, Any], act: Act, classes: Mapping[str, Any], locate: Locate) -> dict[str, Any]:
    """What an act writes besides the stage."""
    if act.act == "classify":
        if act.extra.get("class_code") not in classes:
            raise Invalid(f"no class has the code '{act.extra.get('class_code')}'")
        return {"class_code": act.extra["class_code"]}
    if act.act == "place":
        place = dict(locate(act.extra))
        if not act.scope.sees(place["area"]):
            raise NotAllowed("that place is outside your area")
        return place
    if act.act == "merge":
        incident_id = act.extra.get("incident_id")
        incident = incident_id and queries.incidents_lock(connection, incident_id=incident_id, areas=prefixes(act.scope))
        if not incident:
            raise Invalid("'merge' needs the incident_id of an incident you can see")
        if incident["stage"] in {"closed", "dismissed"}:
            raise IllegalAct("merge", row["stage"], (), f"incident {incident_id} is {incident['stage']}")
        return {"incident_id": incident_id}
    return {}


def _follow(connection: Connection, report_id: int, act: Act) -> None:
    """What a report's fate means for the alert it raised."""
    if act.act not in {"confirm", "dismiss", "merge"}:
        return
    raised = list(queries.alerts_of_report(connection, report_id=report_id, areas=prefixes(act.scope)))
    if act.act == "dismiss":
        alerts.judge_all(connection, raised, act.named("judge"), "false_alarm")
        alerts.clear_reported(connection, raised, act)
    else:
        alerts.acknowledge_all(connection, raised, act)


def read_caller(connection: Connection, report_id: int, act: Act) -> dict[str, str]:
    """Name, phone and address of who called. Raises `NotAllowed` for the role, `NotFound` without a caller."""
    if act.scope.role not in MAY_SEE_CALLERS or act.scope.account_id is None:
        raise NotAllowed("the caller's data are for the desk that answers the call")
    row = queries.reports_caller(connection, report_id=report_id, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"report {report_id} has no caller")
    audit.append(connection, act, "report", report_id, row["area"])
    return {"name": row["name"], "phone": row["phone"], "address": row["address"]}
