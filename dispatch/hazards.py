"""The life of a hazard (隐患) as one table: found, given to its owner with a term and measures, rectified with a photo, verified, closed.

Whoever rectified one neither verifies nor closes it, and a major one is closed by a supervisor. Nothing here reads or stores one.
"""

from collections.abc import Mapping

from core.errors import Invalid, NotAllowed
from core.life_cycle import LifeCycle

TABLE: Mapping[str, Mapping[str, str]] = {
    "found": {"assign": "rectifying", "void": "voided"},
    "rectifying": {"rectify": "rectified", "assign": "rectifying", "void": "voided"},
    "rectified": {"verify": "verified", "return": "rectifying"},
    "verified": {"close": "closed", "return": "rectifying"},
    "closed": {},
    "voided": {},
}
LEVELS = ("general", "major")  # 一般, 重大
_HANDLING = frozenset({"handler", "grid_worker"})
_DESK = frozenset({"duty", "dispatcher", "supervisor"})
_SUPERVISION = frozenset({"duty", "supervisor"})
FINDERS = _DESK | _HANDLING
ROLES: Mapping[str, frozenset[str]] = {
    "assign": _DESK,
    "rectify": _HANDLING,
    "verify": _SUPERVISION | {"grid_worker"},  # a grid worker may look at what a unit has done: the person rule is for that
    "return": _SUPERVISION,
    "close": _SUPERVISION,
    "void": frozenset({"supervisor"}),
}
CLOSES_MAJOR = frozenset({"supervisor"})
NEEDS_NOTE = frozenset({"rectify", "return", "void"})
NEEDS_PHOTO = frozenset({"rectify"})
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance = _LIFE.open, _LIFE.advance


def allowed_to(stage: str, role: str, account_id: int | None, rectified_by: int | None, level: str) -> tuple[str, ...]:
    """What this person may do with a hazard of a level that `rectified_by` put right."""
    return tuple(act for act in _LIFE.allowed_acts(stage, role) if _fault(act, role, account_id, rectified_by, level) is None)


def demand_person(act: str, role: str, account_id: int | None, rectified_by: int | None, level: str) -> None:
    """Raises `NotAllowed` where role or person may not do this."""
    fault = _fault(act, role, account_id, rectified_by, level) if role in ROLES.get(act, ()) else f"'{act}' is not for the role '{role}'"
    if fault:
        raise NotAllowed(fault)


def demand_evidence(act: str, note: str, photos: int) -> None:
    """Raises `Invalid` when an act lacks what it takes: words, or a photo of the result newer than what it answers."""
    if act in NEEDS_NOTE and not note.strip():
        raise Invalid(f"'{act}' needs a note")
    if act in NEEDS_PHOTO and photos < 1:
        raise Invalid(f"'{act}' needs a photo of the result (role=after), newer than the last assignment or return")


def _fault(act: str, role: str, account_id: int | None, rectified_by: int | None, level: str) -> str | None:
    if account_id is None:
        return "people answer for a hazard: a system's token cannot"
    if act in {"verify", "close", "return"} and account_id == rectified_by:
        return "nobody verifies or closes what they rectified"
    if act == "close" and level == "major" and role not in CLOSES_MAJOR:
        return "a major hazard is closed by a supervisor"
    return None
