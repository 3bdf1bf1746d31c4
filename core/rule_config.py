"""Settings of rules, one class a kind. Decides what a rule must say of itself; `alerts.rules` gives it its meaning.

A new kind that measures one metric: a `MetricRule` with its `kind` in `core.rule_measures` (its union stands in `Rule` below), its figure
in `alerts.measures.MEASURES`, and `python docs/generate.py`. It has levels, hold times, scope and valid times from `core.rule_parts`.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from core.rule_city import CityRule
from core.rule_measures import MeasureRule
from core.rule_parts import Flapping, Level, LevelledRule, MetricRule, RulePart, ScopedRule, ValidTimes
from core.setting import ClassCode, Duration


class ThresholdRule(MetricRule):
    """Rings when a metric stays beyond a limit for `hold`; calm only beyond `clear`."""

    kind: Literal["threshold"]


class NoDataRule(ScopedRule):
    """Rings when a device was silent for `intervals` of its own interval, and at least `at_least`.

    When the alert has lasted `case_after`, or for devices of a kind what `case_after_of` says of it, a case of the rule's class is opened;
    without either none is.
    """

    kind: Literal["no_data"]
    severity: int = Field(ge=1, le=5)
    intervals: float = Field(3, ge=1)
    at_least: Duration = timedelta(minutes=2)
    case_after: Duration | None = None
    case_after_of: dict[str, Duration] = {}


class ReportRule(RulePart):
    """Rings for a report of the named channels or classes, when its confidence suffices."""

    kind: Literal["report"]
    severity: int = Field(ge=1, le=5)
    channels: tuple[str, ...] = ()
    classes: tuple[ClassCode, ...] = ()
    min_confidence: float = Field(0.0, ge=0, le=1)


class IngestRule(RulePart):
    """Rings for the platform itself when nobody listened to a feed for `at_least`; its devices are not blamed for it."""

    kind: Literal["no_ingest"]
    severity: int = Field(ge=1, le=5)
    at_least: Duration = timedelta(seconds=30)


class ProofRule(RulePart):
    """Rings for the platform itself when `failures` proofs of the path failed in a row, or none went through for `at_least`."""

    kind: Literal["no_proof"]
    severity: int = Field(ge=1, le=5)
    failures: int = Field(3, ge=1)
    at_least: Duration = timedelta(minutes=5)


Rule = Annotated[ThresholdRule | MeasureRule | NoDataRule | ReportRule | IngestRule | ProofRule | CityRule, Field(discriminator="kind")]


def _kinds(union: Any) -> dict[str, type[RulePart]]:
    """Kind → class, of everything that a rule may be."""
    return {get_args(one.model_fields["kind"].annotation)[0]: one for one in get_args(get_args(union)[0])}


RULE_KINDS = _kinds(Rule)

__all__ = [
    "RULE_KINDS", "CityRule", "Flapping", "IngestRule", "Level", "LevelledRule", "MetricRule", "NoDataRule", "ProofRule", "ReportRule",
    "Rule", "RulePart", "ScopedRule", "ThresholdRule", "ValidTimes",
]  # fmt: skip
