"""A new alert on a device: where it stands, whose business it is, by which words of which rule. Decides not whether it rings."""

from typing import Any

from alerts.rules import Rules
from core.changes import AlertRaised
from core.facts import KnownDevice
from core.rule_parts import RulePart


def raised(rules: Rules, name: str, rule: RulePart, device: KnownDevice, **told: Any) -> AlertRaised:
    """`told`: what only its own rule knows (`subject`, `severity`, `title`, `observed_at`, …). A drill by either of the two."""
    return AlertRaised(
        rule=name, domain=device.domain, class_code=rule.class_code, area=device.area, cell_id=device.cell_id, lon=device.lon,
        lat=device.lat, device_id=device.device_id, drill=device.drill or rule.drill, simulated=device.simulated,
        revision=rules.revisions.get(name), flap_times=rules.flapping.times, flap_within=rules.flapping.within, **told,
    )  # fmt: skip
