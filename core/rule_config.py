"""Settings of rules, one class a kind. Decides what a rule must say of itself; `alerts.rules` gives it its meaning."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from core.rule_parts import Level, LevelledRule, RulePart, ScopedRule, ValidTimes
from core.setting import ClassCode, Duration


class ThresholdRule(LevelledRule):
    """Rings when a metric stays beyond a limit for `hold`; calm only beyond `clear`."""

    kind: Literal["threshold"]
    metric: str


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


Rule = Annotated[ThresholdRule | NoDataRule | ReportRule | IngestRule, Field(discriminator="kind")]

RULE_KINDS = {"threshold": ThresholdRule, "no_data": NoDataRule, "report": ReportRule, "no_ingest": IngestRule}

__all__ = [
    "RULE_KINDS", "IngestRule", "Level", "LevelledRule", "NoDataRule", "ReportRule", "Rule", "RulePart", "ScopedRule", "ThresholdRule",
    "ValidTimes",
]  # fmt: skip
