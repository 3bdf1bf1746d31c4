"""What a rule's limits are put against: the figure of each kind, and what a kind asks to be known for it. Pure; never guesses.

A kind is added by its settings (`core.rule_measures`), a line in `MEASURES` here with its functions in `alerts/measure_*.py`, and the
generated page of settings (`python docs/generate.py`). Levels, hysteresis, hold times, scope, valid times and flapping it has from the
engine (`alerts.levels`, `alerts.measured`), which never asks what kind a rule is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from alerts import measure_levels, measure_stuck, measure_usual, measure_windows, measure_words
from core.facts import Facts, StateMoved
from core.figure import Figure
from core.measured import BaselineKey, WindowAsked
from core.rule_config import ThresholdRule
from core.rule_measures import DeviationRule, NamedLevelRule, RateRule, StuckRule, WindowRule
from core.rule_parts import Level, MetricRule

Limits: TypeAlias = tuple[Level, ...]


def _own(rule: MetricRule, limits: Limits, state: StateMoved) -> Limits:
    return limits


def _unit(rule: MetricRule, state: StateMoved) -> str:
    return state.metric.unit


def _label(rule: MetricRule, level: int, figure: Figure, state: StateMoved) -> str:
    return rule.limits[level].label or rule.label


@dataclass(frozen=True, slots=True)
class Measure:
    """How a kind measures. `figure`: None where it is not known now: then nothing rings and nothing clears.

    `limits`: the rule's, each with its hold time, as they are for this device; none: the rule has nothing to say of it. `unit` of the
    figure and `label` of what is passed: as people read them. `asks`: what it must know of the past, found in `Facts.measured`.
    """

    figure: Callable[[Any, StateMoved, Facts], Figure | None]
    limits: Callable[[Any, Limits, StateMoved], Limits] = _own
    unit: Callable[[Any, StateMoved], str] = _unit
    label: Callable[[Any, int, Figure, StateMoved], str] = _label
    asks: Callable[[Any, StateMoved], Iterable[WindowAsked | BaselineKey]] | None = None


def _value(rule: ThresholdRule, state: StateMoved, facts: Facts) -> Figure | None:
    return None if state.value is None else Figure(state.value)


PLAIN = Measure(_value)  # the value itself against the rule's own limits

MEASURES: Mapping[type[MetricRule], Measure] = {
    ThresholdRule: PLAIN,
    RateRule: Measure(measure_windows.rate, unit=measure_words.per_span, label=measure_words.rate, asks=measure_windows.rate_asks),
    WindowRule: Measure(measure_windows.window, label=measure_words.window, asks=measure_windows.window_asks),
    DeviationRule: Measure(
        measure_usual.unusual, unit=measure_words.deviation_unit, label=measure_words.deviation, asks=measure_usual.asks
    ),
    StuckRule: Measure(measure_stuck.stuck, unit=measure_words.seconds, label=measure_words.stuck),
    NamedLevelRule: Measure(measure_levels.value, limits=measure_levels.own_limits, label=measure_words.named_level),
}


def measure_of(rule: MetricRule) -> Measure:
    """How a rule of its kind measures."""
    return MEASURES[type(rule)]


def figure_of(rule: MetricRule, state: StateMoved, facts: Facts) -> Figure | None:
    """What this state amounts to by this rule; None: not known, so that nothing rings and nothing clears."""
    if state.quality not in rule.qualities:
        return None
    return MEASURES[type(rule)].figure(rule, state, facts)
