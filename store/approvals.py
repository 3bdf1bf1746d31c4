"""Acts that take two people: asked for by one, carried out when another agrees, in one transaction and for the version that was seen.

Which acts these are is the configuration's, who may agree is `dispatch.approvals`; the act itself is done as by who asked for it, and
both names stand in the audit of the thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from alerts import lifecycle as alert_lifecycle
from core.duty_config import TwoPersonConfig
from core.errors import IllegalAct, Invalid, NotAllowed, NotFound, StaleWrite
from core.model import EVERYWHERE, Scope
from dispatch import approvals as lifecycle
from dispatch import incidents as incident_lifecycle
from store import alerts, audit, incidents, people, reports
from store.acts import Act, demand_note, logged
from store.sweep_faults import sweep_each
from store.timescale import Connection, prefixes, queries

_ROLES = {"alert": alert_lifecycle.ROLES, "incident": incident_lifecycle.ROLES}
_EXPIRE_AT_ONCE = 200
_LAST = 2**62


def ask(connection: Connection, noun: str, noun_id: int, act: Act, two: TwoPersonConfig) -> dict[str, Any] | None:
    """The approval this act now waits for; None: it takes one person only.

    Raises what the act itself would, `NotAllowed` for a token, `IllegalAct` when the same is already asked for.
    """
    if act.act not in two.acts or not two.severities:
        return None
    lock = alerts.lock_alert if noun == "alert" else incidents.lock_incident
    row = lock(connection, act.scope, noun_id)
    if not two.asks(act.act, row["severity"], act.extra.get("verdict")):
        return None
    (alerts if noun == "alert" else incidents).demand(connection, row, act)
    if act.scope.account_id is None:
        raise NotAllowed("two people do this: a system's token cannot ask for it")
    extra = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in act.extra.items() if value is not None}
    added = queries.approvals_add(
        connection, noun=noun, noun_id=noun_id, area=row["area"], title=row["title"], severity=row["severity"], act=act.act, note=act.note,
        drill=row["drill"], simulated=row["simulated"],
        extra=Jsonb(extra), seen=row["version"], asked_id=act.scope.account_id, asked_by=act.by, asked_role=act.scope.role, now=act.now,
        expires_at=act.now + two.expires,
    )  # fmt: skip
    if added is None:
        raise IllegalAct(act.act, row["stage"], (), f"'{act.act}' is already waiting for a second person")
    _note(connection, act.named("ask"), noun, noun_id, row["area"], {"act": act.act, "approval": added["approval_id"]})
    return get_approval(connection, act.scope, added["approval_id"])


def ask_of_report(connection: Connection, report_id: int, act: Act, two: TwoPersonConfig) -> list[dict[str, Any]]:
    """To dismiss a report judges the alerts it raised: the approvals that those now wait for which take two people; none: go on.

    Once the alert is judged the report can be dismissed. Raises what dismissing and judging would.
    """
    if act.act != "dismiss" or not two.severities:
        return []
    reports.demand(reports.lock_report(connection, act.scope, report_id), act)
    judge = replace(act, act="judge", expect=None, extra={"verdict": "false_alarm"})
    raised = queries.alerts_of_report(connection, report_id=report_id, areas=prefixes(act.scope))
    asked = [ask(connection, "alert", row["alert_id"], judge, two) for row in raised]
    return [one for one in asked if one is not None]


def get_approval(connection: Connection, scope: Scope, approval_id: int) -> dict[str, Any]:
    """One approval with what this reader may do with it. Raises `NotFound`."""
    row = next(iter(queries.approvals_get(connection, ids=[approval_id], areas=prefixes(scope))), None)
    if row is None:
        raise NotFound(f"no approval {approval_id}")
    return _shown(row, scope)


def read_approvals(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Some approvals by their id."""
    return {row["id"]: _shown(row, scope) for row in queries.approvals_get(connection, ids=list(ids), areas=prefixes(scope))} if ids else {}


def list_approvals(
    connection: Connection, scope: Scope, stages: Sequence[str] = ("pending",), *, noun: str | None = None, noun_id: int | None = None,
    after: int | None = None, limit: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Newest first, each with the acts of this reader."""
    rows = queries.approvals_list(
        connection, areas=prefixes(scope), stages=list(stages), noun=noun, noun_id=noun_id, after=after or _LAST, limit=limit
    )
    return [_shown(row, scope) for row in rows]


def _shown(row: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    may_act = scope.role in _ROLES[row["noun"]][row["act"]]
    return {**row, "acts": list(lifecycle.allowed_to(row["stage"], scope.role, may_act, scope.account_id, row["asked_id"]))}


def decide(connection: Connection, approval_id: int, act: Act) -> None:
    """Approve, refuse or withdraw. What was approved and can no longer be done lapses, and says why.

    Raises `NotFound`, `IllegalAct` when it is decided or its time is over, `NotAllowed` for role and person, `Invalid` without a note.
    """
    row = queries.approvals_lock(connection, approval_id=approval_id, areas=prefixes(act.scope))
    if row is None:
        raise NotFound(f"no approval {approval_id}")
    stage = lifecycle.advance(row["stage"], act.act)
    may_act = act.scope.role in _ROLES[row["noun"]][row["act"]]
    lifecycle.demand_person(act.act, act.scope.role, may_act, act.scope.account_id, row["asked_id"])
    demand_note(act, lifecycle.NEEDS_NOTE)
    if row["expires_at"] <= act.now:
        raise IllegalAct(act.act, row["stage"], (), "its time is over")
    why: str | None = act.note
    if act.act == "approve" and (failed := _carry_out(connection, row, act)):
        stage, why = "lapsed", failed
    if stage != "approved":  # the act that was done tells of itself
        _note(connection, replace(act, note=why or ""), row["noun"], row["noun_id"], row["area"], _told(row), stage)
    queries.approvals_decide(
        connection, approval_id=approval_id, stage=stage, account_id=act.scope.account_id, by=act.by, now=act.now, why=why or None
    )
    _tell_asker(connection, row, act.now, stage, act.by, why)


def _carry_out(connection: Connection, row: Mapping[str, Any], act: Act) -> str | None:
    """Do what was asked for, as by who asked; what hinders it, if something does: then nothing of it stands."""
    if (role := people.role_now(connection, row["asked_id"])) != row["asked_role"]:
        return f"{row['asked_by']} {'has no account any more' if role is None else f'is {role} now, was ' + row['asked_role']}"
    scope = Scope(row["asked_role"], act.scope.areas, row["asked_id"], row["asked_by"])
    extra = dict(row["extra"])
    if "until" in extra:
        extra["until"] = datetime.fromisoformat(extra["until"])
    asked = Act(row["act"], scope, act.now, row["note"], row["seen"], extra, act.address, act.by)
    do = alerts.act_on_alert if row["noun"] == "alert" else incidents.act_on_incident
    try:
        with connection.transaction():
            do(connection, row["noun_id"], asked)
    except StaleWrite as stale:
        return f"changed since it was asked for: version {row['seen']} then, {stale.etag} now"
    except (IllegalAct, NotFound, NotAllowed, Invalid) as refused:
        return str(refused)
    return None


def expire(connection: Connection, now: datetime) -> int:
    """Approvals that nobody decided in time; returns how many. The leader asks each second."""
    rows = {str(row["id"]): row for row in queries.approvals_expired(connection, now=now, limit=_EXPIRE_AT_ONCE)}
    return sweep_each(connection, "approvals", [(key, 0) for key in rows], lambda key: _expire(connection, rows[key], now), now)


def _expire(connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
    act = Act("lapse", EVERYWHERE, now, note="nobody decided in time")
    _note(connection, act, row["noun"], row["noun_id"], row["area"], _told(row), "lapsed")
    queries.approvals_decide(connection, approval_id=row["id"], stage="lapsed", account_id=None, by=None, now=now, why=act.note)
    _tell_asker(connection, row, now, "lapsed", None, act.note)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"act": row["act"], "approval": row["id"]}


def _note(connection: Connection, act: Act, noun: str, noun_id: int, area: str, detail: Mapping[str, Any], stage: str = "pending") -> None:
    """In the audit of the thing, and a sign to its screens. Before the approval is changed: whoever asks locks the thing first."""
    before = None if act.act == "ask" else "pending"
    with logged(connection, noun, [noun_id], act.now):
        queries.approvals_touch(connection, noun=noun, noun_id=noun_id, now=act.now)
    audit.append(connection, act.named(f"{act.act}_approval"), noun, noun_id, area, stages=(before, stage), detail=detail)


def _tell_asker(connection: Connection, row: Mapping[str, Any], now: datetime, stage: str, by: str | None, why: str | None) -> None:
    target = f"account:{row['asked_id']}"
    queries.outbox_add(
        connection, now=now, dedupe_key=f"approval_decided/{row['id']}/{target}", target=target, template="approval_decided",
        severity=row["severity"],
        payload=Jsonb({
            "noun": row["noun"], "id": row["noun_id"], **{name: row[name] for name in ("title", "area", "drill", "simulated", "act")},
            "stage": stage, "by": by, "why": why,
        }),
    )  # fmt: skip
