"""Pictures as rows: where the bytes lie on disk is `api.photos`' business, who may see them is decided here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import NotFound
from core.model import Scope
from store import audit
from store.acts import Act
from store.timescale import Connection, prefixes, queries

ROLES = ("before", "after", "evidence")


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture already stripped of what the camera wrote into it; position and time it held stand here."""

    media_id: str
    sha256: bytes
    kind: str
    bytes: int
    role: str
    lon: float | None = None
    lat: float | None = None
    taken_at: datetime | None = None


def add_medium(connection: Connection, medium: Medium, area: str, case_number: str | None, report_id: int | None, act: Act) -> None:
    """Remember a picture of a case or report; the caller has loaded that in the scope."""
    columns = {name: getattr(medium, name) for name in Medium.__slots__}
    queries.media_add(
        connection, **columns, area=area, case_number=case_number, report_id=report_id, now=act.now, created_by=act.scope.account_id
    )
    noun, key = ("case", case_number) if case_number else ("report", report_id)
    audit.append(connection, act, noun, key, area, detail={"media_id": medium.media_id, "role": medium.role})


def get_medium(connection: Connection, scope: Scope, media_id: str) -> dict[str, Any]:
    """Raises `NotFound` when there is none in the scope."""
    row: dict[str, Any] | None = queries.media_get(connection, media_id=media_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no medium '{media_id}'")
    return row
