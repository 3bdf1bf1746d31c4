"""延期 and 挂账: the deadline moved or the clock stopped, asked for by who handles, agreed to by the unit and then by the dispatcher. Pure.

Never after the deadline, which none comes to while the clock stands; each so many times as the city's configuration says.
Nothing here reads or stores a request.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.case_config import CasesConfig
from core.errors import IllegalAct, Invalid, NotAllowed
from core.life_cycle import LifeCycle
from dispatch.case_persons import Actor

KINDS = {"ask_extension": "extension", "ask_suspension": "suspension"}
TABLE: Mapping[str, Mapping[str, str]] = {
    "asked": {"agree": "unit_agreed", "refuse": "refused", "withdraw": "withdrawn", "lapse": "lapsed"},
    "unit_agreed": {"agree": "agreed", "refuse": "refused", "withdraw": "withdrawn", "lapse": "lapsed"},
    "agreed": {},
    "refused": {},
    "withdrawn": {},
    "lapsed": {},
}
ROLES: Mapping[str, frozenset[str]] = {
    "agree": frozenset({"handler", "supervisor", "dispatcher", "duty"}),
    "refuse": frozenset({"handler", "supervisor", "dispatcher", "duty"}),
    "withdraw": frozenset({"handler", "grid_worker"}),
}
_LIFE = LifeCycle(TABLE, ROLES)
OPEN, advance = _LIFE.open, _LIFE.advance
_COUNTED = {"extension": "extensions", "suspension": "suspensions"}
_SECOND = frozenset({"dispatcher", "duty"})


def demand_ask(act: str, case: Mapping[str, Any], until: datetime | None, now: datetime, config: CasesConfig) -> datetime:
    """The moment that is asked for. `case`: stage, due_at, paused_at, overdue_at, extensions, suspensions, suspended_until.

    Raises `IllegalAct` after the deadline and once the city's number is used up, `Invalid` for a moment that cannot be.
    """
    kind = KINDS[act]
    _demand_in_time(act, case, now)
    count, most = case[_COUNTED[kind]], getattr(config, _COUNTED[kind])
    if count >= most:
        raise IllegalAct(act, case["stage"], (), f"no more than {most} of these: {count} stand")
    if until is None:
        raise Invalid(f"'{act}' needs 'until'")
    if kind == "extension" and until <= case["due_at"]:
        raise Invalid("until: not after the present deadline")
    if kind == "suspension" and not now < until <= now + config.suspended_at_most:
        raise Invalid(f"until: later than now and at most {config.suspended_at_most.days} days away")
    return until


def demand_decision(act: str, adjustment: Mapping[str, Any], case: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """The stage that `agree`, `refuse` or `withdraw` of this person leads to. Raises `NotAllowed`, `IllegalAct` after the deadline."""
    after = advance(adjustment["stage"], act)
    fault = _fault(act, adjustment, case, actor)
    if fault:
        raise NotAllowed(fault)
    if act == "agree":
        _demand_in_time(act, case, now)
    return after


def may_decide(act: str, adjustment: Mapping[str, Any], case: Mapping[str, Any], actor: Actor) -> bool:
    """Whether a screen offers it."""
    return _fault(act, adjustment, case, actor) is None


def _fault(act: str, adjustment: Mapping[str, Any], case: Mapping[str, Any], actor: Actor) -> str | None:
    me = actor.account_id
    if act == "withdraw":
        return None if me is not None and me == adjustment["asked_by"] else "only who asked takes it back"
    if me is None:
        return "a person agrees or refuses: a system's token cannot"
    if me in (adjustment["asked_by"], adjustment["unit_by"]):
        return "nobody decides what they asked for, or twice"
    if adjustment["stage"] == "unit_agreed":
        return None if actor.role in _SECOND else "the unit has agreed: now the dispatcher decides"
    if case["lead_unit"] is None:  # no unit leads it: then a supervisor speaks for the work, or somebody who handles there
        return None if actor.role in {"handler", "supervisor"} else "first a handler of the area or a supervisor decides"
    return None if actor.role == "handler" and case["lead_unit"] in actor.units else "first the unit that leads the case decides"


def _demand_in_time(act: str, case: Mapping[str, Any], now: datetime) -> None:
    if case["due_at"] is None:
        raise IllegalAct(act, case["stage"], (), "the case has no deadline")
    runs_out = case["paused_at"] is None and now > case["due_at"]
    if runs_out or case["overdue_at"] is not None:
        raise IllegalAct(act, case["stage"], (), "not after the deadline")
