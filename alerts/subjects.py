"""What kinds of rules are about: a metric of a device, a device, a report, a place of the city, the platform itself. Pure.

Decides whether an alert can be a rule's at all, whatever its scope; a rule may have been of another kind when it rang.
"""

from typing import assert_never

from alerts import listening, proof
from core.config import IngestRule, NoDataRule, ReportRule
from core.rule_city import AbsenceRule, ClusterRule, CompoundRule, CountRule, StandardRule
from core.rule_config import MetricRule, ProofRule, Rule


def may_own(rule: Rule, subject: str, device: str | None, metric: str | None) -> bool:
    """`device` and `metric`: whose the alert is, where it is of one.

    Which of its places a rule of the city is still about its own kind settles, and of what a figure is.
    """
    match rule:
        case MetricRule():
            return device is not None and metric is not None
        case NoDataRule():
            return device is not None and subject == device
        case ReportRule():
            return subject.startswith("report:")
        case IngestRule():
            return subject == listening.SUBJECT
        case ProofRule():
            return subject == proof.SUBJECT
        case StandardRule():
            return metric is None
        case ClusterRule():
            return subject.startswith("cluster:")
        case CompoundRule():
            return device is None and subject.startswith("near:") == (rule.anchor is not None)
        case CountRule() | AbsenceRule():
            return device is None
        case _:
            assert_never(rule)
