"""How far a value is from what is usual at this hour of the city's day, by the device's own past days. Pure; few days say nothing."""

from collections.abc import Iterable, Iterator

from alerts import measure_past
from core.facts import Facts, StateMoved
from core.figure import Figure
from core.measured import Baseline, BaselineKey
from core.rule_config import Rule
from core.rule_measures import DeviationRule


def asks(rule: DeviationRule, state: StateMoved) -> Iterator[BaselineKey]:
    yield measure_past.usual(state, rule.days)


def unusual(rule: DeviationRule, state: StateMoved, facts: Facts) -> Figure | None:
    """This reading against the same hour of past days."""
    if state.value is None:
        return None
    return deviation(rule, state.value, facts.measured.baselines.get(measure_past.usual(state, rule.days)))


def deviation(rule: DeviationRule, value: float, usual: Baseline | None) -> Figure | None:
    """In standard deviations of the hourly means of past days (z = (x − x̄) / s, s with n − 1), or in per cent of their mean.

    None: too few days, or nothing to divide by (a metric that never varies needs `least_spread`).
    """
    if usual is None or usual.days < rule.least_days:
        return None
    if rule.by == "percent":
        return Figure(100 * (value - usual.mean) / abs(usual.mean)) if usual.mean else None
    spread = max(usual.spread or 0.0, rule.least_spread)
    return Figure((value - usual.mean) / spread) if spread else None


def asked(rules: Iterable[Rule]) -> set[tuple[str, int]]:
    """(metric, days back) of which somebody must work out what is usual."""
    return {(rule.metric, rule.days) for rule in rules if isinstance(rule, DeviationRule) and rule.enabled}
