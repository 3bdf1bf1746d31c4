"""A routing rule tried on past cases before it is kept: what is proposed without it and with it, each as of the moment it was opened.

The rule is written, asked and forgotten again inside the transaction, so that a trial goes the very way of the real thing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.config import AreaConfig
from core.routing_config import RoutingWords
from dispatch.routing import Proposal, Unit
from store import routing, routing_rules
from store.acts import Act
from store.timescale import Connection, queries

MOST = 200
_FACTS = ("class_code", "area", "street", "opened_at", "stage")


def try_rule(connection: Connection, name: str, words: RoutingWords | None, area: AreaConfig, act: Act, last: int) -> dict[str, Any]:
    """The last cases, newest first, with the proposal as the rules stand and as they would stand; nothing is kept.

    `words` None: the rule withdrawn. Raises what keeping it would raise: `StaleWrite`, `Invalid`, `NotFound`.
    """
    cases = list(queries.routing_trial_cases(connection, limit=last))
    before = _propose_all(connection, cases)
    with connection.transaction(force_rollback=True):
        if words is None:
            routing_rules.withdraw_rule(connection, name, area, act)
        else:
            routing_rules.save_rule(connection, name, words, area, act)
        after = _propose_all(connection, cases)
    rows = [_shown(case, was, now, name) for case, was, now in zip(cases, before, after, strict=True)]
    return {
        "cases": rows,
        "looked": len(rows),
        "ruled": sum(row["ruled"] for row in rows),
        "changed": sum(row["changed"] for row in rows),
        "agreed_before": sum(row["before"]["unit"] == row["unit"] for row in rows if row["unit"]),
        "agreed_after": sum(row["after"]["unit"] == row["unit"] for row in rows if row["unit"]),
        "given": sum(bool(row["unit"]) for row in rows),
    }


def _propose_all(connection: Connection, cases: Sequence[Mapping[str, Any]]) -> list[Proposal]:
    """Of each as it came: who has sent it back since plays no part."""
    return [routing.propose(connection, {**case, "case_number": None}, case["opened_at"]) for case in cases]


def _shown(case: Mapping[str, Any], before: Proposal, after: Proposal, name: str) -> dict[str, Any]:
    """`ruled`: the rule decides. `changed`: another unit or worker than without the change."""
    return {
        "number": case["case_number"],
        **{fact: case[fact] for fact in _FACTS},
        "unit": case["unit"],
        "unit_name": case["unit_name"],
        "unit_name_en": case["unit_name_en"],
        "before": _told(before),
        "after": _told(after),
        "ruled": after.rule == name,
        "changed": (before.lead_unit, before.worker) != (after.lead_unit, after.worker),
    }


def _told(proposal: Proposal) -> dict[str, Any]:
    lead: Unit | None = proposal.lead
    return {
        "basis": proposal.basis,
        "rule": proposal.rule,
        "unit": lead.unit_id if lead else None,
        "name": lead.name if lead else None,
        "name_en": lead.name_en if lead else None,
        "worker": proposal.person.name if proposal.person else None,
        "automatic": proposal.automatic,
    }
