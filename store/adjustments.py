"""Extensions and suspensions as they are asked for, agreed to by two, refused, taken back, and lapse. The case's row is locked before.

What an agreed one does to the case is its caller's (`store.cases_beside`); what may be asked is `dispatch.adjustments`'.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.case_config import CasesConfig
from core.errors import IllegalAct, Invalid
from core.model import EVERYWHERE
from dispatch import adjustments as rules
from dispatch.case_persons import Actor
from store import audit
from store.acts import Act
from store.sweep_faults import sweep_each
from store.timescale import Connection, queries

_AT_ONCE = 200


def of_case(connection: Connection, number: str) -> list[dict[str, Any]]:
    """All of a case, oldest first, as people read them; the reader must have been allowed to load the case."""
    return list(queries.adjustments_of_case(connection, case_number=number))


def pending(connection: Connection, number: str) -> list[dict[str, Any]]:
    """What waits for somebody's word."""
    return list(queries.adjustments_pending(connection, case_number=number))


def ask(connection: Connection, row: Mapping[str, Any], act: Act, config: CasesConfig) -> dict[str, Any]:
    """Ask for more time or for a suspension; what the audit keeps of it. Raises `IllegalAct`, `Invalid`."""
    kind = rules.KINDS[act.act]
    until = rules.demand_ask(act.act, row, act.extra.get("until"), act.now, config)
    if any(one["kind"] == kind for one in pending(connection, row["case_number"])):
        raise IllegalAct(act.act, row["stage"], ("withdraw",), "one of this kind is asked for already")
    found = queries.adjustments_ask(
        connection, case_number=row["case_number"], area=row["area"], kind=kind, until_at=until, reason=act.note, now=act.now,
        by_id=act.scope.account_id,
    )  # fmt: skip
    return _told({"adjustment_id": found["adjustment_id"], "kind": kind, "asked_by": act.scope.account_id, "until_at": until}, "asked")


def decide(connection: Connection, row: Mapping[str, Any], act: Act, actor: Actor) -> dict[str, Any]:
    """Agree, refuse or take back. `act.extra["kind"]` names which where two wait. Raises `IllegalAct`, `NotAllowed`, `Invalid`."""
    one = _one(pending(connection, row["case_number"]), act, row["stage"])
    stage = rules.demand_decision(act.act, one, row, actor, act.now)
    first = stage == "unit_agreed"
    save(connection, one, stage, act, {"unit_by": act.scope.account_id, "unit_at": act.now} if first else {})
    return _told(one, stage)


def _one(waiting: list[dict[str, Any]], act: Act, stage: str) -> dict[str, Any]:
    kind = act.extra.get("kind")
    if kind is not None and kind not in rules.KINDS.values():
        raise Invalid(f"kind: one of {', '.join(rules.KINDS.values())}")
    meant = [one for one in waiting if kind in (None, one["kind"])]
    if not meant:
        raise IllegalAct(act.act, stage, (), "nothing of the kind is asked for")
    if len(meant) > 1:
        raise Invalid("both an extension and a suspension are asked for: name the kind")
    return meant[0]


def save(connection: Connection, one: Mapping[str, Any], stage: str, act: Act, unit: Mapping[str, Any]) -> None:
    """Write a decision; `unit` only where it is the unit's."""
    decided: dict[str, Any] = {"decided_by": None, "decided_at": None, "decided_why": ""}
    if not unit:
        decided = {"decided_by": act.scope.account_id, "decided_at": act.now, "decided_why": act.note}
    words = {"unit_by": one["unit_by"], "unit_at": one["unit_at"], **unit, **decided}
    queries.adjustments_save(connection, adjustment_id=one["adjustment_id"], version=one["version"], stage=stage, **words)


def _told(one: Mapping[str, Any], stage: str) -> dict[str, Any]:
    return {
        "adjustment": one["adjustment_id"], "kind": one["kind"], "stage": stage, "asked_by": one["asked_by"],
        "until_at": one["until_at"].isoformat(),
    }  # fmt: skip


def lapse(connection: Connection, row: Mapping[str, Any], now: datetime) -> int:
    """The work is over, or the deadline: what waited for somebody's word waits no longer. Returns how many lapsed."""
    act = Act("lapse_request", EVERYWHERE, now)
    waiting = pending(connection, row["case_number"])
    for one in waiting:
        save(connection, one, "lapsed", act, {})
        audit.append(connection, act, "case", row["case_number"], row["area"], detail=_told(one, "lapsed"))
    return len(waiting)


def lapse_late(connection: Connection, now: datetime) -> int:
    """Lapse what nobody decided before the deadline of a clock that runs; returns of how many cases."""
    late = {row["case_number"]: row for row in queries.adjustments_late(connection, now=now, limit=_AT_ONCE)}
    due = [(number, row["version"]) for number, row in late.items()]
    return sweep_each(connection, "requests", due, lambda number: lapse(connection, late[number], now), now)
