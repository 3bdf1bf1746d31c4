"""The closed loop of a case as one table: stages, acts, who may do each and what evidence it takes.

Supervision cannot handle and handling cannot close (监管分离); who checks is never who handled, a rule about persons
that stands beside the table. Nothing here reads or stores a case.
"""

from collections.abc import Mapping

from core.errors import Invalid, NotAllowed
from core.life_cycle import LifeCycle

# 上报 受理 立案 派遣 处置 到场 反馈 核查 结案, and 作废, in this order.
TABLE: Mapping[str, Mapping[str, str]] = {
    "reported": {"accept": "accepted", "void": "voided"},
    "accepted": {"register": "registered", "void": "voided"},
    "registered": {"dispatch": "dispatched", "void": "voided"},
    "dispatched": {"take": "handling", "send_back": "registered"},
    "handling": {"arrive": "on_site", "send_back": "registered"},
    "on_site": {"finish": "finished", "send_back": "registered"},
    "finished": {"check": "checked", "rework": "dispatched"},
    "checked": {"close": "closed", "rework": "dispatched"},
    "closed": {},
    "voided": {},
}
_HANDLING = frozenset({"handler", "grid_worker"})
_SUPERVISION = frozenset({"duty", "supervisor"})
ROLES: Mapping[str, frozenset[str]] = {
    "accept": _SUPERVISION,
    "register": _SUPERVISION,
    "void": _SUPERVISION,
    "dispatch": frozenset({"duty", "dispatcher"}),
    "take": _HANDLING,
    "arrive": _HANDLING,
    "finish": _HANDLING,
    "send_back": _HANDLING,
    # A grid worker may look at the result of a colleague: that is what the person rule is for.
    "check": _SUPERVISION | {"grid_worker"},
    "rework": _SUPERVISION,
    "close": _SUPERVISION,
}
# Whoever did one of these has handled the case for good: a rework, or another who finishes it, does not undo it.
WORK_ACTS = frozenset({"take", "arrive", "finish"})
HANDLING_ACTS = frozenset({"take", "arrive", "finish", "send_back"})
NEEDS_NOTE = frozenset({"send_back", "rework", "void"})
NEEDS_PHOTO = frozenset({"finish"})
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance, allowed_acts = _LIFE.open, _LIFE.advance, _LIFE.allowed_acts


def allowed_to(stage: str, role: str, account_id: int | None, handler_id: int | None, has_handled: bool) -> tuple[str, ...]:
    """`allowed_acts` narrowed by the rules about persons: whose task it is, and whether this one ever did some of the work."""
    return tuple(act for act in allowed_acts(stage, role) if _person_fault(act, account_id, handler_id, has_handled) is None)


def demand_person(act: str, account_id: int | None, handler_id: int | None, has_handled: bool) -> None:
    """Raises `NotAllowed` where this person may not do what the role may."""
    fault = _person_fault(act, account_id, handler_id, has_handled)
    if fault:
        raise NotAllowed(fault)


def _person_fault(act: str, account_id: int | None, handler_id: int | None, has_handled: bool) -> str | None:
    if act in HANDLING_ACTS and account_id is None:
        return "a person handles a case: a system's token cannot"
    if act in HANDLING_ACTS and handler_id is not None and account_id != handler_id:
        return "this case was dispatched to somebody else"
    if act in {"check", "close"} and account_id is not None and has_handled:
        return "nobody checks or closes a case they handled"
    return None


def demand_role(act: str, stage: str, role: str) -> None:
    """Raises `NotAllowed` when the table knows the act but not for this role."""
    if role not in ROLES.get(act, ()):
        raise NotAllowed(f"'{act}' is not for the role '{role}'; allowed now: {', '.join(allowed_acts(stage, role)) or 'none'}")


def demand_evidence(act: str, note: str, photos_after: int) -> None:
    """Raises `Invalid` when an act lacks what it takes: a note, or a photo of the result."""
    if act in NEEDS_NOTE and not note.strip():
        raise Invalid(f"'{act}' needs a note")
    if act in NEEDS_PHOTO and photos_after < 1:
        raise Invalid(f"'{act}' needs a photo of the result (role=after), newer than the last dispatch or rework")
