"""Which limits an hour can be held against: those of threshold rules in force and of permits. Pure; compares nothing.

A rule looks at single readings and holds for seconds; an hour's mean beyond the same number is a statistic of its own and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.probe_config import METRIC
from core.rule_config import Rule, ThresholdRule


@dataclass(frozen=True, slots=True)
class HourLimit:
    """One number of one metric, in its unit, and whom it is of. Scopes that are empty fit every device; `devices` may hold `*`."""

    key: str
    metric: str
    above: float | None
    below: float | None
    source: str  # rule or permit
    label: str
    label_en: str
    severity: int | None = None
    class_code: str | None = None
    domains: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def shape(self) -> dict[str, Any]:
        """What a reader is told of it."""
        names = ("key", "metric", "above", "below", "source", "label", "label_en", "severity", "class_code")
        return {name: getattr(self, name) for name in names}


def of_rules(rules: Mapping[str, Rule]) -> list[HourLimit]:
    """A limit for each level of each threshold rule that is switched on and is no drill, in their order."""
    return [
        HourLimit(
            f"{name}.{number}", rule.metric, level.above, level.below, "rule", level.label or rule.label, level.label_en or rule.label_en,
            level.severity, rule.class_code, rule.domains, rule.areas, rule.cells, rule.kinds, rule.devices, rule.tags,
        )
        for name, rule in rules.items() if isinstance(rule, ThresholdRule) and rule.enabled and not rule.drill and rule.metric != METRIC
        for number, level in enumerate(rule.limits)
    ]  # fmt: skip


def of_permit(device: str, metric: str, most: float | None, least: float | None, permit: str | None) -> Iterable[HourLimit]:
    """What a permit says of an hour's mean, in the city's unit: a limit for each side it has."""
    for side, above, below in (("most", most, None), ("least", None, least)):
        if above is not None or below is not None:
            label = f"许可 {permit}" if permit else "排污许可"
            label_en = f"Permit {permit}" if permit else "Permit"
            yield HourLimit(f"permit.{device}.{metric}.{side}", metric, above, below, "permit", label, label_en, devices=(device,))
