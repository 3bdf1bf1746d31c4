"""Pictures and voice notes: rows, the files behind them, and who may see them. What is inside decide `ingest.photos` and `.voices`.

A file without a row is nobody's: it may lie there after a transaction that failed, and no address leads to it. A picture that ended
keeps its row, which says when and why. What ends, and what lies about, decides `store.media_sweep`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import NotFound
from core.model import Scope
from store import audit
from store.acts import Act
from store.patrols import reads_place
from store.timescale import Connection, prefixes, queries

ROLES = ("before", "after", "evidence")
ADDRESS = "/api/v1/media/"  # where a reader finds a picture by its media_id
_LISTED = 100
_VOICE = "voice-"  # how the names of voice notes begin: the name alone tells where the file lies
SUFFIXES = frozenset({".jpg", ".voice"})


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture already stripped of what the camera wrote into it, or a voice note; position and time stand here."""

    media_id: str
    sha256: bytes
    kind: str
    bytes: int
    role: str
    lon: float | None = None
    lat: float | None = None
    taken_at: datetime | None = None
    seconds: float | None = None


def add_medium(connection: Connection, medium: Medium, area: str, case_number: str | None, report_id: int | None, act: Act) -> None:
    """Remember a picture of a case or report; the caller has loaded that in the scope."""
    columns = {name: getattr(medium, name) for name in Medium.__slots__}
    queries.media_add(
        connection, **columns, area=area, case_number=case_number, report_id=report_id, now=act.now, created_by=act.scope.account_id
    )
    noun, key = ("case", case_number) if case_number else ("report", report_id)
    audit.append(connection, act, noun, key, area, detail={"media_id": medium.media_id, "role": medium.role})


def may_fetch(scope: Scope) -> bool:
    """Who is handed a picture by its address (`read` in `api.auth`): a wall, where nobody stands for what is seen, is not."""
    return scope.role != "wall"


def get_medium(connection: Connection, scope: Scope, media_id: str) -> dict[str, Any]:
    """Raises `NotFound` when there is none in the scope."""
    row: dict[str, Any] | None = queries.media_get(connection, media_id=media_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no medium '{media_id}'")
    return row


def list_media(connection: Connection, scope: Scope, report_id: int | None, device: str | None) -> list[dict[str, Any]]:
    """The latest 100 pictures of a report or a device, newest first, each with its address; one that ended has none (null)."""
    rows = queries.media_list(connection, areas=prefixes(scope), report_id=report_id, device=device, limit=_LISTED)
    return [{**row, "url": None if row["ended_at"] else f"{ADDRESS}{row['media_id']}"} for row in veiled(scope, rows)]


def of_case(connection: Connection, scope: Scope, number: str) -> list[dict[str, Any]]:
    """The pictures and voice notes of a case, oldest first; the reader must have been allowed to load the case."""
    return veiled(scope, queries.cases_media(connection, case_number=number))


def veiled(scope: Scope, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `lon`, `lat`, `created_by` only for whoever may read tracks and for who made the picture.

    Where it was made, somebody was; where a device stands is known to all.
    """
    hidden = {"lon": None, "lat": None, "created_by": None}
    return [row if row.get("device") or reads_place(scope, row["created_by"]) else {**row, **hidden} for row in rows]


def keep_voice(folder: Path, content: bytes) -> str:
    """Write a voice note under a name nobody can guess; returns the name. Raises `OSError` as `keep_photo` does."""
    return keep_photo(folder, content, _VOICE + secrets.token_urlsafe(13))


def keep_photo(folder: Path, jpeg: bytes, media_id: str = "") -> str:
    """Write a picture under a name nobody can guess, or one of 24 letters that is made of its own bytes; returns the name.

    Raises `OSError` when the folder cannot be written.
    """
    media_id = media_id or secrets.token_urlsafe(18)
    path = path_of(folder, media_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{secrets.token_hex(4)}.part")  # two workers may write the same picture at once
    partial.write_bytes(jpeg)
    partial.replace(path)  # a reader never sees half a picture
    return media_id


def path_of(folder: Path, media_id: str) -> Path:
    """Where a picture lies. Raises `NotFound` for a name we never gave: no path leads out of the folder."""
    if len(media_id) != 24 or not media_id.replace("-", "").replace("_", "").isalnum():
        raise NotFound(f"no medium '{media_id}'")
    return folder / media_id[:2] / f"{media_id}{suffix_of(media_id)}"


def suffix_of(media_id: str) -> str:
    """What the name of its file ends in, one of `SUFFIXES`."""
    return ".voice" if media_id.startswith(_VOICE) else ".jpg"
