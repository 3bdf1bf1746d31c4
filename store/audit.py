"""Who did what, when and from which stage to which: appended with every act, in its transaction. Never changed."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from core.model import Scope
from store.acts import Act
from store.timescale import Connection, prefixes, queries


def append(
    connection: Connection,
    act: Act,
    noun: str,
    key: object,
    area: str = "",
    *,
    stages: tuple[str | None, str | None] = (None, None),
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One line of the audit. Personal data never stands in `detail`."""
    told = {**(detail or {}), **({"approved_by": act.approved_by} if act.approved_by else {})}
    queries.audit_add(
        connection, at=act.now, actor=act.by, account_id=act.scope.account_id, role=act.scope.role,
        act=act.act, noun=noun, key=str(key), area=area, stage_from=stages[0], stage_to=stages[1], note=act.note or None,
        detail=Jsonb(told), address=act.address or None,
    )  # fmt: skip


def of_noun(connection: Connection, noun: str, key: object, limit: int = 200) -> list[dict[str, Any]]:
    """What was done to one thing, the newest `limit`, oldest first; the reader must have been allowed to load the thing."""
    return list(queries.audit_of_noun(connection, noun=noun, key=str(key), limit=limit))


def list_audit(
    connection: Connection, scope: Scope, *, noun: str | None, actor: str | None, after: int | None, limit: int
) -> list[dict[str, Any]]:
    """Newest first; `after` is the id of the last one seen. What belongs to no area (logins) is for every auditor."""
    return list(queries.audit_list(connection, areas=[*prefixes(scope), ""], noun=noun, actor=actor, after=after or 2**62, limit=limit))
