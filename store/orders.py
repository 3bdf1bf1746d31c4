"""Expedite orders (督办) as people issue, answer and end them; their law is `dispatch.orders`.

Issuing one is the `expedite` act of its case, in the same transaction: the case counts it and its audit tells of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.config import Config
from core.errors import IllegalAct, Invalid, NotFound
from core.model import EVERYWHERE, Scope
from dispatch import orders as lifecycle
from store import audit, cases
from store.acts import Act, demand_fresh, demand_note, demand_saved
from store.ledgers import tell, tell_handling, units_of
from store.lists import Filter
from store.timescale import Connection, prefixes, queries

_SWEEP_AT_ONCE = 500
_HIDDEN = ("lead_unit", "handler_id")


def list_orders(connection: Connection, scope: Scope, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, each with its case's title and place and with what the reader may do."""
    columns = wanted.columns(scope, "stages", "case_number", "unit_id", "overdue", "order_id")
    units = units_of(connection, scope.account_id)
    return [_shown(row, scope, units) for row in queries.orders_list(connection, **columns)]


def get_order(connection: Connection, scope: Scope, order_id: int) -> dict[str, Any]:
    """One order with its acts and its audit. Raises `NotFound`."""
    found = list_orders(connection, scope, Filter({"order_id": order_id}))
    if not found:
        raise NotFound(f"no order {order_id}")
    return {**found[0], "audit": audit.of_noun(connection, "order", order_id)}


def _shown(row: Mapping[str, Any], scope: Scope, units: frozenset[int]) -> dict[str, Any]:
    acts = lifecycle.allowed_to(row["stage"], scope.role, scope.account_id, _is_theirs(row, scope, units))
    return {**{name: value for name, value in row.items() if name not in _HIDDEN}, "acts": list(acts)}


def _is_theirs(row: Mapping[str, Any], scope: Scope, units: frozenset[int]) -> bool:
    """Who handles the case, its unit's people, and anybody of the area while nobody and no unit is named."""
    if scope.account_id is not None and row["handler_id"] == scope.account_id:
        return True
    return row["lead_unit"] in units if row["lead_unit"] is not None else row["handler_id"] is None


def issue(connection: Connection, number: str, act: Act, due_at: datetime, config: Config) -> int:
    """Issue an order on a case; `act.note` says what is demanded. Returns its id.

    Raises what the case's `expedite` act raises (`NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`, `Invalid`), and `Invalid` for a
    time that is over.
    """
    lifecycle.demand_issuer(act.scope.role, act.scope.account_id)
    if not act.note.strip():
        raise Invalid("'text' is missing: an order says what is demanded")
    if due_at <= act.now:
        raise Invalid("'due_at' is over already")
    cases.act_on_case(connection, number, replace(act, act="expedite"), config)
    order_id: int = queries.orders_add(
        connection, case_number=number, text=act.note, now=act.now, account_id=act.scope.account_id, name=act.by, due_at=due_at
    )
    row = _lock(connection, act.scope, order_id)
    detail = {"case": number, "due_at": due_at.isoformat()}
    audit.append(connection, act.named("issue"), "order", order_id, row["area"], stages=(None, "issued"), detail=detail)
    return order_id  # who handles the case was told by the act


def act_on_order(connection: Connection, order_id: int, act: Act, term: timedelta) -> None:
    """Answer, return, close or withdraw an order. A return begins a new term: `act.extra["until"]`, else `term` from now.

    Raises `NotFound`, `StaleWrite`, `IllegalAct`, `NotAllowed`, `Invalid`.
    """
    row = _lock(connection, act.scope, order_id)
    demand_fresh(row, act)
    is_theirs = _is_theirs(row, act.scope, units_of(connection, act.scope.account_id))
    try:
        stage = lifecycle.advance(row["stage"], act.act)
    except IllegalAct:
        allowed = lifecycle.allowed_to(row["stage"], act.scope.role, act.scope.account_id, is_theirs)
        raise IllegalAct(act.act, row["stage"], allowed) from None
    lifecycle.demand_person(act.act, act.scope.role, act.scope.account_id, is_theirs)
    demand_note(act, lifecycle.NEEDS_NOTE)
    saved = _saved(row, act, stage, term)
    demand_saved(queries.orders_save(connection, order_id=order_id, version=row["version"], stage=stage, now=act.now, **saved), row)
    audit.append(connection, act, "order", order_id, row["area"], stages=(row["stage"], stage), detail={"case": row["case_number"]})
    if act.act == "feedback":
        tell(connection, f"account:{row['issued_by']}", row, "order_fed_back", _step(row), _payload(row, act.by), act.now)
    elif act.act in {"return", "withdraw"}:
        _tell_handling(connection, {**row, **saved}, f"order_{'returned' if act.act == 'return' else 'withdrawn'}", act.now)


def _lock(connection: Connection, scope: Scope, order_id: int) -> dict[str, Any]:
    row: dict[str, Any] | None = queries.orders_lock(connection, order_id=order_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no order {order_id}")
    return row


def _saved(row: Mapping[str, Any], act: Act, stage: str, term: timedelta) -> dict[str, Any]:
    """What an act writes besides the stage; a late answer is late also when the sweep comes after it."""
    kept = ("feedback", "fed_back_at", "fed_back_by", "fed_back_name", "returns", "due_at", "overdue_at")
    saved: dict[str, Any] = {**{name: row[name] for name in kept}, "ended_at": None, "ended_by": None, "ended_why": None}
    if act.act == "feedback":
        saved |= {"feedback": act.note, "fed_back_at": act.now, "fed_back_by": act.scope.account_id, "fed_back_name": act.by}
        if row["overdue_at"] is None and act.now > row["due_at"]:
            saved["overdue_at"] = act.now
    elif act.act == "return":
        until = act.extra.get("until") or act.now + term
        if until <= act.now:
            raise Invalid("'until' is over already")
        saved |= {"returns": row["returns"] + 1, "due_at": until, "overdue_at": None}
    if stage not in lifecycle.OPEN:
        saved |= {"ended_at": act.now, "ended_by": act.scope.account_id, "ended_why": act.note or None}
    return saved


def mark_overdue(connection: Connection, now: datetime) -> int:
    """Orders that nobody answered in time: marked once, told once to who handles and to who issued. Returns how many."""
    rows = list(queries.orders_overdue(connection, now=now, limit=_SWEEP_AT_ONCE))
    queries.orders_mark_overdue(connection, [{"order_id": row["order_id"], "now": now} for row in rows])
    for row in rows:
        audit.append(connection, Act("overdue", EVERYWHERE, now), "order", row["order_id"], row["area"])
        _tell_handling(connection, row, "order_overdue", now)
        if row["issued_by"] is not None:
            tell(connection, f"account:{row['issued_by']}", row, "order_overdue", _step(row), _payload(row), now)
    return len(rows)


def _tell_handling(connection: Connection, row: Mapping[str, Any], template: str, now: datetime) -> None:
    tell_handling(connection, row, template, _step(row), _payload(row), now)


def _step(row: Mapping[str, Any]) -> str:
    """An order that was returned is late, answered and returned anew: its term tells the rounds apart."""
    return f"{row['order_id']}/{row['due_at'].isoformat()}"


def _payload(row: Mapping[str, Any], by: str = "") -> dict[str, Any]:
    return {"noun": "order", "order": row["order_id"], "number": row["case_number"], "due_at": row["due_at"].isoformat(), "by": by}
