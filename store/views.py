"""Saved filters of an account, in its own order; one can be shared with the others of a role. What a filter means is the screen's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.errors import Invalid, NotAllowed, NotFound
from core.model import Scope
from core.plain import fault_of_text
from dispatch.shifts import DESK
from store.accounts import ROLES
from store.timescale import Connection, queries

MOST, MOST_NAME, MOST_WORD = 50, 60, 200
FILTERS = ("kind", "severity", "domain", "stage", "owner", "text", "street", "class_code")  # what the desk's screen can filter by


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
    if fault := fault_of_text(name, one_line=True):
        raise Invalid(f"name: {fault}")
    _demand_role(scope, role)
    if unknown := sorted(filters.keys() - set(FILTERS)):
        raise Invalid(f"filters: no filter is called '{unknown[0][:40]}'; there are {', '.join(FILTERS)}")
    if wrong := [key for key, word in filters.items() if not isinstance(word, str) or len(word) > MOST_WORD]:
        raise Invalid(f"filters.{wrong[0]}: a text of at most {MOST_WORD} letters")
    if not 0 <= order <= 999:
        raise Invalid("order: from 0 to 999")
    if queries.views_count(connection, account_id=scope.account_id, name=name.strip())["views"] >= MOST:
        raise Invalid(f"an account has at most {MOST} views")
    view_id: int = queries.views_save(
        connection, account_id=scope.account_id, name=name.strip(), filters=Jsonb(dict(filters)), position=order, role=role, now=now
    )
    return view_id


def _demand_role(scope: Scope, role: str | None) -> None:
    """What a view is called stands on the screens of everybody it is shared with. Raises `Invalid`, `NotAllowed`."""
    if role is not None and role not in ROLES:
        raise Invalid(f"no role is called '{role}'; there are {', '.join(ROLES)}")
    if role not in (None, scope.role) and not (scope.role == "supervisor" and role in DESK):
        raise NotAllowed(f"a view is shared with one's own role, '{scope.role}'; a supervisor shares with any of {', '.join(sorted(DESK))}")


def delete_view(connection: Connection, scope: Scope, view_id: int) -> None:
    """Raises `NotFound` for one that is not one's own."""
    if not queries.views_delete(connection, view_id=view_id, account_id=scope.account_id):
        raise NotFound(f"no view {view_id} of yours")
