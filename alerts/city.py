"""Rules that need more than one subject: what each of them finds, and what becomes of its alerts. Pure; the leader asks.

Decides nothing of its own: a kind of rule finds (`alerts.city_…`), `alerts.city_settle` settles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from alerts import city_absence, city_cluster, city_compound, city_count, city_standard
from alerts.city_settle import Saying, settle
from alerts.rules import Rules
from alerts.valid import may_ring
from core.changes import Change
from core.city_facts import CityFacts, Judgement
from core.rule_city import AbsenceRule, CityRule, ClusterRule, CompoundRule, CountRule, StandardRule

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be saved, and when time alone may ask for more (None: only something new can)."""

    changes: Sequence[Change]
    again_at: datetime | None


def decide(name: str, rule: CityRule, facts: CityFacts, rules: Rules) -> Decided:
    """One rule in force, with all that it may look at."""
    judgement = _judge(rule, facts, rules)
    # Of an absence it counts whether the rule was valid when it was due, which its finding has decided.
    begins = isinstance(rule, AbsenceRule) or may_ring(rule.valid, facts.now, rules.zone)
    saying = Saying(name, rule, rule.limits, rules.class_domains, begins, rules.revisions.get(name))
    again = [judgement.again_at] if judgement.again_at else []
    if rule.valid:  # valid times begin and end with minutes
        again.append(facts.now.replace(second=0, microsecond=0) + _MINUTE)
    return Decided(settle(saying, judgement.findings, facts.alerts, facts.now), min(again, default=None))


def _judge(rule: CityRule, facts: CityFacts, rules: Rules) -> Judgement:
    match rule:
        case CountRule():
            return city_count.judge(rule, facts)
        case ClusterRule():
            return city_cluster.judge(rule, facts)
        case CompoundRule():
            return city_compound.judge(rule, facts)
        case AbsenceRule():
            return city_absence.judge(rule, facts, rules.zone)
        case StandardRule():
            return city_standard.judge(rule, facts)
        case _:
            assert_never(rule)
