"""The life of a shift, as one table: it is offered to a successor, who signs for what is open, or it ends without.

`overrun` is the machine's: nobody stays on for ever. What was acknowledged in a shift ends with it unless the successor took it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import NotAllowed
from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "on": {"offer": "offered", "end": "ended", "overrun": "ended"},
    "offered": {"accept": "ended", "decline": "on", "withdraw": "on", "end": "ended", "overrun": "ended"},
    "ended": {},
}
DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = dict.fromkeys(("offer", "accept", "decline", "withdraw", "end"), DESK)
NEEDS_NOTE = frozenset({"decline"})
SIGNED = frozenset({"offer", "accept"})  # with the password of whoever does it
OUTCOME: Mapping[str, str] = {
    "accept": "accepted", "decline": "declined", "withdraw": "withdrawn", "end": "withdrawn", "overrun": "lapsed",
}  # fmt: skip
_LIFE = LifeCycle(TABLE, ROLES)
advance = _LIFE.advance


def allowed_to(stage: str, role: str, account_id: int | None, whose: int, successor: int | None) -> tuple[str, ...]:
    """What this person may do with a shift."""
    return tuple(act for act in _LIFE.allowed_acts(stage, role) if _fault(act, account_id, whose, successor) is None)


def demand_person(act: str, role: str, account_id: int | None, whose: int, successor: int | None) -> None:
    """Raises `NotAllowed`: the successor accepts and declines, everything else is for whose shift it is."""
    fault = _fault(act, account_id, whose, successor) if role in ROLES.get(act, ()) else f"'{act}' is not for the role '{role}'"
    if fault:
        raise NotAllowed(fault)


def _fault(act: str, account_id: int | None, whose: int, successor: int | None) -> str | None:
    if act in {"accept", "decline"}:
        return None if account_id is not None and account_id == successor else "this shift was offered to somebody else"
    return None if account_id == whose else "this is somebody else's shift"


def hash_list(whose: int, successor: int, note: str, items: Sequence[Mapping[str, Any]], at: datetime) -> str:
    """SHA-256 of what both sign, over JSON with sorted keys: whoever changes the list afterwards changes this."""
    said = {"from": whose, "to": successor, "note": note, "items": list(items), "at": at.astimezone(UTC).isoformat()}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
