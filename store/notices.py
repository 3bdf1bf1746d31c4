"""What people are told on their desks: put there by delivery in the transaction that marks it sent, read by whom it is for."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import NotAllowed
from core.model import Scope
from dispatch.notify import Parcel
from store import change_log
from store.timescale import Connection, queries


def put(connection: Connection, parcel: Parcel, now: datetime) -> None:
    """One notice a parcel, however often it is put."""
    first = parcel.first
    items = [{"template": message.template, "severity": message.severity, **message.payload} for message in parcel.messages]
    row = queries.notices_put(
        connection, parcel=parcel.id, now=now, accounts=list(first.recipients), severity=first.severity,
        template=first.template if len(items) == 1 else "summary", title=str(first.payload.get("title", "")),
        area=str(first.payload.get("area", "")), items=Jsonb(items), drill=any(item.get("drill") for item in items),
        simulated=any(item.get("simulated") for item in items),
    )  # fmt: skip
    if row is not None:
        change_log.append(connection, "notice", {}, change_log.read(connection, "notice", [row["notice_id"]]), now)


def list_notices(connection: Connection, scope: Scope, *, unseen: bool, after: int | None, limit: int) -> list[dict[str, Any]]:
    """The reader's own, newest first. Raises `NotAllowed` for a token: nobody tells it anything."""
    rows = queries.notices_list(connection, account_id=_account(scope), unseen=unseen, after=after or 2**62, limit=limit)
    return list(rows)


def see(connection: Connection, scope: Scope, ids: list[int]) -> int:
    """Mark one's own as seen; returns how many were not yet. Raises `NotAllowed` for a token."""
    return int(queries.notices_see(connection, account_id=_account(scope), ids=ids))


def _account(scope: Scope) -> int:
    if scope.account_id is None:
        raise NotAllowed("notices are of people")
    return scope.account_id
