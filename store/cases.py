"""Cases as people read them and move them through the closed loop; opening one is `store.openings`.

Every act: lock the row in the scope, ask the table and the rules about persons and evidence, compare and set the
version, audit, change log, notify: one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import IllegalAct, NotFound
from core.model import EVERYWHERE, Scope
from dispatch import cases as lifecycle
from dispatch import deadlines, routing
from store import audit, change_log, incidents
from store.acts import Act, demand_fresh, demand_saved, logged
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_SWEEP_AT_ONCE = 500


def list_cases(connection: Connection, scope: Scope, wanted: Filter, after: tuple[str, str] | None = None) -> list[dict[str, Any]]:
    """Newest first, in the shape screens know; `after` is (opened_at, number) of the last one seen."""
    columns = wanted.columns(scope, "stages", "class_code", "severity", "cell", "handler_id", "incident_id", "overdue")
    at, number = after or (None, None)
    return [row["shape"] for row in queries.cases_list(connection, **columns, after_at=at, after_number=number)]


def get_case(connection: Connection, scope: Scope, number: str, now: datetime) -> dict[str, Any]:
    """One case with its acts, audit, media and the seconds left. Raises `NotFound`."""
    found = change_log.read(connection, "case", [number])
    if number not in found or not scope.sees(found[number]["area"]):
        raise NotFound(f"no case {number}")
    shape = found[number]
    due, opened = (datetime.fromisoformat(shape[name]) if shape[name] else None for name in ("due_at", "opened_at"))
    running = due is not None and opened is not None and shape["stage"] in lifecycle.OPEN and not shape["finished_at"]
    return {
        **shape,
        "acts": list(acts_of(shape, scope, number in handled_by(connection, scope, [number]))),
        "handler": _title(connection, shape["handler_id"]),
        "remaining_s": deadlines.remaining(due, now).total_seconds() if running and due else None,
        "light": deadlines.light(opened, due, now) if running and due and opened else None,
        "audit": audit.of_noun(connection, "case", number),
        "media": list(queries.cases_media(connection, case_number=number)),
    }


def _title(connection: Connection, account_id: int | None) -> str | None:
    """What others may read of who handles it."""
    row = queries.cases_account(connection, account_id=account_id, login=None) if account_id is not None else None
    return str(row["title"]) if row else None


def acts_of(shape: Mapping[str, Any], scope: Scope, has_handled: bool) -> tuple[str, ...]:
    """What this reader may do with a case: the role's acts narrowed by the rules about persons."""
    return lifecycle.allowed_to(shape["stage"], scope.role, scope.account_id, shape["handler_id"], has_handled)


def handled_by(connection: Connection, scope: Scope, numbers: Sequence[str]) -> set[str]:
    """Which of these cases this reader ever took, reached or finished: the audit remembers it beyond a rework."""
    if scope.account_id is None or not numbers:
        return set()
    acts = sorted(lifecycle.WORK_ACTS)
    return {row["number"] for row in queries.cases_handled(connection, numbers=list(numbers), account_id=scope.account_id, acts=acts)}


def act_on_case(connection: Connection, number: str, act: Act) -> None:
    """Move a case. `act.extra["worker"]` names the worker of `dispatch` (id or login); else the duty grid's.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed` (role, person), `Invalid` (note, photo, worker).
    """
    row = lock_case(connection, act.scope, number)
    demand_fresh(row, act)
    has_handled = number in handled_by(connection, act.scope, [number])
    stage = _demand(connection, row, act, has_handled)
    saved = _saved(connection, row, act, stage)
    with logged(connection, "case", [number], act.now):
        demand_saved(queries.cases_save(connection, case_number=number, version=row["version"], stage=stage, now=act.now, **saved), row)
    audit.append(connection, act, "case", number, row["area"], stages=(row["stage"], stage), detail=_worker_of(saved, act))
    if saved["overdue_at"] is not None:
        _tell_overdue(connection, {**row, **saved}, act.now)
    if stage == "dispatched":
        notify(connection, {**row, **saved}, act.now, "case_dispatched" if act.act == "dispatch" else "case_rework", row["version"] + 1)
    if stage not in lifecycle.OPEN and row["incident_id"] is not None:
        incidents.follow_case(connection, row["incident_id"], act)


def lock_case(connection: Connection, scope: Scope, number: str) -> dict[str, Any]:
    """The row as it is now, ours until the commit. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.cases_lock(connection, case_number=number, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no case {number}")
    return row


def _demand(connection: Connection, row: Mapping[str, Any], act: Act, has_handled: bool) -> str:
    """The next stage, when table, role, person and evidence all agree."""
    try:
        stage = lifecycle.advance(row["stage"], act.act)
    except IllegalAct:
        raise IllegalAct(act.act, row["stage"], acts_of(row, act.scope, has_handled)) from None
    lifecycle.demand_role(act.act, row["stage"], act.scope.role)
    lifecycle.demand_person(act.act, act.scope.account_id, row["handler_id"], has_handled)
    photos = queries.cases_photos_after(connection, case_number=row["case_number"])["photos"] if act.act in lifecycle.NEEDS_PHOTO else 0
    lifecycle.demand_evidence(act.act, act.note, photos)
    return stage


def _saved(connection: Connection, row: Mapping[str, Any], act: Act, stage: str) -> dict[str, Any]:
    """What an act writes besides the stage."""
    saved = {name: row[name] for name in ("handler_id", "handled_by", "finished_at")} | {"closed_at": None, "overdue_at": None}
    if act.act == "dispatch":
        saved["handler_id"] = _worker(connection, act.extra.get("worker"), row)
    elif act.act == "take":
        saved["handler_id"] = act.scope.account_id
    elif act.act == "finish":
        saved |= {"handled_by": act.scope.account_id, "finished_at": act.now}
        if row["due_at"] is not None and row["overdue_at"] is None and act.now > row["due_at"]:
            saved["overdue_at"] = act.now  # the sweep may come after the case is closed, and would not see it
    elif act.act == "send_back":
        saved["handler_id"] = None
    elif act.act == "rework":
        saved["finished_at"] = None
    if stage not in lifecycle.OPEN:
        saved["closed_at"] = act.now
    return saved


def _worker(connection: Connection, wanted: object, row: Mapping[str, Any]) -> int | None:
    """The account a dispatch goes to. Raises `Invalid` for a name that cannot handle there."""
    number = wanted if isinstance(wanted, int) and 0 < wanted < 2**31 else None
    named = queries.cases_account(connection, account_id=number, login=str(wanted)) if wanted else None
    on_duty = queries.cases_worker_of_cell(connection, cell_id=row["cell_id"]) if row["cell_id"] is not None else None
    return routing.choose_worker(wanted, named, on_duty, row["area"])


def _worker_of(saved: Mapping[str, Any], act: Act) -> dict[str, Any]:
    return {"handler_id": saved["handler_id"]} if act.act == "dispatch" else {}


def notify(connection: Connection, row: Mapping[str, Any], now: datetime, template: str, step: int) -> None:
    """One message a step and target: to the worker, or to all who handle in the area while nobody is named."""
    target = f"account:{row['handler_id']}" if row["handler_id"] is not None else f"area:{row['area']}"
    due_at = row["due_at"].isoformat() if row["due_at"] else None
    queries.outbox_add(
        connection, now=now, dedupe_key=f"{template}/{row['case_number']}/{step}/{target}", target=target, template=template,
        severity=row["severity"],
        payload=Jsonb({"number": row["case_number"], "title": row["title"], "area": row["area"], "due_at": due_at}),
    )  # fmt: skip


def mark_overdue(connection: Connection, now: datetime) -> int:
    """Cases whose deadline has passed and whose work was not done by then: marked once, told once. Returns how many."""
    rows = list(queries.cases_overdue(connection, now=now, limit=_SWEEP_AT_ONCE))
    with logged(connection, "case", [row["case_number"] for row in rows], now):
        for row in rows:
            queries.cases_mark_overdue(connection, case_number=row["case_number"], now=now)
            _tell_overdue(connection, row, now)
    return len(rows)


def _tell_overdue(connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
    """The trace and the message, the same whether the sweep or the late finish saw it first; whoever comes second finds `overdue_at`."""
    audit.append(connection, Act("overdue", EVERYWHERE, now), "case", row["case_number"], row["area"])
    notify(connection, row, now, "case_overdue", 0)


def count_for_indicators(connection: Connection, scope: Scope, area: str, since: datetime, until: datetime) -> dict[str, int]:
    """Cases of a period, without drills: due in it, closed of these, closed in time, registered, reworked."""
    period = {"areas": prefixes(scope), "area": f"{area}%", "since": since, "until": until}
    return {**queries.cases_counts(connection, **period), **queries.cases_counts_of_acts(connection, **period)}
