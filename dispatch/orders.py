"""The life of an expedite order (督办) as one table: issued on a case, fed back by the unit, closed or returned by whoever supervises.

It stands beside the case's own life and never moves it. Nothing here reads or stores one.
"""

from collections.abc import Mapping

from core.errors import NotAllowed
from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "issued": {"feedback": "fed_back", "withdraw": "withdrawn"},
    "fed_back": {"close": "closed", "return": "issued", "withdraw": "withdrawn"},
    "closed": {},
    "withdrawn": {},
}
ISSUERS = frozenset({"leader", "supervisor"})
_HANDLING = frozenset({"handler", "grid_worker", "dispatcher"})  # the unit; the dispatcher speaks for one that has no account
ROLES: Mapping[str, frozenset[str]] = {"feedback": _HANDLING, "close": ISSUERS, "return": ISSUERS, "withdraw": ISSUERS}
NEEDS_NOTE = frozenset({"feedback", "return", "withdraw"})
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance = _LIFE.open, _LIFE.advance


def allowed_to(stage: str, role: str, account_id: int | None, is_theirs: bool) -> tuple[str, ...]:
    """What this person may do with an order; `is_theirs`: they handle the case, or belong to the unit that leads it."""
    return tuple(act for act in _LIFE.allowed_acts(stage, role) if _fault(act, role, account_id, is_theirs) is None)


def demand_issuer(role: str, account_id: int | None) -> None:
    """Raises `NotAllowed` for whoever may not issue an order."""
    if role not in ISSUERS or account_id is None:
        raise NotAllowed(f"an order is issued by a person who is one of {', '.join(sorted(ISSUERS))}")


def demand_person(act: str, role: str, account_id: int | None, is_theirs: bool) -> None:
    """Raises `NotAllowed` where role, person or unit may not do this."""
    fault = _fault(act, role, account_id, is_theirs) if role in ROLES.get(act, ()) else f"'{act}' is not for the role '{role}'"
    if fault:
        raise NotAllowed(fault)


def _fault(act: str, role: str, account_id: int | None, is_theirs: bool) -> str | None:
    if account_id is None:
        return "people answer for an order: a system's token cannot"
    if act == "feedback" and role != "dispatcher" and not is_theirs:
        return "the order is for somebody else: its case's handler and unit answer it"
    return None
