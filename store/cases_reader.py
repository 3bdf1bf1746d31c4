"""What a reader may do with cases: who he is (units, work done before) and which acts are his. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.case_config import CasesConfig
from core.model import Scope
from dispatch import adjustments as adjustment_rules
from dispatch import case_persons
from dispatch import cases as lifecycle
from dispatch.case_persons import Actor
from store.timescale import Connection, queries

_DECIDES = frozenset({"agree", "refuse", "withdraw"})
_SUPPORTS = frozenset({"support_done", "support_refuse"})
_BEFORE_FEEDBACK = frozenset({"dispatched", "handling", "on_site", "suspended", "finished"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at some cases. `handled`: those he did some of the work of; `feedback`: those whose unit has yet to give its word."""

    scope: Scope
    units: frozenset[int] = frozenset()
    handled: frozenset[str] = frozenset()
    feedback: frozenset[str] = frozenset()

    def actor(self, number: str) -> Actor:
        return Actor(self.scope.role, self.scope.account_id, self.units, number in self.handled)


def read_reader(connection: Connection, scope: Scope, shapes: Sequence[Mapping[str, Any]], config: CasesConfig) -> Reader:
    """`shapes`: number, class_code, stage of the cases he looks at."""
    numbers = [shape["number"] for shape in shapes]
    unsaid = [shape for shape in shapes if shape["stage"] in _BEFORE_FEEDBACK]
    return Reader(scope, units_of(connection, scope.account_id), frozenset(handled_by(connection, scope, numbers)),
                  _awaits_feedback(connection, unsaid, config))  # fmt: skip


def units_of(connection: Connection, account_id: int | None) -> frozenset[int]:
    """The unit of an account and those above it."""
    if account_id is None:
        return frozenset()
    return frozenset(row["unit_id"] for row in queries.cases_units_of(connection, account_id=account_id))


def handled_by(connection: Connection, scope: Scope, numbers: Sequence[str]) -> set[str]:
    """Which of these cases this reader ever did some of the work of: the audit remembers it beyond a rework."""
    if scope.account_id is None or not numbers:
        return set()
    work = {"acts": sorted(lifecycle.WORK_ACTS), "roles": sorted(lifecycle.HANDLING)}
    return {row["number"] for row in queries.cases_handled(connection, numbers=list(numbers), account_id=scope.account_id, **work)}


def _awaits_feedback(connection: Connection, shapes: Sequence[Mapping[str, Any]], config: CasesConfig) -> frozenset[str]:
    """Those whose class asks for the unit's feedback, or in which other units took part."""
    if not shapes:
        return frozenset()
    supported = queries.cases_supported(connection, numbers=[shape["number"] for shape in shapes])
    by_class = {shape["number"] for shape in shapes if shape["class_code"].startswith(tuple(config.feedback))}
    return frozenset(by_class | {row["number"] for row in supported})


def acts_of(shape: Mapping[str, Any], reader: Reader) -> tuple[str, ...]:
    """The moves this reader may make; where the unit's feedback is due no check comes before it, and nowhere else is it asked for."""
    acts = case_persons.allowed_to(shape, reader.actor(shape["number"]))
    if shape["stage"] != "finished":
        return tuple(act for act in acts if act != "suspend")
    due = shape["number"] in reader.feedback
    return tuple(act for act in acts if act not in ({"check", "post_check"} if due else {"feedback"}))


def acts_beside(
    shape: Mapping[str, Any], reader: Reader, pending: Sequence[Mapping[str, Any]], supports: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """What this reader may do beside the stage: only what there is something to decide or to end for."""
    actor, asked = reader.actor(shape["number"]), {row["unit"] for row in supports if row["stage"] == "asked"}
    on_desk = actor.role not in lifecycle.HANDLING
    some = {act for act in _DECIDES for one in pending if adjustment_rules.may_decide(act, one, shape, actor)}
    some |= _SUPPORTS if asked and (on_desk or asked & actor.units) else set()
    some |= {"unlink_parent"} if shape["parent_number"] else {"link_parent"}
    gated = _DECIDES | _SUPPORTS | {"link_parent", "unlink_parent"}
    return tuple(act for act in case_persons.allowed_beside(shape, actor) if act not in gated or act in some)
