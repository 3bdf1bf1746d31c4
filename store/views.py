"""Saved filters of an account, in its own order; one can be shared with the others of a role. What a filter means is the screen's."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from store.accounts import ROLES
from store.timescale import Connection, queries

MOST, MOST_NAME, MOST_BYTES = 50, 60, 4000


def list_views(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """`{id, name, filters, order, role, own, author, updated_at}`: one's own in their order, then those shared with the role."""
    return list(queries.views_list(connection, account_id=scope.account_id, role=scope.role))


def save_view(
    connection: Connection, scope: Scope, name: str, filters: Mapping[str, Any], order: int, role: str | None, now: datetime
) -> int:
    """The id; a name that is there is changed. Raises `Invalid` for what cannot be kept, `NotAllowed` for a token."""
    if scope.account_id is None:
        raise NotAllowed("views belong to people: a system's token has none")
    if not 0 < len(name.strip()) <= MOST_NAME:
        raise Invalid(f"a view has a name of at most {MOST_NAME} letters")
    if role is not None and role not in ROLES:
        raise Invalid(f"no role is called '{role}'; there are {', '.join(ROLES)}")
    if len(json.dumps(filters)) > MOST_BYTES or not -999 <= order <= 999:
        raise Invalid(f"the filters of a view take at most {MOST_BYTES} bytes, and its order is a number below 1,000")
    if queries.views_count(connection, account_id=scope.account_id, name=name.strip())["views"] >= MOST:
        raise Invalid(f"an account has at most {MOST} views")
    view_id: int = queries.views_save(
        connection, account_id=scope.account_id, name=name.strip(), filters=Jsonb(dict(filters)), position=order, role=role, now=now
    )
    return view_id


def delete_view(connection: Connection, scope: Scope, view_id: int) -> None:
    """Raises `NotFound` for one that is not one's own."""
    if not queries.views_delete(connection, view_id=view_id, account_id=scope.account_id):
        raise NotFound(f"no view {view_id} of yours")
