"""Whether a condition holds in a place: yes, no, or nobody knows. Pure.

What nobody measures is unknown and never "no"; an alert whose device is silent neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.city_signals import recent, selects
from alerts.sum_up import CHANNELS
from core.city_facts import Signal, State
from core.rule_city import CompoundRule, Condition


@dataclass(frozen=True, slots=True)
class Here:
    """What is known of a place within the span. `ringing`: its alert rings already, so that a metric holds until it is calm."""

    states: Sequence[State]
    signals: Sequence[Signal]
    now: datetime
    ringing: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """`holds` None: unknown. `told`: by what it holds, for people."""

    holds: bool | None
    told: str = ""
    simulated: bool = False


def hold(rule: CompoundRule, here: Here) -> dict[str, Held]:
    """Each condition of a rule in a place."""
    return {name: _hold(rule, name, condition, here) for name, condition in rule.conditions.items()}


def _hold(rule: CompoundRule, name: str, condition: Condition, here: Here) -> Held:
    label = condition.label or name
    if condition.metric is not None:
        return _of_metric(condition, label, [state for state in here.states if state.metric == condition.metric], here.ringing)
    if condition.rules:
        return _of_alerts(condition, label, here, here.now - rule.within)
    signals = recent((one for one in here.signals if one.kind == "report" and selects(condition, one)), (), here.now, rule.within)
    enough = len(signals) >= condition.at_least
    said = f"{len(signals)} {label if condition.label or not condition.channels else CHANNELS[condition.channels[0]]}"
    return Held(enough, said, enough and all(signal.simulated for signal in signals))


def fold(condition: Condition, states: Sequence[State]) -> float:
    """A metric of at least one device as one figure, in the metric's unit."""
    values = [state.value for state in states]
    match condition.fold:
        case "max":
            return max(values)
        case "min":
            return min(values)
        case "sum":
            return sum(values)
        case "mean":
            return sum(values) / len(values)


def _of_metric(condition: Condition, label: str, states: Sequence[State], ringing: bool) -> Held:
    if not states:
        return Held(None)
    figure = fold(condition, states)
    holds = not condition.limit.is_calm(figure) if ringing and condition.clear is not None else condition.limit.is_beyond(figure)
    return Held(holds, f"{label} {round(figure, 3):g}", any(state.simulated for state in states))


def _of_alerts(condition: Condition, label: str, here: Here, since: datetime) -> Held:
    alerts = [one for one in here.signals if one.kind == "alert" and one.counts and one.rule in condition.rules]
    sure = [one for one in alerts if (one.active and one.known) or (not one.active and one.until is not None and one.until > since)]
    unsure = sum(one.active and not one.known for one in alerts)
    if len(sure) >= condition.at_least:
        return Held(True, f"{len(sure)} {label}", all(one.simulated for one in sure))
    return Held(None if len(sure) + unsure >= condition.at_least else False)


def holds_alone(condition: Condition, state: State) -> bool:
    """Whether one device's value is beyond the limit: where it stands the condition holds."""
    return state.metric == condition.metric and condition.limit.is_beyond(state.value)
