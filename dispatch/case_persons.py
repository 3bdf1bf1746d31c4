"""Rules about persons beside the table of a case: whose task it is, whose unit's, and who ever did some of the work. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import NotAllowed
from dispatch.cases import DESK, HANDLING, HANDLING_ACTS, allowed_acts, allowed_side_acts

# What is done for the case's unit by any of its people, and by whose task it is.
_FOR_THE_UNIT = frozenset({"feedback", "ask_help", "ask_extension", "ask_suspension"})
_BY_A_PERSON = HANDLING_ACTS | _FOR_THE_UNIT | {"agree", "refuse", "withdraw", "support_done", "support_refuse"}
_VERDICTS = frozenset({"check", "close", "force_close"})
COLLECTOR = "grid_worker"
_LOOKS = frozenset({"pass_pre_check", "fail_pre_check", "check", "rework"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `units` are the own unit and those above it; `has_handled`: this one ever did some of the work."""

    role: str
    account_id: int | None
    units: frozenset[int] = frozenset()
    has_handled: bool = False


def allowed_to(case: Mapping[str, Any], actor: Actor) -> tuple[str, ...]:
    """`cases.allowed_acts` narrowed by the rules about persons; `case` has stage, handler_id, lead_unit, collector_id."""
    return tuple(act for act in allowed_acts(case["stage"], actor.role) if _fault(act, case, actor) is None)


def allowed_beside(case: Mapping[str, Any], actor: Actor) -> tuple[str, ...]:
    """`cases.allowed_side_acts` narrowed the same way."""
    return tuple(act for act in allowed_side_acts(case["stage"], actor.role) if _fault(act, case, actor) is None)


def may_read_secret(case: Mapping[str, Any], actor: Actor, supports: frozenset[int]) -> bool:
    """Whether somebody reads what a confidential ticket says: the desk, and those whose work the case is. A token is nobody."""
    if actor.role in DESK:
        return True
    mine = actor.account_id is not None and actor.account_id in (case["handler_id"], case["collector_id"])
    return mine or (actor.role in HANDLING and bool(actor.units & (supports | {case["lead_unit"]})))


def demand_person(act: str, case: Mapping[str, Any], actor: Actor) -> None:
    """Raises `NotAllowed` where this person may not do what the role may."""
    fault = _fault(act, case, actor)
    if fault:
        raise NotAllowed(fault)


def _fault(act: str, case: Mapping[str, Any], actor: Actor) -> str | None:
    if act in _BY_A_PERSON and actor.account_id is None:
        return "a person handles a case: a system's token cannot"
    if act in HANDLING_ACTS and not _his_task(act, case, actor):
        return "this case was dispatched to somebody else"
    if act in _FOR_THE_UNIT and not _speaks_for_it(case, actor):
        return "this case is somebody else's"
    if act == "dispatch" and actor.role == "handler" and (case["lead_unit"] is None or not _of_unit(case, actor)):
        return "a handler hands on only what was dispatched to the own unit"
    if act in _LOOKS and actor.role == COLLECTOR and case["collector_id"] not in (None, actor.account_id):
        return "another collector was named to look at this case"
    verdict = act in _VERDICTS or (act == "rework" and actor.role == COLLECTOR)
    if verdict and actor.account_id is not None and actor.has_handled:
        return "nobody checks or closes a case they handled"
    return None


def _his_task(act: str, case: Mapping[str, Any], actor: Actor) -> bool:
    if case["handler_id"] is None or (act == "send_back" and actor.role == "handler" and case["lead_unit"] in actor.units):
        return _of_unit(case, actor)
    return bool(case["handler_id"] == actor.account_id)


def _speaks_for_it(case: Mapping[str, Any], actor: Actor) -> bool:
    """Whose task it is, and the handlers of its unit; while it is nobody's task, anybody of the unit."""
    return case["handler_id"] == actor.account_id or (_of_unit(case, actor) and (case["handler_id"] is None or actor.role == "handler"))


def _of_unit(case: Mapping[str, Any], actor: Actor) -> bool:
    """A case that no unit leads is anybody's of its area."""
    return case["lead_unit"] is None or case["lead_unit"] in actor.units
