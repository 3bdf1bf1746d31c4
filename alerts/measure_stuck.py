"""How long a value has stood still although readings come. Pure. Silence is no standing still: a silent device has no reading to judge."""

from datetime import datetime

from core.facts import Facts, StateMoved
from core.figure import Figure
from core.model import TRUSTED
from core.rule_measures import StuckRule


def stuck(rule: StuckRule, state: StateMoved, facts: Facts) -> Figure | None:
    """As of this reading; of one that nobody trusts it is not known since when."""
    return None if state.value is None or state.quality not in TRUSTED else stood(rule, state.value, state.observed_at, state.changed_at)


def stood(rule: StuckRule, value: float, observed_at: datetime, changed_at: datetime | None) -> Figure | None:
    """Seconds since the value changed; 0 at a value where it may rest for ever (no rain, no smoke). None: since when is not known."""
    if value in rule.resting:
        return Figure(0.0)
    if changed_at is None:
        return None
    return Figure(max(0.0, (observed_at - changed_at).total_seconds()))
