"""Settings of rules, one class a kind. Decides what a rule must say of itself; `alerts.rules` gives it its meaning."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from core.setting import ClassCode, Domain, Duration, Part


class RulePart(Part):
    """What every rule says of itself."""

    label: str
    label_en: str
    severity: int = Field(ge=1, le=5)
    class_code: ClassCode | None = None
    owner: str
    reason: str
    runbook: str = ""


class ThresholdRule(RulePart):
    """Rings when a metric stays beyond `above` or `below` for `hold`; clears only beyond `clear` on the calm side."""

    kind: Literal["threshold"]
    metric: str
    above: float | None = None
    below: float | None = None
    clear: float
    hold: Duration = timedelta(0)
    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ("good",)


class NoDataRule(RulePart):
    """Rings when a device was silent for `intervals` of its own interval, and at least `at_least`.

    When the alert has lasted `case_after`, or for devices of a kind what `case_after_of` says of it, a case of the rule's class is opened;
    without either none is.
    """

    kind: Literal["no_data"]
    intervals: float = Field(3, ge=1)
    at_least: Duration = timedelta(minutes=2)
    case_after: Duration | None = None
    case_after_of: dict[str, Duration] = {}
    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()


class ReportRule(RulePart):
    """Rings for a report of the named channels or classes, when its confidence suffices."""

    kind: Literal["report"]
    channels: tuple[str, ...] = ()
    classes: tuple[ClassCode, ...] = ()
    min_confidence: float = Field(0.0, ge=0, le=1)


class IngestRule(RulePart):
    """Rings for the platform itself when nobody listened to a feed for `at_least`; its devices are not blamed for it."""

    kind: Literal["no_ingest"]
    at_least: Duration = timedelta(seconds=30)


Rule = Annotated[ThresholdRule | NoDataRule | ReportRule | IngestRule, Field(discriminator="kind")]

RULE_KINDS = {"threshold": ThresholdRule, "no_data": NoDataRule, "report": ReportRule, "no_ingest": IngestRule}
