"""Alerts as people read them and act on them. What machines decide of an alert is saved in `store.save`.

Every act: lock the row in the scope, ask the table, compare and set the version, audit, change log: one transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from alerts import lifecycle
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.model import EVERYWHERE, Scope
from store import audit, change_log, comments, side_acts, suppress
from store.acts import Act, demand_fresh, demand_note, demand_saved, logged
from store.lists import Filter
from store.sweep_faults import sweep_each
from store.timescale import Connection, prefixes, queries

SHELVE_AT_MOST = timedelta(hours=24)


def list_alerts(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, in the shape screens know."""
    rows = queries.alerts_list(connection, **wanted.columns(scope, "stages", "domain", "severity", "cell", "device", "rule", "incident_id"))
    return [row["shape"] for row in rows]


def get_alert(connection: Connection, scope: Scope, alert_id: int) -> dict[str, Any]:
    """One alert with the acts its stage and the reader's role allow. Raises `NotFound`."""
    found = change_log.read(connection, "alert", [alert_id])
    if alert_id not in found or not scope.sees(found[alert_id]["area"]):
        raise NotFound(f"no alert {alert_id}")
    shape = found[alert_id]
    acts = lifecycle.allowed_acts(shape["stage"], scope.role, shape["hold"])
    return {
        **shape, "acts": list(acts), "audit": audit.of_noun(connection, "alert", alert_id),
        "comments": comments.list_comments(connection, "alert", alert_id),
    }  # fmt: skip


def lock_alert(connection: Connection, scope: Scope, alert_id: int) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.alerts_lock(connection, alert_id=alert_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no alert {alert_id}")
    return row


def act_on_alert(connection: Connection, alert_id: int, act: Act) -> None:
    """Acknowledge, shelve, unshelve …; take, assign, escalate, comment, judge.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` for the role, `Invalid` without a needed note, verdict or person.
    """
    row = lock_alert(connection, act.scope, alert_id)
    demand(connection, row, act)
    if act.act in lifecycle.TABLE[row["stage"]]:
        acknowledge(connection, row, act)
    elif act.act == "judge":
        _judge(connection, row, act)
    elif act.act in side_acts.ACTS:
        side_acts.carry_out(connection, "alert", row, act)
    else:
        _change_hold(connection, row, act)


def demand(_: Connection, row: Mapping[str, Any], act: Act) -> None:
    """Raises what `act_on_alert` does for the version, the role, the stage and the words. A comment is never too late."""
    if act.act != "comment":
        demand_fresh(row, act)
    allowed = lifecycle.allowed_acts(row["stage"], act.scope.role, row["hold"])
    if act.act not in allowed:
        if act.act in lifecycle.ROLES and act.scope.role not in lifecycle.ROLES[act.act]:
            raise NotAllowed(f"'{act.act}' is not for the role '{act.scope.role}'")
        raise IllegalAct(act.act, row["stage"], allowed)
    demand_note(act, lifecycle.NEEDS_NOTE)
    if act.act == "judge":
        lifecycle.demand_verdict(act.extra.get("verdict"), act.note)


def acknowledge(connection: Connection, row: Mapping[str, Any], act: Act) -> None:
    """Acknowledge a locked alert; one whose condition is over ends with it."""
    stage = lifecycle.advance(row["stage"], "acknowledge")
    with logged(connection, "alert", [row["alert_id"]], act.now):
        done = queries.alerts_acknowledge(
            connection, alert_id=row["alert_id"], version=row["version"], stage=stage, now=act.now,
            by=act.by, account_id=act.scope.account_id, note=act.note or None,
        )  # fmt: skip
        demand_saved(done, row)
    audit.append(connection, act.named("acknowledge"), "alert", row["alert_id"], row["area"], stages=(row["stage"], stage))


def _judge(connection: Connection, row: Mapping[str, Any], act: Act) -> None:
    verdict = str(act.extra["verdict"])
    judge_all(connection, [row], act, verdict)
    follows = lifecycle.act_of_verdict(row["stage"], verdict, row["report_id"] is not None)
    if follows == "clear":
        clear_reported(connection, [row], act)
    elif follows == "acknowledge":
        acknowledge(connection, lock_alert(connection, act.scope, row["alert_id"]), act)


def judge_all(connection: Connection, rows: Iterable[Mapping[str, Any]], act: Act, verdict: str) -> None:
    """Note what some alerts were; the last word stands, and the audit keeps the others."""
    for found in rows:
        row = lock_alert(connection, act.scope, found["alert_id"])
        with logged(connection, "alert", [row["alert_id"]], act.now):
            done = queries.alerts_judge(
                connection, alert_id=row["alert_id"], version=row["version"], verdict=verdict, by=act.by, why=act.note or None, now=act.now
            )
            demand_saved(done, row)
        detail = {"verdict": verdict, "before": row["verdict"]}
        audit.append(connection, act, "alert", row["alert_id"], row["area"], detail=detail)


def judge_dismissed(connection: Connection, incident_id: int, act: Act) -> None:
    """A dismissed incident was nothing, and so were the alerts that nobody had judged yet."""
    rows = list(queries.alerts_unjudged_of_incident(connection, incident_id=incident_id, areas=prefixes(act.scope)))
    judge_all(connection, rows, act.named("judge"), "false_alarm")


def acknowledge_all(connection: Connection, rows: Iterable[Mapping[str, Any]], act: Act) -> None:
    """Acknowledge those of some alerts that nobody has acknowledged; used when their incident or case is acted on."""
    for found in rows:
        if "acknowledge" in lifecycle.TABLE[found["stage"]]:
            acknowledge(connection, lock_alert(connection, act.scope, found["alert_id"]), act)


def clear_reported(connection: Connection, rows: Iterable[Mapping[str, Any]], act: Act) -> None:
    """End alerts that a report raised: no later reading will ever tell that they are over."""
    for found in rows:
        if found["report_id"] is None:
            continue
        row = lock_alert(connection, act.scope, found["alert_id"])
        stage = lifecycle.advance(row["stage"], "clear")
        with logged(connection, "alert", [row["alert_id"]], act.now):
            demand_saved(queries.alerts_clear(connection, alert_id=row["alert_id"], version=row["version"], now=act.now), row)
        audit.append(connection, act.named("clear"), "alert", row["alert_id"], row["area"], stages=(row["stage"], stage))


def _change_hold(connection: Connection, row: Mapping[str, Any], act: Act) -> None:
    hold = lifecycle.advance_hold(row["hold"], act.act)
    until = _until(act) if hold == "shelved" else None
    held = hold != "none"
    with logged(connection, "alert", [row["alert_id"]], act.now):
        done = queries.alerts_hold(
            connection, alert_id=row["alert_id"], version=row["version"], hold=hold, now=act.now, until=until,
            by=act.by if held else None, why=act.note if held else None,
        )  # fmt: skip
        demand_saved(done, row)
        if not held:
            suppress.hold_raised(connection, [row["alert_id"]], act.now)  # what people let go may still be silenced
    audit.append(connection, act, "alert", row["alert_id"], row["area"], stages=(row["hold"], hold))


def _until(act: Act) -> datetime:
    """Shelving ends by itself. Raises `Invalid` for a moment in the past or too far away."""
    until = act.extra.get("until") or act.now + timedelta(hours=1)
    if not isinstance(until, datetime) or not act.now < until <= act.now + SHELVE_AT_MOST:
        raise Invalid("'until' must be a time within the next 24 hours")
    return until


def end_shelving(connection: Connection, now: datetime) -> int:
    """Shelved alerts whose time has come are told of again; returns how many. The leader asks each second."""
    due = [(str(row["alert_id"]), row["version"]) for row in queries.alerts_shelved_until(connection, now=now)]
    act = Act("unshelve", EVERYWHERE, now, note="time is up")
    return sweep_each(
        connection, "shelvings", due, lambda alert: _change_hold(connection, lock_alert(connection, act.scope, int(alert)), act), now
    )
