"""The life of an approval, as one table: one officer asks for an act, another agrees to it or does not.

`lapse` is the machine's: nobody decided in time, or the thing is no longer what the asker saw.
"""

from collections.abc import Mapping

from core.errors import NotAllowed
from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "pending": {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn", "lapse": "lapsed"},
    "approved": {},
    "refused": {},
    "withdrawn": {},
    "lapsed": {},
}
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {"approve": _DESK, "refuse": _DESK, "withdraw": _DESK}
NEEDS_NOTE = frozenset({"refuse"})
_LIFE = LifeCycle(TABLE, ROLES)
advance = _LIFE.advance


def allowed_to(stage: str, role: str, may_act: bool, account_id: int | None, asked_id: int) -> tuple[str, ...]:
    """What this person may do with it; `may_act`: the role may do what is asked for."""
    return tuple(act for act in _LIFE.allowed_acts(stage, role) if _fault(act, may_act, account_id, asked_id) is None)


def demand_person(act: str, role: str, may_act: bool, account_id: int | None, asked_id: int) -> None:
    """Raises `NotAllowed` where role or person may not do this."""
    fault = _fault(act, may_act, account_id, asked_id) if role in ROLES.get(act, ()) else f"'{act}' is not for the role '{role}'"
    if fault:
        raise NotAllowed(fault)


def _fault(act: str, may_act: bool, account_id: int | None, asked_id: int) -> str | None:
    if account_id is None:
        return "a person decides: a system's token cannot"
    if act == "withdraw":
        return None if account_id == asked_id else "only who asked takes it back"
    if account_id == asked_id:
        return "nobody approves or refuses what they asked for themselves"
    return None if may_act else "your role may not do what is asked for"
