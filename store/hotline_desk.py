"""Tickets of the hotline as the desk reads them: with clocks, hand-backs and revisits; and what failed to go back, told anew.

Free text is masked; of a confidential ticket it is for the desk alone. Acts are `store.hotline`'s.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import NotAllowed, NotFound
from core.hotline_config import HotlineConfig
from core.model import Scope
from core.notify_config import HOTLINE
from dispatch import hotline as lifecycle
from dispatch.hotline_clocks import clocks_of
from store import audit, reports
from store.acts import Act
from store.hotline import Row, lock, queue
from store.timescale import Connection, prefixes, queries

_SECRET = ("title", "text", "reply", "result", "why")  # of a confidential ticket: for the desk alone


def list_tickets(
    connection: Connection, scope: Scope, config: HotlineConfig, now: datetime, *, limit: int = 100, after: int | None = None,
    area: str = "", **wanted: Any,
) -> list[Row]:  # fmt: skip
    """Newest first, each with its three clocks. Free text is masked; of a confidential ticket it is for the desk alone."""
    names = ("stages", "case_number", "source", "ticket_no", "ticket_id", "overdue", "late", "told", "dissatisfied")
    columns = {name: wanted.get(name) for name in names}
    term = config.clocks
    before = {"accept_before": now - term.accept, "dispatch_before": now - term.dispatch, "urgent_before": now - term.urgent}
    rows = queries.hotline_list(
        connection, areas=prefixes(scope), area=f"{area}%", after=after or 2**62, limit=limit, desk=is_desk(scope),
        q=_within(wanted.get("q")), **before, **columns,
    )  # fmt: skip
    return [_shown(row, scope, config, now) for row in rows]


def get_ticket(connection: Connection, scope: Scope, ticket_id: int, config: HotlineConfig, now: datetime) -> Row:
    """A ticket with its acts, what the platform was told, and its audit. Raises `NotFound`."""
    found = list_tickets(connection, scope, config, now, ticket_id=ticket_id, limit=1)
    if not found:
        raise NotFound(f"no ticket {ticket_id}")
    row, may_read = found[0], not found[0]["confidential"] or is_desk(scope)
    exchanges = list(queries.hotline_exchanges(connection, target=f"{HOTLINE}/ticket:{ticket_id}"))
    acts = [act for act in lifecycle.allowed_acts(row["stage"], scope.role) if act != "answer" or lifecycle.is_answerable(row, config)]
    return {
        **row, "acts": acts, "exchanges": exchanges,
        "may_resend": may_resend(scope) and any(one["state"] == "failed" for one in exchanges),
        "audit": audit.of_noun(connection, "ticket", ticket_id) if may_read else [],
    }  # fmt: skip


def resend(connection: Connection, ticket_id: int, config: HotlineConfig, act: Act) -> int:
    """Tell the platform anew what it did not take: the ticket as it is now, under an id of its own; returns how many exchanges.

    The record that failed may be older than what stands; an old one sent late would set the platform back. Raises `NotFound`, `NotAllowed`.
    """
    if not may_resend(act.scope):
        raise NotAllowed("what goes to the platform is for the desk that answers the call")
    row = lock(connection, act.scope, ticket_id=ticket_id)
    failed = [one for one in queries.hotline_exchanges(connection, target=f"{HOTLINE}/ticket:{ticket_id}") if one["state"] == "failed"]
    for one in failed:
        again = f"{row['version']}/again-{one['outbox_id']}"
        queue(connection, {**row, "merged_into": row["merged_no"]}, again, config, act.now, one["kind"])
    if failed:
        audit.append(connection, act.named("resend"), "ticket", ticket_id, row["area"], detail={"exchanges": len(failed)})
    return len(failed)


def _shown(row: Mapping[str, Any], scope: Scope, config: HotlineConfig, now: datetime) -> Row:
    hidden = row["confidential"] and not is_desk(scope)
    texts = {name: "" if hidden else lifecycle.masked(row[name] or "") for name in _SECRET}
    return {**row, **texts, "clocks": clocks_of(row, config, now)}


def is_desk(scope: Scope) -> bool:
    """Whether somebody answers callers: they read confidential tickets."""
    return scope.role in reports.MAY_SEE_CALLERS


def may_resend(scope: Scope) -> bool:
    """Whether somebody may have the platform told anew."""
    return scope.role in lifecycle.ROLES["reply"]


def _within(words: str | None) -> str | None:
    """A pattern that finds some words anywhere, whatever signs they hold."""
    if not words:
        return None
    for sign in "\\%_":
        words = words.replace(sign, f"\\{sign}")
    return f"%{words}%"
