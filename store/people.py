"""Who works at the desk: whom work can be given to, who is on shift, and whose name stands behind an @ in a text."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Invalid, NotFound
from core.model import Scope
from dispatch.mentions import find_mentions
from dispatch.shifts import DESK
from store.timescale import Connection, queries


def list_people(connection: Connection, scope: Scope, area: str = "") -> list[dict[str, Any]]:
    """`{account, title, role, areas, on_shift, since}`: those who see all of `area`, or share some area with the reader; here first."""
    rows = queries.people_list(connection, roles=sorted(DESK), account_id=None)
    return [row for row in rows if (_sees(row, area) if area else _meets(row, scope))]


def find_person(connection: Connection, account: object, area: str) -> dict[str, Any]:
    """Somebody of the desk who sees an area. Raises `NotFound` for nobody of the desk, `Invalid` for one who does not see it."""
    row = _find(connection, account)
    if not _sees(row, area):
        raise Invalid(f"{row['title']} does not see {area}")
    return row


def find_colleague(connection: Connection, scope: Scope, account: object) -> dict[str, Any]:
    """Somebody of the desk who shares an area with the caller. Raises `NotFound`, `Invalid`."""
    row = _find(connection, account)
    if not _meets(row, scope):
        raise Invalid(f"{row['title']} sees nothing of yours")
    return row


def _find(connection: Connection, account: object) -> dict[str, Any]:
    known = isinstance(account, int) and not isinstance(account, bool) and 0 < account < 2**31
    row = next(iter(queries.people_list(connection, roles=sorted(DESK), account_id=account)), None) if known else None
    if row is None:
        raise NotFound(f"nobody at the desk has the account {account}")
    return dict(row)


def find_mentioned(connection: Connection, text: str, area: str) -> Sequence[int]:
    """The accounts named behind an @, of those who see the area."""
    if "@" not in text:
        return ()
    rows = [row for row in queries.people_names(connection, roles=sorted(DESK)) if _sees(row, area)]
    return find_mentions(text, [(name, row["account"]) for row in rows for name in (row["title"], row["login"])])


def login_of(connection: Connection, account_id: int) -> str:
    """What somebody signs in with; never shown."""
    return str(queries.people_login(connection, account_id=account_id)["login"])


def role_now(connection: Connection, account_id: int) -> str | None:
    """The role of an account; None: it is disabled."""
    row = queries.people_role(connection, account_id=account_id)
    return str(row["role"]) if row else None


def _sees(row: Mapping[str, Any], area: str) -> bool:
    return any(area.startswith(prefix) for prefix in row["areas"])


def _meets(row: Mapping[str, Any], scope: Scope) -> bool:
    return any(mine.startswith(theirs) or theirs.startswith(mine) for theirs in row["areas"] for mine in scope.areas)
